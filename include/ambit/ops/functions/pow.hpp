// SPDX-License-Identifier: BSL-1.0
// x to the power of y, elementwise with broadcasting, for float32 and float64; special cases are those of C: 1 for an
// exponent of 0, NaN for a negative base and an exponent that is no integer.
//
//     tensor cubed = pow(x, 3);
//
// Gradients are free of NaN at a base of 0: the one by the base is 0 where the exponent is 0, the one by the exponent
// is 0 wherever the base is not positive (as TensorFlow's).
#pragma once

#include <ambit/math/lane_math.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/comparison.hpp>
#include <ambit/ops/functions.hpp>

#include <concepts>

namespace AMBIT_NAMESPACE::op_parts {

struct pow_op : floating_binary_op {
    static constexpr std::string_view name = "pow";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x, const V& y) {
        return math::each_lane([](auto base, auto exponent) { return math::power(base, exponent); }, x, y);
    }
};
inline constexpr op_info pow_info = describe<pow_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::pow_info> {
    using type = op_parts::pow_op;
};

constexpr tensor pow(const graph_parts::operand& x, const graph_parts::operand& y, const op_options& options,
                     const location& at) {
    return graph_parts::make_binary_op(op_parts::pow_info, x, y, options, at);
}

template <std::floating_point Number> constexpr Number pow(Number x, Number y) { return math::pow(x, y); }

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void pow_op::gradient(gradient_call& call) {
    const tensor x = call.operand(0);
    const tensor y = call.operand(1);
    if (call.wants(0)) {
        const tensor lower = pow(x, sub(y, 1));
        const tensor is_constant = equal(y, 0);
        const tensor falling = mul(y, lower);
        const tensor slope = where(is_constant, 0, falling);
        call.give(0, sum_to(mul(call.upstream(), slope), x.shape()));
    }
    if (call.wants(1)) {
        const tensor is_positive = greater(x, 0);
        const tensor logarithm = where(is_positive, log(where(is_positive, x, 1)), 0);
        const tensor slope = mul(call.result(), logarithm);
        call.give(1, sum_to(mul(call.upstream(), slope), y.shape()));
    }
}

}  // namespace ambit::op_parts
