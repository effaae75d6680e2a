// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/matmul.hpp>

#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit_test;
using enum mistake;

TEST_CASE("matmul multiplies matrices, transposed if asked", "[ops]") {
    STATIC_REQUIRE(gives<matmul_op>({f32(2, 3), f32(3, 5)}, {0, 0}, f32(2, 5)));
    STATIC_REQUIRE(gives<matmul_op>({f32(3, 2), f32(3, 5)}, {1, 0}, f32(2, 5)));
    STATIC_REQUIRE(gives<matmul_op>({f32(2, 3), f32(5, 3)}, {0, 1}, f32(2, 5)));
    STATIC_REQUIRE(gives<matmul_op>({f32(3, 2), f32(5, 3)}, {1, 1}, f32(2, 5)));
    STATIC_REQUIRE(gives<matmul_op>({u8(1, 1), u8(1, 1)}, {0, 0}, u8(1, 1)));
}

TEST_CASE("matmul refuses what is no matrix", "[ops]") {
    constexpr auto rule = "both operands must be matrices";
    STATIC_REQUIRE(refuses<matmul_op>({f32(3), f32(3, 5)}, {0, 0}, op_shape, rule));
    STATIC_REQUIRE(refuses<matmul_op>({f32(2, 3), f32()}, {0, 0}, op_shape, rule));
    STATIC_REQUIRE(refuses<matmul_op>({f32(2, 2, 3), f32(3, 5)}, {0, 0}, op_shape, rule));
}

TEST_CASE("the inner extents of matmul are equal", "[ops]") {
    constexpr auto rule = "the inner extents must be equal: [m, k] x [k, n]";
    STATIC_REQUIRE(refuses<matmul_op>({f32(2, 3), f32(4, 5)}, {0, 0}, op_shape, rule));
    STATIC_REQUIRE(refuses<matmul_op>({f32(2, 3), f32(3, 5)}, {1, 0}, op_shape, rule));
    STATIC_REQUIRE(refuses<matmul_op>({f32(2, 3), f32(3, 5)}, {0, 1}, op_shape, rule));
    STATIC_REQUIRE(infer<matmul_op>({f32(2, 3), f32(4, 5)}, {0, 0}).result == f32(2, 5));  // the guess
}

TEST_CASE("matmul takes numbers of one dtype", "[ops]") {
    constexpr auto rule = "both operands must be numbers of one dtype";
    STATIC_REQUIRE(refuses<matmul_op>({f32(2, 3), f64(3, 5)}, {0, 0}, op_dtype, rule));
    STATIC_REQUIRE(refuses<matmul_op>({flags(2, 3), flags(3, 5)}, {0, 0}, op_dtype, rule));
    STATIC_REQUIRE(refuses<matmul_op>({i32(2, 3), f32(4, 5)}, {0, 0}, op_dtype, rule));
}

TEST_CASE("the product of long vectors may be too large", "[ops]") {
    STATIC_REQUIRE(refuses<matmul_op>({f32(1000000, 1), f32(1, 1000000)}, {0, 0}, op_shape,
                                      "the result would exceed a terabyte"));
}

TEST_CASE("geometry of matmul", "[ops]") {
    constexpr auto geometry = [](const tensor_spec& a, const tensor_spec& b, bool ta, bool tb) {
        const tensor_spec operands[] = {a, b};
        const std::int64_t words[] = {ta, tb};
        const op_call call{operands, 2, words};
        return matmul_op::geometry(call, matmul_op::infer(call).result);
    };
    STATIC_REQUIRE(geometry(f32(2, 3), f32(3, 5), false, false) == gemm_geometry{2, 5, 3, 0, 0});
    STATIC_REQUIRE(geometry(f32(3, 2), f32(3, 5), true, false) == gemm_geometry{2, 5, 3, 1, 0});
    STATIC_REQUIRE(geometry(f32(2, 3), f32(5, 3), false, true) == gemm_geometry{2, 5, 3, 0, 1});
    STATIC_REQUIRE(geometry(f32(3, 2), f32(5, 3), true, true) == gemm_geometry{2, 5, 3, 1, 1});
}
