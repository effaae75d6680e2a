// SPDX-License-Identifier: BSL-1.0
// Whether any of some flags is true, and whether all of them are: bool over some axes, or over all.
//
//     tensor is_finite = reduce_all(flags);                     // a scalar
//     tensor has_hit   = reduce_any(hits, {.axes = -1});        // [32, 5] -> [32]
#pragma once

#include <ambit/contract/reductions.hpp>
#include <ambit/ops/reductions.hpp>
#include <ambit/ops/reductions/reduce.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct reduce_logical_op : reduce_op {
    static constexpr inferred infer(const op_call& call) {
        if (call.type(0) != dtype::boolean)
            return refuses(mistake::op_dtype, "the operand must be bool", call.operand(0));
        return reduced(call);
    }
};

/// Whether any of some flags is true, over some axes, or over all.
struct reduce_any_op : reduce_logical_op {
    static constexpr std::string_view name = "reduce_any";
    using kernel = kernel_tag::any;
};
inline constexpr op_info reduce_any_info = describe<reduce_any_op>();

/// Whether all of some flags are true, over some axes, or over all.
struct reduce_all_op : reduce_logical_op {
    static constexpr std::string_view name = "reduce_all";
    using kernel = kernel_tag::all;
};
inline constexpr op_info reduce_all_info = describe<reduce_all_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::reduce_any_info> {
    using type = op_parts::reduce_any_op;
};
template <> struct op_of<&op_parts::reduce_all_info> {
    using type = op_parts::reduce_all_op;
};

constexpr tensor reduce_any(const tensor& x, const reduce_options& options, const location& at) {
    return make_op(op_parts::reduce_any_info, {x}, op_parts::reduce_op::attributes_from(options), {options.name}, at);
}

constexpr tensor reduce_all(const tensor& x, const reduce_options& options, const location& at) {
    return make_op(op_parts::reduce_all_info, {x}, op_parts::reduce_op::attributes_from(options), {options.name}, at);
}

}  // namespace ambit
