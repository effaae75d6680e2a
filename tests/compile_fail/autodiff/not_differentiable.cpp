// SPDX-License-Identifier: BSL-1.0
// The ops that cut variables off from a loss are named, each with its line and the variables.
// expect: error: .*\[ambit\] not_differentiable: no gradient passes this op: lead the loss around it, or leave the variables out
// expect: not_differentiable<.*"op argmax".*"at not_differentiable\.cpp:17".*"asked at .*not_differentiable\.cpp:24".*"argmax gives int32, .*"cuts off weights".*"cuts off biases"
// expect: not_differentiable<.*"op fixed".*"at not_differentiable\.cpp:18".*"asked at .*not_differentiable\.cpp:24".*"stop_gradient passes no gradient".*"cuts off gain"
// lines: 4
// errors: 2
#include <ambit/autodiff/gradients.hpp>
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        const tensor scores = matmul(x, s.get_variable("weights", {4, 4})) + s.get_variable("biases", {4});
        const variable gain = s.get_variable("gain", {});
#ifdef AMBIT_MISTAKE
        const tensor peaks = cast(argmax(scores, -1), float32);
        const tensor factor = stop_gradient(gain, {.name = "fixed"});
#else
        const tensor peaks = reduce_max(scores, {.axes = -1});
        const tensor factor = gain;
#endif
        const tensor loss = reduce_mean(peaks * factor);
        return gradients(loss, s.trainable_variables())[0];
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
