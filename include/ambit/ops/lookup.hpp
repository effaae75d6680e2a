// SPDX-License-Identifier: BSL-1.0
// Elements found and placed by index: gather and scatter, one-hot, the largest of a row.
#pragma once

#include <ambit/ops/op.hpp>
#include <ambit/scope/options.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct gather_options {
    std::int64_t axis = 0;
    std::string_view name = {};
};

/// The shape of the result is that of `x` with the axes of `indices` in place of the axis.
constexpr tensor gather(const tensor& x, const tensor& indices, const gather_options& options = {},
                        const location& at = location::current());

/// Rows of a table, [vocabulary, …] by [...] -> [..., …]: `gather` along the first axis. Its gradient is a whole table.
constexpr tensor embedding_lookup(const tensor& table, const tensor& ids, const op_options& options = {},
                                  const location& at = location::current());

constexpr tensor batch_gather(const tensor& rows, const tensor& indices, const op_options& options = {},
                              const location& at = location::current());

/// Zeros of this shape, with `updates` added along the first axis: update `i` at `indices[i]`.
constexpr tensor scatter(const tensor& indices, const tensor& updates, const shape& extents,
                         const op_options& options = {}, const location& at = location::current());

/// The sum of the slices of each segment, [indices..., slice...] -> [segments, slice...].
constexpr tensor unsorted_segment_sum(const tensor& x, const tensor& segment_ids, std::int64_t segments,
                                      const op_options& options = {}, const location& at = location::current());

/// `x` with `updates` added along its first axis: update `i` at `indices[i]`.
constexpr tensor scatter_add(const tensor& x, const tensor& indices, const tensor& updates,
                             const op_options& options = {}, const location& at = location::current());

struct one_hot_options {
    double on = 1;
    AMBIT_NO_OPTION(on_value, "the option is .on = 1")
    double off = 0;
    AMBIT_NO_OPTION(off_value, "the option is .off = 0")
    std::int64_t axis = -1;  ///< of the result
    dtype_option dtype = float32;
    std::string_view name = {};
};

constexpr tensor one_hot(const tensor& indices, std::int64_t depth, const one_hot_options& options = {},
                         const location& at = location::current());

constexpr tensor argmax(const tensor& x, std::int64_t axis, const op_options& options = {},
                        const location& at = location::current());

constexpr tensor argmin(const tensor& x, std::int64_t axis, const op_options& options = {},
                        const location& at = location::current());

struct values_and_indices {
    tensor values, indices;
};

/// Both have the name of the options, if it has one, made unique: the values as it is, the indices with `_1`.
constexpr values_and_indices top_k(const tensor& x, std::int64_t k, const op_options& options = {},
                                   const location& at = location::current());

}  // namespace ambit
