// SPDX-License-Identifier: BSL-1.0
// Where the largest element stands along one axis, as int32; the first of equals, and the first NaN if there is one.
//
//     tensor digits = argmax(logits, -1);                       // [32, 10] -> [32]
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/ops/lookup.hpp>

#include <limits>

namespace AMBIT_NAMESPACE::op_parts {

struct argmax_op : compute_op {
    static constexpr std::string_view name = "argmax";
    using kernel = kernel_tag::argmax;
    struct attributes {
        std::int64_t axis;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const int axis = normalize_axis(call.attributes<attributes>().axis, x.extents.rank());
        tensor_spec result{{}, dtype::int32};
        for (int i = 0; i < x.extents.rank(); ++i)
            if (i != axis) result.extents.append(x.extents[i]);
        if (x.type == dtype::boolean) return refuses(mistake::op_dtype, "the operand must be a number", result);
        if (axis < 0) return refuses(mistake::op_option, "the axis lies outside of the operand", result);
        if (x.extents[axis] > (std::numeric_limits<std::int32_t>::max)())
            return refuses(mistake::op_shape, "positions along the axis must fit int32", result);
        return yields(result);
    }

    static constexpr axis_geometry geometry(const op_call& call, const tensor_spec&) {
        const shape& x = call.extents(0);
        return along_axis(x, normalize_axis(call.attributes<attributes>().axis, x.rank()));
    }
};
inline constexpr op_info argmax_info = describe<argmax_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::argmax_info> {
    using type = op_parts::argmax_op;
};

constexpr tensor argmax(const tensor& x, core_parts::whole_number axis, const op_options& options, const location& at) {
    return make_op(op_parts::argmax_info, {x}, op_parts::argmax_op::attributes{axis}, options, at);
}

}  // namespace ambit
