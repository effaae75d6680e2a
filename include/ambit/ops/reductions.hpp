// SPDX-License-Identifier: BSL-1.0
// Axes reduced to one number, and running sums and products.
//
//     tensor loss = reduce_mean(errors);                                      // a scalar
//     tensor peak = reduce_max(x, {.axes = -1, .keep_dims = true});           // [2, 3, 4] -> [2, 3, 1]
//
// Over the axes that the options name, negative ones counted from the last, or over all. Reduced axes disappear, or
// have extent 1 with `.keep_dims`. An axis outside of the operand, or one named twice, is refused (op_option), as is
// a dtype that the function does not take (op_dtype).
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/ops/reductions/axes.hpp>
#include <ambit/ops/op.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

// reductions/ defines each function in the file of its name, but:
//     cumulative.hpp      cumsum cumprod
//     moments.hpp         reduce_variance
//     norm.hpp            l2_normalize
//     reduce.hpp          reduce_sum reduce_mean reduce_max reduce_min
//     reduce_logical.hpp  reduce_any reduce_all

namespace AMBIT_NAMESPACE {

/// What reductions may be told: the axes, and whether they stay, with extent 1.
struct reduce_options {
    ambit::axes axes = {};  ///< none given: all of them
    AMBIT_NO_OPTION(axis, "the option is .axes = 1, or {0, 1}")
    AMBIT_NO_OPTION(dim, "the option is .axes = 1, or {0, 1}")
    bool keep_dims = false;
    AMBIT_NO_OPTION(keepdims, "the option is .keep_dims = true")
    AMBIT_NO_OPTION(keepdim, "the option is .keep_dims = true")
    std::string_view name = {};
};

/// The sum. Any dtype but bool; integers wrap around; sums of floats run in the kernel's order. The gradient goes to
/// every element. NumPy's `sum`, TensorFlow's `reduce_sum`.
///
///     tensor rows = reduce_sum(x, {.axes = -1});                // [32, 10] -> [32]
constexpr tensor reduce_sum(const tensor& x, const reduce_options& options = {},
                            const location& at = location::current());
template <std::integral Axis, std::integral... More>
AMBIT_REFUSES("axes are an option: reduce_sum(x, {.axes = 1})")
constexpr tensor reduce_sum(const tensor& x, Axis axis, More...) { return reduce_sum(x, {.axes = axis}); }

/// The arithmetic mean. float32 or float64; the sum runs in the kernel's order. The gradient goes to every element,
/// divided by their number. NumPy's `mean`, TensorFlow's `reduce_mean`.
///
///     tensor loss = reduce_mean(errors);                        // [32, 10] -> []
constexpr tensor reduce_mean(const tensor& x, const reduce_options& options = {},
                             const location& at = location::current());
template <std::integral Axis, std::integral... More>
AMBIT_REFUSES("axes are an option: reduce_mean(x, {.axes = 1})")
constexpr tensor reduce_mean(const tensor& x, Axis axis, More...) { return reduce_mean(x, {.axes = axis}); }

/// The largest element; NaN if any is. Any dtype but bool. The gradient goes to the largest element, in equal shares
/// where there are several. NumPy's `max`, TensorFlow's `reduce_max`.
///
///     tensor peaks = reduce_max(x, {.axes = -1, .keep_dims = true});  // [32, 10] -> [32, 1]
constexpr tensor reduce_max(const tensor& x, const reduce_options& options = {},
                            const location& at = location::current());
template <std::integral Axis, std::integral... More>
AMBIT_REFUSES("axes are an option: reduce_max(x, {.axes = 1})")
constexpr tensor reduce_max(const tensor& x, Axis axis, More...) { return reduce_max(x, {.axes = axis}); }

/// The smallest element; NaN if any is. Any dtype but bool. The gradient goes to the smallest element, in equal shares
/// where there are several. NumPy's `min`, TensorFlow's `reduce_min`.
///
///     tensor nearest = reduce_min(distances, {.axes = 1});      // [32, 10] -> [32]
constexpr tensor reduce_min(const tensor& x, const reduce_options& options = {},
                            const location& at = location::current());
template <std::integral Axis, std::integral... More>
AMBIT_REFUSES("axes are an option: reduce_min(x, {.axes = 1})")
constexpr tensor reduce_min(const tensor& x, Axis axis, More...) { return reduce_min(x, {.axes = axis}); }

/// The product. Any dtype but bool; integers wrap around. The gradient by an element is the product of the others,
/// zeros among them or not. NumPy's `prod`, TensorFlow's `reduce_prod`.
///
///     tensor volumes = reduce_prod(extents, {.axes = -1});      // [32, 3] -> [32]
constexpr tensor reduce_prod(const tensor& x, const reduce_options& options = {},
                             const location& at = location::current());
template <std::integral Axis, std::integral... More>
AMBIT_REFUSES("axes are an option: reduce_prod(x, {.axes = 1})")
constexpr tensor reduce_prod(const tensor& x, Axis axis, More...) { return reduce_prod(x, {.axes = axis}); }

/// Whether any of the flags is true. bool only; no gradient. NumPy's `any`, TensorFlow's `reduce_any`.
///
///     tensor has_missing = reduce_any(is_nan(x), {.axes = -1});  // [32, 10] -> bool[32]
constexpr tensor reduce_any(const tensor& x, const reduce_options& options = {},
                            const location& at = location::current());

/// Whether all of the flags are true. bool only; no gradient. NumPy's `all`, TensorFlow's `reduce_all`.
///
///     tensor is_sound = reduce_all(is_finite(x));               // [32, 10] -> bool[]
constexpr tensor reduce_all(const tensor& x, const reduce_options& options = {},
                            const location& at = location::current());

/// log Σ e^x, computed from x minus its maximum, so that nothing overflows. float32 or float64. Minus infinity adds
/// nothing: alone it is the result; NaN if any element is. Gradient: e^(x - y), where y is the result, scaled to a sum
/// of 1. TensorFlow's `reduce_logsumexp`.
///
///     tensor partition = reduce_logsumexp(scores, {.axes = -1});  // [32, 10] -> [32]
constexpr tensor reduce_logsumexp(const tensor& x, const reduce_options& options = {},
                                  const location& at = location::current());

/// What `moments` returns: `auto [mean, variance] = moments(x, {.axes = 0});`.
struct mean_and_variance {
    tensor mean, variance;
};

/// Mean and variance. float32 or float64. The variance is the mean of (x - mean)², not of a sample: no n - 1; it takes
/// a second pass, and is within 2e-6 of itself in float32, however many elements there are and however far from 0 the
/// mean is, plus the square of the mean's own error. Both have the name of the options, if there is one, made unique.
/// Both have gradients. TensorFlow's `moments`.
///
///     auto [mean, variance] = moments(x, {.axes = {0, 1, 2}});                // of each channel of NHWC
constexpr mean_and_variance moments(const tensor& x, const reduce_options& options = {},
                                    const location& at = location::current());

/// The mean of (x - mean)², as of `moments`. float32 or float64. NumPy's `var`.
///
///     tensor spread = reduce_variance(x, {.axes = 0});          // [32, 10] -> [10]
constexpr tensor reduce_variance(const tensor& x, const reduce_options& options = {},
                                 const location& at = location::current());

/// √Σ x², the Euclidean length. float32 or float64. Finite wherever the length is a value of the dtype: elements are
/// divided by the largest before they are squared. Gradient: x / norm, 0 where the norm is. NumPy's `linalg.norm`,
/// TensorFlow's `norm`.
///
///     tensor lengths = norm(x, {.axes = -1});                   // [32, 3] -> [32]
constexpr tensor norm(const tensor& x, const reduce_options& options = {}, const location& at = location::current());

/// What `l2_normalize` may be told: the axes of a vector, and the least length.
struct l2_normalize_options {
    ambit::axes axes = -1;
    double epsilon = 1e-12;  ///< the least Σ x² that is divided by: keeps 0 what it is; at least 0
    std::string_view name = {};
};

/// x / √max(Σ x², epsilon), vectors of length 1; also where Σ x² is no value of the dtype. All NaN where the length is
/// infinite or NaN. float32 or float64; the result has the shape of x. TensorFlow's `l2_normalize`.
///
///     tensor unit = l2_normalize(vectors);                      // [32, 64] -> [32, 64]
constexpr tensor l2_normalize(const tensor& x, const l2_normalize_options& options = {},
                              const location& at = location::current());

/// How many elements are not 0, or are true, as int64; NaN is not 0. Any dtype; no gradient. NumPy's and TensorFlow's
/// `count_nonzero`.
///
///     tensor hits = count_nonzero(equal(argmax(logits, -1), labels));  // -> int64[]
constexpr tensor count_nonzero(const tensor& x, const reduce_options& options = {},
                               const location& at = location::current());

/// What `cumsum` and `cumprod` may be told.
struct cumulative_options {
    bool exclusive = false;  ///< without the element itself: the first result is 0, or 1 for a product
    bool reverse = false;    ///< from the end of the axis
    std::string_view name = {};
};

/// Running sums along an axis: a, a + b, a + b + c. Any dtype but bool; integers wrap around. Elements are put together
/// in the order of the axis, or against it with `.reverse`. The gradient is the running sum from the other end. NumPy's
/// and TensorFlow's `cumsum`.
///
///     tensor before = cumsum(x, -1, {.exclusive = true});       // 0, a, a + b
constexpr tensor cumsum(const tensor& x, core_parts::whole_number axis, const cumulative_options& options = {},
                        const location& at = location::current());

/// Running products along an axis: a, a b, a b c. Any dtype but bool; integers wrap around. The gradient does not
/// divide: zeros are fine. NumPy's and TensorFlow's `cumprod`.
///
///     tensor survival = cumprod(1 - hazard, -1);                // [32, 10] -> [32, 10]
constexpr tensor cumprod(const tensor& x, core_parts::whole_number axis, const cumulative_options& options = {},
                         const location& at = location::current());

}  // namespace ambit
