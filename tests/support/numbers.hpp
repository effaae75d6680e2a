// SPDX-License-Identifier: BSL-1.0
// Numbers for tests: operands, results of models as vectors, distances between floats, and where an element
// of a broadcast operand lies.
#pragma once

#include <ambit/core/shape.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

namespace ambit_test {

/// Evenly distributed in [low, high]; integers are rounded.
template <class T>
std::vector<T> numbers(std::int64_t count, unsigned seed = 1, double low = -4, double high = 4) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<double> distribution(low, high);
    std::vector<T> all(static_cast<std::size_t>(count));
    for (T& x : all) {
        if constexpr (std::is_integral_v<T>) x = static_cast<T>(std::llround(distribution(engine)));
        else x = static_cast<T>(distribution(engine));
    }
    return all;
}
template <class T>
std::vector<T> numbers(const ambit::shape& s, unsigned seed = 1, double low = -4, double high = 4) {
    return numbers<T>(s.elements(), seed, low, high);
}

/// Operands of `count` elements in which each of the values stands in each place once.
template <class T> std::vector<std::vector<T>> in_every_place(const std::vector<T>& values, std::int64_t count) {
    std::vector<std::vector<T>> all(values.size());
    for (std::size_t first = 0; first < values.size(); ++first)
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
            all[first].push_back(values[(first + i) % values.size()]);
    return all;
}

/// What a model returned, a view or a scalar.
template <class X> auto elements(const X& result) {
    if constexpr (std::is_arithmetic_v<X>) return std::vector<X>{result};
    else return std::vector<typename X::value_type>(result.data(), result.data() + result.size());
}

template <class T> bool same_bits(const T& a, const T& b) { return std::memcmp(&a, &b, sizeof(T)) == 0; }
template <class T> bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// How many floats lie between two: 0 if they are equal (also 0 and -0) or both NaN, huge if one is NaN.
template <class T> std::int64_t ulps(T a, T b) {
    if (a == b || (a != a && b != b)) return 0;
    if (a != a || b != b) return std::numeric_limits<std::int64_t>::max();
    using bits = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
    const auto place = [](T x) {
        bits i;
        std::memcpy(&i, &x, sizeof(T));
        return static_cast<std::int64_t>(i < 0 ? static_cast<bits>(std::numeric_limits<bits>::min() - i) : i);
    };
    const std::int64_t from = place(a), to = place(b);
    if ((from < 0) != (to < 0)) return std::llabs(from) + std::llabs(to);
    return std::llabs(from - to);
}

/// The element of an operand that element `index` of the result reads.
inline std::int64_t source_of(const ambit::shape& operand, const ambit::shape& result, std::int64_t index) {
    std::int64_t from = 0, step = 1;
    for (int back = 1; back <= result.rank(); ++back) {
        const std::int64_t at = index % result[-back];
        index /= result[-back];
        if (back > operand.rank()) continue;
        if (operand[-back] != 1) from += at * step;
        step *= operand[-back];
    }
    return from;
}

/// The shape of an input, `input<float, 2, 3>`.
template <class Input> inline constexpr ambit::shape extents_of = Input::spec.extents;

}  // namespace ambit_test
