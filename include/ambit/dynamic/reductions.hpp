// SPDX-License-Identifier: BSL-1.0
// Reductions and running totals, and softmax, compiled for dynamic models.
#pragma once

#include <ambit/kernels/functions/log_softmax.hpp>
#include <ambit/kernels/functions/softmax.hpp>
#include <ambit/kernels/reductions/cumulative.hpp>
#include <ambit/kernels/reductions/reduce.hpp>
#include <ambit/kernels/reductions/reduce_shifted.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/registry/run_time_op.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

[[gnu::weak]] void add_ops_of_reductions(kernel_table& table) {
    add_ops<&reduce_sum_info, &reduce_mean_info, &reduce_max_info, &reduce_min_info, &reduce_any_info, &reduce_all_info,
            &reduce_prod_info, &reduce_logsumexp_info, &reduce_variance_info, &cumsum_info, &cumprod_info,
            &cumprod_gradient_info, &softmax_info, &log_softmax_info>(table);
}

}  // namespace ambit::registry_parts
