// SPDX-License-Identifier: BSL-1.0
// a + b, elementwise with broadcasting. Numbers only; integers wrap around.
//
//     tensor shifted = x + 1;          // or add(x, y, {.name = "sum"})
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct add_op : binary_op {
    static constexpr std::string_view name = "add";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& a, const V& b) {
        using math::wrapping_add;
        return wrapping_add(a, b);
    }
};
inline constexpr op_info add_info = describe<add_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::add_info> {
    using type = op_parts::add_op;
};

constexpr tensor add(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                     const location& at) {
    return graph_parts::make_binary_op(op_parts::add_info, a, b, options, at);
}

constexpr tensor operator+(const graph_parts::operand& a, const graph_parts::operand& b) {
    return graph_parts::make_binary_op(op_parts::add_info, a, b, {}, a.at());
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void add_op::gradient(gradient_call& call) {
    if (call.wants(0)) call.give(0, sum_to(call.upstream(), call.operand(0).shape()));
    if (call.wants(1)) call.give(1, sum_to(call.upstream(), call.operand(1).shape()));
}

}  // namespace ambit::op_parts
