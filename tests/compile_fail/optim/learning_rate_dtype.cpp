// SPDX-License-Identifier: BSL-1.0
// What is wrong inside of a step is told with the line of the step, not with one of the library.
// expect: error: .*\[ambit\] op_dtype: the dtypes of the operands do not fit this op
// expect: op sgd/mul\(
// expect: both operands must have one dtype
// expect: at .*learning_rate_dtype\.cpp:17
// reject: sgd\.hpp|minimize\.hpp:[0-9]+"
// errors: 1
#include <ambit/graphs.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>
using namespace ambit;

#ifdef AMBIT_MISTAKE
constexpr dtype of_the_rate = float64;
constexpr operation train(scope& s, const tensor& loss, const tensor& rate) {
    return minimize(s, loss, sgd{.learning_rate = rate});
}
#else
constexpr dtype of_the_rate = float32;
constexpr operation train(scope& s, const tensor& loss, const tensor& rate) {
    return minimize(s, loss, sgd{.learning_rate = rate});
}
#endif

struct net {
    struct outputs {
        tensor loss;
        operation step;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor weights = s.get_variable("weights", {4});
        const tensor loss = reduce_sum(weights * x);
        const tensor rate = cast(loss, of_the_rate);
        return {loss, train(s, loss, rate)};
    }
};
static_assert(expect_valid<net, input<float, 4>>());
