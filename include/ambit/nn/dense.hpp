// SPDX-License-Identifier: BSL-1.0
// A fully connected layer: `x · weights + biases`, in a scope of its own.
//
//     tensor h = relu(dense(s, "hidden", images, 500));         // hidden/weights [784, 500], hidden/biases [500]
#pragma once

#include <ambit/ops/bias_add.hpp>
#include <ambit/ops/matmul.hpp>

#include <source_location>
#include <string_view>

namespace ambit {

struct dense_options {
    scope_parts::option<initializer> weights = {};  ///< else the scope's; else Glorot uniform
    initializer biases = zeros();
};

/// [..., in] -> [..., units], with one leading axis or more; float32 or float64. Variables have the dtype of `x`, whatever
/// dtype the scope says, as in all layers.
constexpr tensor dense(scope& s, std::string_view name, const tensor& x, std::int64_t units,
                       const dense_options& options = {}, const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name);
    const std::int64_t in = x.shape().rank() > 0 ? x.shape()[-1] : 1;  // matmul refuses a scalar in its own words
    // matmul refuses integers beside weights of the scope's dtype.
    const dtype type = is_floating(x.dtype()) ? x.dtype() : dtype::none;
    const variable weights = layer.get_variable("weights", {in, units}, {.initializer = options.weights, .dtype = type});
    const variable biases = layer.get_variable("biases", {units}, {.initializer = options.biases, .dtype = type});
    const tensor product = matmul(x, weights);
    return bias_add(product, biases);
}

}  // namespace ambit
