// SPDX-License-Identifier: BSL-1.0
#include <ambit/contract/products.hpp>
#include <ambit/ops/op.hpp>

#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("an axis is counted from either end", "[ops]") {
    STATIC_REQUIRE(normalize_axis(0, 3) == 0);
    STATIC_REQUIRE(normalize_axis(2, 3) == 2);
    STATIC_REQUIRE(normalize_axis(-1, 3) == 2);
    STATIC_REQUIRE(normalize_axis(-3, 3) == 0);
    STATIC_REQUIRE(normalize_axis(3, 3) == -1);
    STATIC_REQUIRE(normalize_axis(-4, 3) == -1);
    STATIC_REQUIRE(normalize_axis(0, 0) == -1);
    STATIC_REQUIRE(normalize_axis(std::int64_t{1} << 40, 3) == -1);
}

TEST_CASE("an array is seen along an axis", "[ops]") {
    STATIC_REQUIRE(along_axis({2, 3, 4}, 0) == axis_geometry{1, 2, 12});
    STATIC_REQUIRE(along_axis({2, 3, 4}, 1) == axis_geometry{2, 3, 4});
    STATIC_REQUIRE(along_axis({2, 3, 4}, 2) == axis_geometry{6, 4, 1});
    STATIC_REQUIRE(along_axis({5}, 0) == axis_geometry{1, 5, 1});
}

namespace {

struct twice_op : unary_op {
    static constexpr std::string_view name = "twice";
    template <class V> static constexpr V apply(const V& x) { return x + x; }
};
struct rolled_op : compute_op {
    static constexpr std::string_view name = "rolled";
    using kernel = kernel_tag::custom;
    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }
    static constexpr std::int64_t scratch_bytes(const op_call&, const tensor_spec& result) {
        return result.bytes();
    }
};
struct product_op : compute_op {
    static constexpr std::string_view name = "product";
    using kernel = kernel_tag::gemm;
    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }
    static constexpr gemm_geometry geometry(const op_call&, const tensor_spec&) {
        return {.m = 8, .n = 7, .k = 5, .transpose_b = 1};
    }
};

}  // namespace

TEST_CASE("an op is described by its type", "[ops]") {
    constexpr op_info twice = describe<twice_op>();
    STATIC_REQUIRE(twice.name == "twice");
    STATIC_REQUIRE(twice.id == op_id("twice"));
    STATIC_REQUIRE(twice.role == op_role::elementwise);
    STATIC_REQUIRE(twice.takes_epilogue == 0);
    STATIC_REQUIRE(twice.scratch({}, f32(3)) == 0);
    constexpr op_info rolled = describe<rolled_op>();
    STATIC_REQUIRE(rolled.role == op_role::compute);
    STATIC_REQUIRE(rolled.takes_epilogue == 0);
    STATIC_REQUIRE(rolled.scratch({}, f32(3)) == 12);
    constexpr op_info product = describe<product_op>();
    STATIC_REQUIRE(product.takes_epilogue == 1);
    STATIC_REQUIRE(product.scratch({}, f64(3)) == 8 * scratch_elements(product_op::geometry({}, {})));
    STATIC_REQUIRE(product.scratch({}, f64(3)) > 0);
}

TEST_CASE("rules answer with a result, or with a fault and a guess", "[ops]") {
    STATIC_REQUIRE(yields(f32(2)).fault == mistake::none);
    STATIC_REQUIRE(yields(f32(2)).result == f32(2));
    constexpr inferred refusal = ambit::refuses(op_shape, "too long", f32(3));
    STATIC_REQUIRE(refusal.fault == op_shape);
    STATIC_REQUIRE(refusal.rule == "too long");
    STATIC_REQUIRE(refusal.result == f32(3));
}
