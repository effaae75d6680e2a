// SPDX-License-Identifier: BSL-1.0
// Sine, cosine and tangent of each element, an angle in radians; NaN of an infinite one.
//
//     tensor wave = sin(phase);
#pragma once

#include <ambit/math/angles.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// The sine of each element.
struct sin_op : floating_unary_op {
    static constexpr std::string_view name = "sin";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::sin_of(x); }
};
inline constexpr op_info sin_info = describe<sin_op>();

/// The cosine of each element.
struct cos_op : floating_unary_op {
    static constexpr std::string_view name = "cos";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::cos_of(x); }
};
inline constexpr op_info cos_info = describe<cos_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::sin_info> {
    using type = op_parts::sin_op;
};
template <> struct op_of<&op_parts::cos_info> {
    using type = op_parts::cos_op;
};

constexpr tensor sin(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::sin_info, {x}, no_attributes{}, options, at);
}

constexpr tensor cos(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::cos_info, {x}, no_attributes{}, options, at);
}

constexpr tensor tan(const tensor& x, const op_options& options, const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    const graph_parts::line_of_call here(x, at);
    const tensor sine = sin(x), cosine = cos(x);
    return div(sine, cosine, {options.name.empty() ? std::string_view("tan") : options.name});
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void sin_op::gradient(gradient_call& call) { call.give(0, mul(call.upstream(), cos(call.operand(0)))); }
constexpr void cos_op::gradient(gradient_call& call) {
    const tensor fall = mul(call.upstream(), sin(call.operand(0)));
    call.give(0, neg(fall));
}

}  // namespace ambit::op_parts
