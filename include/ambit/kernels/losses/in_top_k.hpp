// SPDX-License-Identifier: BSL-1.0
// Whether fewer than k elements of a row exceed the one at its label.
//
//     in_top_k(pick_geometry{.rows = 32, .extent = 10, .count = 5}, predictions, labels, is_among);
//
// False for a label outside of the row, and where the element at the label is not finite; a NaN elsewhere exceeds it.
#pragma once

#include <ambit/contract/losses.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>

#include <cmath>
#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

template <class T, class Label, class Geometry>
inline void in_top_k(Geometry geometry, const T* predictions, const Label* labels, bool* out) noexcept {
    const pick_geometry g = value_of(geometry);
    for (std::int64_t row = 0; row < g.rows; ++row, predictions += g.extent) {
        const auto label = static_cast<std::int64_t>(labels[row]);
        out[row] = false;
        if (label < 0 || label >= g.extent || !std::isfinite(predictions[label])) continue;
        const T own = predictions[label];
        std::int64_t above = 0;
        for (std::int64_t e = 0; e < g.extent; ++e) above += predictions[e] <= own ? 0 : 1;
        out[row] = above < g.count;
    }
}

template <> struct entry<kernel_tag::in_top_k> {
    template <class Geometry, class T, class Label>
    static void run(Geometry geometry, bool* out, const T* predictions, const Label* labels) noexcept {
        in_top_k(geometry, predictions, labels, out);
    }
};

}  // namespace ambit::kernel_parts
