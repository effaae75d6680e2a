// SPDX-License-Identifier: BSL-1.0
// Trains a classifier of handwritten digits and says how well it reads digits that it has not seen.
#include "command_line.hpp"

#include <ambit/diagnostics/error.hpp>

int main(int count, char** words) {
    using namespace mnist;
    CLI::App app("Train a classifier of handwritten digits, and report its accuracy on digits that\nit has not seen",
                 "mnist");
    options wanted;
    add_options(app, wanted);
    return run_program(app, count, words, [&] {
        const bool is_dense = wanted.model == net_kind::dense;
        if (wanted.ranks) {
#ifdef AMBIT_HAS_MPI
            is_dense ? run_dense_on_ranks(wanted) : run_conv_on_ranks(wanted);
#else
            throw ambit::error("--ranks: this program was built without an MPI (libopenmpi-dev)");
#endif
        } else {
            is_dense ? run_dense(wanted) : run_conv(wanted);
        }
    });
}
