// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/arrays/cast.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class To, class From> void check_all_lengths() {
    for (std::int64_t n = 1; n <= 70; ++n) {
        const operand<From> x(n);
        guarded<To> out(n);
        cast(n, x.data(), out.data());
        bool right = out.is_intact();
        for (std::int64_t i = 0; i < n; ++i) right = right && out[i] == convert<To>(x[i]);
        CHECK(right);
    }
}

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("conversions are defined for every value", "[kernels][cast]") {
    STATIC_REQUIRE(convert<std::int32_t>(2.9f) == 2);
    STATIC_REQUIRE(convert<std::int32_t>(-2.9f) == -2);
    STATIC_REQUIRE(convert<std::int32_t>(3e9f) == 2147483647);
    STATIC_REQUIRE(convert<std::int32_t>(2147483648.0f) == 2147483647);
    STATIC_REQUIRE(convert<std::int32_t>(2147483520.0f) == 2147483520);
    STATIC_REQUIRE(convert<std::int32_t>(2147483647.0) == 2147483647);
    STATIC_REQUIRE(convert<std::int32_t>(2147483647.5) == 2147483647);
    STATIC_REQUIRE(convert<std::int32_t>(-3e9f) == -2147483648);
    STATIC_REQUIRE(convert<std::int32_t>(infinity) == 2147483647);
    STATIC_REQUIRE(convert<std::int32_t>(-infinity) == -2147483648);
    STATIC_REQUIRE(convert<std::int32_t>(not_a_number) == 0);
    STATIC_REQUIRE(convert<std::int64_t>(1e30) == std::numeric_limits<std::int64_t>::max());
    STATIC_REQUIRE(convert<std::int64_t>(-1e30f) == std::numeric_limits<std::int64_t>::lowest());
    STATIC_REQUIRE(convert<std::uint8_t>(255.9f) == 255);
    STATIC_REQUIRE(convert<std::uint8_t>(256.0f) == 255);
    STATIC_REQUIRE(convert<std::uint8_t>(-0.5f) == 0);
    STATIC_REQUIRE(convert<std::uint8_t>(-7.0) == 0);
    STATIC_REQUIRE(convert<std::uint8_t>(not_a_number) == 0);
    STATIC_REQUIRE(convert<std::uint8_t>(std::int32_t{257}) == 1);
    STATIC_REQUIRE(convert<float>(std::uint8_t{200}) == 200.0f);
    STATIC_REQUIRE(convert<float>(true) == 1.0f);
    STATIC_REQUIRE(convert<bool>(0.5f));
    STATIC_REQUIRE(convert<bool>(std::int32_t{256}));
    STATIC_REQUIRE_FALSE(convert<bool>(-0.0));
    STATIC_REQUIRE(convert<bool>(not_a_number));
}

TEST_CASE("cast converts every element of every length", "[kernels][cast]") {
    check_all_lengths<float, std::uint8_t>();
    check_all_lengths<float, std::int32_t>();
    check_all_lengths<float, double>();
    check_all_lengths<double, float>();
    check_all_lengths<std::int32_t, float>();
    check_all_lengths<std::uint8_t, float>();
    check_all_lengths<std::int64_t, double>();
    check_all_lengths<std::int32_t, std::int64_t>();
}

TEST_CASE("vector and scalar conversion agree on extreme values", "[kernels][cast]") {
    std::vector<float> x;
    for (int i = 0; i < 9; ++i)
        for (float v : {not_a_number, infinity, -infinity, 3e9f, -3e9f, 254.6f, -0.9f,
                        2147483520.0f}) x.push_back(v);
    std::vector<std::int32_t> wide(x.size());
    std::vector<std::uint8_t> narrow(x.size());
    cast(static_value<std::int64_t{72}>{}, x.data(), wide.data());
    cast(static_value<std::int64_t{72}>{}, x.data(), narrow.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
        CHECK(wide[i] == convert<std::int32_t>(x[i]));
        CHECK(narrow[i] == convert<std::uint8_t>(x[i]));
    }
}

TEST_CASE("copy copies", "[kernels][cast]") {
    const operand<float> x(37);
    guarded<float> out(37);
    copy(static_value<std::int64_t{37}>{}, x.data(), out.data());
    CHECK(out.is_intact());
    for (std::int64_t i = 0; i < 37; ++i) CHECK(out[i] == x[i]);
}
