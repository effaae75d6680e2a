// SPDX-License-Identifier: BSL-1.0
// The Euclidean length of vectors, and vectors of length 1.
//
//     tensor lengths = norm(x, {.axes = -1});                   // [32, 3] -> [32]
//     tensor units   = l2_normalize(x);                         // along the last axis
#pragma once

#include <ambit/ops/div.hpp>
#include <ambit/ops/maximum.hpp>
#include <ambit/ops/reduce.hpp>
#include <ambit/ops/sqrt.hpp>
#include <ambit/ops/square.hpp>

namespace ambit {

/// sqrt(Σ x²) over some axes, or over all. Where it is 0 it has no gradient: NaN.
constexpr tensor norm(const tensor& x, const reduce_options& options = {}, const location& at = location::current()) {
    const tensor squares = square(x, {}, at);
    const tensor sum = reduce_sum(squares, {.axes = options.axes, .keep_dims = options.keep_dims}, at);
    return sqrt(sum, {options.name}, at);
}

struct l2_normalize_options {
    ambit::axes axes = -1;
    double epsilon = 1e-12;  ///< the least Σ x² that is divided by: keeps 0 what it is
    std::string_view name = {};
};

/// x / sqrt(max(Σ x², epsilon)).
constexpr tensor l2_normalize(const tensor& x, const l2_normalize_options& options = {},
                              const location& at = location::current()) {
    const tensor squares = square(x, {}, at);
    const tensor sum = reduce_sum(squares, {.axes = options.axes, .keep_dims = true}, at);
    const tensor above = maximum(sum, options.epsilon, {}, at);
    const tensor length = sqrt(above, {}, at);
    return div(x, length, {options.name}, at);
}

}  // namespace ambit
