// SPDX-License-Identifier: BSL-1.0
// Elements and slices at positions known at run time, positions of the largest elements, and rows of ones.
//
//     tensor words = embedding_lookup(embeddings, ids);
//
// Positions are int32 or int64. One that lies outside of its axis is no fault: kernels neither throw nor read or write
// elsewhere, and each function says what comes of it. Negative ones lie outside, too, and do not count from the end:
// here as in losses and metrics -1 stands for nothing, which masks and padded sequences rely on, and a batch would hide
// a mistake otherwise. floor_mod(indices, extent) counts from the end; check_range refuses what lies outside. Shapes
// and options that do not fit are refused by the compiler (op_shape, op_option, op_dtype).
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/ops/op.hpp>
#include <ambit/scope/options.hpp>

#include <cstdint>
#include <string_view>

// lookup/ defines each function in the file of its name, but:
//     gather.hpp     embedding_lookup
//     gather_nd.hpp  scatter_nd
//     scatter.hpp    unsorted_segment_sum scatter_add

namespace AMBIT_NAMESPACE {

/// What `gather` may be told: the axis along which it looks up.
struct gather_options {
    core_parts::whole_number axis = 0;
    std::string_view name = {};
};

/// Slices of x along an axis (`.axis = 0`) at the given indices; the shape is that of x with the axes of `indices` in
/// place of the axis. Any dtype. An index outside of the axis gives zeros. The gradient by x is scattered to the slices
/// that were taken, added up where one was taken twice. TensorFlow's `gather`, NumPy's `take`.
///
///     tensor rows = gather(table, ids);                         // [1000, 64] by int32[32] -> [32, 64]
constexpr tensor gather(const tensor& x, const tensor& indices, const gather_options& options = {},
                        const location& at = location::current());

/// Rows of a table, [vocabulary, …] by [...] -> [..., …]: `gather` along the first axis. Its gradient is a whole table,
/// of which `minimize` takes the rows alone (nn/embedding.hpp). TensorFlow's `embedding_lookup` of one table.
///
///     tensor vectors = embedding_lookup(table, words);          // [1000, 64] by int32[32, 20] -> [32, 20, 64]
constexpr tensor embedding_lookup(const tensor& table, const tensor& ids, const op_options& options = {},
                                  const location& at = location::current());

/// Elements of each row by number: [..., n] x [..., k] -> [..., k]. Numbers of any dtype. An index outside of [0, n)
/// gives NaN, or 0 of integers. The gradient goes to the elements that were taken.
///
///     tensor of_class = batch_gather(logits, labels);           // [32, 10] x int32[32, 1] -> [32, 1]
constexpr tensor batch_gather(const tensor& rows, const tensor& indices, const op_options& options = {},
                              const location& at = location::current());

/// Zeros of this shape, with `updates` added along the first axis: update i at `indices[i]`. Numbers of any dtype. What
/// would be added outside of the array is dropped. Sums of one place run in the order of the indices, so they are the
/// same in every call; of more than 64 slices on no more places, sums of floats are within 2ε of the exact ones. The
/// gradient by `updates` is gathered. TensorFlow's `scatter_nd` along one axis.
///
///     tensor table = scatter(ids, rows, {1000, 64});            // int32[32] and [32, 64] -> [1000, 64]
constexpr tensor scatter(const tensor& indices, const tensor& updates, const shape& extents,
                         const op_options& options = {}, const location& at = location::current());

/// The sum of the slices of each segment, [ids..., slice...] -> [segments, slice...]; a slice whose id is no segment is
/// dropped. Order and gradient are those of `scatter`. TensorFlow's `unsorted_segment_sum`.
///
///     tensor sums = unsorted_segment_sum(x, segments, 10);      // [32, 7] by int32[32] -> [10, 7]
constexpr tensor unsorted_segment_sum(const tensor& x, const tensor& segment_ids, core_parts::whole_number segments,
                                      const op_options& options = {}, const location& at = location::current());

/// x with `updates` added along its first axis: update i at `indices[i]`; a new value, x stays what it is. x and
/// updates are numbers of one dtype. Order and what lies outside as for `scatter`. Gradients: g by x, gathered by
/// `updates`.
///
///     tensor raised = scatter_add(table, ids, rows);            // table + scatter(ids, rows, table.shape())
constexpr tensor scatter_add(const tensor& x, const tensor& indices, const tensor& updates,
                             const op_options& options = {}, const location& at = location::current());

/// x with slices along its first axis replaced: `updates[i]` stands at `indices[i]`; a new value, x stays what it is. x
/// and updates are numbers of one dtype. Of several updates of one place the last one stays; one outside of the array
/// replaces nothing. Gradients: g by x, 0 where slices were replaced; gathered by those updates that stayed.
/// TensorFlow's `tensor_scatter_nd_update` along one axis.
///
///     tensor cache = scatter_update(keys, position, key);       // [100, 64], int32[1] and [1, 64] -> [100, 64]
constexpr tensor scatter_update(const tensor& x, const tensor& indices, const tensor& updates,
                                const op_options& options = {}, const location& at = location::current());

/// Slices of x at tuples of positions, which are the last axis of `indices`: [d0, …, slice...] x [..., k] -> [...,
/// slice...], k axes looked up at once. Any dtype; a tuple outside of the array gives zeros. The gradient goes to the
/// slices that were taken. TensorFlow's `gather_nd`.
///
///     tensor picked = gather_nd(board, moves);                  // [8, 8] by int32[32, 2] -> [32]
constexpr tensor gather_nd(const tensor& x, const tensor& indices, const op_options& options = {},
                           const location& at = location::current());

/// Zeros of this shape, with `updates` added at tuples of positions along its first k axes: [..., k] x [..., slice...].
/// Order and what lies outside as for `scatter`. The gradient by `updates` is gathered. TensorFlow's `scatter_nd`.
///
///     tensor board = scatter_nd(moves, stones, {8, 8});         // int32[32, 2] x [32] -> [8, 8]
constexpr tensor scatter_nd(const tensor& indices, const tensor& updates, const shape& extents,
                            const op_options& options = {}, const location& at = location::current());

/// What `one_hot` may be told: both values, the new axis and the dtype.
struct one_hot_options {
    double on = 1;
    AMBIT_NO_OPTION(on_value, "the option is .on = 1")
    double off = 0;
    AMBIT_NO_OPTION(off_value, "the option is .off = 0")
    core_parts::whole_number axis = -1;  ///< of the result
    dtype_option dtype = float32;
    std::string_view name = {};
};

/// Indices, int32, int64 or uint8, as rows that are `.on` there and `.off` elsewhere: a new axis of extent `depth`, the
/// last unless `.axis` says another one. One outside of [0, depth) gives a row that is off everywhere. No gradient.
/// TensorFlow's `one_hot`.
///
///     tensor rows = one_hot(labels, 10);                        // int32[32] -> float32[32, 10]
constexpr tensor one_hot(const tensor& indices, core_parts::whole_number depth, const one_hot_options& options = {},
                         const location& at = location::current());
AMBIT_REFUSES("the number of classes is missing: one_hot(labels, 10)") constexpr tensor one_hot(const tensor& indices) {
    return indices;
}

/// Where the largest element stands along an axis, which the result lacks, as int32; the first of equals, and the first
/// NaN if there is one. Any dtype but bool. No gradient. NumPy's and TensorFlow's `argmax`.
///
///     tensor digits = argmax(logits, -1);                       // [32, 10] -> int32[32]
constexpr tensor argmax(const tensor& x, core_parts::whole_number axis, const op_options& options = {},
                        const location& at = location::current());

/// Where the smallest element stands along an axis, which the result lacks, as int32; the first of equals, and the
/// first NaN if there is one. Any dtype but bool. No gradient. NumPy's and TensorFlow's `argmin`.
///
///     tensor nearest = argmin(distances, -1);                   // [32, 10] -> int32[32]
constexpr tensor argmin(const tensor& x, core_parts::whole_number axis, const op_options& options = {},
                        const location& at = location::current());

/// What `top_k` returns: `auto [values, indices] = top_k(logits, 5);`.
struct values_and_indices {
    tensor values, indices;
};

/// The k largest elements of the last axis, the largest first, and where they stand (int32): [..., n] -> [..., k]
/// twice. Any dtype but bool; k is from 1 to n. Of equals the first comes first; a NaN is larger than everything. The
/// gradient goes to the elements that were taken. Both have the name of the options, if there is one, made unique: the
/// values as it is, the indices with `_1`. TensorFlow's `top_k`.
///
///     auto [values, indices] = top_k(logits, 5);                // of [32, 10]: two of [32, 5]
constexpr values_and_indices top_k(const tensor& x, core_parts::whole_number k, const op_options& options = {},
                                   const location& at = location::current());

}  // namespace ambit
