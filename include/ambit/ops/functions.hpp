// SPDX-License-Identifier: BSL-1.0
// Functions of each element: powers, exponentials, angles; and the units of neural networks.
//
//     tensor h = relu(dense(s, "hidden", x, 100));
//
// float32 and float64, where nothing else is said; another dtype is refused by the compiler (op_dtype). The result has
// the shape of the operand, or of both, broadcast as in NumPy. With g for the upstream gradient, comments say what the
// operand gets.
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/ops/op.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

// functions/ defines each function in the file of its name, but:
//     arcs.hpp        asin acos atan atan2
//     elu.hpp         selu celu
//     expm1.hpp       log1p
//     hard_units.hpp  hard_sigmoid hard_swish
//     hyperbolic.hpp  sinh cosh asinh acosh atanh
//     leaky_relu.hpp  prelu
//     rsqrt.hpp       reciprocal
//     sin.hpp         cos tan
//     softplus.hpp    mish log_sigmoid softsign swish silu
//     square.hpp      squared_difference

namespace AMBIT_NAMESPACE {

/// x² of each element. Any dtype but bool; integers wrap around. Gradient: 2 g x. NumPy's and TensorFlow's `square`.
///
///     tensor power = reduce_mean(square(signal));
constexpr tensor square(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// (a - b)² of each pair of elements, which are broadcast: `square(sub(a, b))`, as TensorFlow's. Any dtype but bool;
/// integers wrap around. Gradient: 2 g (a - b) to a, negated to b.
///
///     tensor error = reduce_mean(squared_difference(prediction, target));
constexpr tensor squared_difference(const graph_parts::operand& a, const graph_parts::operand& b,
                                    const op_options& options = {}, const location& at = location::current());

/// √x of each element, correctly rounded; NaN below 0. Gradient: g / (2 √x), infinite at 0. NumPy's and TensorFlow's
/// `sqrt`.
///
///     tensor deviation = sqrt(reduce_variance(x));
constexpr tensor sqrt(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// √x of a number, in the compiler too: `ambit::sqrt(2.0)`.
template <std::floating_point Number> constexpr Number sqrt(Number x);
/// The same of an integer, as a double.
template <std::integral Number> constexpr double sqrt(Number x) { return ambit::sqrt(static_cast<double>(x)); }

/// 1 / √x of each element, as IEEE divides: infinite at 0, NaN below. Gradient: -g y³ / 2, where y is the result.
/// TensorFlow's `rsqrt`.
///
///     tensor normalized = (x - mean) * rsqrt(variance + 1e-5);
constexpr tensor rsqrt(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// 1 / x of each element, as IEEE divides: infinite at 0. Gradient: -g / x². TensorFlow's and NumPy's `reciprocal`.
///
///     tensor periods = reciprocal(frequencies);
constexpr tensor reciprocal(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// e to the power of each element. Gradient: g y, where y is the result. NumPy's and TensorFlow's `exp`.
///
///     tensor variance = exp(log_variance);
constexpr tensor exp(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// e to the power of a number, in the compiler too: `ambit::exp(2.0)`.
template <std::floating_point Number> constexpr Number exp(Number x);
/// The same of an integer, as a double.
template <std::integral Number> constexpr double exp(Number x) { return ambit::exp(static_cast<double>(x)); }

/// e^x - 1 of each element, exact also where x is small. Gradient: g e^x. NumPy's and TensorFlow's `expm1`.
///
///     tensor growth = expm1(rates);
constexpr tensor expm1(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// log(1 + x) of each element, exact also where x is small; minus infinity at -1, NaN below. Gradient: g / (1 + x).
/// NumPy's and TensorFlow's `log1p`.
///
///     tensor compressed = log1p(abs(x));
constexpr tensor log1p(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The natural logarithm of each element: minus infinity at 0, NaN below. Gradient: g / x. NumPy's and TensorFlow's
/// `log`.
///
///     tensor information = -log(probabilities);
constexpr tensor log(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The natural logarithm of a number, in the compiler too: `ambit::log(2.0)`.
template <std::floating_point Number> constexpr Number log(Number x);
/// The same of an integer, as a double.
template <std::integral Number> constexpr double log(Number x) { return ambit::log(static_cast<double>(x)); }

/// x to the power of y, for each pair of elements, which are broadcast; special cases are those of C: 1 for an exponent
/// of 0, NaN for a negative base and an exponent that is no integer. Gradients: g y x^(y - 1) by x, 0 where y is 0; g
/// x^y log x by y, 0 wherever x is not positive, as TensorFlow's: a base of 0 makes no NaN. NumPy's `power`,
/// TensorFlow's `pow`.
///
///     tensor cubed = pow(x, 3);
constexpr tensor pow(const graph_parts::operand& x, const graph_parts::operand& y, const op_options& options = {},
                     const location& at = location::current());

/// x to the power of y, of numbers, in the compiler too: `ambit::pow(2.0, 0.5)`.
template <std::floating_point Number> constexpr Number pow(Number x, Number y);

/// The sine of each element, an angle in radians; NaN of an infinite one. Gradient: g cos x. NumPy's and TensorFlow's
/// `sin`.
///
///     tensor wave = sin(phase);
constexpr tensor sin(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The cosine of each element, an angle in radians; NaN of an infinite one. Gradient: -g sin x. NumPy's and
/// TensorFlow's `cos`.
///
///     tensor across = radius * cos(angle);
constexpr tensor cos(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The tangent of each element, an angle in radians: sin x / cos x. NumPy's and TensorFlow's `tan`.
///
///     tensor slope = tan(angle);
constexpr tensor tan(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The angle in radians whose sine is each element, from -π/2 to π/2; NaN beyond 1. Gradient: g / √(1 - x²), infinite
/// at 1 and -1. NumPy's `arcsin`, TensorFlow's `asin`.
///
///     tensor latitude = asin(z);
constexpr tensor asin(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The angle in radians whose cosine is each element, from 0 to π; NaN beyond 1. Gradient: -g / √(1 - x²), infinite at
/// 1 and -1. NumPy's `arccos`, TensorFlow's `acos`.
///
///     tensor angle = acos(clip(cosine, -1, 1));
constexpr tensor acos(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The angle in radians whose tangent is each element, from -π/2 to π/2. Gradient: g / (1 + x²). NumPy's `arctan`,
/// TensorFlow's `atan`.
///
///     tensor inclination = atan(slope);
constexpr tensor atan(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The angle in radians of the point (x, y), from -π to π, for each pair of elements, which are broadcast; signs of
/// zero count, as in C. Gradients: g x / (x² + y²) by y, -g y / (x² + y²) by x, NaN at the origin. NumPy's `arctan2`,
/// TensorFlow's `atan2`.
///
///     tensor heading = atan2(y, x);
constexpr tensor atan2(const graph_parts::operand& y, const graph_parts::operand& x, const op_options& options = {},
                       const location& at = location::current());

/// (e^x - e^-x) / 2 of each element. Gradient: g cosh x. NumPy's and TensorFlow's `sinh`.
///
///     tensor y = sinh(x);
constexpr tensor sinh(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// (e^x + e^-x) / 2 of each element. Gradient: g sinh x. NumPy's and TensorFlow's `cosh`.
///
///     tensor chain = cosh(x);
constexpr tensor cosh(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The number whose `sinh` is each element. Gradient: g / √(x² + 1). NumPy's `arcsinh`, TensorFlow's `asinh`.
///
///     tensor compressed = asinh(x);                             // as log for large values, through 0
constexpr tensor asinh(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The number, at least 0, whose `cosh` is each element; NaN below 1. Gradient: g / √(x² - 1), infinite at 1. NumPy's
/// `arccosh`, TensorFlow's `acosh`.
///
///     tensor distance = acosh(ratio);                           // of points in hyperbolic space
constexpr tensor acosh(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The number whose `tanh` is each element; infinite at 1 and -1, NaN beyond. Gradient: g / (1 - x²). NumPy's
/// `arctanh`, TensorFlow's `atanh`.
///
///     tensor z = atanh(correlation);                            // Fisher's transformation
constexpr tensor atanh(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The error function of each element, 2/√π times the integral of e^(-t²) from 0 to x. Gradient: g 2/√π e^(-x²).
/// TensorFlow's `erf`.
///
///     tensor share = 0.5 * (1 + erf(x / 1.4142135623730951));       // of a normal distribution below x
constexpr tensor erf(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// max(x, 0) of each element, the rectified linear unit; NaN stays NaN. Any dtype but bool. Gradient: g where x > 0,
/// else 0. Source: V. Nair, G. E. Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.
///
///     tensor h = relu(dense(s, "hidden", x, 100));
constexpr tensor relu(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// What `leaky_relu` may be told.
struct leaky_relu_options {
    double alpha = 0.2;
    std::string_view name = {};
};

/// x above 0, alpha · x below (`.alpha = 0.2`, any finite number). Gradient: g above 0, alpha · g at 0 and below.
/// Source: A. L. Maas, A. Y. Hannun, A. Y. Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.
///
///     tensor h = leaky_relu(x, {.alpha = 0.01});
constexpr tensor leaky_relu(const tensor& x, const leaky_relu_options& options = {},
                            const location& at = location::current());

/// x above 0, alpha · x below, where alpha is a tensor, learnt mostly, which is broadcast with x. Gradients: as of
/// `leaky_relu` by x; by alpha g x where x is not above 0. Source: K. He and others, "Delving deep into rectifiers",
/// 2015.
///
///     tensor h = prelu(conv2d(image, kernel), s.get_variable("alpha", {32}, {.initializer = constant(0.25)}));
constexpr tensor prelu(const tensor& x, const graph_parts::operand& alpha, const op_options& options = {},
                       const location& at = location::current());

/// What `elu` may be told.
struct elu_options {
    double alpha = 1;
    std::string_view name = {};
};

/// x above 0, alpha (e^x - 1) below (`.alpha = 1`). Gradient: g above 0, alpha e^x g below; at 0 that below. Source:
/// D.-A. Clevert, T. Unterthiner, S. Hochreiter, "Fast and accurate deep network learning by exponential linear units",
/// 2016.
///
///     tensor h = elu(x);
constexpr tensor elu(const tensor& x, const elu_options& options = {}, const location& at = location::current());

/// The `elu` with the alpha (1.6733) and times the scale (1.0507) that keep mean and variance of a deep net's values.
/// Source: G. Klambauer and others, "Self-normalizing neural networks", 2017, equation 14.
///
///     tensor h = selu(dense(s, "hidden", x, 100, {.weights = variance_scaling()}));
constexpr tensor selu(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// What `celu` may be told.
struct celu_options {
    double alpha = 1;  ///< above 0
    std::string_view name = {};
};

/// x above 0, alpha (e^(x / alpha) - 1) below (`.alpha = 1`): `elu` without its kink at 0. Source: J. T. Barron,
/// "Continuously differentiable exponential linear units", 2017.
///
///     tensor h = celu(x, {.alpha = 0.5});
constexpr tensor celu(const tensor& x, const celu_options& options = {}, const location& at = location::current());

/// x / 6 + 1/2 limited to [0, 1], a cheap `sigmoid`. Gradient: g / 6 between -3 and 3. PyTorch's `hardsigmoid`; that of
/// Keras 2 rises by 1/5.
///
///     tensor gate = hard_sigmoid(h);
constexpr tensor hard_sigmoid(const tensor& x, const op_options& options = {},
                              const location& at = location::current());

/// x hard_sigmoid(x), a cheap `swish`. PyTorch's `hardswish`. Source: A. Howard and others, "Searching for
/// MobileNetV3", 2019, section 5.2.
///
///     tensor h = hard_swish(conv2d(image, kernel));
constexpr tensor hard_swish(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// x tanh(softplus(x)), computed with one exponential. Source: D. Misra, "Mish: a self regularized non-monotonic
/// activation function", 2020.
///
///     tensor h = mish(conv2d(image, kernel));
constexpr tensor mish(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The logarithm of `sigmoid`, -softplus(-x), finite where log(sigmoid(x)) would be that of 0. TensorFlow's
/// `log_sigmoid`.
///
///     tensor losses = -log_sigmoid(margins);
constexpr tensor log_sigmoid(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// log(1 + e^x) of each element; it neither overflows where x is large nor loses what is small. Gradient: g sigmoid(x).
/// Source: C. Dugas and others, "Incorporating second-order functional knowledge", 2001.
///
///     tensor deviation = softplus(raw) + 1e-3f;                 // above 0
constexpr tensor softplus(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// x / (1 + |x|) of each element. Gradient: g / (1 + |x|)². TensorFlow's `softsign`.
///
///     tensor h = softsign(x);
constexpr tensor softsign(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// x sigmoid(x) of each element, also called `silu`. Gradient: g (s + x s (1 - s)), where s = sigmoid(x). Source: P.
/// Ramachandran, B. Zoph, Q. V. Le, "Searching for activation functions", 2017.
///
///     tensor h = swish(conv2d(image, kernel));
constexpr tensor swish(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// `swish(x)` by its other name. Source: S. Elfwing, E. Uchibe, K. Doya, "Sigmoid-weighted linear units for neural
/// network function approximation in reinforcement learning", 2018.
///
///     tensor h = silu(gate) * value;                            // SwiGLU
constexpr tensor silu(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// What `gelu` may be told.
struct gelu_options {
    bool approximate = false;
    std::string_view name = {};
};

/// x times the share of a standard normal distribution that lies below x: x/2 (1 + erf(x/√2)); with `.approximate =
/// true`, x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))). Gradient: g times the derivative of the form that was asked for.
/// Source: D. Hendrycks, K. Gimpel, "Gaussian error linear units", 2016.
///
///     tensor h = gelu(dense(s, "hidden", x, 256));
constexpr tensor gelu(const tensor& x, const gelu_options& options = {}, const location& at = location::current());

/// 1 / (1 + e^-x) of each element, the logistic function. Gradient: g y (1 - y), where y is the result. TensorFlow's
/// `sigmoid`.
///
///     tensor gate = sigmoid(h);
constexpr tensor sigmoid(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The hyperbolic tangent of each element. Gradient: g (1 - y²), where y is the result. NumPy's and TensorFlow's
/// `tanh`.
///
///     tensor next = tanh(matmul(h, weights) + biases);
constexpr tensor tanh(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// What `softmax` and `log_softmax` may be told: an axis, which counts from the end if it is negative.
struct softmax_options {
    core_parts::whole_number axis = -1;
    AMBIT_NO_OPTION(axes, "the option is .axis = -1")
    AMBIT_NO_OPTION(dim, "the option is .axis = -1")
    std::string_view name = {};
};

/// e^x divided by its sum along one axis (`.axis = -1`), computed from x minus its maximum, so that nothing overflows.
/// An axis outside of the operand is refused (op_option). Gradient: y (g - Σ g y), where y is the result. TensorFlow's
/// `softmax`.
///
///     tensor probabilities = softmax(logits);                   // along the last axis
constexpr tensor softmax(const tensor& x, const softmax_options& options = {},
                         const location& at = location::current());
template <std::integral Axis>
AMBIT_REFUSES("the axis is an option: softmax(x, {.axis = -1})")
constexpr tensor softmax(const tensor& x, Axis axis) {
    return softmax(x, {.axis = axis});
}

/// The logarithm of `softmax` along one axis (`.axis = -1`), finite where log(softmax(x)) would be that of 0. An axis
/// outside of the operand is refused (op_option). Gradient: g - softmax(x) Σ g. TensorFlow's `log_softmax`.
///
///     tensor scores = log_softmax(logits);                      // [32, 10] -> [32, 10]
constexpr tensor log_softmax(const tensor& x, const softmax_options& options = {},
                             const location& at = location::current());
template <std::integral Axis>
AMBIT_REFUSES("the axis is an option: log_softmax(x, {.axis = -1})")
constexpr tensor log_softmax(const tensor& x, Axis axis) {
    return log_softmax(x, {.axis = axis});
}

}  // namespace ambit
