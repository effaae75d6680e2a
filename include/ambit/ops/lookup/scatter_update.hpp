// SPDX-License-Identifier: BSL-1.0
// An array with some of its slices replaced, at indices known at run time: a new value, the array stays what it is.
//
//     tensor cache = scatter_update(keys, position, key);       // [100, 64] by int32[1] and [1, 64]
//
// Numbers of any dtype; indices are int32 or int64. What lies outside of the array replaces nothing. Of several updates
// of one place the last one stays.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/arrays/range.hpp>
#include <ambit/ops/comparison.hpp>
#include <ambit/ops/lookup.hpp>
#include <ambit/ops/lookup/scatter.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// An array with slices replaced, at indices known at run time. Operands: the array, indices and updates.
struct scatter_update_op : compute_op {
    static constexpr std::string_view name = "scatter_update";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::scatter_update;
    static constexpr bool in_place = true, in_variable = true;

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
};
inline constexpr op_info scatter_update_info = describe<scatter_update_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::scatter_update_info> {
    using type = op_parts::scatter_update_op;
};

constexpr tensor scatter_update(const tensor& x, const tensor& indices, const tensor& updates,
                                const op_options& options, const location& at) {
    return make_op(op_parts::scatter_update_info, {x, indices, updates}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// What was replaced gets no gradient; of the updates of one place, the last one gets all of it.
constexpr void scatter_update_op::gradient(gradient_call& call) {
    const tensor x = call.operand(0), indices = call.operand(1), updates = call.operand(2);
    if (call.wants(0)) call.give(0, scatter_update(call.upstream(), indices, zeros_like(updates)));
    if (!call.wants(2)) return;
    const tensor taken = gather(call.upstream(), indices);
    const std::int64_t count = indices.shape().elements();
    if (count == 1) return call.give(2, taken);
    const std::int64_t extent = x.shape()[0];
    const dtype type = type_of_places(count > extent ? count : extent);
    const tensor turn = reshape(numbers_below(count, x, type), indices.shape());
    const tensor nobody = numbers_below(extent, x, type);  // any numbers: who asks has put its own there
    const tensor owner = gather(scatter_update(nobody, indices, turn), indices);
    shape alike = indices.shape();
    for (int axis = 1; axis < x.shape().rank(); ++axis) alike.append(1);
    const tensor is_last = reshape(equal(owner, turn), alike);
    call.give(2, where(is_last, taken, 0));
}

}  // namespace ambit::op_parts
