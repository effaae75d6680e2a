// SPDX-License-Identifier: BSL-1.0
// Sums, products, quotients, rounding, the larger and the smaller of two.
#pragma once

#include <ambit/ops/op.hpp>

namespace AMBIT_NAMESPACE {

constexpr tensor add(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                     const location& at = location::current());

/// The same for operators; their line is where the first operand became one.
constexpr tensor operator+(const graph_parts::operand& a, const graph_parts::operand& b);

constexpr tensor sub(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                     const location& at = location::current());

/// The same for operators; their line is where the first operand became one.
constexpr tensor operator-(const graph_parts::operand& a, const graph_parts::operand& b);

constexpr tensor mul(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                     const location& at = location::current());

/// The same for operators; their line is where the first operand became one.
constexpr tensor operator*(const graph_parts::operand& a, const graph_parts::operand& b);

constexpr tensor div(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                     const location& at = location::current());

/// The same for operators; their line is where the first operand became one.
constexpr tensor operator/(const graph_parts::operand& a, const graph_parts::operand& b);

constexpr tensor neg(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor operator-(const graph_parts::operand& x);

constexpr tensor floor_div(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                           const location& at = location::current());

constexpr tensor floor_mod(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                           const location& at = location::current());

constexpr tensor bias_add(const tensor& x, const tensor& bias, const op_options& options = {},
                          const location& at = location::current());

constexpr tensor abs(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor sign(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor maximum(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                         const location& at = location::current());

constexpr tensor minimum(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                         const location& at = location::current());

constexpr tensor clip(const tensor& x, double low, double high, const op_options& options = {},
                      const location& at = location::current());

constexpr tensor relu6(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor floor(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor ceil(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor round(const tensor& x, const op_options& options = {}, const location& at = location::current());

}  // namespace ambit
