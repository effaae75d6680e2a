// SPDX-License-Identifier: BSL-1.0
// Sums, means, extremes and norms over axes, moments, running sums.
#pragma once

#include <ambit/ops/reductions/axes.hpp>
#include <ambit/ops/op.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct reduce_options {
    ambit::axes axes = {};  ///< none given: all of them
    AMBIT_NO_OPTION(axis, "the option is .axes = 1, or {0, 1}")
    AMBIT_NO_OPTION(dim, "the option is .axes = 1, or {0, 1}")
    bool keep_dims = false;
    AMBIT_NO_OPTION(keepdims, "the option is .keep_dims = true")
    AMBIT_NO_OPTION(keepdim, "the option is .keep_dims = true")
    std::string_view name = {};
};

constexpr tensor reduce_sum(const tensor& x, const reduce_options& options = {},
                            const location& at = location::current());
template <std::integral Axis>
AMBIT_REFUSES("axes are an option: reduce_sum(x, {.axes = 1})")
constexpr tensor reduce_sum(const tensor& x, Axis axis) { return reduce_sum(x, {.axes = axis}); }

constexpr tensor reduce_mean(const tensor& x, const reduce_options& options = {},
                             const location& at = location::current());
template <std::integral Axis>
AMBIT_REFUSES("axes are an option: reduce_mean(x, {.axes = 1})")
constexpr tensor reduce_mean(const tensor& x, Axis axis) { return reduce_mean(x, {.axes = axis}); }

constexpr tensor reduce_max(const tensor& x, const reduce_options& options = {},
                            const location& at = location::current());
template <std::integral Axis>
AMBIT_REFUSES("axes are an option: reduce_max(x, {.axes = 1})")
constexpr tensor reduce_max(const tensor& x, Axis axis) { return reduce_max(x, {.axes = axis}); }

constexpr tensor reduce_min(const tensor& x, const reduce_options& options = {},
                            const location& at = location::current());
template <std::integral Axis>
AMBIT_REFUSES("axes are an option: reduce_min(x, {.axes = 1})")
constexpr tensor reduce_min(const tensor& x, Axis axis) { return reduce_min(x, {.axes = axis}); }

constexpr tensor reduce_prod(const tensor& x, const reduce_options& options = {},
                             const location& at = location::current());
template <std::integral Axis>
AMBIT_REFUSES("axes are an option: reduce_prod(x, {.axes = 1})")
constexpr tensor reduce_prod(const tensor& x, Axis axis) { return reduce_prod(x, {.axes = axis}); }

constexpr tensor reduce_any(const tensor& x, const reduce_options& options = {},
                            const location& at = location::current());

constexpr tensor reduce_all(const tensor& x, const reduce_options& options = {},
                            const location& at = location::current());

constexpr tensor reduce_logsumexp(const tensor& x, const reduce_options& options = {},
                                  const location& at = location::current());

struct mean_and_variance {
    tensor mean, variance;
};

/// Both have the name of the options, if it has one, made unique.
constexpr mean_and_variance moments(const tensor& x, const reduce_options& options = {},
                                    const location& at = location::current());

constexpr tensor reduce_variance(const tensor& x, const reduce_options& options = {},
                                 const location& at = location::current());

/// √Σ x² over some axes, or over all, of float32 or float64. Finite wherever the length is a value of the dtype. Its
/// gradient is x / norm, and 0 where the norm is.
constexpr tensor norm(const tensor& x, const reduce_options& options = {}, const location& at = location::current());

struct l2_normalize_options {
    ambit::axes axes = -1;
    double epsilon = 1e-12;  ///< the least Σ x² that is divided by: keeps 0 what it is; at least 0
    std::string_view name = {};
};

/// x / √max(Σ x², epsilon), also where Σ x² is no value of the dtype. All NaN where the length is infinite or NaN.
constexpr tensor l2_normalize(const tensor& x, const l2_normalize_options& options = {},
                              const location& at = location::current());

constexpr tensor count_nonzero(const tensor& x, const reduce_options& options = {},
                               const location& at = location::current());

struct cumulative_options {
    bool exclusive = false;  ///< without the element itself: the first result is 0, or 1 for a product
    bool reverse = false;    ///< from the end of the axis
    std::string_view name = {};
};

constexpr tensor cumsum(const tensor& x, std::int64_t axis, const cumulative_options& options = {},
                        const location& at = location::current());

constexpr tensor cumprod(const tensor& x, std::int64_t axis, const cumulative_options& options = {},
                         const location& at = location::current());

}  // namespace ambit
