// SPDX-License-Identifier: BSL-1.0
// Functions of each element: exponentials, trigonometry, activations; softmax along an axis.
#pragma once

#include <ambit/ops/op.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

constexpr tensor square(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor squared_difference(const graph_parts::operand& a, const graph_parts::operand& b,
                                    const op_options& options = {}, const location& at = location::current());

constexpr tensor sqrt(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// Of a number, in the compiler too: `ambit::sqrt(2.0)`.
template <std::floating_point Number> constexpr Number sqrt(Number x);

constexpr tensor rsqrt(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor reciprocal(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor exp(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// Of a number, in the compiler too: `ambit::exp(2.0)`.
template <std::floating_point Number> constexpr Number exp(Number x);

constexpr tensor expm1(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor log1p(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor log(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// Of a number, in the compiler too: `ambit::log(2.0)`.
template <std::floating_point Number> constexpr Number log(Number x);

constexpr tensor pow(const graph_parts::operand& x, const graph_parts::operand& y, const op_options& options = {},
                     const location& at = location::current());

/// Of numbers, in the compiler too: `ambit::pow(2.0, 0.5)`.
template <std::floating_point Number> constexpr Number pow(Number x, Number y);

constexpr tensor sin(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor cos(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor erf(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor relu(const tensor& x, const op_options& options = {}, const location& at = location::current());

struct leaky_relu_options {
    double alpha = 0.2;
    std::string_view name = {};
};

constexpr tensor leaky_relu(const tensor& x, const leaky_relu_options& options = {},
                            const location& at = location::current());

constexpr tensor prelu(const tensor& x, const graph_parts::operand& alpha, const op_options& options = {},
                       const location& at = location::current());

struct elu_options {
    double alpha = 1;
    std::string_view name = {};
};

constexpr tensor elu(const tensor& x, const elu_options& options = {}, const location& at = location::current());

constexpr tensor selu(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor softplus(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor softsign(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor swish(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor silu(const tensor& x, const op_options& options = {}, const location& at = location::current());

struct gelu_options {
    bool approximate = false;
    std::string_view name = {};
};

constexpr tensor gelu(const tensor& x, const gelu_options& options = {}, const location& at = location::current());

constexpr tensor sigmoid(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor tanh(const tensor& x, const op_options& options = {}, const location& at = location::current());

struct softmax_options {
    std::int64_t axis = -1;
    AMBIT_NO_OPTION(axes, "the option is .axis = -1")
    AMBIT_NO_OPTION(dim, "the option is .axis = -1")
    std::string_view name = {};
};

constexpr tensor softmax(const tensor& x, const softmax_options& options = {},
                         const location& at = location::current());
template <std::integral Axis>
AMBIT_REFUSES("the axis is an option: softmax(x, {.axis = -1})")
constexpr tensor softmax(const tensor& x, Axis axis) { return softmax(x, {.axis = axis}); }

constexpr tensor log_softmax(const tensor& x, const softmax_options& options = {},
                             const location& at = location::current());
template <std::integral Axis>
AMBIT_REFUSES("the axis is an option: log_softmax(x, {.axis = -1})")
constexpr tensor log_softmax(const tensor& x, Axis axis) { return log_softmax(x, {.axis = axis}); }

}  // namespace ambit
