// SPDX-License-Identifier: BSL-1.0
// x where a is greater than b, 0 elsewhere; elementwise with broadcasting. NaN is greater than nothing, and nothing
// than NaN.
//
//     tensor slope = where_greater(x, 0, upstream);             // the gradient of relu
//
// The same as where(greater(a, b), x, 0), but one op, which runs where x is made: for gradient rules that compare what
// is stored anyway. A comparison of its own runs with what it compares, and its result is stored until x is there.
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/comparison.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// Three operands of one dtype, broadcast as NumPy does.
struct comparing_op : elementwise_op {
    static constexpr inferred infer(const op_call& call) {
        const inferred compared = binary_op::infer(call);
        if (compared.fault != mistake::none) return compared;
        const tensor_spec both[] = {compared.result, call.operand(2)};
        return binary_op::infer({both, 2, nullptr});
    }
};

struct where_greater_op : comparing_op {
    static constexpr std::string_view name = "where_greater";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& a, const V& b, const V& x) {
        using math::select;
        return select(a > b, x, V(0));
    }
};
inline constexpr op_info where_greater_info = describe<where_greater_op>();

/// x where a is greater than b or equal, 0 elsewhere; elementwise with broadcasting.
struct where_greater_equal_op : comparing_op {
    static constexpr std::string_view name = "where_greater_equal";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& a, const V& b, const V& x) {
        using math::select;
        return select(a >= b, x, V(0));
    }
};
inline constexpr op_info where_greater_equal_info = describe<where_greater_equal_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::where_greater_info> {
    using type = op_parts::where_greater_op;
};
template <> struct op_of<&op_parts::where_greater_equal_info> {
    using type = op_parts::where_greater_equal_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr tensor where_greater(const operand& a, const operand& b, const tensor& x, const op_options& options = {},
                               const location& at = location::current()) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    const std::array<tensor, 2> compared = x.builder()->resolve(where_greater_info, a, b, at);
    return make_op(where_greater_info, {compared[0], compared[1], x}, no_attributes{}, options, at);
}

constexpr tensor where_greater_equal(const operand& a, const operand& b, const tensor& x,
                                     const op_options& options = {}, const location& at = location::current()) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    const std::array<tensor, 2> compared = x.builder()->resolve(where_greater_equal_info, a, b, at);
    return make_op(where_greater_equal_info, {compared[0], compared[1], x}, no_attributes{}, options, at);
}

constexpr void where_greater_op::gradient(gradient_call& call) {
    const tensor kept = where_greater(call.operand(0), call.operand(1), call.upstream());
    if (call.wants(2)) call.give(2, sum_to(kept, call.operand(2).shape()));
}

constexpr void where_greater_equal_op::gradient(gradient_call& call) {
    const tensor kept = where_greater_equal(call.operand(0), call.operand(1), call.upstream());
    if (call.wants(2)) call.give(2, sum_to(kept, call.operand(2).shape()));
}

}  // namespace ambit::op_parts
