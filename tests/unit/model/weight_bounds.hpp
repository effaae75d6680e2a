// SPDX-License-Identifier: BSL-1.0
// How far compact weights may be off.
#pragma once

#include <ambit/contract/compact_weights.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ambit_test {

/// |w - w'| by the definition of a format, from the floats alone: a column is an element of their last axis, of n.
inline std::vector<float> bound_of_weights(ambit::weight_format format, const std::vector<float>& w, std::int64_t n) {
    std::vector<float> bound(w.size());
    for (std::size_t i = 0; i < w.size(); ++i) {
        if (format == ambit::weight_format::bfloat16) {
            bound[i] = std::ldexp(std::abs(w[i]), -8);
            continue;
        }
        float largest = 0;
        for (std::size_t other = i % std::size_t(n); other < w.size(); other += std::size_t(n))
            largest = std::max(largest, std::abs(w[other]));
        bound[i] = largest / 127 / 2;
    }
    return bound;
}

}  // namespace ambit_test
