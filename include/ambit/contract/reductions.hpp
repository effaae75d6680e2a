// SPDX-License-Identifier: BSL-1.0
// What reductions and running totals and their kernels agree on.
#pragma once

#include <ambit/contract/kernel_tags.hpp>
#include <ambit/core/shape.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_tag {

struct sum : with_loops {};  ///< reduce_geometry (reduce.hpp)
struct mean : with_loops {  ///< reduce_geometry (reduce.hpp)
    static constexpr bool looks_again = true;  // where the sum is infinite
};
struct maximum : with_loops {};  ///< reduce_geometry (reduce.hpp)
struct minimum : with_loops {};  ///< reduce_geometry (reduce.hpp)
struct product : with_loops {};  ///< reduce_geometry (reduce.hpp)
struct any : without_epilogue {};  ///< reduce_geometry (reduce.hpp)
struct all : without_epilogue {};  ///< reduce_geometry (reduce.hpp)
struct logsumexp : without_epilogue {};  ///< reduce_geometry (reduce_shifted.hpp)
struct variance : without_epilogue {};  ///< reduce_geometry (reduce_shifted.hpp); values and their means
struct cumulative_sum : without_epilogue {};  ///< cumulative_geometry
struct cumulative_product : without_epilogue {};  ///< cumulative_geometry
struct cumulative_product_gradient : without_epilogue {};  ///< cumulative_geometry, that of the product

}  // namespace ambit::kernel_tag

namespace AMBIT_NAMESPACE::contract_parts {

/// A reduction. Neighbouring axes of a kind are merged, so kept and reduced axes alternate.
struct reduce_geometry {
    std::int64_t rank = 0;
    std::int64_t extent[max_rank] = {};
    std::int64_t reduced[max_rank] = {};  // 1 where the axis disappears
    friend constexpr bool operator==(const reduce_geometry&, const reduce_geometry&) = default;
};

/// Floating-point operations: one for each element that is read.
constexpr std::int64_t flops(const reduce_geometry& g) {
    std::int64_t elements = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) elements *= g.extent[axis];
    return elements;
}

/// The elements, side by side, of which each result is made; 0 where those of one lie apart.
constexpr std::int64_t reduced_row(const reduce_geometry& g) {
    if (g.rank == 1) return g.reduced[0] != 0 ? g.extent[0] : 0;
    return g.rank == 2 && g.reduced[1] != 0 ? g.extent[1] : 0;
}

/// Running totals along the middle axis of `[outer, extent, inner]`: from its end if `reverse`, without the element
/// itself if `exclusive`.
struct cumulative_geometry {
    std::int64_t outer = 1, extent = 1, inner = 1;
    std::int32_t exclusive = 0, reverse = 0;
    friend constexpr bool operator==(const cumulative_geometry&, const cumulative_geometry&) = default;
};

constexpr std::int64_t flops(const cumulative_geometry& g) { return g.outer * g.extent * g.inner; }

}  // namespace ambit::contract_parts
