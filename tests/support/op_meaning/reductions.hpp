// SPDX-License-Identifier: BSL-1.0
// What losses, and ops along an axis, mean: part of tests/support/op_meaning.hpp.
#pragma once

#include <ambit/ops/all.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace ambit_test::interpreter_detail {

/// One row along an axis to another of the same length, everywhere.
template <class T, class F>
void along_rows(const ambit::axis_geometry& g, const std::vector<T>& x, std::vector<T>& out, F f) {
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

/// Whether `op` is one of these; then `out` is its result. `value(i)` is operand i, of type T.
template <class Result, class T, class Value>
bool compute_reductions(const ambit::op_info& op, const ambit::op_call& call, const ambit::tensor_spec& result,
                        const Value& value, std::vector<Result>& out) {
    using namespace ambit;
    if constexpr (std::is_same_v<Result, double> && std::is_same_v<T, double>) {
        switch (op.id) {
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
            default: break;
        }
    }
    return false;
}

}  // namespace ambit_test::interpreter_detail
