// SPDX-License-Identifier: BSL-1.0
// What is thrown when ranks cannot go on together.
//
//     try { trainer.run<&outputs::train>(images, labels); }
//     catch (const distributed_error& e) { if (e.kind() == distributed_fault::deadline) start_again(e.step()); }
//
// After a `deadline` or a `failed_call` the values of the last call are not to be trusted, and no collective is
// possible any more: go on from a checkpoint, in a new job.
#pragma once

#include <ambit/diagnostics/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace AMBIT_NAMESPACE {

enum class distributed_fault {
    threads,  ///< MPI lets no other thread than the first call it
    failed_call,  ///< a function of MPI answered with an error
    deadline,  ///< a collective was not finished in time: a rank is dead, hangs or does something else
    rank_count,  ///< a module wants another number of ranks
    too_large,  ///< more elements than one collective counts
    illegal_weight,  ///< a mean that counts for less than nothing, or for no number
    different_models,  ///< ranks train different modules, or the same with other shapes
    different_weights,  ///< a variable has drifted apart
    not_finite,  ///< a rank's own gradients were infinite or NaN
    failed_on_root,  ///< what rank 0 does for all, such as reading a file, has failed there
};

/// `what()` reads "[ambit] rank 1 of 4, step 17: what was found; what to do". Steps are the calls that a communicator
/// has run, from 1 on; 0 is before the first.
class distributed_error : public error {
public:
    [[gnu::cold]] distributed_error(distributed_fault kind, int rank, int ranks, std::int64_t step,
                                    std::string_view found, std::string_view advice)
        : error("[ambit] rank " + std::to_string(rank) + " of " + std::to_string(ranks) + ", step " +
                std::to_string(step) + ": " + std::string(found) + "; " + std::string(advice)),
          kind_(kind),
          rank_(rank),
          step_(step) {}

    distributed_fault kind() const noexcept { return kind_; }
    /// The rank that tells, from 0 on, and the step at which it noticed.
    int rank() const noexcept { return rank_; }
    std::int64_t step() const noexcept { return step_; }

private:
    distributed_fault kind_;
    int rank_;
    std::int64_t step_;
};

}  // namespace ambit
