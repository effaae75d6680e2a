// SPDX-License-Identifier: BSL-1.0
// What the ops mean that move a window over an array: part of tests/support/op_meaning.hpp. Written from the
// definitions, one element of the result and one tap after the other, not from the kernels.
#pragma once

#include <ambit/kernels/vectors/scalar.hpp>
#include <ambit/ops/all.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace ambit_test::interpreter_detail {

/// How much of pixel `from` of an axis is in pixel `to` of the resized one.
inline double share_of_pixel(const ambit::contract_parts::resize_geometry& g, bool nearest, double in, double out,
                             std::int64_t from, std::int64_t to) {
    const auto pixel = static_cast<double>(to);
    double place = pixel * in / out;
    if (g.centers == ambit::contract_parts::resize_centers::corners) place = out > 1 ? pixel * (in - 1) / (out - 1) : 0;
    if (g.centers == ambit::contract_parts::resize_centers::half_pixels)
        place = (pixel + 0.5) * in / out - (nearest ? 0 : 0.5);
    using ambit::contract_parts::resize_rounding;
    if (nearest && g.rounding != resize_rounding::by_centers) {
        if (g.centers == ambit::contract_parts::resize_centers::half_pixels) place = (pixel + 0.5) * in / out - 0.5;
        if (g.rounding == resize_rounding::down) place = std::floor(place);
        if (g.rounding == resize_rounding::up) place = std::ceil(place);
        if (g.rounding == resize_rounding::half_up) place = std::floor(place + 0.5);
        if (g.rounding == resize_rounding::half_down) place = std::ceil(place - 0.5);
    } else if (nearest && g.centers == ambit::contract_parts::resize_centers::corners) {
        place = std::round(place);
    }
    if (nearest) place = std::floor(place);
    place = std::min(std::max(place, 0.0), in - 1);
    return std::max(0.0, 1 - std::abs(place - static_cast<double>(from)));
}

/// The same by cubic convolution: the cubic of every pixel as far as the operand would go on behind its edges.
inline double cubic_share(const ambit::contract_parts::resize_geometry& g, std::int64_t in, std::int64_t out,
                          std::int64_t from, std::int64_t to) {
    const auto n = static_cast<double>(in), m = static_cast<double>(out), pixel = static_cast<double>(to);
    double place = pixel * n / m;
    if (g.centers == ambit::contract_parts::resize_centers::corners) place = out > 1 ? pixel * (n - 1) / (m - 1) : 0;
    if (g.centers == ambit::contract_parts::resize_centers::half_pixels) place = (pixel + 0.5) * n / m - 0.5;
    const double a = std::bit_cast<double>(g.coefficient);
    double sum = 0;
    for (std::int64_t i = -4; i < in + 4; ++i) {
        if (std::clamp<std::int64_t>(i, 0, in - 1) != from) continue;
        const double x = std::abs(place - static_cast<double>(i));
        if (x < 1) sum += (a + 2) * x * x * x - (a + 3) * x * x + 1;
        else if (x < 2) sum += a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a;
    }
    return sum;
}

/// `each(element of the image, element of the resized one, how much of it)`.
template <class Each>
void for_resized(const ambit::contract_parts::resize_geometry& g, bool nearest, bool cubic, Each each) {
    for (std::int64_t n = 0; n < g.batch; ++n)
        for (std::int64_t y = 0; y < g.out_height; ++y)
            for (std::int64_t x = 0; x < g.out_width; ++x)
                for (std::int64_t i = 0; i < g.in_height; ++i)
                    for (std::int64_t j = 0; j < g.in_width; ++j) {
                        const auto extent = [](std::int64_t e) { return static_cast<double>(e); };
                        const double share =
                            cubic ? cubic_share(g, g.in_height, g.out_height, i, y) *
                                        cubic_share(g, g.in_width, g.out_width, j, x)
                                  : share_of_pixel(g, nearest, extent(g.in_height), extent(g.out_height), i, y) *
                                        share_of_pixel(g, nearest, extent(g.in_width), extent(g.out_width), j, x);
                        for (std::int64_t c = 0; c < g.channels; ++c)
                            each(((n * g.in_height + i) * g.in_width + j) * g.channels + c,
                                 ((n * g.out_height + y) * g.out_width + x) * g.channels + c, share);
                    }
}

/// Whether `op` is one of these; then `out` is its result.
inline bool compute_convolutions(const ambit::op_info& op, const ambit::op_call& call, const ambit::tensor_spec& result,
                                 const double* a, [[maybe_unused]] const double* b, double* out) {
    using namespace ambit;
    using namespace ambit::op_parts;
    const std::int64_t elements = result.extents.elements();
    std::fill(out, out + elements, 0.0);
    const auto depthwise = [&](const conv2d_geometry& g, auto each) {
        kernel_parts::scalar::for_taps(g, [&](std::int64_t pixel, std::int64_t place, std::int64_t tap) {
            const std::int64_t c = g.in_channels;
            for (std::int64_t i = 0; i < c; ++i) each(pixel * c + i, place * c + i, tap * c + i);
        });
        return true;
    };
    switch (op.id) {
        case op_id("depthwise_conv2d"):
            return depthwise(depthwise_conv2d_op::geometry(call, result),
                             [&](auto pixel, auto place, auto tap) { out[place] += a[pixel] * b[tap]; });
        case op_id("depthwise_image_gradient"):
            return depthwise(depthwise_image_gradient_op::geometry(call, result),
                             [&](auto pixel, auto place, auto tap) { out[pixel] += a[tap] * b[place]; });
        case op_id("depthwise_kernel_gradient"):
            return depthwise(depthwise_kernel_gradient_op::geometry(call, result),
                             [&](auto pixel, auto place, auto tap) { out[tap] += a[pixel] * b[place]; });
        case op_id("resize_nearest"):
        case op_id("resize_bicubic"):
        case op_id("resize_bilinear"): {
            const auto forward = [&](auto from, auto to, double share) { out[to] += share * a[from]; };
            for_resized(resize_nearest_op::geometry(call, result), op.id == op_id("resize_nearest"),
                        op.id == op_id("resize_bicubic"), forward);
            return true;
        }
        case op_id("resize_nearest_gradient"):
        case op_id("resize_bicubic_gradient"):
        case op_id("resize_bilinear_gradient"): {
            const auto back = [&](auto from, auto to, double share) { out[from] += share * a[to]; };
            for_resized(resize_nearest_gradient_op::geometry(call, result), op.id == op_id("resize_nearest_gradient"),
                        op.id == op_id("resize_bicubic_gradient"), back);
            return true;
        }
        case op_id("window_sum"): {
            const std::int64_t extent = result.extents[-1],
                               radius = call.attributes<window_sum_op::attributes>().radius;
            for (std::int64_t i = 0; i < elements; ++i) {
                for (std::int64_t j = i - i % extent; j < i - i % extent + extent; ++j)
                    if (std::abs(i - j) <= radius) out[i] += a[j];
            }
            return true;
        }
        default: return false;
    }
}

}  // namespace ambit_test::interpreter_detail
