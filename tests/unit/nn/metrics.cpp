// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/metrics.hpp>

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit_test;

namespace {

struct metrics {
    struct outputs {
        tensor all, some, close, close_of_some, mistaken;
    };
    constexpr outputs operator()(scope&, const tensor& logits, const tensor& labels, const tensor& mask) const {
        const tensor guess = argmax(logits, -1);
        return {accuracy(logits, labels), accuracy(logits, labels, {.mask = mask}), top_k_accuracy(logits, labels, 2),
                top_k_accuracy(logits, labels, 2, {.mask = mask}), confusion_matrix(labels, guess, 3)};
    }
};

template <class Label> void check_metrics() {
    model<metrics, input<float, 5, 3>, input<Label, 5>, input<float, 5>> net(seed{});
    const std::array<float, 15> logits{9, 1, 5, 1, 2, 3, 4, 0, 0, 7, 8, 0, 1, 1, 2};
    // Right, second, wrong, second, and a label that is no class.
    const auto [all, some, close, close_of_some, mistaken] =
        net(logits, std::array<Label, 5>{0, 1, 2, 0, -1}, std::array<float, 5>{1, 1, 0, 1, 0});
    CHECK(all == Approx(1.0 / 5));
    CHECK(some == Approx(1.0 / 3));
    CHECK(close == Approx(4.0 / 5));
    CHECK(close_of_some == 1);
    CHECK(elements(mistaken) == std::vector<std::int32_t>{1, 1, 0, 0, 0, 1, 1, 0, 0});
}

struct of_two_classes {
    struct outputs {
        tensor precise, found, of_flags;
    };
    constexpr outputs operator()(scope&, const tensor& predictions, const tensor& labels) const {
        return {precision(predictions, labels), recall(predictions, labels),
                recall(cast(predictions, boolean), cast(labels, boolean))};
    }
};

}  // namespace

TEST_CASE("accuracy, top k and confusion, of all rows and of some", "[nn]") {
    check_metrics<std::int32_t>();
    check_metrics<std::int64_t>();
}

TEST_CASE("a label that int32 does not have is no class", "[nn]") {
    model<metrics, input<float, 5, 3>, input<std::int64_t, 5>, input<float, 5>> net(seed{});
    const std::array<float, 15> logits{9, 1, 5, 1, 2, 3, 4, 0, 0, 7, 8, 0, 1, 1, 2};
    constexpr std::int64_t wrap = std::int64_t{1} << 32;  // cast to int32, these would be the classes that are guessed
    const auto [all, some, close, close_of_some, mistaken] =
        net(logits, std::array<std::int64_t, 5>{wrap, 2, -wrap, 1 - wrap, wrap + 2},
            std::array<float, 5>{1, 1, 1, 1, 1});
    CHECK(all == Approx(1.0 / 5));
    CHECK(some == Approx(1.0 / 5));
    CHECK(close == Approx(1.0 / 5));
    CHECK(close_of_some == Approx(1.0 / 5));
    CHECK(elements(mistaken) == std::vector<std::int32_t>{0, 0, 0, 0, 0, 0, 0, 0, 1});
}

TEST_CASE("precision and recall", "[nn]") {
    model<of_two_classes, input<float, 6>, input<float, 6>> net(seed{});
    const auto [precise, found, of_flags] =
        net(std::array<float, 6>{1, 1, 0, 0, 1, 0}, std::array<float, 6>{1, 0, 1, 0, 1, 1});
    CHECK(precise == Approx(2.0 / 3));
    CHECK(found == Approx(0.5));
    CHECK(of_flags == Approx(0.5));
    const auto [none_precise, none_found, none_flagged] = net(std::array<float, 6>{}, std::array<float, 6>{});
    CHECK(none_precise == 0);
    CHECK(none_found == 0);
    CHECK(none_flagged == 0);
}
