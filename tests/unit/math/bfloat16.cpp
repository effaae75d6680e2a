// SPDX-License-Identifier: BSL-1.0
#include <ambit/math/bfloat16.hpp>

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

using namespace ambit::math;

namespace {

constexpr float of_bits(std::uint32_t bits) { return std::bit_cast<float>(bits); }

static_assert(to_bfloat16(of_bits(0x3F80'8000)) == 0x3F80);  // half way: to even
static_assert(to_bfloat16(of_bits(0x3F81'8000)) == 0x3F82);
static_assert(to_bfloat16(of_bits(0x3F80'8001)) == 0x3F81);
static_assert(to_bfloat16(of_bits(0x3F81'7FFF)) == 0x3F81);
static_assert(to_bfloat16(of_bits(0x3FFF'FFFF)) == 0x4000);  // into the next exponent
static_assert(to_bfloat16(-0.0f) == 0x8000);
static_assert(to_bfloat16(of_bits(0x0000'8001)) == 0x0001);  // subnormal
static_assert(to_bfloat16(of_bits(0x7F7F'7FFF)) == 0x7F7F);  // the last that is not infinite
static_assert(to_bfloat16(of_bits(0x7F7F'8000)) == 0x7F80);

}  // namespace

TEST_CASE("bfloat16 is the nearest to a float", "[math]") {
    for (std::uint32_t bits = 0; bits < 0x7F80; ++bits) {
        const float value = from_bfloat16(static_cast<std::uint16_t>(bits));
        REQUIRE(to_bfloat16(value) == bits);
        REQUIRE(to_bfloat16(-value) == (bits | 0x8000));
    }
    std::mt19937 engine(1);
    for (int i = 0; i < 100'000; ++i) {
        const float x = of_bits(static_cast<std::uint32_t>(engine()) & 0xFF7F'7FFF);
        const std::uint16_t rounded = to_bfloat16(x);
        const double off = std::abs(double{x} - double{from_bfloat16(rounded)});
        CAPTURE(x, rounded);
        for (const int step : {-1, 1}) {
            const float other = from_bfloat16(static_cast<std::uint16_t>(rounded + step));
            if (std::isfinite(other)) REQUIRE(off <= std::abs(double{x} - double{other}));
        }
        if (std::abs(x) >= std::numeric_limits<float>::min()) REQUIRE(off <= std::ldexp(std::abs(double{x}), -8));
    }
}
