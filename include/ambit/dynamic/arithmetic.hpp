// SPDX-License-Identifier: BSL-1.0
// Arithmetic of elements, and copies of them, compiled for dynamic models.
#pragma once

#include <ambit/ops/all.hpp>
#include <ambit/registry/run_time_op.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

[[gnu::weak]] void add_ops_of_arithmetic(kernel_table& table) {
    add_ops<&abs_info, &add_info, &bias_add_info, &clip_info, &div_info, &floor_div_info, &floor_mod_info,
            &maximum_info, &minimum_info, &mul_info, &neg_info, &floor_info, &ceil_info, &round_info, &sign_info,
            &sub_info, &broadcast_to_info, &snapshot_info, &moving_average_info>(table);
}

}  // namespace ambit::registry_parts
