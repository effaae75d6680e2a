// SPDX-License-Identifier: BSL-1.0
// What those write who come from another library: a tensor as a number, an optimizer that steps, a loss of another name,
// options by position. A sentence each, at the user's own line.
// expect: other_habits\.cpp:58:.* error: .*\[ambit\] a tensor has no value while the model is built: return it, a scalar output is returned as a number
// expect: other_habits\.cpp:59:.* error: .*\[ambit\] a tensor has no value while the model is built
// expect: other_habits\.cpp:60:.* error: .*\[ambit\] a variable has no value while the model is built: a model gives it, net\.get
// expect: other_habits\.cpp:61:.* error: .*\[ambit\] a tensor never changes, a variable does: assign\(v, x\)
// expect: other_habits\.cpp:62:.* error: .*\[ambit\] a tensor never changes, a variable does: assign_add\(v, x\)
// expect: other_habits\.cpp:63:.* error: .*\[ambit\] a tensor never changes, a variable does: assign_sub\(v, x\)
// expect: other_habits\.cpp:64:.* error: .*\[ambit\] an initializer is neither a number nor text: {\.initializer = zeros\(\)}
// expect: other_habits\.cpp:65:.* error: .*\[ambit\] a regularizer is neither a number nor text
// expect: other_habits\.cpp:65:.* error: .*\[ambit\] a constraint is a function of values and a number
// expect: other_habits\.cpp:66:.* error: .*\[ambit\] collections are a list: {\.collections = {"mine"}}
// expect: other_habits\.cpp:67:.* error: .*\[ambit\] collections are a list
// expect: other_habits\.cpp:68:.* error: .*\[ambit\] a variable has a shape, or a value: s\.variable\("v", {2, 3}\), s\.variable\("step", 0\)
// expect: other_habits\.cpp:69:.* error: .*\[ambit\] a scope has a name: auto layer = s\.variable_scope\("layer"\), or {\.default_name = "layer"}
// expect: other_habits\.cpp:70:.* error: .*\[ambit\] reuse is an option: variable_scope\("foo", {\.reuse = auto_reuse}\)
// expect: other_habits\.cpp:71:.* error: .*\[ambit\] a name scope has a name
// expect: other_habits\.cpp:72:.* error: .*\[ambit\] an initializer is no tensor, a scope makes one: constant\(s, 0\.5\)
// expect: other_habits\.cpp:73:.* error: .*\[ambit\] an initializer is no tensor
// expect: other_habits\.cpp:74:.* error: .*\[ambit\] a shape is no tensor
// expect: other_habits\.cpp:75:.* error: .*\[ambit\] a shape is one argument, in braces: zeros\(s, {2, 3}\)
// expect: other_habits\.cpp:75:.* error: .*\[ambit\] a shape is one argument, in braces: ones\(s, {2, 3}\)
// expect: other_habits\.cpp:76:.* error: .*\[ambit\] a shape is one argument, in braces: random_normal\(s, {2, 3}\)
// expect: other_habits\.cpp:76:.* error: .*\[ambit\] a shape is one argument, in braces: random_uniform\(s, {2, 3}\)
// expect: other_habits\.cpp:77:.* error: .*\[ambit\] the scope of a layer comes first: dense\(s, "hidden", x, 500\)
// expect: other_habits\.cpp:78:.* error: .*\[ambit\] the scope of a layer comes first: conv\(s, "conv1", x, 32, {3, 3}\)
// expect: other_habits\.cpp:79:.* error: .*\[ambit\] units are counted, by an integer: dense\(s, "hidden", x, 500\)
// expect: other_habits\.cpp:80:.* error: .*\[ambit\] the op is sparse_softmax_cross_entropy\(logits, labels\)
// expect: other_habits\.cpp:81:.* error: .*\[ambit\] the op is softmax_cross_entropy\(logits, labels\)
// expect: other_habits\.cpp:82:.* error: .*\[ambit\] the loss is mean_squared_error\(predictions, targets\)
// expect: other_habits\.cpp:83:.* error: .*\[ambit\] the reduction is an option: mean_squared_error\(x, y, {\.reduction = reduction::sum}\)
// expect: other_habits\.cpp:84:.* error: .*\[ambit\] the reduction is an option, and no text
// expect: other_habits\.cpp:85:.* error: .*\[ambit\] the variables are a list
// expect: other_habits\.cpp:86:.* error: .*\[ambit\] gradients are those of variables
// expect: other_habits\.cpp:87:.* error: .*\[ambit\] the variables are missing: gradients\(loss, s\.trainable_variables\(\)\)
// expect: other_habits\.cpp:88:.* error: .*\[ambit\] a step is an operation, made by a function: operation train = minimize\(s, loss, adam{}\)
// expect: other_habits\.cpp:89:.* error: .*\[ambit\] a step is an operation, made by a function
// expect: other_habits\.cpp:90:.* error: .*\[ambit\] this optimizer is another one: momentum{\.learning_rate = 0\.01, \.momentum = 0\.9}
// expect: other_habits\.cpp:91:.* error: .*\[ambit\] the options are \.beta1 = 0\.9 and \.beta2 = 0\.999
// reject: no match|no viable|candidate|not declared|undeclared|too few|ambiguous|cannot convert
#include <ambit/graphs.hpp>
#include <ambit/autodiff/gradients.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/losses.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/rmsprop.hpp>
#include <ambit/optim/sgd.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor y, tensor image) const {
        variable w = s.get_variable("w", {2, 4}, {.collections = {"mine"}});
#ifdef AMBIT_MISTAKE
        float number(x);
        x = x * static_cast<double>(reduce_sum(x)) + number;
        x = x * int(w);
        auto a1 = assign(x, y);
        auto a2 = assign_add(x, 1);
        auto a3 = assign_sub(y, x);
        w = s.get_variable("w1", {2, 4}, {.initializer = 0});
        w = s.get_variable("w2", {2, 4}, {.regularizer = 0, .constraint = 1});
        w = s.get_variable("w3", {2, 4}, {.collections = "mine"});
        w = s.get_variable("w4", {2, 4}, {.trainable = false, .collections = "mine"});
        auto v = s.variable("v");
        auto scope1 = s.variable_scope();
        auto scope2 = scope1.variable_scope("b", auto_reuse);
        auto names = scope2.name_scope();
        x = constant(0.5);
        x = random_normal();
        x = x.shape();
        x = zeros(s, 2, 4) + ones(s, 2, 4);
        x = random_normal(s, 2, 4) + random_uniform(s, 2, 4);
        x = dense("d", x, 4);
        x = conv("c", image, 4, 3);
        x = dense(s, "e", x, 4.5);
        x = cross_entropy(x, y);
        x = softmax_cross_entropy_with_logits(x, y);
        x = mse_loss(x, y);
        x = mean_squared_error(x, y, reduction::sum);
        x = huber_loss(x, y, "sum");
        auto g1 = gradients(x, w);
        auto g2 = gradients(x, y);
        auto g3 = gradients(x);
        auto o1 = adam{}.minimize(x);
        auto o2 = rmsprop{.learning_rate = 0.1}.step();
        auto o3 = minimize(s, x, sgd{.learning_rate = 0.1, .momentum = 0.9});
        auto o4 = minimize(s, x, adam{.betas = {0.9, 0.99}});
        return x + g1[0] + g2[0] + g3[0];
#else
        const tensor h = reduce_sum(conv(s, "c", image, 4, {3, 3})) + dense(s, "d", x, 4);
        const tensor loss = mean_squared_error(h, 1 + x, {.reduction = reduction::sum}) + reduce_sum(zeros(s, {2, 4}) * w);
        const auto by = gradients(loss, std::array{w});
        const operation train = minimize(s, loss, momentum{.learning_rate = 0.1, .momentum = 0.9});
        return with_dependencies({train, assign(w, y)}, reduce_sum(by[0]));
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 2, 4>, input<float, 1, 8, 8, 3>>());
