// SPDX-License-Identifier: BSL-1.0
// The smaller of a and b, elementwise with broadcasting. NaN if either is, as in NumPy.
//
//     tensor capped = minimum(x, 6);
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/comparison/where_greater.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct minimum_op : binary_op {
    static constexpr std::string_view name = "minimum";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& a, const V& b) {
        using math::isnan, math::min, math::select;
        return select(isnan(a), a, math::min_of(a, b));  // min answers b where the two are not ordered
    }
};
inline constexpr op_info minimum_info = describe<minimum_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::minimum_info> {
    using type = op_parts::minimum_op;
};

constexpr tensor minimum(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                         const location& at) {
    return graph_parts::make_binary_op(op_parts::minimum_info, a, b, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void minimum_op::gradient(gradient_call& call) {
    const tensor a = call.operand(0);
    const tensor b = call.operand(1);
    if (call.wants(0)) call.give(0, sum_to(where_greater_equal(b, a, call.upstream()), a.shape()));
    if (call.wants(1)) call.give(1, sum_to(where_greater(a, b, call.upstream()), b.shape()));
}

}  // namespace ambit::op_parts
