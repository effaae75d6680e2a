// SPDX-License-Identifier: BSL-1.0
// What follows the product of a layer: biases and an activation.
//
//     tensor h = dense(s, "hidden", images, 500, {.activation = relu});
#pragma once

#include <ambit/core/choice.hpp>
#include <ambit/ops/all.hpp>

#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE {

/// What may follow a layer: any op of one operand, `.activation = relu`.
using activation_function = tensor (*)(const tensor&, const op_options&, const location&);

/// The `.activation` of a layer. A lambda is a function, too: `.activation = [](const tensor& x, const auto&...) { …
/// }`.
class activation_option : public scope_parts::option<activation_function> {
public:
    constexpr activation_option() = default;
    /// Also one of several functions of a name, as `tanh` is, which C has as well.
    constexpr activation_option(activation_function said) : option(said) {}  // NOLINT: implicit, as all options
    template <class Function>
        requires(std::is_convertible_v<Function, activation_function> && !std::is_same_v<Function, activation_function>)
    constexpr activation_option(Function said) : option(said) {}  // NOLINT: implicit, as all options
    template <class Other>
        requires(std::is_arithmetic_v<Other> || core_parts::text_like<Other>)
    AMBIT_REFUSES("an activation is a function, neither text nor a number: {.activation = relu}")
    constexpr activation_option(Other) {}
    template <std::same_as<tensor> Tensor>
    AMBIT_REFUSES("an activation is a function, which the layer calls: {.activation = relu}")
    constexpr activation_option(const Tensor&) {}
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// Biases of a dtype in the layer's scope, then the activation.
constexpr tensor with_bias(scope& layer, tensor y, std::int64_t units, dtype type, bool use_bias,
                           const initializer_option& biases, const activation_option& activation, const location& at) {
    const graph_parts::line_of_call here(layer, at);
    if (use_bias) {
        const variable added = layer.get_variable("biases", {units}, {.initializer = biases, .dtype = type}, at);
        y = bias_add(y, added);
    }
    return activation ? (*activation)(y, {}, at) : y;
}

}  // namespace ambit::op_parts
