// SPDX-License-Identifier: BSL-1.0
// How variable scopes work: TensorFlow 1's page on `variable_scope` in ambit, each snippet in its order. Every
// EXPECT holds twice: the static_assert behind a snippet runs it in the compiler, `main` at run time.
#include "expect.hpp"

#include <ambit/ambit.hpp>

using namespace ambit;
using examples::holds;

// ---- What get_variable does ----------------------------------------------------------------------------------

constexpr void a_scope_that_does_not_reuse_creates() {
    graph_builder graph;
    scope s(graph);
    auto foo = s.variable_scope("foo");
    variable v = foo.get_variable("v", {1});
    EXPECT(v.name() == "foo/v:0");
    EXPECT(v.shape() == shape{1});
    EXPECT(v.dtype() == float32);
    EXPECT(graph.mistakes().empty());
}
static_assert(holds(a_scope_that_does_not_reuse_creates));

constexpr void nested_names() {
    graph_builder graph;
    scope s(graph);
    auto foo = s.variable_scope("foo");
    auto bar = foo.variable_scope("bar");
    variable v = bar.get_variable("v", {1});
    EXPECT(v.name() == "foo/bar/v:0");
}
static_assert(holds(nested_names));

constexpr void a_duplicate_is_refused() {
    graph_builder graph;
    scope s(graph);
    auto foo = s.variable_scope("foo");
    foo.get_variable("v", {1});
    foo.get_variable("v", {1});
    EXPECT(graph.mistakes().size() == 1);
    EXPECT(graph.mistakes()[0].kind == mistake::variable_exists);
    EXPECT(graph.variable_count() == 1);
}
static_assert(holds(a_duplicate_is_refused));

// ---- Sharing -------------------------------------------------------------------------------------------------

constexpr void sharing_by_option() {
    graph_builder graph;
    scope s(graph);
    auto create = s.variable_scope("foo");
    variable v = create.get_variable("v", {1});
    create.close();
    auto share = s.variable_scope("foo", {.reuse = true});
    variable v1 = share.get_variable("v", {1});
    EXPECT(v1 == v);
    EXPECT(graph.variable_count() == 1);
}
static_assert(holds(sharing_by_option));

constexpr void sharing_by_call() {
    graph_builder graph;
    scope s(graph);
    auto foo = s.variable_scope("foo");
    variable v = foo.get_variable("v", {1});
    foo.reuse_variables();
    variable v1 = foo.get_variable("v", {1});
    EXPECT(v1 == v);
    EXPECT(foo.get_variable("v") == v);  // the shape is known
}
static_assert(holds(sharing_by_call));

constexpr void sharing_at_once_in_a_scope_opened_by_name() {
    graph_builder graph;
    scope s(graph);
    auto create = s.variable_scope("foo");
    variable v = create.get_variable("v", {1});
    create.close();
    auto share = s.variable_scope("foo");
    EXPECT(share.reuse() == reuse_mode::create);
    share.reuse_variables();
    EXPECT(share.reuse() == reuse_mode::reuse);
    EXPECT(s.current().reuse() == reuse_mode::reuse);
    EXPECT(create.reuse() == reuse_mode::create);  // another opening of the name
    EXPECT(share.get_variable("v", {1}) == v);
    EXPECT(graph.mistakes().empty());
}
static_assert(holds(sharing_at_once_in_a_scope_opened_by_name));

constexpr variable get_or_make(scope& s) {
    auto foo = s.variable_scope("foo", {.reuse = auto_reuse});
    return foo.get_variable("v", {1});
}

constexpr void sharing_from_the_second_call_on() {
    graph_builder graph;
    scope s(graph);
    variable v1 = get_or_make(s);  // creates
    variable v2 = get_or_make(s);  // shares
    EXPECT(v1 == v2);
    EXPECT(graph.variable_count() == 1);
}
static_assert(holds(sharing_from_the_second_call_on));

// ---- Mistakes ------------------------------------------------------------------------------------------------

constexpr void nothing_to_share_is_refused() {
    graph_builder graph;
    scope s(graph);
    auto foo = s.variable_scope("foo", {.reuse = true});
    foo.get_variable("v", {1});
    EXPECT(graph.mistakes()[0].kind == mistake::variable_missing);
    EXPECT(graph.variable_count() == 0);
}
static_assert(holds(nothing_to_share_is_refused));

constexpr void another_shape_is_refused() {
    graph_builder graph;
    scope s(graph);
    auto foo = s.variable_scope("foo");
    foo.get_variable("v", {1});
    foo.reuse_variables();
    foo.get_variable("v", {2});
    foo.get_variable("v", {1}, {.dtype = int32});
    EXPECT(graph.mistakes()[0].kind == mistake::shape_mismatch);
    EXPECT(graph.mistakes()[1].kind == mistake::dtype_mismatch);
    EXPECT(graph.mistakes().size() == 2);
}
static_assert(holds(another_shape_is_refused));

// A function over a scope is a module. `check` runs one and returns all of its mistakes.
constexpr auto asks_twice = [](scope& s, tensor x) {
    auto foo = s.variable_scope("foo");
    return x + foo.get_variable("v", {1}) + foo.get_variable("v", {1});
};
static_assert(check(asks_twice, {spec(float32, {1})}).size() == 1);

// At run time a mistake is an exception, with the words that the compiler prints.
void the_same_mistake_at_run_time() {
    mistake thrown = mistake::none;
    try {
        module_run run(asks_twice, {spec(float32, {1})});
    } catch (const model_error& e) {
        thrown = e.kind();
        std::cout << e.what() << '\n';
    }
    EXPECT(thrown == mistake::variable_exists);
}

// ---- The reuse flag ------------------------------------------------------------------------------------------

constexpr void reuse_is_inherited_and_ends_with_its_scope() {
    graph_builder graph;
    scope s(graph);
    EXPECT(s.current().reuse() == reuse_mode::create);
    auto root = s.variable_scope("root");
    EXPECT(root.reuse() == reuse_mode::create);
    {
        auto foo = root.variable_scope("foo");
        EXPECT(foo.reuse() == reuse_mode::create);
    }
    {
        auto foo = root.variable_scope("foo", {.reuse = true});
        EXPECT(foo.reuse() == reuse_mode::reuse);
        {
            auto bar = foo.variable_scope("bar");
            EXPECT(bar.reuse() == reuse_mode::reuse);
        }
        auto baz = foo.variable_scope("baz", {.reuse = false});  // means: as around it
        EXPECT(baz.reuse() == reuse_mode::reuse);
    }
    EXPECT(root.reuse() == reuse_mode::create);
}
static_assert(holds(reuse_is_inherited_and_ends_with_its_scope));

// ---- Capturing -----------------------------------------------------------------------------------------------

constexpr void a_captured_scope_is_opened_again() {
    graph_builder graph;
    scope s(graph);
    auto first = s.variable_scope("foo");
    scope_handle foo = first.handle();
    variable v = first.get_variable("v", {1});
    first.close();
    {
        auto again = s.variable_scope(foo);
        variable w = again.get_variable("w", {1});
        EXPECT(w.name() == "foo/w:0");
    }
    auto share = s.variable_scope(foo, {.reuse = true});
    EXPECT(share.get_variable("v", {1}) == v);
    EXPECT(share.get_variable("w", {1}).name() == "foo/w:0");
    EXPECT(foo.reuse() == reuse_mode::create);  // opening it with `reuse` left the handle as it was
}
static_assert(holds(a_captured_scope_is_opened_again));

constexpr void a_captured_scope_jumps_out_of_those_around_it() {
    graph_builder graph;
    scope s(graph);
    auto first = s.variable_scope("foo");
    scope_handle foo = first.handle();
    first.close();
    auto bar = s.variable_scope("bar");
    auto baz = bar.variable_scope("baz");
    EXPECT(baz.name() == "bar/baz");
    {
        auto out = baz.variable_scope(foo);
        EXPECT(out.name() == "foo");
        EXPECT(s.current().name() == "foo");
    }
    EXPECT(s.current().name() == "bar/baz");
}
static_assert(holds(a_captured_scope_jumps_out_of_those_around_it));

constexpr void a_handle_can_be_set_to_reuse() {
    graph_builder graph;
    scope s(graph);
    auto first = s.variable_scope("foo");
    variable v = first.get_variable("v", {1});
    scope_handle foo = first.handle();
    first.close();
    foo.reuse_variables();
    auto share = s.variable_scope(foo);
    EXPECT(share.get_variable("v", {1}) == v);
}
static_assert(holds(a_handle_can_be_set_to_reuse));

// ---- Default initializers ------------------------------------------------------------------------------------

struct default_initializers {
    struct outputs { tensor v, w, in_bar, in_baz; };
    constexpr outputs operator()(scope& s) const {
        auto foo = s.variable_scope("foo", {.initializer = constant(0.4)});
        variable v = foo.get_variable("v", {1});                                  // the scope's
        variable w = foo.get_variable("w", {1}, {.initializer = constant(0.3)});  // its own
        variable in_bar = [&] {
            auto bar = foo.variable_scope("bar");
            return bar.get_variable("v", {1});                                    // inherited
        }();
        auto baz = foo.variable_scope("baz", {.initializer = constant(0.2)});
        variable in_baz = baz.get_variable("v", {1});                             // changed below
        return {v, w, in_bar, in_baz};
    }
};
using defaults = model<default_initializers>;

static_assert(defaults::variables[0].path == "foo/v" && defaults::variables[0].initializer == constant(0.4));
static_assert(defaults::variables[1].path == "foo/w" && defaults::variables[1].initializer == constant(0.3));
static_assert(defaults::variables[2].path == "foo/bar/v" && defaults::variables[2].initializer == constant(0.4));
static_assert(defaults::variables[3].path == "foo/baz/v" && defaults::variables[3].initializer == constant(0.2));

void a_session_reads_0_4_0_3_0_4_0_2() {
    defaults net(seed{1});
    auto [v, w, in_bar, in_baz] = net();
    EXPECT(v(0) == 0.4f);
    EXPECT(w(0) == 0.3f);
    EXPECT(in_bar(0) == 0.4f);
    EXPECT(in_baz(0) == 0.2f);
}

// ---- The current scope, and a new graph ----------------------------------------------------------------------

// `tf.get_variable_scope()` is a scope's `current()`; `tf.reset_default_graph()` is another graph_builder: a graph
// is a value, and there is no default one.
constexpr void a_graph_is_a_value() {
    graph_builder first, second;
    scope s(first), t(second);
    EXPECT(s.current().name() == "");
    auto foo = s.variable_scope("foo");
    EXPECT(s.current().name() == "foo");
    EXPECT(t.current().name() == "");
    variable v = foo.get_variable("v", {1});
    auto other = t.variable_scope("foo");
    EXPECT(other.get_variable("v", {1}).name() == v.name());
    EXPECT(other.get_variable("u", {1}) != v);
    EXPECT(first.variable_count() == 1);
    EXPECT(second.variable_count() == 2);
    EXPECT(second.mistakes().empty());
}
static_assert(holds(a_graph_is_a_value));

int main() {
    return examples::tell({
        {"A scope that does not reuse creates", a_scope_that_does_not_reuse_creates},
        {"Nested names", nested_names},
        {"A duplicate is refused", a_duplicate_is_refused},
        {"Sharing by option", sharing_by_option},
        {"Sharing by call", sharing_by_call},
        {"Sharing at once in a scope that is opened by name", sharing_at_once_in_a_scope_opened_by_name},
        {"Sharing from the second call on", sharing_from_the_second_call_on},
        {"Nothing to share is refused", nothing_to_share_is_refused},
        {"Another shape or dtype is refused", another_shape_is_refused},
        {"The same mistake at run time", the_same_mistake_at_run_time},
        {"Reuse is inherited, and ends with its scope", reuse_is_inherited_and_ends_with_its_scope},
        {"A captured scope is opened again", a_captured_scope_is_opened_again},
        {"A captured scope jumps out of those around it", a_captured_scope_jumps_out_of_those_around_it},
        {"A handle can be set to reuse", a_handle_can_be_set_to_reuse},
        {"Default initializers: 0.4, 0.3, 0.4, 0.2", a_session_reads_0_4_0_3_0_4_0_2},
        {"A graph is a value", a_graph_is_a_value},
    });
}
