// SPDX-License-Identifier: BSL-1.0
// Hyperbolic functions and their inverses, but tanh (ops/functions/tanh.hpp): sinh, cosh, asinh, acosh, atanh.
//
//     tensor compressed = asinh(x);
#pragma once

#include <ambit/math/inverse_math.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// The hyperbolic sine of each element, (e^x - e^-x) / 2
struct sinh_op : floating_unary_op {
    static constexpr std::string_view name = "sinh";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::sinh_of(x); }
};
inline constexpr op_info sinh_info = describe<sinh_op>();

/// The hyperbolic cosine of each element, (e^x + e^-x) / 2
struct cosh_op : floating_unary_op {
    static constexpr std::string_view name = "cosh";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::cosh_of(x); }
};
inline constexpr op_info cosh_info = describe<cosh_op>();

/// The number whose hyperbolic sine is each element
struct asinh_op : floating_unary_op {
    static constexpr std::string_view name = "asinh";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::asinh_of(x); }
};
inline constexpr op_info asinh_info = describe<asinh_op>();

/// The number, at least 0, whose hyperbolic cosine is each element; NaN below 1
struct acosh_op : floating_unary_op {
    static constexpr std::string_view name = "acosh";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::acosh_of(x); }
};
inline constexpr op_info acosh_info = describe<acosh_op>();

/// The number whose hyperbolic tangent is each element; infinite at 1 and -1, NaN beyond
struct atanh_op : floating_unary_op {
    static constexpr std::string_view name = "atanh";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::atanh_of(x); }
};
inline constexpr op_info atanh_info = describe<atanh_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::sinh_info> {
    using type = op_parts::sinh_op;
};
template <> struct op_of<&op_parts::cosh_info> {
    using type = op_parts::cosh_op;
};
template <> struct op_of<&op_parts::asinh_info> {
    using type = op_parts::asinh_op;
};
template <> struct op_of<&op_parts::acosh_info> {
    using type = op_parts::acosh_op;
};
template <> struct op_of<&op_parts::atanh_info> {
    using type = op_parts::atanh_op;
};

constexpr tensor sinh(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::sinh_info, {x}, no_attributes{}, options, at);
}

constexpr tensor cosh(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::cosh_info, {x}, no_attributes{}, options, at);
}

constexpr tensor asinh(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::asinh_info, {x}, no_attributes{}, options, at);
}

constexpr tensor acosh(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::acosh_info, {x}, no_attributes{}, options, at);
}

constexpr tensor atanh(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::atanh_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void sinh_op::gradient(gradient_call& call) { call.give(0, mul(call.upstream(), cosh(call.operand(0)))); }
constexpr void cosh_op::gradient(gradient_call& call) { call.give(0, mul(call.upstream(), sinh(call.operand(0)))); }
constexpr void asinh_op::gradient(gradient_call& call) {
    const tensor squared = add(square(call.operand(0)), 1);
    call.give(0, mul(call.upstream(), rsqrt(squared)));
}
constexpr void acosh_op::gradient(gradient_call& call) {
    const tensor below = sub(call.operand(0), 1), above = add(call.operand(0), 1);
    const tensor squared = mul(below, above);
    call.give(0, mul(call.upstream(), rsqrt(squared)));
}
constexpr void atanh_op::gradient(gradient_call& call) {
    const tensor below = sub(1, call.operand(0)), above = add(1, call.operand(0));
    call.give(0, div(call.upstream(), mul(below, above)));
}

}  // namespace ambit::op_parts
