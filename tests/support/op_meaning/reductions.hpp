// SPDX-License-Identifier: BSL-1.0
// What losses, and ops along an axis, mean: part of tests/support/op_meaning.hpp.
#pragma once

#include <ambit/kernels/vectors/scalar.hpp>
#include <ambit/ops/all.hpp>

#include "../numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <type_traits>
#include <vector>

namespace ambit_test::interpreter_detail {

/// One row along an axis to another of the same length, everywhere.
template <class T, class F>
void along_rows(const ambit::contract_parts::axis_geometry& g, const std::vector<T>& x, std::vector<T>& out, F f) {
    for (std::int64_t o = 0; o < g.outer; ++o)
        for (std::int64_t i = 0; i < g.inner; ++i) {
            const auto at = [&](std::int64_t e) { return static_cast<std::size_t>((o * g.extent + e) * g.inner + i); };
            std::vector<T> row;
            for (std::int64_t e = 0; e < g.extent; ++e) row.push_back(x[at(e)]);
            const std::vector<T> result = f(row);
            for (std::int64_t e = 0; e < g.extent; ++e) out[at(e)] = result[static_cast<std::size_t>(e)];
        }
}

/// `log_softmax` of a row of doubles.
inline std::vector<double> log_softmax_of(std::vector<double> row) {
    const double largest = *std::max_element(row.begin(), row.end());
    double sum = 0;
    for (const double x : row) sum += std::exp(x - largest);
    for (double& x : row) x = (x - largest) - std::log(sum);
    return row;
}

/// The elements of each result of a reduction, one result after the other.
template <class T>
std::vector<std::vector<T>> elements_of_results(const ambit::contract_parts::reduce_geometry& g, const std::vector<T>& x) {
    std::vector<std::vector<T>> all;
    for (std::size_t i = 0; i < x.size(); ++i) {
        std::size_t left = i, owner = 0, step = 1;
        for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
            const auto extent = static_cast<std::size_t>(g.extent[axis]);
            if (g.reduced[axis] == 0) {
                owner += left % extent * step;
                step *= extent;
            }
            left /= extent;
        }
        if (all.size() <= owner) all.resize(owner + 1);
        all[owner].push_back(x[i]);
    }
    return all;
}

/// Running totals of a row, one by one.
template <class T, class F>
std::vector<T> running(std::vector<T> row, const ambit::contract_parts::cumulative_geometry& g, T total, F f) {
    if (g.reverse != 0) std::reverse(row.begin(), row.end());
    for (T& x : row) {
        const T before = total;
        total = f(total, x);
        x = g.exclusive != 0 ? before : total;
    }
    if (g.reverse != 0) std::reverse(row.begin(), row.end());
    return row;
}

/// The gradient of running products of x, from the definition: for each product and each of its factors the others.
inline std::vector<double> running_product_gradient(const ambit::contract_parts::cumulative_geometry& g,
                                                    const std::vector<double>& x,
                                                    const std::vector<double>& up) {
    std::vector<double> by(x.size(), 0);
    const auto is_before = [&](std::int64_t a, std::int64_t b) { return g.reverse != 0 ? a > b : a < b; };
    const auto at = [&](std::int64_t o, std::int64_t e, std::int64_t i) {
        return static_cast<std::size_t>((o * g.extent + e) * g.inner + i);
    };
    for (std::int64_t o = 0; o < g.outer; ++o)
        for (std::int64_t i = 0; i < g.inner; ++i)
            for (std::int64_t product = 0; product < g.extent; ++product)
                for (std::int64_t factor = 0; factor < g.extent; ++factor) {
                    const auto is_in = [&](std::int64_t e) {
                        return is_before(e, product) || (g.exclusive == 0 && e == product);
                    };
                    if (!is_in(factor)) continue;
                    double others = up[at(o, product, i)];
                    for (std::int64_t e = 0; e < g.extent; ++e)
                        if (e != factor && is_in(e)) others *= x[at(o, e, i)];
                    by[at(o, factor, i)] += others;
                }
    return by;
}

/// Whether `op` is one of these, of floats; then `out` is its result. `value(i)` is operand i, of type T.
template <class Value, class Integers>
bool compute_of_floats(const ambit::op_info& op, const ambit::op_call& call, const ambit::tensor_spec& result,
                       const Value& value, const Integers& integers, std::vector<double>& out) {
    using namespace ambit;
    using namespace ambit::op_parts;
    switch (op.id) {
        case op_id("reduce_logsumexp"): {
            const auto rows = elements_of_results(reduce_op::geometry(call, result), value(0));
            for (std::size_t i = 0; i < rows.size(); ++i) out[i] = rows[i].front() - log_softmax_of(rows[i]).front();
            return true;
        }
        case op_id("reduce_variance"): {
            const auto rows = elements_of_results(reduce_op::geometry(call, result), value(0));
            const std::vector<double> means = value(1);
            for (std::size_t i = 0; i < rows.size(); ++i) {
                out[i] = 0;
                for (const double x : rows[i]) out[i] += (x - means[i]) * (x - means[i]);
                out[i] /= static_cast<double>(rows[i].size());
            }
            return true;
        }
        case op_id("cumprod_gradient"):
            out = running_product_gradient(cumulative_op::geometry(call, result), value(0), value(1));
            return true;
        case op_id("batch_gather"): {
            const std::vector<double> rows = value(0);
            const auto n = static_cast<std::size_t>(call.extents(0)[-1]);
            const auto k = static_cast<std::size_t>(result.extents[-1]);
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] = rows[i / k * n + static_cast<std::size_t>(integers(1)[i])];
            return true;
        }
        case op_id("log_softmax"):
            along_rows(log_softmax_op::geometry(call, result), value(0), out, log_softmax_of);
            return true;
        case op_id("softmax_cross_entropy"): {
            const std::vector<double> x = value(0), z = value(1);
            const auto classes = static_cast<std::size_t>(call.extents(0)[-1]);
            for (std::size_t row = 0; row < out.size(); ++row) {
                const auto from = x.begin() + static_cast<std::ptrdiff_t>(row * classes);
                const auto logs = log_softmax_of({from, from + static_cast<std::ptrdiff_t>(classes)});
                out[row] = 0;
                for (std::size_t c = 0; c < classes; ++c) out[row] -= z[row * classes + c] * logs[c];
            }
            return true;
        }
        default: return false;
    }
}

/// Products of matrices, each found by the axes in front of it.
template <class T>
std::vector<T> product_of_batches(const ambit::op_call& call, const ambit::tensor_spec& result, const std::vector<T>& a,
                                  const std::vector<T>& b) {
    using namespace ambit;
    using namespace ambit::op_parts;
    const auto [transpose_a, transpose_b] = call.attributes<matmul_op::attributes>();
    const shape& x = call.extents(0);
    const shape& y = call.extents(1);
    const shape batch = batch_matmul_op::batch_of(result.extents);
    const std::int64_t m = result.extents[-2], n = result.extents[-1], depth = x[transpose_a != 0 ? -2 : -1];
    using wide = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;  // wraps
    std::vector<T> out;
    for (std::int64_t p = 0; p < batch.elements(); ++p) {
        const std::int64_t from_a = source_of(batch_matmul_op::batch_of(x), batch, p) * x[-1] * x[-2];
        const std::int64_t from_b = source_of(batch_matmul_op::batch_of(y), batch, p) * y[-1] * y[-2];
        for (std::int64_t i = 0; i < m; ++i)
            for (std::int64_t j = 0; j < n; ++j) {
                wide sum(0);
                for (std::int64_t k = 0; k < depth; ++k) {
                    const std::int64_t at_a = from_a + (transpose_a != 0 ? k * m + i : i * depth + k);
                    const std::int64_t at_b = from_b + (transpose_b != 0 ? j * depth + k : k * n + j);
                    sum += static_cast<wide>(a[static_cast<std::size_t>(at_a)]) *
                           static_cast<wide>(b[static_cast<std::size_t>(at_b)]);
                }
                out.push_back(static_cast<T>(sum));
            }
    }
    return out;
}

/// The same of integers as well. `value(i)` is operand i as it is; its dtype is that of operand 0.
template <class T, class Value>
bool compute_of_numbers(const ambit::op_info& op, const ambit::op_call& call, const ambit::tensor_spec& result,
                        const Value& value, std::vector<T>& out) {
    using namespace ambit;
    using namespace ambit::op_parts;
    using wide = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;  // wraps
    const auto plus = [](T a, T b) { return static_cast<T>(static_cast<wide>(a) + static_cast<wide>(b)); };
    const auto times = [](T a, T b) { return static_cast<T>(static_cast<wide>(a) * static_cast<wide>(b)); };
    switch (op.id) {
        case op_id("reduce_min"):
        case op_id("reduce_prod"): {
            const auto rows = elements_of_results(reduce_op::geometry(call, result), value(0));
            for (std::size_t i = 0; i < rows.size(); ++i)
                out[i] = op.id == op_id("reduce_prod") ? std::accumulate(rows[i].begin(), rows[i].end(), T(1), times)
                                                       : *std::min_element(rows[i].begin(), rows[i].end());
            return true;
        }
        case op_id("cumsum"):
        case op_id("cumprod"): {
            const cumulative_geometry g = cumulative_op::geometry(call, result);
            along_rows({g.outer, g.extent, g.inner}, value(0), out, [&](const std::vector<T>& row) {
                return op.id == op_id("cumsum") ? running(row, g, T(0), plus) : running(row, g, T(1), times);
            });
            return true;
        }
        case op_id("batch_matmul"): out = product_of_batches(call, result, value(0), value(1)); return true;
        default: return false;
    }
}

/// Whether `op` is one of these; then `out` is its result. `value(i)` is operand i as T, the dtype of operand 0, and
/// `integers(i)` and `floats(i)` as int32 and float64.
template <class Result, class T, class Value, class Integers, class Floats>
bool compute_reductions(const ambit::op_info& op, const ambit::op_call& call, const ambit::tensor_spec& result,
                        const Value& value, const Integers& integers, const Floats& floats, std::vector<Result>& out) {
    using namespace ambit;
    using namespace ambit::op_parts;
    if constexpr (std::is_same_v<Result, T>)
        if (compute_of_numbers(op, call, result, value, out)) return true;
    if constexpr (std::is_same_v<Result, double> && std::is_same_v<T, double>)
        if (compute_of_floats(op, call, result, value, integers, out)) return true;
    if constexpr (std::is_same_v<Result, double> && std::is_same_v<T, std::int32_t>) {
        if (op.id == op_id("batch_scatter")) {
            const std::vector<std::int32_t> indices = integers(0);
            const std::vector<double> updates = floats(1);
            const auto n = static_cast<std::size_t>(result.extents[-1]);
            const auto k = static_cast<std::size_t>(call.extents(0)[-1]);
            std::fill(out.begin(), out.end(), 0.0);
            for (std::size_t i = 0; i < updates.size(); ++i)
                out[i / k * n + static_cast<std::size_t>(indices[i])] += updates[i];
            return true;
        }
    }
    if constexpr (std::is_same_v<Result, std::int32_t>) {
        if (op.id == op_id("argmin")) {
            kernel_parts::scalar::argmin(argmin_op::geometry(call, result), value(0).data(), out.data());
            return true;
        }
        if (op.id == op_id("top_k")) {
            const std::vector<T> x = value(0);
            const auto n = static_cast<std::size_t>(call.extents(0)[-1]);
            const auto k = static_cast<std::size_t>(result.extents[-1]);
            for (std::size_t row = 0; row < out.size() / k; ++row) {
                std::vector<std::int32_t> order(n);
                std::iota(order.begin(), order.end(), 0);
                std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
                    return x[row * n + static_cast<std::size_t>(a)] > x[row * n + static_cast<std::size_t>(b)];
                });
                std::copy_n(order.begin(), k, out.begin() + static_cast<std::ptrdiff_t>(row * k));
            }
            return true;
        }
    }
    return false;
}

}  // namespace ambit_test::interpreter_detail
