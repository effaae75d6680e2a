// SPDX-License-Identifier: BSL-1.0
// A schedule's value at a step, which lies in memory.
//
//     scheduled(schedule_geometry{…}, &step, &rate);
#pragma once

#include <ambit/contract/schedule.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>

namespace AMBIT_NAMESPACE::kernel_parts {

/// Computed in double, for any step up to 2^53.
template <class Geometry, class T, class Step>
inline void scheduled(Geometry geometry, const Step* step, T* out) noexcept {
    const schedule_geometry g = value_of(geometry);
    *out = static_cast<T>(from_words<schedule>(g.words)(static_cast<double>(*step)));
}

template <> struct entry<kernel_tag::schedule> {
    template <class Geometry, class T, class Step>
    static void run(Geometry geometry, T* out, const Step* step) noexcept {
        scheduled(geometry, step, out);
    }
};

}  // namespace ambit::kernel_parts
