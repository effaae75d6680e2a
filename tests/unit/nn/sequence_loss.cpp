// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/sequence_loss.hpp>

#include <ambit/ambit.hpp>

#include "../../support/gradient_check.hpp"
#include "../../support/in_double.hpp"
#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

using namespace ambit;
using namespace ambit_test;
using Catch::Contains;

TEST_CASE("the loss of sequences is the mean of those steps that count", "[nn][sequence_loss]") {
    constexpr std::size_t batch = 2, steps = 3, classes = 4;
    const list logits = numbers<double>(batch * steps * classes, 5);
    const std::vector<std::int32_t> targets{3, 0, 99, 1, 2, 0};  // what lies behind an end is no class
    in_double g;
    const tensor x = g.input({batch, steps, classes}, logits);
    const tensor labels = reshape(g.integers(targets), {batch, steps});
    const tensor lengths = g.integers({2, 3});
    const tensor loss = sequence_loss(g.root, x, labels, {.sequence_length = lengths});
    const tensor each = sequence_loss(g.root, x, labels, {.sequence_length = lengths, .reduction = reduction::none});
    const std::vector<list> had = g.values_of({loss, each});
    double sum = 0;
    for (std::size_t b = 0; b < batch; ++b)
        for (std::size_t t = 0; t < steps; ++t) {
            const auto first = logits.begin() + std::ptrdiff_t((b * steps + t) * classes);
            double total = 0;
            for (std::size_t c = 0; c < classes; ++c) total += std::exp(first[std::ptrdiff_t(c)]);
            const bool counts = t < (b == 0 ? 2U : 3U);
            const double wanted = counts ? std::log(total) - first[targets[b * steps + t]] : 0;
            CHECK(had[1][b * steps + t] == Approx(wanted).epsilon(1e-12));
            sum += wanted;
        }
    CHECK(had[0][0] == Approx(sum / 5).epsilon(1e-12));
}

TEST_CASE("gradients of the loss of sequences are the differences", "[nn][sequence_loss]") {
    gradient_check c(4);
    const tensor x = c.parameter({2, 3, 4}), lengths = c.labels({2}, 4), targets = c.labels({2, 3}, 4);
    REQUIRE_NOTHROW(c.holds(sequence_loss(c.root(), x, targets, {.sequence_length = lengths + 1})));
    REQUIRE_NOTHROW(c.holds(sequence_loss(c.root(), x, targets, {.reduction = reduction::sum})));
}

TEST_CASE("what is no sequence is refused", "[nn][sequence_loss]") {
    const auto told = [](const tensor_spec& logits, const tensor_spec& targets, const tensor_spec& lengths) {
        return refusal([](scope& s, auto& x) { return sequence_loss(s, x[0], x[1], {.sequence_length = x[2]}); },
                       {logits, targets, lengths});
    };
    CHECK(told(f32(2, 3, 4), i32(2, 3), i64(2)) == "accepted");
    CHECK_THAT(told(f32(2, 4), i32(2), i32(2)), Contains("logits of sequences are [batch, time, classes]"));
    CHECK_THAT(told(f32(2, 3, 4), i32(2, 3), f32(2)), Contains("lengths of sequences are int32 or int64"));
    CHECK_THAT(told(f32(2, 3, 4), i32(2, 3), i32(2, 1)), Contains("there is a length for each sequence, [batch]"));
    CHECK_THAT(told(f32(2, 3, 4), i32(3), i32(2)), Contains("[ambit] op_shape"));
}
