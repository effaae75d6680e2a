// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/refusal.hpp>

#include <ambit/ops/all.hpp>

#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit_test;
using Catch::Contains;

namespace {

constexpr tensor odd_only(const tensor& x, int count, const location& at = location::current()) {
    if (count % 2 == 0) return refuse<mistake::op_option, "the count must be odd">(x, "odd_only", at);
    return x;
}

}  // namespace

TEST_CASE("a function made of ops refuses in its own name and words, once", "[ops]") {
    constexpr auto even = [](scope&, auto& x) { return odd_only(x[0], 2); };
    CHECK_THAT(refusal(even, {f32(3)}), Contains("odd_only") && Contains("the count must be odd"));
    STATIC_REQUIRE(mistakes_of([](scope&, auto& x) { return odd_only(odd_only(x[0], 2), 4) + 1; }, {f32(3)}) == 1);
    STATIC_REQUIRE(spec_of([](scope&, auto& x) { return odd_only(x[0], 3); }, {f32(3)}) == f32(3));
}
