// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/images/depthwise_conv2d.hpp>
#include <ambit/kernels/vectors/scalar.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

constexpr conv2d_geometry same(std::int64_t batch, std::int64_t height, std::int64_t width, std::int64_t channels,
                               std::int64_t kernel_height, std::int64_t kernel_width, std::int64_t stride_height,
                               std::int64_t stride_width) {
    conv2d_geometry g{batch, height, width, channels, kernel_height, kernel_width, channels};
    g.stride_height = stride_height;
    g.stride_width = stride_width;
    g.out_height = (height + stride_height - 1) / stride_height;
    g.out_width = (width + stride_width - 1) / stride_width;
    const std::int64_t rows = (g.out_height - 1) * stride_height + kernel_height - height;
    const std::int64_t columns = (g.out_width - 1) * stride_width + kernel_width - width;
    g.pad_top = rows > 0 ? rows / 2 : 0;
    g.pad_left = columns > 0 ? columns / 2 : 0;
    return g;
}

constexpr conv2d_geometry valid(conv2d_geometry g) {
    g.out_height = (g.in_height - g.kernel_height) / g.stride_height + 1;
    g.out_width = (g.in_width - g.kernel_width) / g.stride_width + 1;
    g.pad_top = g.pad_left = 0;
    return g;
}

// All three against one loop over the taps that meet.
template <class T, class Geometry> bool is_right(Geometry geometry) {
    const conv2d_geometry g = value_of(geometry);
    const std::int64_t c = g.in_channels, inputs = g.batch * g.in_height * g.in_width * c;
    const std::int64_t taps = g.kernel_height * g.kernel_width, outputs = g.batch * g.out_height * g.out_width * c;
    const operand<T> image(inputs, 1), weights(taps * c, 2), upstream(outputs, 3);
    guarded<T> out(outputs), by_image(inputs), by_kernel(taps * c);
    depthwise_conv2d(geometry, image.data(), weights.data(), out.data());
    depthwise_image_gradient(geometry, weights.data(), upstream.data(), by_image.data());
    scratch_memory<T> scratch(depthwise_gradient_scratch(g));
    depthwise_kernel_gradient(geometry, image.data(), upstream.data(), scratch.data(), by_kernel.data());
    struct sums {
        std::vector<double> value, magnitude;
        explicit sums(std::int64_t count) : value(std::size_t(count)), magnitude(value.size()) {}
        void add(std::int64_t at, T a, T b) {
            value[std::size_t(at)] += double(a) * double(b);
            magnitude[std::size_t(at)] += std::fabs(double(a) * double(b));
        }
        bool agree(const guarded<T>& with, std::int64_t terms) const {
            bool everywhere = with.is_intact();
            for (std::size_t i = 0; i < value.size(); ++i)
                everywhere = everywhere && is_close<T>(with[std::int64_t(i)], value[i], magnitude[i], terms);
            return everywhere;
        }
    } wanted(outputs), wanted_by_image(inputs), wanted_by_kernel(taps * c);
    scalar::for_taps(g, [&](std::int64_t pixel, std::int64_t place, std::int64_t tap) {
        for (std::int64_t k = 0; k < c; ++k) {
            wanted.add(place * c + k, image[pixel * c + k], weights[tap * c + k]);
            wanted_by_image.add(pixel * c + k, upstream[place * c + k], weights[tap * c + k]);
            wanted_by_kernel.add(tap * c + k, upstream[place * c + k], image[pixel * c + k]);
        }
    });
    return wanted.agree(out, taps) && wanted_by_image.agree(by_image, taps) &&
           wanted_by_kernel.agree(by_kernel, g.batch * g.out_height * g.out_width);
}

}  // namespace

TEMPLATE_TEST_CASE("depthwise convolution, every number of channels", "[kernels][depthwise_conv2d]", float, double) {
    for (std::int64_t channels = 1; channels <= 35; ++channels) {
        CAPTURE(channels);
        CHECK(is_right<TestType>(same(2, 4, 5, channels, 3, 3, 1, 1)));
        CHECK(is_right<TestType>(valid(same(1, 5, 6, channels, 2, 3, 1, 2))));
    }
}

TEST_CASE("depthwise convolution, widths, kernels and strides", "[kernels][depthwise_conv2d]") {
    for (std::int64_t width = 1; width <= 17; ++width)
        for (std::int64_t kernel : {1, 2, 3, 5, 7})
            for (std::int64_t stride : {1, 2, 3}) {
                CAPTURE(width, kernel, stride);
                CHECK(is_right<float>(same(1, 6, width, 3, kernel, kernel, stride, stride)));
                CHECK(is_right<double>(same(2, width, 2, 5, kernel, 2, stride, 1)));
                if (width >= kernel) CHECK(is_right<float>(valid(same(1, 7, width, 2, kernel, kernel, stride, 1))));
            }
}

namespace {

// Taps apart: the places of a window as large as they reach.
constexpr conv2d_geometry apart(conv2d_geometry g, std::int64_t height, std::int64_t width) {
    conv2d_geometry wide = g;
    wide.kernel_height = (g.kernel_height - 1) * height + 1;
    wide.kernel_width = (g.kernel_width - 1) * width + 1;
    wide = valid(wide);
    wide.kernel_height = g.kernel_height, wide.kernel_width = g.kernel_width;
    wide.dilation_height = height, wide.dilation_width = width;
    return wide;
}

// With padding of so many pixels to the top and left, and as many places more.
constexpr conv2d_geometry padded(conv2d_geometry g, std::int64_t top, std::int64_t left) {
    g.pad_top = top, g.pad_left = left;
    g.out_height += top / g.stride_height, g.out_width += left / g.stride_width;
    return g;
}

}  // namespace

TEST_CASE("depthwise convolution, taps apart", "[kernels][depthwise_conv2d]") {
    for (std::int64_t channels : {1, 5, 19})
        for (std::int64_t height : {1, 2, 3})
            for (std::int64_t width : {1, 2, 4}) {
                CAPTURE(channels, height, width);
                const std::int64_t down = height == 1 ? 2 : 1, right = width == 1 ? 3 : 1;
                const conv2d_geometry g = apart(same(2, 9, 13, channels, 3, 2, down, right), height, width);
                CHECK(is_right<float>(g));
                CHECK(is_right<double>(padded(g, 3, 5)));
                CHECK(is_right<float>(padded(apart(same(1, 8, 10, channels, 2, 3, 1, 1), height, width), 1, 4)));
            }
    CHECK(is_right<float>(static_value<apart(same(1, 9, 9, 16, 3, 3, 1, 1), 2, 3)>{}));
}

TEMPLATE_TEST_CASE("depthwise convolution, static extents", "[kernels][depthwise_conv2d]", float, double) {
    CHECK(is_right<TestType>(static_value<same(2, 9, 17, 32, 3, 3, 1, 1)>{}));
    CHECK(is_right<TestType>(static_value<same(1, 8, 15, 3, 5, 5, 2, 2)>{}));
    CHECK(is_right<TestType>(static_value<valid(same(1, 9, 9, 21, 3, 2, 1, 2))>{}));
}

TEST_CASE("the kernel's gradient over hundreds of thousands of pixels", "[kernels][depthwise_conv2d]") {
    for (const conv2d_geometry& g :
         {valid({3'000, 12, 12, 3, 3, 3, 3}), valid({1, 3, 200'002, 2, 3, 3, 2}), valid({2, 200'002, 3, 2, 3, 3, 2})}) {
        const std::vector<float> image(std::size_t(g.batch * g.in_height * g.in_width * g.in_channels), 0.7f);
        const std::vector<float> upstream(std::size_t(g.batch * g.out_height * g.out_width * g.in_channels), 0.3f);
        std::vector<float> out(std::size_t(9 * g.in_channels));
        scratch_memory<float> scratch(depthwise_gradient_scratch(g));
        depthwise_kernel_gradient(g, image.data(), upstream.data(), scratch.data(), out.data());
        const double wanted = double(0.7f) * double(0.3f) * double(g.batch * g.out_height * g.out_width);
        for (const float sum : out) REQUIRE(std::fabs(double(sum) - wanted) < 3e-6 * wanted);
    }
}

TEST_CASE("a kernel of ninety thousand taps", "[kernels][depthwise_conv2d]") {
    const conv2d_geometry g = valid({1, 300, 303, 3, 299, 297, 3});  // a run of six pixels, and one alone
    const std::vector<float> image(std::size_t(g.in_height * g.in_width * 3), 0.7f);
    const std::vector<float> weights(std::size_t(g.kernel_height * g.kernel_width * 3), 0.3f);
    std::vector<float> out(std::size_t(g.out_height * g.out_width * 3));
    depthwise_conv2d(g, image.data(), weights.data(), out.data());
    const double wanted = double(0.7f) * double(0.3f) * double(g.kernel_height * g.kernel_width);
    for (const float sum : out) REQUIRE(std::fabs(double(sum) - wanted) < 3e-6 * wanted);
}
