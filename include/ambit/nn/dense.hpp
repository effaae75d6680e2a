// SPDX-License-Identifier: BSL-1.0
// A fully connected layer: `x · weights + biases`, in a scope of its own.
//
//     tensor h = dense(s, "hidden", images, 500, {.activation = relu});      // hidden/weights [784, 500]
//     tensor y = dense(s, "logits", h, 10, {.use_bias = false});             // hidden/biases [500] above, none here
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/nn/activation.hpp>
#include <ambit/nn/named_layer.hpp>
#include <ambit/ops/all.hpp>

#include <source_location>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct dense_options {
    activation_option activation = {};  ///< of the sum with the biases; else none
    bool use_bias = true;
    AMBIT_NO_OPTION(bias, "the options are .use_bias = false and .biases = zeros()")
    initializer_option weights = {};  ///< else the scope's; else Glorot uniform
    AMBIT_NO_OPTION(kernel_initializer, "the option is .weights = he_normal()")
    AMBIT_NO_OPTION(initializer, "the option is .weights = he_normal()")
    initializer_option biases = zeros();
    AMBIT_NO_OPTION(bias_initializer, "the option is .biases = zeros()")
};

/// [..., in] -> [..., units], with one leading axis or more; float32 or float64. Variables have the dtype of `x`,
/// whatever dtype the scope says, as in all layers.
///
///     tensor h = dense(s, "hidden", x, 500, {.activation = relu, .weights = he_normal()});  // [32, 784] -> [32, 500]
constexpr tensor dense(scope& s, std::string_view name, const tensor& x, core_parts::whole_number units,
                       const dense_options& options = {}, const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name);
    const std::int64_t in = x.shape().rank() > 0 ? x.shape()[-1] : 1;  // matmul refuses a scalar in its own words
    // matmul refuses integers beside weights of the scope's dtype.
    const dtype type = is_floating(x.dtype()) ? x.dtype() : dtype::none;
    const variable weights =
        layer.get_variable("weights", {in, units.value}, {.initializer = options.weights, .dtype = type});
    const tensor product = matmul(x, weights);
    return op_parts::with_bias(layer, product, units, type, options.use_bias, options.biases, options.activation, at);
}

namespace refused_parts {
struct activation_as_argument {
    AMBIT_REFUSES("the activation is an option: dense(s, \"hidden\", x, 500, {.activation = relu})")
    constexpr activation_as_argument(activation_function) {}
    AMBIT_REFUSES("the activation is an option, and a function: dense(s, \"hidden\", x, 500, {.activation = relu})")
    constexpr activation_as_argument(const char*) {}
};
}  // namespace refused_parts
constexpr tensor dense(scope& s, std::string_view name, const tensor& x, core_parts::whole_number units,
                       const refused_parts::activation_as_argument&, const location& at = location::current()) {
    return dense(s, name, x, units, {}, at);
}
AMBIT_REFUSES("the number of units is missing: dense(s, \"hidden\", x, 500)")
constexpr tensor dense(scope&, std::string_view, const tensor& x) { return x; }
// The name is converted, as in a program's own function of this name, which then comes first: it is no template.
template <std::integral In, std::integral Units>
AMBIT_REFUSES("a layer is told its units alone, the extent of its input is known: dense(s, \"hidden\", x, 500)")
constexpr tensor dense(scope& s, const refused_parts::anything&, const tensor& x, In, Units units) {
    return dense(s, "dense", x, units);
}
template <std::floating_point Units>
AMBIT_REFUSES("units are counted, by an integer: dense(s, \"hidden\", x, 500)")
constexpr tensor dense(scope& s, const refused_parts::anything&, const tensor& x, Units units,
                       const dense_options& options = {}) {
    return dense(s, "dense", x, static_cast<std::int64_t>(units), options);
}
AMBIT_NAMED_LAYER(dense, "dense(s, \"hidden\", x, 500)")

}  // namespace ambit
