// SPDX-License-Identifier: BSL-1.0
// How often each label (row) met each prediction (column). Numbers outside of the classes are left out.
//
//     confusion_matrix(axis_geometry{.outer = 32, .extent = 10}, labels, predictions, counts);   // counts[10][10]
#pragma once

#include <ambit/contract/losses.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

template <class Label, class Prediction, class Geometry>
inline void confusion_matrix(Geometry geometry, const Label* labels, const Prediction* predictions,
                             std::int32_t* out) noexcept {
    const axis_geometry g = value_of(geometry);
    for (std::int64_t i = 0; i < g.extent * g.extent; ++i) out[i] = 0;
    for (std::int64_t i = 0; i < g.outer; ++i) {
        const auto row = static_cast<std::int64_t>(labels[i]), column = static_cast<std::int64_t>(predictions[i]);
        if (row >= 0 && row < g.extent && column >= 0 && column < g.extent) ++out[row * g.extent + column];
    }
}

template <> struct entry<kernel_tag::confusion_matrix> {
    template <class Geometry, class Label, class Prediction>
    static void run(Geometry geometry, std::int32_t* out, const Label* labels, const Prediction* predictions) noexcept {
        confusion_matrix(geometry, labels, predictions, out);
    }
};

}  // namespace ambit::kernel_parts
