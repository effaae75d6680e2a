// SPDX-License-Identifier: BSL-1.0
// How gradients are put together; the rule of each op: tests/laws/gradients.cpp.
#include <ambit/autodiff/gradients.hpp>

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

// loss = Σ (w x)² + 3 w₀², and x is used twice by way of a shared variable.
struct shared {
    struct outputs {
        tensor loss, by_w, by_w_again;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable w = s.get_variable("w", {2}, {.initializer = constant({2, 5})});
        s.reuse_variables();
        const variable same = s.get_variable("w");
        const tensor first = reduce_sum(square(w * x));
        const tensor second = reduce_sum(square(same)) * 3;
        const tensor loss = first + second;
        const buffer<tensor> by = gradients(loss, s.trainable_variables());
        // The gradient of the gradient's sum: 2 x² + 6.
        const buffer<tensor> again = gradients(reduce_sum(by[0]), s.trainable_variables());
        return {loss, by[0], again[0]};
    }
};

struct named {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable w = s.get_variable("w", {2});
        const tensor y = x * w;
        return gradients(reduce_sum(y), s.trainable_variables())[0];
    }
};

}  // namespace

TEST_CASE("a shared variable gets the sum over its uses, and gradients have gradients", "[autodiff]") {
    model<shared, input<float, 2>> n(seed{1});
    const auto [loss, by_w, again] = n(std::array{3.0f, 1.0f});
    REQUIRE(loss == 36 + 25 + 3 * (4 + 25));
    REQUIRE(by_w(0) == 2 * 9 * 2 + 6 * 2);
    REQUIRE(by_w(1) == 2 * 1 * 5 + 6 * 5);
    REQUIRE(again(0) == 2 * 9 + 6);
    REQUIRE(again(1) == 2 * 1 + 6);
}

TEST_CASE("the ops of gradients have a name scope of their own", "[autodiff]") {
    const module_run run(named{}, {spec(float32, {2})});
    REQUIRE(run.result().op_name() == "gradients/mul");
}

TEST_CASE("what has no gradient is told", "[autodiff]") {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    const variable w = s.get_variable("w", {2});
    const variable unused = s.get_variable("unused", {2});
    const tensor y = x * w;
    const buffer<tensor> by = gradients(reduce_sum(y), s.trainable_variables());
    REQUIRE(by.size() == 2);
    REQUIRE(builder.mistakes().size() == 1);
    REQUIRE(builder.mistakes()[0].kind == mistake::gradient_missing);
    REQUIRE(by[1].shape() == unused.shape());
    REQUIRE(builder.gradients_of(w.id()) == 1);
    REQUIRE(builder.gradients_of(unused.id()) == 0);
    static_cast<void>(gradients(y, s.trainable_variables()));
    REQUIRE(builder.mistakes()[1].kind == mistake::gradient_loss);
    const tensor peaks = reduce_sum(cast(argmax(y, 0), float32));
    static_cast<void>(gradients(peaks, s.trainable_variables("w")));
    REQUIRE(builder.mistakes()[2].kind == mistake::not_differentiable);
    REQUIRE(builder.mistakes().size() == 3);
    s.reuse_variables();
    const tensor inert = reduce_sum(tensor(s.get_variable("missing", {2})));
    static_cast<void>(gradients(inert, s.trainable_variables()));
    REQUIRE(builder.mistakes().size() == 4);  // the missing variable alone
}

namespace {

// loss = Σ x (3 w + hard) with hard = round(w) + [w > 0] + how many of x are larger than w: steps, flat between them.
struct beside_steps {
    struct outputs {
        tensor loss, by_w;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable w = s.get_variable("w", {2}, {.initializer = constant({0.75, 2})});
        const tensor counted = cast(cast(reduce_sum(cast(greater(x, w), int32)), int64), float32);
        const tensor hard = round(w) + cast(greater(w, 0), float32) + counted + stop_gradient(w);
        const tensor loss = reduce_sum(x * (w * 3 + hard)) + cast(argmax(w, 0), float32);
        return {loss, gradients(loss, s.trainable_variables())[0]};
    }
};

short_text only_facts_of(const graph_builder& builder) {
    REQUIRE(builder.mistakes().size() == 1);
    return facts_of(builder.mistakes(), 0);
}

}  // namespace

TEST_CASE("a way that is cut does not matter where another one leads", "[autodiff]") {
    model<beside_steps, input<float, 2>> n(seed{1});
    const auto [loss, by_w] = n(std::array{4.0f, 1.0f});
    REQUIRE(loss == 4 * (2.25f + 1 + 1 + 1 + 0.75f) + 1 * (6.0f + 2 + 1 + 1 + 2) + 1);
    REQUIRE(by_w(0) == 12);
    REQUIRE(by_w(1) == 3);
}

TEST_CASE("what cuts variables off is named, with its line and them", "[autodiff]") {
    const auto cut_by = [](auto cut) {
        graph_builder builder;
        scope s(builder);
        const tensor x = builder.input(spec(float32, {2}));
        const variable w = s.get_variable("w", {2}), b = s.get_variable("b", {2}), v = s.get_variable("v", {2});
        const tensor h = x * w + b;
        const tensor loss = reduce_sum(cut(s, x, h) * v);
        static_cast<void>(gradients(loss, s.trainable_variables()));
        const short_text facts = only_facts_of(builder);
        REQUIRE(facts.view().find("\nat gradients.cpp:") != std::string_view::npos);
        REQUIRE(facts.view().find("\nasked at gradients.cpp:") != std::string_view::npos);
        REQUIRE(facts.view().find("\ncuts off w\ncuts off b") != std::string_view::npos);
        return std::string(facts.view().substr(0, facts.view().find('\n')));
    };
    using cut_input = const tensor&;
    CHECK(cut_by([](scope&, cut_input x, cut_input h) { return x * cast(cast(h, int32), float32); }) == "op cast");
    CHECK(cut_by([](scope&, cut_input x, cut_input h) { return x * cast(argmin(h, 0), float32); }) == "op argmin");
    CHECK(cut_by([](scope&, cut_input x, cut_input h) { return where(h > 0, x, x * 2); }) == "op greater");
    CHECK(cut_by([](scope&, cut_input, cut_input h) { return one_hot(argmax(h, 0), 2); }) == "op argmax");
    CHECK(cut_by([](scope&, cut_input x, cut_input h) { return gather(x, reshape(cast(h, int32), {2})); }) == "op cast");
    CHECK(cut_by([](scope&, cut_input, cut_input h) { return stop_gradient(h, {.name = "kept"}); }) == "op kept");
    CHECK(cut_by([](scope&, cut_input, cut_input h) { return floor(h, {.name = "cells"}); }) == "op cells");
    CHECK(cut_by([](scope& s, cut_input x, cut_input h) {
              const variable seen = s.get_variable("seen", {2}, {.trainable = false});
              assign(seen, h);
              return x + seen;
          }) == "op assign");
    CHECK(cut_by([](scope& s, cut_input x, cut_input h) {
              const auto count = [&](scope&, const tensor& state, const tensor& each) { return state + round(each * h); };
              return scan(s, count, reshape(x, {2, 1}), x * 0);
          }) == "op scan/round");
}

TEST_CASE("of many variables that one op cuts off eight are named", "[autodiff]") {
    graph_builder builder;
    scope s(builder);
    tensor h = builder.input(spec(float32, {2}));
    for (int i = 0; i < 10; ++i) h = h * s.get_variable("w" + std::to_string(i), {2});
    static_cast<void>(gradients(reduce_sum(round(h)), s.trainable_variables()));
    const short_text facts = only_facts_of(builder);
    CHECK(facts.view().find("\ncuts off w7\nand 2 more") != std::string_view::npos);
}
