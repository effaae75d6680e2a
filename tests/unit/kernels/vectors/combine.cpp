// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/vectors/combine.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit::kernel_parts;
using namespace kernel_test;

TEST_CASE("combinations are constant expressions and define overflow and NaN", "[kernels][combine]") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
    STATIC_REQUIRE(sum{}(2, 3) == 5);
    STATIC_REQUIRE(sum{}(std::uint8_t{200}, std::uint8_t{100}) == 44);
    STATIC_REQUIRE(sum{}(std::numeric_limits<std::int32_t>::max(),
                         1) == std::numeric_limits<std::int32_t>::min());
    STATIC_REQUIRE(product{}(std::int32_t{65536}, std::int32_t{65536}) == 0);
    STATIC_REQUIRE(mean::finish<std::int64_t>(-7, 2) == -3);
    STATIC_REQUIRE(mean::finish(7.0, 2) == 3.5);
    STATIC_REQUIRE(maximum::identity<float>() == -infinity);
    STATIC_REQUIRE(minimum::identity<std::uint8_t>() == 255);
    STATIC_REQUIRE(maximum{}(1.0f, 2.0f) == 2.0f);
    STATIC_REQUIRE(maximum{}(not_a_number, 2.0f) != maximum{}(not_a_number, 2.0f));
    STATIC_REQUIRE(maximum{}(2.0f, not_a_number) != maximum{}(2.0f, not_a_number));
    STATIC_REQUIRE(minimum{}(not_a_number, -infinity) != minimum{}(not_a_number, -infinity));
}

TEMPLATE_TEST_CASE("across puts every lane in, once", "[kernels][combine]", float, double, std::int32_t) {
    using V = xsimd::batch<TestType, xsimd::default_arch>;
    for (std::int64_t odd = 0; odd < lanes<V>; ++odd) {
        std::vector<TestType> x(static_cast<std::size_t>(lanes<V>), TestType(3));
        x[static_cast<std::size_t>(odd)] = TestType(5);
        const V value = load_vector<V>(x.data());
        CHECK(across(value, sum{}) == static_cast<TestType>(3 * lanes<V> + 2));
        CHECK(across(value, maximum{}) == TestType(5));
        x[static_cast<std::size_t>(odd)] = TestType(-1);
        CHECK(across(load_vector<V>(x.data()), minimum{}) == TestType(-1));
    }
}
