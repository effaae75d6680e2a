// SPDX-License-Identifier: BSL-1.0
// e^x - 1 and log(1 + x) of each element, exact also where x is small.
//
//     tensor rate = expm1(log_growth);
//     tensor log_growth = log1p(rate);
#pragma once

#include <ambit/math/lane_math.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// e^x - 1 of each element, exact also where x is small.
struct expm1_op : floating_unary_op {
    static constexpr std::string_view name = "expm1";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::expm1_of(x); }
};
inline constexpr op_info expm1_info = describe<expm1_op>();

/// log(1 + x) of each element, exact also where x is small; NaN below -1, minus infinity there.
struct log1p_op : floating_unary_op {
    static constexpr std::string_view name = "log1p";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::log1p_of(x); }
};
inline constexpr op_info log1p_info = describe<log1p_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::expm1_info> {
    using type = op_parts::expm1_op;
};
template <> struct op_of<&op_parts::log1p_info> {
    using type = op_parts::log1p_op;
};

constexpr tensor expm1(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::expm1_info, {x}, no_attributes{}, options, at);
}

constexpr tensor log1p(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::log1p_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void expm1_op::gradient(gradient_call& call) {
    const tensor slope = add(call.result(), 1);
    call.give(0, mul(call.upstream(), slope));
}
constexpr void log1p_op::gradient(gradient_call& call) {
    const tensor whole = add(call.operand(0), 1);
    call.give(0, div(call.upstream(), whole));
}

}  // namespace ambit::op_parts
