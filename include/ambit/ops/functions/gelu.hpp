// SPDX-License-Identifier: BSL-1.0
// x times the share of a standard normal distribution below x: x/2 (1 + erf(x/√2)); approximately
// x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).
//
//     tensor h = gelu(matmul(x, weights));                    // or gelu(…, {.approximate = true})
//
// Source: D. Hendrycks, K. Gimpel, "Gaussian error linear units", 2016.
#pragma once

#include <ambit/math/normal_share.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct gelu_op : floating_unary_op {
    static constexpr std::string_view name = "gelu";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true, interleaves = true;
    struct attributes {
        std::int64_t approximate;
    };

    template <class V> static constexpr V apply(const attributes& by, const V& x) {
        return by.approximate == 0 ? math::gelu_of(x) : math::gelu_by_tanh_of(x);
    }
};
inline constexpr op_info gelu_info = describe<gelu_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::gelu_info> {
    using type = op_parts::gelu_op;
};

constexpr tensor gelu(const tensor& x, const gelu_options& options, const location& at) {
    return make_op(op_parts::gelu_info, {x}, op_parts::gelu_op::attributes{options.approximate ? 1 : 0}, {options.name},
                   at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void gelu_op::gradient(gradient_call& call) {
    using math::sqrt_half, math::sqrt_2_over_pi;
    constexpr double cubic = math::gelu_cubic;
    const tensor x = call.operand(0);
    tensor share, density;  // the slope is share + x · density
    if (call.attributes<attributes>().approximate == 0) {
        const tensor inner = erf(mul(x, sqrt_half));
        share = mul(add(inner, 1), 0.5);
        const tensor exponent = mul(square(x), -0.5);
        density = mul(exp(exponent), 0.5 * sqrt_2_over_pi);
    } else {
        const tensor squared = square(x);
        const tensor factor = add(mul(squared, cubic * sqrt_2_over_pi), sqrt_2_over_pi);
        const tensor inner = tanh(mul(x, factor));
        share = mul(add(inner, 1), 0.5);
        const tensor rise = add(mul(squared, 3 * cubic * sqrt_2_over_pi), sqrt_2_over_pi);
        const tensor bend = mul(sub(1, square(inner)), 0.5);
        density = mul(bend, rise);
    }
    const tensor slope = add(share, mul(x, density));
    call.give(0, mul(call.upstream(), slope));
}

}  // namespace ambit::op_parts
