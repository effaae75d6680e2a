// SPDX-License-Identifier: BSL-1.0
// MPI from the beginning of a program to its end.
//
//     int main(int argc, char** argv) {
//         const mpi_environment mpi(argc, argv);
//         communicator ranks(mpi);
//     }
#pragma once

#include <ambit/distributed/distributed_error.hpp>

#include <atomic>
#include <cstdlib>

// The bindings for C++ are gone from the standard since MPI 3.
#ifndef OMPI_SKIP_MPICXX
#define OMPI_SKIP_MPICXX 1
#endif
#ifndef MPICH_SKIP_MPICXX
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

namespace AMBIT_NAMESPACE::distributed_parts {

/// Whether a collective was given up: then MPI cannot be finalized, since some rank may wait for this one for ever.
inline std::atomic<bool> was_given_up = false;

}  // namespace ambit::distributed_parts

namespace AMBIT_NAMESPACE {

/// Begins MPI, and ends it; where somebody else has begun it, it is left alone. Throws a `distributed_error` if MPI can
/// be called by the first thread only. After a missed deadline its end is `MPI_Abort`: the launcher ends all ranks.
class mpi_environment {
public:
    mpi_environment(int& argc, char**& argv) : mpi_environment(&argc, &argv) {}
    mpi_environment() : mpi_environment(nullptr, nullptr) {}
    mpi_environment(const mpi_environment&) = delete;
    mpi_environment& operator=(const mpi_environment&) = delete;

    ~mpi_environment() {
        int is_over = 0;
        MPI_Finalized(&is_over);
        if (!is_owner_ || is_over != 0) return;
        if (distributed_parts::was_given_up) MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
        MPI_Finalize();
    }

private:
    mpi_environment(int* argc, char*** argv) {
        int has_begun = 0, threads = MPI_THREAD_SINGLE;
        MPI_Initialized(&has_begun);
        is_owner_ = has_begun == 0;
        if (is_owner_) choose_all_reduce();
        if (is_owner_) MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &threads);
        else MPI_Query_thread(&threads);
        if (threads >= MPI_THREAD_SERIALIZED) return;
        int rank = 0, size = 1;
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &size);
        if (is_owner_) MPI_Finalize();
        throw distributed_error(distributed_fault::threads, rank, size, 0,
                                "MPI was begun without MPI_THREAD_SERIALIZED, or does not have it",
                                "ask MPI_Init_thread for it, or take an MPI that supports threads");
    }

    /// Open MPI 4.1 takes a non-blocking sum of large arrays in messages of all of it, half as fast as a blocking one;
    /// this is as fast. What the user has chosen stays.
    static void choose_all_reduce() { setenv("OMPI_MCA_coll_libnbc_iallreduce_algorithm", "rabenseifner", 0); }

    bool is_owner_ = false;
};

}  // namespace ambit
