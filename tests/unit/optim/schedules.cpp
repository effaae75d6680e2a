// SPDX-License-Identifier: BSL-1.0
#include <ambit/optim/schedules.hpp>

#include "../../support/shape_rule.hpp"
#include "optimizers.hpp"

#include <cmath>
#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr bool near(double a, double b) { return math::fabs(a - b) <= 1e-14 * math::fabs(b); }

constexpr schedule halved = exponential_decay({.initial = 0.1, .steps = 10, .rate = 0.5});

// w, trained with a rate that falls from step to step.
struct scheduled_training {
    struct outputs {
        tensor rate;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable w = s.get_variable("w", {2}, {.initializer = constant({1, -2}), .dtype = float64});
        const variable step = s.get_variable("global_step", {}, {.dtype = int64, .trainable = false});
        const tensor loss = reduce_sum(w * x);
        const tensor rate = scheduled(halved, step, {.dtype = float64});
        return {rate, minimize(s, loss, sgd{.learning_rate = rate}, {.global_step = step})};
    }
};

constexpr schedule_op::attributes of(const schedule& s, dtype type = float32) {
    return {s, static_cast<std::int64_t>(type)};
}

}  // namespace

TEST_CASE("exponential decay", "[optim][schedules]") {
    // 0.1 · 0.5^(t / 10)
    STATIC_REQUIRE(halved(0) == 0.1);
    STATIC_REQUIRE(near(halved(5), 0.1 * 0.70710678118654752));
    STATIC_REQUIRE(halved(10) == 0.05);
    STATIC_REQUIRE(near(halved(25), 0.1 * 0.17677669529663688));
    constexpr schedule stairs = exponential_decay({.initial = 0.1, .steps = 10, .rate = 0.5, .staircase = true});
    STATIC_REQUIRE(stairs(9) == 0.1);
    STATIC_REQUIRE(stairs(10) == 0.05);
    STATIC_REQUIRE(stairs(29) == 0.025);
}

TEST_CASE("inverse time decay", "[optim][schedules]") {
    // 0.3 / (1 + 0.5 · t / 4)
    constexpr schedule rate = inverse_time_decay({.initial = 0.3, .steps = 4, .rate = 0.5});
    STATIC_REQUIRE(rate(0) == 0.3);
    STATIC_REQUIRE(near(rate(2), 0.24));
    STATIC_REQUIRE(near(rate(8), 0.15));
    constexpr schedule stairs = inverse_time_decay({.initial = 0.3, .steps = 4, .rate = 0.5, .staircase = true});
    STATIC_REQUIRE(stairs(3) == 0.3);
    STATIC_REQUIRE(near(stairs(7), 0.2));
}

TEST_CASE("polynomial and linear decay", "[optim][schedules]") {
    // 0.01 + 0.09 · (1 - t / 10)²
    constexpr schedule rate = polynomial_decay({.initial = 0.1, .final = 0.01, .steps = 10, .power = 2});
    STATIC_REQUIRE(rate(0) == 0.1);
    STATIC_REQUIRE(near(rate(5), 0.0325));
    STATIC_REQUIRE(rate(10) == 0.01);
    STATIC_REQUIRE(rate(1000) == 0.01);
    // With a cycle: 15 steps lie within 20, so 0.01 + 0.09 · (1 - 15 / 20)².
    constexpr schedule cycle =
        polynomial_decay({.initial = 0.1, .final = 0.01, .steps = 10, .power = 2, .cycle = true});
    STATIC_REQUIRE(near(cycle(5), 0.0325));
    STATIC_REQUIRE(cycle(10) == 0.01);
    STATIC_REQUIRE(near(cycle(15), 0.015625));
    STATIC_REQUIRE(cycle(20) == 0.01);
    STATIC_REQUIRE(near(cycle(22), 0.01 + 0.09 * (8.0 / 30) * (8.0 / 30)));
    constexpr schedule line = linear_decay({.initial = 1, .final = 0.5, .steps = 4});
    STATIC_REQUIRE(line(1) == 0.875);
    STATIC_REQUIRE(line(4) == 0.5);
    STATIC_REQUIRE(line(5) == 0.5);
}

TEST_CASE("cosine decay", "[optim][schedules]") {
    // 0.2 + 0.8 · (1 + cos(π t / 12)) / 2
    constexpr schedule rate = cosine_decay({.initial = 1, .final = 0.2, .steps = 12});
    STATIC_REQUIRE(rate(0) == 1);
    STATIC_REQUIRE(near(rate(3), 0.2 + 0.4 * (1 + 0.70710678118654752)));
    STATIC_REQUIRE(near(rate(4), 0.8));
    STATIC_REQUIRE(near(rate(6), 0.6));
    STATIC_REQUIRE(near(rate(12), 0.2));
    STATIC_REQUIRE(near(rate(99), 0.2));
}

TEST_CASE("cosine decay with warm restarts", "[optim][schedules]") {
    constexpr schedule equal_periods = cosine_decay_restarts({.initial = 1, .steps = 12});
    STATIC_REQUIRE(equal_periods(0) == 1);
    STATIC_REQUIRE(near(equal_periods(8), 0.25));
    STATIC_REQUIRE(equal_periods(12) == 1);
    STATIC_REQUIRE(near(equal_periods(12 * 1e9 + 8), 0.25));
    // Periods of 4, 8 and 16 steps that begin at 1, 0.5 and 0.25.
    constexpr schedule longer = cosine_decay_restarts({.initial = 1, .steps = 4, .growth = 2, .shrink = 0.5});
    STATIC_REQUIRE(near(longer(2), 0.5));
    STATIC_REQUIRE(longer(4) == 0.5);
    STATIC_REQUIRE(near(longer(8), 0.25));
    STATIC_REQUIRE(longer(12) == 0.25);
    STATIC_REQUIRE(near(longer(20), 0.125));
    STATIC_REQUIRE(longer(28) == 0.125);
}

TEST_CASE("piecewise constant", "[optim][schedules]") {
    constexpr schedule rate = piecewise_constant({100, 200}, {1, 0.5, 0.1});
    STATIC_REQUIRE(rate(0) == 1);
    STATIC_REQUIRE(rate(100) == 1);
    STATIC_REQUIRE(rate(101) == 0.5);
    STATIC_REQUIRE(rate(200) == 0.5);
    STATIC_REQUIRE(rate(201) == 0.1);
    STATIC_REQUIRE(piecewise_constant({}, {3})(7) == 3);
}

TEST_CASE("a warm-up before any schedule", "[optim][schedules]") {
    constexpr schedule rate = halved.after_warm_up(4);
    STATIC_REQUIRE(rate(0) == 0);
    STATIC_REQUIRE(near(rate(1), 0.025));
    STATIC_REQUIRE(near(rate(3), 0.075));
    STATIC_REQUIRE(rate(4) == 0.1);
    STATIC_REQUIRE(rate(14) == 0.05);
    constexpr schedule from = constant_rate(0.8).after_warm_up(5, 0.3);
    STATIC_REQUIRE(near(from(1), 0.4));
    STATIC_REQUIRE(from(5) == 0.8);
    STATIC_REQUIRE(from(1e9) == 0.8);
    STATIC_REQUIRE(constant_rate(0.8).after_warm_up(0)(0) == 0.8);
}

TEST_CASE("a scheduled rate is a scalar of a step", "[optim][schedules]") {
    STATIC_REQUIRE(gives<schedule_op>({i64()}, of(halved), f32()));
    STATIC_REQUIRE(gives<schedule_op>({i32()}, of(halved, float64), f64()));
    STATIC_REQUIRE(gives<schedule_op>({f32()}, of(halved), f32()));
    STATIC_REQUIRE(refuses<schedule_op>({i64(1)}, of(halved), op_shape, "the step is a scalar"));
    STATIC_REQUIRE(refuses<schedule_op>({flags()}, of(halved), op_dtype, "the step must be a number"));
    STATIC_REQUIRE(refuses<schedule_op>({i64()}, of(halved, int32), op_dtype, "the dtype is float32 or float64"));
    constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
    const std::pair<schedule, std::string_view> wrong[] = {
        {exponential_decay({.steps = 0}), "steps is 0: above 0"},
        {exponential_decay({.steps = -1}), "steps is -1: above 0"},
        {constant_rate(no_number), "initial is NaN: at least 0"},
        {constant_rate(-0.1), "initial is -0.1: at least 0"},
        {constant_rate(1e300), "initial is 1e300, not a value of float32"},
        {cosine_decay({.final = -1e-9}), "final is -1e-9: at least 0"},
        {halved.after_warm_up(5, -1), "what a warm-up begins with is -1: at least 0"},
        {piecewise_constant({1}, {0.5, -2}), "a value is -2: at least 0"},
        {piecewise_constant({no_number}, {0.5, 2}), "a boundary is NaN: a finite number"},
        {exponential_decay({.rate = 0}), "rate is 0: above 0"},
        {inverse_time_decay({.rate = -1}), "rate is -1: at least 0"},
        {polynomial_decay({.power = 0}), "power is 0: above 0"},
        {cosine_decay_restarts({.growth = 1.01}), "the growth of a period is 1, or at least 1.1"},
        {cosine_decay_restarts({.growth = 0.5}), "growth is 0.5: at least 1"},
        {cosine_decay_restarts({.shrink = 0}), "shrink is 0: above 0"},
        {halved.after_warm_up(-1), "the count of a warm-up is -1: at least 0"},
        {piecewise_constant({1, 2}, {1, 2}), "there are at most 8 boundaries, and one more value than boundaries"},
        {piecewise_constant({1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
         "there are at most 8 boundaries, and one more value than boundaries"},
        {piecewise_constant({2, 1}, {1, 2, 3}), "boundaries go up"},
    };
    for (const auto& [schedule, rule] : wrong) {
        CAPTURE(rule);
        CHECK(refuses<schedule_op>({i64()}, of(schedule), op_option, rule));
    }
}

TEST_CASE("training takes its rate from the step", "[optim][schedules]") {
    model<scheduled_training, input<double, 2>> t(seed{1});
    double w = 1;
    for (int step = 0; step < 25; ++step) {
        const double rate =
            t.run<&scheduled_training::outputs::rate, &scheduled_training::outputs::train>(gradient{2, 1});
        REQUIRE(rate == halved(step));
        w -= halved(step) * 2;
        REQUIRE(t.get<"w">()(0) == Approx(w).epsilon(1e-13));
        REQUIRE(*t.get<"global_step">().data() == step + 1);
    }
    // A step that float32 would not hold.
    t.set<"global_step">(std::int64_t{16777217});
    REQUIRE(t.run<&scheduled_training::outputs::rate>() == halved(16777217));
}
