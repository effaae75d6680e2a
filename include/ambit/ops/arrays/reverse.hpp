// SPDX-License-Identifier: BSL-1.0
// Some axes backwards, as TensorFlow's `reverse`. Any dtype.
//
//     tensor mirrored = reverse(images, {2});                   // [n, h, w, c], left and right exchanged
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/arrays/view.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct reverse_op : view_op {
    static constexpr std::string_view name = "reverse";
    static constexpr void gradient(gradient_call& call);
    struct attributes {
        ambit::axes axes;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const auto a = call.attributes<attributes>();
        bool reversed[max_rank] = {};
        for (int i = 0; i < a.axes.size(); ++i) {
            const int axis = normalize_axis(a.axes[i], x.extents.rank());
            if (axis < 0) return refuses(mistake::op_option, "an axis lies outside of the operand", x);
            if (reversed[axis]) return refuses(mistake::op_option, "an axis is given twice", x);
            reversed[axis] = true;
        }
        return yields(x);
    }
    static constexpr view_geometry geometry(const op_call& call, const tensor_spec&) {
        const shape& x = call.extents(0);
        const auto a = call.attributes<attributes>();
        view_steps steps = whole_view(x);
        for (int i = 0; i < a.axes.size(); ++i) {
            const int axis = normalize_axis(a.axes[i], x.rank());
            steps.axis[axis] = {x[axis] - 1, x[axis], -1};
        }
        return viewed_geometry(steps, x);
    }
};
inline constexpr op_info reverse_info = describe<reverse_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::reverse_info> {
    using type = op_parts::reverse_op;
};

constexpr tensor reverse(const tensor& x, const axes& reversed, const op_options& options, const location& at) {
    return make_op(op_parts::reverse_info, {x}, op_parts::reverse_op::attributes{reversed}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void reverse_op::gradient(gradient_call& call) {
    call.give(0, make_op(reverse_info, {call.upstream()}, call.attributes<attributes>(), {}, {}));
}

}  // namespace ambit::op_parts
