// SPDX-License-Identifier: BSL-1.0
// How often each class (row) was taken for each class (column): two arrays of int32 or int64 of one shape -> int32
// [classes, classes].
//
//     tensor mistaken = confusion_matrix(labels, argmax(logits, -1), 10);
//
// What has a label or a prediction outside of [0, classes) is left out: a label of -1 masks an example.
#pragma once

#include <ambit/contract/losses.hpp>
#include <ambit/ops/losses.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct confusion_matrix_op : compute_op {
    static constexpr std::string_view name = "confusion_matrix";
    using kernel = kernel_tag::confusion_matrix;
    struct attributes {
        std::int64_t classes;
    };

    static constexpr inferred infer(const op_call& call) {
        const std::int64_t classes = call.attributes<attributes>().classes;
        tensor_spec result{{classes, classes}, dtype::int32};
        if (!is_legal(result.extents)) {
            result.extents = {1, 1};
            return refuses(mistake::op_option, "classes must be at least 1, and their matrix below a terabyte", result);
        }
        for (int i = 0; i < 2; ++i)
            if (call.type(i) != dtype::int32 && call.type(i) != dtype::int64)
                return refuses(mistake::op_dtype, "labels and predictions must be int32 or int64", result);
        if (call.extents(0) != call.extents(1))
            return refuses(mistake::op_shape, "labels and predictions must have one shape", result);
        return yields(result);
    }
    static constexpr axis_geometry geometry(const op_call& call, const tensor_spec&) {
        return {call.extents(0).elements(), call.attributes<attributes>().classes, 1};
    }
};
inline constexpr op_info confusion_matrix_info = describe<confusion_matrix_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::confusion_matrix_info> {
    using type = op_parts::confusion_matrix_op;
};

constexpr tensor confusion_matrix(const tensor& labels, const tensor& predictions, core_parts::whole_number classes,
                                  const op_options& options, const location& at) {
    return make_op(op_parts::confusion_matrix_info, {labels, predictions},
                   op_parts::confusion_matrix_op::attributes{classes}, options, at);
}

}  // namespace ambit
