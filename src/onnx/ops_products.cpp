// SPDX-License-Identifier: BSL-1.0
// Products of matrices, Einstein sums and determinants.
#include "products.hpp"

namespace AMBIT_NAMESPACE::onnx_parts {

tensor product(const tensor& a, const tensor& b) {
    const int rank_a = a.shape().rank(), rank_b = b.shape().rank();
    const tensor left = rank_a == 1 ? expand_dims(a, 0) : a;
    const tensor right = rank_b == 1 ? expand_dims(b, 1) : b;
    tensor result = matmul(left, right);
    if (rank_b == 1) result = squeeze(result, {-1});
    if (rank_a == 1) result = squeeze(result, {rank_b == 1 ? -1 : -2});
    return result;
}

namespace {

void gemm(node_call& call) {
    const tensor a = call.x(0);
    tensor result = matmul(
        a, call.x(1), {.transpose_a = call.integer("transA", 0) != 0, .transpose_b = call.integer("transB", 0) != 0});
    const double alpha = call.number("alpha", 1), beta = call.number("beta", 1);
    const auto times = [&](const tensor& x, double factor) {
        return factor == 1 ? x : x * scalar_of(call.s(), factor, x.dtype());
    };
    result = times(result, alpha);
    if (call.has(2)) result = result + times(call.x(2), beta);
    call.give(result);
}

void einstein_sum(node_call& call) {
    const std::string formula = call.text("equation", "");
    if (call.inputs() == 1) return call.give(einsum(formula, {call.x(0)}));
    if (call.inputs() == 2) return call.give(einsum(formula, {call.x(0), call.x(1)}));
    if (call.inputs() == 3) return call.give(einsum(formula, {call.x(0), call.x(1), call.x(2)}));
    call.lacks("an Einstein sum of more than three operands");
}

/// By expansion along the first row; for the small matrices that are asked for it.
tensor determinant(const tensor& x) {
    const std::int64_t n = x.shape()[-1];
    if (n == 1) return squeeze(x, {-2, -1});
    const tensor below = slice(
        x,
        [&] {
            shape begin = x.shape();
            for (int i = 0; i < begin.rank(); ++i) begin.set(i, 0);
            begin.set(-2, 1);
            return begin;
        }(),
        [&] {
            shape size = x.shape();
            size.set(-2, n - 1);
            return size;
        }());
    const auto column = [&](const tensor& of, std::int64_t first, std::int64_t count) {
        shape begin = of.shape(), size = of.shape();
        for (int i = 0; i < begin.rank(); ++i) begin.set(i, 0);
        begin.set(-1, first);
        size.set(-1, count);
        return slice(of, begin, size);
    };
    std::optional<tensor> sum;
    for (std::int64_t k = 0; k < n; ++k) {
        std::vector<tensor> parts;
        if (k > 0) parts.push_back(column(below, 0, k));
        if (k + 1 < n) parts.push_back(column(below, k + 1, n - 1 - k));
        const tensor minor = concat(std::span<const tensor>(parts), -1);
        shape begin = x.shape(), size = x.shape();
        for (int i = 0; i < begin.rank(); ++i) begin.set(i, 0);
        begin.set(-1, k);
        size.set(-1, 1);
        size.set(-2, 1);
        const tensor term = squeeze(slice(x, begin, size), {-2, -1}) * determinant(minor);
        sum = !sum ? term : k % 2 == 0 ? *sum + term : *sum - term;
    }
    return *sum;
}

void determinant_by(node_call& call) {
    if (call.extents(0).size() < 2 || call.extents(0).back() > 5) call.lacks("a determinant of more than 5 rows");
    call.give(determinant(call.x(0)));
}

}  // namespace

void add_products(op_table& table) {
    table.add("MatMul", [](node_call& call) { call.give(product(call.x(0), call.x(1))); });
    table.add("Gemm", &gemm);
    table.add("Einsum", &einstein_sum);
    table.add("Det", &determinant_by);
}

}  // namespace ambit::onnx_parts
