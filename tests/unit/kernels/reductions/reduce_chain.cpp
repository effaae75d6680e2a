// SPDX-License-Identifier: BSL-1.0
// A loop that ends in a reduction has the bits of a loop and a reduction behind it, which has tests of its own.
#include <ambit/kernels/arithmetic/elementwise.hpp>
#include <ambit/kernels/reductions/reduce.hpp>
#include <ambit/kernels/reductions/reduce_chain.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

// Two inputs; the value that is put together, and one that is stored. No product is the last step: a compiler may make
// it one instruction with the sum.
struct short_body {
    static constexpr bool vectorizable = true, is_short = true, interleaves = false;
    template <class V> [[gnu::always_inline]] auto operator()(const V& x, const V& y) const noexcept {
        return std::make_tuple(V(x - y), V(x + y));
    }
};
struct long_body : short_body {
    static constexpr bool is_short = false;
};
struct body_of_pairs : long_body {
    static constexpr bool interleaves = true;
};
struct body_of_scalars : long_body {
    static constexpr bool vectorizable = false;
};

// `rows` rows of `columns` elements; of y there is one element a row, or one row for all, or it is like x.
enum class moves { alike, along_rows, along_columns };

/// `Columns` is the length of a row if there are several.
template <class T, class Combine, class Body, moves Y, bool Stores, std::int64_t Columns = 0, class Geometry>
bool is_like_two_kernels(Geometry geometry) {
    const reduce_geometry g = value_of(geometry);
    const std::int64_t rows = reduced_rows(g), columns = elements_of_row(g);
    constexpr std::int64_t row_of_y = Y == moves::along_columns ? 0 : Y == moves::along_rows ? 1 : Columns,
                           column_of_y = Y == moves::along_rows ? 0 : 1;
    const operand<T> x(rows * columns), y(Y == moves::alike ? rows * columns : Y == moves::along_rows ? rows : columns);
    std::vector<T> wanted(static_cast<std::size_t>(rows * columns)), sums(wanted), results_behind(wanted);
    elementwise<T>(elementwise_geometry{2, 2, {rows, columns}, {{columns, 1}, {row_of_y, column_of_y}}},
                   std::tuple<const T*, const T*>(x.data(), y.data()), std::tuple<T*, T*>(wanted.data(), sums.data()),
                   Body{});
    reduce(geometry, static_cast<const T*>(wanted.data()), results_behind.data(), Combine{});

    guarded<T> results(rows), stored(rows * columns);
    using inputs = std::tuple<const T*, const T*>;
    using outputs = std::conditional_t<Stores, std::tuple<T*>, std::tuple<>>;
    outputs out;
    if constexpr (Stores) std::get<0>(out) = stored.data();
    const chain_in_rows<Body, inputs, outputs, std::integer_sequence<std::int64_t, Columns, row_of_y>,
                        std::integer_sequence<std::int64_t, 1, column_of_y>>
        chain{{x.data(), y.data()}, out};
    // In two parts, as threads share them.
    reduce_chain(geometry, chain, results.data(), 0, rows / 2, Combine{});
    reduce_chain(geometry, chain, results.data(), rows / 2, rows, Combine{});
    const auto size = [](std::int64_t elements) { return static_cast<std::size_t>(elements) * sizeof(T); };
    return results.is_intact() && stored.is_intact() &&
           std::memcmp(&results[0], results_behind.data(), size(rows)) == 0 &&
           (!Stores || std::memcmp(&stored[0], sums.data(), size(rows * columns)) == 0);
}

template <class T, class Body, moves Y, bool Stores> bool all_right() {
    // What stands around vectors and rounds of every width, then blocks of sums.
    for (std::int64_t n = 1; n <= 300; ++n)
        if (!is_like_two_kernels<T, sum, Body, Y, Stores>(reduce_geometry{1, {n}, {1}})) return false;
    for (const std::int64_t n : {8255, 8256, 8257, 140'003})
        if (!is_like_two_kernels<T, sum, Body, Y, Stores>(reduce_geometry{1, {n}, {1}})) return false;
    return is_like_two_kernels<T, mean, Body, Y, Stores, 7>(static_value<reduce_geometry{2, {5, 7}, {0, 1}}>{}) &&
           is_like_two_kernels<T, minimum, Body, Y, Stores, 99>(static_value<reduce_geometry{2, {3, 99}, {0, 1}}>{}) &&
           is_like_two_kernels<T, maximum, Body, Y, Stores, 64>(static_value<reduce_geometry{2, {2, 64}, {0, 1}}>{}) &&
           is_like_two_kernels<T, product, Body, Y, Stores>(static_value<reduce_geometry{1, {21}, {1}}>{}) &&
           is_like_two_kernels<T, sum, Body, Y, Stores>(static_value<reduce_geometry{1, {20'001}, {1}}>{});
}

}  // namespace

TEMPLATE_TEST_CASE("a reduction in a loop has the bits of one behind it", "[kernels][reduce]", float, double) {
    CHECK(all_right<TestType, short_body, moves::alike, false>());
    CHECK(all_right<TestType, short_body, moves::along_rows, true>());
    CHECK(all_right<TestType, long_body, moves::along_columns, true>());
    CHECK(all_right<TestType, body_of_pairs, moves::along_rows, false>());
    CHECK(all_right<TestType, body_of_scalars, moves::alike, true>());
}

namespace {

struct one_input {
    static constexpr bool vectorizable = true, is_short = true;
};
struct itself : one_input {
    template <class V> [[gnu::always_inline]] auto operator()(const V& x) const noexcept { return std::make_tuple(x); }
};
struct inverse : one_input {
    template <class V> [[gnu::always_inline]] auto operator()(const V& x) const noexcept {
        return std::make_tuple(V(fill<V>(element_of<V>(1)) / x));
    }
};

// What a chain with one input gives: `Column` 0 repeats the first element.
template <std::int64_t Column, class Body, class Combine, class T>
T result_of(std::int64_t elements, const T* x, Combine combine) {
    const chain_in_rows<Body, std::tuple<const T*>, std::tuple<>, std::integer_sequence<std::int64_t, 0>,
                        std::integer_sequence<std::int64_t, Column>>
        chain{{x}, {}};
    T result{};
    reduce_chain(reduce_geometry{1, {elements}, {1}}, chain, &result, 0, 1, combine);
    return result;
}

}  // namespace

TEST_CASE("sums in loops keep to their bound", "[kernels][reduce]") {
    constexpr std::int64_t count = 100'000'000;
    const float tenth = 0.1f;
    const double exact = static_cast<double>(tenth) * static_cast<double>(count);
    const double sum_of_equals = static_cast<double>(result_of<0, itself>(count, &tenth, sum{}));
    CHECK(std::abs(sum_of_equals - exact) < 2e-6 * exact);
    const double mean_of_equals = static_cast<double>(result_of<0, itself>(count, &tenth, mean{}));
    CHECK(std::abs(mean_of_equals - static_cast<double>(tenth)) < 2e-6 * static_cast<double>(tenth));
}

TEST_CASE("a mean in a loop is finite if its elements are", "[kernels][reduce]") {
    constexpr float largest = (std::numeric_limits<float>::max)();
    std::vector<float> x(300, largest);
    CHECK(result_of<1, itself>(300, x.data(), mean{}) == largest);
    x[299] = -largest;
    CHECK(result_of<1, itself>(300, x.data(), mean{}) == Approx(largest * (298.0f / 300)));
    x[7] = std::numeric_limits<float>::infinity();
    CHECK(result_of<1, itself>(300, x.data(), mean{}) == x[7]);
    x[8] = std::numeric_limits<float>::quiet_NaN();
    CHECK(std::isnan(result_of<1, itself>(300, x.data(), mean{})));
}

TEST_CASE("lanes behind the last element take no part", "[kernels][reduce]") {
    const std::vector<float> x(100, 4.0f);
    for (std::int64_t n = 1; n <= 100; ++n) {
        CHECK(result_of<1, inverse>(n, x.data(), sum{}) == 0.25f * static_cast<float>(n));
        CHECK(result_of<1, inverse>(n, x.data(), maximum{}) == 0.25f);
        CHECK(result_of<1, itself>(n, x.data(), minimum{}) == 4.0f);
    }
}
