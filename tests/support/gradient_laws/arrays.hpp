// SPDX-License-Identifier: BSL-1.0
// Random uses of the ops that move elements, for the laws of gradients: any axis, from either end; positions twice, and
// outside; every mode of padding.
//
//     {"slice", &slice_info, twice_differentiable, array_uses::sliced}
#pragma once

#include "../gradient_check.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ambit_test {

namespace array_uses {

using namespace ambit;
using namespace ambit::contract_parts;

inline int any_axis(gradient_check& c, int rank) { return c.pick(-rank, rank - 1); }

// Positions with a few outside of [0, extent).
inline tensor positions_in(gradient_check& c, const shape& extents, std::int64_t extent) {
    return c.labels(extents, static_cast<int>(extent) + 2) - 1;
}

inline tensor sliced(gradient_check& c) {
    const tensor x = c.parameter(c.any_shape());
    shape begin, size;
    for (int axis = 0; axis < x.shape().rank(); ++axis) {
        const int first = c.pick(0, static_cast<int>(x.shape()[axis]) - 1);
        begin.append(first);
        size.append(c.coin() ? -1 : c.pick(1, static_cast<int>(x.shape()[axis]) - first));
    }
    return slice(x, begin, size) + reduce_sum(x);
}

inline tensor strided(gradient_check& c) {
    const tensor x = c.parameter(c.any_shape(1));
    strided_slice_options o;
    for (int axis = 0; axis < x.shape().rank(); ++axis) {
        const auto extent = static_cast<int>(x.shape()[axis]);
        const int stride = c.coin() ? c.pick(1, 3) : -c.pick(1, 3), first = c.pick(0, extent - 1);
        const bool is_negative = c.coin();
        o.strides.append(stride);
        o.begin.append(c.pick(0, 3) == 0 ? unbounded : first - (is_negative ? extent : 0));
        o.end.append(o.begin[axis] == unbounded || c.coin() ? unbounded : stride > 0 ? c.pick(first + 1, extent + 2)
                                                            : first == 0 ? -extent - 3 : c.pick(0, first) - extent - 1);
    }
    return strided_slice(x, o) + reduce_sum(square(x));
}

inline tensor in_parts(gradient_check& c) {
    const tensor x = c.parameter(c.any_shape(1));
    const int axis = any_axis(c, x.shape().rank());
    const std::int64_t extent = x.shape()[axis];
    const buffer<tensor> parts = extent > 1 && c.coin() ? split(x, {1, extent - 1}, axis) : split(x, extent, axis);
    tensor sum = reduce_sum(square(parts[0]));
    for (const tensor& part : parts)
        if (c.coin()) sum = sum + reduce_sum(part * part);
    return c.coin() ? sum : concat(parts, axis) + sum;
}

inline tensor padded(gradient_check& c) {
    const tensor x = c.parameter(c.any_shape());
    const pad_mode mode = c.coin() ? pad_mode::constant : c.coin() ? pad_mode::reflect : pad_mode::symmetric;
    paddings around;
    for (int axis = 0; axis < x.shape().rank(); ++axis) {
        const auto most = static_cast<int>(x.shape()[axis]) - (mode == pad_mode::reflect ? 1 : 0);
        around.append(
            {c.pick(0, mode == pad_mode::constant ? 2 : most), c.pick(0, mode == pad_mode::constant ? 2 : most)});
    }
    const tensor square_of_x = square(x);
    if (mode == pad_mode::constant) return pad(square_of_x, around, {.constant_value = 2.5});
    // At least one op of the name, whatever the padding is.
    return pad(square_of_x, around, {.mode = mode}) + reduce_sum(pad(reshape(x, {-1}), {{1, 0}}));
}

inline tensor joined(gradient_check& c) {
    const shape extents = c.any_shape(1, 3);
    const int axis = any_axis(c, extents.rank());
    std::vector<tensor> parts;
    for (int count = c.pick(1, 4); count > 0; --count) {
        shape part = extents;
        part.set(axis, c.pick(1, 3));
        if (part.elements() > 12) part.set(axis, 1);
        parts.push_back(c.pick(0, 3) == 0 ? c.data(part) : c.parameter(part));
    }
    if (c.coin()) parts.push_back(c.parameter(parts[0].shape()));
    while (parts.size() < 20 && c.pick(0, 7) == 0) parts.push_back(parts[0] * parts[0]);
    parts.push_back(c.parameter(parts[0].shape()));
    return concat(parts, axis);
}

inline tensor stacked(gradient_check& c) {
    const shape extents = c.any_shape(0, 3);
    std::vector<tensor> parts;
    for (int count = c.pick(1, 2); count > 0; --count) parts.push_back(c.parameter(extents));
    while (parts.size() < 20 && c.coin()) parts.push_back(parts[0] * parts.back());
    return stack(parts, any_axis(c, extents.rank() + 1));
}

inline tensor expanded(gradient_check& c) {
    const tensor x = square(c.parameter(c.any_shape()));
    if (c.coin()) return stacked(c) + reduce_sum(x);
    return expand_dims(x, any_axis(c, x.shape().rank() + 1));
}

inline tensor squeezed(gradient_check& c) {
    const tensor x = expand_dims(square(c.parameter(c.any_shape())), 0);
    if (c.coin()) return squeeze(x);
    if (c.coin()) return squeeze(x, {-x.shape().rank()});
    const tensor rows = expand_dims(x, -1);
    const buffer<tensor> parts = unstack(rows, rows.shape().rank() - 2);
    tensor sum = parts[0];
    for (const tensor& part : parts) sum = sum * part;
    return sum;
}

inline tensor tiled(gradient_check& c) {
    const tensor x = c.parameter(c.any_shape());
    shape repeats;
    for (int axis = 0; axis < x.shape().rank(); ++axis) repeats.append(c.pick(1, 3));
    return tile(square(x), repeats);
}

inline tensor reversed(gradient_check& c) {
    const tensor x = c.parameter(c.any_shape(1));
    const int rank = x.shape().rank(), first = any_axis(c, rank), second = any_axis(c, rank);
    return reverse(square(x),
                   c.coin() || (first + rank) % rank == (second + rank) % rank ? axes{first} : axes{first, second});
}

inline tensor reversed_sequences(gradient_check& c) {
    shape extents = c.any_shape(2);
    const int rank = extents.rank(), batch = c.pick(0, rank - 1), sequence = (batch + c.pick(1, rank - 1)) % rank;
    const tensor lengths = c.labels({extents[batch]}, static_cast<int>(extents[sequence]) + 3) - 1;
    const tensor x = c.parameter(extents);
    return reverse_sequence(square(x), lengths,
                            {.sequence_axis = sequence - (c.coin() ? rank : 0), .batch_axis = batch}) +
           reduce_sum(x);
}

inline tensor gathered_slices(gradient_check& c) {
    const tensor x = c.parameter(c.any_shape(1, 3));
    const int axis = any_axis(c, x.shape().rank());
    const tensor at = positions_in(c, c.any_shape(0, 2), x.shape()[axis]);
    if (axis == 0 && c.coin()) return embedding_lookup(square(x), at) + reduce_sum(x);
    return gather(square(x), at, {.axis = axis}) + reduce_sum(x);
}

inline tensor scattered(gradient_check& c) {
    const shape positions = c.any_shape(0, 1), slice_extents = c.any_shape(0, 2);
    const std::int64_t extent = c.pick(1, 4);
    shape updates = positions, whole{extent};
    for (int axis = 0; axis < slice_extents.rank(); ++axis) {
        updates.append(slice_extents[axis] > 2 ? 2 : slice_extents[axis]);
        whole.append(updates[-1]);
    }
    const tensor x = c.parameter(updates), at = positions_in(c, positions, extent);
    return (c.coin() ? unsorted_segment_sum(square(x), at, extent) : scatter(at, square(x), whole)) + reduce_sum(x);
}

inline tensor added_slices(gradient_check& c) {
    shape whole = c.any_shape(1, 3), positions = c.any_shape(0, 1), updates = positions;
    if (whole.elements() > 6) whole = {whole[0]};
    for (int axis = 1; axis < whole.rank(); ++axis) updates.append(whole[axis]);
    const tensor x = c.parameter(whole), added = c.parameter(updates);
    return scatter_add(x * x, positions_in(c, positions, whole[0]), square(added)) + reduce_sum(added);
}

inline tensor replaced_slices(gradient_check& c) {
    shape whole = c.any_shape(1, 3), positions = c.any_shape(0, 1), updates = positions;
    if (whole.elements() > 6) whole = {whole[0]};
    for (int axis = 1; axis < whole.rank(); ++axis) updates.append(whole[axis]);
    const tensor x = c.parameter(whole), given = c.parameter(updates);
    return scatter_update(x * x, positions_in(c, positions, whole[0]), square(given)) + reduce_sum(given);
}

inline tensor diagonal(gradient_check& c) { return diag(square(c.parameter(c.any_shape(1, 3)))); }

inline tensor diagonal_part(gradient_check& c) {
    const int n = c.pick(1, 3);
    const shape extents = c.coin() ? shape{n, n} : shape{c.pick(1, 2), n, n};
    return diag_part(square(c.parameter(extents)));
}

inline tensor deepened(gradient_check& c) {
    const int block = c.pick(1, 2);
    const shape extents{c.pick(1, 2), block * c.pick(1, 2), block * c.pick(1, 2), c.pick(1, 2)};
    return space_to_depth(square(c.parameter(extents)), block);
}

inline tensor widened(gradient_check& c) {
    const int block = c.pick(1, 2);
    const shape extents{c.pick(1, 2), c.pick(1, 2), c.pick(1, 2), block * block * c.pick(1, 2)};
    return depth_to_space(square(c.parameter(extents)), block);
}

}  // namespace array_uses

}  // namespace ambit_test
