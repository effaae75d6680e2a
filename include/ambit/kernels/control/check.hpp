// SPDX-License-Identifier: BSL-1.0
// Counts the elements that are not as they should be, and finds the first.
//
//     check(check_geometry{…}, x, finding);                     // finding[0] elements fail; element finding[1] is the first
#pragma once

#include <ambit/contract/control.hpp>
#include <ambit/math/number.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>

#include <bit>
#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace check_detail {

/// `fails(x[i])` says 0 or 1. First all are counted, without a branch; the search is for the rare case.
template <class T, class Fails>
inline void look(std::int64_t count, const T* x, std::int64_t* finding, const Fails& fails) noexcept {
    constexpr std::int64_t block = 4096;
    std::int64_t failed = 0, first = -1;
    for (std::int64_t begin = 0; begin < count; begin += block) {
        const std::int64_t end = count - begin < block ? count : begin + block;
        std::uint32_t here = 0;
        for (std::int64_t i = begin; i < end; ++i) here += fails(x[i]);
        failed += here;
        if (here == 0 || first >= 0) continue;
        first = begin;
        while (fails(x[first]) == 0) ++first;
    }
    finding[0] = failed;
    finding[1] = first < 0 ? 0 : first;
    finding[2] = word_of_element(first < 0 ? T(0) : x[first]);
}

}  // namespace check_detail

template <class Geometry, class T> inline void(check)(Geometry geometry, const T* x, std::int64_t* finding) noexcept {
    const check_geometry g = value_of(geometry);
    if constexpr (std::is_floating_point_v<T>) {
        // All bits of the exponent are set in NaN and infinities, and in nothing else.
        using bits = std::conditional_t<std::is_same_v<T, float>, std::uint32_t, std::uint64_t>;
        constexpr bits exponent = std::is_same_v<T, float> ? bits{0x7F800000} : static_cast<bits>(0x7FF0000000000000);
        if (g.kind == check_kind::finite)
            return check_detail::look(g.count, x, finding, [](T value) -> std::uint32_t {
                return (std::bit_cast<bits>(value) & exponent) == exponent ? 1 : 0;
            });
    }
    const double low = g.low(), high = g.high();
    check_detail::look(g.count, x, finding, [=](T value) -> std::uint32_t {
        const auto number = static_cast<double>(value);
        return (number >= low && number < high) ? 0 : 1;
    });
}

template <> struct entry<kernel_tag::check> {
    template <class Geometry, class T> static void run(Geometry geometry, std::int64_t* finding, const T* x) noexcept {
        (check)(geometry, x, finding);
    }
};

}  // namespace ambit::kernel_parts
