// SPDX-License-Identifier: BSL-1.0
// What products and convolutions with compact weights and their kernels agree on: a matrix [k, n] of floats as bytes,
// which a kernel makes floats of while it reads them. A column is what one element of a result's last axis is made
// with: the weights [height, width, in, out] of a convolution are a matrix of height·width·in rows.
//
//     static_assert(compact_shape(weight_format::bfloat16, 784, 500) == shape{784, 500, 2});
//     static_assert(compact_shape(weight_format::int8, 784, 500) == shape{788, 500});
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/contract/kernel_tags.hpp>
#include <ambit/core/shape.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE {

/// How weights are stored for inference (model/compact_weights.hpp).
enum class weight_format : std::int32_t {
    bfloat16,  ///< 2 bytes each: the upper half of the float, rounded to nearest, to even; off by 2^-8 of it at most
    int8  ///< 1 byte each, -127 to 127, times a float32 of its column, the largest there / 127; off by half of that
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::kernel_tag {

template <weight_format Format> struct compact_gemm : with_epilogue {};  ///< compact_gemm_geometry
template <weight_format Format> struct compact_conv2d : with_epilogue {};  ///< conv2d_geometry (images.hpp)

}  // namespace ambit::kernel_tag

namespace AMBIT_NAMESPACE::contract_parts {

/// `C[m,n] = A[m,k] · B[k,n]`, row-major, B in a weight_format.
struct compact_gemm_geometry {
    std::int64_t m = 1, n = 1, k = 1;
    friend constexpr bool operator==(const compact_gemm_geometry&, const compact_gemm_geometry&) = default;
};
constexpr std::int64_t flops(const compact_gemm_geometry& g) { return 2 * g.m * g.n * g.k; }

/// Rows of bytes in front of those of int8, which have the n scales as float32.
inline constexpr std::int64_t rows_of_scales = 4;

/// The bytes of a matrix [k, n]: of bfloat16 [k, n, 2], the lower byte first where numbers are stored so; of int8
/// [4 + k, n], the scales and then the rows.
constexpr shape compact_shape(weight_format format, std::int64_t k, std::int64_t n) {
    return format == weight_format::bfloat16 ? shape{k, n, 2} : shape{rows_of_scales + k, n};
}

/// Whether a convolution makes floats of its weights once a call, for all pixels, which then make up for it. One of
/// fewer does so in registers, as products do.
constexpr bool widens_at_once(const conv2d_geometry& g) { return has_many_pixels(g); }

/// Those floats, as `conv2d` reads them.
constexpr std::int64_t compact_conv2d_scratch(const conv2d_geometry& g) {
    if (!widens_at_once(g)) return 0;
    return packs_channels(g) ? scratch_elements(g)
                             : g.kernel_height * g.kernel_width * g.in_channels * g.out_channels;
}

}  // namespace ambit::contract_parts
