// SPDX-License-Identifier: BSL-1.0
// Convolutions and their gradients, compiled for dynamic models.
#pragma once

#include <ambit/kernels/images/compact_conv2d.hpp>
#include <ambit/kernels/images/conv2d.hpp>
#include <ambit/kernels/images/conv2d_image_gradient.hpp>
#include <ambit/kernels/images/conv2d_kernel_gradient.hpp>
#include <ambit/kernels/images/depthwise_conv2d.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/images/compact_conv2d.hpp>
#include <ambit/registry/run_time_op.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

[[gnu::weak]] void add_ops_of_convolutions(kernel_table& table) {
    add_ops<&conv1d_info, &conv1d_image_gradient_info, &conv1d_kernel_gradient_info, &conv2d_info,
            &conv2d_image_gradient_info, &conv2d_kernel_gradient_info, &depthwise_conv2d_info,
            &depthwise_image_gradient_info, &depthwise_kernel_gradient_info, &bfloat16_conv1d_info, &int8_conv1d_info,
            &bfloat16_conv2d_info, &int8_conv2d_info>(table);
}

}  // namespace ambit::registry_parts
