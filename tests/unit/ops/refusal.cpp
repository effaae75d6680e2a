// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/refusal.hpp>

#include <ambit/ambit.hpp>

#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using Catch::Contains;

namespace {

constexpr tensor odd_only(const tensor& x, int count, const location& at = location::current()) {
    if (count % 2 == 0) return refuse<mistake::op_option, "the count must be odd">(x, "odd_only", at);
    return x;
}

}  // namespace

TEST_CASE("a function made of ops refuses in its own name and words, once", "[ops]") {
    constexpr auto even = [](scope&, auto& x) { return odd_only(x[0], 2); };
    CHECK_THAT(refusal(even, {f32(3)}), Contains("odd_only") && Contains("the count must be odd"));
    STATIC_REQUIRE(mistakes_of([](scope&, auto& x) { return odd_only(odd_only(x[0], 2), 4) + 1; }, {f32(3)}) == 1);
    STATIC_REQUIRE(spec_of([](scope&, auto& x) { return odd_only(x[0], 3); }, {f32(3)}) == f32(3));
}

namespace {

// Whether a function of floats [1, 4, 4, 2] is refused with these words, once, in the line of its call.
template <class F> void refuses_option(std::string_view words, F f) {
    INFO(words);
    const std::string told = refusal(f, {f32(1, 4, 4, 2)});
    CHECK_THAT(told, Contains("op_option") && Contains(std::string(words)));
    CHECK(mistakes_of(f, {f32(1, 4, 4, 2)}) == 1);
}

// The same of an initializer of a float32 variable [2, 3].
void refuses_parameter(std::string_view words, const initializer& init) {
    INFO(words);
    const std::string told = refusal(
        [&](scope& s, auto&) -> tensor {
            return s.get_variable("w", {2, 3}, {.initializer = init});
        },
        {});
    CHECK_THAT(told, Contains("initializer_unfit: w") && Contains(std::string(words)));
}

}  // namespace

TEST_CASE("an option out of its range is told with its value and the range", "[ops]") {
    constexpr double nan = math::not_a_number, inf = math::infinity;
    refuses_option("rate is 1: from 0 to below 1", [](scope& s, auto& x) { return dropout(s, x[0], {.rate = 1}); });
    refuses_option("rate is -0.1: from 0 to below 1",
                   [](scope& s, auto& x) { return dropout(s, x[0], {.rate = -0.1, .training = false}); });
    // Nor is what the dtype of the operand does not have a value.
    refuses_option("local_response_normalization",
                   [](scope&, auto& x) { return local_response_normalization(x[0], {.alpha = 1e300}); });
    refuses_option("alpha is 1e300, not a value of float32",
                   [](scope&, auto& x) { return local_response_normalization(x[0], {.alpha = 1e300}); });
    refuses_option("epsilon is 1e300, not a value of float32",
                   [](scope&, auto& x) { return normalize(x[0], x[0], x[0], {.epsilon = 1e300}); });
    refuses_option("learning_rate is 1e300, not a value of float32", [](scope& s, auto& x) {
        const tensor loss = reduce_sum(x[0] * s.get_variable("w", {}));
        return with_dependencies({minimize(s, loss, sgd{.learning_rate = 1e300})}, x[0]);
    });
    refuses_option("clip is 1e300, not a value of float32", [](scope& s, auto& x) {
        const tensor loss = reduce_sum(x[0] * s.get_variable("w", {}));
        const operation train = minimize(s, loss, adam{}, {.clip = clip_by_global_norm(1e300)});
        return with_dependencies({train}, x[0]);
    });
    refuses_option("rows is 0: at least 1", [](scope& s, auto& x) { return x[0] + reduce_sum(eye(s, 0)); });
    refuses_option("columns is -1: at least 0",
                   [](scope& s, auto& x) { return x[0] + reduce_sum(eye(s, 2, {.columns = -1})); });
    refuses_option("rate is NaN: from 0 to below 1",
                   [](scope& s, auto& x) { return dropout(s, x[0], {.rate = nan, .training = false}); });
    refuses_option("momentum is 1.01: from 0 to 1",
                   [](scope& s, auto& x) { return batch_normalization(s, "n", x[0], {.momentum = 1.01}); });
    refuses_option("epsilon is infinity: a finite number, at least 0", [](scope& s, auto& x) {
        return batch_normalization(s, "n", x[0], {.epsilon = inf, .training = false});
    });
    refuses_option("epsilon is NaN: at least 0",
                   [](scope& s, auto& x) { return layer_normalization(s, "n", x[0], {.epsilon = nan}); });
    refuses_option("epsilon is -1e-9: at least 0", [](scope& s, auto& x) {
        return group_normalization(s, "n", x[0], {.groups = 2, .epsilon = -1e-9});
    });
    refuses_option("epsilon is -1: at least 0", [](scope&, auto& x) {
        const auto [mean, variance] = moments(x[0]);
        return normalize(x[0], mean, variance, {.epsilon = -1});
    });
    refuses_option("epsilon is -1: at least 0", [](scope&, auto& x) { return l2_normalize(x[0], {.epsilon = -1}); });
    refuses_option("bias is 0: above 0",
                   [](scope&, auto& x) { return local_response_normalization(x[0], {.bias = 0}); });
    refuses_option("alpha is -1: at least 0",
                   [](scope&, auto& x) { return local_response_normalization(x[0], {.alpha = -1}); });
    refuses_option("beta is NaN: at least 0",
                   [](scope&, auto& x) { return local_response_normalization(x[0], {.beta = nan}); });
    refuses_option("depth_radius is -2: at least 0",
                   [](scope&, auto& x) { return local_response_normalization(x[0], {.depth_radius = -2}); });
    refuses_option("alpha is infinity: a finite number",
                   [](scope&, auto& x) { return leaky_relu(x[0], {.alpha = inf}); });
    refuses_option("alpha is NaN: a finite number", [](scope&, auto& x) { return elu(x[0], {.alpha = nan}); });
    refuses_option("delta is 0: above 0", [](scope&, auto& x) { return huber_loss(x[0], x[0], {.delta = 0}); });
    refuses_option("epsilon is -1e-7: at least 0",
                   [](scope&, auto& x) { return log_loss(x[0], x[0], {.epsilon = -1e-7}); });
    refuses_option("margin is -1: at least 0",
                   [](scope&, auto& x) { return triplet_loss(x[0], x[0], x[0], {.margin = -1}); });
    refuses_option("margin is NaN: at least 0",
                   [](scope&, auto& x) { return contrastive_loss(x[0], x[0], x[0], {.margin = nan}); });
    refuses_option("decay is 1.5: from 0 to 1", [](scope&, auto& x) { return moving_average(x[0], x[0], 1.5); });
    refuses_option("window is 0: at least 1", [](scope&, auto& x) { return max_pool(x[0], {.window = {2, 0}}); });
    refuses_option("strides is -1: at least 1", [](scope&, auto& x) { return avg_pool(x[0], {.strides = {-1, 2}}); });
    refuses_option("height is 0: at least 1", [](scope&, auto& x) { return resize_bilinear(x[0], 0, 4); });
    refuses_option("width is -4: at least 1", [](scope&, auto& x) { return resize_nearest(x[0], 4, -4); });
    refuses_option("low is 2: at most 1", [](scope&, auto& x) { return clip(x[0], 2, 1); });
    refuses_option("high is NaN: at least 0", [](scope&, auto& x) { return clip(x[0], 0, nan); });
    refuses_option("low is 1: below 0", [](scope&, auto& x) { return check_range(x[0], {.low = 1, .high = 0}); });
    refuses_option("low is 3: below 1", [](scope& s, auto&) { return random_uniform(s, {2}, {.low = 3}); });
    refuses_option("standard_deviation is -1: from 0",
                   [](scope& s, auto&) { return truncated_normal(s, {2}, {.standard_deviation = -1}); });
    refuses_option("k is 3: from 1 to 2", [](scope&, auto& x) { return top_k(x[0], 3).values; });
    refuses_option("scale is -0.5: at least 0", [](scope& s, auto&) -> tensor {
        return s.get_variable("w", {2}, {.regularizer = l2_regularizer(-0.5)});
    });
    refuses_option("scale is NaN: at least 0", [](scope& s, auto&) -> tensor {
        return s.get_variable("w", {2}, {.regularizer = l1_regularizer(nan)});
    });
    const auto averaged_with = [](double decay) {
        return [decay](scope& s, auto& x) {
            static_cast<void>(s.get_variable("w", {2}));
            static_cast<void>(exponential_moving_average{.decay = decay}.apply(s));
            return x[0];
        };
    };
    refuses_option("decay is 1.001: from 0 to 1", averaged_with(1.001));
    refuses_option("decay is -0.5: from 0 to 1", averaged_with(-0.5));
    refuses_option("decay is NaN: from 0 to 1", averaged_with(nan));
    const auto watched_with = [](const reduce_on_plateau_options& o) {
        return [o](scope& s, auto& x) { return x[0] * reduce_on_plateau(s, o).rate(); };
    };
    refuses_option("initial is -0.1: at least 0", watched_with({.initial = -0.1}));
    refuses_option("factor is 1: above 0 and below 1", watched_with({.factor = 1}));
    refuses_option("factor is NaN: above 0 and below 1", watched_with({.factor = nan}));
    refuses_option("patience is 0: from 1 to 16777216", watched_with({.patience = 0}));
    refuses_option("threshold is -1: at least 0", watched_with({.threshold = -1}));
    refuses_option("least is infinity: a finite number, at least 0", watched_with({.least = inf}));
    refuses_parameter("standard_deviation is -1: from 0", random_normal({.standard_deviation = -1}));
    refuses_parameter("mean is NaN: above", truncated_normal({.mean = nan}));
    refuses_parameter("low is 2: below 1", random_uniform({.low = 2}));
    refuses_parameter("high is infinity: above", random_uniform({.high = inf}));
    refuses_parameter("scale is 0: above 0", variance_scaling({.scale = 0}));
    refuses_parameter("gain is NaN: above", orthogonal({.gain = nan}));
    refuses_parameter("gain is 1e300, not a value of float32", identity({.gain = 1e300}));
    refuses_parameter("gain is infinity: a finite number", identity({.gain = inf}));
    refuses_parameter("an element is -1e39, not a value of float32", constant(-1e39));
    refuses_parameter("an element is 1e-60, not a value of float32", constant({1, 2, 1e-60, 4, 5, 6}));
    refuses_parameter("a whole number would be rounded", constant(16777217));
}

TEST_CASE("what a mistake kept from being made has no options to refuse", "[ops]") {
    STATIC_REQUIRE(
        mistakes_of([](scope& s, auto& x) { return dropout(s, odd_only(x[0], 2), {.rate = 7}); }, {f32(3)}) == 1);
    STATIC_REQUIRE(
        mistakes_of([](scope&, auto& x) { return l2_normalize(odd_only(x[0], 2), {.epsilon = -1}); }, {f32(3)}) == 1);
}
