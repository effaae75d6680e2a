// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/images/pool_gradient.hpp>
#include <ambit/kernels/vectors/scalar.hpp>
#include <ambit/ops/images/window.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

constexpr pool_geometry geometry_of(padding_mode padding, std::int64_t batch, std::int64_t height, std::int64_t width,
                                    std::int64_t channels, window_extents window, window_extents strides) {
    const window_places lines = places_of_window(height, window.height, strides.height, padding);
    const window_places columns = places_of_window(width, window.width, strides.width, padding);
    return {batch,       height,        width,          channels,      window.height, window.width,
            lines.count, columns.count, strides.height, strides.width, lines.before,  columns.before};
}

constexpr pool_geometry square(padding_mode padding, std::int64_t batch, std::int64_t height, std::int64_t width,
                               std::int64_t channels, std::int64_t window, std::int64_t stride) {
    return geometry_of(padding, batch, height, width, channels, {window, window}, {stride, stride});
}

// Values of a few steps only, so that windows have several maxima, and a NaN now and then.
template <class T> operand<T> image_with_ties(std::int64_t count) {
    operand<T> x(count);
    for (std::int64_t i = 0; i < count; ++i) {
        x[i] = std::floor(x[i] * 3);
        if (i % 29 == 7) x[i] = std::numeric_limits<T>::quiet_NaN();
        if (i % 31 < 5) x[i] = -std::numeric_limits<T>::infinity();
    }
    return x;
}

template <class T, class Geometry> bool are_right(Geometry geometry) {
    const pool_geometry g = value_of(geometry);
    const std::int64_t images = g.batch * g.in_height * g.in_width * g.channels;
    const std::int64_t results = g.batch * g.out_height * g.out_width * g.channels;
    const operand<T> x = image_with_ties<T>(images), values(images, 2), upstream(results, 3);
    guarded<T> of_maximum(images), of_mean(images), picked(results);
    max_pool_gradient(geometry, x.data(), upstream.data(), of_maximum.data(), {0, g.batch});
    mean_pool_gradient(geometry, upstream.data(), of_mean.data(), {0, g.batch});
    max_pool_pick(geometry, x.data(), values.data(), picked.data(), {0, g.batch});
    std::vector<T> wanted_of_maximum(static_cast<std::size_t>(images)), wanted_picks(static_cast<std::size_t>(results));
    std::vector<double> up(upstream.data(), upstream.data() + results), wanted_of_mean(wanted_of_maximum.size());
    scalar::max_pool_gradient(g, x.data(), upstream.data(), wanted_of_maximum.data());
    scalar::max_pool_pick(g, x.data(), values.data(), wanted_picks.data());
    scalar::mean_pool_gradient(g, up.data(), wanted_of_mean.data());
    bool right = of_maximum.is_intact() && of_mean.is_intact() && picked.is_intact();
    for (std::int64_t i = 0; i < images; ++i) {
        const auto at = static_cast<std::size_t>(i);
        right = right && of_maximum[i] == wanted_of_maximum[at];
        right = right && is_close<T>(of_mean[i], wanted_of_mean[at], 1.0, g.window_height * g.window_width);
    }
    for (std::int64_t i = 0; i < results; ++i)
        right = right && picked[i] == wanted_picks[static_cast<std::size_t>(i)];
    return right;
}

}  // namespace

TEMPLATE_TEST_CASE("gradients of pooling, run-time extents, every number of channels",
                   "[kernels][pool_gradients]", float, double) {
    for (std::int64_t channels = 1; channels <= 35; ++channels)
        for (const padding_mode padding : {valid, same}) {
            CAPTURE(channels, padding);
            CHECK(are_right<TestType>(square(padding, 2, 5, 7, channels, 2, 2)));
            CHECK(are_right<TestType>(square(padding, 1, 5, 4, channels, 2, 2)));
            CHECK(are_right<TestType>(square(padding, 1, 4, 5, channels, 2, 2)));
            CHECK(are_right<TestType>(square(padding, 1, 6, 5, channels, 3, 1)));
            CHECK(are_right<TestType>(square(padding, 1, 7, 7, channels, 3, 2)));
            CHECK(are_right<TestType>(square(padding, 1, 7, 8, channels, 2, 3)));
        }
}

TEST_CASE("gradients of pooling, run-time extents, windows and strides", "[kernels][pool_gradients]") {
    for (std::int64_t height = 1; height <= 9; ++height)
        for (std::int64_t window : {1, 2, 3, 5})
            for (std::int64_t stride : {1, 2, 3, 4}) {
                CAPTURE(height, window, stride);
                CHECK(are_right<float>(geometry_of(same, 2, height, 6, 3, {window, 2}, {stride, 1})));
                CHECK(are_right<float>(geometry_of(same, 1, 4, height, 17, {1, window}, {2, stride})));
                if (height < window) continue;
                CHECK(are_right<float>(geometry_of(valid, 2, height, 6, 3, {window, 2}, {stride, 3})));
                CHECK(are_right<float>(geometry_of(valid, 1, 4, height, 16, {4, window}, {2, stride})));
            }
}

TEMPLATE_TEST_CASE("gradients of pooling, static extents", "[kernels][pool_gradients]", float, double) {
    CHECK(are_right<TestType>(static_value<square(valid, 1, 8, 8, 32, 2, 2)>{}));
    CHECK(are_right<TestType>(static_value<square(same, 2, 5, 5, 10, 3, 2)>{}));
    CHECK(are_right<TestType>(static_value<square(same, 1, 4, 6, 1, 2, 2)>{}));
    CHECK(are_right<TestType>(static_value<square(valid, 1, 3, 3, 3, 3, 1)>{}));
}
