// SPDX-License-Identifier: BSL-1.0
// Random numbers, schedules and checks, compiled for dynamic models.
#pragma once

#include <ambit/kernels/control/check.hpp>
#include <ambit/kernels/control/schedule.hpp>
#include <ambit/kernels/random/random.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/registry/run_time_op.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

[[gnu::weak]] void add_ops_of_random(kernel_table& table) {
    add_ops<&random_uniform_info, &random_normal_info, &truncated_normal_info, &dropout_mask_info, &check_finite_info,
            &check_range_info, &schedule_info>(table);
}

}  // namespace ambit::registry_parts
