// SPDX-License-Identifier: BSL-1.0
// The k largest elements of the last axis, the largest first, and where they stand (int32): [..., n] -> [..., k].
//
//     auto [values, indices] = top_k(logits, 5);
//
// Of equals the first comes first. A NaN is larger than everything. The gradient goes to the elements that were taken.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/ops/lookup.hpp>

#include <limits>

namespace AMBIT_NAMESPACE::op_parts {

/// Where the k largest elements of the last axis stand, the largest first, as int32. The values are gathered with that.
struct top_k_op : compute_op {
    static constexpr std::string_view name = "top_k";
    using kernel = kernel_tag::top_k;
    struct attributes {
        std::int64_t k;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const std::int64_t k = call.attributes<attributes>().k;
        tensor_spec result{x.extents, dtype::int32};
        if (x.type == dtype::boolean) return refuses(mistake::op_dtype, "the operand must be a number", result);
        if (x.extents.rank() < 1) return refuses(mistake::op_shape, "the operand must have an axis", result);
        const double most = static_cast<double>(x.extents[-1]);
        if (const option_fault off = outside("k", k, range_of::from_to(1, most))) return refuses(off, result);
        if (x.extents[-1] > (std::numeric_limits<std::int32_t>::max)())
            return refuses(mistake::op_shape, "positions along the axis must fit int32", result);
        result.extents.set(-1, k);
        return yields(result);
    }
    static constexpr pick_geometry geometry(const op_call& call, const tensor_spec& result) {
        return {result.extents.elements() / result.extents[-1], call.extents(0)[-1], result.extents[-1]};
    }
};
inline constexpr op_info top_k_info = describe<top_k_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::top_k_info> {
    using type = op_parts::top_k_op;
};

constexpr values_and_indices top_k(const tensor& x, core_parts::whole_number k, const op_options& options,
                                   const location& at) {
    const tensor indices = make_op(op_parts::top_k_info, {x}, op_parts::top_k_op::attributes{k}, options, at);
    const tensor values =
        batch_gather(x, indices, {options.name.empty() ? op_parts::top_k_op::name : options.name}, at);
    indices.builder()->swap_names(indices, values);  // they are made in the other order
    return {values, indices};
}

}  // namespace ambit
