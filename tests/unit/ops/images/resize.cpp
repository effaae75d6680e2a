// SPDX-License-Identifier: BSL-1.0

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <vector>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("images take another height and width", "[ops][resize]") {
    constexpr auto to = [](std::int64_t height, std::int64_t width, bool corners = false, bool half = false) {
        return resize_op::attributes_from(height, width, {.align_corners = corners, .half_pixel_centers = half});
    };
    STATIC_REQUIRE(gives<resize_nearest_op>({f32(2, 3, 4, 5)}, to(6, 2), f32(2, 6, 2, 5)));
    STATIC_REQUIRE(gives<resize_nearest_op>({u8(2, 3, 4, 5)}, to(6, 2), u8(2, 6, 2, 5)));
    STATIC_REQUIRE(gives<resize_bilinear_op>({f64(2, 3, 4, 5)}, to(1, 9, true), f64(2, 1, 9, 5)));
    STATIC_REQUIRE(gives<resize_bilinear_gradient_op>({f32(2, 1, 9, 5)}, to(3, 4, false, true), f32(2, 3, 4, 5)));
    STATIC_REQUIRE(refuses<resize_bilinear_op>({f32(3, 4, 5)}, to(1, 1), op_shape, "the image is [n, h, w, c]"));
    STATIC_REQUIRE(
        refuses<resize_bilinear_op>({i32(1, 3, 4, 5)}, to(1, 1), op_dtype, "the image must be float32 or float64"));
    STATIC_REQUIRE(
        refuses<resize_nearest_op>({f32(1, 3, 4, 5)}, to(0, 1), op_option, "height is 0: at least 1"));
    STATIC_REQUIRE(
        refuses<resize_nearest_op>({f32(1, 3, 4, 5)}, to(2, -1), op_option, "width is -1: at least 1"));
    STATIC_REQUIRE(refuses<resize_nearest_op>({f32(1, 3, 4, 5)}, to(2, 2, true, true), op_option,
                                              "align_corners or half_pixel_centers, not both"));
    STATIC_REQUIRE(refuses<resize_nearest_op>({f32(1, 3, 4, 5)}, to(std::int64_t{1} << 62, std::int64_t{1} << 62),
                                              op_shape, "the result would exceed a terabyte"));
    STATIC_REQUIRE(refuses<resize_nearest_gradient_op>({i32(1, 3, 4, 5)}, to(2, 2), op_dtype,
                                                       "the image must be float32 or float64"));
}

namespace {

struct doubled {
    struct outputs {
        tensor nearest, corners, legacy, half, third;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {resize_nearest(x, 1, 4), resize_bilinear(x, 1, 4, {.align_corners = true}), resize_bilinear(x, 1, 4),
                resize_bilinear(x, 1, 4, {.half_pixel_centers = true}),
                resize_nearest(x, 1, 3, {.half_pixel_centers = true})};
    }
};

}  // namespace

TEST_CASE("two pixels as four", "[ops][resize]") {
    model<doubled, input<double, 1, 1, 2, 1>> net(seed{});
    const auto [nearest, corners, legacy, half, third] = net(std::array<double, 2>{0, 12});
    CHECK(elements(nearest) == std::vector<double>{0, 0, 12, 12});
    CHECK(elements(corners) == std::vector<double>{0, 4, 8, 12});
    CHECK(elements(legacy) == std::vector<double>{0, 6, 12, 12});
    CHECK(elements(half) == std::vector<double>{0, 3, 9, 12});
    CHECK(elements(third) == std::vector<double>{0, 12, 12});
}

TEST_CASE("numbers of any dtype take their nearest", "[ops][resize]") {
    struct module {
        constexpr tensor operator()(scope&, const tensor& x) const { return resize_nearest(x, 4, 2); }
    };
    model<module, input<std::uint8_t, 1, 2, 2, 2>> net(seed{});
    const auto y = net(std::array<std::uint8_t, 8>{1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(elements(y) == std::vector<std::uint8_t>{1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8});
}

TEST_CASE("roundings of the nearest pixel", "[ops][resize]") {
    struct module {
        using outputs = std::array<tensor, 5>;
        constexpr outputs operator()(scope&, const tensor& x) const {
            using enum resize_rounding;
            const auto by = [&](resize_rounding rounding, bool half_pixels) {
                return resize_nearest(x, 1, 4, {.half_pixel_centers = half_pixels, .rounding = rounding});
            };
            // Places are 0, 1.5, 3, 4.5 by default, and 0.25, 1.75, 3.25, 4.75 of half pixels.
            return {by(down, false), by(half_down, false), by(half_up, false), by(up, false), by(up, true)};
        }
    };
    model<module, input<double, 1, 1, 6, 1>> net(seed{});
    const auto [down, half_down, half_up, up, up_of_half] = net(std::array<double, 6>{0, 1, 2, 3, 4, 5});
    CHECK(elements(down) == std::vector<double>{0, 1, 3, 4});
    CHECK(elements(half_down) == std::vector<double>{0, 1, 3, 4});
    CHECK(elements(half_up) == std::vector<double>{0, 2, 3, 5});
    CHECK(elements(up) == std::vector<double>{0, 2, 3, 5});
    CHECK(elements(up_of_half) == std::vector<double>{1, 2, 4, 5});
}

TEST_CASE("cubics of a few numbers", "[ops][resize]") {
    STATIC_REQUIRE(gives<resize_bicubic_op>({f32(2, 3, 4, 5)}, resize_op::of_cubic(6, 2, {}), f32(2, 6, 2, 5)));
    STATIC_REQUIRE(refuses<resize_bicubic_op>({i32(2, 3, 4, 5)}, resize_op::of_cubic(6, 2, {}), op_dtype,
                                              "the image must be float32 or float64"));
    STATIC_REQUIRE(refuses<resize_bicubic_op>({f32(2, 3, 4, 5)},
                                              resize_op::of_cubic(6, 2, {.coefficient = math::infinity}), op_option,
                                              "coefficient is infinity: a finite number"));
    struct module {
        struct outputs {
            tensor torch, keys;
        };
        constexpr outputs operator()(scope&, const tensor& x) const {
            return {resize_bicubic(x, 1, 4, {.half_pixel_centers = true}),
                    resize_bicubic(x, 1, 5, {.align_corners = true, .coefficient = -0.5})};
        }
    };
    model<module, input<double, 1, 1, 2, 1>> net(seed{});
    const auto [torch, keys] = net(std::array<double, 2>{0, 64});
    // A quarter of a pixel away, -0.75 gives the four shares -0.10546875, 0.87890625, 0.26171875 and -0.03515625.
    CHECK(elements(torch) == std::vector<double>{-6.75, 14.5, 49.5, 70.75});
    // Half way between, Keys' shares are -1/16, 9/16, 9/16 and -1/16.
    CHECK(std::fabs(elements(keys)[2] - 32) < 1e-12);
    CHECK(elements(keys)[0] == 0);
    CHECK(elements(keys)[4] == 64);
}

TEST_CASE("boxes of images", "[ops][crop_and_resize]") {
    constexpr auto crop = [](std::int64_t height, std::int64_t width) {
        return [=](scope&, auto& x) { return crop_and_resize(x[0], x[1], x[2], height, width); };
    };
    STATIC_REQUIRE(spec_of(crop(7, 5), {f32(2, 8, 9, 3), f32(4, 4), i32(4)}) == f32(4, 7, 5, 3));
    STATIC_REQUIRE(spec_of(crop(1, 1), {f64(2, 8, 9, 3), f64(4, 4), i64(4)}) == f64(4, 1, 1, 3));
    using Catch::Contains;
    CHECK_THAT(refusal(crop(1, 1), {f32(8, 9, 3), f32(4, 4), i32(4)}), Contains("the image is [n, h, w, c]"));
    CHECK_THAT(refusal(crop(1, 1), {f32(1, 8, 9, 3), f64(4, 4), i32(4)}), Contains("image and boxes must be float32"));
    CHECK_THAT(refusal(crop(1, 1), {f32(1, 8, 9, 3), f32(4, 4), f32(4)}), Contains("numbers of images are int32"));
    CHECK_THAT(refusal(crop(1, 1), {f32(1, 8, 9, 3), f32(4, 3), i32(4)}), Contains("boxes are [k, 4]"));
    CHECK_THAT(refusal(crop(1, 1), {f32(1, 8, 9, 3), f32(4, 4), i32(3)}), Contains("numbers of images [k]"));
    CHECK_THAT(refusal(crop(0, 1), {f32(1, 8, 9, 3), f32(4, 4), i32(4)}), Contains("height is 0: at least 1"));
    CHECK_THAT(refusal(crop(1, -1), {f32(1, 8, 9, 3), f32(4, 4), i32(4)}), Contains("width is -1: at least 1"));
    CHECK_THAT(refusal(crop(std::int64_t{1} << 40, 8), {f32(1, 8, 9, 3), f32(4, 4), i32(4)}),
               Contains("would exceed a terabyte"));
    struct module {
        struct outputs {
            tensor between, nearest;
        };
        constexpr outputs operator()(scope&, const tensor& x, const tensor& boxes, const tensor& owner) const {
            return {crop_and_resize(x, boxes, owner, 2, 3, {.extrapolation_value = -1}),
                    crop_and_resize(x, boxes, owner, 2, 3, {.extrapolation_value = -1, .nearest = true})};
        }
    };
    // Two images of 3 x 5 pixels, 10 a line and 1 a column; in the second one 100 more.
    std::vector<double> x;
    for (int n = 0; n < 2; ++n)
        for (int r = 0; r < 3; ++r)
            for (int c = 0; c < 5; ++c) x.push_back(100 * n + 10 * r + c);
    model<module, input<double, 2, 3, 5, 1>, input<double, 4, 4>, input<std::int32_t, 4>> net(seed{});
    const std::vector<double> boxes{0, 0,    1,   1,      // the whole
                                    1, 1,    0.5, 0.25,   // turned over
                                    0, -0.5, 1,   0.5,    // reaches out to the left
                                    0, 0,    1,   1};     // of no image
    const auto [between, nearest] = net(x, boxes, std::array<std::int32_t, 4>{0, 1, 0, 2});
    CHECK(elements(between) == std::vector<double>{0, 2, 4, 20, 22, 24, 124, 122.5, 121, 114, 112.5, 111,
                                                   -1, 0, 2, -1, 20, 22, 0, 0, 0, 0, 0, 0});
    CHECK(elements(nearest) == std::vector<double>{0, 2, 4, 20, 22, 24, 124, 123, 121, 114, 113, 111,
                                                   -1, 0, 2, -1, 20, 22, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("a box of an image that there is not gets zeros, however large its number is", "[ops][crop_and_resize]") {
    struct module {
        constexpr tensor operator()(scope&, const tensor& x, const tensor& boxes, const tensor& owner) const {
            return crop_and_resize(x, boxes, owner, 1, 1);
        }
    };
    // 2^16 pixels an image: in 32 bits the first one of image 65536 is that of image 0. In 64 bits so is 2^32 itself.
    const std::vector<float> x(65536, 7), boxes{0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1};
    using images = input<float, 1, 256, 256, 1>;
    model<module, images, input<float, 4, 4>, input<std::int32_t, 4>> narrow(seed{});
    CHECK(elements(narrow(x, boxes, std::array<std::int32_t, 4>{0, 65536, -65536, 1 << 30})) ==
          std::vector<float>{7, 0, 0, 0});
    model<module, images, input<float, 4, 4>, input<std::int64_t, 4>> wide(seed{});
    CHECK(elements(wide(x, boxes, std::array<std::int64_t, 4>{0, 65536, std::int64_t{1} << 32, -65536})) ==
          std::vector<float>{7, 0, 0, 0});
}
