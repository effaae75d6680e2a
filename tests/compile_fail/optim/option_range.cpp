// SPDX-License-Identifier: BSL-1.0
// An option is told with its value and its range.
// expect: error: .*\[ambit\] op_option: an option of this op is out of its range
// expect: op_option<.*"op adam".*"beta2 is 1.5: from 0 to below 1"
// expect: "at option_range\.cpp:20"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
using namespace ambit;

#ifdef AMBIT_MISTAKE
constexpr adam optimizer{.beta2 = 1.5};
#else
constexpr adam optimizer{.beta2 = 0.5};
#endif

constexpr operation train(scope& s, const tensor& loss) {
    return minimize(s, loss, optimizer);
}

struct net {
    struct outputs {
        tensor loss;
        operation step;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor weights = s.get_variable("weights", {4});
        const tensor loss = reduce_sum(weights * x);
        return {loss, train(s, loss)};
    }
};
static_assert(expect_valid<net, input<float, 4>>());
