// SPDX-License-Identifier: BSL-1.0
// Elements by their positions, and losses of classes, compiled for dynamic models.
#pragma once

#include <ambit/kernels/lookup/argmax.hpp>
#include <ambit/kernels/lookup/first_positions.hpp>
#include <ambit/kernels/lookup/gather.hpp>
#include <ambit/kernels/lookup/one_hot.hpp>
#include <ambit/kernels/lookup/top_k.hpp>
#include <ambit/kernels/losses/confusion_matrix.hpp>
#include <ambit/kernels/losses/in_top_k.hpp>
#include <ambit/kernels/losses/softmax_cross_entropy.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/registry/run_time_op.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

[[gnu::weak]] void add_ops_of_lookup(kernel_table& table) {
    add_ops<&argmax_info, &argmin_info, &batch_gather_info, &batch_scatter_info, &first_positions_info, &gather_info,
            &one_hot_info, &scatter_info, &scatter_add_info, &scatter_update_info, &top_k_info, &confusion_matrix_info,
            &in_top_k_info, &softmax_cross_entropy_info, &sparse_softmax_cross_entropy_info,
            &softmax_cross_entropy_gradient_info>(table);
}

}  // namespace ambit::registry_parts
