// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr conv2d_op::attributes options(std::int64_t height, std::int64_t width, const padding_option& padding) {
    return {height, width, padding};
}

}  // namespace

TEST_CASE("conv2d slides a kernel over images", "[ops]") {
    STATIC_REQUIRE(
        gives<conv2d_op>({f32(2, 28, 28, 3), f32(5, 5, 3, 8)}, options(1, 1, valid), f32(2, 24, 24, 8)));
    STATIC_REQUIRE(
        gives<conv2d_op>({f32(2, 28, 28, 3), f32(5, 5, 3, 8)}, options(1, 1, same), f32(2, 28, 28, 8)));
    STATIC_REQUIRE(
        gives<conv2d_op>({f32(1, 9, 7, 3), f32(3, 2, 3, 1)}, options(2, 3, valid), f32(1, 4, 2, 1)));
    STATIC_REQUIRE(
        gives<conv2d_op>({f32(1, 9, 7, 3), f32(3, 2, 3, 1)}, options(2, 3, same), f32(1, 5, 3, 1)));
    STATIC_REQUIRE(
        gives<conv2d_op>({f64(1, 1, 1, 1), f64(3, 3, 1, 1)}, options(1, 1, same), f64(1, 1, 1, 1)));
}

TEST_CASE("how images and kernels lie is said where they seem to lie in another way", "[ops]") {
    const auto hint = [](const tensor_spec& image, const tensor_spec& kernel) {
        return infer<conv2d_op>({image, kernel}, options(1, 1, same)).hint;
    };
    STATIC_REQUIRE(hint(f32(1, 3, 8, 8), f32(5, 5, 3, 4)) ==
                   "images are [n, h, w, c]: transpose(image, {0, 2, 3, 1}) makes them of [n, c, h, w]");
    STATIC_REQUIRE(hint(f32(1, 8, 8, 3), f32(4, 3, 5, 5)) ==
                   "kernels are [h, w, in, out]: transpose(kernel, {2, 3, 1, 0}) makes them of [out, in, h, w]");
    STATIC_REQUIRE(hint(f32(1, 8, 8, 3), f32(5, 5, 1, 4)) == "images are [n, h, w, c], kernels [h, w, in, out]: c is in");
    STATIC_REQUIRE(hint(f32(8, 8, 3), f32(5, 5, 3, 4)) ==
                   "expand_dims(image, 0) adds a batch of 1, expand_dims(image, -1) a channel");
    STATIC_REQUIRE(hint(f32(8, 64), f32(5, 5, 3, 4)) == "reshape(x, {n, h, w, c}) makes images of rows");
    STATIC_REQUIRE(hint(f32(1, 8, 8, 3), f32(5, 3, 4)).empty());
}

TEST_CASE("conv2d refuses operands of another rank", "[ops]") {
    constexpr auto rule = "image is [n, h, w, c], kernel is [h, w, in, out]";
    STATIC_REQUIRE(
        refuses<conv2d_op>({f32(28, 28, 3), f32(5, 5, 3, 8)}, options(1, 1, valid), op_shape, rule));
    STATIC_REQUIRE(
        refuses<conv2d_op>({f32(1, 28, 28, 3), f32(5, 5, 3)}, options(1, 1, valid), op_shape, rule));
    STATIC_REQUIRE(refuses<conv2d_op>({f32(), f32()}, options(1, 1, valid), op_shape, rule));
}

TEST_CASE("channels of image and kernel agree", "[ops]") {
    constexpr auto rule = "channels of the image must be the kernel's third extent";
    STATIC_REQUIRE(
        refuses<conv2d_op>({f32(1, 8, 8, 3), f32(5, 5, 4, 8)}, options(1, 1, same), op_shape, rule));
    STATIC_REQUIRE(
        refuses<conv2d_op>({f32(1, 8, 8, 3), f32(5, 5, 1, 3)}, options(1, 1, same), op_shape, rule));
}

TEST_CASE("a valid kernel fits into the image", "[ops]") {
    constexpr auto rule = "the kernel is larger than the image: pad with same";
    STATIC_REQUIRE(
        refuses<conv2d_op>({f32(1, 4, 8, 1), f32(5, 5, 1, 1)}, options(1, 1, valid), op_shape, rule));
    STATIC_REQUIRE(
        refuses<conv2d_op>({f32(1, 8, 4, 1), f32(5, 5, 1, 1)}, options(1, 1, valid), op_shape, rule));
    STATIC_REQUIRE(
        gives<conv2d_op>({f32(1, 4, 8, 1), f32(5, 5, 1, 1)}, options(1, 1, same), f32(1, 4, 8, 1)));
}

TEST_CASE("strides and dtypes of conv2d", "[ops]") {
    STATIC_REQUIRE(refuses<conv2d_op>({f32(1, 8, 8, 1), f32(5, 5, 1, 1)}, options(0, 1, valid), op_option,
                                      "strides is 0: at least 1"));
    STATIC_REQUIRE(refuses<conv2d_op>({f32(1, 8, 8, 1), f32(5, 5, 1, 1)}, options(1, -1, valid), op_option,
                                      "strides is -1: at least 1"));
    constexpr auto rule = "image and kernel must be float32 or float64, both";
    STATIC_REQUIRE(
        refuses<conv2d_op>({i32(1, 8, 8, 1), i32(5, 5, 1, 1)}, options(1, 1, valid), op_dtype, rule));
    STATIC_REQUIRE(
        refuses<conv2d_op>({u8(1, 8, 8, 1), f32(5, 5, 1, 1)}, options(1, 1, valid), op_dtype, rule));
    STATIC_REQUIRE(
        refuses<conv2d_op>({f32(1, 8, 8, 1), f64(5, 5, 1, 1)}, options(1, 1, valid), op_dtype, rule));
    STATIC_REQUIRE(refuses<conv2d_op>({f32(100000, 100, 100, 1), f32(1, 1, 1, 1000)}, options(1, 1, valid),
                                      op_shape, "the result would exceed a terabyte"));
}

TEST_CASE("explicit pads of conv2d", "[ops]") {
    STATIC_REQUIRE(
        gives<conv2d_op>({f32(1, 8, 6, 3), f32(3, 3, 3, 2)}, options(2, 2, explicit_pads(1)), f32(1, 4, 3, 2)));
    STATIC_REQUIRE(gives<conv2d_op>({f32(1, 8, 6, 3), f32(3, 3, 3, 2)}, options(1, 1, explicit_pads(0, 1, 2, 3)),
                                    f32(1, 7, 9, 2)));
    const auto refused = [](const padding_option& padding, std::string_view rule) {
        return refuses<conv2d_op>({f32(1, 8, 8, 1), f32(5, 5, 1, 1)}, options(1, 1, padding), op_option, rule) &&
               refuses<depthwise_conv2d_op>({f32(1, 8, 8, 1), f32(5, 5, 1, 1)},
                                            depthwise_op::attributes{1, 1, padding, 0, 0}, op_option, rule) &&
               refuses<conv2d_image_gradient_op>({f32(5, 5, 1, 1), f32(1, 8, 8, 1)},
                                                 conv2d_gradient_op::attributes{1, 1, padding, 8, 8}, op_option, rule);
    };
    STATIC_REQUIRE(refused(explicit_pads(-1), "padding is -1: at least 0"));
    STATIC_REQUIRE(refused(explicit_pads(0, 0, 0, -2), "padding is -2: at least 0"));
    STATIC_REQUIRE(refused(explicit_pads(0, std::int64_t{1} << 62, 0, 0),
                           "padding is 4611686018427387904: at most 1099511627776"));
    STATIC_REQUIRE(refuses<conv2d_op>({f32(1, 8, 8, 1), f32(5, 5, 1, 1)}, options(1, 1, explicit_pads(std::int64_t{1} << 40)),
                                      op_shape, "the result would exceed a terabyte"));
    STATIC_REQUIRE(refuses<conv2d_op>({f32(1, 2, 8, 1), f32(5, 5, 1, 1)}, options(1, 1, explicit_pads(1)), op_shape,
                                      "the kernel is larger than the image: pad with same"));
}

TEST_CASE("geometry of conv2d", "[ops]") {
    constexpr conv2d_geometry g = [] {
        const tensor_spec operands[] = {f32(2, 9, 7, 3), f32(4, 2, 3, 5)};
        const auto words = to_words(options(2, 1, same));
        const op_call call{operands, 2, words.data()};
        return conv2d_op::geometry(call, conv2d_op::infer(call).result);
    }();
    STATIC_REQUIRE(g == conv2d_geometry{2, 9, 7, 3, 4, 2, 5, 5, 7, 2, 1, 1, 0});
}

TEST_CASE("conv2d has strides of 1 and no padding by default", "[ops]") {
    STATIC_REQUIRE(conv2d_options{}.strides.height == 1);
    STATIC_REQUIRE(conv2d_options{}.strides.width == 1);
    STATIC_REQUIRE(conv2d_options{}.padding == valid);
}
