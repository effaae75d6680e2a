// SPDX-License-Identifier: BSL-1.0
// Training on several machines, over MPI. A program links with the target `ambit::mpi`. Beside ambit/ambit.hpp, for
// those who need it.
#pragma once

#include <ambit/core/standard.hpp>

#include <ambit/distributed/collectives.hpp>
#include <ambit/distributed/communicator.hpp>
#include <ambit/distributed/data_parallel.hpp>
