// SPDX-License-Identifier: BSL-1.0
// a where a condition holds, b elsewhere; elementwise, all three broadcast as NumPy does.
//
//     tensor steps = where(x > 0, 1, -1);
//     tensor safe = where(is_finite(x), x, 0);
//
// The gradient goes to a where the condition holds and to b elsewhere; the other one gets 0, even if the upstream
// gradient is NaN there.
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/comparison.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct where_op : elementwise_op {
    static constexpr std::string_view name = "where";
    static constexpr void gradient(gradient_call& call);
    static constexpr inferred infer(const op_call& call) {
        if (call.type(0) != dtype::boolean)
            return refuses(mistake::op_dtype, "the condition must be bool", call.operand(1));
        if (call.type(1) != call.type(2))
            return refuses(mistake::op_dtype, "both values must have one dtype", call.operand(1));
        const inferred values = binary_op::infer_of_any({call.operands + 1, 2, nullptr});
        if (values.fault != mistake::none) return values;
        const tensor_spec all[] = {{call.extents(0), values.result.type}, values.result};
        return binary_op::infer_of_any({all, 2, nullptr});
    }

    template <class M, class V> static constexpr V apply(const M& condition, const V& a, const V& b) {
        using math::select;
        if constexpr (std::is_same_v<M, V>) return (condition && a) || (math::opposite(condition) && b);
        else return select(condition, a, b);
    }
};
inline constexpr op_info where_info = describe<where_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::where_info> {
    using type = op_parts::where_op;
};

constexpr tensor where(const tensor& condition, const graph_parts::operand& a, const graph_parts::operand& b,
                       const op_options& options, const location& at) {
    graph_builder* const builder = condition.builder();
    if (builder == nullptr) return refused_parts::without_graph(&condition, 1);
    const bool is_of_numbers = a.is_literal() && b.is_literal();
    const dtype type = a.literal().is_whole() && b.literal().is_whole() ? dtype::int32 : dtype::float32;
    graph_parts::operand first = a;
    if (is_of_numbers) first = builder->literal(op_parts::where_info, a.literal(), type, condition, at);
    const std::array<tensor, 2> values = builder->resolve(op_parts::where_info, first, b, at);
    return make_op(op_parts::where_info, {condition, values[0], values[1]}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void where_op::gradient(gradient_call& call) {
    const tensor condition = call.operand(0);
    if (call.wants(1)) call.give(1, sum_to(where(condition, call.upstream(), 0), call.operand(1).shape()));
    if (call.wants(2)) call.give(2, sum_to(where(condition, 0, call.upstream()), call.operand(2).shape()));
}

}  // namespace ambit::op_parts
