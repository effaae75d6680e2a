// SPDX-License-Identifier: BSL-1.0
#include <ambit/optim/minimize.hpp>

#include <ambit/optim/adam.hpp>
#include <ambit/optim/exponential_moving_average.hpp>
#include <ambit/optim/adagrad.hpp>
#include <ambit/optim/rmsprop.hpp>
#include <ambit/optim/sgd.hpp>

#include "optimizers.hpp"
#include "../../support/lines.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;

namespace {

constexpr tensor not_below(const tensor& values, double limit) { return maximum(values, limit); }

// Two parts with optimizers of their own, a constraint, a count of steps, an update that goes along, a frozen part.
struct parts {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const scope_options start_at_one{.initializer = ones()};
        auto slow = s.variable_scope("slow", start_at_one);
        const variable w = slow.get_variable("w", {2}, {.constraint = constraint{&not_below, 0.5}});
        slow.close();
        auto fast = s.variable_scope("fast", start_at_one);
        const variable v = fast.get_variable("w", {2});
        const variable frozen = fast.get_variable("frozen", {2}, {.trainable = false});
        fast.close();
        const variable steps = s.variable("global_step", 0);
        const variable seen = s.get_variable("seen", {2}, {.initializer = zeros(), .trainable = false});
        s.add_to_collection(collections::updates, assign_add(seen, x));
        const tensor product = w * v * frozen;
        const tensor loss = reduce_sum(product * x);
        const operation first = minimize(s, loss, sgd{.learning_rate = 0.25},
                                         {.variables = s.trainable_variables("slow"), .global_step = steps});
        const operation second =
            minimize(s, loss, sgd{.learning_rate = 0.5}, {.variables = s.trainable_variables("fast")});
        return {loss, group({first, second})};
    }
};

template <gradient_clipping (*Clip)(double)> struct clipped {
    static constexpr sgd make() { return {.learning_rate = 1}; }
    static constexpr minimize_options options(scope&) { return {.clip = Clip(0.5)}; }
};
using by_value = clipped<&clip_by_value>;
using by_norm = clipped<&clip_by_norm>;
using by_global_norm = clipped<&clip_by_global_norm>;

template <class Optimizer> std::array<double, 2> first_step(const gradient& g) {
    trainer<Optimizer> t(seed{1});
    t.template run<&linear<Optimizer>::outputs::train>(g);
    return {start[0] - t.template get<"w">()(0), start[1] - t.template get<"w">()(1)};
}

}  // namespace

TEST_CASE("parts of a model have optimizers of their own; all see the values from before the step", "[optim]") {
    model<parts, input<float, 2>> t(seed{1});
    const std::array<float, 2> x{1, 4};
    REQUIRE(t.run<&parts::outputs::train, &parts::outputs::loss>(x) == 5);
    REQUIRE(t.get<"slow/w">()(0) == 0.75f);
    REQUIRE(t.get<"slow/w">()(1) == 0.5f);  // 0, but for the constraint
    REQUIRE(t.get<"fast/w">()(0) == 0.5f);
    REQUIRE(t.get<"fast/w">()(1) == -1.0f);
    REQUIRE(t.get<"fast/frozen">()(0) == 1);
    REQUIRE(t.get<"global_step">()() == 1);
    REQUIRE(t.get<"seen">()(1) == 4);
    REQUIRE(t.run<&parts::outputs::loss>(x) == 0.75f * 0.5f + 0.5f * -1.0f * 4);
    REQUIRE(t.get<"global_step">()() == 1);
    REQUIRE(t.get<"seen">()(1) == 4);
}

TEST_CASE("gradients are clipped", "[optim]") {
    REQUIRE(first_step<by_value>({3, -0.25}) == std::array<double, 2>{0.5, -0.25});
    const auto scaled = first_step<by_norm>({3, 4});
    REQUIRE(scaled[0] == Approx(0.3).epsilon(1e-13));
    REQUIRE(scaled[1] == Approx(0.4).epsilon(1e-13));
    REQUIRE(first_step<by_norm>({0.25, 0}) == std::array<double, 2>{0.25, 0});
    const auto global = first_step<by_global_norm>({-3, 4});
    REQUIRE(global[0] == Approx(-0.3).epsilon(1e-13));
    REQUIRE(global[1] == Approx(0.4).epsilon(1e-13));
}

namespace {

// Two variables of float32, whose gradients are the inputs.
template <gradient_clipping (*Clip)(double), int Thousandths> struct two_parts {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& y) const {
        const variable v = s.get_variable("v", {2}, {.initializer = zeros()});
        const variable w = s.get_variable("w", {1}, {.initializer = zeros()});
        const tensor loss = reduce_sum(v * x) + reduce_sum(w * y);
        return {loss, minimize(s, loss, sgd{.learning_rate = 1}, {.clip = Clip(Thousandths / 1000.0)})};
    }
};
template <gradient_clipping (*Clip)(double), int Thousandths = 1000>
std::array<float, 3> clipped_to(float first, float second, float third) {
    using module = two_parts<Clip, Thousandths>;
    model<module, input<float, 2>, input<float, 1>> net(seed{1});
    net.template run<&module::outputs::train>(std::array<float, 2>{first, second}, std::array<float, 1>{third});
    const auto v = net.template get<"v">();
    return {-v(0), -v(1), -net.template get<"w">()(0)};
}
bool all_nan(const std::array<float, 3>& g) { return std::isnan(g[0]) && std::isnan(g[1]) && std::isnan(g[2]); }

}  // namespace

TEST_CASE("clipping to a norm that is no value of the dtype, or nothing", "[optim]") {
    const auto near = [](const std::array<float, 3>& got, double a, double b, double c) {
        CHECK(got[0] == Approx(a).epsilon(1e-6));
        CHECK(got[1] == Approx(b).epsilon(1e-6));
        CHECK(got[2] == Approx(c).epsilon(1e-6));
    };
    near(clipped_to<&clip_by_global_norm>(2e20f, -3e20f, 6e20f), 2.0 / 7, -3.0 / 7, 6.0 / 7);
    near(clipped_to<&clip_by_global_norm>(3e38f, 3e38f, -3e38f), std::sqrt(1 / 3.0), std::sqrt(1 / 3.0),
         -std::sqrt(1 / 3.0));
    near(clipped_to<&clip_by_norm>(3e38f, 0, -3e38f), 1, 0, -1);
    near(clipped_to<&clip_by_norm>(3e30f, -4e30f, 0), 0.6, -0.8, 0);
    // Short ones stay as they are, to the last bit.
    CHECK(clipped_to<&clip_by_global_norm>(1e-30f, -3e-39f, 0) == std::array<float, 3>{1e-30f, -3e-39f, 0});
    CHECK(clipped_to<&clip_by_norm>(0.3f, 0.7f, 1e-41f) == std::array<float, 3>{0.3f, 0.7f, 1e-41f});
    // To nothing.
    CHECK(clipped_to<&clip_by_global_norm, 0>(3, 0, -2e30f) == std::array<float, 3>{0, 0, 0});
    CHECK(clipped_to<&clip_by_global_norm, 0>(0, 0, 0) == std::array<float, 3>{0, 0, 0});
    CHECK(clipped_to<&clip_by_norm, 0>(0, 0, 5) == std::array<float, 3>{0, 0, 0});
}

TEST_CASE("a norm that is infinite or NaN makes the gradients NaN", "[optim]") {
    const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(all_nan(clipped_to<&clip_by_global_norm>(inf, 1, 2)));
    CHECK(all_nan(clipped_to<&clip_by_global_norm>(1, 2, -inf)));
    CHECK(all_nan(clipped_to<&clip_by_global_norm>(nan, 1, 2)));
    CHECK(all_nan(clipped_to<&clip_by_global_norm>(1, 2, nan)));
    CHECK(all_nan(clipped_to<&clip_by_global_norm>(inf, nan, 2)));
    const auto by_itself = clipped_to<&clip_by_norm>(0, inf, 0.5f);
    CHECK(std::isnan(by_itself[0]));
    CHECK(std::isnan(by_itself[1]));
    CHECK(by_itself[2] == 0.5f);
}

TEST_CASE("a step leaves the graph's mistakes to gradients()", "[optim]") {
    graph_builder builder;
    scope s(builder);
    const variable w = s.get_variable("w", {2});
    const variable unused = s.get_variable("unused", {2});
    static_cast<void>(minimize(s, reduce_sum(tensor(w)), sgd{}));
    REQUIRE(builder.mistakes().size() == 1);
    REQUIRE(builder.mistakes()[0].kind == mistake::gradient_missing);
    static_cast<void>(minimize(s, tensor(w), sgd{}));
    REQUIRE(builder.mistakes().size() == 2);
    REQUIRE(builder.mistakes()[1].kind == mistake::gradient_loss);
    REQUIRE(minimize(s, reduce_sum(w * unused), sgd{}, {.name = "train"}).op_name() == "train");
    REQUIRE(builder.mistakes().size() == 2);
}

TEST_CASE("mistakes inside of a step, of gradients and of averages name the line of the call", "[optim]") {
    const auto all_in_line = [](const graph_builder& builder, int statement, int count) {
        const reports& all = builder.mistakes();
        REQUIRE(all.size() == count);
        const report& last = all[count - 1];
        int places = 0;
        for (int i = 0; i < last.detail_count; ++i) {
            const report_detail& d = all.detail(last.first_detail + i);
            if (d.line == 0) continue;
            ++places;
            CHECK(all.text(d) == "lines.hpp");
            CHECK(statement_at(d.line) == statement);
        }
        CHECK(places > 0);
    };
    graph_builder builder;
    scope s(builder);
    const variable w = s.get_variable("w", {2});
    const tensor loss = reduce_sum(tensor(w));
    const tensor whole = cast(loss, int32);

    static_cast<void>(minimize(s, loss, sgd{.learning_rate = whole}, {}, line_of(3)));
    all_in_line(builder, 3, 1);
    static_cast<void>(minimize(s, whole, sgd{}, {}, line_of(4)));
    all_in_line(builder, 4, 2);
    static_cast<void>(gradients(tensor(w), std::array{w}, line_of(5)));
    all_in_line(builder, 5, 3);
    static_cast<void>(exponential_moving_average{.decay = 2}.apply(s, s.trainable_variables(), {}, line_of(6)));
    all_in_line(builder, 6, 4);
    static_cast<void>(reduce_on_plateau(s).observe(whole, {}, line_of(7)));
    all_in_line(builder, 7, 5);

    // The line ends with the call.
    static_cast<void>(relu(tensor(w) + s.get_variable("v", {3}, {}, line_of(8)), {}, line_of(9)));
    REQUIRE(builder.mistakes().size() == 6);
    CHECK(builder.variable_at(builder.variable_count() - 1).made.line == line_of(8).line());
}

namespace {

// What a function of a scope and the variables of two parts is told, by kind; the trainable ones are left/w and right/w.
template <class F> std::vector<mistake> told(F f) {
    graph_builder builder;
    scope s(builder);
    const variable left = s.get_variable("left/w", {2});
    const variable right = s.get_variable("right/w", {2});
    f(s, reduce_sum(left * right));
    std::vector<mistake> kinds;
    for (int i = 0; i < builder.mistakes().size(); ++i) kinds.push_back(builder.mistakes()[i].kind);
    return kinds;
}
const std::vector<mistake> nothing_to_train{mistake::no_variables};
const std::vector<mistake> from_elsewhere{mistake::foreign_tensor};

}  // namespace

TEST_CASE("an empty list of variables is not taken for no list", "[optim]") {
    CHECK(told([](scope& s, const tensor& loss) {
              static_cast<void>(minimize(s, loss, sgd{}, {.variables = s.trainable_variables("lef")}));
          }) == nothing_to_train);
    CHECK(told([](scope& s, const tensor& loss) {
              static_cast<void>(relu(gradients(loss, s.trainable_variables("lef"))[0]));
          }) == nothing_to_train);
    CHECK(told([](scope& s, const tensor&) {
              static_cast<void>(exponential_moving_average{}.apply(s, s.trainable_variables("lef")));
          }) == nothing_to_train);
    CHECK(told([](scope& s, const tensor& loss) {
              static_cast<void>(minimize(s, loss, sgd{}, {.variables = {}}));
          }) == nothing_to_train);
    CHECK(told([](scope&, const tensor& loss) { static_cast<void>(gradients(loss, {})); }) == nothing_to_train);
    CHECK(told([](scope& s, const tensor&) {
              static_cast<void>(exponential_moving_average{}.apply(s, {}));
          }) == nothing_to_train);
    graph_builder builder;
    scope s(builder);
    const variable fixed = s.get_variable("fixed", {}, {.trainable = false});
    static_cast<void>(minimize(s, tensor(fixed), sgd{}));
    REQUIRE(builder.mistakes().size() == 1);
    CHECK(builder.mistakes()[0].kind == mistake::no_variables);
}

TEST_CASE("the first variable of an empty list is refused when the program runs, too", "[optim]") {
    graph_builder builder;
    scope s(builder);
    static_cast<void>(s.get_variable("left/w", {2}));
    CHECK(s.trainable_variables("left")[0].name() == "left/w:0");
    CHECK_THROWS_AS(s.trainable_variables("lef")[0], list_error);
    CHECK_THROWS_WITH(s.trainable_variables("left")[99], Catch::Contains("element 99 of a list of 1"));
}

TEST_CASE("a mistake that kept the variables from being made is the only one", "[optim]") {
    graph_builder builder;
    scope s(builder);
    const variable w = s.get_variable("w", {0});
    static_cast<void>(minimize(s, reduce_sum(tensor(w)), sgd{}));
    static_cast<void>(exponential_moving_average{}.apply(s));
    REQUIRE(builder.mistakes().size() == 1);
    CHECK(builder.mistakes()[0].kind == mistake::invalid_shape);
}

TEST_CASE("variables and losses of another graph are refused", "[optim]") {
    graph_builder another;
    scope elsewhere(another);
    const variable foreign = elsewhere.get_variable("left/w", {2});
    const tensor foreign_loss = reduce_sum(tensor(foreign));
    buffer<variable> list;
    list.push_back(foreign);
    CHECK(told([&](scope& s, const tensor& loss) {
              static_cast<void>(minimize(s, loss, sgd{}, {.variables = list}));
          }) == from_elsewhere);
    CHECK(told([&](scope&, const tensor& loss) { static_cast<void>(gradients(loss, list)); }) == from_elsewhere);
    CHECK(told([&](scope&, const tensor& loss) { CHECK(gradients(loss, std::array{variable{}}).size() == 1); }) ==
          from_elsewhere);
    CHECK(told([&](scope& s, const tensor&) { static_cast<void>(exponential_moving_average{}.apply(s, list)); }) ==
          from_elsewhere);
    CHECK(told([&](scope& s, const tensor&) { static_cast<void>(minimize(s, foreign_loss, sgd{})); }) ==
          from_elsewhere);
    CHECK(another.mistakes().empty());
}

TEST_CASE("variables are listed in braces and by arrays", "[optim]") {
    graph_builder builder;
    scope s(builder);
    const variable left = s.get_variable("left", {2}), right = s.get_variable("right", {2});
    const tensor loss = reduce_sum(left * right);
    CHECK(gradients(loss, {right, left}).size() == 2);
    CHECK(gradients(loss, {left}).size() == 1);
    const auto slots = [&](const operation&, std::string_view path) { return !s.global_variables(path).empty(); };
    CHECK(slots(minimize(s, loss, momentum{}, {.variables = {left}}), "left/momentum"));
    CHECK(s.global_variables("right/momentum").empty());
    CHECK(slots(minimize(s, loss, momentum{}, {.variables = std::array{right}}), "right/momentum"));
    const exponential_moving_average averages{};
    CHECK(slots(averages.apply(s, {left}), "left/exponential_moving_average"));
    CHECK(s.global_variables("right/exponential_moving_average").empty());
    CHECK(slots(averages.apply(s, std::array{right}), "right/exponential_moving_average"));
    CHECK(builder.mistakes().empty());
}

TEST_CASE("a list of variables is a set", "[optim]") {
    struct twice {
        struct outputs {
            tensor first, second;
            operation train;
        };
        constexpr outputs operator()(scope& s, const tensor& x) const {
            const variable w = s.get_variable("w", {2}, {.initializer = ones()});
            const tensor loss = reduce_sum(w * x);
            buffer<variable> list = s.trainable_variables();
            list.push_back(w);
            const buffer<tensor> by = gradients(loss, list);
            const operation step = minimize(s, loss, momentum{.learning_rate = 0.25}, {.variables = list});
            return {by[0], by[1], group({step, exponential_moving_average{.decay = 0.5}.apply(s, list)})};
        }
    };
    model<twice, input<float, 2>> net(seed{1});
    STATIC_REQUIRE(net.variables.size() == 3);  // w, its velocity, its average
    const auto [first, second] = net.run<&twice::outputs::first, &twice::outputs::second>(std::array<float, 2>{2, 4});
    CHECK(first(1) == 4);
    CHECK(second(1) == 4);
    net.run<&twice::outputs::train>(std::array<float, 2>{2, 4});
    CHECK(net.get<"w">()(0) == 0.5f);
    CHECK(net.get<"w">()(1) == 0);
    CHECK(net.get<"w/exponential_moving_average">()(0) == 0.75f);
}

namespace {

// What a step with this optimizer says of its options; empty if all fit.
template <class Optimizer> std::string told_of(const Optimizer& optimizer, const gradient_clipping& clip = {}) {
    graph_builder builder;
    scope s(builder);
    const variable w = s.get_variable("w", {2});
    static_cast<void>(minimize(s, reduce_sum(tensor(w)), optimizer, {.clip = clip}, line_of(2)));
    const reports& all = builder.mistakes();
    if (all.empty()) return {};
    CHECK(all.size() == 1);
    CHECK(all[0].kind == mistake::op_option);
    CHECK(statement_at(all.detail(all[0].first_detail + 2).line) == 2);
    return std::string(all.text(all.detail(all[0].first_detail + 1)));
}

}  // namespace

TEST_CASE("steps are counted in a dtype that does not stand still", "[optim]") {
    for (const dtype type : {float32, uint8, int32, int64, float64}) {
        INFO(name_of(type));
        graph_builder builder;
        scope s(builder);
        const variable w = s.get_variable("w", {2});
        const variable step = s.variable("step", {}, {.initializer = zeros(), .dtype = type, .trainable = false});
        static_cast<void>(minimize(s, reduce_sum(tensor(w)), sgd{}, {.global_step = step}));
        const bool is_refused = type == float32 || type == uint8;
        REQUIRE(builder.mistakes().size() == (is_refused ? 1 : 0));
        if (is_refused) CHECK(builder.mistakes()[0].kind == mistake::op_dtype);
    }
}

TEST_CASE("every option of an optimizer has a range", "[optim]") {
    const double inf = math::infinity, nan = math::not_a_number;
    CHECK(told_of(sgd{.learning_rate = -0.01}) == "learning_rate is -0.01: at least 0");
    CHECK(told_of(sgd{.learning_rate = nan}) == "learning_rate is NaN: at least 0");
    CHECK(told_of(sgd{.learning_rate = inf}) == "learning_rate is infinity: a finite number, at least 0");
    CHECK(told_of(sgd{.learning_rate = 0}).empty());
    CHECK(told_of(momentum{.momentum = 1}) == "momentum is 1: from 0 to below 1");
    CHECK(told_of(momentum{.momentum = -1e-30}) == "momentum is -1e-30: from 0 to below 1");
    CHECK(told_of(momentum{.learning_rate = -123456789}) == "learning_rate is -123456789: at least 0");
    CHECK(told_of(momentum{.momentum = 0}).empty());
    CHECK(told_of(adagrad{.initial_accumulator = -0.125}) == "initial_accumulator is -0.125: at least 0");
    CHECK(told_of(adagrad{.epsilon = -1}) == "epsilon is -1: at least 0");
    CHECK(told_of(adagrad{.learning_rate = -inf}) == "learning_rate is -infinity: a finite number, at least 0");
    CHECK(told_of(rmsprop{.learning_rate = -2e20}) == "learning_rate is -2e20: at least 0");
    CHECK(told_of(rmsprop{.decay = 1.0009}) == "decay is 1.0009: from 0 to below 1");
    CHECK(told_of(rmsprop{.momentum = nan}) == "momentum is NaN: from 0 to below 1");
    CHECK(told_of(rmsprop{.epsilon = inf}) == "epsilon is infinity: a finite number, at least 0");
    CHECK(told_of(adam{.learning_rate = -1}) == "learning_rate is -1: at least 0");
    CHECK(told_of(adam{.beta1 = -0.9}) == "beta1 is -0.9: from 0 to below 1");
    CHECK(told_of(adam{.beta2 = 1.5}) == "beta2 is 1.5: from 0 to below 1");
    CHECK(told_of(adam{.epsilon = -1.5e-8}) == "epsilon is -1.5e-8: at least 0");
    CHECK(told_of(adam{.weight_decay = -100}) == "weight_decay is -100: at least 0");
    CHECK(told_of(adamw(0.1, 0.01)).empty());
    CHECK(told_of(sgd{}, clip_by_norm(-3)) == "clip is -3: at least 0");
    CHECK(told_of(sgd{}, clip_by_value(nan)) == "clip is NaN: at least 0");
    CHECK(told_of(sgd{}, clip_by_global_norm(inf)) == "clip is infinity: a finite number, at least 0");
    CHECK(told_of(sgd{}, clip_by_global_norm(0)).empty());
}
