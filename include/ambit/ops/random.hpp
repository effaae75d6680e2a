// SPDX-License-Identifier: BSL-1.0
// Random numbers: another array at each call, the same for the same seed.
#pragma once

#include <ambit/ops/op.hpp>
#include <ambit/scope/options.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct uniform_draw_options {
    scope_parts::named_members_only only_named{};
    double low = 0;
    AMBIT_NO_OPTION(minval, "the option is .low = 0")
    double high = 1;
    AMBIT_NO_OPTION(maxval, "the option is .high = 1")
    dtype_option dtype = float32;  ///< or float64, int32, int64
    std::optional<std::uint64_t> seed{};
    std::string_view name = {};
};

struct normal_draw_options {
    scope_parts::named_members_only only_named{};
    double mean = 0;
    double standard_deviation = 1;
    AMBIT_NO_OPTION(stddev, "the option is .standard_deviation = 1")
    dtype_option dtype = float32;  ///< or float64
    std::optional<std::uint64_t> seed{};
    std::string_view name = {};
};

/// Uniform in [low, high); for integers both are integers, at most 2^53 in size.
constexpr tensor random_uniform(scope& s, const shape& extents, const uniform_draw_options& o = {},
                                const location& at = location::current());

constexpr tensor random_normal(scope& s, const shape& extents, const normal_draw_options& o = {},
                               const location& at = location::current());

/// Normal, but within two standard deviations of the mean; `standard_deviation` is that of the normal distribution
/// before it is cut: what is left has 0.8796 of it.
constexpr tensor truncated_normal(scope& s, const shape& extents, const normal_draw_options& o = {},
                                  const location& at = location::current());

}  // namespace ambit
