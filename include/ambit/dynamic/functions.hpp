// SPDX-License-Identifier: BSL-1.0
// Functions of elements, compiled for dynamic models.
#pragma once

#include <ambit/ops/all.hpp>
#include <ambit/registry/run_time_op.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

[[gnu::weak]] void add_ops_of_functions(kernel_table& table) {
    add_ops<&asin_info, &acos_info, &atan_info, &atan2_info, &sinh_info, &cosh_info, &asinh_info, &acosh_info,
            &atanh_info, &elu_info, &selu_info, &erf_info, &exp_info, &expm1_info, &log1p_info, &gelu_info,
            &leaky_relu_info, &prelu_info, &log_info, &pow_info, &relu_info, &rsqrt_info, &sigmoid_info, &sin_info,
            &cos_info, &softplus_info, &softsign_info, &swish_info, &sqrt_info, &square_info, &tanh_info, &huber_info,
            &sigmoid_cross_entropy_info>(table);
}

}  // namespace ambit::registry_parts
