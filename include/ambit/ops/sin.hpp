// SPDX-License-Identifier: BSL-1.0
// Sine and cosine of each element, an angle in radians; NaN of an infinite one.
//
//     tensor wave = sin(phase);
#pragma once

#include <ambit/core/constexpr_math.hpp>
#include <ambit/ops/mul.hpp>
#include <ambit/ops/neg.hpp>
#include <ambit/ops/op.hpp>

namespace ambit {

/// The sine of each element.
struct sin_op : floating_unary_op {
    static constexpr std::string_view name = "sin";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) {
        using math::sin;
        return sin(x);
    }
};
inline constexpr op_info sin_info = describe<sin_op>();
template <> struct op_of<&sin_info> {
    using type = sin_op;
};

/// The cosine of each element.
struct cos_op : floating_unary_op {
    static constexpr std::string_view name = "cos";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) {
        using math::cos;
        return cos(x);
    }
};
inline constexpr op_info cos_info = describe<cos_op>();
template <> struct op_of<&cos_info> {
    using type = cos_op;
};

constexpr tensor sin(const tensor& x, const op_options& options = {}, const location& at = location::current()) {
    return make_op(sin_info, {x}, no_attributes{}, options, at);
}
constexpr tensor cos(const tensor& x, const op_options& options = {}, const location& at = location::current()) {
    return make_op(cos_info, {x}, no_attributes{}, options, at);
}

constexpr void sin_op::gradient(gradient_call& call) {
    call.give(0, mul(call.upstream(), cos(call.operand(0))));
}
constexpr void cos_op::gradient(gradient_call& call) {
    const tensor fall = mul(call.upstream(), sin(call.operand(0)));
    call.give(0, neg(fall));
}

}  // namespace ambit
