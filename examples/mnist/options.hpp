// SPDX-License-Identifier: BSL-1.0
// What the command line may ask for (command_line.hpp).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace mnist {

enum class net_kind { dense, conv };

struct options {
    std::optional<std::filesystem::path> data, evaluate, save, pictures;
    net_kind model = net_kind::dense;
    std::optional<int> epochs;  ///< else the net's own number
    std::uint64_t seed = 1;
    bool choose = false, ranks = false, compact = false;
};

/// What the options ask for, with one of the nets: each is compiled on its own. They throw `ambit::error`.
void run_dense(const options& wanted);
void run_conv(const options& wanted);
/// On the ranks of an MPI job, if the program was built with one.
void run_dense_on_ranks(const options& wanted);
void run_conv_on_ranks(const options& wanted);

}  // namespace mnist
