// SPDX-License-Identifier: BSL-1.0
// Kernels that several threads may share: whatever ranges their parts are taken in, the bits are those of the whole.
#include <ambit/kernels/images/conv2d.hpp>
#include <ambit/kernels/images/conv2d_image_gradient.hpp>
#include <ambit/kernels/images/conv2d_kernel_gradient.hpp>
#include <ambit/kernels/images/pool.hpp>
#include <ambit/kernels/images/pool_gradient.hpp>
#include <ambit/kernels/products/batch_gemm.hpp>
#include <ambit/kernels/products/gemm.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <limits>
#include <vector>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

// `run(first, last)` for ranges of so many parts, the last range first.
template <class Run> void run_in_ranges(std::int64_t parts, std::int64_t length, const Run& run) {
    for (std::int64_t first = (parts - 1) / length * length; first >= 0; first -= length)
        run(first, (std::min)(first + length, parts));
}

constexpr auto nowhere = std::numeric_limits<float>::quiet_NaN();

// What a kernel has written, `out` elements, is the same in ranges of one part, three and all.
template <class Whole, class Parts>
bool is_same(std::int64_t parts, std::int64_t out, const Whole& run_whole, const Parts& run_parts) {
    std::vector<float> whole(static_cast<std::size_t>(out), nowhere);
    run_whole(whole.data());
    bool same = true;
    for (const std::int64_t length : {std::int64_t{1}, std::int64_t{3}, parts}) {
        std::vector<float> parted(whole.size(), nowhere);
        run_in_ranges(parts, length,
                      [&](std::int64_t first, std::int64_t last) { run_parts(parted.data(), first, last); });
        same = same && std::memcmp(whole.data(), parted.data(), whole.size() * sizeof(float)) == 0;
    }
    return same;
}

// A kernel with an epilogue. Scratch memory is filled once or, for each range, by whoever runs it.
template <class Tag, auto Geometry>
bool keeps_bits(std::int64_t left_count, std::int64_t right_count, std::int64_t out, std::int64_t columns,
                std::int64_t scratch_count) {
    constexpr static_value<Geometry> geometry;
    constexpr std::int64_t parts = entry<Tag>::template parts<float, Geometry>();
    STATIC_REQUIRE(parts > 1);
    const operand<float> left(left_count, 1), right(right_count, 2);
    scratch_memory<float> scratch(scratch_count);
    const auto whole = [&](float* to) {
        store_epilogue<float> epilogue{to, columns};
        entry<Tag>::run(geometry, left.data(), right.data(), scratch.data(), epilogue);
    };
    const auto some = [&](float* to, std::int64_t first, std::int64_t last) {
        if constexpr (requires { entry<Tag>::prepare(geometry, left.data(), right.data(), scratch.data()); })
            entry<Tag>::prepare(geometry, left.data(), right.data(), scratch.data());
        entry<Tag>::run_parts(geometry, left.data(), right.data(), scratch.data(), store_epilogue<float>{to, columns},
                              first, last);
    };
    return is_same(parts, out, whole, some);
}

template <gemm_geometry G> bool product_keeps_bits() {
    return keeps_bits<kernel_tag::gemm, G>(G.m * G.k, packed_elements(G), G.m * G.n, G.n, scratch_elements(G));
}
template <conv2d_geometry G> bool convolution_keeps_bits() {
    const std::int64_t images = G.batch * G.in_height * G.in_width * G.in_channels;
    const std::int64_t weights = G.kernel_height * G.kernel_width * G.in_channels * G.out_channels;
    return keeps_bits<kernel_tag::conv2d, G>(images, weights, G.batch * G.out_height * G.out_width * G.out_channels,
                                             G.out_channels, scratch_elements(G));
}
template <conv2d_geometry G> bool image_gradient_keeps_bits() {
    const std::int64_t results = G.batch * G.out_height * G.out_width * G.out_channels;
    const std::int64_t weights = G.kernel_height * G.kernel_width * G.in_channels * G.out_channels;
    return keeps_bits<kernel_tag::conv2d_image_gradient, G>(
        weights, results, G.batch * G.in_height * G.in_width * G.in_channels, G.in_channels, image_gradient_scratch(G));
}
template <conv2d_geometry G> bool kernel_gradient_keeps_bits() {
    using kernel = entry<kernel_tag::conv2d_kernel_gradient>;
    const operand<float> image(G.batch * G.in_height * G.in_width * G.in_channels, 1);
    const operand<float> upstream(G.batch * G.out_height * G.out_width * G.out_channels, 2);
    scratch_memory<float> memory(kernel_gradient_scratch(G));
    auto* const scratch = reinterpret_cast<std::byte*>(memory.data());
    constexpr static_value<G> geometry;
    return is_same(
        kernel::parts<float, G>(), G.kernel_height * G.kernel_width * G.in_channels * G.out_channels,
        [&](float* to) { kernel::run(geometry, to, image.data(), upstream.data(), scratch); },
        [&](float* to, std::int64_t first, std::int64_t last) {
            kernel::run_parts(geometry, to, image.data(), upstream.data(), first, last, scratch);
        });
}

// 3 images of 9 x 7, padded on all sides.
constexpr conv2d_geometry convolution(std::int64_t in, std::int64_t out, std::int64_t taps) {
    return {3, 9, 7, in, taps, taps, out, 9, 7, 1, 1, taps / 2, taps / 2};
}

}  // namespace

TEST_CASE("products have the same bits in parts") {
    using detail::gemm_parts;
    // B is copied on the way: columns.
    CHECK(product_keeps_bits<gemm_geometry{.m = 40, .n = 333, .k = 130}>());
    CHECK(product_keeps_bits<gemm_geometry{.m = 30, .n = 200, .k = 77, .transpose_a = 1, .transpose_b = 1}>());
    CHECK(product_keeps_bits<gemm_geometry{.m = 65, .n = 100, .k = 512}>());  // and so are rows of A
    // In more than one block of columns.
    CHECK(product_keeps_bits<gemm_geometry{.m = 140, .n = 250, .k = 1000}>());
    // Nothing is copied: rows, or columns where there are more.
    constexpr gemm_geometry tall{.m = 130, .n = 10, .k = 300};
    STATIC_REQUIRE(gemm_parts<float, tall, kernel_arch>::is_by_rows);
    CHECK(product_keeps_bits<tall>());
    CHECK(product_keeps_bits<gemm_geometry{.m = 5, .n = 700, .k = 40}>());
    // Of panels that a model has made.
    CHECK(product_keeps_bits<gemm_geometry{.m = 8, .n = 300, .k = 300, .packed_b = 1}>());
    CHECK(product_keeps_bits<gemm_geometry{.m = 100, .n = 33, .k = 270, .packed_b = 1}>());

    constexpr batch_gemm_geometry many{
        .matrix = {.m = 5, .n = 9, .k = 33}, .rank = 2, .extent = {2, 3}, .step_a = {3, 1}, .step_b = {1, 0}};
    CHECK(keeps_bits<kernel_tag::batch_gemm, many>(6 * 5 * 33, 2 * 33 * 9, 6 * 5 * 9, 9, scratch_elements(many)));
    constexpr batch_gemm_geometry one{.matrix = {.m = 30, .n = 10, .k = 33}};
    CHECK(keeps_bits<kernel_tag::batch_gemm, one>(30 * 33, 33 * 10, 30 * 10, 10, scratch_elements(one)));

    STATIC_REQUIRE(entry<kernel_tag::gemm>::parts<float, gemm_geometry{.m = 2, .n = 40, .k = 64, .transpose_b = 1}>() ==
                   1);
}

TEST_CASE("convolutions and their gradients have the same bits in parts") {
    CHECK(convolution_keeps_bits<convolution(3, 20, 5)>());
    CHECK(convolution_keeps_bits<convolution(8, 40, 3)>());  // weights are copied first
    CHECK(convolution_keeps_bits<conv2d_geometry{2, 9, 9, 4, 3, 3, 6, 4, 4, 2, 2}>());
    CHECK(image_gradient_keeps_bits<convolution(16, 8, 5)>());
    CHECK(image_gradient_keeps_bits<convolution(40, 8, 3)>());
    STATIC_REQUIRE(entry<kernel_tag::conv2d_image_gradient>::parts<float, convolution(2, 8, 3)>() == 1);
    CHECK(kernel_gradient_keeps_bits<convolution(16, 20, 5)>());
    CHECK(kernel_gradient_keeps_bits<convolution(1, 40, 5)>());  // lines of taps
    CHECK(kernel_gradient_keeps_bits<conv2d_geometry{40, 9, 9, 12, 3, 3, 6, 4, 4, 2, 2, 1, 1}>());
}

TEST_CASE("pooling has the same bits in parts") {
    // Windows that overlap, and padding; more channels than a vector has.
    constexpr pool_geometry g{5, 7, 6, 19, 3, 3, 4, 3, 2, 2, 1, 1};
    constexpr static_value<g> geometry;
    constexpr std::int64_t image = 5 * 7 * 6 * 19, result = 5 * 4 * 3 * 19;
    const operand<float> in(image, 1), up(result, 2);
    using largest = entry<kernel_tag::max_pool>;
    using means = entry<kernel_tag::mean_pool>;
    using to_largest = entry<kernel_tag::max_pool_gradient>;
    using picked = entry<kernel_tag::max_pool_pick>;
    using to_all = entry<kernel_tag::mean_pool_gradient>;
    STATIC_REQUIRE(largest::parts<float, g>() == 5);
    const auto whole = [&]<class Entry, class... In>(std::type_identity<Entry>, std::int64_t count, In... operands) {
        return is_same(
            5, count, [&](float* to) { Entry::run(geometry, to, operands...); },
            [&](float* to, std::int64_t first, std::int64_t last) {
                Entry::run_parts(geometry, to, operands..., first, last);
            });
    };
    CHECK(whole(std::type_identity<largest>{}, result, in.data()));
    CHECK(whole(std::type_identity<means>{}, result, in.data()));
    CHECK(whole(std::type_identity<to_largest>{}, image, in.data(), up.data()));
    CHECK(whole(std::type_identity<picked>{}, result, in.data(), in.data()));
    CHECK(whole(std::type_identity<to_all>{}, image, up.data()));
}
