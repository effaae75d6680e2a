// SPDX-License-Identifier: BSL-1.0
// Slices added up at indices known at run time: into zeros, or into an array. Each gives a new value.
//
//     tensor table  = scatter(ids, rows, {1000, 64});           // [32, 64] by int32[32] -> [1000, 64]
//     tensor sums   = unsorted_segment_sum(x, segments, 10);    // [32, 7] by int32[32] -> [10, 7]
//     tensor raised = scatter_add(table, ids, rows);            // table + scatter(ids, rows, table.shape())
//
// Numbers of any dtype; indices are int32 or int64. What would be added outside of the array is dropped. Sums of one
// place run in the order of the indices, so they are the same in every call; where there are more than 64 slices and no
// more places, sums of floats are within 2ε of the exact ones.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/ops/lookup.hpp>
#include <ambit/ops/lookup/indices.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// What scattering checks: `updates` is `whole` with the axes of the indices in place of one.
constexpr inferred check_scatter(const tensor_spec& whole, int axis, const tensor_spec& indices,
                                 const tensor_spec& updates) {
    if (whole.type == dtype::boolean) return refuses(mistake::op_dtype, "the updates must be numbers", whole);
    if (!is_index(indices.type)) return refuses(mistake::op_dtype, "indices are int32 or int64", whole);
    if (axis < 0) return refuses(mistake::op_option, "the axis lies outside of the result", whole);
    if (whole.extents.rank() - 1 + indices.extents.rank() > max_rank ||
        updates.extents != gathered(whole.extents, axis, indices.extents))
        return refuses(mistake::op_shape, "updates have the axes of the indices, then those of a slice", whole);
    return yields(whole);
}

/// Slices added up in zeros, at indices known at run time. Operands: updates and indices.
struct scatter_op : compute_op {
    static constexpr std::string_view name = "scatter";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::scatter;
    struct attributes {
        shape extents;
        std::int64_t axis;
    };

    static constexpr inferred infer(const op_call& call) {
        const auto a = call.attributes<attributes>();
        const tensor_spec whole{a.extents, call.type(0)};
        if (!is_legal(a.extents))
            return refuses(mistake::op_option, "extents are at least 1 and stay below a terabyte", call.operand(0));
        return check_scatter(whole, normalize_axis(a.axis, a.extents.rank()), call.operand(1), call.operand(0));
    }
    static constexpr gather_geometry geometry(const op_call& call, const tensor_spec& result) {
        const int axis = normalize_axis(call.attributes<attributes>().axis, result.extents.rank());
        const axis_geometry along = along_axis(result.extents, axis);
        return {along.outer, along.extent, along.inner, call.extents(1).elements()};
    }
    static constexpr std::int64_t scratch_bytes(const op_call& call, const tensor_spec& result) {
        return is_floating(result.type) ? scatter_scratch(geometry(call, result)) * size_of(result.type) : 0;
    }
};
inline constexpr op_info scatter_info = describe<scatter_op>();

/// An array with slices added, at indices known at run time. Operands: the array, indices and updates.
struct scatter_add_op : compute_op {
    static constexpr std::string_view name = "scatter_add";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::scatter_add;

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        if (call.type(2) != x.type) return refuses(mistake::op_dtype, "array and updates must have one dtype", x);
        if (x.extents.rank() < 1) return refuses(mistake::op_shape, "the array needs an axis", x);
        return check_scatter(x, 0, call.operand(1), call.operand(2));
    }
    static constexpr gather_geometry geometry(const op_call& call, const tensor_spec& result) {
        const axis_geometry along = along_axis(result.extents, 0);
        return {1, along.extent, along.inner, call.extents(1).elements()};
    }
    static constexpr std::int64_t scratch_bytes(const op_call& call, const tensor_spec& result) {
        return is_floating(result.type) ? scatter_scratch(geometry(call, result)) * size_of(result.type) : 0;
    }
};
inline constexpr op_info scatter_add_info = describe<scatter_add_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::scatter_info> {
    using type = op_parts::scatter_op;
};
template <> struct op_of<&op_parts::scatter_add_info> {
    using type = op_parts::scatter_add_op;
};

constexpr tensor scatter(const tensor& indices, const tensor& updates, const shape& extents, const op_options& options,
                         const location& at) {
    return make_op(op_parts::scatter_info, {updates, indices}, op_parts::scatter_op::attributes{extents, 0}, options,
                   at);
}

constexpr tensor unsorted_segment_sum(const tensor& x, const tensor& segment_ids, core_parts::whole_number segments,
                                      const op_options& options, const location& at) {
    if (refused_parts::is_without_graph({x, segment_ids})) return refused_parts::without_graph({x, segment_ids});
    shape extents{segments.value};
    for (int axis = segment_ids.shape().rank(); axis < x.shape().rank() && extents.rank() < core_parts::max_rank;
         ++axis)
        extents.append(x.shape()[axis]);
    return scatter(segment_ids, x, extents, {options.name.empty() ? "unsorted_segment_sum" : options.name}, at);
}

constexpr tensor scatter_add(const tensor& x, const tensor& indices, const tensor& updates, const op_options& options,
                             const location& at) {
    return make_op(op_parts::scatter_add_info, {x, indices, updates}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void scatter_op::gradient(gradient_call& call) {
    const auto a = call.attributes<attributes>();
    if (call.wants(0)) call.give(0, gather(call.upstream(), call.operand(1), {.axis = a.axis}));
}

constexpr void scatter_add_op::gradient(gradient_call& call) {
    call.give(0, call.upstream());
    if (call.wants(2)) call.give(2, gather(call.upstream(), call.operand(1)));
}

}  // namespace ambit::op_parts
