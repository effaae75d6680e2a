// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr pool_op::attributes window(std::int64_t height, std::int64_t width, std::int64_t down,
                                     std::int64_t right, const padding_option& padding = valid,
                                     bool ceil_mode = false) {
    return {height, width, down, right, padding, ceil_mode ? 1 : 0};
}

template <class Op> constexpr bool follows_the_rules() {
    return gives<Op>({f32(2, 28, 28, 3)}, window(2, 2, 2, 2), f32(2, 14, 14, 3)) &&
           gives<Op>({f64(1, 9, 7, 3)}, window(3, 2, 2, 1), f64(1, 4, 6, 3)) &&
           gives<Op>({f32(1, 9, 7, 3)}, window(3, 2, 2, 3, same), f32(1, 5, 3, 3)) &&
           gives<Op>({f32(1, 2, 2, 1)}, window(5, 5, 1, 1, same), f32(1, 2, 2, 1)) &&
           gives<Op>({f32(1, 8, 7, 3)}, window(3, 3, 2, 2, explicit_pads(1)), f32(1, 4, 4, 3)) &&
           gives<Op>({f32(1, 8, 7, 3)}, window(3, 3, 2, 2, valid, true), f32(1, 4, 3, 3)) &&
           gives<Op>({f32(1, 5, 4, 3)}, window(2, 2, 3, 3, explicit_pads(1, 1, 0, 1), true), f32(1, 2, 2, 3)) &&
           refuses<Op>({f32(1, 8, 8, 1)}, window(3, 3, 2, 2, explicit_pads(0, 3, 0, 0)), op_option,
                       "padding is 3: below 3") &&
           refuses<Op>({f32(1, 8, 8, 1)}, window(3, 2, 2, 2, explicit_pads(2)), op_option, "padding is 2: below 2") &&
           refuses<Op>({f32(1, 8, 8, 1)}, window(3, 2, 2, 2, explicit_pads(-1)), op_option,
                       "padding is -1: at least 0") &&
           refuses<Op>({f32(28, 28, 3)}, window(2, 2, 2, 2), op_shape, "the image is [n, h, w, c]") &&
           refuses<Op>({f32()}, window(2, 2, 2, 2), op_shape, "the image is [n, h, w, c]") &&
           refuses<Op>({f32(1, 2, 8, 1)}, window(3, 2, 2, 2), op_shape,
                       "the window is larger than the image: pad with same") &&
           refuses<Op>({f32(1, 8, 2, 1)}, window(2, 3, 2, 2), op_shape,
                       "the window is larger than the image: pad with same") &&
           refuses<Op>({f32(1, 8, 8, 1)}, window(0, 2, 2, 2), op_option,
                       "window is 0: at least 1") &&
           refuses<Op>({f32(1, 8, 8, 1)}, window(2, -1, 2, 2), op_option,
                       "window is -1: at least 1") &&
           refuses<Op>({f32(1, 8, 8, 1)}, window(2, 2, 0, 2), op_option,
                       "strides is 0: at least 1") &&
           refuses<Op>({f32(1, 8, 8, 1)}, window(2, 2, 2, 0), op_option,
                       "strides is 0: at least 1") &&
           refuses<Op>({i32(1, 8, 8, 1)}, window(2, 2, 2, 2), op_dtype,
                       "the image must be float32 or float64") &&
           refuses<Op>({u8(1, 8, 8, 1)}, window(2, 2, 2, 2), op_dtype,
                       "the image must be float32 or float64");
}

}  // namespace

TEST_CASE("pooling slides a window over images", "[ops]") {
    STATIC_REQUIRE(follows_the_rules<max_pool_op>());
    STATIC_REQUIRE(follows_the_rules<avg_pool_op>());
}

TEST_CASE("geometry of pooling", "[ops]") {
    constexpr pool_geometry g = [] {
        const tensor_spec image = f32(2, 9, 7, 3);
        const auto words = to_words(window(4, 2, 2, 1, same));
        const op_call call{&image, 1, words.data()};
        return pool_op::geometry(call, pool_op::infer(call).result);
    }();
    STATIC_REQUIRE(g == pool_geometry{2, 9, 7, 3, 4, 2, 5, 7, 2, 1, 1, 0});
}

TEST_CASE("pooling halves images by default", "[ops]") {
    STATIC_REQUIRE(pool_options{}.window.height == 2);
    STATIC_REQUIRE(pool_options{}.strides.width == 2);
    STATIC_REQUIRE(pool_options{}.padding == valid);
}
