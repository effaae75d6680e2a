// SPDX-License-Identifier: BSL-1.0
// Diagonal matrices: made of vectors, taken apart, and the identity.
//
//     tensor scaling = diag(factors);                           // [5] -> [5, 5]
//     tensor batch   = diag(x);                                 // [32, 5] -> [32, 5, 5]
//     tensor main    = diag_part(matrices);                     // [32, 5, 5] -> [32, 5]
//     tensor id      = eye(s, 5);                               // float32[5, 5]
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/graph/option_ranges.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/lookup.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// Vectors as the diagonals of matrices: the elements with padding between them.
struct diag_op : compute_op {
    static constexpr std::string_view name = "diag";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::pad;

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        if (x.extents.rank() < 1 || x.extents.rank() == max_rank)
            return refuses(mistake::op_shape, "the operand is [..., n], of at most 7 axes", x);
        tensor_spec result = x;
        result.extents.append(x.extents[-1]);
        return yields_below_a_terabyte(result, x);
    }
    static constexpr pad_geometry geometry(const op_call& call, const tensor_spec&) {
        const shape& x = call.extents(0);
        return {.rank = 2, .extent = {x.elements() / x[-1], x[-1]}, .between = {0, x[-1]}};
    }
};
inline constexpr op_info diag_info = describe<diag_op>();

/// The diagonals of matrices.
struct diag_part_op : compute_op {
    static constexpr std::string_view name = "diag_part";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::view;

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        if (x.extents.rank() < 2 || x.extents[-1] != x.extents[-2])
            return refuses(mistake::op_shape, "the operand is [..., n, n]", x);
        tensor_spec result{{}, x.type};
        for (int axis = 0; axis + 1 < x.extents.rank(); ++axis) result.extents.append(x.extents[axis]);
        return yields(result);
    }
    static constexpr view_geometry geometry(const op_call& call, const tensor_spec& result) {
        const std::int64_t n = call.extents(0)[-1];
        return {.rank = 2, .extent = {result.extents.elements() / n, n}, .stride = {n * n, n + 1}};
    }
};
inline constexpr op_info diag_part_info = describe<diag_part_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::diag_info> {
    using type = op_parts::diag_op;
};
template <> struct op_of<&op_parts::diag_part_info> {
    using type = op_parts::diag_part_op;
};

constexpr tensor diag(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::diag_info, {x}, no_attributes{}, options, at);
}

constexpr tensor diag_part(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::diag_part_info, {x}, no_attributes{}, options, at);
}

constexpr tensor eye(scope& s, core_parts::whole_number rows, const eye_options& options, const location& at) {
    const std::string_view name = options.name.empty() ? "eye" : options.name;
    graph_builder& builder = *s.builder();
    graph_parts::option_ranges ranges(builder, name, at);
    ranges.from("rows", rows.value, 1);
    ranges.from("columns", options.columns, 0);
    if (!ranges.all_fit()) return builder.inert({{}, options.dtype});
    const tensor row = range(s, 0, rows.value, {.dtype = int64, .name = name}, at);
    const std::int64_t columns = options.columns == 0 ? rows.value : options.columns;
    return one_hot(row, columns, {.dtype = options.dtype, .name = name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void diag_op::gradient(gradient_call& call) { call.give(0, diag_part(call.upstream())); }

constexpr void diag_part_op::gradient(gradient_call& call) { call.give(0, diag(call.upstream())); }

}  // namespace ambit::op_parts
