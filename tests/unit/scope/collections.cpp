// SPDX-License-Identifier: BSL-1.0
#include <ambit/scope/collections.hpp>

#include <ambit/graph/collect.hpp>
#include <ambit/nn/regularizers.hpp>
#include <ambit/ops/all.hpp>

#include "both_worlds.hpp"

#include <stdexcept>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

constexpr int variables_by_prefix_of_whole_components() {
    graph_builder builder;
    scope s(builder);
    {
        auto encoder = s.variable_scope("encoder");
        static_cast<void>(encoder.get_variable("weights", {2}));
        static_cast<void>(encoder.get_variable("frozen", {2}, {.trainable = false}));
        static_cast<void>(encoder.get_local_variable("state", {2}));
        static_cast<void>(encoder.variable("made", {2}));
    }
    { auto other = s.variable_scope("encoder_2"); static_cast<void>(other.get_variable("weights", {2})); }
    EXPECT(s.global_variables().size() == 4);
    EXPECT(s.global_variables("encoder").size() == 3);
    EXPECT(s.global_variables("encoder/").size() == 3);
    EXPECT(s.global_variables("enc").size() == 0);
    EXPECT(s.trainable_variables("encoder").size() == 2);
    EXPECT(s.trainable_variables("encoder")[0].name() == "encoder/weights:0");
    EXPECT(s.trainable_variables("encoder")[1].name() == "encoder/made:0");
    EXPECT(s.trainable_variables("encoder/weights").size() == 1);
    EXPECT(s.local_variables().size() == 1);
    EXPECT(s.local_variables()[0].is_local());
    EXPECT(!s.local_variables()[0].is_trainable());
    EXPECT(s.get_collection<variable>(collections::trainable_variables).size() == 3);
    EXPECT(s.get_collection<variable>(collections::global_variables, "encoder_2").size() == 1);
    EXPECT(s.get_collection<variable>(collections::local_variables).size() == 1);
    EXPECT(s.current().name() == "");
    return 0;
}

constexpr int the_users_own() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto a = s.variable_scope("a");
    const variable w = a.get_variable("w", {2}, {.collections = {"slow", "logged"}});
    const tensor y = relu(x);
    a.add_to_collection("activations", y);
    a.add_to_collection("logged", y);
    a.close();
    s.add_to_collection("activations", relu(x));
    s.add_to_collection("slow", s.get_variable("v", {2}));
    EXPECT(s.get_collection<tensor>("activations").size() == 2);
    EXPECT(s.get_collection<tensor>("activations", "a").size() == 1);
    EXPECT(s.get_collection<tensor>("activations", "a")[0] == y);
    EXPECT(s.get_collection<variable>("slow").size() == 2);
    EXPECT(s.get_collection<variable>("slow", "a")[0] == w);
    EXPECT(s.get_collection<variable>("logged").size() == 1);
    EXPECT(s.get_collection<tensor>("logged").size() == 1);
    EXPECT(s.get_collection<tensor>("nothing").empty());
    EXPECT(s.global_variables().size() == 2);  // the user's are besides the built-in ones
    s.add_loss(reduce_sum(y));
    EXPECT(s.losses().size() == 1);
    EXPECT(s.losses("a").empty());
    auto b = s.variable_scope("b");
    const operation step = assign(w, y);
    b.add_to_collection(collections::updates, step);
    b.close();
    EXPECT(s.updates("b").size() == 1);
    EXPECT(s.updates("b")[0] == step);
    EXPECT(s.updates("a").empty());
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int a_scope_has_what_lies_below_it() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto generator = s.variable_scope("generator", {.regularizer = l2_regularizer(1)});
    const variable made = generator.get_variable("w", {2}, {.collections = {"mine"}});
    auto inner = generator.variable_scope("conv");
    const variable in_conv = inner.get_variable("w", {2});
    inner.add_loss(reduce_sum(x));
    inner.add_to_collection(collections::updates, assign(made, x));
    EXPECT(inner.trainable_variables().size() == 1);
    EXPECT(inner.trainable_variables()[0] == in_conv);
    inner.close();
    EXPECT(generator.get_local_variable("state", {2}).is_local());
    generator.close();
    const scope_handle captured = generator.handle();
    const variable same_name = s.get_variable("generator", {2});
    auto other = s.variable_scope("generator_2");
    const variable of_the_other = other.get_variable("w", {2}, {.collections = {"mine"}});
    other.add_loss(reduce_sum(x));
    EXPECT(other.trainable_variables().size() == 1);
    EXPECT(other.trainable_variables()[0] == of_the_other);
    EXPECT(other.root().trainable_variables().size() == 4);
    EXPECT(other.get_collection<variable>("mine")[0] == of_the_other);
    EXPECT(other.get_collection<variable>("mine").size() == 1);
    EXPECT(other.losses().size() == 1);
    EXPECT(other.updates().empty());
    EXPECT(other.regularization_losses().empty());
    EXPECT(other.global_variables("generator").empty());  // a prefix leads further down
    other.close();
    // Closed or captured, it knows the same: neither the variable of its own name nor a longer name.
    EXPECT(captured.trainable_variables().size() == 2);
    EXPECT(captured.trainable_variables()[0] == made);
    EXPECT(captured.trainable_variables("conv")[0] == in_conv);
    EXPECT(captured.trainable_variables("conv/").size() == 1);
    EXPECT(captured.trainable_variables("conv/w").size() == 1);
    EXPECT(captured.trainable_variables("con").empty());
    EXPECT(captured.trainable_variables("/conv").empty());
    EXPECT(captured.trainable_variables("conv//").empty());
    EXPECT(captured.global_variables().size() == 2);
    EXPECT(captured.local_variables().size() == 1);
    EXPECT(captured.losses().size() == 1);
    EXPECT(captured.updates().size() == 1);
    EXPECT(captured.regularization_losses().size() == 3);
    EXPECT(captured.get_collection<variable>("mine")[0] == made);
    EXPECT(generator.get_collection<variable>(collections::trainable_variables).size() == 2);
    EXPECT(s.trainable_variables()[2] == same_name);
    EXPECT(s.trainable_variables("generator").size() == 3);
    // A jump has what lies below the scope that it leads to.
    auto elsewhere = s.variable_scope("elsewhere");
    auto jump = elsewhere.variable_scope(captured, {.reuse = true});
    EXPECT(jump.trainable_variables().size() == 2);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int what_is_added_to_a_built_in_collection_is_found() {
    graph_builder builder;
    scope s(builder);
    const variable frozen = s.get_variable("frozen", {}, {.trainable = false});
    const variable plain = s.get_variable("plain", {2});
    const variable state = s.get_local_variable("state", {2});
    s.add_to_collection(collections::trainable_variables, frozen);
    s.add_to_collection(collections::trainable_variables, frozen);
    s.add_to_collection(collections::trainable_variables, plain);
    EXPECT(s.trainable_variables().size() == 2);
    EXPECT(s.trainable_variables()[0] == plain);
    EXPECT(s.trainable_variables()[1] == frozen);
    EXPECT(!frozen.is_trainable());  // as it was made
    s.add_to_collection(collections::global_variables, state);
    EXPECT(s.global_variables().size() == 3);
    EXPECT(s.get_collection<variable>(collections::global_variables)[2] == state);
    EXPECT(s.local_variables().size() == 1);
    auto a = s.variable_scope("a");
    static_cast<void>(a.get_variable("w", {2}, {.trainable = false, .collections = {"trainable_variables"}}));
    EXPECT(a.trainable_variables().size() == 1);
    a.close();
    s.add_to_collection(collections::losses, frozen);  // read
    EXPECT(s.losses().size() == 1);
    EXPECT(s.losses()[0].name() == "frozen:0");
    s.add_to_collection(collections::regularization_losses, frozen);
    EXPECT(s.regularization_losses().size() == 1);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int a_built_in_collection_holds_one_kind() {
    graph_builder builder, another;
    scope s(builder), elsewhere(another);
    const tensor x = builder.input(spec(float32, {2}));
    const variable w = s.get_variable("w", {2});
    const auto last = [&] { return builder.mistakes()[builder.mistakes().size() - 1].kind; };
    s.add_to_collection(collections::trainable_variables, x);
    EXPECT(builder.mistakes().size() == 1 && last() == mistake::collection_member);
    s.add_to_collection(collections::updates, x);
    EXPECT(builder.mistakes().size() == 2 && last() == mistake::collection_member);
    s.add_to_collection(collections::losses, assign(w, x));
    EXPECT(builder.mistakes().size() == 3 && last() == mistake::collection_member);
    s.add_to_collection(collections::updates, w);
    EXPECT(builder.mistakes().size() == 4 && last() == mistake::collection_member);
    EXPECT(s.get_variable("v", {2}, {.collections = {"mine", "losses"}}).id() < 0);
    EXPECT(builder.mistakes().size() == 5 && last() == mistake::collection_member);
    EXPECT(s.losses().empty() && s.updates().empty() && s.get_collection<variable>("mine").empty());
    s.add_to_collection("mine", elsewhere.get_variable("w", {2}));
    EXPECT(builder.mistakes().size() == 6 && last() == mistake::foreign_tensor);
    EXPECT(s.get_collection<variable>("mine").empty());
    return 0;
}

constexpr int a_name_twice_adds_once() {
    graph_builder builder;
    scope s(builder);
    static_cast<void>(s.get_variable("w", {2}, {.collections = {"mine", "other", "mine", "trainable_variables"}}));
    EXPECT(s.get_collection<variable>("mine").size() == 1);
    EXPECT(s.get_collection<variable>("other").size() == 1);
    EXPECT(s.trainable_variables().size() == 1);
    static_cast<void>(s.variable("v", 1.f, {.collections = {"mine", "mine"}}));
    EXPECT(s.get_collection<variable>("mine").size() == 2);
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int a_live_collection_changes_with_the_graph() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto mine = s.get_collection_ref<tensor>("mine");
    auto losses = s.get_collection_ref<tensor>(collections::losses);
    auto trained = s.get_collection_ref<variable>(collections::trainable_variables);
    EXPECT(mine.empty() && losses.empty() && trained.empty());
    auto a = s.variable_scope("a");
    const variable w = a.get_variable("w", {2}), v = a.get_variable("v", {2});
    a.add_to_collection("mine", x);
    EXPECT(mine.size() == 1 && mine[0] == x);
    EXPECT(trained.size() == 2 && trained[1] == v);
    const tensor y = relu(x);
    mine.push_back(y);
    EXPECT(s.get_collection<tensor>("mine").size() == 2);
    EXPECT(mine.remove(x) && !mine.remove(x));
    EXPECT(mine.size() == 1 && mine[0] == y);
    losses.push_back(reduce_sum(y));
    EXPECT(s.losses().size() == 1);
    losses.clear();
    EXPECT(s.losses().empty() && mine.size() == 1);
    EXPECT(trained.remove(w));
    EXPECT(s.trainable_variables().size() == 1 && !w.is_trainable());
    trained.push_back(w);
    EXPECT(trained.size() == 2 && trained[1] == w);
    EXPECT(builder.mistakes().empty());
    EXPECT(!s.get_collection_ref<variable>(collections::global_variables).remove(w));
    EXPECT(builder.mistakes()[0].kind == mistake::collection_member);
    return 0;
}

constexpr int reuse_adds_nothing() {
    graph_builder builder;
    scope s(builder);
    static_cast<void>(s.get_variable("w", {2}, {.regularizer = l2_regularizer(1), .collections = {"mine"}}));
    s.reuse_variables();
    static_cast<void>(s.get_variable("w", {2}, {.regularizer = l1_regularizer(1), .collections = {"mine", "more"}}));
    EXPECT(s.get_collection<variable>("mine").size() == 1);
    EXPECT(s.get_collection<variable>("more").empty());
    EXPECT(s.regularization_losses().size() == 1);
    EXPECT(s.global_variables().size() == 1);
    return 0;
}

constexpr int mistakes_join_no_collection() {
    graph_builder builder, elsewhere;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    const tensor foreign = elsewhere.input(spec(float32, {2}));
    s.get_variable("w", {0}, {.regularizer = l2_regularizer(1), .collections = {"mine"}});
    EXPECT(builder.mistakes().size() == 1);
    EXPECT(s.get_collection<variable>("mine").empty());
    EXPECT(s.regularization_losses().empty());
    s.add_to_collection("mine", matmul(x, x));
    EXPECT(builder.mistakes().size() == 2);
    EXPECT(s.get_collection<tensor>("mine").empty());
    s.add_to_collection("mine", foreign);
    EXPECT(builder.mistakes().size() == 3);
    EXPECT(builder.mistakes()[2].kind == mistake::foreign_tensor);
    EXPECT(s.get_collection<tensor>("mine").empty());
    s.add_to_collection("mine", s.get_variable("not legal", {2}));
    EXPECT(s.get_collection<variable>("mine").empty());
    return 0;
}

constexpr int regularizers_are_inherited_and_overridden() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a", {.regularizer = l2_regularizer(0.5)});
    static_cast<void>(a.get_variable("w", {2, 2}));
    static_cast<void>(a.get_variable("none", {2}, {.regularizer = no_regularizer}));
    static_cast<void>(a.get_variable("own", {2}, {.regularizer = l1_regularizer(1)}));
    static_cast<void>(a.variable("made", {2}));  // the defaults of scopes are for get_variable
    {
        auto b = a.variable_scope("b");
        static_cast<void>(b.get_variable("w", {2}));
        auto c = b.variable_scope("c", {.regularizer = no_regularizer});
        static_cast<void>(c.get_variable("w", {2}));
    }
    const scope_handle handle = a.handle();
    a.close();
    {
        auto by_name = s.variable_scope("a");
        static_cast<void>(by_name.get_variable("by_name", {2}));
    }
    auto by_handle = s.variable_scope(handle);
    static_cast<void>(by_handle.get_variable("by_handle", {2}));
    const buffer<tensor> losses = s.regularization_losses();
    EXPECT(losses.size() == 4);
    EXPECT(losses[0].op_name() == "a/w/Regularizer/l2_regularizer");
    EXPECT(losses[0].shape() == shape{});
    EXPECT(losses[1].op_name() == "a/own/Regularizer/l1_regularizer");
    EXPECT(losses[2].op_name() == "a/b/w/Regularizer/l2_regularizer");
    EXPECT(losses[3].op_name() == "a/by_handle/Regularizer/l2_regularizer");
    EXPECT(s.regularization_losses("a/b").size() == 1);
    EXPECT(regularization_loss(s).shape() == shape{});
    EXPECT(regularization_loss(s, "nowhere").shape() == shape{});
    EXPECT(s.losses().empty());
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr tensor not_a_scalar(const tensor& values, double) { return relu(values); }
constexpr tensor of_no_graph(const tensor&, double) { return {}; }

constexpr int a_regularizers_loss_is_a_scalar_of_this_graph() {
    graph_builder builder;
    scope s(builder);
    EXPECT(s.get_variable("w", {2}, {.regularizer = regularizer{&not_a_scalar}}).name() == "w:0");
    EXPECT(builder.mistakes()[0].kind == mistake::op_shape);
    EXPECT(s.get_variable("v", {2}, {.regularizer = regularizer{&of_no_graph}}).name() == "v:0");
    EXPECT(builder.mistakes()[1].kind == mistake::foreign_tensor);
    EXPECT(builder.mistakes().size() == 2);
    EXPECT(s.regularization_losses().empty());
    return 0;
}

constexpr tensor clipped(const tensor& values, double limit) { return clip(values, -limit, limit); }
constexpr tensor positive(const tensor& values, double) { return relu(values); }

constexpr int constraints_are_inherited_and_overridden() {
    graph_builder builder;
    scope s(builder);
    const auto parameter = [&](const variable& v) { return builder.constraint_of(v.id()).parameter; };
    auto a = s.variable_scope("a", {.constraint = constraint{&clipped, 2}});
    EXPECT(parameter(a.get_variable("w", {2})) == 2);
    EXPECT(parameter(a.get_variable("own", {2}, {.constraint = constraint{&positive, 3}})) == 3);
    EXPECT(builder.constraint_of(a.get_variable("none", {2}, {.constraint = no_constraint}).id()).is_none == 1);
    auto b = a.variable_scope("b");
    EXPECT(parameter(b.get_variable("w", {2})) == 2);
    auto c = b.variable_scope("c", {.constraint = no_constraint});
    EXPECT(builder.constraint_of(c.get_variable("w", {2}).id()).is_none == 1);
    const tensor limited = builder.constraint_of(0).apply(builder.read(variable(&builder.variables(), 0)), 2);
    EXPECT(limited.shape() == shape{2});
    EXPECT(builder.mistakes().empty());
    return 0;
}

tensor throwing(const tensor&, double) { throw std::runtime_error("the user's own"); }

}  // namespace

TEST_CASE("collections: variables by prefix of whole components") { IN_BOTH_WORLDS(variables_by_prefix_of_whole_components); }
TEST_CASE("collections: the user's own") { IN_BOTH_WORLDS(the_users_own); }
TEST_CASE("collections: a scope has what lies below it") { IN_BOTH_WORLDS(a_scope_has_what_lies_below_it); }
TEST_CASE("collections: what is added to a built-in one is found") {
    IN_BOTH_WORLDS(what_is_added_to_a_built_in_collection_is_found);
}
TEST_CASE("collections: a built-in one holds one kind") { IN_BOTH_WORLDS(a_built_in_collection_holds_one_kind); }
TEST_CASE("collections: a name twice adds once") { IN_BOTH_WORLDS(a_name_twice_adds_once); }
TEST_CASE("collections: a live one changes with the graph") { IN_BOTH_WORLDS(a_live_collection_changes_with_the_graph); }
TEST_CASE("collections: reuse adds nothing") { IN_BOTH_WORLDS(reuse_adds_nothing); }
TEST_CASE("collections: mistakes join none") { IN_BOTH_WORLDS(mistakes_join_no_collection); }
TEST_CASE("defaults on a scope: regularizers") { IN_BOTH_WORLDS(regularizers_are_inherited_and_overridden); }
TEST_CASE("a regularizer's loss is a scalar of this graph") {
    IN_BOTH_WORLDS(a_regularizers_loss_is_a_scalar_of_this_graph);
}
TEST_CASE("defaults on a scope: constraints") { IN_BOTH_WORLDS(constraints_are_inherited_and_overridden); }

TEST_CASE("failed creation leaves no trace: a regularizer that throws") {
    graph_builder builder(on_mistake::raise);
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto a = s.variable_scope("a", {.regularizer = regularizer{&throwing}});
    REQUIRE_THROWS_AS(a.get_variable("w", {2}, {.collections = {"mine"}}), std::runtime_error);
    REQUIRE_THROWS_AS(a.get_variable("w", {2}, {.regularizer = regularizer{&not_a_scalar}}), model_error);
    REQUIRE(builder.variable_count() == 0);
    REQUIRE(s.get_collection<variable>("mine").empty());
    REQUIRE(relu(x).op_name() == "a/relu");
    REQUIRE(a.get_variable("w", {2}, {.regularizer = no_regularizer}).name() == "a/w:0");
}
