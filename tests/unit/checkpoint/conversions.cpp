// SPDX-License-Identifier: BSL-1.0
// Elements of files as ambit's: the small floating types over all of their values, against their definition by powers.
#include <ambit/checkpoint/conversions.hpp>

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

using namespace ambit;
using type = element_type;

namespace {

/// The definition, in double: sign, exponent of `e` bits, significand of `m` bits.
double defined(std::uint32_t bits, int e, int m, bool has_infinities) {
    const int bias = (1 << (e - 1)) - 1;
    const int exponent = static_cast<int>(bits >> m) & ((1 << e) - 1);
    const int significand = static_cast<int>(bits) & ((1 << m) - 1);
    const double sign = (bits >> (e + m)) != 0 ? -1 : 1;
    if (exponent == (1 << e) - 1 && has_infinities)
        return significand == 0 ? sign * std::numeric_limits<double>::infinity() : std::nan("");
    if (exponent == (1 << e) - 1 && significand == (1 << m) - 1) return std::nan("");
    if (exponent == 0) return sign * std::ldexp(significand, 1 - bias - m);
    return sign * std::ldexp((1 << m) + significand, exponent - bias - m);
}

template <class Stored> void require_as_defined(type from, int e, int m, bool has_infinities) {
    std::vector<Stored> all;
    for (std::uint32_t bits = 0; bits < (1U << (1 + e + m)); ++bits) all.push_back(static_cast<Stored>(bits));
    std::vector<float> found(all.size());
    std::vector<double> wide(all.size());
    REQUIRE(!convert_elements(from, std::as_bytes(std::span(all)), float32, std::as_writable_bytes(std::span(found))));
    REQUIRE(!convert_elements(from, std::as_bytes(std::span(all)), float64, std::as_writable_bytes(std::span(wide))));
    std::size_t wrong = 0;
    for (std::size_t bits = 0; bits < all.size(); ++bits) {
        const double right = defined(static_cast<std::uint32_t>(bits), e, m, has_infinities);
        const double value = found[bits];
        const bool same = std::isnan(right)
                              ? std::isnan(value) && std::isnan(wide[bits])
                              : std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(right) &&
                                    std::bit_cast<std::uint64_t>(wide[bits]) == std::bit_cast<std::uint64_t>(right);
        if (!same) ++wrong;
    }
    CHECK(wrong == 0);
}

template <class To> using held = std::conditional_t<std::is_same_v<To, bool>, std::uint8_t, To>;

template <class To, class From>
std::optional<std::size_t> converted(type from, const std::vector<From>& values, std::vector<held<To>>& into) {
    into.resize(values.size());
    return convert_elements(from, std::as_bytes(std::span(values)), dtype_of<To>,
                            std::as_writable_bytes(std::span(into)));
}

/// The number of values that `To` takes before one that it lacks.
template <class To, class From> std::size_t taken(type from, const std::vector<From>& values) {
    std::vector<held<To>> into;
    const auto first = converted<To>(from, values, into);
    for (std::size_t i = 0; i < first.value_or(values.size()); ++i)
        if (static_cast<long double>(into[i]) != static_cast<long double>(values[i])) return 999;
    return first.value_or(values.size());
}

}  // namespace

TEST_CASE("small floating types are float32 exactly, all of their values", "[checkpoint]") {
    require_as_defined<std::uint16_t>(type::float16, 5, 10, true);
    require_as_defined<std::uint16_t>(type::bfloat16, 8, 7, true);
    require_as_defined<std::uint8_t>(type::float8_e4m3, 4, 3, false);
    require_as_defined<std::uint8_t>(type::float8_e5m2, 5, 2, true);
    CHECK(checkpoint_parts::from_float16(0x7BFF) == 65504.0F);
    CHECK(checkpoint_parts::from_float16(0x0001) == 0x1p-24F);
    CHECK(checkpoint_parts::from_float8_e4m3(0x7E) == 448.0F);
    CHECK(checkpoint_parts::from_float8_e5m2(0x7B) == 57344.0F);
    // What a NaN carries stays, in the place of its leading bits.
    CHECK(std::bit_cast<std::uint32_t>(checkpoint_parts::from_float16(0xFD01)) == 0xFFA0'2000U);
}

TEST_CASE("casts that keep all values are told from those that may not", "[checkpoint]") {
    using enum cast_kind;
    for (const type from : {type::float16, type::bfloat16, type::float8_e4m3, type::float8_e5m2}) {
        CHECK(cast_between(from, float32) == exact);
        CHECK(cast_between(from, float64) == exact);
        CHECK(cast_between(from, int64) == narrowing);
    }
    STATIC_REQUIRE(cast_between(type::float32, float32) == unchanged);
    STATIC_REQUIRE(cast_between(type::float32, float64) == exact);
    STATIC_REQUIRE(cast_between(type::float64, float32) == narrowing);
    STATIC_REQUIRE(cast_between(type::int16, float32) == exact);
    STATIC_REQUIRE(cast_between(type::uint16, int32) == exact);
    STATIC_REQUIRE(cast_between(type::int32, float32) == narrowing);
    STATIC_REQUIRE(cast_between(type::int32, float64) == exact);
    STATIC_REQUIRE(cast_between(type::uint32, int32) == narrowing);
    STATIC_REQUIRE(cast_between(type::uint32, int64) == exact);
    STATIC_REQUIRE(cast_between(type::uint64, int64) == narrowing);
    STATIC_REQUIRE(cast_between(type::int8, uint8) == narrowing);
    STATIC_REQUIRE(cast_between(type::boolean, uint8) == exact);
    STATIC_REQUIRE(cast_between(type::uint8, boolean) == narrowing);
    STATIC_REQUIRE(cast_between(type::other, float32) == impossible);
    STATIC_REQUIRE(cast_between(type::complex64, float64) == impossible);
    STATIC_REQUIRE(cast_between(type::other, dtype::none) == impossible);
    STATIC_REQUIRE(cast_between(type::float32, dtype::none) == impossible);
}

TEST_CASE("a value that the target lacks stops a conversion, and is named", "[checkpoint]") {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    CHECK(taken<std::int32_t>(type::int64, std::vector<std::int64_t>{-2147483648, 2147483647, 2147483648}) == 2);
    CHECK(taken<std::int32_t>(type::uint32, std::vector<std::uint32_t>{2147483647, 2147483648}) == 1);
    CHECK(taken<std::int64_t>(type::uint64, std::vector<std::uint64_t>{9223372036854775807U, ~0ULL}) == 1);
    CHECK(taken<std::uint8_t>(type::int8, std::vector<std::int8_t>{127, 0, -1}) == 2);
    CHECK(taken<bool>(type::uint8, std::vector<std::uint8_t>{0, 1, 2}) == 2);
    CHECK(taken<bool>(type::float32, std::vector<float>{0, 1, 0.5F}) == 2);
    CHECK(taken<std::int32_t>(type::float64, std::vector<double>{-2147483648.0, 2147483647.0, 0.5}) == 2);
    CHECK(taken<std::int32_t>(type::float64, std::vector<double>{2147483648.0}) == 0);
    CHECK(taken<std::int64_t>(type::float64, std::vector<double>{-0x1p63, 0x1p62, 0x1p63}) == 2);
    CHECK(taken<std::int64_t>(type::float32, std::vector<float>{3.0F, std::nanf("")}) == 1);
    CHECK(taken<std::uint8_t>(type::float32, std::vector<float>{255.0F, -1.0F}) == 1);
    CHECK(taken<double>(type::int32, std::vector<std::int32_t>{-7, 2147483647}) == 2);
    // More elements than are converted at once, the last one wrong.
    std::vector<std::int64_t> many(5000, 7);
    many.back() = most;
    CHECK(taken<std::int32_t>(type::int64, many) == 4999);
    // To floating dtypes it rounds to the nearest.
    std::vector<float> rounded;
    CHECK(!converted<float>(type::int64, std::vector<std::int64_t>{16777217, 16777219, most}, rounded));
    CHECK(rounded == std::vector<float>{16777216.0F, 16777220.0F, 0x1p63F});
    constexpr double infinite = std::numeric_limits<double>::infinity();
    CHECK(!converted<float>(type::float64, std::vector<double>{0.1, 1e-300, -0x1.fffffefp127, infinite}, rounded));
    CHECK(rounded == std::vector<float>{0.1F, 0, -0x1.fffffep127F, std::numeric_limits<float>::infinity()});
    // No number becomes infinite by that.
    CHECK(converted<float>(type::float64, std::vector<double>{1, 1e300}, rounded) == 1);
    CHECK(converted<float>(type::float64, std::vector<double>{-0x1.ffffffp127}, rounded) == 0);
}
