// SPDX-License-Identifier: BSL-1.0
// What ops that look elements up and their kernels agree on.
#pragma once

#include <ambit/contract/kernel_tags.hpp>
#include <ambit/contract/rows.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_tag {

struct argmax : without_epilogue {};  ///< axis_geometry
struct argmin : without_epilogue {};  ///< axis_geometry (argmax.hpp)
struct top_k : without_epilogue {};  ///< pick_geometry
struct gather : without_epilogue {};  ///< gather_geometry; an array and positions
struct scatter : without_epilogue {};  ///< gather_geometry (gather.hpp); updates and positions
struct scatter_add : without_epilogue {};  ///< gather_geometry (gather.hpp); an array, positions and updates
struct scatter_update : without_epilogue {};  ///< gather_geometry (gather.hpp); an array, positions and updates
struct batch_gather : without_epilogue {};  ///< pick_geometry (top_k.hpp); values and indices
struct batch_scatter : without_epilogue {};  ///< pick_geometry (top_k.hpp), that of batch_gather; indices and updates
struct first_positions : without_epilogue {};  ///< index_geometry; from positions
struct one_hot : without_epilogue {};  ///< one_hot_geometry; from positions

}  // namespace ambit::kernel_tag

namespace AMBIT_NAMESPACE::contract_parts {

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

/// `count` positions along an axis of `extent`.
struct index_geometry {
    std::int64_t extent = 1, count = 1;
    friend constexpr bool operator==(const index_geometry&, const index_geometry&) = default;
};

/// Positions `[outer, inner]` as `[outer, depth, inner]`: one value at the position, another elsewhere.
struct one_hot_geometry {
    std::int64_t outer = 1, depth = 1, inner = 1;
    std::int64_t on = 0, off = 0;  // the bits of doubles
    friend constexpr bool operator==(const one_hot_geometry&, const one_hot_geometry&) = default;
};

}  // namespace ambit::contract_parts
