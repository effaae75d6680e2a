// SPDX-License-Identifier: BSL-1.0
// Random uses of losses, and of ops along an axis: part of tests/support/gradient_laws.hpp, which includes this.
#pragma once

namespace ambit_test::gradient_uses {

inline tensor of_probabilities(gradient_check& c) {
    const shape extents = c.any_shape(1);
    const tensor logits = c.parameter(extents);
    if (c.coin()) return softmax_cross_entropy(logits, c.data(extents, 0.1, 1));
    return softmax_cross_entropy(logits, c.parameter(extents));
}

inline const gradient_law reduction_laws[] = {
    {"huber", &huber_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return huber(x, 1.25); }); }},
    {"log_softmax", &log_softmax_info, twice_differentiable,
     [](gradient_check& c) {
         const tensor x = c.parameter(c.any_shape(1));
         return log_softmax(x, {.axis = c.pick(-x.shape().rank(), x.shape().rank() - 1)});
     }},
    {"softmax_cross_entropy", &softmax_cross_entropy_info, twice_differentiable, of_probabilities},
    {"sigmoid_cross_entropy", &sigmoid_cross_entropy_info, twice_differentiable,
     [](gradient_check& c) { return binary(c, [](auto a, auto b) { return sigmoid_cross_entropy(a, b); }); }},
};

}  // namespace ambit_test::gradient_uses
