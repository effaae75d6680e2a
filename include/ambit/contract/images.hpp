// SPDX-License-Identifier: BSL-1.0
// What a kernel needs to know of its operands besides their addresses: extents, strides and windows, as flat
// structural values. The plan computes them from shapes; kernels take them as a type (`static_value<…>`) or
// as a value. All of them count elements, not bytes. No padding: clang 16 writes padded constants out again
// at every use.
#pragma once

#include <ambit/core/shape.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::contract_parts {

/// `C[m,n] = A[m,k] · B[k,n]`, row-major; a transposed operand is stored as `[k,m]` or `[n,k]`.
struct gemm_geometry {
    std::int64_t m = 1, n = 1, k = 1;
    std::int32_t transpose_a = 0, transpose_b = 0;
    friend constexpr bool operator==(const gemm_geometry&, const gemm_geometry&) = default;
};

/// Many such products. Batch axis `d` moves by `step_a[d]` and `step_b[d]` matrices of the operands, 0 where one is
/// broadcast; the results lie one behind the other.
struct batch_gemm_geometry {
    gemm_geometry matrix = {};
    std::int64_t rank = 0;
    std::int64_t extent[max_rank] = {};
    std::int64_t step_a[max_rank] = {}, step_b[max_rank] = {};
    friend constexpr bool operator==(const batch_gemm_geometry&, const batch_gemm_geometry&) = default;
};

/// Convolution (cross-correlation) of an NHWC image with an HWIO kernel. Padding after the image follows from
/// the extents.
struct conv2d_geometry {
    std::int64_t batch = 1, in_height = 1, in_width = 1, in_channels = 1;
    std::int64_t kernel_height = 1, kernel_width = 1, out_channels = 1;
    std::int64_t out_height = 1, out_width = 1;
    std::int64_t stride_height = 1, stride_width = 1;
    std::int64_t pad_top = 0, pad_left = 0;
    friend constexpr bool operator==(const conv2d_geometry&, const conv2d_geometry&) = default;
};

/// Pooling of an NHWC image. Padded places take no part: neither in a maximum nor in the count of a mean.
struct pool_geometry {
    std::int64_t batch = 1, in_height = 1, in_width = 1, channels = 1;
    std::int64_t window_height = 1, window_width = 1;
    std::int64_t out_height = 1, out_width = 1;
    std::int64_t stride_height = 1, stride_width = 1;
    std::int64_t pad_top = 0, pad_left = 0;
    friend constexpr bool operator==(const pool_geometry&, const pool_geometry&) = default;
};

/// Where a pixel of a resized image lies: ops/images/resize.hpp.
enum class resize_centers : std::int64_t { legacy, corners, half_pixels };

/// An NHWC image and its height and width after resizing.
struct resize_geometry {
    std::int64_t batch = 1, in_height = 1, in_width = 1, channels = 1;
    std::int64_t out_height = 1, out_width = 1;
    resize_centers centers = resize_centers::legacy;
    friend constexpr bool operator==(const resize_geometry&, const resize_geometry&) = default;
};

/// A row-major array seen as `[outer, extent, inner]`; the kernel works along the middle axis (softmax,
/// argmax).
struct axis_geometry {
    std::int64_t outer = 1, extent = 1, inner = 1;
    friend constexpr bool operator==(const axis_geometry&, const axis_geometry&) = default;
};

/// Running totals along the middle axis of `[outer, extent, inner]`: from its end if `reverse`, without the element
/// itself if `exclusive`.
struct cumulative_geometry {
    std::int64_t outer = 1, extent = 1, inner = 1;
    std::int32_t exclusive = 0, reverse = 0;
    friend constexpr bool operator==(const cumulative_geometry&, const cumulative_geometry&) = default;
};

/// Rows of `extent` elements; of each, or for each, `count` are taken (top_k, batch_gather, in_top_k).
struct pick_geometry {
    std::int64_t rows = 1, extent = 1, count = 1;
    friend constexpr bool operator==(const pick_geometry&, const pick_geometry&) = default;
};

/// Rows of `extent` elements, each summed with its neighbours up to `radius` places away.
struct window_sum_geometry {
    std::int64_t rows = 1, extent = 1, radius = 0;
    friend constexpr bool operator==(const window_sum_geometry&, const window_sum_geometry&) = default;
};

/// A reduction. Neighbouring axes of a kind are merged, so kept and reduced axes alternate.
struct reduce_geometry {
    std::int64_t rank = 0;
    std::int64_t extent[max_rank] = {};
    std::int64_t reduced[max_rank] = {};  // 1 where the axis disappears
    friend constexpr bool operator==(const reduce_geometry&, const reduce_geometry&) = default;
};

/// A permutation of axes: axis `d` of the result is axis `permutation[d]` of the operand, whose extents these
/// are.
struct transpose_geometry {
    std::int64_t rank = 0;
    std::int64_t extent[max_rank] = {};
    std::int64_t permutation[max_rank] = {};
    friend constexpr bool operator==(const transpose_geometry&, const transpose_geometry&) = default;
};

/// An operand seen at regular steps: element `i` of the result, row-major over `extent`, is element
/// `start + Σ i[d] * stride[d]` of the operand. A stride may be negative. At least one axis; neighbours that step as
/// one are one.
struct view_geometry {
    std::int64_t rank = 1;
    std::int64_t start = 0;
    std::int64_t extent[max_rank] = {1};
    std::int64_t stride[max_rank] = {1};
    friend constexpr bool operator==(const view_geometry&, const view_geometry&) = default;
};

/// An operand with a value around and between its elements: along axis `d`, `before[d]` places, then the operand's
/// `extent[d]` with `between[d]` places after each but the last, then `after[d]`. At least one axis.
struct pad_geometry {
    std::int64_t rank = 1;
    std::int64_t extent[max_rank] = {1};
    std::int64_t before[max_rank] = {}, between[max_rank] = {}, after[max_rank] = {};
    std::int64_t value = 0;  // the bits of a double
    friend constexpr bool operator==(const pad_geometry&, const pad_geometry&) = default;
};

/// An operand repeated as a whole, `repeats[d]` times along axis `d`. At least one axis.
struct tile_geometry {
    std::int64_t rank = 1;
    std::int64_t extent[max_rank] = {1};
    std::int64_t repeats[max_rank] = {1};
    friend constexpr bool operator==(const tile_geometry&, const tile_geometry&) = default;
};

/// The most arrays that one kernel joins.
inline constexpr int max_joined = 8;

/// Arrays side by side: `outer` times a run of `run[i]` elements of each.
struct concat_geometry {
    std::int64_t outer = 1, count = 0;
    std::int64_t run[max_joined] = {};
    friend constexpr bool operator==(const concat_geometry&, const concat_geometry&) = default;
};

/// `[outer, extent, inner]` by `count` positions along the middle axis: `[outer, count, inner]`.
struct gather_geometry {
    std::int64_t outer = 1, extent = 1, inner = 1, count = 1;
    friend constexpr bool operator==(const gather_geometry&, const gather_geometry&) = default;
};

/// Whether what rounding loses of sums at run-time positions is kept beside them: where `count` slices are too many to
/// be just added one after the other, and not fewer than the `extent` places, so that it costs no more than they do.
constexpr bool keeps_losses(std::int64_t extent, std::int64_t count) { return count > 64 && extent <= count; }
constexpr std::int64_t scatter_scratch(const gather_geometry& g) {
    return keeps_losses(g.extent, g.count) ? g.extent * g.inner : 0;
}
constexpr std::int64_t scatter_scratch(const pick_geometry& g) {
    return keeps_losses(g.extent, g.count) ? g.extent : 0;
}

/// Positions `[outer, inner]` as `[outer, depth, inner]`: one value at the position, another elsewhere.
struct one_hot_geometry {
    std::int64_t outer = 1, depth = 1, inner = 1;
    std::int64_t on = 0, off = 0;  // the bits of doubles
    friend constexpr bool operator==(const one_hot_geometry&, const one_hot_geometry&) = default;
};

/// `count` numbers from `first` on, `step` apart; the last of them is `last`.
struct range_geometry {
    std::int64_t count = 1;
    std::int64_t first = 0, step = 0, last = 0;  // the bits of doubles
    friend constexpr bool operator==(const range_geometry&, const range_geometry&) = default;
};

/// `[outer, a, middle, b, inner]`: one of the axes a and b counts the sequences, the other one the places in each.
struct sequence_geometry {
    std::int64_t outer = 1, a = 1, middle = 1, b = 1, inner = 1;
    std::int64_t batch_first = 1;  // 1: a counts the sequences
    friend constexpr bool operator==(const sequence_geometry&, const sequence_geometry&) = default;
};

/// The most operands one fused elementwise kernel reads.
inline constexpr int max_fused_inputs = 8;

/// The iteration space of a fused elementwise kernel. The outputs are row-major over `extent`; input `i`
/// steps by `stride[i][d]` elements along axis `d`, 0 where it is broadcast. Axes are merged where every
/// stride allows it.
struct elementwise_geometry {
    std::int64_t rank = 0;
    std::int64_t inputs = 0;
    std::int64_t extent[max_rank] = {};
    std::int64_t stride[max_fused_inputs][max_rank] = {};
    friend constexpr bool operator==(const elementwise_geometry&, const elementwise_geometry&) = default;
};

// Scratch memory of the kernels, in elements of the operand's type: upper bounds for every architecture, so
// that a plan may reserve it without knowing the kernels. 0 where a kernel works on its operands alone.

/// Whether gemm takes every element of C as the inner product of two contiguous runs: few rows of A, and B by
/// columns.
constexpr bool is_inner_product(const gemm_geometry& g) {
    const bool contiguous_a = g.transpose_a == 0 || g.m == 1, contiguous_b = g.transpose_b != 0 || g.n == 1;
    return contiguous_a && contiguous_b && g.k >= 16 && (g.m <= 4 || g.n == 1);
}

/// Whether gemm goes through B panel by panel, with all rows of A for each: where there are few of them and B is larger
/// than a cache. The first tile copies the panel, whose rows lie too far apart for the cache to keep them.
constexpr bool copies_panels(const gemm_geometry& g) {
    return !is_inner_product(g) && g.m > 12 && g.m <= 64 && g.k * g.n >= 524288 && g.m * g.k <= 131072;
}

/// Whether gemm copies B into contiguous panels first: where B is stored by columns, or where it is so large
/// that its rows fall on too many pages, and there are enough rows of A to make up for it.
constexpr bool needs_packing(const gemm_geometry& g) {
    if (is_inner_product(g) || copies_panels(g)) return false;
    return (g.transpose_b != 0 && g.n > 1) || (g.m >= 64 && g.k * g.n >= 1048576);
}

/// Columns of B that gemm packs at a time: a multiple of every panel width, 3/4 MiB of floats where the depth
/// allows it.
constexpr std::int64_t packed_columns(const gemm_geometry& g) {
    constexpr std::int64_t panel = 96;  // a multiple of 1, 2 and 3 vectors of up to 16 elements
    const std::int64_t needed = (g.n + panel - 1) / panel * panel;
    const std::int64_t held = 196608 / g.k / panel * panel;
    return held < panel ? panel : held < needed ? held : needed;
}

/// Whether gemm copies the rows of A of one tile first: rows a multiple of 2 KiB apart fall on the same few
/// cache sets.
constexpr bool copies_rows(const gemm_geometry& g) {
    return needs_packing(g) && g.transpose_a == 0 && g.m >= 64 && g.k % 512 == 0;
}

/// Rows of B that are copied at a time: what a tile reads of A and B stays in the first cache. The sums of so many
/// blocks of rows are added up before they go to those of all others.
inline constexpr std::int64_t panel_depth = 192, panel_blocks = 8;

/// Elements between the copied rows.
inline constexpr std::int64_t row_gap = 16;

constexpr std::int64_t scratch_elements(const gemm_geometry& g) {
    constexpr std::int64_t most_rows = 16;
    constexpr std::int64_t widest_panel = 48;  // three vectors of sixteen: seven rows or more
    if (copies_panels(g)) return widest_panel * (panel_depth + 2 * g.m);
    const std::int64_t panels = needs_packing(g) ? packed_columns(g) * g.k : 0;
    return panels + (copies_rows(g) ? most_rows * (g.k + row_gap) : 0);
}

constexpr std::int64_t scratch_elements(const batch_gemm_geometry& g) { return scratch_elements(g.matrix); }

/// Whether the weights are copied so that those of the output channels that a tile computes lie together: where there
/// are more than two vectors of channels, and enough pixels to make up for it.
constexpr bool packs_channels(const conv2d_geometry& g) {
    return g.out_channels > 32 && g.batch * g.out_height * g.out_width >= 64;
}

constexpr std::int64_t scratch_elements(const conv2d_geometry& g) {
    const std::int64_t channels = (g.out_channels + 15) / 16 * 16;
    return packs_channels(g) ? g.kernel_height * g.kernel_width * g.in_channels * channels : 0;
}
constexpr std::int64_t scratch_elements(const pool_geometry&) { return 0; }

/// The image's gradient reads the kernel mirrored, with its channels exchanged: a copy, and what the convolution with
/// it needs.
constexpr std::int64_t image_gradient_scratch(const conv2d_geometry& g) {
    const std::int64_t channels = (g.in_channels + 15) / 16 * 16;
    return g.kernel_height * g.kernel_width * g.out_channels * (g.in_channels + (g.in_channels > 32 ? channels : 0));
}

/// Whether taps fall outside of the image to the left or right.
constexpr bool pads_columns(const conv2d_geometry& g) {
    return g.pad_left > 0 || (g.out_width - 1) * g.stride_width - g.pad_left + g.kernel_width > g.in_width;
}

/// Whether the kernel's gradient takes the taps of a line together, as one run of `kernel_width * in_channels`
/// elements of the image: where channels alone are too few, and where that costs nothing.
constexpr bool joins_taps(const conv2d_geometry& g) {
    return g.kernel_width > 1 && (g.in_channels < 8 || !pads_columns(g));
}

/// The part of the batch that the kernel's gradient sums up before it goes on: images, and lines of each. Its
/// upstream elements stay in the first cache; a kernel that is too large for the second one itself gets longer sums.
struct gradient_block {
    std::int64_t images, lines;
};
constexpr gradient_block kernel_gradient_block(const conv2d_geometry& g) {
    const std::int64_t weights = g.kernel_height * g.kernel_width * g.in_channels * g.out_channels;
    const std::int64_t pixels = weights <= 131072 ? 128 : 1024, lines = (pixels + g.out_width - 1) / g.out_width;
    if (lines < g.out_height) return {1, lines};
    const std::int64_t images = lines / g.out_height;
    return {images < g.batch ? images : g.batch, g.out_height};
}

/// So many arrays are added up in a level before they go to the next one; how many levels some blocks take.
inline constexpr std::int64_t blocks_of_array = 32;
constexpr std::int64_t array_sum_levels(std::int64_t blocks) {
    std::int64_t levels = 1;
    for (; blocks > blocks_of_array; ++levels) blocks = (blocks + blocks_of_array - 1) / blocks_of_array;
    return levels;
}

/// Sums of `blocks` arrays of `size` elements: all levels but the result.
constexpr std::int64_t array_sum_scratch(std::int64_t blocks, std::int64_t size) {
    return (array_sum_levels(blocks) - 1) * size;
}

constexpr std::int64_t kernel_gradient_blocks(const conv2d_geometry& g) {
    const gradient_block step = kernel_gradient_block(g);
    return ((g.batch + step.images - 1) / step.images) * ((g.out_height + step.lines - 1) / step.lines);
}

/// Lines between zeros, for the images of a block.
constexpr std::int64_t padded_lines_scratch(const conv2d_geometry& g) {
    if (!joins_taps(g) || !pads_columns(g)) return 0;
    const std::int64_t columns = (g.out_width - 1) * g.stride_width + g.kernel_width;
    return kernel_gradient_block(g).images * g.in_height * columns * g.in_channels;
}

/// Those lines, and the sums of the blocks.
constexpr std::int64_t kernel_gradient_scratch(const conv2d_geometry& g) {
    const std::int64_t weights = g.kernel_height * g.kernel_width * g.in_channels * g.out_channels;
    return padded_lines_scratch(g) + array_sum_scratch(kernel_gradient_blocks(g), weights);
}

/// The same of a depthwise convolution, whose blocks are lines.
constexpr std::int64_t depthwise_gradient_scratch(const conv2d_geometry& g) {
    return array_sum_scratch(g.batch * g.out_height, g.kernel_height * g.kernel_width * g.in_channels);
}

constexpr std::int64_t scratch_elements(const axis_geometry&) { return 0; }
constexpr std::int64_t scratch_elements(const reduce_geometry&) { return 0; }
constexpr std::int64_t scratch_elements(const transpose_geometry&) { return 0; }
constexpr std::int64_t scratch_elements(const elementwise_geometry&) { return 0; }

}  // namespace ambit::contract_parts
