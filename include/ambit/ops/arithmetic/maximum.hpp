// SPDX-License-Identifier: BSL-1.0
// The larger of a and b, elementwise with broadcasting. NaN if either is, as in NumPy.
//
//     tensor positive = maximum(x, 0);
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/comparison/where_greater.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct maximum_op : binary_op {
    static constexpr std::string_view name = "maximum";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& a, const V& b) {
        using math::isnan, math::max, math::select;
        return select(isnan(a), a, math::max_of(a, b));  // max answers b where the two are not ordered
    }
};
inline constexpr op_info maximum_info = describe<maximum_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::maximum_info> {
    using type = op_parts::maximum_op;
};

constexpr tensor maximum(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                         const location& at) {
    return graph_parts::make_binary_op(op_parts::maximum_info, a, b, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void maximum_op::gradient(gradient_call& call) {
    const tensor a = call.operand(0);
    const tensor b = call.operand(1);
    if (call.wants(0)) call.give(0, sum_to(where_greater_equal(a, b, call.upstream()), a.shape()));
    if (call.wants(1)) call.give(1, sum_to(where_greater(b, a, call.upstream()), b.shape()));
}

}  // namespace ambit::op_parts
