// SPDX-License-Identifier: BSL-1.0
// The model of the rules is itself held against programs whose answers stand in TensorFlow's documentation (the guide
// "Sharing variables", and `tf.variable_scope`), before anything is compared with it.
#include "../support/scope_rules_model.hpp"
#include "../support/scope_interpreter.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace ambit_test;

namespace {

using does::add, does::call_template, does::name_scope, does::query, does::relu, does::reuse_scope,
    does::take_handle, does::variable;

bool says(const trace& all, const std::string& words) {
    return std::any_of(all.begin(), all.end(),
                       [&](const observation& o) { return o.expression.find(words) != std::string::npos; });
}

// Both the model and ambit say all of it.
void require_both(const std::vector<statement>& body, const std::vector<std::string>& all) {
    const program p{0, body};
    const trace wanted = wanted_of(p, after_mistake::goes_on);
    const trace seen = seen_by_ambit(p, ambit::mistake_parts::on_mistake::collect);
    INFO("the model says\n" << text_of(wanted) << "and ambit\n" << text_of(seen));
    for (const std::string& words : all) {
        INFO(words);
        CHECK(says(wanted, words));
        CHECK(says(seen, words));
    }
    CHECK(wanted == seen);
}

constexpr options shares{.reuse = says_reuse::yes};
constexpr options shares_or_creates{.reuse = says_reuse::automatic};

statement names(int number, int scope, std::string name, std::vector<statement> body) {
    return {.what = name_scope,
            .number = number,
            .scope = scope,
            .name = std::move(name),
            .body = std::move(body)};
}
statement default_name(int number, int scope, std::string name, std::vector<statement> body) {
    statement s = open(number, scope, std::move(name), std::move(body));
    s.what = does::open_default;
    return s;
}
statement new_variable(int number, int scope, std::string name, extents shape) {
    statement s = get(number, scope, std::move(name), std::move(shape));
    s.what = variable;
    return s;
}

}  // namespace

TEST_CASE("documented: names are nested", "[laws]") {
    require_both({open(1, 0, "foo", {open(2, 1, "bar", {get(3, 2, "v", extents{1})})})},
                 {"s2.name() == \"foo/bar\"", "v3.name() == \"foo/bar/v:0\"", "variable_count() == 1"});
}

TEST_CASE("documented: reuse by option and by call, identity", "[laws]") {
    require_both({open(1, 0, "foo", {get(2, 1, "v", extents{1})}),
                  open(3, 0, "foo", {get(4, 3, "v", extents{1})}, shares)},
                 {"v2.id() == 0", "v4.id() == 0", "v4.name() == \"foo/v:0\"", "variable_count() == 1"});
    require_both(
        {open(1, 0, "foo",
              {get(2, 1, "v", extents{1}), of_scope(reuse_scope, 3, 1), get(4, 1, "v", extents{1})})},
        {"v4.id() == 0", "variable_count() == 1"});
    require_both({open(1, 0, "foo", {get(2, 1, "v", extents{1})}, shares_or_creates),
                  open(3, 0, "foo", {get(4, 3, "v", extents{1})}, shares_or_creates)},
                 {"s1.reuse() == reuse_mode::automatic", "v4.id() == 0", "variable_count() == 1"});
}

TEST_CASE("documented: sharing by accident is refused, and so is creating in a reusing scope", "[laws]") {
    require_both({open(1, 0, "foo", {get(2, 1, "v", extents{1}), get(3, 1, "v", extents{1})})},
                 {"told(builder, 0, mistake::variable_exists, \"foo/v\")", "mistakes().size() == 1"});
    require_both(
        {open(1, 0, "foo", {get(2, 1, "v", extents{1})}, shares)},
        {"told(builder, 0, mistake::variable_missing, \"foo/v\")", "v2.id() < 0", "variable_count() == 0"});
    require_both({get(1, 0, "v", extents{5, 5}), of_scope(reuse_scope, 2, 0), get(3, 0, "v", extents{5, 6})},
                 {"told(builder, 0, mistake::shape_mismatch, \"v\")"});
}

TEST_CASE("documented: the reuse flag of root, foo and bar", "[laws]") {
    constexpr options does_not_share{.reuse = says_reuse::no};
    require_both({open(1, 0, "foo", {open(2, 1, "bar", {})}),
                  open(3, 0, "foo", {open(4, 3, "bar", {}), open(5, 3, "bar", {}, does_not_share)}, shares),
                  of_scope(take_handle, 6, 0)},
                 {"s1.reuse() == reuse_mode::create", "s2.reuse() == reuse_mode::create",
                  "s3.reuse() == reuse_mode::reuse", "s4.reuse() == reuse_mode::reuse",
                  "s5.reuse() == reuse_mode::reuse", "h0.reuse() == reuse_mode::create"});
}

TEST_CASE("documented: a captured scope is jumped to from anywhere", "[laws]") {
    require_both({open(1, 0, "foo", {get(2, 1, "v", extents{1}), of_scope(take_handle, 3, 1)}),
                  open(4, 0, "bar",
                       {open(5, 4, "baz",
                             {of_scope(take_handle, 6, 5, 1), jump(7, 5, 0, {get(8, 7, "w", extents{1})})})}),
                  jump(9, 0, 0, {get(10, 9, "v", extents{1}), get(11, 9, "w", extents{1})}, shares)},
                 {"h1.name() == \"bar/baz\"", "s7.name() == \"foo\"", "v8.name() == \"foo/w:0\"",
                  "v10.id() == 0", "v11.id() == 1", "variable_count() == 2"});
}

TEST_CASE("documented: initializers of scopes are defaults", "[laws]") {
    constexpr options halves{.initializer = filling::half}, ones{.initializer = filling::ones},
        zeros{.initializer = filling::zeros};
    require_both({open(1, 0, "foo",
                       {get(2, 1, "v", extents{1}), get(3, 1, "w", extents{1}, ones),
                        open(4, 1, "bar", {get(5, 4, "v", extents{1})}),
                        open(6, 1, "baz", {get(7, 6, "v", extents{1})}, zeros)},
                       halves)},
                 {"filled_with(builder, v2, constant(0.5))", "filled_with(builder, v3, ones())",
                  "filled_with(builder, v5, constant(0.5))", "filled_with(builder, v7, zeros())"});
}

TEST_CASE("documented: ops are named after the scope", "[laws]") {
    require_both(
        {open(1, 0, "foo", {get(2, 1, "v", extents{1}), op(add, 3, {2, 2})}),
         open(4, 0, "foo", {get(5, 4, "v", extents{1}), op(add, 6, {5, 5}), op(add, 7, {5, 5})}, shares)},
        {"t3.op_name() == \"foo/add\"", "t6.op_name() == \"foo_1/add\"", "t7.op_name() == \"foo_1/add_1\"",
         "v5.name() == \"foo/v:0\""});
}

TEST_CASE("documented: a name scope names ops only", "[laws]") {
    require_both({open(1, 0, "foo", {names(2, 1, "bar", {get(3, 1, "v", extents{1}), op(add, 4, {3, 3})})})},
                 {"v3.name() == \"foo/v:0\"", "t4.op_name() == \"foo/bar/add\""});
}

TEST_CASE("documented: name scopes nest, count up, and are left for another or for the top", "[laws]") {
    require_both({op(relu, 1, {0}, "c"), op(relu, 2, {0}, "c"),
                  names(3, 0, "nested",
                        {op(relu, 4, {0}, "c"), names(5, 0, "inner", {op(relu, 6, {0}, "c")}),
                         names(7, 0, "inner",
                               {op(relu, 8, {0}, "c"), names(9, 0, "nested/", {op(relu, 10, {0}, "d")}),
                                names(11, 0, "", {op(relu, 12, {0}, "e")})})})},
                 {"t1.op_name() == \"c\"", "t2.op_name() == \"c_1\"", "n3.name() == \"nested/\"",
                  "t4.op_name() == \"nested/c\"", "t6.op_name() == \"nested/inner/c\"",
                  "n7.name() == \"nested/inner_1/\"", "t8.op_name() == \"nested/inner_1/c\"",
                  "t10.op_name() == \"nested/d\"", "t12.op_name() == \"e\""});
}

TEST_CASE("documented: the original name scope of a scope that is entered again", "[laws]") {
    statement original = names(4, 3, "", {get(5, 3, "v", extents{1}), op(relu, 6, {5}, "c")});
    original.what = does::name_scope_of;
    original.other = 3;
    require_both(
        {open(1, 0, "foo", {of_scope(take_handle, 2, 1)}), jump(3, 0, 0, {original})},
        {"s3.original_name_scope() == \"foo/\"", "v5.name() == \"foo/v:0\"", "t6.op_name() == \"foo/c\""});
}

TEST_CASE("documented: counters of default names are discarded with the parent scope", "[laws]") {
    require_both(
        {open(1, 0, "foo",
              {of_scope(take_handle, 2, 1), default_name(3, 1, "bar", {get(4, 3, "a", extents{1})}),
               default_name(5, 1, "bar", {get(6, 5, "b", extents{1})})}),
         jump(7, 0, 0, {default_name(8, 7, "bar", {get(9, 8, "c", extents{1})})})},
        {"v4.name() == \"foo/bar/a:0\"", "v6.name() == \"foo/bar_1/b:0\"", "v9.name() == \"foo/bar/c:0\""});
}

TEST_CASE("documented: variable() makes a new one, get_variable() shares", "[laws]") {
    require_both(
        {new_variable(1, 0, "name1", {1}), new_variable(2, 0, "name1", {1}),
         open(3, 0, "scope", {new_variable(4, 3, "name1", {1}), get(5, 3, "v", extents{1})}),
         open(6, 0, "scope", {new_variable(7, 6, "name1", {1}), get(8, 6, "v", extents{1})}, shares)},
        {"v1.name() == \"name1:0\"", "v2.name() == \"name1_1:0\"", "v4.name() == \"scope/name1:0\"",
         "v7.name() == \"scope_1/name1:0\"", "v8.name() == \"scope/v:0\"", "v8.id() == 3",
         "variable_count() == 5"});
}

TEST_CASE("documented: a template shares its variables between calls", "[laws]") {
    const statement scale{.what = does::make_template,
                          .number = 1,
                          .name = "scale_by_y",
                          .operands = {2},
                          .body = {get(2, 1, "y", extents{}), op(relu, 3, {2})}};
    const auto call = [](int number, int scope) {
        return statement{.what = call_template, .number = number, .scope = scope, .other = 1};
    };
    require_both({scale, call(4, 0), open(5, 0, "elsewhere", {call(6, 5), op(relu, 7, {0})})},
                 {"v4.name() == \"scale_by_y/y:0\"", "v6.id() == 0", "uses == 2",
                  "t7.op_name() == \"elsewhere/relu\"", "variable_count() == 1"});
}

TEST_CASE("documented: collections are asked for by scope", "[laws]") {
    const auto all = [](int number, collection from, std::string prefix) {
        return statement{.what = query, .number = number, .name = std::move(prefix), .from = from};
    };
    constexpr options frozen{.trainable = false}, regularized{.regularizer = regularizing::sum};
    require_both({get(1, 0, "v", extents{1}), open(2, 0, "a", {get(3, 2, "v", extents{1}, frozen)}),
                  open(4, 0, "ab", {get(5, 4, "v", extents{1}, regularized)}),
                  open(6, 0, "ab", {get(7, 6, "v", extents{1}, regularized)}, shares),
                  all(8, collection::global, ""), all(9, collection::trainable, ""),
                  all(10, collection::global, "a"), all(11, collection::regularization, "ab/")},
                 {"global_variables(\"\")) == \"v:0 a/v:0 ab/v:0\"",
                  "trainable_variables(\"\")) == \"v:0 ab/v:0\"", "global_variables(\"a\")) == \"a/v:0\"",
                  "regularization_losses(\"ab/\")) == \"ab/v/Regularizer/reduce_sum:0\""});
}
