// SPDX-License-Identifier: BSL-1.0
// An array seen along one of its axes, or as rows: what kernels of several families know of their operands.
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::contract_parts {

/// A row-major array seen as `[outer, extent, inner]`; the kernel works along the middle axis (softmax,
/// argmax).
struct axis_geometry {
    std::int64_t outer = 1, extent = 1, inner = 1;
    friend constexpr bool operator==(const axis_geometry&, const axis_geometry&) = default;
};

/// Rows of `extent` elements; of each, or for each, `count` are taken (top_k, batch_gather, in_top_k).
struct pick_geometry {
    std::int64_t rows = 1, extent = 1, count = 1;
    friend constexpr bool operator==(const pick_geometry&, const pick_geometry&) = default;
};

}  // namespace ambit::contract_parts
