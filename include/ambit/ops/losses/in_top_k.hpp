// SPDX-License-Identifier: BSL-1.0
// Whether the class of each row is among its k largest predictions:
// [..., classes] x [...] of int32 or int64 -> bool [...].
//
//     tensor hits = in_top_k(logits, labels, 5);
//
// Fewer than k predictions exceed that of the class: all equals of the k-th are in. False for a label outside of
// [0, classes), and where the prediction of the class is not finite.
#pragma once

#include <ambit/contract/losses.hpp>
#include <ambit/ops/losses.hpp>
#include <ambit/ops/losses/sparse_softmax_cross_entropy.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct in_top_k_op : compute_op {
    static constexpr std::string_view name = "in_top_k";
    using kernel = kernel_tag::in_top_k;
    struct attributes {
        std::int64_t k;
    };

    static constexpr inferred infer(const op_call& call) {
        inferred rows = check_logits_and_labels(call);
        rows.result.type = dtype::boolean;
        if (rows.fault != mistake::none) return rows;
        if (const option_fault off = outside("k", call.attributes<attributes>().k, range_of::from(1)))
            return refuses(off, rows.result);
        return rows;
    }
    static constexpr pick_geometry geometry(const op_call& call, const tensor_spec& result) {
        return {result.extents.elements(), call.extents(0)[-1], call.attributes<attributes>().k};
    }
};
inline constexpr op_info in_top_k_info = describe<in_top_k_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::in_top_k_info> {
    using type = op_parts::in_top_k_op;
};

constexpr tensor in_top_k(const tensor& predictions, const tensor& labels, core_parts::whole_number k,
                          const op_options& options, const location& at) {
    return make_op(op_parts::in_top_k_info, {predictions, labels}, op_parts::in_top_k_op::attributes{k}, options, at);
}

}  // namespace ambit
