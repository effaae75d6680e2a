// SPDX-License-Identifier: BSL-1.0
// Arrays made, reshaped, cut, joined, padded, reordered and converted: any dtype, unless something else is said.
//
//     tensor rows = reshape(transpose(image, {0, 2, 1}), {32, -1});
//
// Axes count from 0, or from the last one if they are negative: -1. What does not fit is refused by the compiler: a
// shape (op_shape), an axis or another option (op_option), a dtype (op_dtype). Gradients put the upstream one back to
// where the elements came from.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/whole_number.hpp>
#include <ambit/ops/reductions/axes.hpp>
#include <ambit/ops/arrays/numbers.hpp>
#include <ambit/ops/arrays/paddings.hpp>
#include <ambit/ops/op.hpp>
#include <ambit/scope/options.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

// arrays/ defines each function in the file of its name, but:
//     concat.hpp       stack
//     constant.hpp     fill zeros ones zeros_like ones_like
//     diag.hpp         diag_part eye
//     expand_dims.hpp  squeeze flatten
//     range.hpp        linspace
//     slice.hpp        strided_slice
//     split.hpp        unstack

namespace AMBIT_NAMESPACE {

/// The same elements in the same order under another shape of as many; one extent may be -1, which is what is left.
/// Copies nothing. NumPy's and TensorFlow's `reshape`.
///
///     tensor rows = reshape(image, {32, -1});                   // [32, 28, 28, 1] -> [32, 784]
constexpr tensor reshape(const tensor& x, const shape& extents, const op_options& options = {},
                         const location& at = location::current());
template <std::integral First, std::integral... More>
    requires(sizeof...(More) > 0)
AMBIT_REFUSES("a shape is one argument, in braces: reshape(x, {3, 4})")
constexpr tensor reshape(const tensor& x, First, More...) { return x; }

/// A new axis of extent 1; it is the axis `axis` of the result, where -1 is the last. Copies nothing. NumPy's and
/// TensorFlow's `expand_dims`.
///
///     tensor column = expand_dims(row, 1);                      // [5] -> [5, 1]
constexpr tensor expand_dims(const tensor& x, core_parts::whole_number axis, const op_options& options = {},
                             const location& at = location::current());

/// Without the given axes, which have extent 1; without a list, without all such axes. Copies nothing. NumPy's and
/// TensorFlow's `squeeze`.
///
///     tensor flat = squeeze(x, {0});                            // [1, 5, 1] -> [5, 1]
constexpr tensor squeeze(const tensor& x, const axes& removed = {}, const op_options& options = {},
                         const location& at = location::current());

/// All axes but the first as one; a scalar becomes [1, 1]. Copies nothing. Keras' `Flatten`.
///
///     tensor rows = flatten(images);                            // [32, 28, 28, 1] -> [32, 784]
constexpr tensor flatten(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The axes in another order: axis i of the result is axis `permutation[i]` of x. Without a list, in reverse. NumPy's
/// and TensorFlow's `transpose`.
///
///     tensor nhwc = transpose(nchw, {0, 2, 3, 1});
constexpr tensor transpose(const tensor& x, const axes& permutation = {}, const op_options& options = {},
                           const location& at = location::current());
template <std::integral First, std::integral... More>
    requires(sizeof...(More) > 0)
AMBIT_REFUSES("axes are one argument, in braces, all of them: transpose(x, {1, 0})")
constexpr tensor transpose(const tensor& x, First, More...) { return x; }

/// x repeated along its axes of extent 1, and along new ones in front. The gradient is summed over them. NumPy's and
/// TensorFlow's `broadcast_to`.
///
///     tensor rows = broadcast_to(biases, {32, 10});             // [10] -> [32, 10]
constexpr tensor broadcast_to(const tensor& x, const shape& extents, const op_options& options = {},
                              const location& at = location::current());

/// x repeated as a whole, `repeats[i]` times along axis i, at least once; a number for each axis. The gradient sums the
/// repetitions. NumPy's and TensorFlow's `tile`.
///
///     tensor board = tile(square, {4, 4});                      // [2, 2] -> [8, 8]
constexpr tensor tile(const tensor& x, const shape& repeats, const op_options& options = {},
                      const location& at = location::current());

/// Arrays joined along an axis that they have: any number of them, of one dtype, of equal extents but along the axis.
/// TensorFlow's `concat`, NumPy's `concatenate`.
///
///     tensor both = concat({left, right}, -1);                  // [32, 10] and [32, 6] -> [32, 16]
constexpr tensor concat(std::span<const tensor> parts, core_parts::whole_number axis, const op_options& options = {},
                        const location& at = location::current());

/// Of a list: `concat({a, b}, 0)`.
constexpr tensor concat(std::initializer_list<tensor> parts, core_parts::whole_number axis,
                        const op_options& options = {}, const location& at = location::current());
template <std::integral Axis>
AMBIT_REFUSES("the tensors come first, then the axis: concat({a, b}, 1)")
constexpr tensor concat(Axis axis, std::initializer_list<tensor> parts) { return concat(parts, axis); }
AMBIT_REFUSES("the axis is missing: concat({a, b}, 1)")
constexpr tensor concat(std::initializer_list<tensor> parts) { return *parts.begin(); }
template <class = void>
AMBIT_REFUSES("the axis is an argument: concat({a, b}, 1)")
constexpr tensor concat(std::initializer_list<tensor> parts, const refused_parts::axis_as_option&) {
    return *parts.begin();
}
template <graph_parts::tensor_or_variable First, graph_parts::tensor_or_variable... More>
AMBIT_REFUSES("the tensors are a list: concat({a, b}, 1)")
constexpr tensor concat(const First& a, const More&...) { return a; }
template <graph_parts::tensor_or_variable First, graph_parts::tensor_or_variable Second>
AMBIT_REFUSES("the tensors are a list: concat({a, b}, 1)")
constexpr tensor concat(const First& a, const Second&, std::int64_t) { return a; }

/// Of what `split` and `unstack` return.
constexpr tensor concat(const core_parts::buffer<tensor>& parts, core_parts::whole_number axis,
                        const op_options& options = {}, const location& at = location::current());

/// Arrays of one shape and dtype joined along a new axis, which is the axis `axis` of the result. NumPy's and
/// TensorFlow's `stack`.
///
///     tensor steps = stack({first, second, third}, 1);          // three of [32, 10] -> [32, 3, 10]
constexpr tensor stack(std::span<const tensor> parts, core_parts::whole_number axis = 0, const op_options& options = {},
                       const location& at = location::current());

/// Of a list: `stack({a, b}, 0)`, five of [32, 10] -> [32, 5, 10] with axis 1.
constexpr tensor stack(std::initializer_list<tensor> parts, core_parts::whole_number axis = 0,
                       const op_options& options = {}, const location& at = location::current());

/// Of what `split` and `unstack` return.
constexpr tensor stack(const core_parts::buffer<tensor>& parts, core_parts::whole_number axis = 0,
                       const op_options& options = {}, const location& at = location::current());

/// x in `parts` equal parts along an axis, whose extent they divide. NumPy's and TensorFlow's `split`.
///
///     auto thirds = split(x, 3, 0);                             // [30, 10] -> three of [10, 10]
template <std::integral Count>
constexpr core_parts::buffer<tensor> split(const tensor& x, Count parts, core_parts::whole_number axis,
                                           const op_options& options = {}, const location& at = location::current());

/// In so many parts as an array, whose parts may be named at once.
///
///     auto [i, f, g, o] = split<4>(gates, -1);                  // [32, 40] -> four of [32, 10]
template <std::size_t Parts>
    requires(Parts > 0)
constexpr std::array<tensor, Parts> split(const tensor& x, core_parts::whole_number axis,
                                          const op_options& options = {}, const location& at = location::current());

/// In parts of these sizes, each at least 1, which add up to the extent of the axis.
constexpr core_parts::buffer<tensor> split(const tensor& x, std::span<const std::int64_t> sizes,
                                           core_parts::whole_number axis, const op_options& options = {},
                                           const location& at = location::current());

/// Of a list of sizes: `split(x, {1, 4, 2}, 0)`.
constexpr core_parts::buffer<tensor> split(const tensor& x, std::initializer_list<std::int64_t> sizes,
                                           core_parts::whole_number axis, const op_options& options = {},
                                           const location& at = location::current());

/// The slices along an axis, without that axis: what `stack` joins. TensorFlow's `unstack`.
///
///     auto steps = unstack(sequence, 1);              // [32, 5, 10] -> five of [32, 10]
constexpr core_parts::buffer<tensor> unstack(const tensor& x, core_parts::whole_number axis = 0,
                                             const op_options& options = {}, const location& at = location::current());

/// A begin or end that is as far as the axis goes, in the direction of the stride.
inline constexpr std::int64_t unbounded = (std::numeric_limits<std::int64_t>::min)();

/// The part that `strided_slice` takes. Lists may be shorter than the operand's rank: further axes are taken whole.
/// Negative places count from the end; those outside of the axis mean its ends; `end` is the first place that is not
/// taken. Stride 1 where none is given.
struct strided_slice_options {
    op_parts::axis_places begin = {};
    op_parts::axis_places end = {};
    op_parts::axis_places strides = {};
    std::string_view name = {};
};

/// A box: `size` elements of each axis from `begin` on, a size of -1 being the rest of the axis; both have a number for
/// each axis, and the box is not empty. TensorFlow's `slice`.
///
///     tensor corner = slice(x, {0, 2}, {3, -1});                // 3 rows from 0 on, columns from 2 on
constexpr tensor slice(const tensor& x, const shape& begin, const shape& size, const op_options& options = {},
                       const location& at = location::current());

/// Every so many elements along each axis, from either end, at least one. TensorFlow's `strided_slice`, NumPy's
/// `x[begin:end:stride]`.
///
///     tensor halved = strided_slice(x, {.strides = {2, 2}});    // every other row and column
///     tensor tail   = strided_slice(x, {.begin = {-3}});        // the last three rows
constexpr tensor strided_slice(const tensor& x, const strided_slice_options& options,
                               const location& at = location::current());

/// The given axes backwards, each named once. TensorFlow's `reverse`, NumPy's `flip`.
///
///     tensor mirrored = reverse(images, {2});                   // [n, h, w, c], left and right exchanged
constexpr tensor reverse(const tensor& x, const axes& reversed, const op_options& options = {},
                         const location& at = location::current());

/// Which axis of `reverse_sequence` counts the places of a sequence, and which one the sequences.
struct reverse_sequence_options {
    core_parts::whole_number sequence_axis = 1;
    core_parts::whole_number batch_axis = 0;
    std::string_view name = {};
};

/// The first elements of each sequence in reverse, as many as the sequence is long; what follows stays in place.
/// `lengths` is a vector of int32 or int64, one for each sequence; a sequence whose length lies outside of its axis
/// becomes zeros. TensorFlow's `reverse_sequence`.
///
///     tensor backwards = reverse_sequence(x, lengths);          // [batch, time, ...] by int32[batch]
constexpr tensor reverse_sequence(const tensor& x, const tensor& lengths, const reverse_sequence_options& options = {},
                                  const location& at = location::current());

/// What `pad` may be told besides the extents: `.mode`, and the value for pad_mode::constant.
struct pad_options {
    pad_mode_option mode = pad_mode::constant;
    double constant_value = 0;
    AMBIT_NO_OPTION(constant_values, "the option is .constant_value = 0")
    AMBIT_NO_OPTION(value, "the option is .constant_value = 0")
    std::string_view name = {};
};

/// Places added around an array, a pair {before, after} for each axis: of one value, or a reflection of what is inside,
/// which reaches no further than the operand. NumPy's and TensorFlow's `pad`.
///
///     tensor framed = pad(image, {{0, 0}, {1, 1}, {1, 1}, {0, 0}});           // a border of zeros, 1 wide
///     tensor edge   = pad(line, {{2, 2}}, {.mode = pad_mode::reflect});       // 1 2 3 -> 3 2 1 2 3 2 1
constexpr tensor pad(const tensor& x, const paddings& around, const pad_options& options = {},
                     const location& at = location::current());

/// Each element as another dtype. A float becomes an integer by dropping its fraction; values outside of the integer's
/// range become its nearest end, and NaN becomes 0. A wider integer is cut to its low bits; anything but 0 becomes
/// true. The gradient passes between floats, cast back. TensorFlow's `cast`, NumPy's `astype`.
///
///     tensor pixels = cast(bytes, float32) / 255.0f;
constexpr tensor cast(const tensor& x, dtype_option type, const op_options& options = {},
                      const location& at = location::current());
template <class Number>
AMBIT_REFUSES("a dtype is a value, behind the tensor: cast(x, float32)")
constexpr tensor cast(const tensor& x) { return x; }

/// What `constant` and its like may be told.
struct constant_options {
    scope_parts::named_members_only only_named{};
    /// None given: int32 for whole numbers, float32 for others, and that of an array's elements.
    dtype_option dtype = ambit::dtype::none;
    std::string_view name = {};
};

/// One value, everywhere in a shape; without a shape, a scalar. int32 of a whole number, float32 of others, unless a
/// dtype is asked for, which has the value. Takes no memory. Not differentiable: a constant depends on nothing.
/// (Without a scope, `constant(…)` is an initializer.) TensorFlow's `constant`.
///
///     tensor sevens = constant(s, 7, {2, 3});                   // int32[2, 3]
template <op_parts::constant_number Number>
constexpr tensor constant(scope& s, Number value, const shape& extents = {}, const constant_options& options = {},
                          const location& at = location::current());

/// A list in row-major order, exactly as many values as the shape has elements; for small arrays, since each value goes
/// through the compiler.
///
///     tensor kernel = constant(s, {1, 2, 1, 2, 4, 2, 1, 2, 1}, {3, 3}, {.dtype = float32});
template <op_parts::constant_number Number>
constexpr tensor constant(scope& s, std::initializer_list<Number> values, const shape& extents,
                          const constant_options& options = {}, const location& at = location::current());

/// A vector of the listed values.
template <op_parts::constant_number Number>
constexpr tensor constant(scope& s, std::initializer_list<Number> values, const location& at = location::current());

/// Nested `std::array`s, which give shape and dtype.
///
///     tensor matrix = constant(s, std::array{std::array{1.0F, 2.0F}, std::array{3.0F, 4.0F}});
template <scope_parts::variable_value Value>
    requires(!std::is_arithmetic_v<Value>)
constexpr tensor constant(scope& s, const Value& value, const constant_options& options = {},
                          const location& at = location::current());

/// One value everywhere in a shape: `constant(s, value, extents)` in TensorFlow's order.
///
///     tensor prior = fill(s, {10}, 0.1f);                       // -> float32[10]
template <op_parts::constant_number Number>
constexpr tensor fill(scope& s, const shape& extents, Number value, const constant_options& options = {},
                      const location& at = location::current());

/// Zeros, float32 unless a dtype is asked for. NumPy's and TensorFlow's `zeros`.
///
///     tensor blank = zeros(s, {32, 10});
constexpr tensor zeros(scope& s, const shape& extents, const constant_options& options = {},
                       const location& at = location::current());
template <std::integral Extent>
AMBIT_REFUSES("a tensor of zeros begins with its scope: zeros(s, {2, 3}); what fills a variable is zeros()")
constexpr tensor zeros(std::initializer_list<Extent>) { return tensor(nullptr, tensor::refused); }
template <std::same_as<shape> Shape>
AMBIT_REFUSES("a tensor of zeros begins with its scope: zeros(s, {2, 3}); what fills a variable is zeros()")
constexpr tensor zeros(const Shape&) { return tensor(nullptr, tensor::refused); }
template <std::integral First, std::integral... More>
    requires(sizeof...(More) > 0)
AMBIT_REFUSES("a shape is one argument, in braces: zeros(s, {2, 3})")
constexpr tensor zeros(scope&, First, More...) { return tensor(nullptr, tensor::refused); }

/// Ones, float32 unless a dtype is asked for. NumPy's and TensorFlow's `ones`.
///
///     tensor counted = ones(s, {32, 10});                       // -> float32[32, 10]
constexpr tensor ones(scope& s, const shape& extents, const constant_options& options = {},
                      const location& at = location::current());
template <std::integral Extent>
AMBIT_REFUSES("a tensor of ones begins with its scope: ones(s, {2, 3}); what fills a variable is ones()")
constexpr tensor ones(std::initializer_list<Extent>) { return tensor(nullptr, tensor::refused); }
template <std::same_as<shape> Shape>
AMBIT_REFUSES("a tensor of ones begins with its scope: ones(s, {2, 3}); what fills a variable is ones()")
constexpr tensor ones(const Shape&) { return tensor(nullptr, tensor::refused); }
template <std::integral First, std::integral... More>
    requires(sizeof...(More) > 0)
AMBIT_REFUSES("a shape is one argument, in braces: ones(s, {2, 3})")
constexpr tensor ones(scope&, First, More...) { return tensor(nullptr, tensor::refused); }

/// Zeros of the shape and dtype of x, on which they do not depend.
///
///     tensor nothing = zeros_like(x);                           // [32, 10] -> [32, 10]
constexpr tensor zeros_like(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// Ones of the shape and dtype of x, on which they do not depend.
///
///     tensor everything = where(mask, ones_like(x), x);
constexpr tensor ones_like(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// x with zeros outside of a band: of each matrix [..., m, n], `lower` diagonals below the main one stay and `upper`
/// above it; -1 are all. Any dtype; where a zero comes, x may be NaN. The gradient is cut alike. TensorFlow's
/// `band_part`; NumPy's `tril(x, k)` is band_part(x, -1, k), its `triu(x, -k)` band_part(x, k, -1).
///
///     tensor causal = band_part(ones(s, {20, 20}), -1, 0);      // 1 where a place may look back
constexpr tensor band_part(const tensor& x, core_parts::whole_number lower, core_parts::whole_number upper,
                           const op_options& options = {}, const location& at = location::current());

/// What `range` and `linspace` may be told.
struct range_options {
    scope_parts::named_members_only only_named{};
    dtype_option dtype = ambit::dtype::none;
    std::string_view name = {};
};

/// Numbers from `start` on in steps of `delta`, as long as `limit` is not reached; at least one. Known to the compiler,
/// written where they are needed. int32 if all three are whole, else float32, unless a dtype is asked for; computed in
/// float64, then rounded. TensorFlow's `range`, NumPy's `arange`.
///
///     tensor down = range(s, 1, 0, -0.25);                      // float32: 1 0.75 0.5 0.25
constexpr tensor range(scope& s, const op_parts::range_number& start, const op_parts::range_number& limit,
                       const op_parts::range_number& delta, const range_options& options = {},
                       const location& at = location::current());

/// From `start` on in steps of 1, before `limit`.
constexpr tensor range(scope& s, const op_parts::range_number& start, const op_parts::range_number& limit,
                       const range_options& options = {}, const location& at = location::current());

/// From 0 on in steps of 1, before `limit`: `range(s, 10)` is 0 1 … 9.
constexpr tensor range(scope& s, const op_parts::range_number& limit, const range_options& options = {},
                       const location& at = location::current());

/// `count` numbers at equal distances from `start` to `stop`, both of them included; float32 unless float64 is asked
/// for. NumPy's `linspace`.
///
///     tensor grid = linspace(s, -1, 1, 5);                      // -1 -0.5 0 0.5 1
constexpr tensor linspace(scope& s, const op_parts::range_number& start, const op_parts::range_number& stop,
                          core_parts::whole_number count, const range_options& options = {},
                          const location& at = location::current());

/// [..., n] as the diagonals of matrices [..., n, n], zeros elsewhere. TensorFlow's `matrix_diag`.
///
///     tensor scales = diag(variances);                          // [10] -> [10, 10]
constexpr tensor diag(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The diagonals of square matrices, [..., n, n] -> [..., n]. TensorFlow's `matrix_diag_part`.
///
///     tensor trace = reduce_sum(diag_part(covariance), {.axes = -1});  // [10, 10] -> []
constexpr tensor diag_part(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// What `eye` may be told.
struct eye_options {
    scope_parts::named_members_only only_named{};
    std::int64_t columns = 0;  ///< 0: as many as rows
    dtype_option dtype = float32;
    std::string_view name = {};
};

/// 1 where row and column agree, 0 elsewhere: [rows, columns], as many columns as rows unless `.columns` is given.
/// NumPy's and TensorFlow's `eye`.
///
///     tensor unit = eye(s, 3);                                  // -> float32[3, 3]
constexpr tensor eye(scope& s, core_parts::whole_number rows, const eye_options& options = {},
                     const location& at = location::current());

}  // namespace ambit
