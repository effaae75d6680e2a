// SPDX-License-Identifier: BSL-1.0
// One cell object for two layers: it keeps the scope of its first use, and both places are named.
// expect: error: .*\[ambit\] cell_elsewhere: a cell keeps the scope of its first use: make another cell here, or call it there
// expect: cell_elsewhere<.*"scope layer1/lstm_cell"
// expect: first at cell_elsewhere\.cpp:17, .*in layer1, .*opened at .*cell_elsewhere\.cpp:16
// expect: again at cell_elsewhere\.cpp:25, .*in layer2, .*opened at .*cell_elsewhere\.cpp:20
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
#include <ambit/nn/recurrent.hpp>
using namespace ambit;

struct two_layers {
    constexpr tensor operator()(scope& s, tensor x) const {
        lstm_cell first(4), second(4);
        auto layer1 = s.variable_scope("layer1");
        auto [state1, h] = first(layer1, x, zero_state(layer1, first, 2));
        layer1.close();

        auto layer2 = s.variable_scope("layer2");
        const lstm_state zero = zero_state(layer2, second, 2);
#ifndef AMBIT_MISTAKE
        return second(layer2, h, zero).output;
#else
        return first(layer2, h, zero).output;
#endif
    }
};
static_assert(expect_valid<two_layers, input<float, 2, 4>>());
