// SPDX-License-Identifier: BSL-1.0
// Slices at positions along several axes at once, and sums of slices at such positions.
//
//     tensor picked = gather_nd(board, moves);                  // [8, 8] by int32[32, 2] -> [32]
//
// Each tuple of positions is made one of the axes together, which `gather` and `scatter` know; one that lies outside of
// any of them is -1 there, which lies outside, too.
#pragma once

#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/comparison.hpp>
#include <ambit/ops/lookup.hpp>
#include <ambit/ops/lookup/indices.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <limits>
#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

/// Positions [..., k] along the first k axes of `whole` as positions along these axes joined, [...].
constexpr tensor joined_positions(const tensor& indices, const shape& whole) {
    const int count = static_cast<int>(indices.shape()[-1]);
    std::int64_t all = 1;
    for (int axis = 0; axis < count; ++axis) all *= whole[axis];
    const bool fits = all <= (std::numeric_limits<std::int32_t>::max)();
    const tensor numbers = fits || indices.dtype() == int64 ? indices : cast(indices, int64);
    const buffer<tensor> columns = split(numbers, count, -1);
    tensor place, inside;
    for (int axis = 0; axis < count; ++axis) {
        const tensor column = squeeze(columns[axis], -1);
        const tensor from_start = greater_equal(column, 0), before_end = less(column, whole[axis]);
        const tensor fits_here = logical_and(from_start, before_end);
        place = axis == 0 ? column : add(mul(place, whole[axis]), column);
        inside = axis == 0 ? fits_here : logical_and(inside, fits_here);
    }
    return where(inside, place, -1);
}

/// Whether positions are integers [..., k], k from 1 to the number of axes.
constexpr bool are_tuples(const tensor& indices, const shape& whole) {
    const shape& extents = indices.shape();
    return extents.rank() > 0 && extents[-1] <= whole.rank();
}
constexpr shape with_joined_axes(const shape& whole, std::int64_t count) {
    shape joined{1};
    for (int axis = 0; axis < whole.rank(); ++axis) {
        if (axis < count) joined.set(0, joined[0] * whole[axis]);
        else joined.append(whole[axis]);
    }
    return joined;
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor gather_nd(const tensor& x, const tensor& indices, const op_options& options, const location& at) {
    const std::string_view name = options.name.empty() ? std::string_view("gather_nd") : options.name;
    if (refused_parts::is_without_graph({x, indices})) return refused_parts::without_graph({x, indices});
    if (!op_parts::is_index(indices.dtype()))
        return op_parts::refuse<mistake::op_dtype, "indices are int32 or int64">({x, indices}, name, at);
    if (!op_parts::are_tuples(indices, x.shape()))
        return op_parts::refuse<mistake::op_shape, "indices are [..., k], k from 1 to the number of the array's axes">(
            {x, indices}, name, at);
    const graph_parts::line_of_call here(x, at);
    const tensor place = op_parts::joined_positions(indices, x.shape());
    const tensor joined = reshape(x, op_parts::with_joined_axes(x.shape(), indices.shape()[-1]));
    return gather(joined, place, {.name = name}, at);
}

constexpr tensor scatter_nd(const tensor& indices, const tensor& updates, const shape& extents,
                            const op_options& options, const location& at) {
    const std::string_view name = options.name.empty() ? std::string_view("scatter_nd") : options.name;
    if (refused_parts::is_without_graph({indices, updates})) return refused_parts::without_graph({indices, updates});
    if (!op_parts::is_index(indices.dtype()))
        return op_parts::refuse<mistake::op_dtype, "indices are int32 or int64">({updates, indices}, name, at);
    if (!core_parts::is_legal(extents))
        return op_parts::refuse<mistake::op_option, "extents are at least 1 and stay below a terabyte">(
            {updates, indices}, name, at);
    if (!op_parts::are_tuples(indices, extents))
        return op_parts::refuse<mistake::op_shape, "indices are [..., k], k from 1 to the number of the array's axes">(
            {updates, indices}, name, at);
    const graph_parts::line_of_call here(updates, at);
    const tensor place = op_parts::joined_positions(indices, extents);
    const tensor joined = scatter(place, updates, op_parts::with_joined_axes(extents, indices.shape()[-1]), {}, at);
    if (joined.builder()->is_inert(joined.id())) return joined;
    return reshape(joined, extents, {name});
}

}  // namespace ambit
