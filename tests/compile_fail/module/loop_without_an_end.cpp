// SPDX-License-Identifier: BSL-1.0
// A loop that waits for a shape that never comes: the line that looks at the shape is named. What another module makes
// on the way back from its loss, more than so many ops, does not count.
// expect: error: .*\[ambit\] module_not_constant: 
// expect: module_not_constant<.*"module shrink"
// expect: a_loop_without_an_end_or_else_define_a_larger_AMBIT_MOST_OPS
// expect(gcc): loop_without_an_end\.cpp:24:.* in .constexpr. expansion of .*shape
// expect(clang): loop_without_an_end\.cpp:24:.* in call to .*shape
// others: 1
// errors: 2
// flags: -DAMBIT_MOST_OPS=500
#include <ambit/graphs.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
using namespace ambit;

#ifdef AMBIT_MISTAKE
constexpr int step = 1;
#else
constexpr int step = 2;
#endif
struct shrink {
    constexpr tensor operator()(scope&, tensor x) const {
        while (x.shape()[1] > 7)
            x = max_pool(x, {.window = {3, 3}, .strides = {step, step}, .padding = same});
        return x;
    }
};
static_assert(expect_valid<shrink, input<float, 1, 28, 28, 1>>());

struct trains {
    struct outputs {
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const variable scale = s.get_variable("scale", {4});
        for (int i = 0; i < 200; ++i) x = x * scale;
        return {minimize(s, reduce_mean(x), adam{})};
    }
};
using trainer = graph_of<trains, input<float, 4>>;
static_assert(refused_parts::no_mistakes_in<trainer>);
static_assert(trainer::value.nodes.size() > 1000);
