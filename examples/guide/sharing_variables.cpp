// SPDX-License-Identifier: BSL-1.0
// What the guide's page "Sharing variables" shows beyond TensorFlow 1's tutorials: default names, templates, custom
// getters, collections and regularizers. Each EXPECT holds in the compiler (static_assert) and at run time.
#include "../sharing/expect.hpp"

#include <ambit/ambit.hpp>

using namespace ambit;
using examples::holds;

// ---- Default names -------------------------------------------------------------------------------------------

constexpr tensor layer(scope& s, tensor x) {
    auto dense = s.variable_scope({.default_name = "dense"});
    return matmul(x, dense.get_variable("weights", {4, 4}));
}

constexpr void layers_get_the_next_free_name() {
    graph_builder graph;
    scope s(graph);
    tensor x = graph.input(spec(float32, {1, 4}));
    {
        auto tower = s.variable_scope("tower");
        layer(tower, layer(tower, x));  // tower/dense, tower/dense_1
    }
    {
        auto tower = s.variable_scope("tower", {.reuse = true});
        layer(tower, layer(tower, x));  // the same two
    }
    EXPECT(s.global_variables().size() == 2);
    EXPECT(s.global_variables()[0].name() == "tower/dense/weights:0");
    EXPECT(s.global_variables()[1].name() == "tower/dense_1/weights:0");
    EXPECT(graph.mistakes().empty());
}
static_assert(holds(layers_get_the_next_free_name));

// ---- Templates -----------------------------------------------------------------------------------------------

constexpr tensor affine_of(scope& s, tensor x) {
    variable weights = s.get_variable("weights", {4, 4});
    variable biases = s.get_variable("biases", {4}, {.initializer = zeros()});
    return matmul(x, weights) + biases;
}

constexpr void a_template_shares() {
    graph_builder graph;
    scope s(graph);
    tensor x = graph.input(spec(float32, {1, 4}));
    auto affine = make_template("affine", affine_of);
    tensor y1 = affine(s, x);  // creates
    auto elsewhere = s.variable_scope("elsewhere");
    tensor y2 = affine(elsewhere, x);  // shares
    EXPECT(s.global_variables().size() == 2);
    EXPECT(s.global_variables()[0].name() == "affine/weights:0");
    EXPECT(y1.op_name() == "affine/add");
    EXPECT(y2.op_name() == "elsewhere/affine/add");
    EXPECT(graph.mistakes().empty());
}
static_assert(holds(a_template_shares));

constexpr void each_template_has_its_own() {
    graph_builder graph;
    scope s(graph);
    tensor x = graph.input(spec(float32, {1, 4}));
    auto first = make_template("affine", affine_of);
    auto second = make_template("affine", affine_of);
    tensor y = second(s, first(s, x));
    tensor z = second(s, first(s, y));
    EXPECT(s.global_variables().size() == 4);
    EXPECT(s.global_variables()[2].name() == "affine_1/weights:0");
    EXPECT(first.handle().name() == "affine");
    EXPECT(second.handle().name() == "affine_1");
    EXPECT(z != y);

    // Of a unique name there is one: another template of it meets the variables of the first.
    auto third = make_template("affine", affine_of, {.unique_name = "affine"});
    third(s, x);
    EXPECT(graph.mistakes()[0].kind == mistake::variable_exists);
}
static_assert(holds(each_template_has_its_own));

// ---- Custom getters ------------------------------------------------------------------------------------------

// Asks for a variable that is not trained, and lets its users see half of it.
constexpr variable frozen_half(const variable_getter& next, const variable_call& call) {
    variable_call changed = call;
    changed.options.trainable = false;
    variable whole = next(changed);
    return whole.seen_as(0.5 * whole);
}

struct halved {
    constexpr tensor operator()(scope& s) const {
        auto frozen = s.variable_scope("frozen", {.custom_getter = frozen_half});
        variable v = frozen.get_variable("v", {1}, {.initializer = constant(3)});
        EXPECT(v.name() == "frozen/v:0");
        EXPECT(!v.is_trainable());
        return v + 0;
    }
};

constexpr void a_getter_stands_before_get_variable() { module_run<halved, 0> run({}, {}); }
static_assert(holds(a_getter_stands_before_get_variable));

void its_value() {
    model<halved> net(seed{1});
    EXPECT(net.get<"frozen/v">()(0) == 3);
    EXPECT(net()(0) == 1.5f);
}

// ---- Collections and regularizers ----------------------------------------------------------------------------

struct regularized {
    constexpr tensor operator()(scope& s) const {
        auto conv1 = s.variable_scope("conv1", {.initializer = ones(), .regularizer = l2_regularizer(0.5)});
        conv1.get_variable("weights", {5, 5, 1, 8}, {.collections = {"kernels"}});
        conv1.get_variable("biases", {8}, {.regularizer = no_regularizer});
        conv1.reuse_variables();
        conv1.get_variable("weights");  // adds nothing
        conv1.close();

        EXPECT(s.global_variables("conv1").size() == 2);
        EXPECT(s.get_collection<variable>("kernels").size() == 1);
        EXPECT(s.regularization_losses().size() == 1);
        EXPECT(s.regularization_losses("conv1/weights").size() == 1);
        EXPECT(s.regularization_losses("conv1/biases").empty());
        return regularization_loss(s);
    }
};

constexpr void a_loss_is_made_once() { module_run<regularized, 0> run({}, {}); }
static_assert(holds(a_loss_is_made_once));

void the_loss() {
    model<regularized> net(seed{1});
    EXPECT(net() == 50);  // 0.5 times half of 200 squares of 1
}

// ---- The table at the end of the page ------------------------------------------------------------------------

constexpr void reuse_is_never_weakened() {
    graph_builder graph;
    scope s(graph);
    auto foo = s.variable_scope("foo", {.reuse = true});
    auto bar = foo.variable_scope("bar", {.reuse = auto_reuse});
    EXPECT(bar.reuse() == reuse_mode::reuse);
    auto strict = bar.variable_scope(s.handle(), {.reuse = true});  // the root, by handle
    EXPECT(strict.name() == "");
    EXPECT(strict.reuse() == reuse_mode::reuse);
    EXPECT(s.reuse() == reuse_mode::create);
}
static_assert(holds(reuse_is_never_weakened));

constexpr void names_have_no_empty_parts() {
    graph_builder graph;
    scope s(graph);
    { auto empty = s.variable_scope(""); }
    { auto doubled = s.variable_scope("a//b"); }
    { auto trailing = s.variable_scope("a/"); }
    EXPECT(graph.mistakes().size() == 3);
    EXPECT(graph.mistakes()[0].kind == mistake::invalid_name);
    EXPECT(graph.mistakes()[1].kind == mistake::invalid_name);
    EXPECT(graph.mistakes()[2].kind == mistake::invalid_name);
}
static_assert(holds(names_have_no_empty_parts));

constexpr tensor at_most(const tensor& values, double most) { return minimum(values, most); }

constexpr void every_default_is_inherited() {
    graph_builder graph;
    scope s(graph);
    auto foo = s.variable_scope("foo", {.dtype = float64, .trainable = false, .constraint = constraint{at_most, 2}});
    auto bar = foo.variable_scope("bar");
    variable v = bar.get_variable("v", {1});
    EXPECT(v.dtype() == float64);
    EXPECT(!v.is_trainable());
    EXPECT(graph.constraint_of(v.id()).parameter == 2);
}
static_assert(holds(every_default_is_inherited));

constexpr void a_default_name_is_found_again() {
    graph_builder graph;
    scope s(graph);
    auto tower = s.variable_scope("tower");
    scope_handle around = tower.handle();
    auto dense = tower.variable_scope({.default_name = "dense"});
    variable w = dense.get_variable("w", {1});
    dense.close();
    tower.close();
    auto again = s.variable_scope(around);
    auto reused = again.variable_scope({.reuse = true, .default_name = "dense"});
    EXPECT(reused.name() == "tower/dense");
    EXPECT(reused.get_variable("w") == w);
}
static_assert(holds(a_default_name_is_found_again));

constexpr void no_dtype_matches_any() {
    graph_builder graph;
    scope s(graph);
    auto foo = s.variable_scope("foo");
    variable v = foo.get_variable("v", {2}, {.dtype = int32});
    foo.reuse_variables();
    EXPECT(foo.get_variable("v", {2}) == v);
    foo.close();
    auto floats = s.variable_scope("foo", {.reuse = true, .dtype = float32});
    floats.get_variable("v", {2});
    EXPECT(graph.mistakes()[0].kind == mistake::dtype_mismatch);
}
static_assert(holds(no_dtype_matches_any));

constexpr void variables_never_move_for_ops() {
    graph_builder graph;
    scope s(graph);
    tensor x = graph.input(spec(float32, {1}));
    EXPECT(add(x, x).op_name() == "add");
    EXPECT(s.get_variable("add", {1}).name() == "add:0");
    EXPECT(s.get_variable("mul", {1}).name() == "mul:0");
    EXPECT(mul(x, x).op_name() == "mul_1");
    EXPECT(add(x, x, {.name = "Add"}).op_name() == "Add");
    EXPECT(s.variable("Mul", 1.0).dtype() == float64);
    EXPECT(graph.mistakes().empty());
}
static_assert(holds(variables_never_move_for_ops));

constexpr void a_prefix_is_whole_components() {
    graph_builder graph;
    scope s(graph);
    s.get_variable("encoder/w", {1}, {.collections = {"mine"}});
    s.get_variable("encoder_2/w", {1}, {.collections = {"mine"}});
    EXPECT(s.global_variables("encoder").size() == 1);
    EXPECT(s.trainable_variables("encoder/").size() == 1);
    EXPECT(s.get_collection<variable>("mine", "encoder").size() == 1);
    EXPECT(s.global_variables("enc").empty());
}
static_assert(holds(a_prefix_is_whole_components));

constexpr void variable_in_a_template_is_always_new() {
    graph_builder graph;
    scope s(graph);
    auto noisy = make_template("noisy", [](scope& inside) { return inside.variable("noise", 0.f); });
    EXPECT(noisy(s).name() == "noisy/noise:0");
    EXPECT(noisy(s).name() == "noisy_1/noise:0");
}
static_assert(holds(variable_in_a_template_is_always_new));

int main() {
    return examples::tell({
        {"Layers get the next free name", layers_get_the_next_free_name},
        {"A template shares", a_template_shares},
        {"Each template has its own variables", each_template_has_its_own},
        {"A getter stands before get_variable", a_getter_stands_before_get_variable},
        {"Its value", its_value},
        {"A regularizer's loss is made once", a_loss_is_made_once},
        {"The loss", the_loss},
        {"Reuse is never weakened", reuse_is_never_weakened},
        {"Names have no empty parts", names_have_no_empty_parts},
        {"Every default is inherited", every_default_is_inherited},
        {"A default name is found again", a_default_name_is_found_again},
        {"No dtype matches any", no_dtype_matches_any},
        {"Variables never move for ops", variables_never_move_for_ops},
        {"A prefix is whole components", a_prefix_is_whole_components},
        {"variable() in a template is always new", variable_in_a_template_is_always_new},
    });
}
