// SPDX-License-Identifier: BSL-1.0
// Positions as rows that are one value everywhere but there.
//
//     one_hot(one_hot_geometry{.outer = 32, .depth = 10, .on = bits of 1, .off = bits of 0}, labels, rows);
//
// A position outside of the row leaves all of it off.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/nest.hpp>

#include <bit>
#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

template <class T, class Index, class Geometry>
inline void one_hot(Geometry geometry, const Index* at, T* out) noexcept {
    const one_hot_geometry g = value_of(geometry);
    const T on = static_cast<T>(std::bit_cast<double>(g.on)), off = static_cast<T>(std::bit_cast<double>(g.off));
    fill_run(out, off, g.outer * g.depth * g.inner);
    for (std::int64_t o = 0; o < g.outer; ++o, out += g.depth * g.inner) {
        for (std::int64_t i = 0; i < g.inner; ++i) {
            const auto place = static_cast<std::int64_t>(*at++);
            if (place >= 0 && place < g.depth) out[place * g.inner + i] = on;
        }
    }
}

template <> struct entry<kernel_tag::one_hot> {
    template <class Geometry, class T, class Index>
    static void run(Geometry geometry, T* out, const Index* at) noexcept {
        one_hot(geometry, at, out);
    }
};

}  // namespace ambit::kernel_parts
