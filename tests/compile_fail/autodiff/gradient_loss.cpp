// SPDX-License-Identifier: BSL-1.0
// Only a scalar has a gradient.
// expect: error: .*\[ambit\] gradient_loss: a loss is a float32 or float64 scalar: reduce it, e.g. with reduce_mean
// expect: gradient_loss<.*"op square".*"asked at gradient_loss\.cpp:18".*"had float32\[2, 4\]"
// lines: 2
// errors: 1
#include <ambit/autodiff/gradients.hpp>
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        const tensor errors = square(matmul(x, s.get_variable("weights", {4, 4})));
        tensor loss = errors;
#ifndef AMBIT_MISTAKE
        loss = reduce_mean(errors);
#endif
        return gradients(loss, s.trainable_variables())[0];
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
