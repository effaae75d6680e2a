// SPDX-License-Identifier: BSL-1.0
// Elements of each row by number: [..., n] x [..., k] of int32 or int64 -> [..., k].
//
//     tensor of_class = batch_gather(logits, labels);           // [32, 10] x [32, 1] -> [32, 1]
//
// An index outside of [0, n) gives NaN, or 0 of integers, and moves nothing.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/ops/lookup.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// Whether the shapes of rows and of indices agree but for the last axis, and the indices are integers.
constexpr inferred check_rows_and_indices(const tensor_spec& rows, const tensor_spec& indices,
                                          const tensor_spec& result) {
    if (rows.type == dtype::boolean) return refuses(mistake::op_dtype, "the elements must be numbers", result);
    if (indices.type != dtype::int32 && indices.type != dtype::int64)
        return refuses(mistake::op_dtype, "indices must be int32 or int64", result);
    bool fits = rows.extents.rank() > 0 && rows.extents.rank() == indices.extents.rank();
    for (int axis = 0; fits && axis + 1 < rows.extents.rank(); ++axis)
        fits = rows.extents[axis] == indices.extents[axis];
    if (!fits) return refuses(mistake::op_shape, "rows are [..., n], indices [..., k]", result);
    return yields(result);
}

struct batch_gather_op : compute_op {
    static constexpr std::string_view name = "batch_gather";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::batch_gather;
    static constexpr inferred infer(const op_call& call) {
        return check_rows_and_indices(call.operand(0), call.operand(1), {call.extents(1), call.type(0)});
    }
    static constexpr pick_geometry geometry(const op_call& call, const tensor_spec& result) {
        return {result.extents.elements() / result.extents[-1], call.extents(0)[-1], result.extents[-1]};
    }
};
inline constexpr op_info batch_gather_info = describe<batch_gather_op>();

/// Rows of `extent` zeros, to which updates [..., k] are added where indices [..., k] say.
struct batch_scatter_op : compute_op {
    static constexpr std::string_view name = "batch_scatter";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::batch_scatter;
    struct attributes {
        std::int64_t extent;
    };
    static constexpr inferred infer(const op_call& call) {
        const std::int64_t extent = call.attributes<attributes>().extent;
        tensor_spec result = call.operand(1);
        if (result.extents.rank() > 0) result.extents.set(-1, extent);
        if (!is_legal(result.extents))
            return refuses(mistake::op_option, "rows have at least 1 element, all together less than a terabyte",
                           call.operand(1));
        if (call.extents(0) != call.extents(1))
            return refuses(mistake::op_shape, "indices and updates must have one shape", result);
        return check_rows_and_indices(call.operand(1), call.operand(0), result);
    }
    static constexpr pick_geometry geometry(const op_call& call, const tensor_spec& result) {
        return {result.extents.elements() / result.extents[-1], result.extents[-1], call.extents(0)[-1]};
    }
    static constexpr std::int64_t scratch_bytes(const op_call& call, const tensor_spec& result) {
        return is_floating(result.type) ? scatter_scratch(geometry(call, result)) * size_of(result.type) : 0;
    }
};
inline constexpr op_info batch_scatter_info = describe<batch_scatter_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::batch_gather_info> {
    using type = op_parts::batch_gather_op;
};
template <> struct op_of<&op_parts::batch_scatter_info> {
    using type = op_parts::batch_scatter_op;
};

constexpr tensor batch_gather(const tensor& rows, const tensor& indices, const op_options& options,
                              const location& at) {
    return make_op(op_parts::batch_gather_info, {rows, indices}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr tensor batch_scatter(const tensor& indices, const tensor& updates, std::int64_t extent,
                               const op_options& options = {}, const location& at = location::current()) {
    return make_op(batch_scatter_info, {indices, updates}, batch_scatter_op::attributes{extent}, options, at);
}

constexpr void batch_gather_op::gradient(gradient_call& call) {
    if (call.wants(0)) call.give(0, batch_scatter(call.operand(1), call.upstream(), call.operand(0).shape()[-1]));
}

constexpr void batch_scatter_op::gradient(gradient_call& call) {
    if (call.wants(1)) call.give(1, batch_gather(call.upstream(), call.operand(0)));
}

}  // namespace ambit::op_parts
