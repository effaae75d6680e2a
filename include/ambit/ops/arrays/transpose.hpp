// SPDX-License-Identifier: BSL-1.0
// The axes in another order; without a list, in reverse.
//
//     tensor columns = transpose(x);                            // [2, 3] -> [3, 2]
//     tensor nhwc    = transpose(nchw, {0, 2, 3, 1});
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/ops/arrays.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct transpose_op : compute_op {
    static constexpr std::string_view name = "transpose";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::transpose;
    struct attributes {
        std::int64_t count;  // 0: reverse the axes
        std::int64_t axis[max_rank];
    };

    static constexpr int source_axis(const attributes& a, int axis, int rank) {
        return a.count == 0 ? rank - 1 - axis : normalize_axis(a.axis[axis], rank);
    }

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const int rank = x.extents.rank();
        const auto a = call.attributes<attributes>();
        if (a.count != 0 && a.count != rank)
            return refuses(mistake::op_option, "a permutation names every axis once", x);
        tensor_spec result{{}, x.type};
        bool taken[max_rank] = {};
        for (int axis = 0; axis < rank; ++axis) {
            const int source = source_axis(a, axis, rank);
            if (source < 0 || taken[source])
                return refuses(mistake::op_option, "a permutation names every axis once", x);
            taken[source] = true;
            result.extents.append(x.extents[source]);
        }
        return yields(result);
    }

    static constexpr transpose_geometry geometry(const op_call& call, const tensor_spec&) {
        const shape& x = call.extents(0);
        const auto a = call.attributes<attributes>();
        transpose_geometry g;
        g.rank = x.rank();
        for (int axis = 0; axis < x.rank(); ++axis) {
            g.extent[axis] = x[axis];
            g.permutation[axis] = source_axis(a, axis, x.rank());
        }
        return g;
    }
};
inline constexpr op_info transpose_info = describe<transpose_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::transpose_info> {
    using type = op_parts::transpose_op;
};

constexpr tensor transpose(const tensor& x, const axes& permutation, const op_options& options, const location& at) {
    op_parts::transpose_op::attributes a{};
    a.count = permutation.size();
    for (int i = 0; i < permutation.size(); ++i) a.axis[i] = permutation[i];
    return make_op(op_parts::transpose_info, {x}, a, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void transpose_op::gradient(gradient_call& call) {
    const int rank = call.operand(0).shape().rank();
    const auto a = call.attributes<attributes>();
    attributes inverse{};
    inverse.count = rank;
    for (int axis = 0; axis < rank; ++axis) inverse.axis[source_axis(a, axis, rank)] = axis;
    call.give(0, make_op(transpose_info, {call.upstream()}, inverse, {}, {}));
}

}  // namespace ambit::op_parts
