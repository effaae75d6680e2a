// SPDX-License-Identifier: BSL-1.0
#include <ambit/contract/products.hpp>
#include <ambit/core/static_value.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::core_parts;
using namespace ambit::contract_parts;

namespace {
template <class Geometry> std::int64_t rows(Geometry g) {
    if constexpr (is_static<Geometry>) {
        constexpr std::int64_t m = Geometry::value.m;  // known to the compiler
        return m;
    } else {
        return value_of(g).m;
    }
}
}  // namespace

TEST_CASE("one source takes a value known to the compiler or at run time only", "[static_value]") {
    STATIC_REQUIRE(is_static<static_value<7>>);
    STATIC_REQUIRE(is_static<const static_value<gemm_geometry{}>&>);
    STATIC_REQUIRE_FALSE(is_static<int>);
    STATIC_REQUIRE_FALSE(is_static<gemm_geometry>);
    STATIC_REQUIRE(value_of(static_value<7>{}) == 7);
    STATIC_REQUIRE(value_of(7) == 7);
    STATIC_REQUIRE(value_of(static_value<gemm_geometry{.m = 3}>{}).m == 3);
    CHECK(rows(static_value<gemm_geometry{.m = 3}>{}) == 3);
    CHECK(rows(gemm_geometry{.m = 5}) == 5);
    STATIC_REQUIRE(std::is_empty_v<static_value<gemm_geometry{}>>);
}
