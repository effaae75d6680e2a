// SPDX-License-Identifier: BSL-1.0
// The product of elements over some axes, or over all.
//
//     tensor volumes = reduce_prod(sizes, {.axes = -1});        // [32, 3] -> [32]
//
// Integers wrap. The gradient by an element is the product of the others, zeros among them or not.
#pragma once

#include <ambit/contract/reductions.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/arrays/transpose.hpp>
#include <ambit/ops/reductions.hpp>
#include <ambit/ops/reductions/reduce.hpp>

#include <concepts>

namespace AMBIT_NAMESPACE::op_parts {

struct reduce_prod_op : reduce_op {
    static constexpr std::string_view name = "reduce_prod";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::product;
};
inline constexpr op_info reduce_prod_info = describe<reduce_prod_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::reduce_prod_info> {
    using type = op_parts::reduce_prod_op;
};

constexpr tensor reduce_prod(const tensor& x, const reduce_options& options, const location& at) {
    return make_op(op_parts::reduce_prod_info, {x}, op_parts::reduce_op::attributes_from(options), {options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// What comes before an element times what comes behind it, in rows of the elements of one product.
constexpr void reduce_prod_op::gradient(gradient_call& call) {
    const shape extents = call.operand(0).shape();
    const auto a = call.attributes<attributes>();
    bool is_reduced[max_rank] = {};
    for (int axis = 0; axis < extents.rank(); ++axis) is_reduced[axis] = a.count == 0;
    for (std::int64_t i = 0; i < a.count; ++i) is_reduced[normalize_axis(a.axis[i], extents.rank())] = true;
    transpose_op::attributes to_rows{}, back{};
    for (int axis = 0; axis < extents.rank(); ++axis)
        if (!is_reduced[axis]) to_rows.axis[to_rows.count++] = axis;
    for (int axis = 0; axis < extents.rank(); ++axis)
        if (is_reduced[axis]) to_rows.axis[to_rows.count++] = axis;
    back.count = to_rows.count;
    for (std::int64_t i = 0; i < to_rows.count; ++i) back.axis[to_rows.axis[i]] = i;

    const std::int64_t products = call.result().shape().elements();
    const tensor moved = make_op(transpose_info, {call.operand(0)}, to_rows, {}, {});
    const tensor rows = reshape(moved, {products, extents.elements() / products});
    const tensor before = cumprod(rows, 1, {.exclusive = true});
    const tensor behind = cumprod(rows, 1, {.exclusive = true, .reverse = true});
    const tensor others = mul(before, behind);
    const tensor up = reshape(call.upstream(), {products, 1});
    const tensor slopes = mul(others, up);
    const tensor shaped = reshape(slopes, moved.shape());
    call.give(0, make_op(transpose_info, {shaped}, back, {}, {}));
}

}  // namespace ambit::op_parts
