// SPDX-License-Identifier: BSL-1.0
// Where each of some positions occurs first.
//
//     first_positions(index_geometry{.extent = 1000, .count = 4}, {7, 2, 7, -1}, table, first);      // {0, 1, 0, -1}
//
// A position outside of the axis gives -1. `table` has twice as many places as there are positions: those met so far,
// found by a hash of them, the next place where one is taken.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/nest.hpp>

#include <cstddef>
#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

/// A place below `places` for a position: the upper half of a product with 2^64 over the golden ratio, scaled.
inline std::int64_t place_in_table(std::int64_t position, std::int64_t places) noexcept {
    const std::uint64_t mixed = (static_cast<std::uint64_t>(position) * 0x9e3779b97f4a7c15U) >> 32;
    return static_cast<std::int64_t>((mixed * static_cast<std::uint64_t>(places)) >> 32);
}

}  // namespace detail

template <class Index, class Geometry>
inline void first_positions(Geometry geometry, const Index* at, std::int32_t* table, std::int32_t* out) noexcept {
    const index_geometry g = value_of(geometry);
    const std::int64_t places = 2 * g.count;
    fill_run(table, std::int32_t{-1}, places);
    for (std::int64_t i = 0; i < g.count; ++i) {
        const auto position = static_cast<std::int64_t>(at[i]);
        out[i] = -1;
        if (position < 0 || position >= g.extent) continue;
        std::int64_t place = detail::place_in_table(position, places);
        while (table[place] >= 0 && at[table[place]] != at[i]) place = place + 1 == places ? 0 : place + 1;
        if (table[place] < 0) table[place] = static_cast<std::int32_t>(i);
        out[i] = table[place];
    }
}

template <> struct entry<kernel_tag::first_positions> {
    template <class Geometry, class Index>
    static void run(Geometry geometry, std::int32_t* out, const Index* at, std::byte* scratch) noexcept {
        first_positions(geometry, at, reinterpret_cast<std::int32_t*>(scratch), out);
    }
};

}  // namespace ambit::kernel_parts
