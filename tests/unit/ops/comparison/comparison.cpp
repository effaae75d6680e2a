// SPDX-License-Identifier: BSL-1.0
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("a comparison is bool, of the shape of both operands", "[ops]") {
    STATIC_REQUIRE(gives<less_op>({f32(2, 3), f32(3)}, {}, flags(2, 3)));
    STATIC_REQUIRE(gives<less_equal_op>({f64(2, 1), f64(1, 3)}, {}, flags(2, 3)));
    STATIC_REQUIRE(gives<greater_op>({i32(), i32(4)}, {}, flags(4)));
    STATIC_REQUIRE(gives<greater_equal_op>({i64(), i64()}, {}, flags()));
    STATIC_REQUIRE(gives<equal_op>({u8(3), u8(3)}, {}, flags(3)));
    STATIC_REQUIRE(gives<not_equal_op>({flags(3), flags(2, 3)}, {}, flags(2, 3)));
}

TEST_CASE("a comparison takes two operands of one dtype", "[ops]") {
    STATIC_REQUIRE(refuses<less_op>({flags(3), flags(3)}, {}, op_dtype, "the operands must be numbers"));
    STATIC_REQUIRE(refuses<less_op>({flags(3), f32(3)}, {}, op_dtype, "both operands must have one dtype"));
    STATIC_REQUIRE(refuses<equal_op>({i32(3), i64(3)}, {}, op_dtype, "both operands must have one dtype"));
    STATIC_REQUIRE(refuses<equal_op>({flags(3), i32(3)}, {}, op_dtype, "both operands must have one dtype"));
    constexpr auto rule = "extents must be equal, or 1, from the last axis on";
    STATIC_REQUIRE(refuses<greater_op>({f32(2), f32(3)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<equal_op>({flags(2), flags(3)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<not_equal_op>({f32(1000000, 1), f32(1000000)}, {}, op_shape,
                                         "the result would exceed a terabyte"));
    STATIC_REQUIRE(infer<less_op>({f32(2), f32(3)}, {}).result.type == boolean);  // also as a guess
}

namespace {

struct all_comparisons {
    struct outputs {
        tensor equal, not_equal, less, less_equal, greater, greater_equal;
    };
    constexpr outputs operator()(scope&, const tensor& a, const tensor& b) const {
        return {equal(a, b), not_equal(a, b), a < b, a <= b, a > b, a >= b};
    }
};
struct equalities {
    struct outputs {
        tensor equal, not_equal;
    };
    constexpr outputs operator()(scope&, const tensor& a, const tensor& b) const {
        return {equal(a, b), not_equal(a, b)};
    }
};

template <class T> std::vector<T> values(std::int64_t count, unsigned seed) {
    std::vector<T> all = numbers<T>(count, seed, std::is_unsigned_v<T> ? 0 : -2, 2);
    if constexpr (std::is_floating_point_v<T>) {
        for (T& x : all) x = std::round(x);
        const T special[] = {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity(), T(-0.0), T(0)};
        for (std::size_t i = seed; i < all.size(); i += 3) all[i] = special[i / 3 % 4];
    }
    return all;
}

template <class A, class B> void check() {
    using T = typename A::element_type;
    static constexpr shape left = extents_of<A>, right = extents_of<B>, result = broadcast(left, right);
    model<all_comparisons, A, B> n(seed{});
    const std::vector<T> a = values<T>(left.elements(), 1), b = values<T>(right.elements(), 2);
    const auto [equal, not_equal, less, less_equal, greater, greater_equal] = n(a, b);
    for (std::int64_t i = 0; i < result.elements(); ++i) {
        const T x = a[std::size_t(source_of(left, result, i))], y = b[std::size_t(source_of(right, result, i))];
        CAPTURE(i, x, y);
        CHECK(equal.data()[i] == (x == y));
        CHECK(not_equal.data()[i] == (x != y));
        CHECK(less.data()[i] == (x < y));
        CHECK(less_equal.data()[i] == (x <= y));
        CHECK(greater.data()[i] == (x > y));
        CHECK(greater_equal.data()[i] == (x >= y));
    }
}

}  // namespace

TEST_CASE("comparisons of every pair", "[ops]") {
    check<input<float, 37>, input<float, 37>>();
    check<input<float, 5, 7>, input<float, 7>>();
    check<input<double, 3, 1>, input<double, 1, 9>>();
    check<input<std::int32_t, 21>, input<std::int32_t, 21>>();
    check<input<std::int64_t, 11>, input<std::int64_t, 11>>();
    check<input<std::uint8_t, 19>, input<std::uint8_t, 19>>();
}

TEST_CASE("bool is compared with bool", "[ops]") {
    model<equalities, input<bool, 4>, input<bool, 4>> n(seed{});
    const auto [equal, not_equal] = n(std::array{false, false, true, true}, std::array{false, true, false, true});
    CHECK(elements(equal) == std::vector<bool>{true, false, false, true});
    CHECK(elements(not_equal) == std::vector<bool>{false, true, true, false});
}

namespace {

struct with_numbers {
    struct outputs {
        tensor above, below, even;
    };
    constexpr outputs operator()(scope&, const tensor& x) const { return {x > 1, 0.5 >= x, equal(2, x)}; }
};

}  // namespace

TEST_CASE("a number is compared as a value of the other side's dtype", "[ops]") {
    model<with_numbers, input<float, 3>> n(seed{});
    const auto [above, below, even] = n(std::array{0.5F, 1.0F, 2.0F});
    CHECK(elements(above) == std::vector<bool>{false, false, true});
    CHECK(elements(below) == std::vector<bool>{true, false, false});
    CHECK(elements(even) == std::vector<bool>{false, false, true});
}
