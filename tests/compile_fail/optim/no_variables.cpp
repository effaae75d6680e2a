// SPDX-License-Identifier: BSL-1.0
// A prefix with a typing error has no variables: that is not all of them.
// expect: error: .*\[ambit\] no_variables: a list of variables is empty: look at the prefix that it was asked for with, or create them first
// expect: no_variables<.*"op minimize".*"at no_variables\.cpp:18"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>
using namespace ambit;

#ifdef AMBIT_MISTAKE
constexpr std::string_view part = "critics";
#else
constexpr std::string_view part = "critic";
#endif
constexpr operation train_part(scope& s, const tensor& loss) {
    return minimize(s, loss, sgd{}, {.variables = s.trainable_variables(part)});
}

struct net {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor weights = s.get_variable("critic/weights", {4});
        const tensor loss = reduce_sum(weights * x);
        return {loss, train_part(s, loss)};
    }
};
static_assert(expect_valid<net, input<float, 4>>());
