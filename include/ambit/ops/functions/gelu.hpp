// SPDX-License-Identifier: BSL-1.0
// x times the share of a standard normal distribution below x: x/2 (1 + erf(x/√2)); approximately
// x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).
//
//     tensor h = gelu(matmul(x, weights));                    // or gelu(…, {.approximate = true})
//
// Source: D. Hendrycks, K. Gimpel, "Gaussian error linear units", 2016.
#pragma once

#include <ambit/math/exponentials.hpp>
#include <ambit/math/lane_math.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct gelu_op : floating_unary_op {
    static constexpr std::string_view name = "gelu";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    static constexpr double sqrt_half = 0.70710678118654752440, sqrt_2_over_pi = 0.79788456080286535588;
    static constexpr double cubic = 0.044715;
    struct attributes {
        std::int64_t approximate;
    };

    template <class V> static constexpr V apply(const attributes& by, const V& x) {
        using math::max, math::min;
        using T = math::element_of_t<V>;
        const auto number = [](double value) { return V(static_cast<T>(value)); };
        // Below -40 all is 0 in either form, and minus infinity times 0 would not be. max keeps NaN, its second
        // argument.
        const V from = math::max_of(number(-40), x);
        if (by.approximate == 0) return number(0.5) * from * (number(1) + math::erf_of(from * number(sqrt_half)));
        const V bounded = math::min_of(number(40), from);
        const V inner = number(sqrt_2_over_pi) * (bounded + number(cubic) * bounded * bounded * bounded);
        return number(0.5) * from * (number(1) + math::tanh_of(inner));
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
