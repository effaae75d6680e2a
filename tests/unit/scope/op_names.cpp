// SPDX-License-Identifier: BSL-1.0
// The rules of the names of ops, each in constant evaluation and at run time.
#include <ambit/graph/builder.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/scope/scope.hpp>

#include "both_worlds.hpp"

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

constexpr int op_names_count_up() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    EXPECT(x.name() == "input:0");
    EXPECT(add(x, x).name() == "add:0");
    EXPECT(add(x, x).op_name() == "add_1");
    EXPECT(add(x, x, {.name = "sum"}).op_name() == "sum");
    EXPECT(add(x, x, {.name = "add_3"}).op_name() == "add_3");
    EXPECT(add(x, x).op_name() == "add_2");
    EXPECT(add(x, x).op_name() == "add_4");
    EXPECT(add(x, x, {.name = "sum"}).op_name() == "sum_1");
    EXPECT(relu(x).op_name() == "relu");
    EXPECT(builder.input(spec(float32, {2})).op_name() == "input_1");
    return 0;
}

constexpr int reopening_by_name_counts_up_for_ops_only() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    {
        auto foo = s.variable_scope("foo");
        EXPECT(add(x, foo.get_variable("v", {2})).op_name() == "foo/add");
        auto bar = foo.variable_scope("bar");
        EXPECT(add(x, x).op_name() == "foo/bar/add");
    }
    {
        auto foo = s.variable_scope("foo", {.reuse = true});
        EXPECT(foo.name() == "foo");
        EXPECT(foo.get_variable("v", {2}).name() == "foo/v:0");
        EXPECT(add(x, x).op_name() == "foo_1/add");
        auto bar = foo.variable_scope("bar");
        EXPECT(bar.name() == "foo/bar");
        EXPECT(add(x, x).op_name() == "foo_1/bar/add");
    }
    auto foo = s.variable_scope("foo");
    EXPECT(add(x, x).op_name() == "foo_2/add");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int reopening_by_handle_leaves_the_name_scope() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    const scope_handle handle = [&] {
        auto foo = s.variable_scope("foo");
        return foo.handle();
    }();
    {
        auto foo = s.variable_scope(handle);
        EXPECT(foo.get_variable("v", {2}).name() == "foo/v:0");
        EXPECT(add(x, x).op_name() == "add");
    }
    auto bar = s.variable_scope("bar");
    auto foo = bar.variable_scope(handle);
    EXPECT(foo.get_variable("w", {2}).name() == "foo/w:0");
    EXPECT(add(x, x).op_name() == "bar/add");
    return 0;
}

constexpr int ops_avoid_names_that_variables_hold_at_that_moment() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    const variable held = s.get_variable("add", {2});
    EXPECT(add(x, x).op_name() == "add_1");
    EXPECT(tensor(held).op_name() == "add");
    EXPECT(relu(x).op_name() == "relu");
    EXPECT(s.get_variable("relu", {2}).name() == "relu:0");
    EXPECT(relu(x).op_name() == "relu_1");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int an_op_and_a_scope_do_not_share_a_name() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    static_cast<void>(add(x, x, {.name = "foo"}));
    {
        auto foo = s.variable_scope("foo");
        EXPECT(foo.get_variable("v", {2}).name() == "foo/v:0");
        EXPECT(add(x, x).op_name() == "foo_1/add");
    }
    EXPECT(add(x, x, {.name = "foo"}).op_name() == "foo_2");
    return 0;
}

}  // namespace

TEST_CASE("op name uniqueness: names count up to the next free one") { IN_BOTH_WORLDS(op_names_count_up); }
TEST_CASE("op names: re-opening by name counts up for ops, never for variables") {
    IN_BOTH_WORLDS(reopening_by_name_counts_up_for_ops_only);
}
TEST_CASE("op names: re-opening by handle leaves the name scope") {
    IN_BOTH_WORLDS(reopening_by_handle_leaves_the_name_scope);
}
TEST_CASE("op name uniqueness: ops avoid names that variables hold") {
    IN_BOTH_WORLDS(ops_avoid_names_that_variables_hold_at_that_moment);
}
TEST_CASE("op name uniqueness: ops and name scopes have one table") {
    IN_BOTH_WORLDS(an_op_and_a_scope_do_not_share_a_name);
}
