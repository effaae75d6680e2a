// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/images/pool.hpp>
#include <ambit/kernels/vectors/scalar.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

constexpr pool_geometry same(std::int64_t batch, std::int64_t height, std::int64_t width,
                             std::int64_t channels,
                             std::int64_t window, std::int64_t stride) {
    pool_geometry g{batch, height, width, channels, window, window};
    g.stride_height = g.stride_width = stride;
    g.out_height = (height + stride - 1) / stride;
    g.out_width = (width + stride - 1) / stride;
    const std::int64_t rows = (g.out_height - 1) * stride + window - height;
    const std::int64_t columns = (g.out_width - 1) * stride + window - width;
    g.pad_top = rows > 0 ? rows / 2 : 0;
    g.pad_left = columns > 0 ? columns / 2 : 0;
    return g;
}

template <class T, class Geometry, class Combine> bool is_right(Geometry geometry, Combine combine) {
    const pool_geometry g = value_of(geometry);
    const std::int64_t inputs = g.batch * g.in_height * g.in_width * g.channels;
    const std::int64_t outputs = g.batch * g.out_height * g.out_width * g.channels;
    const operand<T> x(inputs);
    guarded<T> out(outputs);
    pool(geometry, x.data(), out.data(), combine);
    std::vector<accumulator<T>> in, wanted(static_cast<std::size_t>(outputs));
    for (std::int64_t i = 0; i < inputs; ++i) in.push_back(x[i]);
    scalar::pool<accumulator<T>>(g, in.data(), wanted.data(), combine);
    bool right = out.is_intact();
    for (std::int64_t i = 0; i < outputs; ++i)
        right = right && is_close<T>(out[i], static_cast<double>(wanted[static_cast<std::size_t>(i)]), 1.0,
                                     g.window_height * g.window_width);
    return right;
}

template <class T, class Geometry> bool both_right(Geometry g) {
    return is_right<T>(g, maximum{}) && is_right<T>(g, mean{});
}

}  // namespace

TEMPLATE_TEST_CASE("pool, run-time extents, every number of channels", "[kernels][pool]", float, std::int32_t,
                   std::uint8_t) {
    for (std::int64_t channels = 1; channels <= 35; ++channels) {
        CAPTURE(channels);
        CHECK(both_right<TestType>(same(2, 5, 7, channels, 2, 2)));
        CHECK(both_right<TestType>(same(1, 6, 5, channels, 3, 1)));
        CHECK(both_right<TestType>(same(1, 7, 7, channels, 3, 2)));
    }
}

TEMPLATE_TEST_CASE("pool, static extents", "[kernels][pool]", float, double) {
    CHECK(both_right<TestType>(static_value<same(1, 8, 8, 32, 2, 2)>{}));
    CHECK(both_right<TestType>(static_value<same(2, 5, 5, 10, 3, 2)>{}));
    CHECK(both_right<TestType>(static_value<same(1, 4, 6, 1, 2, 2)>{}));
    CHECK(both_right<TestType>(static_value<same(1, 3, 3, 3, 3, 1)>{}));
}

TEST_CASE("pooling passes a NaN on", "[kernels][pool]") {
    std::vector<float> x(4 * 4 * 3, -1.0f);
    x[5 * 3 + 1] = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> out(2 * 2 * 3);
    pool(same(1, 4, 4, 3, 2, 2), x.data(), out.data(), maximum{});
    for (std::size_t i = 0; i < out.size(); ++i) CHECK((i == 1 ? std::isnan(out[i]) : out[i] == -1.0f));
}

TEST_CASE("means of windows of a million pixels", "[kernels][pool]") {
    constexpr pool_geometry g{1, 1000, 1003, 3, 1000, 1003, 1, 1, 1, 1};
    for (const float term : unround) {
        const std::vector<float> x(1000 * 1003 * 3, term);
        float out[3];
        pool(g, x.data(), out, mean{});
        for (const float m : out) CHECK(is_sum_of_equals(m, term, 1));
    }
}

TEST_CASE("means of windows of finite pixels are finite", "[kernels][pool]") {
    constexpr float largest = (std::numeric_limits<float>::max)();
    for (const std::int64_t channels : {1, 3, 16, 21}) {
        const pool_geometry g = same(1, 5, 6, channels, 3, 1);
        std::vector<float> x(static_cast<std::size_t>(30 * channels)), out(x.size());
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = i % 5 == 0 ? -0.5f * largest : 0.875f * largest;
        pool(g, x.data(), out.data(), mean{});
        std::vector<double> wide(x.begin(), x.end()), wanted(x.size());
        pool(g, wide.data(), wanted.data(), mean{});
        for (std::size_t i = 0; i < x.size(); ++i) CHECK(std::fabs(out[i] - wanted[i]) <= 1e-6 * largest);
        x[0] = std::numeric_limits<float>::infinity();
        pool(g, x.data(), out.data(), mean{});
        CHECK(out[0] == x[0]);
        CHECK(std::isfinite(out.back()));
    }
}
