// SPDX-License-Identifier: BSL-1.0
// Name scope beside variable scope: which of the two names a variable, and which an op. TensorFlow 1's snippets on
// that subject in ambit, in their order; each EXPECT holds in the compiler (static_assert) and at run time.
#include "expect.hpp"

#include <ambit/ambit.hpp>

#include <array>

using namespace ambit;
using examples::holds;

// ---- Names of ops --------------------------------------------------------------------------------------------

constexpr void a_variable_scope_names_ops_too() {
    graph_builder graph;
    scope s(graph);
    auto foo = s.variable_scope("foo");
    variable v = foo.get_variable("v", {1});
    tensor x = 1 + v;
    EXPECT(v.name() == "foo/v:0");
    EXPECT(x.op_name() == "foo/add");
    EXPECT(x.name() == "foo/add:0");
}
static_assert(holds(a_variable_scope_names_ops_too));

constexpr void a_name_scope_names_ops_only() {
    graph_builder graph;
    scope s(graph);
    auto foo = s.variable_scope("foo");
    auto bar = foo.name_scope("bar");
    variable v = foo.get_variable("v", {1});
    tensor x = 1 + v;
    EXPECT(v.name() == "foo/v:0");
    EXPECT(x.op_name() == "foo/bar/add");
    EXPECT(bar.name() == "foo/bar/");
}
static_assert(holds(a_name_scope_names_ops_only));

constexpr void ops_count_up_and_variables_do_not() {
    graph_builder graph;
    scope s(graph);
    auto first = s.variable_scope("foo");
    variable v = first.get_variable("v", {1});
    tensor x = v + 1, y = v + 1;
    first.close();
    EXPECT(x.op_name() == "foo/add");
    EXPECT(y.op_name() == "foo/add_1");

    auto second = s.variable_scope("foo", {.reuse = true});  // the same prefix, another name scope
    variable v1 = second.get_variable("v", {1});
    tensor z = v1 + 1;
    EXPECT(v1.name() == "foo/v:0");
    EXPECT(z.op_name() == "foo_1/add");
    EXPECT(second.original_name_scope() == "foo_1/");
}
static_assert(holds(ops_count_up_and_variables_do_not));

// ---- Both kinds of scopes, both kinds of variables -----------------------------------------------------------

struct four_names {
    struct outputs { tensor var1, var2, var21, var22, var3, var4, var4_reused; };
    constexpr outputs operator()(scope& s) const {
        auto names = s.name_scope("a_name_scope");
        variable var1 = s.get_variable("var1", {1}, {.initializer = constant(1)});
        variable var2 = s.variable("var2", std::array{2.f});
        variable var21 = s.variable("var2", std::array{2.1f});
        variable var22 = s.variable("var2", std::array{2.2f});
        names.close();
        EXPECT(var1.name() == "var1:0");  // get_variable does not see name scopes
        EXPECT(var2.name() == "a_name_scope/var2:0");
        EXPECT(var21.name() == "a_name_scope/var2_1:0");
        EXPECT(var22.name() == "a_name_scope/var2_2:0");

        auto variables = s.variable_scope("a_variable_scope");
        variable var3 = variables.get_variable("var3", {1}, {.initializer = constant(3)});
        variable var4 = variables.variable("var4", std::array{4.f});
        variable var4_reused = variables.variable("var4", std::array{4.f});
        variables.reuse_variables();
        variable var3_reused = variables.get_variable("var3");
        EXPECT(var3.name() == "a_variable_scope/var3:0");
        EXPECT(var4.name() == "a_variable_scope/var4:0");
        EXPECT(var4_reused.name() == "a_variable_scope/var4_1:0");
        EXPECT(var3_reused == var3);
        EXPECT(var4_reused != var4);
        return {var1, var2, var21, var22, var3, var4, var4_reused};
    }
};

constexpr void both_kinds_of_both() {
    module_run<four_names, 0> run({}, {});
    EXPECT(run.builder().variable_count() == 7);
}
static_assert(holds(both_kinds_of_both));

void their_values() {
    model<four_names> net(seed{1});
    auto [var1, var2, var21, var22, var3, var4, var4_reused] = net();
    EXPECT(var1(0) == 1);
    EXPECT(var2(0) == 2);
    EXPECT(var21(0) == 2.1f);
    EXPECT(var22(0) == 2.2f);
    EXPECT(var3(0) == 3);
    EXPECT(var4(0) == 4);
    EXPECT(net.get<"a_variable_scope/var4_1">()(0) == 4);
}

// ---- A taken name --------------------------------------------------------------------------------------------

constexpr void variable_takes_the_next_name() {
    graph_builder graph;
    scope s(graph);
    variable first = s.variable("name1", 1.f);
    variable second = s.variable("name1", 2.f);
    EXPECT(first.name() == "name1:0");
    EXPECT(second.name() == "name1_1:0");
    EXPECT(first != second);
    EXPECT(graph.mistakes().empty());
}
static_assert(holds(variable_takes_the_next_name));

constexpr void get_variable_refuses_a_taken_name() {
    graph_builder graph;
    scope s(graph);
    s.get_variable("name2", {});
    s.get_variable("name2", {});
    EXPECT(graph.mistakes().size() == 1);
    EXPECT(graph.mistakes()[0].kind == mistake::variable_exists);

    s.variable("name1", 1.f);
    s.get_variable("name1", {});  // nor does it take over what `variable` made
    EXPECT(graph.mistakes().size() == 2);
    EXPECT(graph.mistakes()[1].kind == mistake::variable_exists);
    s.reuse_variables();
    s.get_variable("name1", {});
    EXPECT(graph.mistakes()[2].kind == mistake::variable_missing);
    EXPECT(graph.variable_count() == 2);
}
static_assert(holds(get_variable_refuses_a_taken_name));

constexpr void name_scopes_do_not_keep_get_variable_apart() {
    graph_builder graph;
    scope s(graph);
    auto first = s.name_scope("first");
    s.get_variable("v", {1});
    first.close();
    auto second = s.name_scope("second");
    s.get_variable("v", {1});
    EXPECT(graph.mistakes()[0].kind == mistake::variable_exists);
}
static_assert(holds(name_scopes_do_not_keep_get_variable_apart));

constexpr void sharing_is_for_get_variable_alone() {
    graph_builder graph;
    scope s(graph);
    auto create = s.variable_scope("scope1");
    variable w1 = create.get_variable("w1", {});
    variable w2 = create.variable("w2", 0.f);
    create.close();
    auto share = s.variable_scope("scope1", {.reuse = true});
    variable w1_again = share.get_variable("w1", {});
    variable w2_again = share.variable("w2", 1.f);
    EXPECT(w1_again == w1);
    EXPECT(w2_again != w2);
    EXPECT(w2.name() == "scope1/w2:0");
    EXPECT(w2_again.name() == "scope1_1/w2:0");  // it follows the name scope
}
static_assert(holds(sharing_is_for_get_variable_alone));

// ---- Opening a name scope again ------------------------------------------------------------------------------

constexpr void a_name_scope_is_opened_again_by_its_slash() {
    graph_builder graph;
    scope s(graph);
    tensor x = graph.input(spec(float32, {1}));
    auto layer = s.name_scope("layer");
    EXPECT((x + 1).op_name() == "layer/add");
    layer.close();
    {
        auto counted = s.name_scope("layer");
        EXPECT((x + 1).op_name() == "layer_1/add");
    }
    {
        auto again = s.name_scope("layer/");
        EXPECT((x + 1).op_name() == "layer/add_1");
        auto top = s.name_scope("");
        EXPECT((x + 1).op_name() == "add");
    }
}
static_assert(holds(a_name_scope_is_opened_again_by_its_slash));

constexpr void a_handle_leaves_the_name_scope_as_it_is() {
    graph_builder graph;
    scope s(graph);
    auto first = s.variable_scope("foo");
    scope_handle foo = first.handle();
    variable v = first.get_variable("v", {1});
    first.close();

    auto bar = s.variable_scope("bar");
    auto back = bar.variable_scope(foo, {.reuse = true});
    EXPECT(back.get_variable("v") == v);
    tensor x = v + 1;
    EXPECT(x.op_name() == "bar/add");

    auto names = back.name_scope(back.original_name_scope());  // for the ops to go back too
    tensor y = v + 1;
    EXPECT(y.op_name() == "foo/add");
}
static_assert(holds(a_handle_leaves_the_name_scope_as_it_is));

int main() {
    return examples::tell({
        {"A variable scope names ops too", a_variable_scope_names_ops_too},
        {"A name scope names ops only", a_name_scope_names_ops_only},
        {"Ops count up, and variables do not", ops_count_up_and_variables_do_not},
        {"Both kinds of scopes, both kinds of variables", both_kinds_of_both},
        {"Their values", their_values},
        {"variable() takes the next name", variable_takes_the_next_name},
        {"get_variable() refuses a taken name", get_variable_refuses_a_taken_name},
        {"Name scopes do not keep get_variable apart", name_scopes_do_not_keep_get_variable_apart},
        {"Sharing is for get_variable alone", sharing_is_for_get_variable_alone},
        {"A name scope is opened again by its slash", a_name_scope_is_opened_again_by_its_slash},
        {"A handle leaves the name scope as it is", a_handle_leaves_the_name_scope_as_it_is},
    });
}
