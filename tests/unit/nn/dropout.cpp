// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/dropout.hpp>

#include <ambit/ambit.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <vector>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

constexpr std::size_t wide = 1000;
using row = std::array<float, wide>;

row counted() {
    row x{};
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i + 1);
    return x;
}

struct dropped {
    constexpr tensor operator()(scope& s, const tensor& x) const { return dropout(s, x, {.rate = 0.2}); }
};

// Σ dropout(w)² · x / 2: the gradient by w is w · mask² · x, of the call's own mask.
struct trained {
    bool training = true;
    struct outputs {
        tensor seen, gradient;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable w = s.get_variable("w", {4, wide}, {.initializer = constant(2)});
        const tensor seen = dropout(s, w, {.rate = 0.25, .training = training});
        const tensor loss = reduce_sum(square(seen) * x) * 0.5;
        const buffer<tensor> by = gradients(loss, s.trainable_variables());
        return {seen, identity(by[0]), minimize(s, loss, sgd{.learning_rate = 0.5})};
    }
};
using trainer = model<configured<trained{}>, input<float, wide>>;
using evaluation = model<configured<trained{.training = false}>, input<float, wide>>;

template <class T, class View> std::vector<T> copied(const View& view) { return {view.begin(), view.end()}; }

}  // namespace

TEST_CASE("an element is dropped, or scaled so that the mean stays", "[nn][dropout]") {
    model<dropped, input<float, wide>> net(seed{5});
    const row x = counted();
    std::vector<float> before;
    int kept = 0;
    constexpr int calls = 200;
    for (int call = 0; call < calls; ++call) {
        const std::vector<float> y = copied<float>(net(x));
        REQUIRE(y != before);
        for (std::size_t i = 0; i < wide; ++i) {
            REQUIRE((y[i] == 0 || y[i] == x[i] * 1.25f));
            kept += y[i] != 0 ? 1 : 0;
        }
        before = y;
    }
    constexpr double draws = 1.0 * calls * wide;
    CHECK(std::abs(kept - 0.8 * draws) < 5 * std::sqrt(0.8 * 0.2 * draws));
    net.reset();
    model<dropped, input<float, wide>> again(seed{5});
    for (int call = 0; call < 3; ++call) REQUIRE(copied<float>(net(x)) == copied<float>(again(x)));
    model<dropped, input<float, wide>> other(seed{6});
    REQUIRE(copied<float>(net(x)) != copied<float>(other(x)));
}

TEST_CASE("gradients go through the mask of their own call", "[nn][dropout]") {
    trainer net(seed{1});
    const row x = counted();
    std::vector<float> before;
    for (int call = 0; call < 3; ++call) {
        net.set<"w">(std::vector<float>(4 * wide, 2.0f));
        const auto [seen, gradient] =
            net.run<&trained::outputs::seen, &trained::outputs::gradient, &trained::outputs::train>(x);
        REQUIRE(copied<float>(seen) != before);
        before = copied<float>(seen);
        const auto w = net.get<"w">();
        for (std::size_t i = 0; i < 4 * wide; ++i) {
            const float scale = before[i] / 2, slope = gradient.data()[i];
            REQUIRE(slope == Approx(scale * before[i] * x[i % wide]).epsilon(1e-6));
            REQUIRE(w.data()[i] == Approx(2 - 0.5f * slope).epsilon(1e-6));
        }
    }
    // A call that asks for the gradient alone has a mask too, the next one.
    REQUIRE(net.get<"dropout/mask/state">()(1) == 3);
    static_cast<void>(net.run<&trained::outputs::gradient>(x));
    REQUIRE(net.get<"dropout/mask/state">()(1) == 4);
}

TEST_CASE("a module for training and one for evaluation share their variables", "[nn][dropout]") {
    STATIC_REQUIRE(trainer::parameter_count == evaluation::parameter_count);
    STATIC_REQUIRE(trainer::variables.size() == 2);
    STATIC_REQUIRE(evaluation::variables.size() == 1);
    trainer net(seed{1});
    evaluation test(net.parameters());
    const row x = counted();
    net.run<&trained::outputs::train>(x);
    const auto seen = test.run<&trained::outputs::seen>();
    REQUIRE(copied<float>(seen) == copied<float>(net.get<"w">()));
    trainer back(test.copy().parameters(), seed{9});  // evaluation's parameters are all that training needs
    REQUIRE(copied<float>(back.get<"w">()) == copied<float>(net.get<"w">()));
}

TEST_CASE("a mask may be shared along axes", "[nn][dropout]") {
    struct channels {
        constexpr tensor operator()(scope& s, const tensor& x) const {
            return dropout(s, x, {.rate = 0.5, .noise_shape = shape{2, 1, 1, 3}});
        }
    };
    model<channels, input<float, 2, 4, 5, 3>> net(seed{2});
    const std::vector<float> ones(2 * 4 * 5 * 3, 1.0f);
    int kept = 0;
    for (int call = 0; call < 100; ++call) {
        const auto y = copied<float>(net(ones));
        for (std::size_t n = 0; n < 2; ++n)
            for (std::size_t c = 0; c < 3; ++c) {
                kept += y[n * 60 + c] != 0 ? 1 : 0;
                for (std::size_t pixel = 0; pixel < 20; ++pixel) REQUIRE(y[n * 60 + pixel * 3 + c] == y[n * 60 + c]);
            }
    }
    CHECK(std::abs(kept - 300) < 5 * std::sqrt(150));
}

TEST_CASE("rates, dtypes and shapes of dropout", "[nn][dropout]") {
    const auto first_mistake = [](double rate, shape noise, dtype type) {
        graph_builder builder(on_mistake::collect);
        scope s(builder);
        const tensor x = builder.input({{2, 3}, type});
        static_cast<void>(dropout(s, x, {.rate = rate, .noise_shape = noise}) + x);
        return builder.mistakes().empty() ? mistake::none : builder.mistakes()[0].kind;
    };
    CHECK(first_mistake(0.3, {2, 3}, float64) == mistake::none);
    CHECK(first_mistake(0, {2, 1}, float32) == mistake::none);
    CHECK(first_mistake(1, {2, 3}, float32) == mistake::op_option);
    CHECK(first_mistake(-0.1, {2, 3}, float32) == mistake::op_option);
    CHECK(first_mistake(0.3, {2, 3}, int32) == mistake::op_dtype);
    CHECK(first_mistake(0, {2, 3}, int32) == mistake::op_dtype);
    CHECK(first_mistake(0.3, {2, 2}, float32) == mistake::op_shape);
    CHECK(first_mistake(0.3, {4, 2, 3}, float32) == mistake::op_shape);
    graph_builder builder(on_mistake::raise);
    scope s(builder);
    const tensor x = builder.input({{2}, float32});
    CHECK(dropout(s, x, {.rate = 0.5}).op_name() == "dropout");
    CHECK(dropout(s, x, {.rate = 0, .name = "drop"}).op_name() == "drop");
    CHECK(dropout(s, x, {.rate = 0.5, .training = false}).op_name() == "dropout_1");
    CHECK(s.local_variables().size() == 1);
    CHECK(s.local_variables()[0].name() == "dropout/mask/state:0");
}
