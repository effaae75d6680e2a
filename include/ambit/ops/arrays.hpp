// SPDX-License-Identifier: BSL-1.0
// Arrays made, reshaped, cut, joined, padded, reordered and converted.
#pragma once

#include <ambit/core/buffer.hpp>
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

namespace AMBIT_NAMESPACE {

constexpr tensor reshape(const tensor& x, const shape& extents, const op_options& options = {},
                         const location& at = location::current());

/// `axis` is the new axis of the result; -1 is the last.
constexpr tensor expand_dims(const tensor& x, std::int64_t axis, const op_options& options = {},
                             const location& at = location::current());

constexpr tensor squeeze(const tensor& x, const axes& removed = {}, const op_options& options = {},
                         const location& at = location::current());

/// All axes but the first as one; a scalar becomes [1, 1].
constexpr tensor flatten(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor transpose(const tensor& x, const axes& permutation = {}, const op_options& options = {},
                           const location& at = location::current());

constexpr tensor broadcast_to(const tensor& x, const shape& extents, const op_options& options = {},
                              const location& at = location::current());

constexpr tensor tile(const tensor& x, const shape& repeats, const op_options& options = {},
                      const location& at = location::current());

constexpr tensor concat(std::span<const tensor> parts, std::int64_t axis, const op_options& options = {},
                        const location& at = location::current());

/// `concat({a, b}, 0)`.
constexpr tensor concat(std::initializer_list<tensor> parts, std::int64_t axis, const op_options& options = {},
                        const location& at = location::current());
template <std::integral Axis>
AMBIT_REFUSES("the tensors come first, then the axis: concat({a, b}, 1)")
constexpr tensor concat(Axis axis, std::initializer_list<tensor> parts) { return concat(parts, axis); }

constexpr tensor concat(const core_parts::buffer<tensor>& parts, std::int64_t axis, const op_options& options = {},
                        const location& at = location::current());

/// Arrays of one shape joined along a new axis, which is the result's axis `axis`.
constexpr tensor stack(std::span<const tensor> parts, std::int64_t axis = 0, const op_options& options = {},
                       const location& at = location::current());

constexpr tensor stack(std::initializer_list<tensor> parts, std::int64_t axis = 0, const op_options& options = {},
                       const location& at = location::current());

constexpr tensor stack(const core_parts::buffer<tensor>& parts, std::int64_t axis = 0, const op_options& options = {},
                       const location& at = location::current());

/// `parts` equal parts.
template <std::integral Count>
constexpr core_parts::buffer<tensor> split(const tensor& x, Count parts, std::int64_t axis,
                                           const op_options& options = {}, const location& at = location::current());

/// As an array, whose parts may be named at once: `auto [a, b] = split<2>(x, 0);`.
template <std::size_t Parts>
    requires(Parts > 0)
constexpr std::array<tensor, Parts> split(const tensor& x, std::int64_t axis, const op_options& options = {},
                                          const location& at = location::current());

/// Parts of these sizes, which add up to the extent of the axis.
constexpr core_parts::buffer<tensor> split(const tensor& x, std::span<const std::int64_t> sizes, std::int64_t axis,
                                           const op_options& options = {}, const location& at = location::current());

constexpr core_parts::buffer<tensor> split(const tensor& x, std::initializer_list<std::int64_t> sizes,
                                           std::int64_t axis, const op_options& options = {},
                                           const location& at = location::current());

/// The slices along an axis, without that axis.
constexpr core_parts::buffer<tensor> unstack(const tensor& x, std::int64_t axis = 0, const op_options& options = {},
                                             const location& at = location::current());

/// A begin or end that is as far as the axis goes, in the direction of the stride.
inline constexpr std::int64_t unbounded = (std::numeric_limits<std::int64_t>::min)();

/// Lists may be shorter than the operand's rank: further axes are taken whole. Negative places count from the end;
/// those outside of the axis mean its ends; `end` is the first place that is not taken. Stride 1 where none is given.
/// Every so many elements of an array, from either end.
struct strided_slice_options {
    op_parts::axis_places begin = {};
    op_parts::axis_places end = {};
    op_parts::axis_places strides = {};
    std::string_view name = {};
};

/// `size` elements of each axis from `begin` on; a size of -1 is the rest of the axis.
constexpr tensor slice(const tensor& x, const shape& begin, const shape& size, const op_options& options = {},
                       const location& at = location::current());

constexpr tensor strided_slice(const tensor& x, const strided_slice_options& options,
                               const location& at = location::current());

constexpr tensor reverse(const tensor& x, const axes& reversed, const op_options& options = {},
                         const location& at = location::current());

struct reverse_sequence_options {
    std::int64_t sequence_axis = 1;
    std::int64_t batch_axis = 0;
    std::string_view name = {};
};

constexpr tensor reverse_sequence(const tensor& x, const tensor& lengths, const reverse_sequence_options& options = {},
                                  const location& at = location::current());

struct pad_options {
    pad_mode_option mode = pad_mode::constant;
    double constant_value = 0;
    AMBIT_NO_OPTION(constant_values, "the option is .constant_value = 0")
    AMBIT_NO_OPTION(value, "the option is .constant_value = 0")
    std::string_view name = {};
};

constexpr tensor pad(const tensor& x, const paddings& around, const pad_options& options = {},
                     const location& at = location::current());

constexpr tensor cast(const tensor& x, dtype_option type, const op_options& options = {},
                      const location& at = location::current());

struct constant_options {
    scope_parts::named_members_only only_named{};
    /// None given: int32 for whole numbers, float32 for others, and that of an array's elements.
    dtype_option dtype = ambit::dtype::none;
    std::string_view name = {};
};

/// One value, everywhere in a shape; without a shape, a scalar.
template <op_parts::constant_number Number>
constexpr tensor constant(scope& s, Number value, const shape& extents = {}, const constant_options& options = {},
                          const location& at = location::current());

/// A list in row-major order, exactly as many values as the shape has elements.
template <op_parts::constant_number Number>
constexpr tensor constant(scope& s, std::initializer_list<Number> values, const shape& extents,
                          const constant_options& options = {}, const location& at = location::current());

/// A vector.
template <op_parts::constant_number Number>
constexpr tensor constant(scope& s, std::initializer_list<Number> values, const location& at = location::current());

/// Nested `std::array`s, which give shape and dtype.
template <scope_parts::variable_value Value>
    requires(!std::is_arithmetic_v<Value>)
constexpr tensor constant(scope& s, const Value& value, const constant_options& options = {},
                          const location& at = location::current());

/// As TensorFlow's: `constant` in another order.
template <op_parts::constant_number Number>
constexpr tensor fill(scope& s, const shape& extents, Number value, const constant_options& options = {},
                      const location& at = location::current());

constexpr tensor zeros(scope& s, const shape& extents, const constant_options& options = {},
                       const location& at = location::current());

constexpr tensor ones(scope& s, const shape& extents, const constant_options& options = {},
                      const location& at = location::current());

/// Zeros or ones of the shape and dtype of `x`, on which they do not depend.
constexpr tensor zeros_like(const tensor& x, const op_options& options = {}, const location& at = location::current());

constexpr tensor ones_like(const tensor& x, const op_options& options = {}, const location& at = location::current());

struct range_options {
    scope_parts::named_members_only only_named{};
    dtype_option dtype = ambit::dtype::none;
    std::string_view name = {};
};

/// From `start` on in steps of `delta`, as long as `limit` is not reached.
constexpr tensor range(scope& s, const op_parts::range_number& start, const op_parts::range_number& limit,
                       const op_parts::range_number& delta, const range_options& options = {},
                       const location& at = location::current());

constexpr tensor range(scope& s, const op_parts::range_number& start, const op_parts::range_number& limit,
                       const range_options& options = {}, const location& at = location::current());

constexpr tensor range(scope& s, const op_parts::range_number& limit, const range_options& options = {},
                       const location& at = location::current());

/// `count` numbers from `start` to `stop`, both of them included.
constexpr tensor linspace(scope& s, const op_parts::range_number& start, const op_parts::range_number& stop,
                          std::int64_t count, const range_options& options = {},
                          const location& at = location::current());

/// [..., n] as the diagonals of matrices [..., n, n], zeros elsewhere.
constexpr tensor diag(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// The diagonals of matrices, [..., n, n] -> [..., n].
constexpr tensor diag_part(const tensor& x, const op_options& options = {}, const location& at = location::current());

struct eye_options {
    scope_parts::named_members_only only_named{};
    std::int64_t columns = 0;  ///< 0: as many as rows
    dtype_option dtype = float32;
    std::string_view name = {};
};

/// 1 where row and column agree, 0 elsewhere.
constexpr tensor eye(scope& s, std::int64_t rows, const eye_options& options = {},
                     const location& at = location::current());

}  // namespace ambit
