// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {
constexpr cast_op::attributes to_dtype(dtype type) { return {static_cast<std::int64_t>(type)}; }
}  // namespace

TEST_CASE("cast keeps the shape", "[ops]") {
    STATIC_REQUIRE(gives<cast_op>({f32(2, 3)}, to_dtype(int32), i32(2, 3)));
    STATIC_REQUIRE(gives<cast_op>({u8(2, 3)}, to_dtype(float32), f32(2, 3)));
    STATIC_REQUIRE(gives<cast_op>({flags(2)}, to_dtype(float64), f64(2)));
    STATIC_REQUIRE(gives<cast_op>({f32()}, to_dtype(boolean), flags()));
    STATIC_REQUIRE(gives<cast_op>({f32(3)}, to_dtype(float32), f32(3)));
}

TEST_CASE("cast is told a dtype", "[ops]") {
    STATIC_REQUIRE(refuses<cast_op>({f32(3)}, to_dtype(dtype::none), op_option, "a dtype must be given"));
}
