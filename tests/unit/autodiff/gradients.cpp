// SPDX-License-Identifier: BSL-1.0
// How gradients are put together; the rule of each op: tests/laws/gradients.cpp.
#include <ambit/autodiff/gradients.hpp>

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;

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
