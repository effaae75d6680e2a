// SPDX-License-Identifier: BSL-1.0
#include <ambit/model/model.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <cmath>  // C's functions of the same names

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

struct two_layers {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const tensor h = dense(s, "hidden", x, 4, {.weights = ones(), .biases = constant(0.5)});
        return dense(s, "logits", h, 2, {.weights = constant(2)});
    }
};
using net = model<two_layers, input<float, 2, 3>>;

}  // namespace

TEST_CASE("dense makes weights and biases in a scope of its own", "[nn]") {
    STATIC_REQUIRE(net::variables.size() == 4);
    STATIC_REQUIRE(net::variables[0].path == "hidden/weights");
    STATIC_REQUIRE(net::variables[0].extents == shape{3, 4});
    STATIC_REQUIRE(net::variables[1].path == "hidden/biases");
    STATIC_REQUIRE(net::variables[1].extents == shape{4});
    STATIC_REQUIRE(net::variables[2].path == "logits/weights");
    STATIC_REQUIRE(net::variables[2].extents == shape{4, 2});
    STATIC_REQUIRE(net::variables[3].initializer == zeros());
    // One kernel a layer.
    STATIC_REQUIRE(plan_of<net::graph, all_outputs>::counts.steps == 2);
}

TEST_CASE("dense computes x w + b", "[nn]") {
    net n(seed{});
    // Hidden: 6.5 four times for the first row, 0.5 for the second; logits: 2 * 4 * that.
    CHECK(elements(n(std::array<float, 6>{1, 2, 3, 0, 1, -1})) == std::vector<float>{52, 52, 4, 4});
}

TEST_CASE("the initializer of weights is the scope's, or Glorot's", "[nn]") {
    STATIC_REQUIRE([] {
        const module_run run(
            [](scope& s, const tensor& x) {
                auto inner = s.variable_scope("inner", {.initializer = constant(3)});
                const tensor h = dense(inner, "a", x, 4);
                inner.close();
                return dense(s, "b", h, 2);
            },
            {spec(float32, {2, 3})});
        const auto initializer_at = [&](int v) { return run.builder().initializer_of(v); };
        return initializer_at(0) == constant(3) && initializer_at(1) == zeros() &&
               initializer_at(2) == glorot_uniform();
    }());
}

TEST_CASE("a dense layer ends in biases and an activation, or without them", "[nn]") {
    STATIC_REQUIRE([] {
        const module_run run(
            [](scope& s, const tensor& x) {
                const tensor h = dense(s, "a", x, 4, {.activation = relu, .use_bias = false});
                return dense(s, "b", h, 2, {.activation = [](const tensor& y, const auto&...) { return neg(y); }});
            },
            {spec(float32, {2, 3})});
        const graph_builder& built = run.builder();
        const auto op_of_operand = [&](int id) { return built.node_at(built.value().operand(id, 0)).op->id; };
        const int last = run.result().id();
        return built.variable_count() == 3 && built.node_at(last).op->id == op_id("neg") &&
               op_of_operand(last) == op_id("bias_add") && built.variable_at(1).spec.extents == shape{4, 2};
    }());
}

TEST_CASE("dense is shared by its name, and refuses what is no matrix", "[nn]") {
    constexpr auto kind = [](const auto& f, const shape& extents) {
        const reports all = check(f, {spec(float32, extents)});
        return all.empty() ? mistake::none : all[0].kind;
    };
    constexpr auto twice = [](scope& s, const tensor& x) {
        return dense(s, "a", x, 3) + dense(s, "a", x, 3);
    };
    constexpr auto shared = [](scope& s, const tensor& x) {
        const tensor first = dense(s, "a", x, 3);
        s.reuse_variables();
        const tensor second = dense(s, "a", first, 3);
        return second;
    };
    constexpr auto once = [](scope& s, const tensor& x) { return dense(s, "a", x, 3); };
    STATIC_REQUIRE(kind(twice, {2, 3}) == mistake::variable_exists);
    STATIC_REQUIRE(kind(shared, {2, 3}) == mistake::none);
    STATIC_REQUIRE(kind(shared, {2, 4}) == mistake::shape_mismatch);
    STATIC_REQUIRE(kind(once, {}) == mistake::op_shape);
    STATIC_REQUIRE(kind(once, {3}) == mistake::op_shape);
    STATIC_REQUIRE(kind(once, {2, 3, 4}) == mistake::none);  // [2, 3, 3]: leading axes are a batch
}

TEST_CASE("a dense layer has the dtype of what it is given, whatever the scope says", "[nn]") {
    struct one_layer {
        constexpr tensor operator()(scope& s, const tensor& x) const {
            auto around = s.variable_scope("around", {.dtype = float32});
            return dense(around, "layer", x, 1, {.weights = ones()});
        }
    };
    using exact = model<one_layer, input<double, 1, 3>>;
    STATIC_REQUIRE(exact::variables[0].dtype == float64);
    STATIC_REQUIRE(exact::variables[1].dtype == float64);
    exact layer(seed{1});
    CHECK(layer(std::array<double, 3>{1, 2, 3 + 1e-12})(0, 0) == 6 + 1e-12);
    graph_builder builder;
    scope s(builder);
    static_cast<void>(dense(s, "layer", builder.input(spec(int32, {1, 3})), 2));
    REQUIRE(builder.mistakes().size() == 1);
    CHECK(builder.mistakes()[0].kind == mistake::op_dtype);
}

TEST_CASE("an activation may be one of several functions of its name", "[nn]") {
    STATIC_REQUIRE([] {
        const module_run run(
            [](scope& s, const tensor& x) {
                return dense(s, "b", dense(s, "a", x, 4, {.activation = exp}), 4, {.activation = tanh});
            },
            {spec(float32, {2, 3})});
        return run.result().op_name() == "b/tanh";
    }());
}
