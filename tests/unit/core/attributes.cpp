// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/attributes.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <string>

using namespace ambit;
using namespace ambit::core_parts;

namespace {

struct limits {
    double low, high;
};
enum class mode : std::int64_t { first, second };
struct mixed {
    std::int64_t count;
    std::int64_t list[3];
    double scale;
    mode which;
};
struct not_aligned {
    std::int32_t one, two;
};
struct not_trivial {
    std::string text;
};

template <class T> constexpr T there_and_back(const T& a) { return from_words<T>(to_words(a).data()); }

}  // namespace

TEST_CASE("attributes are words", "[attributes]") {
    STATIC_REQUIRE(word_count<no_attributes> == 0);
    STATIC_REQUIRE(word_count<limits> == 2);
    STATIC_REQUIRE(word_count<mixed> == 6);
    STATIC_REQUIRE(to_words(limits{0, 1})[0] == 0);
    STATIC_REQUIRE(to_words(limits{0, 1})[1] == 0x3FF0000000000000);
    STATIC_REQUIRE(to_words(no_attributes{}).empty());
}

TEST_CASE("attributes come back as they were", "[attributes]") {
    STATIC_REQUIRE(there_and_back(limits{-0.5, 6}).high == 6);
    STATIC_REQUIRE(there_and_back(limits{-0.5, 6}).low == -0.5);
    STATIC_REQUIRE(there_and_back(limits{0, std::numeric_limits<double>::infinity()}).high ==
                   std::numeric_limits<double>::infinity());
    constexpr mixed m =
        there_and_back(mixed{3, {1, -2, std::numeric_limits<std::int64_t>::min()}, 0.25, mode::second});
    STATIC_REQUIRE(m.count == 3);
    STATIC_REQUIRE(m.list[1] == -2);
    STATIC_REQUIRE(m.list[2] == std::numeric_limits<std::int64_t>::min());
    STATIC_REQUIRE(m.scale == 0.25);
    STATIC_REQUIRE(m.which == mode::second);
}

TEST_CASE("attributes are plain 64-bit members", "[attributes]") {
    STATIC_REQUIRE(attribute_struct<no_attributes>);
    STATIC_REQUIRE(attribute_struct<limits>);
    STATIC_REQUIRE(attribute_struct<mixed>);
    STATIC_REQUIRE_FALSE(attribute_struct<not_aligned>);
    STATIC_REQUIRE_FALSE(attribute_struct<not_trivial>);
}
