// SPDX-License-Identifier: BSL-1.0
// The first elements of each sequence in reverse, as many as its length says; the others stay where they are.
//
//     reverse_sequence(sequence_geometry{.a = 2, .b = 5}, in, lengths, out);           // [2, 5], of lengths {3, 5}
//
// A sequence with a length outside of [0, places] becomes zeros.
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/nest.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

template <class T, class Index, class Geometry>
inline void reverse_sequence(Geometry geometry, const T* in, const Index* lengths, T* out) noexcept {
    const sequence_geometry g = value_of(geometry);
    const std::int64_t b_step = g.inner, a_step = g.middle * g.b * g.inner;
    const std::int64_t places = g.batch_first != 0 ? g.b : g.a, step = g.batch_first != 0 ? b_step : a_step;
    for (std::int64_t o = 0; o < g.outer; ++o) {
        for (std::int64_t a = 0; a < g.a; ++a) {
            for (std::int64_t m = 0; m < g.middle; ++m) {
                for (std::int64_t b = 0; b < g.b; ++b, in += g.inner, out += g.inner) {
                    const std::int64_t place = g.batch_first != 0 ? b : a;
                    const auto length = static_cast<std::int64_t>(lengths[g.batch_first != 0 ? a : b]);
                    if (length < 0 || length > places) fill_run(out, T(0), g.inner);
                    else copy_run(in + (place < length ? length - 1 - 2 * place : 0) * step, out, g.inner);
                }
            }
        }
    }
}

template <> struct entry<kernel_tag::reverse_sequence> {
    template <class Geometry, class T, class Index>
    static void run(Geometry geometry, T* out, const T* in, const Index* lengths) noexcept {
        reverse_sequence(geometry, in, lengths, out);
    }
};

}  // namespace ambit::kernel_parts
