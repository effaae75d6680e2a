// SPDX-License-Identifier: BSL-1.0
// The op that ends the way back to a variable is named.
// expect: error: .*\[ambit\] not_differentiable: the way from the loss to a variable leads through an op that has no gradient
// expect: not_differentiable<.*"op cast".*"asked at not_differentiable\.cpp:20"
// lines: 2
// errors: 1
#include <ambit/autodiff/gradients.hpp>
#include <ambit/core.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        const tensor scores = matmul(x, s.get_variable("weights", {4, 4}));
#ifdef AMBIT_MISTAKE
        const tensor peaks = cast(argmax(scores, -1), float32);
#else
        const tensor peaks = reduce_max(scores, {.axes = -1});
#endif
        const tensor loss = reduce_mean(peaks);
        return gradients(loss, s.trainable_variables())[0];
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
