// SPDX-License-Identifier: BSL-1.0
// Matrix product: [m, k] x [k, n] -> [m, n], either operand transposed if asked.
//
//     tensor logits = matmul(images, weights);
//     tensor scores = matmul(queries, keys, {.transpose_b = true});      // [m, k] x [n, k]
//
// Sums run in the kernel's order: equal to another order within 2 k epsilon sum |a b|.
#pragma once

#include <ambit/ops/op.hpp>

namespace ambit {

struct matmul_options {
    bool transpose_a = false;
    bool transpose_b = false;
    std::string_view name = {};
};

struct matmul_op : compute_op {
    static constexpr std::string_view name = "matmul";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::gemm;
    struct attributes {
        std::int64_t transpose_a, transpose_b;
    };

    static constexpr inferred infer(const op_call& call) {
        const shape& a = call.extents(0);
        const shape& b = call.extents(1);
        const auto [transpose_a, transpose_b] = call.attributes<attributes>();
        if (a.rank() != 2 || b.rank() != 2)
            return refuses(mistake::op_shape, "both operands must be matrices", call.operand(0));
        const tensor_spec result{{a[transpose_a != 0 ? 1 : 0], b[transpose_b != 0 ? 0 : 1]}, call.type(0)};
        if (call.type(0) != call.type(1) || call.type(0) == dtype::boolean)
            return refuses(mistake::op_dtype, "both operands must be numbers of one dtype", result);
        if (a[transpose_a != 0 ? 0 : 1] != b[transpose_b != 0 ? 1 : 0])
            return refuses(mistake::op_shape, "the inner extents must be equal: [m, k] x [k, n]", result);
        if (!is_legal(result.extents)) return refuses(mistake::op_shape, "the result would exceed a terabyte", call.operand(0));
        return yields(result);
    }

    static constexpr gemm_geometry geometry(const op_call& call, const tensor_spec& result) {
        const auto [transpose_a, transpose_b] = call.attributes<attributes>();
        return {result.extents[0], result.extents[1], call.extents(0)[transpose_a != 0 ? 0 : 1],
                static_cast<std::int32_t>(transpose_a), static_cast<std::int32_t>(transpose_b)};
    }
};
inline constexpr op_info matmul_info = describe<matmul_op>();
template <> struct op_of<&matmul_info> {
    using type = matmul_op;
};

constexpr tensor matmul(const tensor& a, const tensor& b, const matmul_options& options = {},
                        const location& at = location::current()) {
    return make_op(matmul_info, {a, b}, matmul_op::attributes{options.transpose_a, options.transpose_b},
                   {options.name}, at);
}

constexpr void matmul_op::gradient(gradient_call& call) {
    const auto [transpose_a, transpose_b] = call.attributes<attributes>();
    const tensor a = call.operand(0);
    const tensor b = call.operand(1);
    const tensor& up = call.upstream();
    if (call.wants(0))
        call.give(0, transpose_a != 0 ? matmul(b, up, {.transpose_a = transpose_b != 0, .transpose_b = true})
                                      : matmul(up, b, {.transpose_b = transpose_b == 0}));
    if (call.wants(1))
        call.give(1, transpose_b != 0 ? matmul(up, a, {.transpose_a = true, .transpose_b = transpose_a != 0})
                                      : matmul(a, up, {.transpose_a = transpose_a == 0}));
}

}  // namespace ambit
