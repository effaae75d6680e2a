// SPDX-License-Identifier: BSL-1.0
// A trainable variable that the loss does not depend on is named.
// expect: error: .*\[ambit\] gradient_missing: the loss does not depend on this variable: use it, leave it out, or set .trainable = false
// expect: gradient_missing<.*"forgotten".*"created at gradient_missing\.cpp:14".*"asked at gradient_missing\.cpp:22"
// lines: 2
// errors: 1
#include <ambit/autodiff/gradients.hpp>
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        const variable weights = s.get_variable("weights", {4, 4});
        const variable forgotten = s.get_variable("forgotten", {4});
        const tensor product = matmul(x, weights);
#ifdef AMBIT_MISTAKE
        const tensor y = product;
#else
        const tensor y = product + forgotten;
#endif
        const tensor loss = reduce_mean(square(y));
        return gradients(loss, s.trainable_variables())[0];
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
