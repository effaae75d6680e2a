// SPDX-License-Identifier: BSL-1.0
// The ranks that the tests run on: all of the job. All of them run all cases, in one order; one that fails lets the
// others meet their deadline.
#pragma once

#include <ambit/distributed/communicator.hpp>

#include <chrono>

namespace ambit_test {

inline ambit::communicator& all_ranks() {
    static const ambit::mpi_environment mpi;
    static ambit::communicator ranks(mpi, {.deadline = std::chrono::seconds(20)});
    return ranks;
}

}  // namespace ambit_test
