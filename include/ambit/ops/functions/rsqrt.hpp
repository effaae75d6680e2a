// SPDX-License-Identifier: BSL-1.0
// 1 / √x and 1 / x of each element, as IEEE divides: of 0 infinite, of negative numbers the first is NaN.
//
//     tensor normalized = (x - mean) * rsqrt(variance + 1e-5);
#pragma once

#include <ambit/math/constexpr_math.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// 1 / √x of each element: NaN below zero, infinite at zero.
struct rsqrt_op : floating_unary_op {
    static constexpr std::string_view name = "rsqrt";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& x) {
        using math::sqrt;
        return V(1) / sqrt(x);
    }
};
inline constexpr op_info rsqrt_info = describe<rsqrt_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::rsqrt_info> {
    using type = op_parts::rsqrt_op;
};

constexpr tensor rsqrt(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::rsqrt_info, {x}, no_attributes{}, options, at);
}

constexpr tensor reciprocal(const tensor& x, const op_options& options, const location& at) {
    return div(1, x, {options.name.empty() ? "reciprocal" : options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void rsqrt_op::gradient(gradient_call& call) {
    const tensor half = mul(call.result(), -0.5);
    const tensor slope = mul(half, square(call.result()));
    call.give(0, mul(call.upstream(), slope));
}

}  // namespace ambit::op_parts
