// SPDX-License-Identifier: BSL-1.0
// Random tensors, other ones at each call. (Without a scope, `random_normal(…)` is an initializer.)
//
//     tensor noise = random_normal(s, {32, 100}, {.standard_deviation = 0.1});
//
// What a call draws depends on the model's seed, the op's path, its own seed if it has one, and how often the model has
// drawn from it, and on nothing else: one seed gives one sequence of calls, bit for bit; `net.reset()` starts it again.
// The state is a local variable `<op>/state`, int64 [2], which no file has. No gradient. In the body of a scan nothing
// is drawn: draw for all iterations before it. ops/random/random.hpp says more.
#pragma once

#include <ambit/ops/op.hpp>
#include <ambit/scope/options.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

// random/ defines each function in the file of its name, but:
//     random.hpp  random_uniform random_normal truncated_normal

namespace AMBIT_NAMESPACE {

/// What `random_uniform` may be told.
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

/// What `random_normal` and `truncated_normal` may be told.
struct normal_draw_options {
    scope_parts::named_members_only only_named{};
    double mean = 0;
    double standard_deviation = 1;
    AMBIT_NO_OPTION(stddev, "the option is .standard_deviation = 1")
    dtype_option dtype = float32;  ///< or float64
    std::optional<std::uint64_t> seed{};
    std::string_view name = {};
};

/// Uniform in [low, high): float32, float64, or, with whole bounds of at most 2^53 in size, int32 or int64.
/// TensorFlow's `random_uniform`.
///
///     tensor rows = random_uniform(s, {32}, {.high = 60000, .dtype = int32});
constexpr tensor random_uniform(scope& s, const shape& extents, const uniform_draw_options& o = {},
                                const location& at = location::current());
template <std::integral Extent>
AMBIT_REFUSES("random numbers begin with their scope: random_uniform(s, {2, 3}); "
              "what fills a variable is random_uniform()")
constexpr tensor random_uniform(std::initializer_list<Extent>) { return tensor(nullptr, tensor::refused); }
template <std::integral First, std::integral... More>
    requires(sizeof...(More) > 0)
AMBIT_REFUSES("a shape is one argument, in braces: random_uniform(s, {2, 3})")
constexpr tensor random_uniform(scope&, First, More...) { return tensor(nullptr, tensor::refused); }

/// Normal, of this mean and standard deviation: float32 or float64. TensorFlow's `random_normal`.
///
///     tensor noisy = x + random_normal(s, x.shape(), {.standard_deviation = 0.1});
constexpr tensor random_normal(scope& s, const shape& extents, const normal_draw_options& o = {},
                               const location& at = location::current());
template <std::integral Extent>
AMBIT_REFUSES("random numbers begin with their scope: random_normal(s, {2, 3}); "
              "what fills a variable is random_normal()")
constexpr tensor random_normal(std::initializer_list<Extent>) { return tensor(nullptr, tensor::refused); }
template <std::integral First, std::integral... More>
    requires(sizeof...(More) > 0)
AMBIT_REFUSES("a shape is one argument, in braces: random_normal(s, {2, 3})")
constexpr tensor random_normal(scope&, First, More...) { return tensor(nullptr, tensor::refused); }

/// Normal, but within two standard deviations of the mean: float32 or float64. `standard_deviation` is that of the
/// normal distribution before it is cut: what is left has 0.8796 of it. TensorFlow's `truncated_normal`.
///
///     tensor start = truncated_normal(s, {32, 100});            // -> float32[32, 100]
constexpr tensor truncated_normal(scope& s, const shape& extents, const normal_draw_options& o = {},
                                  const location& at = location::current());

}  // namespace ambit
