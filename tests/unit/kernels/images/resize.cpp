// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/images/resize.hpp>
#include <ambit/kernels/images/resize_cubic.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <bit>
#include <limits>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

enum class way { nearest, bilinear, cubic };

// How much of pixel `from` is in pixel `to`: a hat around the place, or the whole of what it is cut or rounded to, or a
// cubic around the place of it and of those that an edge stands for.
double share_of(way by, const resize_geometry& g, std::int64_t in, std::int64_t out, std::int64_t from,
                std::int64_t to) {
    const bool nearest = by == way::nearest;
    const bool is_rounded = nearest && g.rounding != resize_rounding::by_centers;
    double place = double(to) * double(in) / double(out);
    if (g.centers == resize_centers::corners) place = out > 1 ? double(to * (in - 1)) / double(out - 1) : 0;
    if (g.centers == resize_centers::half_pixels)
        place = double((2 * to + 1) * in) / double(2 * out) - (nearest && !is_rounded ? 0 : 0.5);
    if (by == way::cubic) {
        const double a = std::bit_cast<double>(g.coefficient);
        double sum = 0;
        for (std::int64_t i = -3; i < in + 3; ++i) {
            if (std::clamp<std::int64_t>(i, 0, in - 1) != from) continue;
            const double x = std::fabs(place - double(i));
            if (x < 1) sum += (a + 2) * x * x * x - (a + 3) * x * x + 1;
            else if (x < 2) sum += a * (x * x * x - 5 * x * x + 8 * x - 4);
        }
        return sum;
    }
    if (is_rounded) {
        const double down = std::floor(place), part = place - down;
        const bool up = g.rounding == resize_rounding::up          ? part > 0
                        : g.rounding == resize_rounding::half_up   ? part >= 0.5
                        : g.rounding == resize_rounding::half_down ? part > 0.5
                                                                   : false;
        place = down + (up ? 1 : 0);
    } else if (nearest) {
        place = g.centers == resize_centers::corners ? std::floor(place + 0.5) : std::floor(place);
    }
    place = std::clamp(place, 0.0, double(in - 1));
    return std::max(0.0, 1 - std::fabs(place - double(from)));
}

struct sums {
    std::vector<double> value, magnitude;
    explicit sums(std::int64_t count) : value(std::size_t(count)), magnitude(value.size()) {}
    template <class T> void add(std::int64_t at, double share, T x) {
        value[std::size_t(at)] += share * double(x);
        magnitude[std::size_t(at)] += std::fabs(share * double(x)) + std::fabs(double(x));
    }
    template <class T> bool agree(const guarded<T>& with, std::int64_t terms) const {
        bool everywhere = with.is_intact();
        for (std::size_t i = 0; i < value.size(); ++i)
            everywhere = everywhere && is_close<T>(with[std::int64_t(i)], value[i], magnitude[i], terms);
        return everywhere;
    }
};

template <class T, class Geometry> bool is_right(Geometry geometry) {
    const resize_geometry g = value_of(geometry);
    const std::int64_t small = g.batch * g.in_height * g.in_width * g.channels;
    const std::int64_t large = g.batch * g.out_height * g.out_width * g.channels;
    const operand<T> x(small, 1), upstream(large, 2);
    bool everywhere = true;
    for (const way by : {way::nearest, way::bilinear, way::cubic}) {
        guarded<T> out(large), back(small);
        if (by == way::cubic) {
            resize_cubic(geometry, x.data(), out.data());
            resize_cubic_gradient(geometry, upstream.data(), back.data());
        } else if (by == way::nearest) {
            resize_nearest(geometry, x.data(), out.data());
            resize_nearest_gradient(geometry, upstream.data(), back.data());
        } else {
            resize_bilinear(geometry, x.data(), out.data());
            resize_bilinear_gradient(geometry, upstream.data(), back.data());
        }
        sums wanted(large), wanted_back(small);
        for (std::int64_t n = 0; n < g.batch; ++n)
            for (std::int64_t y = 0; y < g.out_height; ++y)
                for (std::int64_t i = 0; i < g.in_height; ++i)
                    for (std::int64_t z = 0; z < g.out_width; ++z)
                        for (std::int64_t j = 0; j < g.in_width; ++j) {
                            const double share = share_of(by, g, g.in_height, g.out_height, i, y) *
                                                 share_of(by, g, g.in_width, g.out_width, j, z);
                            if (share == 0) continue;
                            for (std::int64_t c = 0; c < g.channels; ++c) {
                                const std::int64_t from = ((n * g.in_height + i) * g.in_width + j) * g.channels + c;
                                const std::int64_t to = ((n * g.out_height + y) * g.out_width + z) * g.channels + c;
                                wanted.add(to, share, x[from]);
                                wanted_back.add(from, share, upstream[to]);
                            }
                        }
        everywhere = everywhere && wanted.agree(out, 8) && wanted_back.agree(back, 8 + g.out_height * g.out_width);
    }
    return everywhere;
}

}  // namespace

TEMPLATE_TEST_CASE("resize, extents and centers", "[kernels][resize]", float, double) {
    for (const auto centers : {resize_centers::legacy, resize_centers::corners, resize_centers::half_pixels})
        for (std::int64_t in = 1; in <= 7; ++in)
            for (std::int64_t out = 1; out <= 9; ++out) {
                CAPTURE(int(centers), in, out);
                CHECK(is_right<TestType>(resize_geometry{2, in, 8 - in, 3, out, 10 - out, centers}));
            }
}

TEST_CASE("resize, roundings of the nearest pixel and cubics", "[kernels][resize]") {
    for (const auto centers : {resize_centers::legacy, resize_centers::corners, resize_centers::half_pixels})
        for (const auto rounding :
             {resize_rounding::down, resize_rounding::half_down, resize_rounding::half_up, resize_rounding::up})
            for (std::int64_t in = 1; in <= 8; ++in) {
                CAPTURE(int(centers), int(rounding), in);
                const double coefficient = rounding == resize_rounding::down ? -0.5 : -0.75;
                CHECK(is_right<float>(resize_geometry{1, in, 9 - in, 3, 4, 2 * in, centers, rounding,
                                                      std::bit_cast<std::int64_t>(coefficient)}));
            }
    CHECK(is_right<float>(
        static_value<resize_geometry{1, 4, 5, 20, 8, 3, resize_centers::half_pixels, resize_rounding::half_down,
                                     std::bit_cast<std::int64_t>(-0.75)}>{}));
}

TEST_CASE("resize, every number of channels", "[kernels][resize]") {
    for (std::int64_t channels = 1; channels <= 35; ++channels) {
        CAPTURE(channels);
        CHECK(is_right<float>(resize_geometry{1, 3, 4, channels, 5, 3, resize_centers::half_pixels}));
    }
    CHECK(is_right<float>(static_value<resize_geometry{2, 4, 5, 32, 8, 10, resize_centers::half_pixels}>{}));
    CHECK(is_right<double>(static_value<resize_geometry{1, 7, 5, 3, 3, 10, resize_centers::corners}>{}));
}

TEST_CASE("the gradient of a pixel that a million read", "[kernels][resize]") {
    constexpr resize_geometry g{1,
                                1,
                                2,
                                3,
                                1000,
                                2000,
                                resize_centers::half_pixels,
                                resize_rounding::by_centers,
                                std::bit_cast<std::int64_t>(-0.5)};
    const std::vector<float> upstream(1000 * 2000 * 3, 0.1f);
    float out[6];
    resize_nearest_gradient(g, upstream.data(), out);
    for (const float sum : out) CHECK(is_sum_of_equals(sum, 0.1f, 1'000'000));
    resize_bilinear_gradient(g, upstream.data(), out);
    for (const float sum : out) CHECK(is_sum_of_equals(sum, 0.1f, 1'000'000));
    resize_cubic_gradient(g, upstream.data(), out);
    for (const float sum : out) CHECK(is_sum_of_equals(sum, 0.1f, 1'000'000));
}

TEST_CASE("what a pixel is not read for does not reach its gradient", "[kernels][resize]") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const std::int64_t lines : {1, 100}) {
        const resize_geometry g{1, 1, 4, 1, lines, 7, resize_centers::corners};  // every other place is a pixel
        std::vector<float> upstream(std::size_t(7 * lines), 1.0f);
        upstream[2] = infinity;
        float out[4];
        resize_bilinear_gradient(g, upstream.data(), out);
        const auto each = static_cast<float>(lines);
        CHECK(std::vector<float>(out, out + 4) == std::vector<float>{1.5f * each, infinity, 2 * each, 1.5f * each});
    }
}
