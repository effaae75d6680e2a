// SPDX-License-Identifier: BSL-1.0
// Comparisons, choices and logic of elements, compiled for dynamic models.
#pragma once

#include <ambit/ops/all.hpp>
#include <ambit/registry/run_time_op.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

[[gnu::weak]] void add_ops_of_comparison(kernel_table& table) {
    add_ops<&is_nan_info, &is_inf_info, &is_finite_info, &equal_info, &not_equal_info, &less_info, &less_equal_info,
            &greater_info, &greater_equal_info, &logical_and_info, &logical_or_info, &logical_xor_info,
            &logical_not_info, &where_info, &where_greater_info, &where_greater_equal_info>(table);
}

}  // namespace ambit::registry_parts
