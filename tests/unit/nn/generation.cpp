// SPDX-License-Identifier: BSL-1.0
// Embeddings, a transformer that goes on step by step, and draws from its logits.
#include <ambit/nn/embedding.hpp>
#include <ambit/nn/sampling.hpp>
#include <ambit/nn/scheduled_sampling.hpp>
#include <ambit/nn/transformer.hpp>

#include <ambit/ambit.hpp>

#include "../../support/numbers.hpp"
#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

using namespace ambit;
using namespace ambit_test;
using Catch::Contains;

namespace {

constexpr std::int64_t words = 11, features = 8, steps = 6;
constexpr transformer_options block{.heads = 2, .hidden = 12, .most_steps = steps};

struct whole {
    constexpr tensor operator()(scope& s, const tensor& ids) const {
        tensor x = embedding(s, "words", ids, words, features);
        x = transformer_block(s, "block0", x, block);
        x = transformer_block(s, "block1", x, block);
        return embedding_logits(s, "words", x);
    }
};

struct one_step {
    struct outputs {
        tensor logits;
        operation keep;
    };
    constexpr outputs operator()(scope& s, const tensor& ids) const {
        const tensor x = embedding(s, "words", ids, words, features);
        const auto [h, keep0] = cached_transformer_block(s, "block0", x, block);
        const auto [y, keep1] = cached_transformer_block(s, "block1", h, block);
        return {embedding_logits(s, "words", y), group({keep0, keep1})};
    }
};

using whole_net = model<whole, input<std::int32_t, 2, steps>>;
using step_net = model<one_step, input<std::int32_t, 2, 1>>;

}  // namespace

TEST_CASE("a transformer with a cache says step by step what the whole says", "[nn][attention]") {
    STATIC_REQUIRE(expect_shared<whole_net, "words/weights", 2>());
    whole_net all(seed{3});
    step_net one(all.parameters());
    const std::vector<std::int32_t> ids{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
    const std::vector<float> wanted = elements(all(ids));
    using out = one_step::outputs;
    for (int round = 0; round < 2; ++round) {
        for (std::size_t t = 0; t < steps; ++t) {
            const std::array<std::int32_t, 2> step{ids[t], ids[steps + t]};
            const std::vector<float> had = elements(one.run<&out::logits, &out::keep>(step));
            for (std::size_t b = 0; b < 2; ++b)
                for (std::size_t w = 0; w < words; ++w)
                    CHECK(had[b * words + w] == Approx(wanted[(b * steps + t) * words + w]).epsilon(1e-4).margin(1e-5));
        }
        const std::array<std::int32_t, 2> step{0, 0};
        CHECK_THROWS_AS((one.run<&out::logits, &out::keep>(step)), out_of_range_error);
        one.reset();
    }
}

namespace {

struct draws {
    struct outputs {
        tensor all, likeliest, two, most, cool;
    };
    constexpr outputs operator()(scope& s, const tensor& logits) const {
        return {sample(s, logits), sample(s, logits, {.temperature = 0}), sample(s, logits, {.top_k = 2}),
                sample(s, logits, {.top_p = 0.6}), sample(s, logits, {.temperature = 0.5})};
    }
};

}  // namespace

TEST_CASE("classes are drawn as often as their probabilities say, of the likeliest if asked", "[nn][sampling]") {
    constexpr std::int64_t rows = 4000, classes = 4;
    model<draws, input<float, rows, classes>> net(seed{5});
    // Probabilities 0.1, 0.4, 0.3, 0.2.
    constexpr std::array<double, classes> shares{0.1, 0.4, 0.3, 0.2};
    std::vector<float> logits;
    for (std::int64_t r = 0; r < rows; ++r)
        for (const double share : shares) logits.push_back(static_cast<float>(std::log(share) + 7));
    const auto [all, likeliest, two, most, cool] = net(logits);
    const auto check = [&](const auto& drawn, const std::array<double, classes>& wanted) {
        std::array<double, classes> counted{};
        for (const std::int32_t c : elements(drawn)) {
            REQUIRE((c >= 0 && c < classes));
            counted[std::size_t(c)] += 1.0 / rows;
        }
        for (std::size_t c = 0; c < classes; ++c) {
            CAPTURE(c, counted[c], wanted[c]);
            // Five standard deviations.
            CHECK(std::abs(counted[c] - wanted[c]) <= 5 * std::sqrt(wanted[c] * (1 - wanted[c]) / rows) + 1e-9);
        }
    };
    check(all, shares);
    check(likeliest, {0, 1, 0, 0});
    check(two, {0, 4.0 / 7, 3.0 / 7, 0});
    check(most, {0, 4.0 / 7, 3.0 / 7, 0});  // 0.4 is less than 0.6, 0.7 is not
    check(cool, {0.01 / 0.3, 0.16 / 0.3, 0.09 / 0.3, 0.04 / 0.3});
}

TEST_CASE("draws depend on how far logits are apart, not on how large they are", "[nn][sampling]") {
    struct module {
        struct outputs {
            tensor warm, cold, coldest;
        };
        constexpr outputs operator()(scope&, const tensor& logits, const tensor& noise) const {
            return {sample_by(logits, noise), sample_by(logits, noise, {.temperature = 1e-4}),
                    sample_by(logits, noise, {.temperature = 1e-38})};
        }
    };
    model<module, input<float, 4, 3>, input<float, 4, 3>> net(seed{});
    const float infinite = std::numeric_limits<float>::infinity();
    const std::array<float, 12> logits{1e8F,      1e8F, 1e8F, -1e8F,     -1e8F,     -1e8F,
                                       -infinite, 1,    1,    -infinite, -infinite, -infinite};
    const auto [warm, cold, coldest] = net(logits, std::array<float, 12>{0, 1, 2, 2, 3, 1, 9, 1, 2, 0, 1, 2});
    for (const auto& drawn : {elements(warm), elements(cold), elements(coldest)})
        CHECK(drawn == std::vector<std::int32_t>{2, 1, 2, 0});
    const auto [far, near_zero, nearest] = net(std::array<float, 12>{1, 2, 3, 1e9F, 3e9F, 2e9F, 0, 0, 1, 5, 4, 3},
                                               std::array<float, 12>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    for (const auto& drawn : {elements(far), elements(near_zero), elements(nearest)})
        CHECK(drawn == std::vector<std::int32_t>{2, 1, 2, 0});
}

namespace {

// A chain of words of which each is drawn by the one before: it goes to itself, or on to the next.
struct chain {
    constexpr tensor operator()(scope& s, const tensor& starts) const {
        const tensor noise = gumbel_noise(s, {400, 8, 3});
        const tensor likely = constant(s, {0.6931472, 0.0, -100.0, -100.0, 0.6931472, 0.0, 0.0, -100.0, 0.6931472},
                                       {3, 3}, {.dtype = float32});
        return scan(
            s,
            [&](scope&, const tensor& before, const tensor& of_step) {
                return sample_by(gather(likely, before), of_step);
            },
            noise, starts);
    }
};

}  // namespace

TEST_CASE("draws in a scan, by noise that was drawn in front of it", "[nn][sampling]") {
    model<chain, input<std::int32_t, 8>> net(seed{6});
    const std::vector<std::int32_t> starts(8, 0), words_said = elements(net(starts));
    int stays = 0;
    for (std::size_t i = 0; i < words_said.size(); ++i) {
        const std::int32_t before = i < 8 ? 0 : words_said[i - 8], word = words_said[i];
        REQUIRE((word == before || word == (before + 1) % 3));
        stays += word == before ? 1 : 0;
    }
    // Two of three times; five standard deviations of 3,200 draws.
    CHECK(std::abs(stays - 3200 * 2 / 3.0) < 5 * std::sqrt(3200 * 2 / 9.0));
    CHECK(elements(net(starts)) != words_said);
}

namespace {

// Logits that say what was read, 1 at its place, and that word 3 comes next, or words 3 and 4 alike.
template <std::int64_t Classes> struct speaks {
    struct outputs {
        tensor logits, last;
    };
    constexpr outputs operator()(scope& s, const tensor& before, const tensor& told) const {
        const tensor likely = constant(s, {0.0, 0.0, 0.0, 50.0, Classes > 0 ? 50.0 : 0.0}, {5}, {.dtype = float32});
        const auto body = [&](scope&, const tensor& count, const tensor& word) {
            return scan_step{count + 1, one_hot(word, 5) + likely};
        };
        const tensor none = zeros(s, {before.shape()[1]}, {.dtype = int32});
        const auto [last, logits] = scheduled_sampling(s, body, before, none, {.told = told, .classes = Classes});
        return {logits, last};
    }
};

constexpr std::size_t spoken_steps = 50, speakers = 40;
template <std::int64_t Classes>
using speaking_net = model<speaks<Classes>, input<std::int32_t, spoken_steps, speakers>, input<float>>;

/// What each step read, [steps, batch].
template <class Net>
std::vector<std::size_t> words_read(Net& net, const std::vector<std::int32_t>& before, float told) {
    const auto [logits, last] = net(before, told);
    for (const std::int32_t steps_done : elements(last)) REQUIRE(steps_done == std::int32_t(spoken_steps));
    std::vector<std::size_t> all;
    for (std::size_t t = 0; t < spoken_steps; ++t)
        for (std::size_t b = 0; b < speakers; ++b)
            for (std::size_t w = 0; w < 5; ++w)
                if (logits(t, b, w) == 1 || logits(t, b, w) == 51) all.push_back(w);
    REQUIRE(all.size() == spoken_steps * speakers);
    return all;
}

}  // namespace

TEST_CASE("a net reads what should have been said as often as asked, else what it said", "[nn][sampling]") {
    std::vector<std::int32_t> before(spoken_steps * speakers);
    for (std::size_t i = 0; i < before.size(); ++i) before[i] = std::int32_t(i % 3);
    speaking_net<0> net(seed{8});
    const auto should = [&](std::size_t i) { return std::size_t(before[i]); };
    const auto always = words_read(net, before, 1), never = words_read(net, before, 0);
    const auto sometimes = words_read(net, before, 0.25F);
    double told = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        CAPTURE(i);
        CHECK(always[i] == should(i));
        CHECK(never[i] == (i < speakers ? should(i) : 3));  // the first step reads what it is given
        REQUIRE((sometimes[i] == should(i) || (i >= speakers && sometimes[i] == 3)));
        if (i >= speakers && sometimes[i] == should(i)) ++told;
    }
    const double draws = double(spoken_steps - 1) * speakers;
    CHECK(std::abs(told - draws / 4) < 5 * std::sqrt(draws * 3 / 16));  // five standard deviations
    CHECK(words_read(net, before, 0.25F) != sometimes);

    speaking_net<5> drawing(seed{9});
    double threes = 0;
    const auto own = words_read(drawing, before, 0);
    for (std::size_t i = speakers; i < own.size(); ++i) {
        REQUIRE((own[i] == 3 || own[i] == 4));
        threes += own[i] == 3 ? 1 : 0;
    }
    CHECK(threes > draws / 10);
    CHECK(threes < draws * 9 / 10);
}

namespace {

// A decoder that is always told, by `scheduled_sampling` and by a plain scan.
template <bool IsScheduled> struct decoder {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& before, const tensor& wanted) const {
        const auto body = [](scope& in, const tensor& h, const tensor& word) {
            const tensor next = ambit::tanh(h + embedding(in, "words", word, words, features));
            return scan_step{next, matmul(next, in.get_variable("logits", {features, words}))};
        };
        const tensor start = zeros(s, {2, features});
        tensor logits;
        if (IsScheduled) logits = scheduled_sampling(s, body, before, start).outputs;
        else logits = scan(s, body, before, start).outputs;
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, wanted));
        return {loss, minimize(s, loss, sgd{.learning_rate = 1})};
    }
};

}  // namespace

TEST_CASE("a decoder that is always told learns as by teacher forcing", "[nn][sampling]") {
    const auto learnt = [](auto module) {
        using out = typename decltype(module)::outputs;
        model<decltype(module), input<std::int32_t, 2, 2>, input<std::int32_t, 2, 2>> net(seed{7});
        const std::array<std::int32_t, 4> before{0, 4, 2, 4}, wanted{2, 4, 7, 1};
        for (int step = 0; step < 3; ++step) net.template run<&out::train>(before, wanted);
        return elements(net.template get<"words/weights">());
    };
    CHECK(learnt(decoder<true>{}) == learnt(decoder<false>{}));
}

TEST_CASE("draws on the way have the dtype of the logits", "[nn][sampling]") {
    const auto said = [](const tensor_spec& of) {
        return refusal(
            [](scope& s, auto& x) {
                const auto body = [](scope&, const tensor& h, const tensor&) { return scan_step{h, h}; };
                return scheduled_sampling(s, body, x[0], x[1], {.classes = 4}).outputs;
            },
            {i32(5, 3), of});
    };
    CHECK(said(f32(3, 4)) == "accepted");
    CHECK(said(f64(3, 4)) == "accepted");
}

TEST_CASE("options of draws, and tables that are not there, are refused", "[nn][sampling]") {
    const auto told = [](const sample_options& o, const tensor_spec& of = f32(3, 4)) {
        return refusal([&](scope& s, auto& x) { return sample(s, x[0], o); }, {of});
    };
    CHECK(told({.top_k = 4, .top_p = 1}) == "accepted");
    CHECK_THAT(told({.temperature = -1}), Contains("temperature is -1: at least 0"));
    CHECK_THAT(told({.top_k = 5}), Contains("top_k is 5: from 0 to 4"));
    CHECK_THAT(told({.top_p = 0}), Contains("top_p is 0: above 0, at most 1"));
    CHECK_THAT(told({}, i32(3, 4)), Contains("logits are float32 or float64"));
    CHECK_THAT(refusal(
                   [](scope& s, auto& x) {
                       const auto body = [](scope&, const tensor& h, const tensor&) { return scan_step{h, h}; };
                       return scheduled_sampling(s, body, x[0], x[1]).outputs;
                   },
                   {i32(3), f32(3, 4)}),
               Contains("words that are read before each step are int32, [steps, batch]"));
    CHECK_THAT(refusal([](scope& s, auto& x) { return embedding_logits(s, "words", x[0]); }, {f32(3, 4)}),
               Contains("[ambit] variable_missing: words/weights"));
}
