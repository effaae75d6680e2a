// SPDX-License-Identifier: BSL-1.0
#include <ambit/scope/template.hpp>

#include <ambit/graph/builder.hpp>
#include <ambit/ops/all.hpp>

#include "both_worlds.hpp"

#include <stdexcept>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

constexpr tensor shift(scope& s, const tensor& x) { return add(x, s.get_variable("bias", {2})); }

constexpr int creates_once_and_shares() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto layer = make_template("layer", shift);
    EXPECT(layer(s, x).op_name() == "layer/add");
    EXPECT(layer.handle().name() == "layer");
    auto elsewhere = s.variable_scope("elsewhere");
    EXPECT(layer(elsewhere, x).op_name() == "elsewhere/layer/add");
    EXPECT(layer(elsewhere, x).op_name() == "elsewhere/layer_1/add");
    EXPECT(builder.variable_count() == 1);
    EXPECT(builder.variable_at(0).uses == 3);
    EXPECT(s.global_variables("layer").size() == 1);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int each_template_has_its_own_scope() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto first = make_template("layer", shift);
    auto second = make_template("layer", shift);
    auto inside = s.variable_scope("net");
    static_cast<void>(second(inside, x));  // fixed by the first call, where that is
    inside.close();
    static_cast<void>(first(s, x));
    EXPECT(second.handle().name() == "net/layer");
    EXPECT(first.handle().name() == "layer");
    auto third = make_template("layer", shift);
    static_cast<void>(third(s, x));
    EXPECT(third.handle().name() == "layer_1");
    EXPECT(builder.variable_count() == 3);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int the_scope_is_fixed_now_if_asked() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto net = s.variable_scope("net", {.dtype = float32, .trainable = false});
    auto layer = make_template(net, "layer", shift);
    EXPECT(layer.handle().name() == "net/layer");
    net.close();
    auto other = s.variable_scope("other");
    EXPECT(layer(other, x).op_name() == "other/layer/add");
    EXPECT(s.global_variables("net/layer").size() == 1);
    EXPECT(!builder.variable_at(0).trainable);  // the defaults of where it was fixed
    static_cast<void>(layer(other, x));
    EXPECT(builder.variable_count() == 1);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int a_unique_name_is_taken_as_it_is() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto one = make_template("layer", shift, {.unique_name = "shared"});
    auto two = make_template("layer", shift, {.unique_name = "shared"});
    static_cast<void>(one(s, x));
    EXPECT(one.handle().name() == "shared");
    static_cast<void>(two(s, x));  // its first call creates, and finds the name taken
    EXPECT(builder.mistakes().size() == 1);
    EXPECT(builder.mistakes()[0].kind == mistake::variable_exists);
    return 0;
}

constexpr int later_calls_create_nothing() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    int calls = 0;
    auto changing = make_template("changing", [&](scope& own, const tensor& y) {
        const variable b = own.get_variable(calls++ == 0 ? "first" : "second", {2});
        return add(y, b);
    });
    static_cast<void>(changing(s, x));
    static_cast<void>(changing(s, x));
    EXPECT(builder.mistakes().size() == 1);
    EXPECT(builder.mistakes()[0].kind == mistake::variable_missing);
    EXPECT(builder.variable_count() == 1);
    auto nothing = make_template("nothing", [&](scope& own) { static_cast<void>(own.get_variable("w", {2})); });
    nothing(s);
    nothing(s);
    EXPECT(builder.variable_at(1).uses == 2);
    return 0;
}

constexpr int its_original_name_scope_is_that_of_the_first_call() {
    graph_builder builder;
    scope s(builder);
    const auto original = [](scope& own) { return own.original_name_scope(); };
    auto layer = make_template("layer", original);
    auto outer = s.variable_scope("outer");
    EXPECT(layer(outer) == "outer/layer/");
    EXPECT(layer(outer) == "outer/layer/");
    outer.close();
    auto elsewhere = s.name_scope("elsewhere");
    EXPECT(layer(s) == "outer/layer/");
    EXPECT(layer.handle().original_name_scope() == "outer/layer/");
    auto now = make_template(s, "now", original);
    EXPECT(now.handle().original_name_scope() == "now/");
    EXPECT(now(s) == "elsewhere/now/");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int a_reusing_scope_makes_the_first_call_share() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    const variable bias = s.get_variable("net/layer/bias", {2});
    auto net = s.variable_scope("net", {.reuse = true});
    auto layer = make_template("layer", shift);
    static_cast<void>(layer(net, x));
    EXPECT(builder.variable_count() == 1);
    EXPECT(builder.variable_at(bias.id()).uses == 2);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int one_made_inside_another_shares_with_it() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto outer = make_template("outer", [](scope& own, const tensor& value) {
        auto inner = make_template("inner", shift);  // another one at each call, and always outer/inner
        const tensor once = inner(own, value);
        return inner(own, once);
    });
    static_cast<void>(outer(s, x));
    auto elsewhere = s.variable_scope("elsewhere");
    static_cast<void>(outer(elsewhere, x));
    EXPECT(builder.variable_count() == 1);
    EXPECT(builder.path_of(0) == "outer/inner/bias");
    EXPECT(builder.variable_at(0).uses == 4);
    EXPECT(builder.mistakes().empty());
    return 0;
}

}  // namespace

TEST_CASE("make_template: one made inside another") { IN_BOTH_WORLDS(one_made_inside_another_shares_with_it); }
TEST_CASE("make_template creates on the first call and shares on later ones") { IN_BOTH_WORLDS(creates_once_and_shares); }
TEST_CASE("make_template: each has its own scope, fixed at the first call") {
    IN_BOTH_WORLDS(each_template_has_its_own_scope);
}
TEST_CASE("make_template: the scope is fixed at making if asked") { IN_BOTH_WORLDS(the_scope_is_fixed_now_if_asked); }
TEST_CASE("make_template: a unique name is taken as it is") { IN_BOTH_WORLDS(a_unique_name_is_taken_as_it_is); }
TEST_CASE("make_template: later calls create nothing") { IN_BOTH_WORLDS(later_calls_create_nothing); }
TEST_CASE("make_template: its name scope is that of the first call") {
    IN_BOTH_WORLDS(its_original_name_scope_is_that_of_the_first_call);
}
TEST_CASE("make_template: no handle before the first call") {
    graph_builder builder(on_mistake::raise);
    scope s(builder);
    auto layer = make_template("layer", [](scope& own) { return own.name(); });
    REQUIRE_THROWS_WITH(layer.handle(), Catch::Contains("call it first"));
    REQUIRE(layer(s) == "layer");
    REQUIRE(layer.handle().name() == "layer");
}
TEST_CASE("make_template in a reusing scope") { IN_BOTH_WORLDS(a_reusing_scope_makes_the_first_call_share); }

TEST_CASE("make_template: after an exception the next call creates") {
    graph_builder builder(on_mistake::raise);
    scope s(builder);
    bool fails = true;
    auto layer = make_template("layer", [&](scope& own) {
        if (fails) throw std::runtime_error("the user's own");
        return own.get_variable("w", {2});
    });
    REQUIRE_THROWS_AS(layer(s), std::runtime_error);
    fails = false;
    REQUIRE(layer(s).name() == "layer/w:0");
    REQUIRE(layer(s).name() == "layer/w:0");
    REQUIRE(builder.variable_count() == 1);
}
