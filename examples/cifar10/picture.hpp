// SPDX-License-Identifier: BSL-1.0
// What a picture is here.
#pragma once

#include <cstdint>

namespace cifar10 {

inline constexpr std::int64_t side = 24;  ///< pixels, in three colours, of what the network takes
inline constexpr std::int64_t classes = 10;

}  // namespace cifar10
