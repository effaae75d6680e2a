// SPDX-License-Identifier: BSL-1.0
// How well the network tells pictures, by the moving averages of its variables.
//
//     judge reader(net.parameters());                     // sees each step of the trainer at once
//     auto right = told_right(reader, sets.unseen);
#pragma once

#include "net.hpp"
#include "pictures.hpp"

#include <cstddef>
#include <cstdint>

namespace cifar10 {

inline constexpr std::int64_t judged_at_once = 32;
using judge = model<classifier, input<float, judged_at_once, side, side, 3>>;

/// How many pictures are told right; with `parts` of those that fall to one of them.
std::size_t told_right(judge& net, const labelled_images& set, std::size_t part = 0, std::size_t parts = 1);

}  // namespace cifar10
