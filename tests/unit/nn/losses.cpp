// SPDX-License-Identifier: BSL-1.0
// Losses against numbers worked out by hand, and against their own definitions in double.
#include <ambit/nn/losses.hpp>

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;

namespace {

struct elementwise_losses {
    struct outputs {
        tensor squared, absolute, huber_mean, hinge, logarithmic, cosine, half_squares;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& z) const {
        constexpr reduction one_by_one = reduction::none;
        return {mean_squared_error(x, z, {.reduction = one_by_one}),
                absolute_difference(x, z, {.reduction = reduction::sum}),
                huber_loss(x, z, {.delta = 0.5}),
                hinge_loss(x, z, {.reduction = one_by_one}),
                log_loss(x, z, {.epsilon = 0, .reduction = one_by_one}),
                cosine_distance(x, z, {.reduction = one_by_one}),
                l2_loss(x)};
    }
};

}  // namespace

TEST_CASE("losses by hand", "[nn]") {
    model<elementwise_losses, input<double, 2, 2>, input<double, 2, 2>> net(seed{});
    const auto [squared, absolute, huber_mean, hinge, logarithmic, cosine, half_squares] =
        net(std::array<double, 4>{0.25, 0.5, 0.75, 0.125}, std::array<double, 4>{1, 0, 1, 0});
    CHECK(elements(squared) == std::vector<double>{0.5625, 0.25, 0.0625, 0.015625});
    CHECK(absolute == 1.625);
    CHECK(huber_mean == (0.5 * (0.75 - 0.25) + 0.125 + 0.03125 + 0.0078125) / 4);
    CHECK(elements(hinge) == std::vector<double>{0.75, 1.5, 0.25, 1.125});
    CHECK(logarithmic(0, 0) == Approx(std::log(4.0)).epsilon(1e-14));
    CHECK(logarithmic(0, 1) == Approx(std::log(2.0)).epsilon(1e-14));
    CHECK(logarithmic(1, 0) == Approx(std::log(4.0 / 3)).epsilon(1e-14));
    CHECK(logarithmic(1, 1) == Approx(std::log(8.0 / 7)).epsilon(1e-14));
    CHECK(elements(cosine) == std::vector<double>{0.75, 0.25});
    CHECK(half_squares == (0.0625 + 0.25 + 0.5625 + 0.015625) / 2);
}

namespace {

struct log_loss_of_certainty {
    struct outputs {
        tensor of_true, of_false, with_little;
    };
    constexpr outputs operator()(scope&, const tensor& p) const {
        constexpr reduction none = reduction::none;
        const tensor so = p.builder()->constant(1, p.dtype()), not_so = p.builder()->constant(0, p.dtype());
        return {log_loss(p, so, {.reduction = none}), log_loss(p, not_so, {.reduction = none}),
                log_loss(p, not_so, {.epsilon = 1e-12, .reduction = none})};
    }
};

// With 1 and p rounded to 1, little as epsilon is beside them.
template <class T> void check_certainty(double near) {
    model<log_loss_of_certainty, input<T, 2>> net(seed{});
    const auto [of_true, of_false, with_little] = net(std::array<T, 2>{0, 1});
    CHECK(of_true(0) == Approx(-std::log(1e-7)).epsilon(near));
    CHECK(of_true(1) == Approx(0).margin(2e-7));
    CHECK(of_false(0) == Approx(0).margin(2e-7));
    CHECK(of_false(1) == Approx(-std::log(1e-7)).epsilon(near));
    CHECK(with_little(0) == Approx(0).margin(2e-12));
    CHECK(with_little(1) == Approx(-std::log(1e-12)).epsilon(near));
}

}  // namespace

TEST_CASE("log_loss of what was thought impossible is finite", "[nn]") {
    check_certainty<double>(1e-12);
    check_certainty<float>(1e-6);
}

namespace {

template <dtype Weights, reduction Kind> struct weighted {
    constexpr tensor operator()(scope&, const tensor& losses, const tensor& weights) const {
        return compute_weighted_loss(losses, {.weights = cast(weights, Weights), .reduction = Kind});
    }
};
using all = std::vector<float>;
template <dtype Weights, reduction Kind, class Losses, class Extents>
std::vector<float> weigh(const std::vector<float>& losses, const std::vector<float>& weights) {
    model<weighted<Weights, Kind>, Losses, Extents> net(seed{});
    return elements(net(losses, weights));
}
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("weights are one each, one an example, or one", "[nn]") {
    using losses = input<float, 2, 3>;
    const all x{1, 2, 3, 4, 5, 6};
    constexpr auto none = reduction::none, sum = reduction::sum, mean = reduction::mean;
    CHECK(weigh<float32, none, losses, input<float, 2, 3>>(x, {1, 0, 2, 0, 1, 1}) == all{1, 0, 6, 0, 5, 6});
    CHECK(weigh<float32, none, losses, input<float, 2>>(x, {1, 3}) == all{1, 2, 3, 12, 15, 18});
    CHECK(weigh<float32, none, losses, input<float, 1, 3>>(x, {0, 1, 2}) == all{0, 2, 6, 0, 5, 12});
    CHECK(weigh<float32, none, losses, input<float, 1>>(x, {2}) == all{2, 4, 6, 8, 10, 12});
    CHECK(weigh<float32, sum, losses, input<float, 2>>(x, {1, 3}) == all{51});
    CHECK(weigh<float32, mean, losses, input<float, 2>>(x, {1, 3}) == all{51.0f / 12});
    CHECK(weigh<float32, mean, losses, input<float, 2>>(x, {0, 3}) == all{5});
    CHECK(weigh<float32, mean, losses, input<float, 1>>(x, {5}) == all{3.5f});
    CHECK(weigh<int32, mean, losses, input<float, 2>>(x, {1, 0}) == all{2});
    CHECK(weigh<boolean, mean, losses, input<float, 2>>(x, {0, 1}) == all{5});
}

TEST_CASE("a mask leaves out NaN, and everything", "[nn]") {
    using losses = input<float, 3>;
    using mask = input<float, 3>;
    const all x{1, not_a_number, 3};
    constexpr auto none = reduction::none, sum = reduction::sum, mean = reduction::mean;
    CHECK(weigh<boolean, none, losses, mask>(x, {1, 0, 1}) == all{1, 0, 3});
    CHECK(weigh<float32, sum, losses, mask>(x, {1, 0, 1}) == all{4});
    CHECK(weigh<float32, mean, losses, mask>(x, {1, 0, 1}) == all{2});
    CHECK(weigh<float32, mean, losses, mask>(x, {0, 0, 0}) == all{0});
    CHECK(std::isnan(weigh<float32, mean, losses, mask>(x, {1, 1, 1})[0]));
    // What no weight says is not left out.
    CHECK(std::isnan(weigh<float32, sum, losses, mask>({1, 2, 3}, {1, not_a_number, 1})[0]));
    CHECK(weigh<float32, none, losses, mask>({1, 2, 3}, {1, -1, 0}) == all{1, -2, 0});
}

namespace {

struct masked_trainer {
    struct outputs {
        tensor loss, by_logits;
    };
    constexpr outputs operator()(scope& s, const tensor& labels, const tensor& mask) const {
        const variable logits = s.get_variable("logits", {3, 2});
        const tensor losses = sparse_softmax_cross_entropy(logits, labels);
        const tensor loss = compute_weighted_loss(losses, {.weights = mask});
        return {loss, gradients(loss, s.trainable_variables())[0]};
    }
};

}  // namespace

TEST_CASE("what fills up a batch moves nothing", "[nn]") {
    model<masked_trainer, input<std::int32_t, 3>, input<float, 3>> net(seed{1});
    net.set<"logits">(std::array<float, 6>{0, 0, 0, 0, 100, -100});
    const auto [loss, by_logits] = net(std::array<std::int32_t, 3>{0, 1, 0}, std::array<float, 3>{1, 1, 0});
    CHECK(loss == Approx(std::log(2.0)));
    const std::vector<float> wanted{-0.25f, 0.25f, 0.25f, -0.25f, 0, 0};
    for (std::size_t i = 0; i < 6; ++i) CHECK(by_logits.data()[i] == Approx(wanted[i]));
    // Nor if its label is no class.
    const auto [same_loss, same_slopes] = net(std::array<std::int32_t, 3>{0, 1, -1}, std::array<float, 3>{1, 1, 0});
    CHECK(same_loss == Approx(std::log(2.0)));
    for (std::size_t i = 0; i < 6; ++i) CHECK(same_slopes.data()[i] == Approx(wanted[i]));
}

namespace {

struct distances {
    struct outputs {
        tensor pairs, triplets, by_a;
    };
    constexpr outputs operator()(scope& s, const tensor& b, const tensor& alike) const {
        const variable a = s.get_variable("a", {3, 2});
        const tensor pairs = contrastive_loss(a, b, alike, {.margin = 2, .reduction = reduction::none});
        const tensor triplets = triplet_loss(b, a, reshape(alike, {3, 1}), {.margin = 1, .reduction = reduction::none});
        const tensor loss = contrastive_loss(a, b, alike, {.margin = 2, .reduction = reduction::sum});
        return {pairs, triplets, gradients(loss, s.trainable_variables())[0]};
    }
};

}  // namespace

TEST_CASE("pairs and triplets of vectors", "[nn]") {
    model<distances, input<float, 3, 2>, input<float, 3>> net(seed{1});
    // Distances: 5, 0.5, and 0 of a pair that should be apart.
    net.set<"a">(std::array<float, 6>{0, 0, 0.25f, 1, 1, 1});
    const auto [pairs, triplets, by_a] =
        net(std::array<float, 6>{3, 4, 0.25f, 0.5f, 1, 1}, std::array<float, 3>{1, 0, 0});
    CHECK(pairs(0) == 25);
    CHECK(pairs(1) == Approx(2.25));
    CHECK(pairs(2) == Approx(4).epsilon(1e-5));
    // |b - a|² - |b - alike|² + 1: 25 - (4 + 9) + 1; 0.25 - (0.0625 + 0.25) + 1; 0 - 2 + 1, which is no loss.
    CHECK(triplets(0) == 13);
    CHECK(triplets(1) == 0.9375f);
    CHECK(triplets(2) == 0);
    // 2 (a - b); -2 (margin - d) (a - b) / d; nothing where the vectors are equal, instead of NaN.
    const std::vector<float> wanted{-6, -8, 0, -3, 0, 0};
    for (std::size_t i = 0; i < 6; ++i) CHECK(by_a.data()[i] == Approx(wanted[i]));
}

TEST_CASE("losses refuse what does not fit", "[nn]") {
    graph_builder builder;
    const tensor x = builder.input(spec(float32, {2, 3})), z = builder.input(spec(float32, {2, 4}));
    const auto last = [&] { return builder.mistakes()[builder.mistakes().size() - 1].kind; };
    static_cast<void>(mean_squared_error(x, z));
    REQUIRE(last() == mistake::op_shape);
    static_cast<void>(mean_squared_error(x, x, {.weights = builder.input(spec(float32, {3}))}));
    REQUIRE(last() == mistake::op_shape);
    static_cast<void>(huber_loss(x, x, {.delta = -1}));
    REQUIRE(last() == mistake::op_option);
    const tensor labels = builder.input(spec(int32, {2, 3}));
    static_cast<void>(huber_loss(labels, labels));
    REQUIRE(last() == mistake::op_dtype);
    REQUIRE(builder.mistakes().size() == 4);
    REQUIRE(log_loss(x, labels).shape() == shape{});
    REQUIRE(hinge_loss(x, labels).shape() == shape{});
    const tensor twice = builder.constant(2, float32);
    REQUIRE(compute_weighted_loss(x, {.weights = twice, .reduction = reduction::none}).shape() == shape{2, 3});
    REQUIRE(compute_weighted_loss(x, {.weights = twice}).shape() == shape{});
    REQUIRE(builder.mistakes().size() == 4);
}
