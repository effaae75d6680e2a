// SPDX-License-Identifier: BSL-1.0
// a / b, elementwise with broadcasting, for float32 and float64. Division by zero is IEEE: infinite or NaN.
//
//     tensor mean = total / 32;
#pragma once

#include <ambit/ops/arithmetic.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct div_op : floating_binary_op {
    static constexpr std::string_view name = "div";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& a, const V& b) { return a / b; }
};
inline constexpr op_info div_info = describe<div_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::div_info> {
    using type = op_parts::div_op;
};

constexpr tensor div(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                     const location& at) {
    return graph_parts::make_binary_op(op_parts::div_info, a, b, options, at);
}

constexpr tensor operator/(const graph_parts::operand& a, const graph_parts::operand& b) {
    return graph_parts::make_binary_op(op_parts::div_info, a, b, {}, a.at());
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void div_op::gradient(gradient_call& call) {
    const tensor b = call.operand(1);
    const tensor by_a = div(call.upstream(), b);
    if (call.wants(0)) call.give(0, sum_to(by_a, call.operand(0).shape()));
    if (!call.wants(1)) return;
    const tensor by_b = mul(by_a, call.result());
    call.give(1, sum_to(neg(by_b), b.shape()));
}

}  // namespace ambit::op_parts
