// SPDX-License-Identifier: BSL-1.0
// Products of matrices, compiled for dynamic models.
#pragma once

#include <ambit/kernels/products/batch_gemm.hpp>
#include <ambit/kernels/products/compact_gemm.hpp>
#include <ambit/kernels/products/gemm.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/products/compact_matmul.hpp>
#include <ambit/registry/run_time_op.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

[[gnu::weak]] void add_ops_of_products(kernel_table& table) {
    add_ops<&matmul_info, &batch_matmul_info, &bfloat16_matmul_info, &int8_matmul_info>(table);
}

}  // namespace ambit::registry_parts
