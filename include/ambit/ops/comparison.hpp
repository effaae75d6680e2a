// SPDX-License-Identifier: BSL-1.0
// Comparisons, the logic of their results, and the choice of elements by them.
#pragma once

#include <ambit/ops/op.hpp>

namespace AMBIT_NAMESPACE {

constexpr tensor equal(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                       const location& at = location::current());

constexpr tensor not_equal(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                           const location& at = location::current());

constexpr tensor less(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                      const location& at = location::current());

constexpr tensor less_equal(const graph_parts::operand& a, const graph_parts::operand& b,
                            const op_options& options = {}, const location& at = location::current());

constexpr tensor greater(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                         const location& at = location::current());

constexpr tensor greater_equal(const graph_parts::operand& a, const graph_parts::operand& b,
                               const op_options& options = {}, const location& at = location::current());

/// The same for operators; their line is where the first operand became one.
constexpr tensor operator<(const graph_parts::operand& a, const graph_parts::operand& b);

constexpr tensor operator<=(const graph_parts::operand& a, const graph_parts::operand& b);

constexpr tensor operator>(const graph_parts::operand& a, const graph_parts::operand& b);

constexpr tensor operator>=(const graph_parts::operand& a, const graph_parts::operand& b);

/// Two numbers become float32, or int32 if both are integers.
constexpr tensor where(const tensor& condition, const graph_parts::operand& a, const graph_parts::operand& b,
                       const op_options& options = {}, const location& at = location::current());

constexpr tensor logical_and(const graph_parts::operand& a, const graph_parts::operand& b,
                             const op_options& options = {}, const location& at = location::current());

constexpr tensor logical_or(const graph_parts::operand& a, const graph_parts::operand& b,
                            const op_options& options = {}, const location& at = location::current());

constexpr tensor logical_xor(const graph_parts::operand& a, const graph_parts::operand& b,
                             const op_options& options = {}, const location& at = location::current());

constexpr tensor logical_not(const tensor& a, const op_options& options = {},
                             const location& at = location::current());

/// The same for operators; their line is where the first operand became one.
constexpr tensor operator&(const graph_parts::operand& a, const graph_parts::operand& b);

constexpr tensor operator|(const graph_parts::operand& a, const graph_parts::operand& b);

constexpr tensor operator^(const graph_parts::operand& a, const graph_parts::operand& b);

constexpr tensor operator~(const graph_parts::operand& a);

constexpr tensor is_nan(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor is_inf(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor is_finite(const tensor& x, const op_options& options = {}, const location& at = location::current());

}  // namespace ambit
