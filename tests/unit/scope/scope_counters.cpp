// SPDX-License-Identifier: BSL-1.0
#include <ambit/scope/scope_counters.hpp>

#include <ambit/graph/builder.hpp>
#include <ambit/ops/all.hpp>

#include "both_worlds.hpp"

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

constexpr int counts_up() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    for (int i = 0; i < 3; ++i) {
        auto dense = s.variable_scope({.default_name = "dense"});
        EXPECT(dense.name() == (i == 0 ? "dense" : i == 1 ? "dense_1" : "dense_2"));
        static_cast<void>(dense.get_variable("weights", {2}));
    }
    { auto named = s.variable_scope("named", {.default_name = "dense"}); EXPECT(named.name() == "named"); }
    { auto empty = s.variable_scope("", {.default_name = "dense"}); EXPECT(empty.name() == "dense_3"); }
    EXPECT(relu(x, {.name = "conv"}).op_name() == "conv");
    auto conv = s.variable_scope({.default_name = "conv"});  // the op moved the name scope, not the variables
    EXPECT(conv.name() == "conv");
    EXPECT(conv.original_name_scope() == "conv_1/");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int an_explicit_scope_counts() {
    graph_builder builder;
    scope s(builder);
    { auto one = s.variable_scope("dense"); }
    { auto two = s.variable_scope("dense_1"); }
    auto dense = s.variable_scope({.default_name = "dense"});
    EXPECT(dense.name() == "dense_2");
    return 0;
}

constexpr int a_path_counts_and_a_variable_does_not() {
    graph_builder builder;
    scope s(builder);
    static_cast<void>(s.get_variable("dense", {2}));
    {
        auto dense = s.variable_scope({.default_name = "dense"});
        EXPECT(dense.name() == "dense");
        EXPECT(dense.original_name_scope() == "dense_1/");  // ops avoid the variable
    }
    { auto path = s.variable_scope("a/b"); }
    {
        auto a = s.variable_scope("a");
        auto b = a.variable_scope({.default_name = "b"});
        EXPECT(b.name() == "a/b_1");  // a/b was opened; closing b or a/b forgets only what lies below
    }
    auto b = s.variable_scope({.default_name = "a/b"});
    EXPECT(b.name() == "a/b");  // closing a forgot it
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int restarts_with_the_parent() {
    graph_builder builder;
    scope s(builder);
    variable first[2];
    for (int pass = 0; pass < 2; ++pass) {
        auto net = s.variable_scope("net", {.reuse = pass == 1});
        for (int layer = 0; layer < 2; ++layer) {
            auto dense = net.variable_scope({.default_name = "dense"});
            EXPECT(dense.name() == (layer == 0 ? "net/dense" : "net/dense_1"));
            const variable w = dense.get_variable("weights", {2});
            if (pass == 0) first[layer] = w;
            else EXPECT(w == first[layer]);
        }
    }
    auto outer = s.variable_scope("outer");
    { auto a = outer.variable_scope("a/b"); auto c = a.variable_scope({.default_name = "c"}); }
    auto a = outer.variable_scope("a/b");
    EXPECT(a.variable_scope({.default_name = "c"}).name() == "outer/a/b/c");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int leaving_a_jump_gives_back() {
    graph_builder builder;
    scope s(builder);
    auto net = s.variable_scope("net");
    const scope_handle handle = net.handle();
    { auto dense = net.variable_scope({.default_name = "dense"}); }
    {
        auto jump = net.variable_scope(handle);
        EXPECT(jump.variable_scope({.default_name = "dense"}).name() == "net/dense_1");
        auto nested = jump.variable_scope(handle);
        EXPECT(nested.variable_scope({.default_name = "dense"}).name() == "net/dense_2");
        nested.close();
        EXPECT(jump.variable_scope({.default_name = "dense"}).name() == "net/dense_2");
    }
    EXPECT(net.variable_scope({.default_name = "dense"}).name() == "net/dense_1");
    net.close();
    auto back = s.variable_scope(handle);  // net was closed: its names start again
    EXPECT(back.variable_scope({.default_name = "dense"}).name() == "net/dense");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int a_scope_without_any_name_is_refused() {
    graph_builder builder;
    scope s(builder);
    auto nameless = s.variable_scope(scope_options{});
    EXPECT(builder.mistakes().size() == 1);
    EXPECT(builder.mistakes()[0].kind == mistake::invalid_name);
    nameless.close();
    auto wrong = s.variable_scope({.default_name = "not legal"});
    EXPECT(builder.mistakes().size() == 2);
    return 0;
}

// What was found of siblings holds as long as they count.
constexpr int finds_the_next_of_many() {
    graph_builder builder;
    scope s(builder);
    const auto next = [](scope& in) {
        auto opened = in.variable_scope({.default_name = "d"});
        return opened.name();
    };
    for (int i = 0; i < 12; ++i) static_cast<void>(next(s));
    { auto named = s.variable_scope("d_12"); }
    EXPECT(next(s) == "d_13");
    scope_handle kept = s.handle();
    {
        auto net = s.variable_scope("net");
        kept = net.handle();
        for (int i = 0; i < 4; ++i) static_cast<void>(next(net));
        EXPECT(next(net) == "net/d_4");
    }
    {
        auto net = s.variable_scope("net");
        EXPECT(next(net) == "net/d");
        EXPECT(next(net) == "net/d_1");
        {
            auto again = net.variable_scope(kept);
            EXPECT(next(again) == "net/d_2");
            EXPECT(next(again) == "net/d_3");
        }
        EXPECT(next(net) == "net/d_2");  // as before the jump
    }
    EXPECT(next(s) == "d_14");
    for (int i = 0; i < 6; ++i) static_cast<void>(s.variable("v", {2}));
    EXPECT(s.variable("v_6", {2}).name() == "v_6:0");
    EXPECT(s.variable("v", {2}).name() == "v_7:0");
    EXPECT(builder.mistakes().empty());
    return 0;
}

}  // namespace

TEST_CASE("default_name counts up") { IN_BOTH_WORLDS(counts_up); }
TEST_CASE("default_name: an explicit scope of that name counts") { IN_BOTH_WORLDS(an_explicit_scope_counts); }
TEST_CASE("default_name: a path counts, a variable does not") { IN_BOTH_WORLDS(a_path_counts_and_a_variable_does_not); }
TEST_CASE("default_name restarts when the parent is opened again") { IN_BOTH_WORLDS(restarts_with_the_parent); }
TEST_CASE("default_name: leaving a scope opened by handle restores the counters") {
    IN_BOTH_WORLDS(leaving_a_jump_gives_back);
}
TEST_CASE("default_name: the next of many siblings") { IN_BOTH_WORLDS(finds_the_next_of_many); }
TEST_CASE("default_name: none, or an illegal one") { IN_BOTH_WORLDS(a_scope_without_any_name_is_refused); }
