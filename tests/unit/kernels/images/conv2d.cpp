// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/images/conv2d.hpp>
#include <ambit/kernels/products/gemm.hpp>
#include <ambit/kernels/vectors/scalar.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

struct window {
    std::int64_t batch, height, width, in_channels, kernel_height, kernel_width, out_channels,
        stride_height, stride_width;
};

constexpr conv2d_geometry same(const window& w) {
    conv2d_geometry g{w.batch, w.height, w.width, w.in_channels, w.kernel_height, w.kernel_width,
                      w.out_channels};
    g.stride_height = w.stride_height;
    g.stride_width = w.stride_width;
    g.out_height = (w.height + w.stride_height - 1) / w.stride_height;
    g.out_width = (w.width + w.stride_width - 1) / w.stride_width;
    const std::int64_t rows = (g.out_height - 1) * w.stride_height + w.kernel_height - w.height;
    const std::int64_t columns = (g.out_width - 1) * w.stride_width + w.kernel_width - w.width;
    g.pad_top = rows > 0 ? rows / 2 : 0;
    g.pad_left = columns > 0 ? columns / 2 : 0;
    return g;
}

constexpr conv2d_geometry valid(const window& w) {
    conv2d_geometry g{w.batch, w.height, w.width, w.in_channels, w.kernel_height, w.kernel_width,
                      w.out_channels};
    g.stride_height = w.stride_height;
    g.stride_width = w.stride_width;
    g.out_height = (w.height - w.kernel_height) / w.stride_height + 1;
    g.out_width = (w.width - w.kernel_width) / w.stride_width + 1;
    return g;
}

template <class T>
using conv2d_kernel = void (*)(const conv2d_geometry&, const T* image, const T* weights, T* scratch,
                               const store_epilogue<T>&);

// The only code for each geometry that is known to the compiler.
template <class T, class Geometry>
void run(const conv2d_geometry& g, const T* image, const T* weights, T* scratch, const store_epilogue<T>& epilogue) {
    if constexpr (is_static<Geometry>) conv2d(Geometry{}, image, weights, scratch, epilogue);
    else conv2d(g, image, weights, scratch, epilogue);
}

template <class T> bool is_right_by(conv2d_kernel<T> kernel, const conv2d_geometry& g) {
    const std::int64_t inputs = g.batch * g.in_height * g.in_width * g.in_channels;
    const std::int64_t taps = g.kernel_height * g.kernel_width * g.in_channels, weight_count =
        taps * g.out_channels;
    const std::int64_t outputs = g.batch * g.out_height * g.out_width * g.out_channels;
    const operand<T> image(inputs, 1), weights(weight_count, 2);
    guarded<T> out(outputs);
    scratch_memory<T> scratch(scratch_elements(g));
    kernel(g, image.data(), weights.data(), scratch.data(), store_epilogue<T>{out.data(), g.out_channels});
    std::vector<accumulator<T>> left, right, wanted(static_cast<std::size_t>(outputs)),
        magnitude(wanted.size());
    for (std::int64_t i = 0; i < inputs; ++i) left.push_back(image[i]);
    for (std::int64_t i = 0; i < weight_count; ++i) right.push_back(weights[i]);
    scalar::conv2d<accumulator<T>>(g, left.data(), right.data(), wanted.data());
    for (auto& x : left) x = x < 0 ? -x : x;
    for (auto& x : right) x = x < 0 ? -x : x;
    scalar::conv2d<accumulator<T>>(g, left.data(), right.data(), magnitude.data());
    bool everywhere = out.is_intact();
    for (std::int64_t i = 0; i < outputs; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const auto exact = std::is_integral_v<T> ? static_cast<double>(static_cast<T>(wanted[at]))
                                                 : static_cast<double>(wanted[at]);
        everywhere = everywhere && is_close<T>(out[i], exact, static_cast<double>(magnitude[at]), taps);
    }
    return everywhere;
}
template <class T, class Geometry> bool is_right(Geometry geometry) {
    return is_right_by<T>(run<T, Geometry>, value_of(geometry));
}

}  // namespace

// Extents of run time are float's and bytes' here: laws compute those of double with random graphs.

TEST_CASE("conv2d, taps apart", "[kernels][conv2d]") {
    for (std::int64_t channels : {1, 3, 17, 40})
        for (std::int64_t height : {1, 2, 3})
            for (std::int64_t width : {1, 2, 5}) {
                CAPTURE(channels, height, width);
                window w{2, 9, 13, channels, (3 - 1) * height + 1, (2 - 1) * width + 1, 7, 1, 2};
                conv2d_geometry g = same(w);
                g.kernel_height = 3, g.kernel_width = 2;
                g.dilation_height = height, g.dilation_width = width;
                CHECK(is_right<float>(g));
                w = {1, 7, 20, 3, (2 - 1) * height + 1, (4 - 1) * width + 1, channels, 2, 1};
                g = valid(w);
                g.kernel_height = 2, g.kernel_width = 4;
                g.dilation_height = height, g.dilation_width = width;
                CHECK(is_right<float>(g));
            }
    CHECK(is_right<float>(static_value<conv2d_geometry{1, 9, 9, 16, 3, 3, 32, 9, 9, 1, 1, 2, 2, 2, 2}>{}));
    CHECK(is_right<float>(static_value<conv2d_geometry{1, 1, 40, 8, 1, 3, 5, 1, 40, 1, 1, 0, 16, 1, 8}>{}));
}

TEMPLATE_TEST_CASE("conv2d, run-time extents, every number of output channels", "[kernels][conv2d]", float,
                   std::uint8_t) {
    for (std::int64_t channels = 1; channels <= 35; ++channels) {
        CAPTURE(channels);
        CHECK(is_right<TestType>(same({1, 5, 6, 2, 3, 3, channels, 1, 1})));
        CHECK(is_right<TestType>(valid({2, 5, 6, 3, 2, 3, channels, 1, 2})));
    }
}

TEST_CASE("conv2d, run-time extents, widths, kernels and strides", "[kernels][conv2d]") {
    for (std::int64_t width = 1; width <= 31; ++width)
        for (std::int64_t kernel : {1, 2, 3, 5})
            for (std::int64_t stride : {1, 2, 3}) {
                CAPTURE(width, kernel, stride);
                CHECK(is_right<float>(same({1, 6, width, 3, kernel, kernel, 4, stride, stride})));
                CHECK(is_right<float>(same({1, width, 4, 1, kernel, 1, 8, stride, 1})));
                if (width >= kernel) CHECK(is_right<float>(valid({1, 7, width, 2, kernel, kernel, 5, stride, 1})));
            }
}

TEST_CASE("conv2d, kernels larger than the image and uneven padding", "[kernels][conv2d]") {
    CHECK(is_right<float>(same({2, 2, 3, 3, 7, 7, 6, 1, 1})));
    CHECK(is_right<float>(same({1, 1, 1, 4, 5, 5, 17, 1, 1})));
    conv2d_geometry g = same({1, 6, 6, 2, 3, 3, 4, 1, 1});
    g.pad_top = 3, g.pad_left = 4, g.out_height = 10, g.out_width = 11;
    CHECK(is_right<float>(g));
}

TEMPLATE_TEST_CASE("conv2d, static extents", "[kernels][conv2d]", float, double) {
    CHECK(is_right<TestType>(static_value<same({2, 9, 17, 4, 5, 5, 32, 1, 1})>{}));
    CHECK(is_right<TestType>(static_value<same({1, 8, 15, 3, 3, 3, 8, 2, 2})>{}));
    CHECK(is_right<TestType>(static_value<same({1, 7, 7, 8, 3, 3, 10, 1, 1})>{}));
    CHECK(is_right<TestType>(static_value<valid({1, 9, 9, 5, 3, 2, 3, 1, 1})>{}));
    CHECK(is_right<TestType>(static_value<valid({1, 5, 6, 20, 1, 1, 70, 1, 1})>{}));
    CHECK(is_right<TestType>(static_value<same({1, 3, 2, 3, 5, 5, 1, 1, 1})>{}));
}

TEST_CASE("conv2d, weights copied by the channels of a tile, run-time extents", "[kernels][conv2d]") {
    STATIC_REQUIRE(packs_channels(same({2, 6, 7, 3, 3, 3, 33, 1, 1})));
    for (std::int64_t channels = 33; channels <= 70; ++channels) {
        CAPTURE(channels);
        CHECK(is_right<float>(same({2, 6, 7, 3, 3, 3, channels, 1, 1})));
    }
}

TEMPLATE_TEST_CASE("conv2d, weights copied by the channels of a tile", "[kernels][conv2d]", float, double,
                   std::int32_t) {
    CHECK(is_right<TestType>(static_value<same({2, 6, 14, 3, 3, 3, 64, 1, 1})>{}));
    CHECK(is_right<TestType>(static_value<same({1, 9, 9, 2, 3, 2, 75, 1, 1})>{}));
}

TEST_CASE("conv2d, static extents, integers", "[kernels][conv2d]") {
    CHECK(is_right<std::int32_t>(static_value<same({1, 6, 7, 3, 3, 3, 19, 1, 1})>{}));
    CHECK(is_right<std::uint8_t>(static_value<same({1, 6, 7, 3, 3, 3, 5, 1, 2})>{}));
}

TEST_CASE("conv2d of thousands of channels", "[kernels][conv2d]") {
    constexpr conv2d_geometry g{1, 3, 3, 20'000, 3, 3, 5, 3, 3, 1, 1, 1, 1};
    const std::vector<float> image(std::size_t(9 * g.in_channels), 0.7f);
    const std::vector<float> weights(std::size_t(45 * g.in_channels), 0.3f);
    std::vector<float> out(45);
    conv2d(g, image.data(), weights.data(), static_cast<float*>(nullptr), store_epilogue<float>{out.data(), 5});
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double taps = (i / 15 == 1 ? 3 : 2) * (i / 5 % 3 == 1 ? 3 : 2);
        const double wanted = double(0.7f) * double(0.3f) * taps * double(g.in_channels);
        CHECK(std::fabs(double(out[i]) - wanted) < 3e-6 * wanted);
    }
}
