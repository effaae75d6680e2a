// SPDX-License-Identifier: BSL-1.0
// The rules of scopes, each in constant evaluation and at run time.
#include <ambit/graph/builder.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/scope/scope.hpp>

#include "both_worlds.hpp"

#include <concepts>
#include <type_traits>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

constexpr int paths_are_scope_names_joined() {
    graph_builder builder;
    scope s(builder);
    EXPECT(s.name() == "");
    EXPECT(s.get_variable("at_top", {1}).name() == "at_top:0");
    {
        auto outer = s.variable_scope("outer");
        EXPECT(outer.name() == "outer");
        EXPECT(s.current().name() == "outer");
        auto inner = outer.variable_scope("a/b");
        EXPECT(inner.name() == "outer/a/b");
        EXPECT(inner.get_variable("w", {2}).name() == "outer/a/b/w:0");
        EXPECT(inner.get_variable("c/v", {2}).name() == "outer/a/b/c/v:0");
        EXPECT(inner.get_variable("_w", {2}).name() == "outer/a/b/_w:0");
    }
    EXPECT(s.current().name() == "");
    EXPECT(builder.mistakes().empty());
    EXPECT(builder.variable_count() == 4);
    return 0;
}

constexpr int shapes_are_taken_as_written() {
    graph_builder builder;
    scope s(builder);
    EXPECT(s.get_variable("scalar", {}).shape() == shape{});
    EXPECT(s.get_variable("one", {1}).shape() == shape{1});
    EXPECT(s.get_variable("two", {1, 2}).shape() == shape{1, 2});
    EXPECT(s.get_variable("three", {1, 2, 3}, {.dtype = int32}).dtype() == int32);
    s.reuse_variables();
    EXPECT(s.get_variable("two").shape() == shape{1, 2});
    EXPECT(s.get_variable("three", any_shape).shape() == shape{1, 2, 3});
    EXPECT(s.get_variable("three", any_shape, {.dtype = int32}).dtype() == int32);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int reuse_by_call_shares_from_there_on() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a");
    EXPECT(a.reuse() == reuse_mode::create);
    const variable first = a.get_variable("w", {3});
    a.reuse_variables();
    EXPECT(a.reuse() == reuse_mode::reuse);
    const variable again = a.get_variable("w", {3});
    EXPECT(first == again);
    EXPECT(builder.variable_count() == 1);
    EXPECT(builder.variable_at(0).uses == 2);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int reuse_by_option_ends_with_its_scope() {
    graph_builder builder;
    scope s(builder);
    const variable first = [&] {
        auto a = s.variable_scope("a");
        return a.get_variable("w", {3});
    }();
    {
        auto a = s.variable_scope("a", {.reuse = true});
        EXPECT(a.get_variable("w", {3}) == first);
    }
    {
        auto a = s.variable_scope("a");
        EXPECT(a.reuse() == reuse_mode::create);
        EXPECT(!(a.get_variable("v", {3}) == first));
    }
    EXPECT(s.reuse() == reuse_mode::create);
    EXPECT(builder.variable_count() == 2);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int reuse_is_inherited_and_never_unset() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a", {.reuse = true});
    {
        auto b = a.variable_scope("b");
        EXPECT(b.reuse() == reuse_mode::reuse);
        auto c = b.variable_scope("c", {.reuse = false});
        EXPECT(c.reuse() == reuse_mode::reuse);
        auto d = c.variable_scope("d", {.reuse = auto_reuse});
        EXPECT(d.reuse() == reuse_mode::reuse);
    }
    // At opening: a child that is open already keeps what it was opened with.
    a.close();
    auto outer = s.variable_scope("outer");
    auto child = outer.variable_scope("child");
    outer.reuse_variables();
    EXPECT(child.reuse() == reuse_mode::create);
    EXPECT(outer.reuse() == reuse_mode::reuse);
    return 0;
}

constexpr int reuse_is_taken_from_another_scope() {
    graph_builder builder;
    scope s(builder);
    auto model = s.variable_scope("model", {.reuse = auto_reuse});
    const scope_handle handle = model.handle();
    const variable v = model.get_variable("head/v", {2});
    model.close();
    auto plain = s.variable_scope("model", {.reuse = s.reuse()});
    EXPECT(plain.reuse() == reuse_mode::create);
    plain.close();
    auto again = s.variable_scope("model", {.reuse = handle.reuse()});
    EXPECT(again.reuse() == reuse_mode::automatic);
    auto head = again.variable_scope("head", {.reuse = reuse_mode::reuse});
    EXPECT(head.get_variable("v") == v);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int auto_reuse_creates_or_returns() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a", {.reuse = auto_reuse});
    const variable first = a.get_variable("w", {3});
    EXPECT(a.get_variable("w", {3}) == first);
    {
        auto b = a.variable_scope("b");
        EXPECT(b.reuse() == reuse_mode::automatic);
        EXPECT(b.get_variable("w", {3}) == b.get_variable("w", {3}));
        auto strict = b.variable_scope("strict", {.reuse = true});
        EXPECT(strict.reuse() == reuse_mode::reuse);
        strict.get_variable("w", {3});
        EXPECT(builder.mistakes().size() == 1);
        EXPECT(builder.mistakes()[0].kind == mistake::variable_missing);
    }
    a.get_variable("w", {4});
    EXPECT(builder.mistakes().size() == 2);
    EXPECT(builder.mistakes()[1].kind == mistake::shape_mismatch);
    EXPECT(builder.variable_count() == 2);
    return 0;
}

constexpr int a_handle_jumps_to_its_own_prefix() {
    graph_builder builder;
    scope s(builder);
    const scope_handle handle = [&] {
        auto a = s.variable_scope("a", {.initializer = ones()});
        return a.handle();
    }();
    EXPECT(handle.name() == "a");
    auto other = s.variable_scope("other", {.reuse = true, .initializer = zeros(), .dtype = float64});
    {
        auto back = other.variable_scope(handle);
        EXPECT(back.name() == "a");
        EXPECT(back.reuse() == reuse_mode::create);
        const variable w = back.get_variable("w", {3});
        EXPECT(w.name() == "a/w:0");
        EXPECT(w.dtype() == float32);
        EXPECT(builder.initializer_of(w.id()) == ones());
    }
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int a_handle_keeps_its_flag_unless_it_is_set_on_it() {
    graph_builder builder;
    scope s(builder);
    scope_handle handle = [&] {
        auto a = s.variable_scope("a");
        static_cast<void>(a.get_variable("w", {3}));
        return a.handle();
    }();
    {
        auto once = s.variable_scope(handle, {.reuse = true});
        EXPECT(once.reuse() == reuse_mode::reuse);
        EXPECT(handle.reuse() == reuse_mode::create);
    }
    {
        auto again = s.variable_scope(handle);
        EXPECT(again.reuse() == reuse_mode::create);
    }
    handle.reuse_variables();
    EXPECT(handle.reuse() == reuse_mode::reuse);
    auto sharing = s.variable_scope(handle);
    EXPECT(sharing.reuse() == reuse_mode::reuse);
    EXPECT(sharing.get_variable("w", {3}).name() == "a/w:0");
    EXPECT(builder.variable_count() == 1);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int scope_defaults_are_inherited_and_overridden() {
    graph_builder builder;
    scope s(builder);
    EXPECT(builder.initializer_of(s.get_variable("plain", {2, 2}).id()) == glorot_uniform());
    EXPECT(builder.initializer_of(s.get_variable("count", {2}, {.dtype = int32}).id()) == zeros());
    auto a = s.variable_scope("a", {.initializer = constant(0.5), .dtype = float64, .trainable = false});
    {
        auto b = a.variable_scope("b");
        const variable inherited = b.get_variable("inherited", {2});
        EXPECT(inherited.dtype() == float64);
        EXPECT(builder.initializer_of(inherited.id()) == constant(0.5));
        EXPECT(!builder.variable_at(inherited.id()).trainable);
        const variable own =
            b.get_variable("own", {2}, {.initializer = ones(), .dtype = float32, .trainable = true});
        EXPECT(own.dtype() == float32);
        EXPECT(builder.initializer_of(own.id()) == ones());
        EXPECT(builder.variable_at(own.id()).trainable);
    }
    {
        auto c = a.variable_scope("c", {.initializer = zeros(), .dtype = int32, .trainable = true});
        const variable v = c.get_variable("v", {2});
        EXPECT(v.dtype() == int32);
        EXPECT(builder.initializer_of(v.id()) == zeros());
        EXPECT(builder.variable_at(v.id()).trainable);
    }
    const scope_handle handle = a.handle();
    a.close();
    {
        auto by_name = s.variable_scope("a");
        const variable v = by_name.get_variable("by_name", {2});
        EXPECT(v.dtype() == float32);
        EXPECT(builder.initializer_of(v.id()) == glorot_uniform());
        EXPECT(builder.variable_at(v.id()).trainable);
    }
    auto by_handle = s.variable_scope(handle);
    const variable v = by_handle.get_variable("by_handle", {2});
    EXPECT(v.dtype() == float64);
    EXPECT(builder.initializer_of(v.id()) == constant(0.5));
    EXPECT(!builder.variable_at(v.id()).trainable);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int a_list_of_values_outlives_the_call_that_named_it() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a", {.initializer = constant({1, 2, 3})});
    const variable from_scope = a.get_variable("from_scope", {3});
    const variable own = a.get_variable("own", {2}, {.initializer = constant({4, 5})});
    const auto value = [&](const variable& v, int i) {
        return builder.values()[builder.variable_at(v.id()).first_value + i];
    };
    EXPECT(builder.variable_at(from_scope.id()).value_count == 3);
    EXPECT(value(from_scope, 0) == 1 && value(from_scope, 2) == 3);
    EXPECT(builder.variable_at(own.id()).value_count == 2);
    EXPECT(value(own, 0) == 4 && value(own, 1) == 5);
    return 0;
}

constexpr int ignored_on_reuse() {
    graph_builder builder;
    scope s(builder);
    const variable first = s.get_variable("w", {3}, {.initializer = ones(), .trainable = false});
    s.reuse_variables();
    const variable again = s.get_variable("w", {3}, {.initializer = constant({1, 2}), .trainable = true});
    EXPECT(first == again);
    EXPECT(builder.initializer_of(first.id()) == ones());
    EXPECT(!builder.variable_at(first.id()).trainable);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int the_dtype_asked_for_is_the_calls_else_the_scopes() {
    graph_builder builder;
    scope s(builder);
    const variable w = s.get_variable("a/w", {3}, {.dtype = float64});
    {
        auto nothing_said = s.variable_scope("a", {.reuse = true});
        EXPECT(nothing_said.get_variable("w", {3}) == w);
    }
    {
        auto same = s.variable_scope("a", {.reuse = true, .dtype = float64});
        EXPECT(same.get_variable("w", {3}) == w);
        EXPECT(same.get_variable("w", {3}, {.dtype = float32}).spec() == spec(float32, {3}));
        EXPECT(builder.mistakes().size() == 1);
        EXPECT(builder.mistakes()[0].kind == mistake::dtype_mismatch);
    }
    auto another = s.variable_scope("a", {.reuse = true, .dtype = int32});
    EXPECT(another.get_variable("w", {3}).spec() == spec(int32, {3}));
    EXPECT(another.get_variable("w", {3}, {.dtype = float64}) == w);
    EXPECT(builder.mistakes().size() == 2);
    return 0;
}

// ---- Identity, discipline ---------------------------------------------------------------------------------

constexpr int equality_is_identity() {
    graph_builder builder, elsewhere;
    scope s(builder), other(elsewhere);
    const variable w = s.get_variable("w", {2});
    const variable v = s.get_variable("v", {2});
    const variable same_name = other.get_variable("w", {2});
    s.reuse_variables();
    EXPECT(w == s.get_variable("w", {2}));
    EXPECT(!(w == v));
    EXPECT(!(w == same_name));
    const variable missing = s.get_variable("missing", {2});
    EXPECT(!(missing == missing));
    EXPECT(missing.name() == "");
    EXPECT(missing.shape() == shape{2});
    return 0;
}

constexpr int close_ends_a_scope_early() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a");
    a.close();
    a.close();
    EXPECT(s.current().name() == "");
    EXPECT(s.get_variable("w", {1}).name() == "w:0");
    s.close();  // the root stays open
    EXPECT(s.get_variable("v", {1}).name() == "v:0");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int only_the_innermost_scope_is_used() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a");
    auto b = a.variable_scope("b");
    a.get_variable("w", {2}, {.initializer = constant({1, 2, 3})});  // one mistake a call
    EXPECT(builder.mistakes().size() == 1);
    auto c = a.variable_scope("not legal");
    EXPECT(builder.mistakes().size() == 2);
    c.close();
    a.close();
    EXPECT(builder.mistakes().size() == 3);
    b.close();
    EXPECT(builder.mistakes().size() == 3);
    for (int i = 0; i < 3; ++i) EXPECT(builder.mistakes()[i].kind == mistake::scope_out_of_order);
    EXPECT(s.get_variable("v", {2}).name() == "v:0");
    EXPECT(builder.mistakes().size() == 3);
    auto outer = s.variable_scope("outer");
    auto jump = outer.variable_scope(b.handle());
    auto innermost = jump.variable_scope("innermost");
    outer.close();  // and with it what is open inside
    EXPECT(builder.mistakes().size() == 4);
    auto next = s.variable_scope("next");
    EXPECT(next.get_variable("v", {2}).name() == "next/v:0");
    jump.close();
    innermost.close();
    EXPECT(next.get_variable("u", {2}).name() == "next/u:0");
    EXPECT(builder.mistakes().size() == 4);
    return 0;
}

constexpr bool is_told(const short_text& facts, std::string_view words) {
    return facts.view().find(words) != std::string_view::npos;
}

constexpr int closing_out_of_order_names_who_closed() {
    graph_builder builder;
    scope s(builder);
    auto by_hand = s.variable_scope("by_hand");
    auto names = by_hand.name_scope("names");
    by_hand.close();
    names.close();
    EXPECT(is_told(facts_of(builder.mistakes(), 0), "\nclosed at scope.cpp:"));
    EXPECT(is_told(facts_of(builder.mistakes(), 0), "\nstill open: name scope by_hand/names, opened at scope.cpp:"));
    auto* const held = new scope(s.variable_scope("held"));
    auto inner = held->variable_scope("inner");
    delete held;
    EXPECT(is_told(facts_of(builder.mistakes(), 1), "\nstill open: held/inner, "));
    EXPECT(is_told(facts_of(builder.mistakes(), 1), "\nclosed when its object was destroyed"));
    return 0;
}

constexpr int a_graph_is_a_value() {
    for (int i = 0; i < 2; ++i) {
        graph_builder fresh;  // what reset_default_graph() is for
        scope s(fresh);
        auto a = s.variable_scope("a");
        EXPECT(a.original_name_scope() == "a/");
        EXPECT(a.get_variable("w", {2}).name() == "a/w:0");
        EXPECT(fresh.variable_count() == 1);
        EXPECT(fresh.mistakes().empty());
    }
    return 0;
}

constexpr int a_scope_that_reuses_never_creates() {
    graph_builder builder;
    scope s(builder);
    const variable w = s.get_variable("w", {2});
    EXPECT(s.get_variable("w", {2}) == w);
    EXPECT(builder.mistakes()[0].kind == mistake::variable_exists);
    EXPECT(s.get_variable("w") == w);
    EXPECT(builder.mistakes()[1].kind == mistake::variable_exists);
    s.reuse_variables();
    EXPECT(s.get_variable("w") == w);
    EXPECT(s.get_variable("v", {2}).name() == "");
    EXPECT(builder.mistakes()[2].kind == mistake::variable_missing);
    EXPECT(builder.mistakes().size() == 3);
    EXPECT(builder.variable_count() == 1);
    return 0;
}

}  // namespace

TEST_CASE("a name with a number is made in the compiler", "[scope]") {
    STATIC_REQUIRE(name("layer", 0) == "layer0");
    STATIC_REQUIRE(name("block", std::int64_t{-12}) == "block-12");
    STATIC_REQUIRE(name(name("a", 1), 20U) == "a120");
}

TEST_CASE("graphs: a fresh builder starts empty") { IN_BOTH_WORLDS(a_graph_is_a_value); }
TEST_CASE("get_variable, not reusing and reusing: creates or refuses, returns or refuses") {
    IN_BOTH_WORLDS(a_scope_that_reuses_never_creates);
}
TEST_CASE("path: scope names joined by slashes") { IN_BOTH_WORLDS(paths_are_scope_names_joined); }
TEST_CASE("get_variable: shapes are taken as written") { IN_BOTH_WORLDS(shapes_are_taken_as_written); }

TEST_CASE("reuse flag: by call, from there on") { IN_BOTH_WORLDS(reuse_by_call_shares_from_there_on); }
TEST_CASE("reuse flag: by option, ends with its scope") { IN_BOTH_WORLDS(reuse_by_option_ends_with_its_scope); }
TEST_CASE("reuse flag: inherited at opening, never unset") { IN_BOTH_WORLDS(reuse_is_inherited_and_never_unset); }
TEST_CASE("reuse flag: of another scope") { IN_BOTH_WORLDS(reuse_is_taken_from_another_scope); }
TEST_CASE("auto_reuse creates or returns, and gives way to reuse") { IN_BOTH_WORLDS(auto_reuse_creates_or_returns); }

TEST_CASE("capturing: a handle jumps to its own prefix") { IN_BOTH_WORLDS(a_handle_jumps_to_its_own_prefix); }
TEST_CASE("capturing: a handle keeps its flag unless it is set on it") { IN_BOTH_WORLDS(a_handle_keeps_its_flag_unless_it_is_set_on_it); }

TEST_CASE("defaults on a scope: initializer, dtype and trainable are inherited and overridden") { IN_BOTH_WORLDS(scope_defaults_are_inherited_and_overridden); }
TEST_CASE("defaults on a scope: lists of values are kept") { IN_BOTH_WORLDS(a_list_of_values_outlives_the_call_that_named_it); }
TEST_CASE("get_variable, reusing: initializer and trainable are ignored") { IN_BOTH_WORLDS(ignored_on_reuse); }
TEST_CASE("get_variable, reusing: the dtype asked for is the call's, else the scope's") { IN_BOTH_WORLDS(the_dtype_asked_for_is_the_calls_else_the_scopes); }

TEST_CASE("== is identity") { IN_BOTH_WORLDS(equality_is_identity); }
TEST_CASE("scope discipline: close() ends a scope early") { IN_BOTH_WORLDS(close_ends_a_scope_early); }
TEST_CASE("scope discipline: only the innermost scope is used") { IN_BOTH_WORLDS(only_the_innermost_scope_is_used); }
TEST_CASE("closing out of order names who closed") { IN_BOTH_WORLDS(closing_out_of_order_names_who_closed); }

TEST_CASE("capturing: a handle of another graph is refused, and leaves the scope around it") {
    graph_builder one, other;
    scope s(one);
    scope elsewhere(other);
    {
        const auto layer = s.variable_scope("layer");
        static_cast<void>(layer);
    }
    auto again = s.variable_scope(elsewhere.handle());
    CHECK(again.name().view() == "");
    REQUIRE(one.mistakes().size() == 1);
    CHECK(one.mistakes()[0].kind == mistake::foreign_handle);
    CHECK(other.mistakes().empty());

    graph_builder strict(on_mistake::raise);
    scope root(strict);
    CHECK_THROWS_AS(static_cast<void>(root.variable_scope(elsewhere.handle())), model_error);
    CHECK(root.get_variable("w", {2}).name().view() == "w:0");
}

TEST_CASE("a scope is an object bound to its block") {
    STATIC_REQUIRE(!std::copy_constructible<scope>);
    STATIC_REQUIRE(!std::move_constructible<scope>);
    STATIC_REQUIRE(!std::assignable_from<scope&, scope>);
    STATIC_REQUIRE(std::is_nothrow_destructible_v<scope>);
    STATIC_REQUIRE(!std::is_invocable_v<void (*)(scope&), scope>);  // a temporary does not bind
    STATIC_REQUIRE(std::copyable<scope_handle>);
    STATIC_REQUIRE(std::copyable<variable>);
}

TEST_CASE("no options are made of integers") {
    STATIC_REQUIRE(!std::convertible_to<int, scope_options>);
    STATIC_REQUIRE(!std::convertible_to<int, variable_options>);
    // variable_options(1) is refused in words, by a constructor of its first member that is there for them.
}
