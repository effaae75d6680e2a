// SPDX-License-Identifier: BSL-1.0
// Comparisons, choices by a condition, logic of bool, tests for NaN: elementwise.
//
//     tensor kept = where((x > 0) & ~is_nan(y), x, 0);
//
// Operands are broadcast as in NumPy: extents are equal, or 1, from the last axis on; what is compared has one dtype,
// and a number takes that of the other operand. Else the compiler refuses the call (op_dtype, op_shape). Results are
// bool and have no gradient, but those of `where`. `==` and `!=` compare nothing: they tell whether two tensors are the
// same value of a graph. `&&` and `||` could not leave out their second operand: write `&` and `|`.
#pragma once

#include <ambit/ops/op.hpp>

// comparison/ defines each function in the file of its name, but:
//     classification.hpp  is_nan is_inf is_finite
//     comparison.hpp      equal not_equal less less_equal greater greater_equal operator< operator<= operator>
//                         operator>=
//     logical.hpp         logical_and logical_or logical_xor logical_not operator& operator| operator^ operator~

namespace AMBIT_NAMESPACE {

/// Whether two elements are equal; NaN is equal to nothing. Any dtype; the result is bool. NumPy's and TensorFlow's
/// `equal`.
///
///     tensor hits = equal(argmax(logits, -1), labels);
constexpr tensor equal(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                       const location& at = location::current());

/// Whether two elements differ; NaN differs from everything. Any dtype; the result is bool.
///
///     tensor is_wrong = not_equal(argmax(logits, -1), labels);  // -> bool[32]
constexpr tensor not_equal(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                           const location& at = location::current());

/// a < b of each pair of elements, false where either is NaN. Any dtype but bool; the result is bool.
///
///     tensor is_small = less(abs(x), 1e-3);                     // -> bool[32, 10]
constexpr tensor less(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                      const location& at = location::current());

/// a ≤ b of each pair of elements, false where either is NaN. Any dtype but bool; the result is bool.
///
///     tensor is_inside = less_equal(norm(points), 1);           // -> bool[]
constexpr tensor less_equal(const graph_parts::operand& a, const graph_parts::operand& b,
                            const op_options& options = {}, const location& at = location::current());

/// a > b of each pair of elements, false where either is NaN. Any dtype but bool; the result is bool.
///
///     tensor is_active = greater(h, 0);                         // -> bool[32, 10]
constexpr tensor greater(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                         const location& at = location::current());

/// a ≥ b of each pair of elements, false where either is NaN. Any dtype but bool; the result is bool.
///
///     tensor is_late = greater_equal(step, 1000);               // -> bool[]
constexpr tensor greater_equal(const graph_parts::operand& a, const graph_parts::operand& b,
                               const op_options& options = {}, const location& at = location::current());

/// `less(a, b)` as an operator: a mistake is told with the line where the first operand became one.
constexpr tensor operator<(const graph_parts::operand& a, const graph_parts::operand& b);

/// `less_equal(a, b)` as an operator.
constexpr tensor operator<=(const graph_parts::operand& a, const graph_parts::operand& b);

/// `greater(a, b)` as an operator.
constexpr tensor operator>(const graph_parts::operand& a, const graph_parts::operand& b);

/// `greater_equal(a, b)` as an operator.
constexpr tensor operator>=(const graph_parts::operand& a, const graph_parts::operand& b);

/// a where the condition holds, b elsewhere; all three are broadcast. The condition is bool, a and b have one dtype,
/// any; two numbers become float32, or int32 if both are whole. The gradient goes to a where the condition holds and to
/// b elsewhere; the other one gets 0, even of an upstream NaN. NumPy's and TensorFlow's `where` of three operands. Both
/// a and b are computed: `cond` runs one of two bodies.
///
///     tensor safe = where(is_finite(x), x, 0);
constexpr tensor where(const tensor& condition, const graph_parts::operand& a, const graph_parts::operand& b,
                       const op_options& options = {}, const location& at = location::current());

/// Whether both are true: bool of bool. NumPy's and TensorFlow's `logical_and`.
///
///     tensor is_inside = logical_and(greater(x, 0), less(x, 1));
constexpr tensor logical_and(const graph_parts::operand& a, const graph_parts::operand& b,
                             const op_options& options = {}, const location& at = location::current());

/// Whether either is true, or both: bool of bool.
///
///     tensor is_outside = logical_or(less(x, 0), greater(x, 1));
constexpr tensor logical_or(const graph_parts::operand& a, const graph_parts::operand& b,
                            const op_options& options = {}, const location& at = location::current());

/// Whether one is true and the other one is not: bool of bool.
///
///     tensor disagree = logical_xor(greater(x, 0), greater(y, 0));
constexpr tensor logical_xor(const graph_parts::operand& a, const graph_parts::operand& b,
                             const op_options& options = {}, const location& at = location::current());

/// The opposite of each element: bool of bool.
///
///     tensor is_free = logical_not(is_taken);                   // -> bool[32, 10]
constexpr tensor logical_not(const tensor& a, const op_options& options = {},
                             const location& at = location::current());

/// `logical_and(a, b)` as an operator, as in TensorFlow and NumPy: `(x > 0) & (x < 1)`.
constexpr tensor operator&(const graph_parts::operand& a, const graph_parts::operand& b);

/// `logical_or(a, b)` as an operator.
constexpr tensor operator|(const graph_parts::operand& a, const graph_parts::operand& b);

/// `logical_xor(a, b)` as an operator.
constexpr tensor operator^(const graph_parts::operand& a, const graph_parts::operand& b);

/// `logical_not(a)` as an operator.
constexpr tensor operator~(const graph_parts::operand& a);

/// Whether each element is NaN: bool of float32 or float64. NumPy's `isnan`.
///
///     tensor known = where(is_nan(x), 0, x);
constexpr tensor is_nan(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// Whether each element is infinite, of either sign: bool of float32 or float64. NumPy's `isinf`.
///
///     tensor bounded = where(is_inf(x), 1e6f, x);
constexpr tensor is_inf(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// Whether each element is neither NaN nor infinite: bool of float32 or float64. NumPy's `isfinite`.
///
///     tensor is_sound = reduce_all(is_finite(gradient));        // -> bool[]
constexpr tensor is_finite(const tensor& x, const op_options& options = {}, const location& at = location::current());

}  // namespace ambit
