// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr pool_op::attributes patch(std::int64_t height, std::int64_t width, std::int64_t down, std::int64_t right,
                                    padding_mode padding = valid) {
    return {height, width, down, right, padding};
}
constexpr avg_pool_gradient_op::attributes window_in(window_extents image, const pool_op::attributes& a) {
    return avg_pool_gradient_op::attributes_from(image, a);
}

}  // namespace

TEST_CASE("the gradient of max_pool takes the image and what is like the pooled image", "[ops]") {
    STATIC_REQUIRE(gives<max_pool_gradient_op>({f32(2, 9, 7, 3), f32(2, 5, 3, 3)}, patch(3, 2, 2, 3, same),
                                               f32(2, 9, 7, 3)));
    constexpr auto rule = "the upstream gradient must be like the pooled image";
    STATIC_REQUIRE(refuses<max_pool_gradient_op>({f32(2, 9, 7, 3), f32(2, 5, 3, 4)}, patch(3, 2, 2, 3, same),
                                                 op_shape, rule));
    STATIC_REQUIRE(refuses<max_pool_gradient_op>({f32(2, 9, 7, 3), f64(2, 5, 3, 3)}, patch(3, 2, 2, 3, same),
                                                 op_shape, rule));
    STATIC_REQUIRE(refuses<max_pool_gradient_op>({f32(9, 7, 3), f32(2, 5, 3, 3)}, patch(3, 2, 2, 3, same), op_shape,
                                                 "the image is [n, h, w, c]"));
}

TEST_CASE("max_pool_pick takes two images alike", "[ops]") {
    STATIC_REQUIRE(
        gives<max_pool_pick_op>({f64(1, 9, 7, 3), f64(1, 9, 7, 3)}, patch(3, 2, 2, 1), f64(1, 4, 6, 3)));
    STATIC_REQUIRE(refuses<max_pool_pick_op>({f64(1, 9, 7, 3), f64(1, 9, 7, 2)}, patch(3, 2, 2, 1), op_shape,
                                             "the values must be like the image"));
    STATIC_REQUIRE(refuses<max_pool_pick_op>({f64(1, 9, 7, 3), f64(1, 9, 7, 3)}, patch(0, 2, 2, 1), op_option,
                                             "window is 0: at least 1"));
}

TEST_CASE("the gradient of avg_pool is told the image's extents", "[ops]") {
    constexpr auto a = patch(3, 2, 2, 3, same);
    STATIC_REQUIRE(gives<avg_pool_gradient_op>({f32(2, 5, 3, 3)}, window_in({9, 7}, a), f32(2, 9, 7, 3)));
    STATIC_REQUIRE(gives<avg_pool_gradient_op>({f32(2, 5, 3, 3)}, window_in({10, 9}, a), f32(2, 10, 9, 3)));
    constexpr auto rule = "the upstream gradient must be like the pooled image";
    STATIC_REQUIRE(refuses<avg_pool_gradient_op>({f32(2, 5, 3, 3)}, window_in({11, 7}, a), op_shape, rule));
    STATIC_REQUIRE(refuses<avg_pool_gradient_op>({f32(5, 3, 3)}, window_in({9, 7}, a), op_shape,
                                                 "the upstream gradient is [n, h, w, c]"));
    STATIC_REQUIRE(refuses<avg_pool_gradient_op>({f32(2, 5, 3, 3)}, window_in({0, 7}, a), op_option,
                                                 "height and width must be at least 1"));
    STATIC_REQUIRE(refuses<avg_pool_gradient_op>({i32(2, 5, 3, 3)}, window_in({9, 7}, a), op_dtype,
                                                 "the image must be float32 or float64"));
    STATIC_REQUIRE(refuses<avg_pool_gradient_op>({f32(2, 1, 3, 3)}, window_in({2, 7}, patch(3, 2, 1, 3)), op_shape,
                                                 "the window is larger than the image: pad with same"));
    STATIC_REQUIRE(refuses<avg_pool_gradient_op>({f32(1'000'000, 1, 1, 1)},
                                                 window_in({10'000, 1'000}, patch(1, 1, 10'000, 1'000)), op_shape,
                                                 "the result would exceed a terabyte"));
}

TEST_CASE("geometry of the gradients of pooling is that of the pooling", "[ops]") {
    constexpr pool_geometry g{2, 9, 7, 3, 4, 2, 5, 7, 2, 1, 1, 0};
    constexpr auto geometry_of = []<class Op>(Op, const tensor_spec& first, const tensor_spec& second,
                                              const typename Op::attributes& a) {
        const tensor_spec operands[] = {first, second};
        const auto words = to_words(a);
        const op_call call{operands, 2, words.data()};
        return Op::geometry(call, Op::infer(call).result);
    };
    constexpr tensor_spec image = f32(2, 9, 7, 3), pooled = f32(2, 5, 7, 3);
    constexpr auto a = patch(4, 2, 2, 1, same);
    STATIC_REQUIRE(geometry_of(max_pool_gradient_op{}, image, pooled, a) == g);
    STATIC_REQUIRE(geometry_of(max_pool_pick_op{}, image, image, a) == g);
    STATIC_REQUIRE(geometry_of(avg_pool_gradient_op{}, pooled, {}, window_in({9, 7}, a)) == g);
}
