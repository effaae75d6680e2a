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
#include <limits>
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

/// `Number` holds all elements, and their squares.
template <class Number>
tensor_statistics statistics_in(element_type type, std::span<const std::byte> bytes, int bins, reading_bar& bar) {
    tensor_statistics result;
    long double sum = 0;
    auto least = (std::numeric_limits<Number>::infinity)(), greatest = -least;
    for_each_chunk<Number>(type, bytes, [&](std::span<const Number> values) {
        result.elements += values.size();
        Number part = 0;
        for (const Number value : values) {
            if (!std::isfinite(value)) {
                ++(std::isnan(value) ? result.not_numbers : result.infinite);
                continue;
            }
            least = (std::min)(least, value);
            greatest = (std::max)(greatest, value);
            result.zeros += math::equals(value, Number{0}) ? 1U : 0U;
            part += value;
        }
        sum += static_cast<long double>(part);
    });
    if (result.finite() == 0) {
        bar.advance(bytes.size());
        return result;
    }
    result.least = static_cast<long double>(least);
    result.greatest = static_cast<long double>(greatest);
    result.mean = sum / static_cast<long double>(result.finite());
    result.histogram.resize(static_cast<std::size_t>(bins));
    const auto mean = static_cast<Number>(result.mean);
    const Number width = (greatest - least) / static_cast<Number>(bins);
    const Number scale = width > 0 && std::isfinite(1 / width) ? 1 / width : 0;
    long double squares = 0;
    for_each_chunk<Number>(type, bytes, [&](std::span<const Number> values) {
        Number part = 0;
        for (const Number value : values) {
            if (!std::isfinite(value)) continue;
            part += (value - mean) * (value - mean);
            const auto bin = static_cast<int>((value - least) * scale);
            ++result.histogram[static_cast<std::size_t>((std::min)(bin, bins - 1))];
        }
        squares += static_cast<long double>(part);
        bar.advance(values.size() * size_of(parts_of(type)));
    });
    result.deviation = std::sqrt(squares / static_cast<long double>(result.finite()));
    return result;
}

/// The deviation is that of all elements, with their number as the divisor. In two passes: what is far from 0 keeps its
/// digits. The bar moves by the bytes.
inline tensor_statistics statistics_of(element_type type, std::span<const std::byte> bytes, int bins,
                                       reading_bar& bar) {
    return size_of(parts_of(type)) < 8 ? statistics_in<double>(type, bytes, bins, bar)
                                       : statistics_in<long double>(type, bytes, bins, bar);
}

}  // namespace tool
