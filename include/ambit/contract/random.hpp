// SPDX-License-Identifier: BSL-1.0
// What a kernel that draws random numbers needs to know: how many, and of which distribution.
#pragma once

#include <ambit/contract/kernel_tags.hpp>

#include <bit>
#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_tag {

struct random : without_epilogue {};  ///< random_geometry; a key and the number of the call

}  // namespace ambit::kernel_tag

namespace AMBIT_NAMESPACE::contract_parts {

enum class random_kind : std::int64_t {
    uniform,           ///< in [first, second); integers too
    normal,            ///< mean `first`, standard deviation `second`
    truncated_normal,  ///< the same, within two standard deviations of the mean
    mask               ///< 0 with probability `first`, else `second`
};

/// Parameters are kept as bits: clang 16 takes no floating-point member in a template argument.
struct random_geometry {
    std::int64_t count = 0;
    random_kind kind = random_kind::uniform;
    std::int64_t first_bits = 0;
    std::int64_t second_bits = 0;

    constexpr double first() const { return std::bit_cast<double>(first_bits); }
    constexpr double second() const { return std::bit_cast<double>(second_bits); }
    friend constexpr bool operator==(const random_geometry&, const random_geometry&) = default;
};

}  // namespace ambit::contract_parts
