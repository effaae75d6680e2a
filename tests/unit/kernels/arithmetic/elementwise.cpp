// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/arithmetic/elementwise.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

// x·y + z and x - z: three inputs, two outputs.
struct multiply_add_subtract {
    static constexpr bool vectorizable = true;
    template <class V> std::array<V, 2> operator()(const V& x, const V& y, const V& z) const {
        if constexpr (std::is_integral_v<V>)
            return {static_cast<V>(x * y + z), static_cast<V>(x - z)};
        else return {multiply_add(x, y, z), x - z};
    }
};

struct scalar_only {
    static constexpr bool vectorizable = false;
    template <class V> std::array<V, 1> operator()(const V& x) const {
        static_assert(lanes<V> == 1);
        return {static_cast<V>(x + x)};
    }
};

struct reciprocal {
    static constexpr bool vectorizable = true;
    static constexpr bool heavy = true;
    template <class V> std::array<V, 1> operator()(const V& x) const {
        return {V(element_of<V>(1)) / x};
    }
};

struct constant_five {
    static constexpr bool vectorizable = true;
    template <class V> std::array<V, 1> operator()() const { return {V(element_of<V>(5))}; }
};

// The greater of x and y where a flag is set, else x; and whether that is above 0.
struct choose {
    static constexpr bool vectorizable = true;
    template <class V, class M> auto operator()(const V& x, const V& y, const M& flag) const {
        const auto is_other = flag && y > x;
        if constexpr (lanes<V> == 1) {
            const V chosen = is_other ? y : x;
            return std::tuple<V, bool>(chosen, chosen > V(0));
        } else {
            const V chosen = select(is_other, y, x);
            return std::tuple<V, M>(chosen, chosen > V(element_of<V>(0)));
        }
    }
};

struct exclusive_or {
    static constexpr bool vectorizable = true;
    template <class V> std::tuple<bool> operator()(const V& a, const V& b) const {
        static_assert(std::is_same_v<V, bool>);
        return {a != b};
    }
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

// Geometries that the compiler knows are values of a type: these two are the only code for each of them.
template <class T, class Geometry>
void multiply_and_add(const elementwise_geometry& g, const std::tuple<const T*, const T*, const T*>& in,
                      const std::tuple<T*, T*>& out) {
    if constexpr (is_static<Geometry>) elementwise<T>(Geometry{}, in, out, multiply_add_subtract{});
    else elementwise<T>(g, in, out, multiply_add_subtract{});
}
template <class T, class Geometry>
void choose_each(const elementwise_geometry& g, const std::tuple<const T*, const T*, const bool*>& in,
                 const std::tuple<T*, bool*>& out) {
    if constexpr (is_static<Geometry>) elementwise<T>(Geometry{}, in, out, choose{});
    else elementwise<T>(g, in, out, choose{});
}

template <class T>
bool is_right_by(decltype(&multiply_and_add<T, elementwise_geometry>) run, const elementwise_geometry& g) {
    const operand<T> x(reach(g, 0), 1), y(reach(g, 1), 2), z(reach(g, 2), 3);
    guarded<T> first(count_of(g)), second(count_of(g));
    run(g, {x.data(), y.data(), z.data()}, {first.data(), second.data()});
    bool right = first.is_intact() && second.is_intact();
    for (std::int64_t at = 0; at < count_of(g); ++at) {
        std::int64_t left = at, from[3] = {};
        for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
            for (int i = 0; i < 3; ++i) from[i] += left % g.extent[axis] * g.stride[i][axis];
            left /= g.extent[axis];
        }
        const auto wanted = multiply_add_subtract{}(x[from[0]], y[from[1]], z[from[2]]);
        right = right && first[at] == wanted[0] && second[at] == wanted[1];
    }
    return right;
}
template <class T, class Geometry> bool is_right(Geometry geometry) {
    return is_right_by<T>(multiply_and_add<T, Geometry>, value_of(geometry));
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

namespace {

std::vector<char> some_flags(std::int64_t count) {
    std::mt19937 engine(static_cast<unsigned>(count));
    std::vector<char> flags(static_cast<std::size_t>(count));
    for (char& flag : flags) flag = static_cast<char>(engine() % 2);
    return flags;
}

// x as in the geometry's first input, y in its second, flags in its third.
template <class T>
bool chooses_right_by(decltype(&choose_each<T, elementwise_geometry>) run, const elementwise_geometry& g) {
    const operand<T> x(reach(g, 0), 1), y(reach(g, 1), 2);
    const std::vector<char> bytes = some_flags(reach(g, 2));
    const bool* const flags = reinterpret_cast<const bool*>(bytes.data());
    guarded<T> chosen(count_of(g));
    guarded<char> above(count_of(g));
    run(g, {x.data(), y.data(), flags}, {chosen.data(), reinterpret_cast<bool*>(above.data())});
    bool right = chosen.is_intact() && above.is_intact();
    for (std::int64_t at = 0; at < count_of(g); ++at) {
        std::int64_t left = at, from[3] = {};
        for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
            for (int i = 0; i < 3; ++i) from[i] += left % g.extent[axis] * g.stride[i][axis];
            left /= g.extent[axis];
        }
        const T wanted = flags[from[2]] && y[from[1]] > x[from[0]] ? y[from[1]] : x[from[0]];
        right = right && chosen[at] == wanted && above[at] == (wanted > T(0) ? 1 : 0);
    }
    return right;
}
template <class T, class Geometry> bool chooses_right(Geometry geometry) {
    return chooses_right_by<T>(choose_each<T, Geometry>, value_of(geometry));
}

}  // namespace

TEMPLATE_TEST_CASE("elementwise with bool beside numbers", "[kernels][elementwise]", float, double, std::int32_t,
                   std::int64_t, std::uint8_t) {
    for (std::int64_t n = 1; n <= 70; ++n) {
        CAPTURE(n);
        CHECK(chooses_right<TestType>(vector(n, 1, 1, 1)));
        CHECK(chooses_right<TestType>(vector(n, 1, 0, 3)));
        CHECK(chooses_right<TestType>(vector(n, 1, 1, 0)));
        CHECK(chooses_right<TestType>(matrix(3, n)));
        CHECK(chooses_right<TestType>(cube(5, n)));
    }
    CHECK(chooses_right<TestType>(static_value<elementwise_geometry{.rank = 0, .inputs = 3}>{}));
    CHECK(chooses_right<TestType>(static_value<vector(3, 1, 1, 1)>{}));
    CHECK(chooses_right<TestType>(static_value<vector(7, 1, 0, 1)>{}));
    CHECK(chooses_right<TestType>(static_value<vector(16, 1, 1, 2)>{}));
    CHECK(chooses_right<TestType>(static_value<vector(45, 1, 1, 1)>{}));
    CHECK(chooses_right<TestType>(static_value<cube(3, 18)>{}));
}

TEST_CASE("elementwise of bool alone", "[kernels][elementwise]") {
    for (std::int64_t n = 1; n <= 40; ++n) {
        const std::vector<char> a = some_flags(n), b(static_cast<std::size_t>(n), 1);
        guarded<char> differ(n);
        elementwise<bool>(elementwise_geometry{1, 2, {n}, {{1}, {1}}},
                          std::tuple(reinterpret_cast<const bool*>(a.data()), reinterpret_cast<const bool*>(b.data())),
                          std::tuple(reinterpret_cast<bool*>(differ.data())), exclusive_or{});
        CHECK(differ.is_intact());
        for (std::int64_t i = 0; i < n; ++i) CHECK(differ[i] == 1 - a[static_cast<std::size_t>(i)]);
    }
}

TEST_CASE("elementwise in both worlds gives the same bits", "[kernels][elementwise]") {
    constexpr auto g = matrix(5, 37);
    const operand<float> x(5 * 37, 1), y(37, 2), z(5, 3);
    const std::tuple in(x.data(), y.data(), z.data());
    guarded<float> a(5 * 37), b(5 * 37), c(5 * 37), d(5 * 37);
    elementwise<float>(static_value<g>{}, in, std::tuple(a.data(), b.data()), multiply_add_subtract{});
    elementwise<float>(g, in, std::tuple(c.data(), d.data()), multiply_add_subtract{});
    CHECK(are_identical(a, c));
    CHECK(are_identical(b, d));
}

TEST_CASE("elementwise in place, without inputs, scalar bodies", "[kernels][elementwise]") {
    constexpr elementwise_geometry g{1, 1, {21}, {{1}}};
    std::vector<float> x(21, 4.0f);
    elementwise<float>(static_value<g>{}, std::tuple(x.data()), std::tuple(x.data()), reciprocal{});
    CHECK(x == std::vector<float>(21, 0.25f));
    elementwise<float>(static_value<g>{}, std::tuple(x.data()), std::tuple(x.data()), scalar_only{});
    CHECK(x == std::vector<float>(21, 0.5f));
    elementwise<float>(static_value<elementwise_geometry{1, 0, {21}}>{}, std::tuple(), std::tuple(x.data()),
                       constant_five{});
    CHECK(x == std::vector<float>(21, 5.0f));
}

TEST_CASE("integer division does not divide the unused lanes by zero", "[kernels][elementwise]") {
    for (std::int64_t n = 1; n < 40; ++n) {
        std::vector<std::int32_t> x(static_cast<std::size_t>(n), 1);
        elementwise<std::int32_t>(elementwise_geometry{1, 1, {n}, {{1}}}, std::tuple(x.data()),
                                  std::tuple(x.data()), reciprocal{});
        CHECK(x == std::vector<std::int32_t>(static_cast<std::size_t>(n), 1));
    }
}
