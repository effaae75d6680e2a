// SPDX-License-Identifier: BSL-1.0
// Products of matrices.
#pragma once

#include <ambit/ops/op.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE {

/// What `matmul` may be told: whether it takes an operand with its last two axes exchanged.
struct matmul_options {
    bool transpose_a = false;
    bool transpose_b = false;
    std::string_view name = {};
};

/// The product of matrices, [m, k] x [k, n] -> [m, n], either of them transposed if asked. Axes in front of these two
/// are a batch of matrices, and are broadcast with each other as in NumPy. Both are numbers of one dtype; others are
/// refused (op_dtype), as are inner extents that differ (op_shape). Sums run in the kernel's order: equal to those of
/// another order within 2 k ε Σ |a b|. Gradients are products with the other operand, summed over broadcast axes.
/// NumPy's and TensorFlow's `matmul`.
///
///     tensor scores = matmul(queries, keys, {.transpose_b = true});      // [m, k] x [n, k]
///     tensor heads  = matmul(scores, values);                            // [32, 8, m, k] x [32, 8, k, n]
constexpr tensor matmul(const tensor& a, const tensor& b, const matmul_options& options = {},
                        const location& at = location::current());

}  // namespace ambit
