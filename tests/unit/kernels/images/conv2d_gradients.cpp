// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/images/conv2d_image_gradient.hpp>
#include <ambit/kernels/images/conv2d_kernel_gradient.hpp>
#include <ambit/kernels/products/gemm.hpp>
#include <ambit/kernels/vectors/scalar.hpp>
#include <ambit/ops/images/window.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

struct window {
    std::int64_t batch, height, width, in_channels, kernel_height, kernel_width, out_channels;
    std::int64_t stride_height, stride_width;
};

constexpr conv2d_geometry geometry_of(const window& w, const line_padding_option& padding) {
    const window_places lines = places_of_window(w.height, w.kernel_height, w.stride_height, padding);
    const window_places columns = places_of_window(w.width, w.kernel_width, w.stride_width, padding);
    return {w.batch,     w.height,     w.width,       w.in_channels,   w.kernel_height, w.kernel_width, w.out_channels,
            lines.count, columns.count, w.stride_height, w.stride_width, lines.before,    columns.before};
}
constexpr conv2d_geometry padded(const window& w) { return geometry_of(w, padding_mode::same); }
constexpr conv2d_geometry unpadded(const window& w) { return geometry_of(w, padding_mode::valid); }

using reference = void (*)(const conv2d_geometry&, const double*, const double*, double*);

// Whether `out` is what `wanted_of(g, left, right, result)` makes of both operands in double.
template <class T>
bool is_sum(const conv2d_geometry& g, const guarded<T>& out, const operand<T>& left, std::int64_t left_count,
            const operand<T>& right, std::int64_t right_count, std::int64_t terms, reference wanted_of) {
    std::vector<double> a(left.data(), left.data() + left_count), b(right.data(), right.data() + right_count);
    std::vector<double> wanted(static_cast<std::size_t>(out.size())), magnitude(wanted.size());
    wanted_of(g, a.data(), b.data(), wanted.data());
    for (double& x : a) x = std::fabs(x);
    for (double& x : b) x = std::fabs(x);
    wanted_of(g, a.data(), b.data(), magnitude.data());
    bool everywhere = out.is_intact();
    for (std::int64_t i = 0; i < out.size(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        everywhere = everywhere && is_close<T>(out[i], wanted[at], magnitude[at], terms);
    }
    return everywhere;
}

template <class T> using gradient_kernels = void (*)(const conv2d_geometry&, const T* image, const T* kernel,
                                                     const T* upstream, T* scratch, T* by_image, T* by_kernel);

// The only code for each geometry that is known to the compiler.
template <class T, class Geometry>
void run_both(const conv2d_geometry& g, const T* image, const T* kernel, const T* upstream, T* scratch, T* by_image,
              T* by_kernel) {
    Geometry geometry{};
    if constexpr (!is_static<Geometry>) geometry = g;
    conv2d_image_gradient(geometry, kernel, upstream, scratch, store_epilogue<T>{by_image, g.in_channels});
    conv2d_kernel_gradient(geometry, image, upstream, scratch, by_kernel);
}

template <class T> bool are_right_by(gradient_kernels<T> run, const conv2d_geometry& g) {
    const std::int64_t images = g.batch * g.in_height * g.in_width * g.in_channels;
    const std::int64_t weights = g.kernel_height * g.kernel_width * g.in_channels * g.out_channels;
    const std::int64_t pixels = g.batch * g.out_height * g.out_width, results = pixels * g.out_channels;
    const operand<T> image(images, 1), kernel(weights, 2), upstream(results, 3);
    guarded<T> by_image(images), by_kernel(weights);
    scratch_memory<T> scratch(std::max(image_gradient_scratch(g), kernel_gradient_scratch(g)));
    run(g, image.data(), kernel.data(), upstream.data(), scratch.data(), by_image.data(), by_kernel.data());
    const std::int64_t terms = g.kernel_height * g.kernel_width * g.out_channels;
    return is_sum<T>(g, by_image, kernel, weights, upstream, results, terms, scalar::conv2d_image_gradient<double>) &&
           is_sum<T>(g, by_kernel, image, images, upstream, results, pixels, scalar::conv2d_kernel_gradient<double>);
}
template <class T, class Geometry> bool are_right(Geometry geometry) {
    return are_right_by<T>(run_both<T, Geometry>, value_of(geometry));
}

}  // namespace

// Extents of run time are float's here: laws compute those of double with random graphs.
TEST_CASE("gradients of conv2d, run-time extents, every number of channels", "[kernels][conv2d_gradients]") {
    for (std::int64_t channels = 1; channels <= 35; ++channels) {
        CAPTURE(channels);
        CHECK(are_right<float>(padded({1, 5, 6, 2, 3, 3, channels, 1, 1})));
        CHECK(are_right<float>(unpadded({2, 5, 6, 3, 2, 3, channels, 1, 2})));
        CHECK(are_right<float>(padded({1, 5, 6, channels, 3, 3, 2, 1, 1})));
        CHECK(are_right<float>(padded({2, 6, 9, 3, 3, 5, channels, 2, 1})));
        CHECK(are_right<float>(unpadded({2, 5, 6, channels, 2, 3, 3, 2, 1})));
        CHECK(are_right<float>(padded({2, 5, 7, channels, 3, 4, channels, 2, 2})));
    }
}

TEST_CASE("gradients of conv2d, run-time extents, widths, kernels and strides", "[kernels][conv2d_gradients]") {
    for (std::int64_t width = 1; width <= 31; ++width)
        for (std::int64_t kernel : {1, 2, 3, 5})
            for (std::int64_t stride : {1, 2, 3, 5}) {
                CAPTURE(width, kernel, stride);
                CHECK(are_right<float>(padded({1, 6, width, 3, kernel, kernel, 4, stride, stride})));
                CHECK(are_right<float>(padded({3, width, 4, 9, kernel, 1, 8, stride, 1})));
                CHECK(are_right<float>(padded({1, 3, width, 8, 2, kernel, 3, 1, stride})));
                if (width < kernel) continue;
                CHECK(are_right<float>(unpadded({1, 7, width, 2, kernel, kernel, 5, stride, 1})));
                CHECK(are_right<float>(unpadded({2, width, 5, 10, kernel, 2, 3, stride, stride})));
            }
}

TEST_CASE("gradients of conv2d, more input channels than a tile has", "[kernels][conv2d_gradients]") {
    for (std::int64_t channels : {33, 48, 70}) {
        CAPTURE(channels);
        CHECK(are_right<float>(padded({2, 6, 7, channels, 3, 3, 5, 1, 1})));
        CHECK(are_right<float>(padded({1, 16, 9, channels, 3, 4, 3, 2, 1})));
    }
    CHECK(are_right<float>(static_value<padded({2, 6, 7, 64, 3, 3, 9, 1, 1})>{}));
    CHECK(are_right<float>(static_value<padded({1, 16, 18, 35, 3, 3, 4, 2, 2})>{}));
}

TEST_CASE("gradients of conv2d, kernels larger than the image and uneven padding", "[kernels][conv2d_gradients]") {
    for (std::int64_t channels : {2, 12}) {
        CHECK(are_right<float>(padded({2, 2, 3, channels, 7, 7, 6, 1, 1})));
        CHECK(are_right<float>(padded({1, 1, 1, channels, 5, 5, 17, 1, 1})));
        CHECK(are_right<float>(padded({1, 2, 1, channels, 5, 5, 17, 3, 2})));
        CHECK(are_right<float>(padded({2, 2, 3, 1, 7, 7, 16 + channels, 1, 1})));
        conv2d_geometry g = padded({1, 6, 6, channels, 3, 3, 2 * channels, 1, 1});
        g.pad_top = 3, g.pad_left = 4, g.out_height = 10, g.out_width = 11;
        CHECK(are_right<float>(g));
    }
}

TEST_CASE("gradients of conv2d, pads by number, further than the kernel", "[kernels][conv2d_gradients]") {
    for (std::int64_t before : {0, 1, 2, 5})
        for (std::int64_t after : {0, 1, 6})
            for (std::int64_t stride : {1, 2, 7})
                for (std::int64_t channels : {1, 9}) {
                    CAPTURE(before, after, stride, channels);
                    const line_padding_option pads = explicit_pads(before, after);
                    CHECK(are_right<float>(geometry_of({2, 4, 6, channels, 3, 2, 5, stride, stride}, pads)));
                    CHECK(are_right<float>(geometry_of({1, 3, 2, channels, 1, 2, 3, 1, stride}, pads)));
                    CHECK(are_right<float>(geometry_of({1, 3, 3, 2, 3, 3, channels, stride, 1}, pads)));
                }
    CHECK(are_right<float>(static_value<geometry_of({1, 8, 8, 9, 3, 3, 17, 2, 2}, explicit_pads(1, 1))>{}));
}

namespace {

// Taps apart, along an axis only where it has no strides.
constexpr conv2d_geometry apart(const window& w, std::int64_t height, std::int64_t width,
                                const line_padding_option& padding) {
    window wide = w;
    wide.kernel_height = (w.kernel_height - 1) * height + 1;
    wide.kernel_width = (w.kernel_width - 1) * width + 1;
    conv2d_geometry g = geometry_of(wide, padding);
    g.kernel_height = w.kernel_height, g.kernel_width = w.kernel_width;
    g.dilation_height = height, g.dilation_width = width;
    return g;
}

}  // namespace

TEST_CASE("gradients of conv2d, taps apart", "[kernels][conv2d_gradients]") {
    for (std::int64_t height : {1, 2, 3})
        for (std::int64_t width : {1, 2, 5})
            for (std::int64_t channels : {1, 3, 9, 35}) {
                CAPTURE(height, width, channels);
                const std::int64_t down = height == 1 ? 2 : 1, right = width == 1 ? 3 : 1;
                CHECK(are_right<float>(apart({2, 8, 11, channels, 3, 3, 5, 1, 1}, height, width, valid)));
                CHECK(are_right<float>(apart({1, 7, 9, 3, 3, 2, channels, down, right}, height, width, same)));
                CHECK(are_right<float>(apart({1, 4, 3, 2, 3, 4, channels, down, 1}, height, width, same)));
                CHECK(are_right<float>(apart({1, 5, 6, channels, 2, 3, 17, 1, right}, height, width, explicit_pads(7, 4))));
            }
    CHECK(are_right<float>(static_value<apart({1, 9, 9, 16, 3, 3, 16, 1, 1}, 2, 2, same)>{}));
    CHECK(are_right<float>(static_value<apart({2, 9, 9, 3, 3, 3, 9, 1, 2}, 3, 1, same)>{}));
    CHECK(are_right<double>(static_value<apart({1, 1, 19, 5, 1, 3, 7, 1, 1}, 1, 4, valid)>{}));
}

TEST_CASE("gradients of conv2d, batches and images of many blocks", "[kernels][conv2d_gradients]") {
    CHECK(are_right<float>(padded({37, 5, 6, 3, 3, 3, 5, 1, 1})));
    CHECK(are_right<float>(padded({37, 5, 6, 9, 3, 3, 5, 1, 1})));
    CHECK(are_right<float>(padded({2, 41, 13, 2, 5, 5, 5, 1, 1})));
    CHECK(are_right<float>(padded({2, 41, 13, 8, 5, 5, 5, 2, 1})));
    CHECK(are_right<float>(padded({1, 5, 300, 8, 3, 5, 5, 1, 1})));
    CHECK(are_right<float>(padded({5, 16, 16, 128, 3, 3, 130, 1, 1})));
}

TEMPLATE_TEST_CASE("gradients of conv2d, static extents", "[kernels][conv2d_gradients]", float, double) {
    CHECK(are_right<TestType>(static_value<padded({2, 9, 17, 4, 5, 5, 32, 1, 1})>{}));
    CHECK(are_right<TestType>(static_value<padded({1, 8, 15, 3, 3, 3, 8, 2, 2})>{}));
    CHECK(are_right<TestType>(static_value<padded({1, 7, 7, 8, 3, 3, 10, 1, 1})>{}));
    CHECK(are_right<TestType>(static_value<padded({1, 5, 6, 20, 1, 1, 17, 2, 2})>{}));
    CHECK(are_right<TestType>(static_value<unpadded({2, 7, 9, 3, 3, 3, 19, 2, 2})>{}));
}

TEST_CASE("gradients of conv2d, static extents of few pixels, taps or channels", "[kernels][conv2d_gradients]") {
    CHECK(are_right<float>(static_value<unpadded({1, 9, 9, 5, 3, 2, 3, 1, 1})>{}));
    CHECK(are_right<float>(static_value<unpadded({1, 5, 6, 20, 1, 1, 70, 1, 1})>{}));
    CHECK(are_right<float>(static_value<padded({1, 11, 7, 2, 2, 2, 3, 3, 3})>{}));
    CHECK(are_right<float>(static_value<padded({1, 3, 2, 3, 5, 5, 1, 1, 1})>{}));
    CHECK(are_right<float>(static_value<padded({2, 7, 9, 1, 5, 5, 32, 1, 1})>{}));
}

TEST_CASE("gradients of conv2d over hundreds of thousands of pixels, and of channels", "[kernels][conv2d_gradients]") {
    const auto check = [](const conv2d_geometry& g) {
        const std::vector<float> image(std::size_t(g.batch * g.in_height * g.in_width * g.in_channels), 0.7f);
        const std::vector<float> upstream(std::size_t(g.batch * g.out_height * g.out_width * g.out_channels), 0.3f);
        std::vector<float> out(std::size_t(g.kernel_height * g.kernel_width * g.in_channels * g.out_channels));
        scratch_memory<float> scratch(kernel_gradient_scratch(g));
        conv2d_kernel_gradient(g, image.data(), upstream.data(), scratch.data(), out.data());
        const double wanted = double(0.7f) * double(0.3f) * double(g.batch * g.out_height * g.out_width);
        for (const float sum : out) REQUIRE(std::fabs(double(sum) - wanted) < 2e-6 * wanted);
    };
    // Lines longer than a block, whose rest is one too; lines of which two would be too many for a block.
    for (std::int64_t channels = 1; channels <= 8; ++channels) {
        check({1, 22, 1'004, channels, 3, 3, 5, 20, 1'002, 1, 1, 0, 0});
        check({20, 7, 102, channels, 3, 3, 5, 5, 100, 1, 1, 0, 0});
    }
    check({3'000, 12, 12, 1, 3, 3, 5, 10, 10, 1, 1, 0, 0});
    check({1, 3, 200'002, 2, 3, 3, 3, 1, 200'000, 1, 1, 0, 0});
    check({1, 40, 40, 363, 1, 1, 363, 40, 40, 1, 1, 0, 0});  // a kernel larger than a cache: blocks of a thousand
    constexpr conv2d_geometry few{1, 2, 2, 3, 2, 2, 60'000, 1, 1, 1, 1, 0, 0};
    const std::vector<float> weights(std::size_t(12 * few.out_channels), 0.7f);
    const std::vector<float> upstream(std::size_t(few.out_channels), 0.3f);
    std::vector<float> out(12);
    scratch_memory<float> scratch(image_gradient_scratch(few));
    conv2d_image_gradient(few, weights.data(), upstream.data(), scratch.data(), store_epilogue<float>{out.data(), 3});
    const double wanted = double(0.7f) * double(0.3f) * double(few.out_channels);
    for (const float sum : out) CHECK(std::fabs(double(sum) - wanted) < 3e-6 * wanted);
}
