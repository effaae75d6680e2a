// SPDX-License-Identifier: BSL-1.0
// Training a net that reads its own words: at each step it reads what should have been said, or what it said itself, by
// chance. At first it is told nearly always; the less it is, the more it meets its own mistakes, as it will in use.
// Source: S. Bengio, O. Vinyals, N. Jaitly, N. Shazeer, "Scheduled sampling for sequence prediction with recurrent
// neural networks", 2015.
//
//     const tensor told = scheduled(linear_decay({.initial = 1, .final = 0.25, .steps = 2000}), step);
//     auto [state, logits] = scheduled_sampling(s, [&](scope& in, tensor h, tensor before) {  // before: int32 [batch]
//         auto [next, said] = cell(in, embedding(in, "words", before, 50, 16), h);
//         return scan_step{next, dense(in, "logits", said, 50)};
//     }, before, h, {.told = told});      // before: int32 [steps, batch], logits [steps, batch, 50]
//
// A body for `beam_search` is one for this. Where `told` is 1 it is teacher forcing.
#pragma once

#include <ambit/nn/sampling.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct scheduled_sampling_options {
    graph_parts::operand told = 1.0;  ///< how often it reads what should have been said: a share, or a float32 scalar
    std::int64_t classes = 0;  ///< its own word is drawn of so many; 0: it is the likeliest
    double temperature = 1;  ///< of these draws
    std::optional<std::uint64_t> seed{};
    std::string_view name = "scheduled_sampling";
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// What goes from step to step, and what comes from outside.
template <class State> struct speaking_state {
    State state;
    tensor said;  // int32 [batch]
};
struct speaking_step {
    tensor should_read, is_told, noise;
};

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// `body(scope, state, ids)` returns `scan_step{state, logits}`: of a state and the words before, int32 [batch], the
/// next state and logits [batch, classes]. `before` are the words that should have been said before each step, int32
/// [steps, batch]; the first step reads those of its own. The logits of all steps are the outputs. Gradients go through
/// states and logits; nothing that is chosen has one.
///
///     auto [last, logits] = scheduled_sampling(s, [&](scope& in, tensor h, tensor before) {
///         auto [next, said] = cell(in, embedding(in, "words", before, 50, 16), h);
///         return scan_step{next, dense(in, "logits", said, 50)};
///     }, words, state, {.told = told});
template <class Body, graph_parts::stands_for_state State>
constexpr auto scheduled_sampling(scope& s, const Body& body, const tensor& before, const State& initial,
                                  const scheduled_sampling_options& o = {}, const location& at = location::current()) {
    using state_type = graph_parts::state_type<State>;
    using speaking = op_parts::speaking_state<state_type>;
    const graph_parts::line_of_call here(before, at);
    const bool fits = before.shape().rank() == 2 && before.dtype() == dtype::int32;
    const tensor words =
        fits ? before
             : op_parts::refuse<mistake::op_shape, "words that are read before each step are int32, [steps, batch]">(
                   before, o.name, at);
    const shape extents = fits ? before.shape() : shape{1, 1};
    const name_scope names = s.name_scope(o.name, at);
    const tensor chance = random_uniform(s, extents, {.seed = o.seed});
    const tensor is_told = less(chance, o.told);
    shape drawn = extents;
    drawn.append(o.classes > 0 ? o.classes : 1);
    const sample_options draw{.temperature = o.temperature, .seed = o.seed};
    const tensor noise = o.classes > 0 ? gumbel_noise(s, drawn, draw) : zeros(s, drawn);
    const tensor first = reshape(slice(words, {0, 0}, {1, extents[1]}), {extents[1]});
    const auto step = [&](scope& in, const speaking& last, const op_parts::speaking_step& now) {
        const tensor read = where(now.is_told, now.should_read, last.said);
        const auto next = body(in, last.state, read);
        const tensor logits = next.output;
        const bool is_alike = now.noise.dtype() == logits.dtype() || !is_floating(logits.dtype());
        const tensor drawn_now = is_alike ? now.noise : cast(now.noise, logits.dtype());
        const tensor own = o.classes > 0 ? sample_by(logits, drawn_now, draw) : argmax(logits, -1);
        return scan_step{speaking{next.state, own}, logits};
    };
    const auto [last, logits] = scan(s, step, op_parts::speaking_step{words, is_told, noise},
                                     speaking{state_type(initial), first}, {.name = "steps"}, at);
    return scan_result<state_type, tensor>{last.state, logits};
}

}  // namespace ambit
