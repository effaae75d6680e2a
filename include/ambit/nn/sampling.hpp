// SPDX-License-Identifier: BSL-1.0
// A class drawn by the probabilities that logits give, of all or of the likeliest ones. Sources: E. J. Gumbel's
// distribution, whose noise makes the largest logit a draw; A. Fan, M. Lewis, Y. Dauphin, "Hierarchical neural story
// generation", 2018 (top-k); A. Holtzman et al., "The curious case of neural text degeneration", 2019 (top-p).
//
//     tensor next = sample(s, logits, {.temperature = 0.8, .top_k = 40});        // [batch, 256] -> int32 [batch]
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

/// [..., classes] -> int32 [...], another draw at each call. Of logits that are equal to the least one which is taken all
/// are. No gradient.
constexpr tensor sample(scope& s, const tensor& logits, const sample_options& o = {},
                        const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    graph_parts::option_ranges ranges(logits, o.name, at);
    ranges.from("temperature", o.temperature, 0);
    if (!ranges.all_fit()) return logits.builder()->inert({{}, int32});
    const std::int64_t classes = logits.shape().rank() > 0 ? logits.shape()[-1] : 0;
    if (!is_floating(logits.dtype()) || classes < 1)
        return op_parts::refuse<mistake::op_dtype, "logits are float32 or float64, [..., classes]">(logits, o.name, at);
    if (o.top_k < 0 || o.top_k > classes || !(o.top_p > 0 && o.top_p <= 1))
        return op_parts::refuse<mistake::op_option, "top_k is from 0 to the classes, top_p above 0 and at most 1">(
            logits, o.name, at);
    if (math::equals(o.temperature, 0)) return argmax(logits, -1, {}, at);
    tensor left = mul(logits, 1 / o.temperature, {}, at);
    if (o.top_k > 0 || o.top_p < 1) {
        const tensor largest = top_k(left, o.top_k > 0 ? o.top_k : classes).values;
        const tensor shares = softmax(largest);
        // A class counts while those before it have less than top_p: the first always does.
        const tensor before = cumsum(shares, -1, {.exclusive = true});
        const tensor counts = where(less(before, o.top_p), largest, math::infinity);
        const tensor least = reduce_min(counts, {.axes = -1, .keep_dims = true});
        left = where(less(left, least), -math::infinity, left);
    }
    // -log(-log(u)) of u in (0, 1): 0 is drawn, too, and would be the least of all.
    const tensor drawn =
        random_uniform(s, left.shape(), {.low = 0x1p-24, .dtype = left.dtype(), .seed = o.seed, .name = o.name}, at);
    const tensor spread = neg(log(drawn));
    const tensor noise = neg(log(spread));
    return argmax(add(left, noise), -1, {}, at);
}

}  // namespace ambit
