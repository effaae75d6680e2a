// SPDX-License-Identifier: BSL-1.0
// The policy, 8-32-32-4, and how it learns: actions that turned out better than a second net expected become likelier.
//
//     model<learner, …> net(seed{1});
//     model<policy, input<float, 1, 8>> controller(net.parameters());   // sees each step of the learner at once
//
// Source: R. J. Williams, "Simple statistical gradient-following algorithms for connectionist reinforcement learning",
// 1992, with a learned baseline.
#pragma once

#include "cart_pole.hpp"

#include <ambit/ambit.hpp>

#include <cstdint>

namespace controller {

using namespace ambit;

inline constexpr std::int64_t feature_count = std::int64_t{cart_pole::features};
inline constexpr std::int64_t action_count = std::int64_t{cart_pole::forces.size()};

/// From what is seen, [batch, 8], to a logit for each force, [batch, 4].
struct policy {
    constexpr tensor operator()(scope& s, tensor seen) const {
        auto own = s.variable_scope("policy");
        tensor h = tanh(dense(own, "hidden1", seen, 32));
        h = tanh(dense(own, "hidden2", h, 32));
        return dense(own, "logits", h, action_count);
    }
};

inline constexpr std::int64_t moments = 2000;  ///< of driving in a round of learning
inline constexpr int rounds = 300;             ///< after which the learning rate is 0

/// One step of learning from moments of driving: what was seen, which action was taken, what came of it, and how much
/// better that was than expected.
struct learner {
    struct outputs {
        tensor logits;    ///< [moments, 4]
        tensor expected;  ///< [moments]: what the second net expects to come of a moment
        operation train;
    };

    constexpr outputs operator()(scope& s, tensor seen, tensor actions, tensor returns, tensor advantages) const {
        tensor logits = policy{}(s, seen);
        tensor expected = baseline(s, seen);
        tensor likely = log_softmax(logits);
        tensor entropy = -reduce_mean(reduce_sum(softmax(logits) * likely, {.axes = 1}));
        tensor chosen = sparse_softmax_cross_entropy(logits, actions);  // -log of its probability
        tensor loss = reduce_mean(chosen * advantages) + 0.5 * mean_squared_error(expected, returns) - 0.005 * entropy;
        variable round = s.get_variable("global_step", {}, {.dtype = int64, .trainable = false});
        tensor rate = scheduled(cosine_decay({.initial = 4e-3, .steps = rounds}), round);
        return {logits, expected, minimize(s, loss, adam{.learning_rate = rate}, {.global_step = round})};
    }

private:
    static constexpr tensor baseline(scope& s, const tensor& seen) {
        auto own = s.variable_scope("baseline");
        tensor h = tanh(dense(own, "hidden", seen, 32));
        return squeeze(dense(own, "value", h, 1), {1});
    }
};

using trainer = model<learner, input<float, moments, feature_count>, input<std::int32_t, moments>,
                      input<float, moments>, input<float, moments>>;
using driver = model<policy, input<float, 1, feature_count>>;

/// The force that a policy prefers.
inline double preferred_force(driver& net, const cart_pole& cart) {
    const auto logits = net(cart.seen());
    std::size_t best = 0;
    for (std::size_t i = 1; i < cart_pole::forces.size(); ++i)
        if (logits(0, i) > logits(0, best)) best = i;
    return cart_pole::forces[best];
}

}  // namespace controller
