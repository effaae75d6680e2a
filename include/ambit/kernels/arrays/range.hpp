// SPDX-License-Identifier: BSL-1.0
// Numbers at equal distances, computed in double: element `i` is `first + i * step`, but the last, which is given.
//
//     range(range_geometry{.count = 5, .first = bits of 0, .step = bits of 0.25, .last = bits of 1}, out);
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>

#include <bit>
#include <cmath>
#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

template <class T, class Geometry> inline void range(Geometry geometry, T* out) noexcept {
    const range_geometry g = value_of(geometry);
    const double first = std::bit_cast<double>(g.first), step = std::bit_cast<double>(g.step);
    for (std::int64_t i = 0; i + 1 < g.count; ++i)
        out[i] = static_cast<T>(std::fma(static_cast<double>(i), step, first));
    out[g.count - 1] = static_cast<T>(std::bit_cast<double>(g.last));
}

template <> struct entry<kernel_tag::range> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out) noexcept { range(geometry, out); }
};

}  // namespace ambit::kernel_parts
