// SPDX-License-Identifier: BSL-1.0
// Two pictures through one network, which learns to put equal digits near each other and others apart.
//
// Source: R. Hadsell, S. Chopra, Y. LeCun, "Dimensionality reduction by learning an invariant mapping", 2006, equation
// 4.
#pragma once

#include "../mnist/digit.hpp"

#include <ambit/ambit.hpp>

#include <cstdint>

namespace siamese {

using namespace ambit;

inline constexpr std::int64_t pairs = 128;  ///< in a step of training
inline constexpr std::int64_t pictures = 100;  ///< placed at once
inline constexpr std::int64_t pixel_count = mnist::pixel_count;

/// Where pictures, [batch, 784], lie in the plane, [batch, 2].
constexpr tensor placed(scope& s, const tensor& images) {
    tensor h = relu(dense(s, "hidden1", images, 256));
    h = relu(dense(s, "hidden2", h, 128));
    return dense(s, "place", h, 2);
}

struct learner {
    struct outputs {
        tensor loss;
        operation train;
    };

    /// `same` is 1 where two pictures show the same digit, else 0.
    constexpr outputs operator()(scope& s, tensor first, tensor second, tensor same) const {
        auto network = s.variable_scope("network");
        tensor left = placed(network, first);
        network.reuse_variables();  // the same network for the other picture
        tensor right = placed(network, second);
        network.close();
        constexpr double margin = 1;
        tensor squared = reduce_sum(square(left - right), {.axes = 1});
        tensor gap = relu(margin - sqrt(squared + 1e-6));
        tensor loss = reduce_mean(same * squared + (1 - same) * square(gap));
        return {loss, minimize(s, loss, adam{.learning_rate = 1e-3})};
    }
};

/// What the learned network does with pictures.
struct map {
    constexpr tensor operator()(scope& s, tensor images) const {
        auto network = s.variable_scope("network");
        return placed(network, images);
    }
};

using trainer = model<learner, input<float, pairs, pixel_count>, input<float, pairs, pixel_count>, input<float, pairs>>;
using placer = model<map, input<float, pictures, pixel_count>>;

static_assert(expect_shared<trainer, "network/hidden1/weights", 2>());

}  // namespace siamese
