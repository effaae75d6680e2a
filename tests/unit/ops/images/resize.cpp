// SPDX-License-Identifier: BSL-1.0

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>

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
