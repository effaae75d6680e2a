// SPDX-License-Identifier: BSL-1.0
// Conversion of elements from one type to another, and plain copies.
//
//     cast(static_value<std::int64_t{784}>{}, pixels, floats);        // uint8 to float
//     copy(count, in, out);
//
// Where C++ leaves a conversion undefined, it is defined here: a float that an integer type cannot hold
// becomes the nearest value that it can, NaN becomes 0. Floats are cut towards zero. Integers wrap. Anything
// but 0 is `true`.
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/simd.hpp>

#include <cstdint>
#include <cstring>
#include <limits>

namespace AMBIT_NAMESPACE::kernel_parts {

/// One element converted.
template <class To, class From> constexpr To convert(From value) noexcept {
    if constexpr (std::is_same_v<To, bool>) {
        return !math::equals(value, From(0));
    } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
        // Powers of two, hence exact: one above the largest integer, and the smallest one.
        constexpr From above = static_cast<From>((std::numeric_limits<To>::max)() / 2 + 1) * From(2);
        constexpr From lowest = static_cast<From>(std::numeric_limits<To>::lowest());
        if (math::isnan(value)) return To(0);
        if (value >= above) return (std::numeric_limits<To>::max)();
        if (value <= lowest) return std::numeric_limits<To>::lowest();
        return static_cast<To>(value);
    } else {
        return static_cast<To>(value);
    }
}

/// `out[i] = convert<To>(in[i])` for `i < count`.
template <class To, class From, class Count> inline void cast(Count count, const From* in, To* out) noexcept {
    const std::int64_t n = value_of(count);
    for (std::int64_t i = 0; i < n; ++i) out[i] = convert<To>(in[i]);
}

/// `out[i] = in[i]` for `i < count`; the two may be the same, but not overlap otherwise.
template <class T, class Count> inline void copy(Count count, const T* in, T* out) noexcept {
    if (in != out) std::memcpy(out, in, static_cast<std::size_t>(value_of(count)) * sizeof(T));
}

template <> struct entry<kernel_tag::cast> {
    template <class Count, class To, class From> static void run(Count geometry, To* out, const From* in) noexcept {
        cast(geometry, in, out);
    }
};

}  // namespace ambit::kernel_parts
