// SPDX-License-Identifier: BSL-1.0
// What training minimizes and evaluation counts.
#pragma once

#include <ambit/ops/op.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE {

constexpr tensor softmax_cross_entropy(const tensor& logits, const tensor& labels, const op_options& options = {},
                                       const location& at = location::current());

constexpr tensor sparse_softmax_cross_entropy(const tensor& logits, const tensor& labels,
                                              const op_options& options = {},
                                              const location& at = location::current());

constexpr tensor sigmoid_cross_entropy(const graph_parts::operand& logits, const graph_parts::operand& labels,
                                       const op_options& options = {}, const location& at = location::current());

constexpr tensor huber(const tensor& x, double delta, const op_options& options = {},
                       const location& at = location::current());

constexpr tensor in_top_k(const tensor& predictions, const tensor& labels, std::int64_t k,
                          const op_options& options = {}, const location& at = location::current());

constexpr tensor confusion_matrix(const tensor& labels, const tensor& predictions, std::int64_t classes,
                                  const op_options& options = {}, const location& at = location::current());

}  // namespace ambit
