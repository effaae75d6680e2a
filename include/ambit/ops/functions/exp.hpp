// SPDX-License-Identifier: BSL-1.0
// e to the power of each element.
//
//     tensor odds = exp(logits);
#pragma once

#include <ambit/math/exponentials.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

#include <concepts>

namespace AMBIT_NAMESPACE::op_parts {

struct exp_op : floating_unary_op {
    static constexpr std::string_view name = "exp";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true, interleaves = true;
    template <class V> static constexpr V apply(const V& x) { return math::exp_of(x); }
};
inline constexpr op_info exp_info = describe<exp_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::exp_info> {
    using type = op_parts::exp_op;
};

constexpr tensor exp(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::exp_info, {x}, no_attributes{}, options, at);
}

template <std::floating_point Number> constexpr Number exp(Number x) { return math::exp(x); }

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void exp_op::gradient(gradient_call& call) { call.give(0, mul(call.upstream(), call.result())); }

}  // namespace ambit::op_parts
