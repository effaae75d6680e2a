// SPDX-License-Identifier: BSL-1.0
// What the command line may ask for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cifar10 {

struct options {
    std::optional<std::string> data, train_dir, save, evaluate, pictures;
    std::int64_t steps = 500;
    std::uint64_t seed = 1;
    std::optional<int> towers;  ///< else those of the compiler
    bool ranks = false;
};

/// What the options ask for: with the towers of the compiler, with as many as they say, or with one on each rank of an
/// MPI job, if the program was built with one. They throw `ambit::error`.
void run_compiled(const options& wanted);
void run_on_registry(const options& wanted);
void run_on_ranks(const options& wanted);

}  // namespace cifar10
