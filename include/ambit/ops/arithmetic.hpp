// SPDX-License-Identifier: BSL-1.0
// Sums, products, quotients, rounding, the larger and the smaller of two: elementwise, for numbers.
//
//     tensor scaled = 0.5f * (x - mean) + bias;
//
// Operands of one dtype are broadcast as in NumPy: extents are equal, or 1, from the last axis on. A number among the
// operands takes the dtype of the other one, which must have its value. Else the compiler refuses the call (op_dtype,
// op_shape). Gradients are summed over the axes that broadcasting repeated.
#pragma once

#include <ambit/ops/op.hpp>

// arithmetic/ defines each function in the file of its name, but:
//     add.hpp        operator+
//     clip.hpp       relu6
//     div.hpp        operator/
//     floor_div.hpp  floor_mod
//     mul.hpp        operator*
//     neg.hpp        operator-
//     rounding.hpp   floor ceil round
//     sub.hpp        operator-

namespace AMBIT_NAMESPACE {

/// a + b of each pair of elements. Any dtype but bool; integers wrap around. The gradient goes to both. TensorFlow's
/// and NumPy's `add`.
///
///     tensor sum = add(x, y, {.name = "sum"});
constexpr tensor add(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                     const location& at = location::current());

/// `add(a, b)` as an operator: a mistake is told with the line where the first operand became one.
constexpr tensor operator+(const graph_parts::operand& a, const graph_parts::operand& b);

/// a - b of each pair of elements. Any dtype but bool; integers wrap around. The gradient goes to a, and negated to b.
/// TensorFlow's and NumPy's `subtract`.
///
///     tensor centred = sub(x, mean);                            // [32, 10] and [10] -> [32, 10]
constexpr tensor sub(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                     const location& at = location::current());

/// `sub(a, b)` as an operator.
constexpr tensor operator-(const graph_parts::operand& a, const graph_parts::operand& b);

/// a · b of each pair of elements (no product of matrices: that is `matmul`). Any dtype but bool; integers wrap around.
/// The gradient by each operand is the upstream one times the other. TensorFlow's and NumPy's `multiply`.
///
///     tensor gated = mul(h, sigmoid(gate));
constexpr tensor mul(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                     const location& at = location::current());

/// `mul(a, b)` as an operator: `0.5f * x`.
constexpr tensor operator*(const graph_parts::operand& a, const graph_parts::operand& b);

/// a / b of each pair of elements, float32 or float64 only: integers have `floor_div`. By 0 as IEEE divides: infinite,
/// or NaN. Gradients: g / b by a, and -g a / b² by b. TensorFlow's and NumPy's `divide`.
///
///     tensor shares = div(counts, reduce_sum(counts));
constexpr tensor div(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                     const location& at = location::current());

/// `div(a, b)` as an operator.
constexpr tensor operator/(const graph_parts::operand& a, const graph_parts::operand& b);

/// -x of each element. Any dtype but uint8 and bool; the least integer stays what it is. The gradient is negated.
/// NumPy's `negative`.
///
///     tensor log_likelihood = neg(loss);
constexpr tensor neg(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// `neg(x)` as an operator.
constexpr tensor operator-(const graph_parts::operand& x);

/// ⌊a / b⌋, the quotient rounded down. Any dtype but bool. Integers divided by 0 give 0, as in NumPy; floats are IEEE,
/// and rounded down after the quotient was rounded, as TensorFlow's `floordiv`. Flat but for steps: no gradient passes.
///
///     tensor row = floor_div(index, width);
constexpr tensor floor_div(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                           const location& at = location::current());

/// What `floor_div` leaves: a - b ⌊a / b⌋, with the sign of b. Any dtype but bool; integers modulo 0 give 0. Gradients:
/// g by a, -g ⌊a / b⌋ by b. TensorFlow's `floormod`, NumPy's `mod`.
///
///     tensor column = floor_mod(index, width);
constexpr tensor floor_mod(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                           const location& at = location::current());

/// Adds a vector along the last axis: [..., n] + [n] -> [..., n], both of one dtype, not bool; integers wrap around.
/// Other than `add`, it refuses a bias of another length or rank. The gradient by the bias is summed over all other
/// axes. TensorFlow's `bias_add`.
///
///     tensor h = bias_add(matmul(x, weights), biases);
constexpr tensor bias_add(const tensor& x, const tensor& bias, const op_options& options = {},
                          const location& at = location::current());

/// |x|, the magnitude of each element. Any dtype but bool. The gradient is g times the sign of x, 0 at 0. NumPy's
/// `absolute`.
///
///     tensor largest = reduce_max(abs(x));                      // -> []
constexpr tensor abs(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// -1, 0 or 1 as each element is below, at or above 0; NaN stays NaN. Any dtype but bool. Flat but for a step: no
/// gradient passes. NumPy's `sign`.
///
///     tensor update = -0.001 * sign(gradient);
constexpr tensor sign(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The larger of each pair of elements; NaN if either is. Any dtype but bool. The gradient goes to the operand that was
/// taken, to a where they are equal. NumPy's `maximum`; over an axis it is `reduce_max`.
///
///     tensor positive = maximum(x, 0);
constexpr tensor maximum(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                         const location& at = location::current());

/// The smaller of each pair of elements; NaN if either is. Any dtype but bool. The gradient goes to the operand that
/// was taken, to a where they are equal. NumPy's `minimum`; over an axis it is `reduce_min`.
///
///     tensor capped = minimum(x, limits);                       // [32, 10] and [10] -> [32, 10]
constexpr tensor minimum(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options = {},
                         const location& at = location::current());

/// Each element limited to [low, high]; NaN stays NaN. Any dtype but bool, which has both limits among its values;
/// `low` is at most `high`. The gradient passes where low ≤ x ≤ high. NumPy's `clip`, TensorFlow's `clip_by_value`.
///
///     tensor share = clip(x, 0, 1);
constexpr tensor clip(const tensor& x, double low, double high, const op_options& options = {},
                      const location& at = location::current());

/// x limited to [0, 6]: `clip(x, 0, 6)`. Source: A. Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010.
///
///     tensor h = relu6(conv2d(image, kernel));
constexpr tensor relu6(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// ⌊x⌋, the largest integer not above each element. float32 or float64; NaN stays NaN, a zero keeps its sign. Flat but
/// for steps: no gradient passes.
///
///     tensor phase = x - floor(x);                              // from 0 to 1
constexpr tensor floor(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// ⌈x⌉, the least integer not below each element. float32 or float64; NaN stays NaN, a zero keeps its sign. No gradient
/// passes.
///
///     tensor boxes = ceil(items / 12.0f);
constexpr tensor ceil(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The integer nearest to each element, the even one of two, as NumPy's and TensorFlow's `round`: 0.5 gives 0, 1.5
/// gives 2. float32 or float64; NaN stays NaN. No gradient passes.
///
///     tensor levels = round(clip(x, 0, 1) * 255);
constexpr tensor round(const tensor& x, const op_options& options = {}, const location& at = location::current());

}  // namespace ambit
