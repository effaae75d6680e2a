// SPDX-License-Identifier: BSL-1.0
// What products of matrices and their kernels agree on.
#pragma once

#include <ambit/contract/kernel_tags.hpp>
#include <ambit/core/shape.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_tag {

struct gemm : with_packed_weights {};  ///< gemm_geometry
struct batch_gemm : with_packed_weights {};  ///< batch_gemm_geometry

}  // namespace ambit::kernel_tag

namespace AMBIT_NAMESPACE::contract_parts {

/// `C[m,n] = A[m,k] · B[k,n]`, row-major; a transposed operand is stored as `[k,m]` or `[n,k]`. `packed_b`: B lies in
/// the panels that its kernel reads, which `pack_b` made of it.
struct gemm_geometry {
    std::int64_t m = 1, n = 1, k = 1;
    std::int32_t transpose_a = 0, transpose_b = 0;
    std::int64_t packed_b = 0;
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

/// Floating-point operations: an addition for each product.
constexpr std::int64_t flops(const gemm_geometry& g) { return 2 * g.m * g.n * g.k; }
constexpr std::int64_t flops(const batch_gemm_geometry& g) {
    std::int64_t matrices = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) matrices *= g.extent[axis];
    return matrices * flops(g.matrix);
}

/// Whether gemm takes every element of C as the inner product of two contiguous runs: few rows of A, and B by
/// columns.
constexpr bool is_inner_product(const gemm_geometry& g) {
    if (g.packed_b != 0) return false;
    const bool contiguous_a = g.transpose_a == 0 || g.m == 1, contiguous_b = g.transpose_b != 0 || g.n == 1;
    return contiguous_a && contiguous_b && g.k >= 16 && (g.m <= 4 || g.n == 1);
}

/// Fewer rows of A than these read B too seldom to make up for a copy of it.
inline constexpr std::int64_t least_packed_rows = 24;

/// Whether gemm copies B into contiguous panels, which lie at whole cache lines on few pages: where B is stored by
/// columns, or where it is larger than a first-level cache and there are enough rows of A to make up for it.
constexpr bool needs_packing(const gemm_geometry& g) {
    if (is_inner_product(g) || g.packed_b != 0) return false;
    return g.transpose_b != 0 ? g.n > 1 : g.m >= least_packed_rows && g.k * g.n > 32768;
}

/// Columns of B that gemm packs at a time, a multiple of every panel width: one panel or two where A stays in the
/// second-level cache, which goes through all of it for each; else 3/4 MiB of floats where the depth allows it.
constexpr std::int64_t packed_columns(const gemm_geometry& g) {
    constexpr std::int64_t panel = 32;  // two vectors of up to 16 elements
    if (g.m * g.k <= 131072) return panel;
    const std::int64_t needed = (g.n + panel - 1) / panel * panel, held = 196608 / g.k / panel * panel;
    return held < panel ? panel : held < needed ? held : needed;
}

/// Whether gemm copies the rows of A first: rows a multiple of 2 KiB apart fall on the same few cache sets.
constexpr bool copies_rows(const gemm_geometry& g) {
    return (needs_packing(g) || g.packed_b != 0) && g.transpose_a == 0 && g.m >= 64 && g.k % 512 == 0;
}

/// In how many parts, all alike, the rows of A are copied and B is gone through: 4 MiB of floats hold one.
constexpr std::int64_t times_of_rows(const gemm_geometry& g) {
    const std::int64_t most = g.k <= 16384 ? 1048576 / g.k : 64;
    return (g.m + most - 1) / most;
}

/// Elements between the copied rows.
inline constexpr std::int64_t row_gap = 16;

constexpr std::int64_t scratch_elements(const gemm_geometry& g) {
    const std::int64_t rows = copies_rows(g) ? (g.m + times_of_rows(g) - 1) / times_of_rows(g) : 0;
    return (needs_packing(g) ? packed_columns(g) * g.k : 0) + rows * (g.k + row_gap);
}

/// Whether a copy of B in panels, which a model keeps while B does not change, makes up for its memory: panels lie
/// without gaps on few pages. What is not larger than a first-level cache gains nothing, nor do few long columns.
constexpr bool prefers_packed_weights(const gemm_geometry& g) {
    return g.k * g.n > 8192 && !(is_inner_product(g) && (g.m <= 2 || g.n == 1));
}
constexpr gemm_geometry with_packed_weights(gemm_geometry g) {
    g.packed_b = 1;
    return g;
}
constexpr std::int64_t packed_elements(const gemm_geometry& g) { return (g.n + 15) / 16 * 16 * g.k; }

constexpr std::int64_t scratch_elements(const batch_gemm_geometry& g) { return scratch_elements(g.matrix); }

/// Of a batch of matrices, that which is one product.
constexpr bool prefers_packed_weights(const batch_gemm_geometry& g) {
    return g.rank == 0 && prefers_packed_weights(g.matrix);
}
constexpr batch_gemm_geometry with_packed_weights(batch_gemm_geometry g) {
    g.matrix = with_packed_weights(g.matrix);
    return g;
}
constexpr std::int64_t packed_elements(const batch_gemm_geometry& g) { return packed_elements(g.matrix); }

}  // namespace ambit::contract_parts
