// SPDX-License-Identifier: BSL-1.0
// Products of matrices.
#pragma once

#include <ambit/core/refuses.hpp>
#include <ambit/ops/op.hpp>

#include <concepts>
#include <initializer_list>
#include <string_view>

// products/ defines each function in the file of its name.

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
template <std::same_as<bool> Flag, class... More>
AMBIT_REFUSES("which factor is transposed is an option: matmul(a, b, {.transpose_b = true})")
constexpr tensor matmul(const tensor& a, const tensor&, Flag, More...) {
    return a;
}

/// Sums of products of tensors whose axes have letters, as NumPy's and TensorFlow's `einsum`: one operand or more, up
/// to 8, of numbers of one dtype. Axes of the same letter have the same extent; letters that the result lacks are
/// summed over; a letter twice in one operand is its diagonal. Without an arrow, the result has the letters that are
/// there once, in the order of the alphabet; there is no `...`. The formula is read while the model is built: it
/// becomes products, transpositions and sums, whose gradients follow. What is wrong with it is told with its place
/// (op_option), operands that do not fit with their numbers (op_shape).
///
///     tensor scores = einsum("bqhd,bkhd->bhqk", {queries, keys});
///     tensor trace  = einsum("ii->", {matrix});
constexpr tensor einsum(std::string_view formula, std::initializer_list<tensor> operands,
                        const op_options& options = {}, const location& at = location::current());
template <graph_parts::tensor_or_variable First, graph_parts::tensor_or_variable... More>
AMBIT_REFUSES("the operands are a list: einsum(\"ij,jk->ik\", {a, b})")
constexpr tensor einsum(const char*, const First& a, const More&...) { return a; }

}  // namespace ambit
