// SPDX-License-Identifier: BSL-1.0
// What the elements of a tensor are like.
//
//     const tensor_statistics of = statistics_of(element_type::float32, bytes, 8, bar);
//     of.least; of.mean; of.histogram[0];
#pragma once

#include "numbers.hpp"
#include "reading.hpp"

#include <ambit/math/scalar.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tool {

/// Of the finite elements, but for the first three. Of complex numbers, of their parts.
struct tensor_statistics {
    std::uint64_t elements = 0, not_numbers = 0, infinite = 0;
    std::uint64_t zeros = 0;
    long double least = 0, greatest = 0, mean = 0, deviation = 0;
    std::vector<std::uint64_t> histogram;  ///< equal parts from `least` to `greatest`; the last has its end, too

    std::uint64_t finite() const { return elements - not_numbers - infinite; }
    bool is_constant() const { return finite() == elements && elements > 0 && least >= greatest; }
};

/// The deviation is that of all elements, with their number as the divisor. In two passes, and in long doubles: what is
/// far from 0 keeps its digits, and squares do not overflow. The bar moves by the bytes.
inline tensor_statistics statistics_of(element_type type, std::span<const std::byte> bytes, int bins,
                                       reading_bar& bar) {
    tensor_statistics result;
    long double sum = 0;
    bool is_first = true;
    for_each_chunk(type, bytes, [&](std::span<const long double> values) {
        result.elements += values.size();
        long double part = 0;
        for (const long double value : values) {
            if (std::isnan(value)) {
                ++result.not_numbers;
            } else if (std::isinf(value)) {
                ++result.infinite;
            } else {
                if (is_first || value < result.least) result.least = value;
                if (is_first || value > result.greatest) result.greatest = value;
                is_first = false;
                result.zeros += math::equals(value, 0.0L) ? 1U : 0U;
                part += value;
            }
        }
        sum += part;
    });
    if (result.finite() == 0) {
        bar.advance(bytes.size());
        return result;
    }
    result.mean = sum / static_cast<long double>(result.finite());
    result.histogram.resize(static_cast<std::size_t>(bins));
    const long double width = (result.greatest - result.least) / static_cast<long double>(bins);
    const long double scale = width > 0 && std::isfinite(1 / width) ? 1 / width : 0;
    long double squares = 0;
    for_each_chunk(type, bytes, [&](std::span<const long double> values) {
        for (const long double value : values) {
            if (!std::isfinite(value)) continue;
            const long double distance = value - result.mean;
            squares += distance * distance;
            const auto bin = static_cast<int>((value - result.least) * scale);
            ++result.histogram[static_cast<std::size_t>((std::min)(bin, bins - 1))];
        }
        bar.advance(values.size() * size_of(parts_of(type)));
    });
    result.deviation = std::sqrt(squares / static_cast<long double>(result.finite()));
    return result;
}

}  // namespace tool
