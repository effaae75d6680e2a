// SPDX-License-Identifier: BSL-1.0
// Convolutions with compact weights by their definition, and with the bits of conv2d unless they multiply sums by
// scales, wherever the bytes lie, with extents known early and late.
#include <ambit/kernels/images/compact_conv2d.hpp>
#include <ambit/kernels/products/gemm.hpp>
#include <ambit/kernels/vectors/scalar.hpp>

#include "../../../support/numbers.hpp"
#include "../compact_weights.hpp"
#include "../support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using ambit_test::numbers;
using kernel_test::guarded;
using kernel_test::scratch_memory;

namespace {

std::vector<double> absolute(const std::vector<float>& all) {
    std::vector<double> sizes;
    for (const float x : all) sizes.push_back(std::abs(double{x}));
    return sizes;
}
std::vector<double> in_double(const std::vector<float>& all) { return {all.begin(), all.end()}; }

template <weight_format Format, class Geometry> void check(Geometry geometry) {
    const conv2d_geometry g = value_of(geometry);
    const std::int64_t depth = g.kernel_height * g.kernel_width * g.in_channels;
    const auto of = kernel_test::compact_weights<Format>(depth, g.out_channels);
    const std::vector<float> image = numbers<float>(g.batch * g.in_height * g.in_width * g.in_channels, 7, -1, 1);
    const std::int64_t outputs = g.batch * g.out_height * g.out_width * g.out_channels;
    std::vector<double> wanted(static_cast<std::size_t>(outputs)), size(wanted.size());
    scalar::conv2d<double>(g, in_double(image).data(), in_double(of.floats).data(), wanted.data());
    scalar::conv2d<double>(g, absolute(image).data(), absolute(of.floats).data(), size.data());

    guarded<float> plain(outputs);
    scratch_memory<float> panels(scratch_elements(g));
    conv2d(geometry, image.data(), of.floats.data(), panels.data(),
           store_epilogue<float>{plain.data(), g.out_channels});
    for (std::size_t offset = 0; offset < 4; ++offset) {
        CAPTURE(Format == weight_format::int8, offset, g.batch, g.in_height, g.in_width, g.in_channels, g.kernel_height,
                g.kernel_width, g.out_channels, g.stride_height, g.stride_width);
        // Of exact size, so that a sanitizer sees whoever reads on.
        const std::unique_ptr<std::byte[]> memory(new std::byte[offset + of.bytes.size()]);
        std::memcpy(memory.get() + offset, of.bytes.data(), of.bytes.size());
        guarded<float> out(outputs), scratch(compact_conv2d_scratch(g));
        compact_conv2d<Format>(geometry, image.data(), memory.get() + offset, scratch.data(),
                               store_epilogue<float>{out.data(), g.out_channels});
        REQUIRE(out.is_intact());
        REQUIRE(scratch.is_intact());
        if (widens_at_once(g) || Format == weight_format::bfloat16) REQUIRE(kernel_test::are_identical(out, plain));
        for (std::int64_t i = 0; i < outputs; ++i) {
            const auto at = static_cast<std::size_t>(i);
            REQUIRE(std::abs(double{out[i]} - wanted[at]) <= 2e-6 * size[at]);
        }
    }
}
template <class Geometry> void check_both(Geometry geometry) {
    check<weight_format::int8>(geometry);
    check<weight_format::bfloat16>(geometry);
}

/// An image of `height` x `width` and `in` channels, padded so that each place has a result where strides are 1.
constexpr conv2d_geometry padded(std::int64_t batch, std::int64_t height, std::int64_t width, std::int64_t in,
                                 std::int64_t kernel, std::int64_t out, std::int64_t stride) {
    conv2d_geometry g{batch, height, width, in, kernel, kernel, out};
    g.out_height = (height + stride - 1) / stride, g.out_width = (width + stride - 1) / stride;
    g.stride_height = g.stride_width = stride;
    g.pad_top = g.pad_left = (kernel - 1) / 2;
    return g;
}
constexpr conv2d_geometry apart{1, 9, 11, 3, 3, 2, 37, 9, 11, 1, 1, 2, 1, 2, 3};

}  // namespace

// One geometry for each way: each costs the compiler four kernels.
TEST_CASE("convolutions with compact weights, known extents", "[kernels][conv2d]") {
    check_both(static_value<padded(1, 8, 8, 4, 3, 32, 1)>{});  // no copies
    check_both(static_value<padded(1, 4, 4, 9, 3, 70, 1)>{});  // many channels, few pixels: in registers
    check_both(static_value<padded(1, 1, 1, 300, 1, 33, 1)>{});
    check_both(static_value<padded(1, 12, 9, 40, 3, 101, 1)>{});  // panels
    check_both(static_value<apart>{});
}

TEST_CASE("convolutions with compact weights, every number of channels, late extents", "[kernels][conv2d]") {
    for (std::int64_t channels = 1; channels <= 70; ++channels) {
        check_both(padded(1, 8, 9, 2, 3, channels, 1));
        check_both(padded(2, 3, 4, 3, 2, channels, 2));  // in registers
        check_both(padded(1, 5, 7, 4, 3, channels, 1));
    }
    check_both(padded(1, 1, 1, 1, 1, 1, 1));
    check_both(padded(2, 7, 5, 3, 3, 5, 2));
    check_both(padded(1, 6, 9, 2, 5, 19, 1));
    check_both(padded(3, 3, 5, 40, 3, 101, 2));
    check_both(padded(2, 9, 7, 5, 3, 64, 1));
    check_both(padded(1, 13, 11, 3, 4, 75, 2));
    check_both(padded(3, 10, 11, 20, 5, 33, 1));
    check_both(apart);
}
