// SPDX-License-Identifier: BSL-1.0
#include <ambit/math/scalar.hpp>

#include <catch2/catch.hpp>

#include <bit>
#include <limits>
#include <type_traits>

using namespace ambit;

namespace {
constexpr float quiet = std::numeric_limits<float>::quiet_NaN();
constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min(),
                       highest = std::numeric_limits<std::int32_t>::max();
constexpr bool is_negative(float x) { return std::bit_cast<std::uint32_t>(x) >> 31 == 1; }

struct batch {  // what xsimd's look like from here
    using value_type = float;
};
}  // namespace

TEST_CASE("min and max answer their second operand where the two are not ordered", "[scalar]") {
    STATIC_REQUIRE(math::max(1, 2) == 2);
    STATIC_REQUIRE(math::max(2.5F, 1.0F) == 2.5F);
    STATIC_REQUIRE(math::min(1, 2) == 1);
    STATIC_REQUIRE(math::min(2.5F, 1.0F) == 1);
    STATIC_REQUIRE(math::isnan(math::max(1.0F, quiet)));
    STATIC_REQUIRE(math::max(quiet, 1.0F) == 1);
    STATIC_REQUIRE(math::isnan(math::min(1.0F, quiet)));
    STATIC_REQUIRE(math::min(quiet, 1.0F) == 1);
    STATIC_REQUIRE(is_negative(math::max(0.0F, -0.0F)));
    STATIC_REQUIRE_FALSE(is_negative(math::min(-0.0F, 0.0F)));
}

TEST_CASE("select chooses", "[scalar]") {
    STATIC_REQUIRE(math::select(true, 1, 2) == 1);
    STATIC_REQUIRE(math::select(false, 1.5, 2.5) == 2.5);
}

TEST_CASE("isnan", "[scalar]") {
    STATIC_REQUIRE(math::isnan(quiet));
    STATIC_REQUIRE_FALSE(math::isnan(1.0F));
    STATIC_REQUIRE_FALSE(math::isnan(std::numeric_limits<double>::infinity()));
    STATIC_REQUIRE_FALSE(math::isnan(7));
}

TEST_CASE("integers wrap around", "[scalar]") {
    STATIC_REQUIRE(math::wrapping_add(highest, 1) == lowest);
    STATIC_REQUIRE(math::wrapping_sub(lowest, 1) == highest);
    STATIC_REQUIRE(math::wrapping_mul(highest, 2) == -2);
    STATIC_REQUIRE(math::wrapping_mul(lowest, -1) == lowest);
    STATIC_REQUIRE(math::wrapping_add(std::uint8_t{255}, std::uint8_t{2}) == 1);
    STATIC_REQUIRE(math::wrapping_sub(std::uint8_t{0}, std::uint8_t{1}) == 255);
    STATIC_REQUIRE(math::wrapping_mul(std::numeric_limits<std::int64_t>::max(), std::int64_t{2}) == -2);
    STATIC_REQUIRE(math::wrapping_add(std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}) ==
                   std::numeric_limits<std::int64_t>::max());
    STATIC_REQUIRE(
        std::is_same_v<decltype(math::wrapping_add(std::uint8_t{}, std::uint8_t{})), std::uint8_t>);
}

TEST_CASE("floats do not wrap", "[scalar]") {
    STATIC_REQUIRE(math::wrapping_add(1.5F, 2.0F) == 3.5F);
    STATIC_REQUIRE(math::wrapping_sub(1.5, 2.0) == -0.5);
    STATIC_REQUIRE(math::wrapping_mul(1e30F, 1e-30F) == 1e30F * 1e-30F);
}

TEST_CASE("negate turns every sign", "[scalar]") {
    STATIC_REQUIRE(math::negate(2.5F) == -2.5F);
    STATIC_REQUIRE(math::negate(lowest) == lowest);
    STATIC_REQUIRE(math::negate(7) == -7);
    STATIC_REQUIRE(is_negative(math::negate(0.0F)));
    STATIC_REQUIRE_FALSE(is_negative(math::negate(-0.0F)));
}

TEST_CASE("the element of a scalar is itself, that of a batch its value_type", "[scalar]") {
    STATIC_REQUIRE(std::is_same_v<math::element_of_t<int>, int>);
    STATIC_REQUIRE(std::is_same_v<math::element_of_t<batch>, float>);
}
