// SPDX-License-Identifier: BSL-1.0
// Pooling, resizing and sums of neighbours, compiled for dynamic models.
#pragma once

#include <ambit/kernels/images/pool.hpp>
#include <ambit/kernels/images/pool_gradient.hpp>
#include <ambit/kernels/images/resize.hpp>
#include <ambit/kernels/images/resize_cubic.hpp>
#include <ambit/kernels/images/window_sum.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/registry/run_time_op.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

[[gnu::weak]] void add_ops_of_images(kernel_table& table) {
    add_ops<&window_sum_info, &max_pool_info, &avg_pool_info, &max_pool_gradient_info, &max_pool_pick_info,
            &avg_pool_gradient_info, &resize_nearest_info, &resize_bilinear_info, &resize_nearest_gradient_info,
            &resize_bilinear_gradient_info, &resize_bicubic_info, &resize_bicubic_gradient_info>(table);
}

}  // namespace ambit::registry_parts
