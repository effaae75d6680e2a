// SPDX-License-Identifier: BSL-1.0
// Slices of an array at indices known at run time.
//
//     tensor rows  = gather(table, ids);                        // [1000, 64] by int32[32] -> [32, 64]
//     tensor some  = gather(x, indices, {.axis = -1});          // [4, 9] by int64[2, 3] -> [4, 2, 3]
//     tensor words = embedding_lookup(embeddings, ids);         // a variable [vocabulary, width]
//
// Any dtype; indices are int32 or int64. An index outside of the axis gives zeros, as TensorFlow does on graphics
// processors: kernels neither throw nor read elsewhere. Negative ones are outside.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/ops/lookup.hpp>
#include <ambit/ops/lookup/indices.hpp>
#include <ambit/ops/lookup/scatter.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct gather_op : compute_op {
    static constexpr std::string_view name = "gather";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::gather;
    struct attributes {
        std::int64_t axis;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const shape& indices = call.extents(1);
        if (!is_index(call.type(1))) return refuses(mistake::op_dtype, "indices are int32 or int64", x);
        const int axis = normalize_axis(call.attributes<attributes>().axis, x.extents.rank());
        if (axis < 0) return refuses(mistake::op_option, "the axis lies outside of the operand", x);
        if (x.extents.rank() - 1 + indices.rank() > max_rank)
            return refuses(mistake::op_shape, "a tensor has at most 8 axes", x);
        const tensor_spec result{gathered(x.extents, axis, indices), x.type};
        return yields_below_a_terabyte(result, x);
    }

    static constexpr gather_geometry geometry(const op_call& call, const tensor_spec&) {
        const shape& x = call.extents(0);
        const axis_geometry along = along_axis(x, normalize_axis(call.attributes<attributes>().axis, x.rank()));
        return {along.outer, along.extent, along.inner, call.extents(1).elements()};
    }
};
inline constexpr op_info gather_info = describe<gather_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::gather_info> {
    using type = op_parts::gather_op;
};

constexpr tensor gather(const tensor& x, const tensor& indices, const gather_options& options, const location& at) {
    return make_op(op_parts::gather_info, {x, indices}, op_parts::gather_op::attributes{options.axis}, {options.name},
                   at);
}

constexpr tensor embedding_lookup(const tensor& table, const tensor& ids, const op_options& options,
                                  const location& at) {
    return gather(table, ids, {.name = options.name.empty() ? "embedding_lookup" : options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void gather_op::gradient(gradient_call& call) {
    const scatter_op::attributes back{call.operand(0).shape(), call.attributes<attributes>().axis};
    if (call.wants(0)) call.give(0, make_op(scatter_info, {call.upstream(), call.operand(1)}, back, {}, {}));
}

}  // namespace ambit::op_parts
