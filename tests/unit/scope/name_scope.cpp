// SPDX-License-Identifier: BSL-1.0
#include <ambit/scope/name_scope.hpp>

#include <ambit/graph/builder.hpp>
#include <ambit/ops/all.hpp>

#include <ambit/scope/template.hpp>

#include "both_worlds.hpp"

#include <type_traits>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

constexpr int affects_ops_alone() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto foo = s.variable_scope("foo");
    {
        auto bar = foo.name_scope("bar");
        EXPECT(bar.name() == "foo/bar/");
        const variable v = foo.get_variable("v", {2});  // foo stays the scope to ask
        EXPECT(v.name() == "foo/v:0");
        EXPECT((x + v).name() == "foo/bar/add:0");
        EXPECT(foo.current().name() == "foo");
        auto inner = foo.variable_scope("inner");
        EXPECT(inner.name() == "foo/inner");
        EXPECT(inner.original_name_scope() == "foo/bar/inner/");
        EXPECT(relu(x).op_name() == "foo/bar/inner/relu");
    }
    EXPECT(relu(x).op_name() == "foo/relu");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int counts_up_when_taken() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    { auto layer = s.name_scope("layer"); }
    {
        auto layer = s.name_scope("layer");
        EXPECT(layer.name() == "layer_1/");
        EXPECT(relu(x).op_name() == "layer_1/relu");
    }
    {
        auto scoped = s.variable_scope("layer");
        EXPECT(scoped.name() == "layer");
        EXPECT(scoped.original_name_scope() == "layer_2/");
    }
    EXPECT(relu(x, {.name = "layer"}).op_name() == "layer_3");
    static_cast<void>(s.get_variable("held", {2}));
    auto held = s.name_scope("held");
    EXPECT(held.name() == "held_1/");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int a_trailing_slash_leads_back() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    short_text name;
    {
        auto a = s.name_scope("a");
        auto b = s.name_scope("b");
        name = b.name();
        EXPECT(name == "a/b/");
        EXPECT(relu(x).op_name() == "a/b/relu");
    }
    auto other = s.name_scope("other");
    for (int i = 0; i < 2; ++i) {
        auto back = s.name_scope(name);
        EXPECT(back.name() == "a/b/");
        EXPECT(relu(x).op_name() == (i == 0 ? "a/b/relu_1" : "a/b/relu_2"));
        auto below = s.name_scope("c");
        EXPECT(below.name() == (i == 0 ? "a/b/c/" : "a/b/c_1/"));
    }
    {
        auto top = s.name_scope("");
        EXPECT(top.name() == "");
        EXPECT(relu(x).op_name() == "relu");
        EXPECT(s.name_scope("other").name() == "other_1/");
    }
    EXPECT(relu(x).op_name() == "other/relu");
    // A variable scope says where it put its ops, and name_scope takes that.
    auto conv = s.variable_scope("conv");
    short_text original = conv.original_name_scope();
    scope_handle handle = conv.handle();
    conv.close();
    auto again = s.name_scope(original);
    EXPECT(relu(x).op_name() == "other/conv/relu");
    again.close();
    // It stays the one of the first opening when a handle leads back.
    auto elsewhere = s.variable_scope("elsewhere");
    auto back = elsewhere.variable_scope(handle);
    EXPECT(back.original_name_scope() == original);
    EXPECT(back.handle().original_name_scope() == original);
    EXPECT(relu(x).op_name() == "other/elsewhere/relu");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int names_are_as_legal_as_those_of_variables() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    {
        auto bad = s.name_scope("_private");  // fine below a scope
        EXPECT(builder.mistakes().size() == 1);
        EXPECT(builder.mistakes()[0].kind == mistake::invalid_name);
        EXPECT(relu(x).op_name() == "relu");
    }
    { auto bad = s.name_scope("/"); }
    { auto bad = s.name_scope("a//"); }
    { auto bad = s.name_scope("two words"); }
    EXPECT(builder.mistakes().size() == 4);
    auto a = s.name_scope("a");
    auto fine = s.name_scope("_private");
    EXPECT(fine.name() == "a/_private/");
    // Whatever the prefix of its variables is, a scope whose ops stand at the top begins a path there.
    auto top = s.name_scope("");
    EXPECT(builder.mistakes().size() == 4);
    EXPECT(relu(x, {.name = "-w"}).op_name() == "");
    EXPECT(builder.mistakes().size() == 5);
    return 0;
}

constexpr int an_ops_whole_name_is_that_of_the_name_scope() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    EXPECT(s.current_name_scope() == "");
    auto foo = s.variable_scope("foo");
    auto n = foo.name_scope("layer");
    EXPECT(foo.current_name_scope() == "foo/layer/" && n.name() == "foo/layer/");
    EXPECT(relu(x).op_name() == "foo/layer/relu");
    EXPECT(relu(x, {.name = n.name()}).op_name() == "foo/layer");
    EXPECT(relu(x, {.name = foo.current_name_scope()}).op_name() == "foo/layer_1");  // one op has it already
    n.close();
    EXPECT(s.current_name_scope() == "foo/");
    {
        auto counts_on = foo.name_scope("layer");
        EXPECT(counts_on.name() == "foo/layer_2/");
        auto back = foo.name_scope("foo/layer/");
        EXPECT(foo.current_name_scope() == "foo/layer/");
        EXPECT(relu(x).op_name() == "foo/layer/relu_1");
    }
    // From the top, whatever is open; never a name that an op or a variable has.
    EXPECT(relu(x, {.name = "other/op/"}).op_name() == "other/op");
    const variable v = foo.get_variable("v", {2});
    EXPECT(relu(x, {.name = "foo/v/"}).op_name() == "foo/v_1");
    EXPECT(builder.assign(v, x, {.name = "foo/set/"}, {}).op_name() == "foo/set");
    EXPECT(builder.mistakes().empty());
    EXPECT(relu(x, {.name = "/"}).op_name() == "");
    EXPECT(relu(x, {.name = "a//"}).op_name() == "");
    EXPECT(relu(x, {.name = "_a/"}).op_name() == "");
    EXPECT(builder.mistakes().size() == 3 && builder.mistakes()[2].kind == mistake::invalid_name);
    return 0;
}

constexpr int a_default_name_counts_up() {
    graph_builder builder;
    scope s(builder);
    const auto opened = [&](std::string_view name) {
        auto names = s.name_scope(name, {.default_name = "dense"});
        return names.name();
    };
    EXPECT(opened("") == "dense/");
    EXPECT(opened("") == "dense_1/");
    EXPECT(opened("mine") == "mine/");
    EXPECT(opened("dense/") == "dense/");
    auto a = s.variable_scope("a");
    auto names = a.name_scope({.default_name = "dense"});
    EXPECT(names.name() == "a/dense/");
    EXPECT(a.name() == "a");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int a_unique_name_is_taken_or_looked_at() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto a = s.variable_scope("a");
    EXPECT(a.unique_op_name("relu", {.mark_as_used = false}) == "a/relu");
    EXPECT(a.unique_op_name("relu", {.mark_as_used = false}) == "a/relu");
    EXPECT(relu(x).op_name() == "a/relu");
    EXPECT(a.unique_op_name("relu", {.mark_as_used = false}) == "a/relu_1");
    short_text taken = a.unique_op_name("relu");
    EXPECT(taken == "a/relu_1");
    EXPECT(relu(x).op_name() == "a/relu_2");
    taken += '/';
    EXPECT(relu(x, {.name = taken}).op_name() == "a/relu_1");
    EXPECT(a.unique_op_name("relu", {.mark_as_used = false}) == "a/relu_3");
    EXPECT(relu(x).op_name() == "a/relu_3");
    EXPECT(builder.mistakes().empty());
    EXPECT(a.unique_op_name("not legal") == "");
    EXPECT(builder.mistakes()[0].kind == mistake::invalid_name);
    return 0;
}

constexpr int without_an_auxiliary_name_scope_ops_stay() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    {
        auto foo = s.variable_scope("foo", {.auxiliary_name_scope = false});
        EXPECT(foo.get_variable("v", {2}).name() == "foo/v:0");
        EXPECT(relu(x).op_name() == "relu");
        EXPECT(foo.original_name_scope() == "" && foo.current_name_scope() == "");
        auto bar = foo.variable_scope("bar");  // a child opens one of its own
        EXPECT(bar.get_variable("v", {2}).name() == "foo/bar/v:0");
        EXPECT(bar.original_name_scope() == "bar/");
    }
    auto names = s.name_scope("names");
    auto again = s.variable_scope({.default_name = "foo", .auxiliary_name_scope = false});
    EXPECT(again.name() == "foo_1");
    EXPECT(relu(x).op_name() == "names/relu");
    EXPECT(again.original_name_scope() == "names/");
    EXPECT(again.variable("w", 1.f).name() == "names/w:0");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int a_path_is_legal_as_a_whole_wherever_its_scope_was_jumped_to() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto layer = make_template("_layer", [&](scope& own) {
        static_cast<void>(own.get_variable("w", {2}));
        return relu(x).op_name();
    });
    const scope_handle foo = [&] {
        auto open = s.variable_scope("foo");
        { auto inner = open.variable_scope("_hidden"); }
        static_cast<void>(layer(open));
        return open.handle();
    }();
    {
        auto back = s.variable_scope(foo);
        auto hidden = back.variable_scope("_hidden");
        EXPECT(hidden.get_variable("v", {2}).name() == "foo/_hidden/v:0");
        EXPECT(hidden.original_name_scope() == "foo/_hidden_1/");
        auto deeper = hidden.variable_scope("-x");
        EXPECT(deeper.original_name_scope() == "foo/_hidden_1/-x/");
    }
    EXPECT(layer(s) == "foo/_layer_1/relu");
    EXPECT(builder.mistakes().empty());
    { auto at_the_top = s.variable_scope("_hidden"); }
    EXPECT(builder.mistakes().size() == 1 && builder.mistakes()[0].kind == mistake::invalid_name);
    return 0;
}

constexpr int closing_is_in_order() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a");
    auto names = a.name_scope("names");
    a.close();  // before the name scope
    EXPECT(builder.mistakes().size() == 1);
    EXPECT(builder.mistakes()[0].kind == mistake::scope_out_of_order);
    names.close();
    names.close();
    EXPECT(builder.mistakes().size() == 1);
    auto outer = s.variable_scope("outer");
    auto inner = outer.variable_scope("inner");
    auto wrong = outer.name_scope("names");  // outer is not the innermost
    EXPECT(builder.mistakes().size() == 2);
    EXPECT(builder.mistakes()[1].kind == mistake::scope_out_of_order);
    return 0;
}

}  // namespace

TEST_CASE("op names: name_scope affects ops alone") { IN_BOTH_WORLDS(affects_ops_alone); }
TEST_CASE("op names: a name scope counts up") { IN_BOTH_WORLDS(counts_up_when_taken); }
TEST_CASE("op name uniqueness: a trailing slash re-opens, \"\" is the top") {
    IN_BOTH_WORLDS(a_trailing_slash_leads_back);
}
TEST_CASE("legal names: name scopes") { IN_BOTH_WORLDS(names_are_as_legal_as_those_of_variables); }
TEST_CASE("legal names: a path that is legal as a whole") {
    IN_BOTH_WORLDS(a_path_is_legal_as_a_whole_wherever_its_scope_was_jumped_to);
}
TEST_CASE("op names: a whole name") { IN_BOTH_WORLDS(an_ops_whole_name_is_that_of_the_name_scope); }
TEST_CASE("op names: default names of name scopes") { IN_BOTH_WORLDS(a_default_name_counts_up); }
TEST_CASE("op names: a unique name, taken or not") { IN_BOTH_WORLDS(a_unique_name_is_taken_or_looked_at); }
TEST_CASE("op names: no auxiliary name scope") { IN_BOTH_WORLDS(without_an_auxiliary_name_scope_ops_stay); }
TEST_CASE("scope discipline: name scopes close in order") { IN_BOTH_WORLDS(closing_is_in_order); }
TEST_CASE("a name scope is an object bound to its block") {
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<name_scope>);
    STATIC_REQUIRE_FALSE(std::is_move_constructible_v<name_scope>);
    STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<name_scope>);
}
