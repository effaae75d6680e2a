// SPDX-License-Identifier: BSL-1.0
// A part of an array: a box of it, or every so many elements as NumPy takes them.
//
//     tensor corner  = slice(x, {0, 2}, {3, -1});                             // 3 rows from 0 on, columns from 2 on
//     tensor halved  = strided_slice(x, {.strides = {2, 2}});                 // every other row and column
//     tensor tail    = strided_slice(x, {.begin = {-3}});                     // the last three rows
//     tensor mirror  = strided_slice(x, {.strides = {1, -1}});                // columns in reverse
//
// Any dtype. No part may be empty.
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/arrays/view.hpp>

#include <limits>

namespace AMBIT_NAMESPACE::op_parts {

/// A box of an array.
struct slice_op : view_op {
    static constexpr std::string_view name = "slice";
    static constexpr void gradient(gradient_call& call);
    struct attributes {
        shape begin, size;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const auto a = call.attributes<attributes>();
        if (a.begin.rank() != x.extents.rank() || a.size.rank() != x.extents.rank())
            return refuses(mistake::op_option, "a slice has a begin and a size for each axis", x);
        for (int axis = 0; axis < x.extents.rank(); ++axis) {
            const std::int64_t begin = a.begin[axis], size = a.size[axis];
            if (begin < 0 || begin >= x.extents[axis] || size == 0 || size < -1 || size > x.extents[axis] - begin)
                return refuses(mistake::op_option, "a slice is not empty and lies within the operand", x);
        }
        return yields({viewed_shape(steps_of(call), x.extents.rank()), x.type});
    }
    static constexpr view_geometry geometry(const op_call& call, const tensor_spec&) {
        return viewed_geometry(steps_of(call), call.extents(0));
    }
    static constexpr view_steps steps_of(const op_call& call) {
        return steps_of(call.attributes<attributes>(), call.extents(0));
    }
    static constexpr view_steps steps_of(const attributes& a, const shape& x) {
        view_steps steps;
        for (int axis = 0; axis < x.rank(); ++axis)
            steps.axis[axis] = {a.begin[axis], a.size[axis] == -1 ? x[axis] - a.begin[axis] : a.size[axis], 1};
        return steps;
    }
};
inline constexpr op_info slice_info = describe<slice_op>();

/// A box of an array, with steps along each axis, as NumPy's slices.
struct strided_slice_op : view_op {
    static constexpr std::string_view name = "strided_slice";
    static constexpr void gradient(gradient_call& call);
    struct attributes {
        axis_places begin, end, strides;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const auto a = call.attributes<attributes>();
        const int rank = x.extents.rank();
        if (a.begin.size() > rank || a.end.size() > rank || a.strides.size() > rank)
            return refuses(mistake::op_option, "a slice has at most one begin, end and stride for each axis", x);
        for (int axis = 0; axis < a.strides.size(); ++axis)
            if (a.strides[axis] == 0) return refuses(mistake::op_option, "a stride is not 0", x);
        const view_steps steps = steps_of(a, x.extents);
        for (int axis = 0; axis < rank; ++axis)
            if (steps.axis[axis].count < 1) return refuses(mistake::op_option, "the slice would be empty", x);
        return yields({viewed_shape(steps, rank), x.type});
    }
    static constexpr view_geometry geometry(const op_call& call, const tensor_spec&) {
        return viewed_geometry(steps_of(call.attributes<attributes>(), call.extents(0)), call.extents(0));
    }
    static constexpr view_steps steps_of(const attributes& a, const shape& x) {
        view_steps steps;
        for (int axis = 0; axis < x.rank(); ++axis) {
            const std::int64_t begin = axis < a.begin.size() ? a.begin[axis] : unbounded;
            const std::int64_t end = axis < a.end.size() ? a.end[axis] : unbounded;
            steps.axis[axis] = steps_along(x[axis], begin, end, axis < a.strides.size() ? a.strides[axis] : 1);
        }
        return steps;
    }

private:
    /// As Python's `slice(begin, end, stride).indices(extent)`.
    static constexpr axis_steps steps_along(std::int64_t extent, std::int64_t begin, std::int64_t end,
                                            std::int64_t stride) {
        const std::int64_t lowest = stride > 0 ? 0 : -1, highest = stride > 0 ? extent : extent - 1;
        const auto within = [&](std::int64_t place) {
            const std::int64_t from_front = place < 0 ? place + extent : place;
            return from_front < lowest ? lowest : from_front > highest ? highest : from_front;
        };
        const std::int64_t first = begin == unbounded ? (stride > 0 ? lowest : highest) : within(begin);
        const std::int64_t last = end == unbounded ? (stride > 0 ? highest : lowest) : within(end);
        const std::int64_t way = stride > 0 ? last - first : first - last;
        if (way < 1) return {first, 0, stride};
        const std::int64_t steps = (way - 1) / stride;  // negative where the stride is
        return {first, (stride > 0 ? steps : -steps) + 1, stride};
    }
};
inline constexpr op_info strided_slice_info = describe<strided_slice_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::slice_info> {
    using type = op_parts::slice_op;
};
template <> struct op_of<&op_parts::strided_slice_info> {
    using type = op_parts::strided_slice_op;
};

constexpr tensor slice(const tensor& x, const shape& begin, const shape& size, const op_options& options,
                       const location& at) {
    return make_op(op_parts::slice_info, {x}, op_parts::slice_op::attributes{begin, size}, options, at);
}

constexpr tensor strided_slice(const tensor& x, const strided_slice_options& options, const location& at) {
    const op_parts::strided_slice_op::attributes a{options.begin, options.end, options.strides};
    return make_op(op_parts::strided_slice_info, {x}, a, {options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void slice_op::gradient(gradient_call& call) {
    const shape x = call.operand(0).shape();
    call.give(0, unview(call.upstream(), steps_of(call.attributes<attributes>(), x), x));
}

constexpr void strided_slice_op::gradient(gradient_call& call) {
    const shape x = call.operand(0).shape();
    call.give(0, unview(call.upstream(), steps_of(call.attributes<attributes>(), x), x));
}

}  // namespace ambit::op_parts
