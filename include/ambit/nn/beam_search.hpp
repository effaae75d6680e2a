// SPDX-License-Identifier: BSL-1.0
// The likeliest sequences that a net may say, searched with a few beginnings side by side: after each step those of the
// largest sums of log-probabilities go on. One beam is a greedy search. Source: A. Graves, "Sequence transduction with
// recurrent neural networks", 2012. Sums of log-probabilities prefer few words; a penalty of the length evens that out.
// Source: Y. Wu et al., "Google's neural machine translation system", 2016, equation 14 without its coverage.
//
//     auto [ids, scores] = beam_search(s, [&](scope& in, tensor h, tensor before) {        // before: int32 [batch * 4]
//         auto [next, said] = cell(in, embedding(in, "words", before, 50, 16), h);
//         return scan_step{next, dense(in, "logits", said, 50)};
//     }, state, {.beams = 4, .steps = 20, .start = 0, .end = 1});                          // ids: [batch, 4, 20]
//
// It is one `scan`, and another one back along the beginnings. What the body uses from outside, as the memory of an
// attention, has a row for each beam of each example: `repeated_for_beams(memory, 4)`.
#pragma once

#include <ambit/graph/option_ranges.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct beam_search_options {
    std::int64_t beams = 4;
    std::int64_t steps = 20;  ///< as long are all sequences; behind the end they go on with `end`
    std::int32_t start = 0;  ///< what the first step reads
    std::int32_t end = 1;  ///< what ends a sequence
    /// α, at least 0: scores are divided by ((5 + words) / 6)^α, with the words in front of the end.
    double length_penalty = 0;
    dtype_option dtype = float32;  ///< of the logits
    std::string_view name = "beam_search";
};

/// The likeliest sequence of each example comes first.
struct found_sequences {
    tensor ids;  ///< int32 [batch, beams, steps]
    tensor scores;  ///< [batch, beams]: sums of log-probabilities up to the end, divided by what their length asks for
};

/// [batch, ...] -> [batch * beams, ...], each row as often as there are beams.
///
///     tensor memory_of_beams = repeated_for_beams(memory, 4);   // [8, 30, 64] -> [32, 30, 64]
constexpr tensor repeated_for_beams(const tensor& x, std::int64_t beams, const location& at = location::current()) {
    const graph_parts::line_of_call here(x, at);
    if (x.shape().rank() < 1)
        return op_parts::refuse<mistake::op_shape, "what is repeated for beams has a batch">(x, "beam_search", at);
    shape apart{x.shape()[0], beams}, together{x.shape()[0] * beams};
    for (int axis = 1; axis < x.shape().rank(); ++axis) {
        apart.append(x.shape()[axis]);
        together.append(x.shape()[axis]);
    }
    return reshape(broadcast_to(expand_dims(x, 1), apart), together);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// What goes from step to step: the body's state for each beam, and what is known of the beams.
template <class State> struct beam_state {
    State state;
    tensor ids;  // int32 [batch * beams], the last of each
    tensor sums;  // [batch, beams], of log-probabilities
    tensor lengths;  // of the dtype of the sums: words in front of the end
    tensor has_ended;  // bool [batch, beams]
};

/// What a step chose: classes, and the beams that they go on from, int32 [batch, beams].
struct beam_choice {
    tensor ids, parents;
};

/// Rows of all tensors of a state.
template <class State> constexpr State rows_of_beams(const State& state, const tensor& rows) {
    auto all = graph_parts::tensors_of(state);
    for (tensor& x : all) x = gather(x, rows);
    return graph_parts::state_from<State>(all);
}

/// The sums of log-probabilities of all classes behind all beams, [batch, beams * classes]. A beam that has ended goes
/// on with its end alone, at no cost.
constexpr tensor sums_of_classes(scope& s, const tensor& logits, const tensor& sums, const tensor& has_ended,
                                 std::int64_t classes, std::int32_t end) {
    const std::int64_t batch = sums.shape()[0], beams = sums.shape()[1];
    const tensor each = reshape(log_softmax(logits), {batch, beams, classes});
    const tensor is_end = equal(range(s, classes), end);
    const tensor nothing_else = where(is_end, zeros(s, {classes}, {.dtype = logits.dtype()}), -math::infinity);
    const tensor added = where(expand_dims(has_ended, -1), nothing_else, each);
    return reshape(add(added, expand_dims(sums, -1)), {batch, beams * classes});
}

/// The words of all these sequences in front of their ends, [batch, beams * classes].
constexpr tensor lengths_of_classes(scope& s, const tensor& lengths, const tensor& has_ended, std::int64_t classes,
                                    std::int32_t end) {
    const std::int64_t batch = lengths.shape()[0], beams = lengths.shape()[1];
    const tensor is_word = cast(not_equal(range(s, classes), end), lengths.dtype());
    const tensor added = where(expand_dims(has_ended, -1), 0, is_word);
    return reshape(add(added, expand_dims(lengths, -1)), {batch, beams * classes});
}

constexpr tensor penalized(const tensor& sums, const tensor& lengths, double alpha) {
    if (math::equals(alpha, 0)) return sums;
    return div(sums, pow(mul(add(lengths, 5), 1 / 6.0), alpha));
}

/// The sequences that end in each beam, [steps, batch, beams], found from the last step to the first.
constexpr tensor followed_back(scope& s, const beam_choice& all, const location& at) {
    const std::int64_t batch = all.ids.shape()[1], beams = all.ids.shape()[2];
    const tensor last = broadcast_to(range(s, beams), {batch, beams});
    const auto step = [](scope&, const tensor& beam, const beam_choice& chosen) {
        const tensor id = batch_gather(chosen.ids, beam);
        return scan_step{batch_gather(chosen.parents, beam), id};
    };
    return scan(s, step, all, last, {.reverse = true, .name = "back"}, at).outputs;
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// `body(scope, state, ids)` returns `scan_step{state, logits}`: of states [batch * beams, ...] and the classes before,
/// int32 [batch * beams], the next states and logits [batch * beams, classes]. The initial state has a row for each
/// example. No gradient: nothing that is chosen has one.
///
///     auto [ids, scores] = beam_search(s, [&](scope& in, tensor h, tensor before) {
///         auto [next, said] = cell(in, embedding(in, "words", before, 50, 16), h);
///         return scan_step{next, dense(in, "logits", said, 50)};
///     }, state, {.beams = 4, .steps = 20, .start = 0, .end = 1});
template <class Body, graph_parts::stands_for_state State>
constexpr found_sequences beam_search(scope& s, const Body& body, const State& initial,
                                      const beam_search_options& o = {}, const location& at = location::current()) {
    using state_type = graph_parts::state_type<State>;
    using beams_type = op_parts::beam_state<state_type>;
    const state_type given = initial;
    auto tensors = graph_parts::tensors_of(given);
    const bool has_batch = tensors[0].shape().rank() > 0;
    if (o.beams < 1 || o.steps < 1 || !has_batch) {
        const tensor none = op_parts::refuse<mistake::op_option,
                                             "a search has beams, steps, and states [batch, ...]: at least 1 of each">(
            tensors[0], o.name, at);
        return {none, none};
    }
    graph_parts::option_ranges ranges(tensors[0], o.name, at);
    ranges.from("length_penalty", o.length_penalty, 0);
    if (!ranges.all_fit())
        return {tensors[0].builder()->inert({{}, int32}), tensors[0].builder()->inert({{}, o.dtype})};
    const std::int64_t batch = tensors[0].shape()[0];
    const name_scope names = s.name_scope(o.name, at);
    for (tensor& x : tensors) x = repeated_for_beams(x, o.beams, at);

    // At first all beams of an example are one.
    const tensor is_first = equal(range(s, o.beams), 0);
    const tensor alone = where(is_first, zeros(s, {o.beams}, {.dtype = o.dtype}), -math::infinity);
    const tensor sums_of_none = broadcast_to(alone, {batch, o.beams});
    const tensor no_words = zeros(s, {batch, o.beams}, {.dtype = o.dtype});
    const tensor starts = constant(s, o.start, {batch * o.beams});
    const tensor has_ended = constant(s, false, {batch, o.beams});
    const beams_type begin{graph_parts::state_from<state_type>(tensors), starts, sums_of_none, no_words, has_ended};

    const auto step = [&](scope& in, const beams_type& before, const tensor&) {
        const auto next = body(in, before.state, before.ids);
        const tensor logits = next.output;
        const std::int64_t classes = logits.shape().rank() > 0 ? logits.shape()[-1] : 1;
        const tensor sums = op_parts::sums_of_classes(in, logits, before.sums, before.has_ended, classes, o.end);
        const tensor lengths = op_parts::lengths_of_classes(in, before.lengths, before.has_ended, classes, o.end);
        const auto [best, places] = top_k(op_parts::penalized(sums, lengths, o.length_penalty), o.beams);
        const tensor parents = floor_div(places, static_cast<std::int32_t>(classes));
        const tensor first_of_parent = mul(parents, static_cast<std::int32_t>(classes));
        const tensor ids = sub(places, first_of_parent);
        const tensor first_row = reshape(range(in, 0, batch * o.beams, o.beams), {batch, 1});
        const tensor rows = reshape(add(parents, first_row), {batch * o.beams});
        const tensor had_ended = gather(reshape(before.has_ended, {batch * o.beams}), rows);
        const tensor ends = equal(ids, o.end);
        const tensor ended = logical_or(reshape(had_ended, {batch, o.beams}), ends);
        const beams_type after{op_parts::rows_of_beams(next.state, rows), reshape(ids, {batch * o.beams}),
                               batch_gather(sums, places), batch_gather(lengths, places), ended};
        return scan_step{after, op_parts::beam_choice{ids, parents}};
    };
    const auto [last, chosen] = scan(s, step, o.steps, begin, {.name = "forward"}, at);
    return {transpose(op_parts::followed_back(s, chosen, at), {1, 2, 0}),
            op_parts::penalized(last.sums, last.lengths, o.length_penalty)};
}

}  // namespace ambit
