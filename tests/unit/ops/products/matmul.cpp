// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
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
    STATIC_REQUIRE(refuses<batch_matmul_op>({f32(2, 2, 3), f32(3)}, {0, 0}, op_shape, rule));
    STATIC_REQUIRE(refuses<batch_matmul_op>({f32(), f32(2, 2, 3)}, {0, 0}, op_shape, rule));
}

TEST_CASE("the inner extents of matmul are equal", "[ops]") {
    constexpr auto rule = "the inner extents must be equal: [m, k] x [k, n]";
    STATIC_REQUIRE(refuses<matmul_op>({f32(2, 3), f32(4, 5)}, {0, 0}, op_shape, rule));
    STATIC_REQUIRE(refuses<matmul_op>({f32(2, 3), f32(3, 5)}, {1, 0}, op_shape, rule));
    STATIC_REQUIRE(refuses<matmul_op>({f32(2, 3), f32(3, 5)}, {0, 1}, op_shape, rule));
    STATIC_REQUIRE(infer<matmul_op>({f32(2, 3), f32(4, 5)}, {0, 0}).result == f32(2, 5));  // the guess
}

TEST_CASE("what would fit in a product is said, where it shows", "[ops]") {
    const auto hint = [](const tensor_spec& a, const tensor_spec& b, std::int64_t of_a, std::int64_t of_b) {
        return infer<matmul_op>({a, b}, {of_a, of_b}).hint;
    };
    STATIC_REQUIRE(hint(f32(2, 4), f32(7, 4), 0, 0) == "{.transpose_b = true} fits");
    STATIC_REQUIRE(hint(f32(2, 4), f32(4, 7), 0, 1) == "without .transpose_b it fits");
    STATIC_REQUIRE(hint(f32(4, 2), f32(4, 7), 0, 0) == "{.transpose_a = true} fits");
    STATIC_REQUIRE(hint(f32(2, 4), f32(4, 7), 1, 0) == "without .transpose_a it fits");
    STATIC_REQUIRE(hint(f32(2, 4), f32(5, 3), 0, 0).empty());
    STATIC_REQUIRE(hint(f32(2, 4), f32(4, 7), 0, 0).empty());
    STATIC_REQUIRE(hint(f32(4), f32(4, 7), 0, 0) == "expand_dims(a, 0) makes a vector a row");
    STATIC_REQUIRE(infer<batch_matmul_op>({f32(3, 2, 4), f32(7, 4)}, {0, 0}).hint == "{.transpose_b = true} fits");
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

TEST_CASE("batches of matrices are broadcast with each other", "[ops]") {
    using op = batch_matmul_op;
    STATIC_REQUIRE(gives<op>({f32(4, 2, 3), f32(4, 3, 5)}, {0, 0}, f32(4, 2, 5)));
    STATIC_REQUIRE(gives<op>({f32(7, 4, 3, 2), f32(4, 5, 3)}, {1, 1}, f32(7, 4, 2, 5)));
    STATIC_REQUIRE(gives<op>({f64(7, 1, 2, 3), f64(4, 3, 5)}, {0, 0}, f64(7, 4, 2, 5)));
    STATIC_REQUIRE(gives<op>({i32(2, 3), i32(4, 3, 5)}, {0, 0}, i32(4, 2, 5)));
    STATIC_REQUIRE(gives<op>({f32(4, 2, 3), f32(3, 5)}, {0, 0}, f32(4, 2, 5)));
    STATIC_REQUIRE(refuses<op>({f32(4, 2, 3), f32(3, 3, 5)}, {0, 0}, op_shape,
                               "batch axes must be equal, or 1, from the last one on"));
    STATIC_REQUIRE(refuses<op>({f32(4, 2, 3), f32(4, 2, 5)}, {0, 0}, op_shape,
                               "the inner extents must be equal: [m, k] x [k, n]"));
    STATIC_REQUIRE(refuses<op>({f32(4, 2, 3), f64(4, 3, 5)}, {0, 0}, op_dtype,
                               "both operands must be numbers of one dtype"));
    STATIC_REQUIRE(refuses<op>({f32(1000000, 1, 1, 1), f32(1000000, 1, 1)}, {0, 0}, op_shape,
                               "the result would exceed a terabyte"));
    STATIC_REQUIRE(infer<op>({f32(4, 2, 3), f32(4, 4, 5)}, {0, 0}).result == f32(4, 2, 5));  // the guess
}

TEST_CASE("geometry of batches: axes are merged, one matrix on the right makes one product", "[ops]") {
    constexpr auto geometry = [](const tensor_spec& a, const tensor_spec& b, bool ta, bool tb) {
        const tensor_spec operands[] = {a, b};
        const std::int64_t words[] = {ta, tb};
        const op_call call{operands, 2, words};
        return batch_matmul_op::geometry(call, batch_matmul_op::infer(call).result);
    };
    constexpr gemm_geometry plain{2, 5, 3, 0, 0};
    STATIC_REQUIRE(geometry(f32(7, 4, 2, 3), f32(7, 4, 3, 5), false, false) ==
                   batch_gemm_geometry{plain, 1, {28}, {1}, {1}});
    STATIC_REQUIRE(geometry(f32(7, 4, 2, 3), f32(4, 3, 5), false, false) ==
                   batch_gemm_geometry{plain, 2, {7, 4}, {4, 1}, {0, 1}});
    STATIC_REQUIRE(geometry(f32(7, 1, 2, 3), f32(1, 4, 3, 5), false, false) ==
                   batch_gemm_geometry{plain, 2, {7, 4}, {1, 0}, {0, 1}});
    STATIC_REQUIRE(geometry(f32(2, 3), f32(4, 3, 5), false, false) == batch_gemm_geometry{plain, 1, {4}, {0}, {1}});
    STATIC_REQUIRE(geometry(f32(7, 4, 2, 3), f32(3, 5), false, false) ==
                   batch_gemm_geometry{{56, 5, 3, 0, 0}, 0, {}, {}, {}});
    STATIC_REQUIRE(geometry(f32(4, 2, 3), f32(1, 5, 3), false, true) ==
                   batch_gemm_geometry{{8, 5, 3, 0, 1}, 0, {}, {}, {}});
    STATIC_REQUIRE(geometry(f32(4, 3, 2), f32(3, 5), true, false) ==
                   batch_gemm_geometry{{2, 5, 3, 1, 0}, 1, {4}, {1}, {0}});
    STATIC_REQUIRE(geometry(f32(1, 2, 3), f32(1, 3, 5), false, false) == batch_gemm_geometry{plain, 0, {}, {}, {}});
}

TEST_CASE("the product of batches is named like any other", "[ops]") {
    graph_builder builder;
    const tensor a = builder.input(spec(float32, {4, 2, 3})), b = builder.input(spec(float32, {3, 5}));
    CHECK(matmul(a, b).op_name() == "matmul");
    CHECK(matmul(a, b, {.name = "states"}).op_name() == "states");
    static_cast<void>(matmul(a, a));
    REQUIRE(builder.mistakes().size() == 1);
}
