// SPDX-License-Identifier: BSL-1.0
// The model of the rules is itself held against programs whose answers stand in TensorFlow's documentation (the guide
// "Sharing variables", and `tf.variable_scope`), before anything is compared with it.
#include "../support/scope_interpreter.hpp"
#include "../support/scope_rules_model.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace ambit_test;

namespace {

using does::add, does::reuse_scope, does::take_handle;

bool says(const trace& all, const std::string& words) {
    return std::any_of(all.begin(), all.end(),
                       [&](const observation& o) { return o.expression.find(words) != std::string::npos; });
}

// Both the model and ambit say all of it.
void require_both(const std::vector<statement>& body, const std::vector<std::string>& all) {
    const program p{0, body};
    const trace wanted = wanted_of(p, after_mistake::goes_on);
    const trace seen = seen_by_ambit(p, ambit::on_mistake::collect);
    INFO("the model says\n" << text_of(wanted) << "and ambit\n" << text_of(seen));
    for (const std::string& words : all) {
        INFO(words);
        CHECK(says(wanted, words));
        CHECK(says(seen, words));
    }
    CHECK(wanted == seen);
}

statement with_reuse(statement s, says_reuse how = says_reuse::yes) {
    s.reuse = how;
    return s;
}
statement with(statement s, filling initializer) {
    s.initializer = initializer;
    return s;
}

}  // namespace

TEST_CASE("documented: names are nested", "[laws]") {
    require_both({open(1, 0, "foo", {open(2, 1, "bar", {get(3, 2, "v", extents{1})})})},
                 {"s2.name() == \"foo/bar\"", "v3.name() == \"foo/bar/v:0\"", "variable_count() == 1"});
}

TEST_CASE("documented: reuse by option and by call, identity", "[laws]") {
    require_both({open(1, 0, "foo", {get(2, 1, "v", extents{1})}),
                  with_reuse(open(3, 0, "foo", {get(4, 3, "v", extents{1})}))},
                 {"v2.id() == 0", "v4.id() == 0", "v4.name() == \"foo/v:0\"", "variable_count() == 1"});
    require_both({open(1, 0, "foo", {get(2, 1, "v", extents{1}), of_scope(reuse_scope, 3, 1), get(4, 1, "v", extents{1})})},
                 {"v4.id() == 0", "variable_count() == 1"});
    require_both({with_reuse(open(1, 0, "foo", {get(2, 1, "v", extents{1})}), says_reuse::automatic),
                  with_reuse(open(3, 0, "foo", {get(4, 3, "v", extents{1})}), says_reuse::automatic)},
                 {"s1.reuse() == reuse_mode::automatic", "v4.id() == 0", "variable_count() == 1"});
}

TEST_CASE("documented: sharing by accident is refused, and so is creating in a reusing scope", "[laws]") {
    require_both({open(1, 0, "foo", {get(2, 1, "v", extents{1}), get(3, 1, "v", extents{1})})},
                 {"told(builder, 0, mistake::variable_exists, \"foo/v\")", "mistakes().size() == 1"});
    require_both({with_reuse(open(1, 0, "foo", {get(2, 1, "v", extents{1})}))},
                 {"told(builder, 0, mistake::variable_missing, \"foo/v\")", "v2.id() < 0", "variable_count() == 0"});
    require_both({get(1, 0, "v", extents{5, 5}), of_scope(reuse_scope, 2, 0), get(3, 0, "v", extents{5, 6})},
                 {"told(builder, 0, mistake::shape_mismatch, \"v\")"});
}

TEST_CASE("documented: the reuse flag of root, foo and bar", "[laws]") {
    require_both({of_scope(take_handle, 1, 0),
                  open(2, 0, "foo", {open(3, 2, "bar", {})}),
                  with_reuse(open(4, 0, "foo", {open(5, 4, "bar", {}), with_reuse(open(6, 4, "bar", {}), says_reuse::no)})),
                  of_scope(take_handle, 7, 0)},
                 {"s2.reuse() == reuse_mode::create", "s3.reuse() == reuse_mode::create",
                  "s4.reuse() == reuse_mode::reuse", "s5.reuse() == reuse_mode::reuse",
                  "s6.reuse() == reuse_mode::reuse", "h0.reuse() == reuse_mode::create"});
}

TEST_CASE("documented: a captured scope is jumped to from anywhere", "[laws]") {
    require_both({open(1, 0, "foo", {get(2, 1, "v", extents{1}), of_scope(take_handle, 3, 1)}),
                  open(4, 0, "bar",
                       {open(5, 4, "baz",
                             {of_scope(take_handle, 6, 5, 1),
                              jump(7, 5, 0, {get(8, 7, "w", extents{1})})})}),
                  with_reuse(jump(9, 0, 0, {get(10, 9, "v", extents{1}), get(11, 9, "w", extents{1})}))},
                 {"h1.name() == \"bar/baz\"", "s7.name() == \"foo\"", "v8.name() == \"foo/w:0\"", "v10.id() == 0",
                  "v11.id() == 1", "variable_count() == 2"});
}

TEST_CASE("documented: initializers of scopes are defaults", "[laws]") {
    require_both({with(open(1, 0, "foo",
                            {get(2, 1, "v", extents{1}), with(get(3, 1, "w", extents{1}), filling::ones),
                             open(4, 1, "bar", {get(5, 4, "v", extents{1})}),
                             with(open(6, 1, "baz", {get(7, 6, "v", extents{1})}), filling::zeros)}),
                       filling::half)},
                 {"filled_with(builder, v2, constant(0.5))", "filled_with(builder, v3, ones())",
                  "filled_with(builder, v5, constant(0.5))", "filled_with(builder, v7, zeros())"});
}

TEST_CASE("documented: ops are named after the scope", "[laws]") {
    require_both({open(1, 0, "foo", {get(2, 1, "v", extents{1}), op(add, 3, {2, 2})}),
                  with_reuse(open(4, 0, "foo", {get(5, 4, "v", extents{1}), op(add, 6, {5, 5}), op(add, 7, {5, 5})}))},
                 {"t3.op_name() == \"foo/add\"", "t6.op_name() == \"foo_1/add\"", "t7.op_name() == \"foo_1/add_1\"",
                  "v5.name() == \"foo/v:0\""});
}
