// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

using of_image = conv2d_image_gradient_op;
using of_kernel = conv2d_kernel_gradient_op;

constexpr conv2d_gradient_op::attributes options(window_extents strides, padding_mode padding, window_extents result) {
    return conv2d_gradient_op::attributes_from(result, {.strides = strides, .padding = padding});
}

}  // namespace

TEST_CASE("the gradient by an image has the image's shape", "[ops]") {
    STATIC_REQUIRE(gives<of_image>({f32(5, 5, 3, 8), f32(2, 24, 24, 8)}, options({1, 1}, valid, {28, 28}),
                                   f32(2, 28, 28, 3)));
    STATIC_REQUIRE(gives<of_image>({f64(3, 2, 3, 1), f64(1, 5, 3, 1)}, options({2, 3}, same, {9, 7}), f64(1, 9, 7, 3)));
    STATIC_REQUIRE(
        gives<of_image>({f64(3, 2, 3, 1), f64(1, 5, 3, 1)}, options({2, 3}, same, {10, 9}), f64(1, 10, 9, 3)));
}

TEST_CASE("the gradient by a kernel has the kernel's shape", "[ops]") {
    STATIC_REQUIRE(gives<of_kernel>({f32(2, 28, 28, 3), f32(2, 24, 24, 8)}, options({1, 1}, valid, {5, 5}),
                                    f32(5, 5, 3, 8)));
    STATIC_REQUIRE(
        gives<of_kernel>({f64(1, 9, 7, 3), f64(1, 5, 3, 1)}, options({2, 3}, same, {3, 2}), f64(3, 2, 3, 1)));
}

TEST_CASE("the upstream gradient has the shape of the convolution", "[ops]") {
    constexpr auto rule = "the upstream gradient must have the shape of the convolution";
    constexpr auto wanted = options({1, 1}, valid, {28, 28});
    STATIC_REQUIRE(refuses<of_image>({f32(5, 5, 3, 8), f32(2, 28, 24, 8)}, wanted, op_shape, rule));
    STATIC_REQUIRE(refuses<of_image>({f32(5, 5, 3, 8), f32(2, 24, 28, 8)}, wanted, op_shape, rule));
    STATIC_REQUIRE(refuses<of_image>({f32(5, 5, 3, 8), f32(2, 24, 24, 3)}, wanted, op_shape, rule));
    STATIC_REQUIRE(refuses<of_image>({f32(29, 5, 3, 8), f32(2, 1, 24, 8)}, wanted, op_shape, rule));
    STATIC_REQUIRE(
        refuses<of_kernel>({f32(1, 28, 28, 3), f32(2, 24, 24, 8)}, options({1, 1}, valid, {5, 5}), op_shape, rule));
    STATIC_REQUIRE(
        refuses<of_kernel>({f32(2, 28, 28, 3), f32(2, 24, 24, 8)}, options({1, 1}, same, {5, 5}), op_shape, rule));
}

TEST_CASE("ranks, dtypes and options of the gradients of conv2d", "[ops]") {
    constexpr auto ranks = "image is [n, h, w, c], kernel is [h, w, in, out]";
    constexpr auto plain = options({1, 1}, same, {8, 8});
    STATIC_REQUIRE(refuses<of_image>({f32(5, 5, 3), f32(1, 8, 8, 3)}, plain, op_shape, ranks));
    STATIC_REQUIRE(refuses<of_kernel>({f32(1, 8, 8, 3), f32()}, plain, op_shape, ranks));
    constexpr auto strides = "strides must be at least 1";
    STATIC_REQUIRE(
        refuses<of_image>({f32(5, 5, 1, 1), f32(1, 8, 8, 1)}, options({0, 1}, same, {8, 8}), op_option, strides));
    STATIC_REQUIRE(
        refuses<of_kernel>({f32(1, 8, 8, 1), f32(1, 8, 8, 1)}, options({1, 0}, same, {5, 5}), op_option, strides));
    constexpr auto extents = "height and width must be at least 1";
    STATIC_REQUIRE(
        refuses<of_image>({f32(5, 5, 1, 1), f32(1, 8, 8, 1)}, options({1, 1}, same, {0, 8}), op_option, extents));
    STATIC_REQUIRE(
        refuses<of_kernel>({f32(1, 8, 8, 1), f32(1, 8, 8, 1)}, options({1, 1}, same, {5, -1}), op_option, extents));
    constexpr auto types = "both operands must be float32 or float64";
    STATIC_REQUIRE(refuses<of_image>({f64(5, 5, 1, 1), f32(1, 8, 8, 1)}, plain, op_dtype, types));
    STATIC_REQUIRE(refuses<of_kernel>({i32(1, 8, 8, 1), i32(1, 8, 8, 1)}, plain, op_dtype, types));
    STATIC_REQUIRE(refuses<of_image>({f32(1, 1, 1'000'000, 1), f32(1, 1'000, 1'000, 1)},
                                     options({1, 1}, same, {1'000, 1'000}), op_shape,
                                     "the result would exceed a terabyte"));
}

TEST_CASE("geometry and scratch memory of the gradients of conv2d are those of the convolution", "[ops]") {
    constexpr conv2d_geometry g{2, 9, 7, 3, 4, 2, 5, 5, 7, 2, 1, 1, 0};
    constexpr auto of = []<class Op>(Op, const tensor_spec& first, window_extents result) {
        const tensor_spec operands[] = {first, f32(2, 5, 7, 5)};
        const auto words = to_words(options({2, 1}, same, result));
        const op_call call{operands, 2, words.data()};
        const tensor_spec made = Op::infer(call).result;
        return std::pair{Op::geometry(call, made), Op::scratch_bytes(call, made)};
    };
    STATIC_REQUIRE(of(of_image{}, f32(4, 2, 3, 5), {9, 7}).first == g);
    STATIC_REQUIRE(of(of_kernel{}, f32(2, 9, 7, 3), {4, 2}).first == g);
    // A mirrored kernel; both images between zeros, 8 columns wide.
    STATIC_REQUIRE(of(of_image{}, f32(4, 2, 3, 5), {9, 7}).second == 4 * 2 * 3 * 5 * 4);
    STATIC_REQUIRE(of(of_kernel{}, f32(2, 9, 7, 3), {4, 2}).second == 2 * 9 * 8 * 3 * 4);
}
