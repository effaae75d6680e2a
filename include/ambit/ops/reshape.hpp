// SPDX-License-Identifier: BSL-1.0
// The same elements in the same order under another shape; one extent may be -1, "what is left". Copies nothing.
//
//     tensor rows = reshape(image, {32, -1});                   // [32, 28, 28, 1] -> [32, 784]
#pragma once

#include <ambit/ops/op.hpp>

namespace ambit {

struct reshape_op {
    static constexpr std::string_view name = "reshape";
    static constexpr void gradient(gradient_call& call);
    static constexpr op_role role = op_role::alias;
    struct attributes {
        std::int64_t rank;
        std::int64_t extent[max_rank];
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const auto a = call.attributes<attributes>();
        tensor_spec result{{}, x.type};
        std::int64_t known = 1;
        int open_axis = -1;
        for (std::int64_t i = 0; i < a.rank; ++i) {
            if (a.extent[i] == -1) {
                if (open_axis >= 0) return refuses(mistake::op_option, "at most one extent may be -1", x);
                open_axis = static_cast<int>(i);
            } else if (a.extent[i] < 1 || a.extent[i] > max_tensor_bytes / known) {
                return refuses(mistake::op_option, "extents are at least 1, or -1 for what is left", x);
            } else {
                known *= a.extent[i];
            }
            result.extents.append(a.extent[i]);
        }
        const std::int64_t elements = x.extents.elements();
        if (open_axis >= 0) result.extents.set(open_axis, elements / known > 0 ? elements / known : 1);
        if (result.extents.elements() != elements)
            return refuses(mistake::op_shape, "the number of elements must stay the same", result);
        return yields(result);
    }
};
inline constexpr op_info reshape_info = describe<reshape_op>();
template <> struct op_of<&reshape_info> {
    using type = reshape_op;
};

constexpr tensor reshape(const tensor& x, const shape& extents, const op_options& options = {},
                         const location& at = location::current()) {
    reshape_op::attributes a{};
    a.rank = extents.rank();
    for (int i = 0; i < extents.rank(); ++i) a.extent[i] = extents[i];
    return make_op(reshape_info, {x}, a, options, at);
}

constexpr void reshape_op::gradient(gradient_call& call) {
    call.give(0, reshape(call.upstream(), call.operand(0).shape()));
}

}  // namespace ambit
