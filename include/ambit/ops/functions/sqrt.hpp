// SPDX-License-Identifier: BSL-1.0
// Square root of each element, correctly rounded: NaN below zero.
//
//     tensor deviation = sqrt(variance);
#pragma once

#include <ambit/math/constexpr_math.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

#include <concepts>

namespace AMBIT_NAMESPACE::op_parts {

struct sqrt_op : floating_unary_op {
    static constexpr std::string_view name = "sqrt";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& x) {
        using math::sqrt;
        return sqrt(x);
    }
};
inline constexpr op_info sqrt_info = describe<sqrt_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::sqrt_info> {
    using type = op_parts::sqrt_op;
};

constexpr tensor sqrt(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::sqrt_info, {x}, no_attributes{}, options, at);
}

template <std::floating_point Number> constexpr Number sqrt(Number x) { return math::sqrt(x); }

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void sqrt_op::gradient(gradient_call& call) {
    const tensor half = mul(call.upstream(), 0.5);
    call.give(0, div(half, call.result()));
}

}  // namespace ambit::op_parts
