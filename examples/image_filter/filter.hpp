// SPDX-License-Identifier: BSL-1.0
// The model: two images through one shared filter of two layers. The first blurs each colour; the second lights
// the blurred image from three sides, with a red, a green and a blue lamp, so that the colour of an edge is its
// direction.
//
//     filter net(seed{1});
//     auto [blurred, edges] = net.run<&two_images::outputs::blurred1, &two_images::outputs::edges1>(tile);
#pragma once

#include <ambit/ambit.hpp>

#include <cstdint>

namespace image_filter {

using namespace ambit;

inline constexpr std::int64_t blur_extent = 9;  // of the first kernel, odd
inline constexpr std::int64_t edge_extent = 3;  // of the second, odd
inline constexpr double blur_width = 2;  // standard deviation in pixels
inline constexpr double edge_gain = 12;  // a step from black to white, blurred, has a slope of 0.2 a pixel
inline constexpr double edge_threshold = 0.03;  // slopes below it, after the gain, are noise and stay black

/// Pixels of the result that one call computes, a square of them.
inline constexpr std::int64_t tile = 128;

/// How far the result looks beyond its own pixels: no padding, so that tiles fit without seams.
inline constexpr std::int64_t edge_halo = edge_extent / 2;
inline constexpr std::int64_t halo = blur_extent / 2 + edge_halo;

/// Where an element of a [height, width, in, out] kernel lies; rows and columns are counted from the middle.
struct tap {
    double row, column;
    std::int64_t in, out;
};
constexpr tap tap_of(const shape& kernel, std::int64_t element) {
    const std::int64_t out = element % kernel[3], in = element / kernel[3] % kernel[2];
    const std::int64_t place = element / kernel[3] / kernel[2];
    const std::int64_t row = place / kernel[1] - kernel[0] / 2, column = place % kernel[1] - kernel[1] / 2;
    return {static_cast<double>(row), static_cast<double>(column), in, out};
}

/// A Gaussian for each colour on its own, of sum 1.
constexpr double blur(const shape& kernel, std::int64_t element, random_stream&) {
    const auto bell = [](double x) { return math::exp(-x * x / (2 * blur_width * blur_width)); };
    const tap at = tap_of(kernel, element);
    if (at.in != at.out) return 0;
    double sum = 0;
    for (std::int64_t x = -(blur_extent / 2); x <= blur_extent / 2; ++x) sum += bell(static_cast<double>(x));
    return bell(at.row) * bell(at.column) / (sum * sum);
}

/// The slope of the brightness (JPEG's luma) towards 90, 210 and 330 degrees: Sobel's two kernels, turned.
constexpr double slope(const shape& kernel, std::int64_t element, random_stream&) {
    constexpr double luma[] = {0.299, 0.587, 0.114};
    constexpr double half_root_3 = 0.8660254037844386;
    constexpr double across[] = {0, -half_root_3, half_root_3}, up[] = {1, -0.5, -0.5};
    const tap at = tap_of(kernel, element);
    const double horizontal = at.column * (2 - at.row * at.row) / 8;
    const double vertical = -at.row * (2 - at.column * at.column) / 8;
    return edge_gain * luma[at.in] * (across[at.out] * horizontal + up[at.out] * vertical);
}

constexpr tensor conv_relu(scope& s, const tensor& x, const shape& kernel, initializer_function values,
                           double bias) {
    const variable weights = s.get_variable("weights", kernel, {.initializer = custom(values)});
    const variable biases = s.get_variable("biases", {kernel[3]}, {.initializer = constant(bias)});
    const tensor response = conv2d(x, weights, {.padding = valid});
    return relu(response + biases);
}

/// A module: two tiles in, each blurred and as edges out.
struct two_images {
    struct outputs {
        tensor blurred1, edges1, blurred2, edges2;
    };

    constexpr outputs operator()(scope& s, const tensor& image1, const tensor& image2) const {
        auto filters = s.variable_scope("image_filters");
        const auto [blurred1, edges1] = filter_one(filters, image1);
        filters.reuse_variables();  // the second image is to meet the same variables
        const auto [blurred2, edges2] = filter_one(filters, image2);
        return {blurred1, edges1, blurred2, edges2};
    }

private:
    struct stages {
        tensor blurred, edges;
    };
    static constexpr stages filter_one(scope& s, const tensor& image) {
        auto conv1 = s.variable_scope("conv1");
        const tensor blurred = conv_relu(conv1, image, {blur_extent, blur_extent, 3, 3}, &blur, 0);
        conv1.close();
        auto conv2 = s.variable_scope("conv2");
        const shape kernel{edge_extent, edge_extent, 3, 3};
        return {blurred, conv_relu(conv2, blurred, kernel, &slope, -edge_threshold)};
    }
};

using image = input<float, 1, tile + 2 * halo, tile + 2 * halo, 3>;
using filter = model<two_images, image, image>;
static_assert(filter::variables.size() == 4);

}  // namespace image_filter
