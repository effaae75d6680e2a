// SPDX-License-Identifier: BSL-1.0
// The search for likeliest sequences against all sequences that there are, and against the greedy one.
#include <ambit/nn/beam_search.hpp>

#include <ambit/ambit.hpp>
#include <ambit/nn/embedding.hpp>

#include "../../support/numbers.hpp"
#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit_test;
using Catch::Contains;

namespace {

using list = std::vector<double>;

constexpr std::size_t words = 4, width = 2, batch = 3;
constexpr std::int32_t start = 2, end_word = 1;

// h' = tanh(h + embedding of the word before); logits h' · weights, sharpened.
constexpr auto body = [](scope& s, const tensor& h, const tensor& before) {
    const tensor word = embedding(s, "words", before, words, width, {.dtype = float64});
    const tensor next = ambit::tanh(h + word);
    const tensor weights = s.get_variable("weights", {width, words}, {.dtype = float64});
    return scan_step{next, matmul(next, weights) * 3};
};

/// The same in plain loops.
struct plain_net {
    const list &table, &weights;
    std::pair<list, list> operator()(const list& h, std::int32_t before) const {
        list next(width), shares(words);
        for (std::size_t i = 0; i < width; ++i) next[i] = std::tanh(h[i] + table[std::size_t(before) * width + i]);
        double sum = 0;
        for (std::size_t w = 0; w < words; ++w) {
            for (std::size_t i = 0; i < width; ++i) shares[w] += 3 * next[i] * weights[i * words + w];
            sum += std::exp(shares[w]);
        }
        for (double& x : shares) x -= std::log(sum);
        return {next, shares};
    }
};

using sentence = std::pair<double, std::vector<std::int32_t>>;

/// Words in front of the end.
std::size_t words_of(const sentence& of) {
    return std::size_t(std::find(of.second.begin(), of.second.end(), end_word) - of.second.begin());
}

/// All sequences of so many words, with their log-probabilities; behind the end there is nothing else.
void say(const plain_net& net, const list& h, sentence so_far, std::size_t steps, std::vector<sentence>& all) {
    const bool has_ended = std::count(so_far.second.begin(), so_far.second.end(), end_word) > 0;
    if (so_far.second.size() == steps) return all.push_back(so_far);
    const auto [next, shares] = net(h, so_far.second.empty() ? start : so_far.second.back());
    for (std::int32_t w = 0; w < std::int32_t(words); ++w) {
        if (has_ended && w != end_word) continue;
        sentence longer = so_far;
        longer.first += has_ended ? 0 : shares[std::size_t(w)];
        longer.second.push_back(w);
        say(net, next, longer, steps, all);
    }
}

}  // namespace

namespace {

template <std::int64_t Beams, std::int64_t Steps, std::int32_t End, int TenthsOfPenalty = 0> struct search {
    constexpr found_sequences operator()(scope& s, const tensor& h) const {
        return beam_search(s, body, h,
                           {.beams = Beams,
                            .steps = Steps,
                            .start = start,
                            .end = End,
                            .length_penalty = TenthsOfPenalty / 10.0,
                            .dtype = float64});
    }
};
struct greedy {
    constexpr tensor operator()(scope& s, const tensor& h) const {
        const auto step = [](scope& in, const std::array<tensor, 2>& before, const tensor&) {
            const auto next = body(in, before[0], before[1]);
            const tensor word = argmax(next.output, -1);
            return scan_step{std::array{next.state, word}, word};
        };
        const tensor starts = constant(s, start, {batch});
        return transpose(scan(s, step, 6, std::array{h, starts}).outputs);
    }
};
template <class Module> using net_of = model<Module, input<double, batch, width>>;

}  // namespace

namespace {

// With as many beams as there are beginnings, the order is that of all sequences.
template <int TenthsOfPenalty> void check_order() {
    constexpr std::size_t steps = 3, beams = 16;
    const list initial = numbers<double>(batch * width, 7, -1, 1);
    net_of<search<beams, steps, end_word, TenthsOfPenalty>> net(seed{4});
    const auto [ids, scores] = net(initial);
    const list table = elements(net.template get<"words/weights">()), weights = elements(net.template get<"weights">());
    const plain_net plain{table, weights};
    for (std::size_t b = 0; b < batch; ++b) {
        std::vector<sentence> all;
        say(plain, {initial[b * width], initial[b * width + 1]}, {}, steps, all);
        for (sentence& one : all) one.first /= std::pow((5 + double(words_of(one))) / (5 + 1), TenthsOfPenalty / 10.0);
        std::sort(all.begin(), all.end(), [](const sentence& x, const sentence& y) { return x.first > y.first; });
        for (std::size_t k = 0; k < beams; ++k) {
            CAPTURE(b, k);
            CHECK(scores(b, k) == Approx(all[k].first).epsilon(1e-12));
            for (std::size_t t = 0; t < steps; ++t) CHECK(ids(b, k, t) == all[k].second[t]);
        }
    }
}

}  // namespace

TEST_CASE("a search with beams enough finds the likeliest of all sequences, in order", "[nn][beam_search]") {
    check_order<0>();
    check_order<15>();
}

TEST_CASE("a beam of one is the greedy search", "[nn][beam_search]") {
    const list initial = numbers<double>(batch * width, 8, -1, 1);
    net_of<search<1, 6, -1>> one(seed{4});
    net_of<greedy> other(one.parameters());
    const auto [ids, scores] = one(initial);
    CHECK(elements(ids) == elements(other(initial)));
}

TEST_CASE("what a search cannot go on with is refused", "[nn][beam_search]") {
    const auto told = [](const beam_search_options& o, const tensor_spec& of = f64(3, 2)) {
        return refusal([&](scope& s, auto& x) { return beam_search(s, body, x[0], o).scores; }, {of});
    };
    CHECK(told({.beams = 2, .steps = 3, .dtype = float64}) == "accepted");
    CHECK_THAT(told({.beams = 0}), Contains("a search has beams, steps, and states [batch, ...]"));
    CHECK_THAT(told({.steps = 0}), Contains("a search has beams, steps, and states [batch, ...]"));
    CHECK_THAT(told({.length_penalty = -1, .dtype = float64}), Contains("length_penalty is -1: at least 0"));
    CHECK_THAT(told({.beams = 2, .dtype = float32}), Contains("[ambit] op_dtype"));
}
