// SPDX-License-Identifier: BSL-1.0
// Random uses of elementwise ops: part of tests/support/gradient_laws.hpp, which includes this.
#pragma once

namespace ambit_test::gradient_uses {

// The condition is data, or compares what is chosen.
inline tensor chosen_by_condition(gradient_check& c) {
    const shape extents = c.any_shape();
    const tensor a = c.parameter(c.coin() ? extents : c.narrowed(extents));
    const tensor b = c.parameter(c.narrowed(extents));
    const tensor compared = c.coin() ? c.data(c.narrowed(extents)) : a;
    switch (c.pick(0, 3)) {
        case 0: return where(compared > b, a, b);
        case 1: return where(less_equal(compared, 0.25), a, 1.5) + b;
        case 2: return where((compared < b) | ~(b > 0), 0.5, b) + a;
        default: return where(not_equal(compared, compared), a, b) + a;
    }
}

// Flat but for steps: what else is there has the slope.
template <class F> tensor steps(gradient_check& c, F f) {
    const tensor x = c.parameter(c.any_shape());
    return f(x) * 1.5 + x * x;
}

inline tensor powers(gradient_check& c) {
    const shape extents = c.any_shape();
    const tensor x = c.parameter(c.coin() ? extents : c.narrowed(extents), 0.3);
    switch (c.pick(0, 3)) {
        case 0: return ambit::pow(x, c.pick(-2, 3));
        case 1: return ambit::pow(1.5, x);
        case 2: {  // bases of either sign
            const tensor y = c.parameter(c.narrowed(extents));
            return ambit::pow(y, 3) + x;
        }
        default: return ambit::pow(x, c.parameter(c.narrowed(extents)));
    }
}

inline tensor remainders(gradient_check& c) {
    const shape extents = c.any_shape();
    const tensor a = c.parameter(extents);
    // Steps lie at multiples of b: a moves none of the values of the checks across one.
    const tensor b = c.parameter(c.narrowed(extents), 2.25, 3.75);
    return floor_mod(c.coin() ? a : -a, b);
}

inline tensor with_slopes(gradient_check& c) {
    const shape extents = c.any_shape();
    const tensor x = c.parameter(extents);
    if (c.pick(0, 3) == 0) return prelu(x, 0.25);
    return prelu(x, c.parameter(c.narrowed(extents)));
}

inline tensor stopped(gradient_check& c) {
    const shape extents = c.any_shape();
    return stop_gradient(c.data(extents)) * c.parameter(c.narrowed(extents));
}

inline const gradient_law elementwise_laws[] = {
    {"where", &where_info, twice_differentiable, chosen_by_condition},
    {"floor", &floor_info, twice_differentiable,
     [](gradient_check& c) { return steps(c, [](const tensor& x) { return ambit::floor(x); }); }},
    {"ceil", &ceil_info, twice_differentiable,
     [](gradient_check& c) { return steps(c, [](const tensor& x) { return ambit::ceil(x); }); }},
    {"round", &round_info, twice_differentiable,
     [](gradient_check& c) { return steps(c, [](const tensor& x) { return ambit::round(x); }); }},
    {"sign", &sign_info, twice_differentiable,
     [](gradient_check& c) { return steps(c, [](const tensor& x) { return sign(x); }); }},
    {"floor_div", &floor_div_info, twice_differentiable,
     [](gradient_check& c) { return steps(c, [](const tensor& x) { return floor_div(x, 0.5); }); }},
    {"floor_mod", &floor_mod_info, twice_differentiable, remainders},
    {"pow", &pow_info, twice_differentiable, powers},
    {"sin", &sin_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::sin(x); }); }},
    {"cos", &cos_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::cos(x); }); }},
    {"asin", &asin_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::asin(x * 0.4); }); }},
    {"acos", &acos_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::acos(x * 0.4); }); }},
    {"atan", &atan_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::atan(x); }); }},
    {"sinh", &sinh_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::sinh(x); }); }},
    {"cosh", &cosh_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::cosh(x); }); }},
    {"asinh", &asinh_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::asinh(x); }); }},
    {"acosh", &acosh_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::acosh(x + 3.5); }); }},
    {"atanh", &atanh_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::atanh(x * 0.4); }); }},
    {"atan2", &atan2_info, twice_differentiable,
     [](gradient_check& c) {
         return binary(c, [](const operand& y, const operand& x) { return ambit::atan2(y, x); });
     }},
    {"erf", &erf_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::erf(x); }); }},
    {"expm1", &expm1_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::expm1(x); }); }},
    {"log1p", &log1p_info, twice_differentiable,
     [](gradient_check& c) {
         return unary(
             c, [](const tensor& x) { return ambit::log1p(x); }, -0.7);
     }},
    {"rsqrt", &rsqrt_info, twice_differentiable,
     [](gradient_check& c) {
         return unary(
             c, [](const tensor& x) { return rsqrt(x) + reciprocal(x); }, 0.3);
     }},
    {"leaky_relu", &leaky_relu_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return leaky_relu(x, {.alpha = 0.3}); }); }},
    {"prelu", &prelu_info, twice_differentiable, with_slopes},
    {"elu", &elu_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return elu(x, {.alpha = 0.7}); }); }},
    {"selu", &selu_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return selu(x); }); }},
    {"gelu", &gelu_info, twice_differentiable,
     [](gradient_check& c) {
         const bool approximate = c.coin();
         return unary(c, [&](const tensor& x) { return gelu(x, {.approximate = approximate}); });
     }},
    {"softplus", &softplus_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return softplus(x); }); }},
    {"softsign", &softsign_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return softsign(x); }); }},
    {"swish", &swish_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return swish(x) + silu(square(x)); }); }},
    {"stop_gradient", &stop_gradient_info, twice_differentiable, stopped},
};

}  // namespace ambit_test::gradient_uses
