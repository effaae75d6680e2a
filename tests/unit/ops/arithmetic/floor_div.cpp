// SPDX-License-Identifier: BSL-1.0
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("floor_div and floor_mod broadcast two numbers", "[ops]") {
    STATIC_REQUIRE(gives<floor_div_op>({i32(2, 3), i32(3)}, {}, i32(2, 3)));
    STATIC_REQUIRE(gives<floor_mod_op>({f64(), f64(2)}, {}, f64(2)));
    STATIC_REQUIRE(refuses<floor_div_op>({flags(2), flags(2)}, {}, op_dtype, "the operands must be numbers"));
    STATIC_REQUIRE(refuses<floor_mod_op>({i32(2), i64(2)}, {}, op_dtype, "both operands must have one dtype"));
}

TEST_CASE("quotients of integers are rounded down, never undefined", "[ops]") {
    constexpr auto least = std::numeric_limits<std::int32_t>::min();
    STATIC_REQUIRE(floor_div_op::apply(7, 2) == 3);
    STATIC_REQUIRE(floor_div_op::apply(-7, 2) == -4);
    STATIC_REQUIRE(floor_div_op::apply(7, -2) == -4);
    STATIC_REQUIRE(floor_div_op::apply(-7, -2) == 3);
    STATIC_REQUIRE(floor_div_op::apply(-8, 2) == -4);
    STATIC_REQUIRE(floor_div_op::apply(5, 0) == 0);
    STATIC_REQUIRE(floor_div_op::apply(least, -1) == least);
    STATIC_REQUIRE(floor_mod_op::apply(7, 2) == 1);
    STATIC_REQUIRE(floor_mod_op::apply(-7, 2) == 1);
    STATIC_REQUIRE(floor_mod_op::apply(7, -2) == -1);
    STATIC_REQUIRE(floor_mod_op::apply(-7, -2) == -1);
    STATIC_REQUIRE(floor_mod_op::apply(5, 0) == 0);
    STATIC_REQUIRE(floor_mod_op::apply(least, -1) == 0);
    STATIC_REQUIRE(floor_div_op::apply(std::uint8_t{250}, std::uint8_t{7}) == 35);
    STATIC_REQUIRE(floor_mod_op::apply(std::uint8_t{250}, std::uint8_t{7}) == 5);
}

namespace {

struct divides {
    struct outputs {
        tensor quotient, rest, column;
    };
    constexpr outputs operator()(scope&, const tensor& a, const tensor& b) const {
        return {floor_div(a, b), floor_mod(a, b), floor_mod(a, 5)};
    }
};

template <class T> void check_integers() {
    model<divides, input<T, 19>, input<T, 19>> n(seed{});
    const double low = std::is_unsigned_v<T> ? 0 : -9;
    for (unsigned round = 0; round < 20; ++round) {
        const std::vector<T> a = numbers<T>(19, round, 5 * low, 50), b = numbers<T>(19, round + 50, low, 9);
        const auto [quotient, rest, column] = n(a, b);
        for (std::size_t i = 0; i < a.size(); ++i) {
            CAPTURE(+a[i], +b[i]);
            const double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]), exact = std::floor(x / y);
            CHECK(quotient.data()[i] == (y == 0 ? T(0) : static_cast<T>(exact)));
            CHECK(rest.data()[i] == (y == 0 ? T(0) : static_cast<T>(x - exact * y)));
            CHECK(column.data()[i] == static_cast<T>(x - 5 * std::floor(x / 5)));
        }
    }
}

}  // namespace

TEST_CASE("quotients and rests of integers", "[ops]") {
    check_integers<std::int32_t>();
    check_integers<std::int64_t>();
    check_integers<std::uint8_t>();
}

TEST_CASE("quotients and rests of floats", "[ops]") {
    model<divides, input<float, 8>, input<float, 8>> n(seed{});
    const float infinity = std::numeric_limits<float>::infinity();
    const auto [quotient, rest, column] =
        n(std::array{7.5F, -7.5F, 7.5F, -7.5F, 6.0F, 1.0F, -1.0F, infinity},
          std::array{2.0F, 2.0F, -2.0F, -2.0F, 2.0F, 0.0F, infinity, 2.0F});
    CHECK(elements(quotient) == std::vector<float>{3, -4, -4, 3, 3, infinity, 0, infinity});
    const std::vector<float> r = elements(rest);
    CHECK(std::vector<float>(r.begin(), r.begin() + 5) == std::vector<float>{1.5F, 0.5F, -0.5F, -1.5F, 0});
    CHECK(r[5] != r[5]);
    CHECK(r[6] == infinity);
    CHECK(r[7] != r[7]);
    CHECK(column.data()[1] == 2.5F);
    // Exact, however large the quotient.
    STATIC_REQUIRE(std::is_same_v<decltype(floor_mod_op::apply(1.0, 1.0)), double>);
    CHECK(floor_mod_op::apply(1e17, 3.0) == 1.0);
    CHECK(floor_mod_op::apply(-1e17, 3.0) == 2.0);
}
