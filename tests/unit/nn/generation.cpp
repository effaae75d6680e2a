// SPDX-License-Identifier: BSL-1.0
// Embeddings, a transformer that goes on step by step, and draws from its logits.
#include <ambit/nn/embedding.hpp>
#include <ambit/nn/sampling.hpp>
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

TEST_CASE("options of draws, and tables that are not there, are refused", "[nn][sampling]") {
    const auto told = [](const sample_options& o, const tensor_spec& of = f32(3, 4)) {
        return refusal([&](scope& s, auto& x) { return sample(s, x[0], o); }, {of});
    };
    CHECK(told({.top_k = 4, .top_p = 1}) == "accepted");
    CHECK_THAT(told({.temperature = -1}), Contains("temperature is -1: at least 0"));
    CHECK_THAT(told({.top_k = 5}), Contains("top_k is 5: from 0 to 4"));
    CHECK_THAT(told({.top_p = 0}), Contains("top_p is 0: above 0, at most 1"));
    CHECK_THAT(told({}, i32(3, 4)), Contains("logits are float32 or float64"));
    CHECK_THAT(refusal([](scope& s, auto& x) { return embedding_logits(s, "words", x[0]); }, {f32(3, 4)}),
               Contains("[ambit] variable_missing: words/weights"));
}
