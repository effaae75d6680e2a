// SPDX-License-Identifier: BSL-1.0
// A class drawn by the probabilities that logits give, of all or of the likeliest ones. Sources: E. J. Gumbel's
// distribution, whose noise makes the largest logit a draw; A. Fan, M. Lewis, Y. Dauphin, "Hierarchical neural story
// generation", 2018 (top-k); A. Holtzman et al., "The curious case of neural text degeneration", 2019 (top-p).
//
//     tensor next = sample(s, logits, {.temperature = 0.8, .top_k = 40});        // [batch, 256] -> int32 [batch]
//     tensor noise = gumbel_noise(s, {20, batch, 256});                          // for 20 draws in a scan
//     tensor id = sample_by(logits, noise_of_this_step, {.temperature = 0.8});
#pragma once

#include <ambit/graph/option_ranges.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct sample_options {
    double temperature = 1;  ///< logits are divided by it: at least 0, and 0 takes the largest
    std::int64_t top_k = 0;  ///< only of so many of the largest logits; 0: of all
    double top_p = 1;  ///< only of the likeliest classes that together have this probability: above 0, at most 1
    std::optional<std::uint64_t> seed{};
    std::string_view name = "sample";
};

/// -log(-log(u)) of u uniform in (0, 1): what makes the largest of logits a draw. Other numbers at each call.
///
///     tensor noise = gumbel_noise(s, {20, 32, 10});             // for 20 draws in a scan
constexpr tensor gumbel_noise(scope& s, const shape& extents, const sample_options& o = {}, dtype_option type = float32,
                              const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    // Not from 0 on, which would be the least of all.
    const tensor drawn =
        random_uniform(s, extents, {.low = 0x1p-24, .dtype = type, .seed = o.seed, .name = o.name}, at);
    const tensor spread = neg(log(drawn));
    return neg(log(spread));
}

/// [..., classes] and noise of the same extents, from `gumbel_noise` -> int32 [...]. In the body of a scan, which draws
/// nothing: the noise of all iterations is drawn in front of it. Of logits that are equal to the least one which is
/// taken all are. No gradient.
///
///     tensor id = sample_by(logits, noise, {.temperature = 0.8});  // [32, 10] and [32, 10] -> int32[32]
constexpr tensor sample_by(const tensor& logits, const tensor& noise, const sample_options& o = {},
                           const location& at = location::current()) {
    const graph_parts::line_of_call here(logits, at);
    graph_parts::option_ranges ranges(logits, o.name, at);
    ranges.from("temperature", o.temperature, 0);
    if (!ranges.all_fit()) return logits.builder()->inert({{}, int32});
    const std::int64_t classes = logits.shape().rank() > 0 ? logits.shape()[-1] : 0;
    if (!is_floating(logits.dtype()) || classes < 1)
        return op_parts::refuse<mistake::op_dtype, "logits are float32 or float64, [..., classes]">(logits, o.name, at);
    ranges.from_to("top_k", o.top_k, 0, static_cast<double>(classes));
    ranges.above_to("top_p", o.top_p, 0, 1);
    if (!ranges.all_fit()) return logits.builder()->inert({{}, int32});
    if (math::equals(o.temperature, 0)) return argmax(logits, -1, {}, at);
    // Below the largest: divided by little it stays the largest, and beside large ones noise would be rounded away.
    const tensor best = reduce_max(logits, {.axes = -1, .keep_dims = true}, at);
    tensor left = div(sub(logits, best, {}, at), o.temperature, {}, at);
    if (o.top_k > 0 || o.top_p < 1) {
        const tensor largest = top_k(left, o.top_k > 0 ? o.top_k : classes).values;
        const tensor shares = softmax(largest);
        // A class counts while those before it have less than top_p: the first always does.
        const tensor before = cumsum(shares, -1, {.exclusive = true});
        const tensor counts = where(less(before, o.top_p), largest, math::infinity);
        const tensor least = reduce_min(counts, {.axes = -1, .keep_dims = true});
        left = where(less(left, least), -math::infinity, left);
    }
    return argmax(add(left, noise, {}, at), -1, {}, at);
}

/// [..., classes] -> int32 [...], another draw at each call.
///
///     tensor next = sample(s, logits, {.top_p = 0.9});          // [32, 10] -> int32[32]
constexpr tensor sample(scope& s, const tensor& logits, const sample_options& o = {},
                        const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    const bool draws = is_floating(logits.dtype()) && o.temperature > 0;  // what is wrong is told without a draw
    return sample_by(logits, draws ? gumbel_noise(s, logits.shape(), o, logits.dtype(), at) : logits, o, at);
}

}  // namespace ambit
