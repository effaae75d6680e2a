// SPDX-License-Identifier: BSL-1.0
// What puts elements in another order, compiled for dynamic models.
#pragma once

#include <ambit/kernels/arrays/cast.hpp>
#include <ambit/kernels/arrays/concat.hpp>
#include <ambit/kernels/arrays/pad.hpp>
#include <ambit/kernels/arrays/range.hpp>
#include <ambit/kernels/arrays/reverse_sequence.hpp>
#include <ambit/kernels/arrays/tile_array.hpp>
#include <ambit/kernels/arrays/transpose.hpp>
#include <ambit/kernels/arrays/view.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/registry/run_time_op.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

[[gnu::weak]] void add_ops_of_arrays(kernel_table& table) {
    add_ops<&cast_info, &concat_info, &diag_info, &diag_part_info, &pad_info, &range_info, &linspace_info,
            &reverse_info, &reverse_sequence_info, &slice_info, &strided_slice_info, &split_info, &tile_info,
            &transpose_info, &space_to_depth_info, &depth_to_space_info>(table);
}

}  // namespace ambit::registry_parts
