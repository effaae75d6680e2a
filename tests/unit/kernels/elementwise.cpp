// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/elementwise.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::kernels;
using namespace kernel_test;

namespace {

// x·y + z and x - z: three inputs, two outputs.
struct multiply_add_subtract {
    static constexpr bool vectorizable = true;
    template <class V> std::array<V, 2> operator()(const std::array<V, 3>& x) const {
        if constexpr (std::is_integral_v<V>)
            return {static_cast<V>(x[0] * x[1] + x[2]), static_cast<V>(x[0] - x[2])};
        else return {multiply_add(x[0], x[1], x[2]), x[0] - x[2]};
    }
};

struct scalar_only {
    static constexpr bool vectorizable = false;
    template <class V> std::array<V, 1> operator()(const std::array<V, 1>& x) const {
        static_assert(lanes<V> == 1);
        return {static_cast<V>(x[0] + x[0])};
    }
};

struct reciprocal {
    static constexpr bool vectorizable = true;
    static constexpr bool heavy = true;
    template <class V> std::array<V, 1> operator()(const std::array<V, 1>& x) const {
        return {V(element_of<V>(1)) / x[0]};
    }
};

struct constant_five {
    static constexpr bool vectorizable = true;
    template <class V> std::array<V, 1> operator()(const std::array<V,
                                                   0>&) const { return {V(element_of<V>(5))}; }
};

constexpr std::int64_t count_of(const elementwise_geometry& g) {
    std::int64_t count = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) count *= g.extent[axis];
    return count;
}

// Elements an input must have.
constexpr std::int64_t reach(const elementwise_geometry& g, int input) {
    std::int64_t last = 0;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) last += (g.extent[axis] - 1) * g.stride[input][axis];
    return last + 1;
}

template <class T, class Geometry> bool is_right(Geometry geometry) {
    const elementwise_geometry g = value_of(geometry);
    const operand<T> x(reach(g, 0), 1), y(reach(g, 1), 2), z(reach(g, 2), 3);
    guarded<T> first(count_of(g)), second(count_of(g));
    elementwise(geometry, std::array<const T*, 3>{x.data(), y.data(), z.data()},
                std::array<T*, 2>{first.data(), second.data()}, multiply_add_subtract{});
    bool right = first.is_intact() && second.is_intact();
    for (std::int64_t at = 0; at < count_of(g); ++at) {
        std::int64_t left = at, from[3] = {};
        for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
            for (int i = 0; i < 3; ++i) from[i] += left % g.extent[axis] * g.stride[i][axis];
            left /= g.extent[axis];
        }
        const auto wanted = multiply_add_subtract{}(std::array<T, 3>{x[from[0]], y[from[1]], z[from[2]]});
        right = right && first[at] == wanted[0] && second[at] == wanted[1];
    }
    return right;
}

constexpr elementwise_geometry vector(std::int64_t n, std::int64_t a, std::int64_t b, std::int64_t c) {
    return {1, 3, {n}, {{a}, {b}, {c}}};
}

// x is [rows, n], y a row, z a column.
constexpr elementwise_geometry matrix(std::int64_t rows, std::int64_t n) {
    return {2, 3, {rows, n}, {{n, 1}, {0, 1}, {1, 0}}};
}

// x is transposed, y a scalar, z [2, 1, n] under [2, rows, n].
constexpr elementwise_geometry cube(std::int64_t rows, std::int64_t n) {
    return {3, 3, {2, rows, n}, {{rows * n, 1, rows}, {0, 0, 0}, {n, 0, 1}}};
}

}  // namespace

TEMPLATE_TEST_CASE("elementwise, run-time extents, every length", "[kernels][elementwise]", float, double,
                   std::int32_t,
                   std::uint8_t) {
    for (std::int64_t n = 1; n <= 70; ++n) {
        CAPTURE(n);
        CHECK(is_right<TestType>(vector(n, 1, 1, 1)));
        CHECK(is_right<TestType>(vector(n, 1, 0, 3)));
        CHECK(is_right<TestType>(matrix(3, n)));
        CHECK(is_right<TestType>(cube(5, n)));
    }
    CHECK(is_right<TestType>(elementwise_geometry{.rank = 0, .inputs = 3}));
}

TEMPLATE_TEST_CASE("elementwise, static extents", "[kernels][elementwise]", float, double, std::int32_t,
                   std::uint8_t) {
    CHECK(is_right<TestType>(static_value<elementwise_geometry{.rank = 0, .inputs = 3}>{}));
    CHECK(is_right<TestType>(static_value<vector(1, 1, 1, 1)>{}));
    CHECK(is_right<TestType>(static_value<vector(3, 1, 0, 1)>{}));
    CHECK(is_right<TestType>(static_value<vector(10, 1, 1, 1)>{}));
    CHECK(is_right<TestType>(static_value<vector(16, 1, 2, 0)>{}));
    CHECK(is_right<TestType>(static_value<vector(45, 1, 1, 1)>{}));
    CHECK(is_right<TestType>(static_value<vector(1003, 1, 1, 0)>{}));
    CHECK(is_right<TestType>(static_value<matrix(4, 10)>{}));
    CHECK(is_right<TestType>(static_value<cube(3, 18)>{}));
}

TEST_CASE("elementwise in both worlds gives the same bits", "[kernels][elementwise]") {
    constexpr auto g = matrix(5, 37);
    const operand<float> x(5 * 37, 1), y(37, 2), z(5, 3);
    const std::array<const float*, 3> in{x.data(), y.data(), z.data()};
    guarded<float> a(5 * 37), b(5 * 37), c(5 * 37), d(5 * 37);
    elementwise(static_value<g>{}, in, std::array<float*, 2>{a.data(), b.data()}, multiply_add_subtract{});
    elementwise(g, in, std::array<float*, 2>{c.data(), d.data()}, multiply_add_subtract{});
    CHECK(are_identical(a, c));
    CHECK(are_identical(b, d));
}

TEST_CASE("elementwise in place, without inputs, scalar bodies", "[kernels][elementwise]") {
    constexpr elementwise_geometry g{1, 1, {21}, {{1}}};
    std::vector<float> x(21, 4.0f);
    elementwise(static_value<g>{}, std::array<const float*, 1>{x.data()}, std::array<float*, 1>{x.data()},
                reciprocal{});
    CHECK(x == std::vector<float>(21, 0.25f));
    elementwise(static_value<g>{}, std::array<const float*, 1>{x.data()}, std::array<float*, 1>{x.data()},
                scalar_only{});
    CHECK(x == std::vector<float>(21, 0.5f));
    elementwise(static_value<elementwise_geometry{1, 0, {21}}>{}, std::array<const float*, 0>{},
                std::array<float*, 1>{x.data()}, constant_five{});
    CHECK(x == std::vector<float>(21, 5.0f));
}

TEST_CASE("integer division does not divide the unused lanes by zero", "[kernels][elementwise]") {
    for (std::int64_t n = 1; n < 40; ++n) {
        std::vector<std::int32_t> x(static_cast<std::size_t>(n), 1);
        elementwise(elementwise_geometry{1, 1, {n}, {{1}}}, std::array<const std::int32_t*, 1>{x.data()},
                    std::array<std::int32_t*, 1>{x.data()}, reciprocal{});
        CHECK(x == std::vector<std::int32_t>(static_cast<std::size_t>(n), 1));
    }
}
