// SPDX-License-Identifier: BSL-1.0
#include <ambit/scope/variable_value.hpp>

#include <ambit/graph/builder.hpp>
#include <ambit/ops/relu.hpp>

#include "both_worlds.hpp"

#include <array>
#include <string>
#include <vector>

using namespace ambit;

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
TEST_CASE("variable(...) is refused like others") { IN_BOTH_WORLDS(is_refused_like_others); }
TEST_CASE("values of variables are numbers and nested arrays of them") {
    STATIC_REQUIRE(variable_value<int>);
    STATIC_REQUIRE(variable_value<std::array<std::array<double, 2>, 3>>);
    STATIC_REQUIRE_FALSE(variable_value<std::array<float, 0>>);
    STATIC_REQUIRE_FALSE(variable_value<std::vector<float>>);
    STATIC_REQUIRE_FALSE(variable_value<std::string>);
    STATIC_REQUIRE_FALSE(variable_value<long double>);
}
