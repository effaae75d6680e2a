// SPDX-License-Identifier: BSL-1.0
// The Euclidean length of vectors, and vectors of length 1.
//
//     tensor lengths = norm(x, {.axes = -1});                   // [32, 3] -> [32]
//     tensor units   = l2_normalize(x);                         // along the last axis
//
// Vectors are divided by their largest magnitude before they are squared: lengths of 1e30 and of 1e-30 are as good as
// others. Source: J. L. Blue, "A portable Fortran program to find the Euclidean norm of a vector", 1978, for the need.
#pragma once

#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/comparison.hpp>
#include <ambit/ops/control.hpp>
#include <ambit/ops/functions.hpp>
#include <ambit/ops/reductions.hpp>
#include <ambit/ops/reductions/reduce.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// The largest magnitude over some axes, of which extents of 1 stay. It only scales: no gradient passes it.
constexpr tensor peak_of(const tensor& x, const axes& over) {
    const tensor magnitudes = abs(stop_gradient(x));
    return reduce_max(magnitudes, {.axes = over, .keep_dims = true});
}

/// What is divided by before squares are taken: the peak, or 1 where that is 0, infinite or NaN.
constexpr tensor divisor_of(const tensor& peak) {
    const tensor is_positive = greater(peak, 0);  // one op a line: arguments have no order that compilers share
    const tensor is_usable = logical_and(is_positive, less(peak, math::infinity));
    return where(is_usable, peak, 1);
}

/// √Σ of squares that were divided so: at least 1 where the length is not 0, and 1 where it is, so that it has a slope.
constexpr tensor root_of(const tensor& squares) { return sqrt(where(ambit::equal(squares, 0), 1, squares)); }

/// A length, with extents of 1 in place of its axes. Infinite if an element is, NaN if one is.
constexpr tensor length_of(const tensor& x, const axes& over, std::string_view name = {}) {
    const tensor peak = peak_of(x, over);
    const tensor divisor = divisor_of(peak);
    const tensor squares = reduce_sum(square(div(x, divisor)), {.axes = over, .keep_dims = true});
    const tensor factor = where(less(peak, math::infinity), peak, 1);
    return mul(root_of(squares), factor, {name});
}

constexpr std::string_view name_or(std::string_view given, std::string_view otherwise) {
    return given.empty() ? otherwise : given;
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor norm(const tensor& x, const reduce_options& options, const location& at) {
    const graph_parts::line_of_call here(x, at);
    const std::string_view name = op_parts::name_or(options.name, "norm");
    if (!is_floating(x.dtype()))
        return op_parts::refuse<mistake::op_dtype, "the operand must be float32 or float64">(x, name, at);
    if (options.keep_dims || x.shape().rank() == 0) return op_parts::length_of(x, options.axes, name);
    const tensor length = op_parts::length_of(x, options.axes);
    const tensor_spec operand = x.spec();
    const auto words = core_parts::to_words(op_parts::reduce_op::attributes_from(options));
    return reshape(length, op_parts::reduce_op::reduced({&operand, 1, words.data()}).result.extents, {name});
}

constexpr tensor l2_normalize(const tensor& x, const l2_normalize_options& options, const location& at) {
    const graph_parts::line_of_call here(x, at);
    const std::string_view name = op_parts::name_or(options.name, "l2_normalize");
    if (!is_floating(x.dtype()))
        return op_parts::refuse<mistake::op_dtype, "the operand must be float32 or float64">(x, name, at);
    if (const auto off = contract_parts::outside("epsilon", options.epsilon, contract_parts::range_of::from(0)))
        return op_parts::refuse(off, x, name, at);
    const tensor length = op_parts::length_of(x, options.axes);
    const tensor above = maximum(length, math::sqrt(options.epsilon));
    const tensor divisor = where(less(length, math::infinity), above, math::not_a_number);
    return div(x, divisor, {name});
}

}  // namespace ambit
