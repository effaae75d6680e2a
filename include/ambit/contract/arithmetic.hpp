// SPDX-License-Identifier: BSL-1.0
// What a fused elementwise kernel knows of its operands: for ops of arithmetic, comparison and functions.
#pragma once

#include <ambit/core/shape.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::contract_parts {

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

}  // namespace ambit::contract_parts
