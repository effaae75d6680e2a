// SPDX-License-Identifier: BSL-1.0
// What a digit is here.
#pragma once

#include <cstddef>

namespace mnist {

inline constexpr std::size_t side = 28;  // pixels
inline constexpr std::size_t pixel_count = side * side;
inline constexpr std::size_t class_count = 10;

}  // namespace mnist
