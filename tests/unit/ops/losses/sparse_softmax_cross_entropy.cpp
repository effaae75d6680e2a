// SPDX-License-Identifier: BSL-1.0

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/nn/metrics.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;

namespace {

// The logits are a variable, so that they have a gradient.
template <class T, std::int64_t Rows, std::int64_t Classes> struct rows {
    struct outputs {
        tensor losses, by_logits, accuracy;
    };
    constexpr outputs operator()(scope& s, const tensor& labels, const tensor& weights) const {
        const variable logits = s.get_variable("logits", {Rows, Classes}, {.dtype = dtype_of<T>});
        const tensor losses = sparse_softmax_cross_entropy(logits, labels);
        const tensor loss = reduce_sum(losses * weights);
        return {losses, gradients(loss, s.trainable_variables())[0], accuracy(logits, labels)};
    }
};

template <class T, class Label, std::int64_t Rows, std::int64_t Classes> void check(double tolerance) {
    using net = model<rows<T, Rows, Classes>, input<Label, Rows>, input<T, Rows>>;
    const auto logits = numbers<T>(shape{Rows, Classes}, 3, -30, 30);
    const auto weights = numbers<T>(shape{Rows}, 4, -2, 2);
    std::array<Label, std::size_t(Rows)> labels{};
    for (std::size_t r = 0; r < labels.size(); ++r) labels[r] = static_cast<Label>((r * 7 + 3) % std::size_t(Classes));
    net n(seed{1});
    n.template set<"logits">(logits);
    const auto [losses, by_logits, right] = n(labels, weights);
    int hits = 0;
    for (std::int64_t r = 0; r < Rows; ++r) {
        const auto at = [&](std::int64_t c) { return static_cast<long double>(logits[std::size_t(r * Classes + c)]); };
        const auto label = static_cast<std::int64_t>(labels[std::size_t(r)]);
        long double largest = at(0), total = 0;
        std::int64_t guess = 0;
        for (std::int64_t c = 1; c < Classes; ++c)
            if (at(c) > largest) largest = at(guess = c);
        for (std::int64_t c = 0; c < Classes; ++c) total += std::exp(at(c) - largest);
        hits += guess == label ? 1 : 0;
        const long double loss = std::log(total) - (at(label) - largest);
        CHECK(static_cast<double>(losses(r)) == Approx(static_cast<double>(loss)).epsilon(tolerance).margin(tolerance));
        for (std::int64_t c = 0; c < Classes; ++c) {
            const long double share = std::exp(at(c) - largest) / total - (c == label ? 1 : 0);
            CHECK(static_cast<double>(by_logits(r, c)) ==
                  Approx(static_cast<double>(share * weights[std::size_t(r)])).epsilon(tolerance).margin(tolerance));
        }
    }
    CHECK(right == Approx(double(hits) / double(Rows)).epsilon(1e-6));
}

}  // namespace

TEST_CASE("the loss of a classifier and its gradient", "[ops]") {
    check<float, std::int32_t, 5, 10>(2e-6);
    check<float, std::int64_t, 3, 1>(2e-6);
    check<float, std::int32_t, 2, 33>(2e-6);
    check<double, std::int32_t, 4, 17>(1e-14);
    check<double, std::int64_t, 2, 100>(1e-14);
}

TEST_CASE("a label that is no class makes its row NaN, and no other", "[ops]") {
    using net = model<rows<float, 3, 4>, input<std::int32_t, 3>, input<float, 3>>;
    net n(seed{1});
    const auto [losses, by_logits, right] =
        n(std::array<std::int32_t, 3>{-1, 2, std::numeric_limits<std::int32_t>::max()}, std::array<float, 3>{1, 1, 1});
    CHECK(std::isnan(losses(0)));
    CHECK(std::isfinite(losses(1)));
    CHECK(std::isnan(losses(2)));
    for (std::size_t c = 0; c < 4; ++c) {
        CHECK(std::isnan(by_logits(0, c)));
        CHECK(std::isfinite(by_logits(1, c)));
        CHECK(std::isnan(by_logits(2, c)));
    }
}

TEST_CASE("logits and labels fit", "[ops]") {
    graph_builder builder;
    const tensor logits = builder.input(spec(float32, {2, 3}));
    const auto last = [&] { return builder.mistakes()[builder.mistakes().size() - 1].kind; };
    REQUIRE(sparse_softmax_cross_entropy(logits, builder.input(spec(int32, {2}))).shape() == shape{2});
    REQUIRE(builder.mistakes().empty());
    static_cast<void>(sparse_softmax_cross_entropy(logits, builder.input(spec(int32, {3}))));
    REQUIRE(last() == mistake::op_shape);
    static_cast<void>(sparse_softmax_cross_entropy(logits, builder.input(spec(float32, {2}))));
    REQUIRE(last() == mistake::op_dtype);
    static_cast<void>(sparse_softmax_cross_entropy(builder.input(spec(int32, {2, 3})), builder.input(spec(int32, {2}))));
    REQUIRE(last() == mistake::op_dtype);
    REQUIRE(builder.mistakes().size() == 3);
}
