// SPDX-License-Identifier: BSL-1.0
// a * b, elementwise with broadcasting. Numbers only; integers wrap around.
//
//     tensor scaled = 0.5f * x;
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct mul_op : binary_op {
    static constexpr std::string_view name = "mul";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& a, const V& b) {
        using math::wrapping_mul;
        return wrapping_mul(a, b);
    }
};
inline constexpr op_info mul_info = describe<mul_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::mul_info> {
    using type = op_parts::mul_op;
};

constexpr tensor mul(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                     const location& at) {
    return graph_parts::make_binary_op(op_parts::mul_info, a, b, options, at);
}

constexpr tensor operator*(const graph_parts::operand& a, const graph_parts::operand& b) {
    return graph_parts::make_binary_op(op_parts::mul_info, a, b, {}, a.at());
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void mul_op::gradient(gradient_call& call) {
    const tensor a = call.operand(0);
    const tensor b = call.operand(1);
    if (call.wants(0)) call.give(0, sum_to(mul(call.upstream(), b), a.shape()));
    if (call.wants(1)) call.give(1, sum_to(mul(call.upstream(), a), b.shape()));
}

}  // namespace ambit::op_parts
