// SPDX-License-Identifier: BSL-1.0
// A stranger's ranks.
#include <ambit/distributed/communicator.hpp>

int main(int argc, char** argv) {
    const ambit::mpi_environment mpi(argc, argv);
    ambit::communicator ranks(mpi);
    return ranks.mean(3) == 3 ? 0 : 1;
}
