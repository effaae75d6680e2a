// SPDX-License-Identifier: BSL-1.0
// Matrix product: [m, k] x [k, n] -> [m, n], either operand transposed if asked. Axes in front of these two are a batch
// of matrices, and are broadcast with each other as NumPy does.
//
//     tensor logits = matmul(images, weights);
//     tensor scores = matmul(queries, keys, {.transpose_b = true});      // [m, k] x [n, k]
//     tensor heads  = matmul(scores, values);                            // [32, 8, m, k] x [32, 8, k, n]
//     tensor states = matmul(sequences, weights);                        // [32, 20, k] x [k, n]: one product
//
// Sums run in the kernel's order: equal to another order within 2 k epsilon sum |a b|.
#pragma once

#include <ambit/contract/products.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/products.hpp>

namespace AMBIT_NAMESPACE::op_parts {

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
            return hinted(refuses(mistake::op_shape, "both operands must be matrices", call.operand(0)),
                          hint_of_ranks(a, b));
        const tensor_spec result{{a[transpose_a != 0 ? 1 : 0], b[transpose_b != 0 ? 0 : 1]}, call.type(0)};
        if (call.type(0) != call.type(1) || call.type(0) == dtype::boolean)
            return refuses(mistake::op_dtype, "both operands must be numbers of one dtype", result);
        if (a[transpose_a != 0 ? 0 : 1] != b[transpose_b != 0 ? 1 : 0])
            return hinted(refuses(mistake::op_shape, "the inner extents must be equal: [m, k] x [k, n]", result),
                          hint_of_extents(a, b, transpose_a, transpose_b));
        return yields_below_a_terabyte(result, call.operand(0));
    }

    static constexpr std::string_view hint_of_ranks(const shape& a, const shape& b) {
        if (a.rank() == 1) return "expand_dims(a, 0) makes a vector a row";
        if (b.rank() == 1) return "expand_dims(b, -1) makes a vector a column";
        return {};
    }

    /// The transposition with which inner extents that differ would be equal.
    static constexpr std::string_view hint_of_extents(const shape& a, const shape& b, std::int64_t transpose_a,
                                                      std::int64_t transpose_b) {
        const std::int64_t inner_a = a[transpose_a != 0 ? 0 : 1], inner_b = b[transpose_b != 0 ? 1 : 0];
        if (inner_a == b[transpose_b != 0 ? 0 : 1])
            return transpose_b != 0 ? "without .transpose_b it fits" : "{.transpose_b = true} fits";
        if (inner_b == a[transpose_a != 0 ? 1 : 0])
            return transpose_a != 0 ? "without .transpose_a it fits" : "{.transpose_a = true} fits";
        return {};
    }

    static constexpr gemm_geometry geometry(const op_call& call, const tensor_spec& result) {
        const auto [transpose_a, transpose_b] = call.attributes<attributes>();
        return {result.extents[0], result.extents[1], call.extents(0)[transpose_a != 0 ? 0 : 1],
                static_cast<std::int32_t>(transpose_a), static_cast<std::int32_t>(transpose_b)};
    }
};
inline constexpr op_info matmul_info = describe<matmul_op>();

/// Products of batches of matrices, broadcast with each other. At least one operand has more than two axes.
struct batch_matmul_op : compute_op {
    static constexpr std::string_view name = "batch_matmul";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::batch_gemm;
    using attributes = matmul_op::attributes;

    /// The last two axes, and those in front of them. Precondition: rank >= 2.
    static constexpr tensor_spec matrix_of(const tensor_spec& x) { return {{x.extents[-2], x.extents[-1]}, x.type}; }
    static constexpr shape batch_of(const shape& x) {
        shape batch;
        for (int axis = 0; axis + 2 < x.rank(); ++axis) batch.append(x[axis]);
        return batch;
    }

    static constexpr inferred infer(const op_call& call) {
        if (call.extents(0).rank() < 2 || call.extents(1).rank() < 2)
            return hinted(refuses(mistake::op_shape, "both operands must be matrices", call.operand(0)),
                          matmul_op::hint_of_ranks(call.extents(0), call.extents(1)));
        const tensor_spec matrices[] = {matrix_of(call.operand(0)), matrix_of(call.operand(1))};
        inferred product = matmul_op::infer({matrices, 2, call.words});
        const shape matrix = product.result.extents, a = batch_of(call.extents(0)), b = batch_of(call.extents(1));
        const bool fits = are_broadcastable(a, b);
        product.result.extents = fits ? broadcast(a, b) : a;
        product.result.extents.append(matrix[0]);
        product.result.extents.append(matrix[1]);
        if (product.fault != mistake::none) return product;
        if (!fits)
            return refuses(mistake::op_shape, "batch axes must be equal, or 1, from the last one on", product.result);
        if (!is_legal(product.result.extents)) return exceeds_a_terabyte(call.operand(0));
        return product;
    }

    /// Neighbouring axes are merged where both operands move as one. Where B is one matrix and the rows of A follow
    /// each other, all is one product.
    static constexpr batch_gemm_geometry geometry(const op_call& call, const tensor_spec& result) {
        const tensor_spec matrices[] = {matrix_of(call.operand(0)), matrix_of(call.operand(1))};
        batch_gemm_geometry g;
        g.matrix = matmul_op::geometry({matrices, 2, call.words}, matrix_of(result));
        const shape batch = batch_of(result.extents);
        std::int64_t step[2][max_rank] = {};
        for (int side = 0; side < 2; ++side) {
            const shape own = batch_of(call.extents(side));
            std::int64_t matrices_so_far = 1;
            for (int back = 1; back <= own.rank(); ++back) {
                if (own[-back] != 1) step[side][batch.rank() - back] = matrices_so_far;
                matrices_so_far *= own[-back];
            }
        }
        for (int axis = 0; axis < batch.rank(); ++axis) {
            if (batch[axis] == 1) continue;
            const bool merges = g.rank > 0 && g.step_a[g.rank - 1] == step[0][axis] * batch[axis] &&
                                g.step_b[g.rank - 1] == step[1][axis] * batch[axis];
            if (merges) --g.rank;
            g.extent[g.rank] = merges ? g.extent[g.rank] * batch[axis] : batch[axis];
            g.step_a[g.rank] = step[0][axis];
            g.step_b[g.rank] = step[1][axis];
            ++g.rank;
        }
        if (g.rank == 1 && g.step_a[0] == 1 && g.step_b[0] == 0 && g.matrix.transpose_a == 0) {
            g.matrix.m *= g.extent[0];
            g = {g.matrix, 0, {}, {}, {}};
        }
        return g;
    }
};
inline constexpr op_info batch_matmul_info = describe<batch_matmul_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::matmul_info> {
    using type = op_parts::matmul_op;
};
template <> struct op_of<&op_parts::batch_matmul_info> {
    using type = op_parts::batch_matmul_op;
};

constexpr tensor matmul(const tensor& a, const tensor& b, const matmul_options& options, const location& at) {
    const op_parts::matmul_op::attributes transposed{options.transpose_a, options.transpose_b};
    const bool is_batch =
        a.builder() != nullptr && b.builder() == a.builder() && (a.shape().rank() > 2 || b.shape().rank() > 2);
    if (!is_batch) return make_op(op_parts::matmul_info, {a, b}, transposed, {options.name}, at);
    return make_op(op_parts::batch_matmul_info, {a, b}, transposed,
                   {options.name.empty() ? op_parts::matmul_op::name : options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

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

constexpr void batch_matmul_op::gradient(gradient_call& call) {
    const auto [transpose_a, transpose_b] = call.attributes<attributes>();
    const tensor a = call.operand(0);
    const tensor b = call.operand(1);
    const tensor& up = call.upstream();
    if (call.wants(0)) {
        const tensor by_a = transpose_a != 0 ? matmul(b, up, {.transpose_a = transpose_b != 0, .transpose_b = true})
                                             : matmul(up, b, {.transpose_b = transpose_b == 0});
        call.give(0, sum_to(by_a, a.shape()));
    }
    if (!call.wants(1)) return;
    if (transpose_a == 0 && batch_of(b.shape()).elements() == 1) {
        // One matrix for all rows: one product instead of a sum of many.
        const tensor rows = reshape(a, {-1, a.shape()[-1]});
        const tensor up_rows = reshape(up, {-1, up.shape()[-1]});
        const tensor by_b = transpose_b != 0 ? matmul(up_rows, rows, {.transpose_a = true})
                                             : matmul(rows, up_rows, {.transpose_a = true});
        call.give(1, reshape(by_b, b.shape()));
        return;
    }
    const tensor by_b = transpose_b != 0 ? matmul(up, a, {.transpose_a = true, .transpose_b = transpose_a != 0})
                                         : matmul(a, up, {.transpose_a = transpose_a == 0});
    call.give(1, sum_to(by_b, b.shape()));
}

}  // namespace ambit::op_parts
