// SPDX-License-Identifier: BSL-1.0
// A second cell where sharing was meant: its scope has the variables of the first.
// expect: error: .*\[ambit\] variable_exists: set reuse on the scope, or give the variable another name
// expect: variable_exists<.*"rnn/gru_cell/gates/kernel"
// expect: first at second_cell\.cpp:16, .*in rnn/gru_cell/gates
// expect: again at second_cell\.cpp:20, .*in rnn_1/gru_cell/gates
// lines: 8
// errors: 4
#include <ambit/graphs.hpp>
#include <ambit/nn/recurrent.hpp>
using namespace ambit;

struct two_sequences {
    constexpr tensor operator()(scope& s, tensor x, tensor y) const {
        gru_cell cell(4);
        const tensor of_x = dynamic_rnn(s, cell, x).state;
#ifndef AMBIT_MISTAKE
        return of_x + dynamic_rnn(s, cell, y).state;
#else
        return of_x + dynamic_rnn(s, gru_cell(4), y).state;
#endif
    }
};
static_assert(expect_valid<two_sequences, input<float, 2, 5, 3>, input<float, 2, 5, 3>>());
