// SPDX-License-Identifier: BSL-1.0
// What a kernel that checks elements needs to know, and what it finds.
#pragma once

#include <ambit/contract/kernel_tags.hpp>

#include <bit>
#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_tag {

struct check : without_epilogue {};  ///< check_geometry (contract/control.hpp); gives a check_finding

}  // namespace ambit::kernel_tag

namespace AMBIT_NAMESPACE::contract_parts {

enum class check_kind : std::int64_t {
    finite,  ///< neither NaN nor infinite
    range    ///< low <= x < high
};

/// Bounds are kept as bits: clang 16 takes no floating-point member in a template argument.
struct check_geometry {
    std::int64_t count = 0;
    check_kind kind = check_kind::finite;
    std::int64_t low_bits = 0;
    std::int64_t high_bits = 0;

    constexpr double low() const { return std::bit_cast<double>(low_bits); }
    constexpr double high() const { return std::bit_cast<double>(high_bits); }
    friend constexpr bool operator==(const check_geometry&, const check_geometry&) = default;
};

/// What was found, as it lies in the int64 [3] that a check computes.
struct check_finding {
    std::int64_t count = 0;  ///< elements that fail
    std::int64_t first = 0;  ///< the first of them
    std::int64_t word = 0;   ///< what it is (math/number.hpp)
};

}  // namespace ambit::contract_parts
