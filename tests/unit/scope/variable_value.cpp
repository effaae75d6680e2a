// SPDX-License-Identifier: BSL-1.0
#include <ambit/scope/variable_value.hpp>

#include <ambit/graph/builder.hpp>
#include <ambit/ops/all.hpp>

#include "both_worlds.hpp"

#include <array>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

constexpr int always_creates() {
    graph_builder builder;
    scope s(builder);
    const variable a = s.variable("name1", {1});
    const variable b = s.variable("name1", {1});
    EXPECT(a.name() == "name1:0");
    EXPECT(b.name() == "name1_1:0");
    EXPECT(!(a == b));
    EXPECT(s.get_variable("name1_2", {1}).name() == "name1_2:0");
    EXPECT(s.variable("name1", {1}).name() == "name1_3:0");
    s.reuse_variables();
    EXPECT(s.variable("name1", {1}).name() == "name1_4:0");
    EXPECT(builder.variable_count() == 5);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int follows_the_name_scope() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto foo = s.variable_scope("foo");
    EXPECT(foo.variable("v", {2}).name() == "foo/v:0");
    auto bar = foo.name_scope("bar");
    EXPECT(foo.variable("v", {2}).name() == "foo/bar/v:0");
    EXPECT(foo.get_variable("w", {2}).name() == "foo/w:0");
    bar.close();
    foo.close();
    auto again = s.variable_scope("foo");
    EXPECT(again.variable("v", {2}).name() == "foo_1/v:0");
    // Names of ops do not matter to it, while ops avoid its names.
    EXPECT(relu(x).op_name() == "foo_1/relu");
    EXPECT(again.variable("relu", {2}).name() == "foo_1/relu:0");
    EXPECT(relu(x).op_name() == "foo_1/relu_1");
    EXPECT(again.variable("other", {2}).name() == "foo_1/other:0");
    EXPECT(relu(x, {.name = "other"}).op_name() == "foo_1/other_1");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int get_variable_never_returns_it() {
    graph_builder builder;
    scope s(builder);
    const variable made = s.variable("v", {2});
    EXPECT(s.get_variable("v", {2}) == made);  // goes on with it after the mistake
    EXPECT(builder.mistakes()[0].kind == mistake::variable_exists);
    {
        auto either = s.variable_scope("sub", {.reuse = auto_reuse});
        static_cast<void>(either.variable("w", {2}));
        either.get_variable("w", {2});
        EXPECT(builder.mistakes()[1].kind == mistake::variable_exists);
        static_cast<void>(either.get_variable("x", {2}));
        EXPECT(either.get_variable("x", {2}).name() == "sub/x:0");
    }
    s.reuse_variables();
    EXPECT(s.get_variable("v", {2}).name() == "");
    EXPECT(builder.mistakes()[2].kind == mistake::variable_missing);
    EXPECT(builder.mistakes().size() == 3);
    bool says_who_made_it = false;
    for (int i = 0; i < builder.mistakes()[2].detail_count; ++i)
        says_who_made_it = says_who_made_it ||
                           builder.mistakes().detail(builder.mistakes()[2].first_detail + i).tag == detail_tag::rule;
    EXPECT(says_who_made_it);
    return 0;
}

constexpr int a_value_gives_shape_dtype_and_values() {
    graph_builder builder;
    scope s(builder);
    const auto initial = [&](const variable& v, int i) {
        return builder.values()[builder.variable_at(v.id()).first_value + i];
    };
    const variable counter = s.variable("counter", 0);
    EXPECT(counter.shape() == shape{} && counter.dtype() == int32);
    EXPECT(builder.initializer_of(counter.id()) == constant(0));
    EXPECT(s.variable("rate", 0.5f).dtype() == float32);
    EXPECT(s.variable("exact", 0.5).dtype() == float64);
    EXPECT(s.variable("flag", true).dtype() == boolean);
    const variable row = s.variable("row", std::array{1.0f, 2.0f});
    EXPECT(row.shape() == shape{2} && initial(row, 1) == 2);
    const variable matrix = s.variable("matrix", std::array{std::array{1, 2, 3}, std::array{4, 5, 6}});
    EXPECT((matrix.shape() == shape{2, 3}) && matrix.dtype() == int32);
    EXPECT(initial(matrix, 0) == 1 && initial(matrix, 2) == 3 && initial(matrix, 5) == 6);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int scope_defaults_do_not_reach_it() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a", {.initializer = ones(), .dtype = float64, .trainable = false});
    const variable v = a.variable("v", {2});
    EXPECT(v.dtype() == float32);
    EXPECT(v.is_trainable());
    EXPECT(builder.initializer_of(v.id()) == glorot_uniform());
    const variable own = a.variable("own", {2}, {.initializer = zeros(), .dtype = int64, .trainable = false});
    EXPECT(own.dtype() == int64 && !own.is_trainable());
    EXPECT(builder.initializer_of(own.id()) == zeros());
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int options_beside_a_value_are_honoured_or_refused() {
    graph_builder builder;
    scope s(builder);
    const variable wide = s.variable("wide", 3, {.dtype = float64});  // converted, as each is a value of it
    EXPECT(wide.dtype() == float64 && builder.initializer_of(wide.id()) == constant(3));
    EXPECT(s.variable("narrow", std::array{1.0, 0.1}, {.dtype = float32}).dtype() == float32);
    EXPECT(s.variable("whole", 2.0, {.dtype = uint8}).dtype() == uint8);
    EXPECT(s.variable("mine", 1.f, {.trainable = false, .local = true}).is_local());
    EXPECT(builder.mistakes().empty());
    EXPECT(s.variable("half", 0.5, {.dtype = int32}).id() < 0);
    EXPECT(builder.mistakes()[0].kind == mistake::initializer_unfit);
    EXPECT(s.variable("large", 1e300, {.dtype = float32}).id() < 0);
    EXPECT(builder.mistakes()[1].kind == mistake::initializer_unfit);
    const variable both = s.variable("both", std::array{1.f, 2.f}, {.initializer = ones()});
    EXPECT(both.id() < 0 && both.shape() == shape{2});
    EXPECT(builder.mistakes()[2].kind == mistake::initializer_unfit);
    EXPECT(s.get_variable("both", 1.f, {.initializer = ones()}).id() < 0);
    EXPECT(builder.mistakes()[3].kind == mistake::initializer_unfit);
    EXPECT(builder.mistakes().size() == 4);
    return 0;
}

constexpr int one_without_a_name_counts_up() {
    graph_builder builder;
    scope s(builder);
    EXPECT(s.variable(1.f).name() == "Variable:0");
    EXPECT(s.variable(std::array{1, 2}).name() == "Variable_1:0");
    EXPECT(s.variable(2, {.dtype = int64, .trainable = false}).dtype() == int64);
    auto a = s.variable_scope("a");
    EXPECT(a.variable(true).name() == "a/Variable:0");
    EXPECT(a.variable(same_as(variable(&builder.variables(), 1))).shape() == shape{2});
    EXPECT(builder.variable_at(4).begins_as == 1);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int get_variable_takes_a_value() {
    graph_builder builder;
    scope s(builder);
    const auto initial = [&](const variable& v, int i) {
        return builder.values()[builder.variable_at(v.id()).first_value + i];
    };
    auto a = s.variable_scope("a", {.initializer = ones(), .dtype = float64, .trainable = false});
    const variable step = a.get_variable("step", 7);
    EXPECT(step.name() == "a/step:0" && step.shape() == shape{} && step.dtype() == int32);
    EXPECT(builder.initializer_of(step.id()) == constant(7));
    EXPECT(!step.is_trainable());  // the scope's other defaults hold
    const variable row = a.get_variable("row", std::array{1.f, 2.f}, {.dtype = float32});
    EXPECT(row.shape() == shape{2} && row.dtype() == float32 && initial(row, 1) == 2);
    EXPECT(a.get_local_variable("state", std::array{std::array{1, 2}}).is_local());
    a.reuse_variables();
    EXPECT(a.get_variable("step", 7) == step);
    EXPECT(a.get_variable("row", std::array{5.f}) == row);  // ignored, as initializers are
    EXPECT(builder.mistakes().empty());
    a.get_variable("row", std::array{1.0, 2.0}, {.dtype = float64});
    EXPECT(builder.mistakes()[0].kind == mistake::dtype_mismatch);
    a.get_variable("none", 1.f);
    EXPECT(builder.mistakes()[1].kind == mistake::variable_missing);
    a.close();
    EXPECT(s.get_variable("wide", 1.f, {.dtype = float64}).id() < 0);  // never converted
    EXPECT(builder.mistakes()[2].kind == mistake::initializer_unfit);
    EXPECT(s.get_variable("not legal", 1.f).id() < 0);
    EXPECT(builder.mistakes()[3].kind == mistake::invalid_name);
    s.get_variable("a/step", 1);
    EXPECT(builder.mistakes()[4].kind == mistake::variable_exists);
    EXPECT(builder.mistakes().size() == 5);
    constexpr std::int64_t odd = (std::int64_t{1} << 53) + 1;  // no double
    EXPECT(s.get_variable("large", odd - 1).dtype() == int64);
    EXPECT(s.get_variable("odd", odd).id() < 0);
    EXPECT(s.get_variable("odds", std::array{std::array{odd - 1, odd}}).id() < 0);
    EXPECT(s.variable("odd", odd).id() < 0);
    EXPECT(builder.mistakes().size() == 8);
    for (int i = 5; i < 8; ++i) EXPECT(builder.mistakes()[i].kind == mistake::initializer_unfit);
    return 0;
}

constexpr int a_scopes_value_gives_shape_and_dtype() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a", {.initializer = from_value(std::array{1.0, 2.0})});
    const variable v = a.get_variable("v");
    EXPECT(v.shape() == shape{2} && v.dtype() == float64);
    EXPECT(builder.values()[builder.variable_at(v.id()).first_value + 1] == 2);
    EXPECT(a.get_variable("any", any_shape).shape() == shape{2});
    EXPECT(a.get_variable("same", {2}).dtype() == float64);
    EXPECT(a.get_variable("own", {3}, {.initializer = zeros()}).dtype() == float32);
    {
        auto inherits = a.variable_scope("b");
        EXPECT(inherits.get_variable("v").shape() == shape{2});
        auto another = inherits.variable_scope("c", {.initializer = ones()});
        another.get_variable("v");
        EXPECT(builder.mistakes()[0].kind == mistake::shape_needed);
    }
    EXPECT(a.get_variable("longer", {3}).id() < 0);
    EXPECT(builder.mistakes()[1].kind == mistake::initializer_unfit);
    EXPECT(a.get_variable("flat", {2, 1}).id() < 0);
    EXPECT(builder.mistakes()[2].kind == mistake::initializer_unfit);
    EXPECT(a.get_variable("single", {2}, {.dtype = float32}).id() < 0);
    EXPECT(builder.mistakes()[3].kind == mistake::initializer_unfit);
    a.reuse_variables();
    EXPECT(a.get_variable("v") == v);
    EXPECT(builder.mistakes().size() == 4);
    return 0;
}

constexpr int same_as_begins_with_the_values_of_another() {
    graph_builder builder, another;
    scope s(builder), elsewhere(another);
    const variable weights = s.get_variable("weights", {3, 2}, {.initializer = random_normal()});
    const variable listed = s.get_variable("listed", std::array{1.f, 2.f});
    const variable copy = s.get_variable("copy", same_as(weights));
    EXPECT((copy.shape() == shape{3, 2}) && copy != weights);
    EXPECT(builder.variable_at(copy.id()).begins_as == weights.id());
    EXPECT(builder.initializer_of(copy.id()) == random_normal());
    // Of a copy, of the default initializer, of a list; named by option, by scope, by variable().
    const variable third = s.variable("third", same_as(copy), {.trainable = false});
    EXPECT(builder.variable_at(third.id()).begins_as == weights.id() && !third.is_trainable());
    auto a = s.variable_scope("a", {.initializer = same_as(listed)});
    const variable of_scope = a.get_variable("v");
    EXPECT(of_scope.shape() == shape{2});
    EXPECT(builder.variable_at(of_scope.id()).first_value == builder.variable_at(listed.id()).first_value);
    const variable plain = a.get_variable("plain", {4}, {.initializer = glorot_uniform()});
    EXPECT(a.get_local_variable("state", {4}, {.initializer = same_as(plain)}).is_local());
    EXPECT(builder.mistakes().empty());
    EXPECT(a.get_variable("wide", {4}, {.initializer = same_as(plain), .dtype = float64}).id() < 0);
    EXPECT(builder.mistakes()[0].kind == mistake::initializer_unfit);
    EXPECT(a.get_variable("long", {5}, {.initializer = same_as(plain)}).id() < 0);
    EXPECT(builder.mistakes()[1].kind == mistake::initializer_unfit);
    EXPECT(a.get_variable("foreign", same_as(elsewhere.get_variable("w", {2}))).id() < 0);
    EXPECT(builder.mistakes()[2].kind == mistake::foreign_tensor);
    // Of one that a mistake kept from being made there is no second mistake.
    EXPECT(a.variable("inert", same_as(a.get_variable("not legal", {2}))).id() < 0);
    EXPECT(a.get_variable("none", same_as(variable())).id() < 0);
    EXPECT(builder.mistakes().size() == 5);
    // On reuse it is ignored, whatever it is.
    a.reuse_variables();
    EXPECT(a.get_variable("plain", same_as(weights)) == plain);
    return 0;
}

constexpr int is_refused_like_others() {
    graph_builder builder;
    scope s(builder);
    EXPECT(s.variable("not legal", {2}).name() == "");
    EXPECT(builder.mistakes()[0].kind == mistake::invalid_name);
    EXPECT(s.variable("v", {0}).name() == "");
    EXPECT(builder.mistakes()[1].kind == mistake::invalid_shape);
    EXPECT(s.variable("v", {2}, {.initializer = constant({1, 2, 3})}).name() == "");
    EXPECT(builder.mistakes()[2].kind == mistake::initializer_unfit);
    EXPECT(s.variable("v", {2}).name() == "v:0");  // no trace
    auto inner = s.variable_scope("inner");
    s.variable("w", {2});
    EXPECT(builder.mistakes()[3].kind == mistake::scope_out_of_order);
    EXPECT(builder.mistakes().size() == 4);
    return 0;
}

}  // namespace

TEST_CASE("variable(...) always creates") { IN_BOTH_WORLDS(always_creates); }
TEST_CASE("variable(...) follows the name scope") { IN_BOTH_WORLDS(follows_the_name_scope); }
TEST_CASE("variable(...) is never returned by get_variable") { IN_BOTH_WORLDS(get_variable_never_returns_it); }
TEST_CASE("variable(...) takes a value") { IN_BOTH_WORLDS(a_value_gives_shape_dtype_and_values); }
TEST_CASE("variable(...) knows no defaults of scopes") { IN_BOTH_WORLDS(scope_defaults_do_not_reach_it); }
TEST_CASE("variable(...) honours or refuses options beside a value") {
    IN_BOTH_WORLDS(options_beside_a_value_are_honoured_or_refused);
}
TEST_CASE("variable(...) without a name counts up") { IN_BOTH_WORLDS(one_without_a_name_counts_up); }
TEST_CASE("get_variable takes a value") { IN_BOTH_WORLDS(get_variable_takes_a_value); }
TEST_CASE("a scope's value gives shape and dtype") { IN_BOTH_WORLDS(a_scopes_value_gives_shape_and_dtype); }
TEST_CASE("same_as begins with the values of another") { IN_BOTH_WORLDS(same_as_begins_with_the_values_of_another); }
TEST_CASE("variable(...) is refused like others") { IN_BOTH_WORLDS(is_refused_like_others); }
TEST_CASE("values of variables are numbers and nested arrays of them") {
    STATIC_REQUIRE(variable_value<int>);
    STATIC_REQUIRE(variable_value<std::array<std::array<double, 2>, 3>>);
    STATIC_REQUIRE_FALSE(variable_value<std::array<float, 0>>);
    STATIC_REQUIRE_FALSE(variable_value<std::vector<float>>);
    STATIC_REQUIRE_FALSE(variable_value<std::string>);
    STATIC_REQUIRE_FALSE(variable_value<long double>);
}
