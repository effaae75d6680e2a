// SPDX-License-Identifier: BSL-1.0
// Natural logarithm of each element: NaN below zero, minus infinity at zero.
//
//     tensor entropy = log(p);
#pragma once

#include <ambit/math/constexpr_math.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

#include <concepts>

namespace AMBIT_NAMESPACE::op_parts {

struct log_op : floating_unary_op {
    static constexpr std::string_view name = "log";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) {
        using math::log;
        return log(x);
    }
};
inline constexpr op_info log_info = describe<log_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::log_info> {
    using type = op_parts::log_op;
};

constexpr tensor log(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::log_info, {x}, no_attributes{}, options, at);
}

template <std::floating_point Number> constexpr Number log(Number x) { return math::log(x); }

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void log_op::gradient(gradient_call& call) { call.give(0, div(call.upstream(), call.operand(0))); }

}  // namespace ambit::op_parts
