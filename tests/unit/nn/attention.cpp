// SPDX-License-Identifier: BSL-1.0
// Attention against plain loops over its formulas and against differences, in float64 as graphs mean it.
#include <ambit/nn/attention.hpp>
#include <ambit/nn/score_attention.hpp>

#include <ambit/ambit.hpp>
#include <ambit/nn/transformer.hpp>

#include "../../support/gradient_check.hpp"
#include "../../support/in_double.hpp"
#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit_test;
using Catch::Contains;

namespace {

list softmax_of(const list& scores) {
    const double largest = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (const double x : scores) sum += std::exp(x - largest);
    list shares;
    for (const double x : scores) shares.push_back(std::exp(x - largest) / sum);
    return shares;
}

/// Rows of a matrix [n, width].
list row(const list& all, std::size_t i, std::size_t width) {
    const auto first = all.begin() + std::ptrdiff_t(i * width);
    return {first, first + std::ptrdiff_t(width)};
}
double dot(const list& a, const list& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}
/// x [in] by weights [in, out], and biases unless there are none.
list product(const list& x, const list& weights, const list& biases, std::size_t out) {
    list y(out);
    for (std::size_t o = 0; o < out; ++o) {
        y[o] = biases.empty() ? 0 : biases[o];
        for (std::size_t i = 0; i < x.size(); ++i) y[o] += x[i] * weights[i * out + o];
    }
    return y;
}
/// The mean of values [n][width] with these weights.
list mean_of(const list& weights, const std::vector<list>& values) {
    list mean(values[0].size());
    for (std::size_t k = 0; k < values.size(); ++k)
        for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += weights[k] * values[k][i];
    return mean;
}

}  // namespace

TEST_CASE("numbers of a small attention, by hand", "[nn][attention]") {
    in_double g;
    const tensor q = g.input({1, 2}, {2, 0}), k = g.input({2, 2}, {1, 1, -1, 3}), v = g.input({2, 1}, {10, 20});
    const auto [outputs, weights] = dot_product_attention(g.root, q, k, v);
    // Scores √2 and -√2: shares 1 / (1 + e^(-2√2)) and the rest.
    const double first = 1 / (1 + std::exp(-2 * std::sqrt(2.0)));
    const std::vector<list> values = g.values_of({outputs, weights});
    check_close(values[0], {10 * first + 20 * (1 - first)});
    check_close(values[1], {first, 1 - first});
}

TEST_CASE("heads of attention follow the formula", "[nn][attention]") {
    constexpr std::size_t batch = 2, queries = 3, keys = 4, features = 4, heads = 2, units = 6, outputs = 5;
    const list xs = numbers<double>(batch * queries * features, 1, -1, 1);
    const list memory = numbers<double>(batch * keys * features, 2, -1, 1);
    for (const bool causal : {false, true}) {
        CAPTURE(causal);
        in_double g;
        const tensor x = g.input({batch, queries, features}, xs), m = g.input({batch, keys, features}, memory);
        const tensor y = multi_head_attention(g.root, "attention", x, m,
                                              {.heads = heads, .units = units, .outputs = outputs, .causal = causal});
        const list had = g.values_of({y})[0];
        const auto of = [&](const std::string& name) { return g.held.at("attention/" + name + ":0"); };
        const auto layer = [&](const list& from, const std::string& name, std::size_t out) {
            return product(from, of(name + "/weights"), of(name + "/biases"), out);
        };
        list wanted;
        for (std::size_t b = 0; b < batch; ++b)
            for (std::size_t t = 0; t < queries; ++t) {
                const list q = layer(row(xs, b * queries + t, features), "query", units);
                list all;
                for (std::size_t h = 0; h < heads; ++h) {
                    list scores;
                    std::vector<list> values;
                    const std::size_t seen = causal ? keys - queries + t + 1 : keys;
                    for (std::size_t k = 0; k < seen; ++k) {
                        const list step = row(memory, b * keys + k, features);
                        scores.push_back(dot(row(q, h, units / heads), row(layer(step, "key", units), h, units / heads)) /
                                         std::sqrt(double(units / heads)));
                        values.push_back(row(layer(step, "value", units), h, units / heads));
                    }
                    const list mean = mean_of(softmax_of(scores), values);
                    all.insert(all.end(), mean.begin(), mean.end());
                }
                const list out = layer(all, "output", outputs);
                wanted.insert(wanted.end(), out.begin(), out.end());
            }
        check_close(had, wanted);
    }
}

TEST_CASE("attention by scores follows its formulas, and sees no step that is masked", "[nn][attention]") {
    constexpr std::size_t batch = 2, steps = 3, features = 4, units = 2;
    const list memory = numbers<double>(batch * steps * features, 1, -1, 1);
    const list asked = numbers<double>(batch * units, 2, -1, 1);
    in_double g;
    const tensor m = g.input({batch, steps, features}, memory), q = g.input({batch, units}, asked);
    const tensor lengths = g.integers({2, 3});
    const tensor is_there = less(range(g.root, std::int64_t(steps)), expand_dims(lengths, -1));
    luong_attention by_product(g.root, "luong", m, units, {.mask = is_there});
    bahdanau_attention by_sum(g.root, "bahdanau", m, units, {.mask = is_there});
    const attended luong = by_product(g.root, q), bahdanau = by_sum(g.root, q);
    const tensor again = by_sum(g.root, q).outputs;  // shares what the first call made
    CHECK(g.paths() == std::vector<std::string>{"luong/memory_layer/kernel:0", "bahdanau/memory_layer/kernel:0",
                                                "bahdanau/attention_v:0", "bahdanau/query_layer/kernel:0"});
    const std::vector<list> had =
        g.values_of({luong.outputs, luong.weights, bahdanau.outputs, bahdanau.weights, again});
    std::vector<list> wanted(4);
    for (std::size_t b = 0; b < batch; ++b) {
        const list query = row(asked, b, units);
        const list query2 = product(query, g.held.at("bahdanau/query_layer/kernel:0"), {}, units);
        list scores, scores2;
        std::vector<list> values;
        for (std::size_t t = 0; t < (b == 0 ? 2 : 3); ++t) {
            values.push_back(row(memory, b * steps + t, features));
            scores.push_back(dot(query, product(values.back(), g.held.at("luong/memory_layer/kernel:0"), {}, units)));
            list sum = product(values.back(), g.held.at("bahdanau/memory_layer/kernel:0"), {}, units);
            for (std::size_t i = 0; i < units; ++i) sum[i] = std::tanh(sum[i] + query2[i]);
            scores2.push_back(dot(sum, g.held.at("bahdanau/attention_v:0")));
        }
        std::size_t kind = 0;
        for (const list& of : {scores, scores2}) {
            list weights = softmax_of(of);
            const list mean = mean_of(weights, values);
            weights.resize(steps, 0);
            wanted[kind].insert(wanted[kind].end(), mean.begin(), mean.end());
            wanted[kind + 1].insert(wanted[kind + 1].end(), weights.begin(), weights.end());
            kind += 2;
        }
    }
    for (std::size_t i = 0; i < 4; ++i) check_close(had[i], wanted[i]);
    CHECK(had[4] == had[2]);
}

TEST_CASE("gradients of attention are the differences", "[nn][attention]") {
    for (unsigned round = 0; round < 3; ++round) {
        CAPTURE(round);
        gradient_check heads(round);
        const tensor x = heads.parameter({2, 3, 2}, -1, 1);
        const tensor h = multi_head_attention(heads.root(), "attention", x, x, {.heads = 2, .causal = true});
        heads.take_variables(-1.5, 1.5);
        REQUIRE_NOTHROW(heads.holds(heads.weighed(h)));

        gradient_check block(round);
        const tensor z = block.parameter({1, 3, 2}, -1, 1);
        const tensor y = transformer_block(block.root(), "block", z, {.heads = 1, .hidden = 3, .epsilon = 0.1});
        block.take_variables(-1.5, 1.5);
        REQUIRE_NOTHROW(block.holds(block.weighed(y)));

        gradient_check scores(round);
        const tensor memory = scores.parameter({2, 3, 3}, -1, 1), query = scores.parameter({2, 2}, -1, 1);
        luong_attention by_product(scores.root(), "luong", memory, 2);
        bahdanau_attention by_sum(scores.root(), "bahdanau", memory, 4);
        const tensor both = by_product(scores.root(), query).outputs * by_sum(scores.root(), query).outputs;
        scores.take_variables(-1.5, 1.5);
        REQUIRE_NOTHROW(scores.holds(scores.weighed(both)));
    }
}

TEST_CASE("a causal block says of the beginning what it says of the whole", "[nn][attention]") {
    in_double g;
    const tensor x = g.input({2, 5, 4}, numbers<double>(40, 3, -1, 1));
    const tensor whole = transformer_block(g.root, "block", x, {.heads = 2});
    g.root.reuse_variables();
    const tensor part = transformer_block(g.root, "block", slice(x, {0, 0, 0}, {2, 3, 4}), {.heads = 2});
    const std::vector<list> values = g.values_of({slice(whole, {0, 0, 0}, {2, 3, 4}), part});
    check_close(values[0], values[1]);
}

TEST_CASE("what does not fit an attention is refused", "[nn][attention]") {
    const auto heads = [](const multi_head_attention_options& o, const tensor_spec& q, const tensor_spec& m) {
        return refusal([&](scope& s, auto& x) { return multi_head_attention(s, "a", x[0], x[1], o); }, {q, m});
    };
    CHECK(heads({.heads = 2}, f32(2, 3, 4), f32(2, 5, 3)) == "accepted");
    CHECK_THAT(heads({.heads = 3}, f32(2, 3, 4), f32(2, 5, 4)), Contains("the number of units is a multiple of that of heads"));
    CHECK_THAT(heads({}, f32(3, 4), f32(2, 5, 4)), Contains("the operands are [batch, time, features]"));
    CHECK_THAT(heads({.causal = true}, f32(2, 6, 4), f32(2, 5, 4)), Contains("a causal attention has a key for each query"));
    const auto cached = [](const tensor_spec& of, std::int64_t most) {
        return refusal([&](scope& s, auto& x) { return cached_attention(s, "a", x[0], {.most_steps = most}).outputs; },
                       {of});
    };
    CHECK(cached(f32(2, 1, 4), 8) == "accepted");
    CHECK_THAT(cached(f32(2, 2, 4), 8), Contains("one step a call"));
    CHECK_THAT(cached(f32(2, 1, 4), 0), Contains("of .most_steps = 256"));
    const auto scored = [](const tensor_spec& q, const tensor_spec& m) {
        return refusal([](scope& s, auto& x) {
            luong_attention of(s, "a", x[1], 4);
            return of(s, x[0]).outputs;
        }, {q, m});
    };
    CHECK(scored(f32(2, 4), f32(2, 5, 3)) == "accepted");
    CHECK_THAT(scored(f32(2, 3), f32(2, 5, 3)), Contains("the query is [batch, units], of the batch of the memory"));
    CHECK_THAT(scored(f32(2, 4), f32(2, 5)), Contains("the memory is [batch, n, features]"));
}
