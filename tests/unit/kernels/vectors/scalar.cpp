// SPDX-License-Identifier: BSL-1.0
// The references run in constant evaluation, against numbers worked out by hand.
#include <ambit/kernels/vectors/combine.hpp>
#include <ambit/kernels/vectors/scalar.hpp>

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;

TEST_CASE("the scalar gemm is a constant expression", "[kernels][scalar]") {
    constexpr auto product = [] {
        const int a[] = {1, 2, 3, 4, 5, 6}, b[] = {7, 8, 9, 10, 11, 12};
        std::array<int, 4> c{};
        scalar::gemm<std::int64_t>(gemm_geometry{.m = 2, .n = 2, .k = 3}, a, b, c.data());
        return c;
    }();
    STATIC_REQUIRE(product == std::array<int, 4>{58, 64, 139, 154});
}

TEST_CASE("the scalar convolution is a constant expression", "[kernels][scalar]") {
    constexpr auto blurred = [] {
        const int image[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, weights[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
        std::array<int, 9> out{};
        scalar::conv2d<std::int64_t>(conv2d_geometry{1, 3, 3, 1, 3, 3, 1, 3, 3, 1, 1, 1, 1}, image,
                                     weights, out.data());
        return out;
    }();
    STATIC_REQUIRE(blurred == std::array<int, 9>{12, 21, 16, 27, 45, 33, 24, 39, 28});
}

TEST_CASE("the scalar reduction is a constant expression", "[kernels][scalar]") {
    constexpr auto sums = [] {
        const int x[] = {1, 2, 3, 4, 5, 6};
        std::array<int, 2> out{};
        scalar::reduce<std::int64_t>(reduce_geometry{.rank = 2, .extent = {2, 3}, .reduced = {0, 1}}, x,
                                     out.data(), sum{});
        return out;
    }();
    STATIC_REQUIRE(sums == std::array<int, 2>{6, 15});
}

TEST_CASE("the scalar argmax is a constant expression", "[kernels][scalar]") {
    constexpr auto place = [] {
        const float x[] = {1, 3, 3, 2};
        std::int32_t out = -1;
        scalar::argmax(axis_geometry{1, 4, 1}, x, &out);
        return out;
    }();
    STATIC_REQUIRE(place == 1);
}

TEST_CASE("the scalar pooling is a constant expression", "[kernels][scalar]") {
    constexpr auto pooled = [] {
        const int x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        std::array<int, 4> out{};
        scalar::pool<std::int64_t>(pool_geometry{1, 3, 3, 1, 2, 2, 2, 2, 2, 2, 0, 0}, x, out.data(), mean{});
        return out;
    }();
    STATIC_REQUIRE(pooled == std::array<int, 4>{3, 4, 7, 9});
}

TEST_CASE("the scalar transposition is a constant expression", "[kernels][scalar]") {
    constexpr auto turned = [] {
        const int x[] = {1, 2, 3, 4, 5, 6};
        std::array<int, 6> out{};
        scalar::transpose(transpose_geometry{2, {2, 3}, {1, 0}}, x, out.data());
        return out;
    }();
    STATIC_REQUIRE(turned == std::array<int, 6>{1, 4, 2, 5, 3, 6});
}

TEST_CASE("the scalar softmax is a constant expression", "[kernels][scalar]") {
    struct power_of_two {
        constexpr double operator()(double x) const {
            double result = 1;
            for (; x < 0; x += 1) result /= 2;
            return result;
        }
    };
    constexpr auto shares = [] {
        const double x[] = {5, 6, 6, 4};
        std::array<double, 4> out{};
        scalar::softmax(axis_geometry{1, 4, 1}, x, out.data(), power_of_two{});
        return out;
    }();
    STATIC_REQUIRE(shares == std::array<double, 4>{2.0 / 11, 4.0 / 11, 4.0 / 11, 1.0 / 11});
}

TEST_CASE("the scalar gradients of convolution are constant expressions", "[kernels][scalar]") {
    // A kernel of ones: an element of the image counts in as many places as windows reach it.
    static constexpr conv2d_geometry g{1, 3, 3, 1, 2, 2, 1, 2, 2, 1, 1, 0, 0};
    constexpr auto by_image = [] {
        const int weights[] = {1, 1, 1, 1}, upstream[] = {1, 1, 1, 1};
        std::array<int, 9> out{};
        scalar::conv2d_image_gradient(g, weights, upstream, out.data());
        return out;
    }();
    STATIC_REQUIRE(by_image == std::array<int, 9>{1, 2, 1, 2, 4, 2, 1, 2, 1});
    constexpr auto by_kernel = [] {
        const int image[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, upstream[] = {1, 0, 0, 2};
        std::array<int, 4> out{};
        scalar::conv2d_kernel_gradient(g, image, upstream, out.data());
        return out;
    }();
    STATIC_REQUIRE(by_kernel == std::array<int, 4>{1 + 2 * 5, 2 + 2 * 6, 4 + 2 * 8, 5 + 2 * 9});
}

TEST_CASE("the scalar gradients of pooling are constant expressions", "[kernels][scalar]") {
    static constexpr pool_geometry g{1, 3, 3, 1, 2, 2, 2, 2, 1, 1, 0, 0};
    constexpr auto of_maximum = [] {
        const int image[] = {1, 5, 5, 2, 3, 5, 2, 2, 1}, upstream[] = {1, 10, 100, 1000};
        std::array<int, 9> out{};
        scalar::max_pool_gradient(g, image, upstream, out.data());
        return out;
    }();
    STATIC_REQUIRE(of_maximum == std::array<int, 9>{0, 11, 0, 0, 100, 1000, 0, 0, 0});
    constexpr auto picked = [] {
        const int image[] = {1, 5, 5, 2, 3, 5, 2, 2, 1}, values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        std::array<int, 4> out{};
        scalar::max_pool_pick(g, image, values, out.data());
        return out;
    }();
    STATIC_REQUIRE(picked == std::array<int, 4>{2, 2, 5, 6});
    constexpr auto of_mean = [] {
        const int upstream[] = {4, 8, 12, 16};
        std::array<int, 9> out{};
        scalar::mean_pool_gradient(g, upstream, out.data());
        return out;
    }();
    STATIC_REQUIRE(of_mean == std::array<int, 9>{1, 3, 2, 4, 10, 6, 3, 7, 4});
}
