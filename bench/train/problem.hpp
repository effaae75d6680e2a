// SPDX-License-Identifier: BSL-1.0
// What is trained, on what, from what, for every contender alike; and what a contender of the suite `train` is. C++17,
// since libtorch's headers want it.
//
//     const problem work = make_problem(network::mlp, optimizer::adam, 32);
//     std::unique_ptr<stepper> peer = by_libtorch(work);
//     float loss = peer->step();                                // forward, backward, update
#pragma once

#include <bench/numbers.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace bench::train {

/// `mlp`: 784-500-10 with relu. `conv`: that of the TensorFlow tutorial, two convolutions 5 x 5 of 32 and 64 channels,
/// each with relu and a 2 x 2 maximum, then 1024 units with relu and 10; without its dropout, since contenders draw
/// other numbers and could not be checked. The loss of both is the mean of softmax cross-entropies.
enum class network { mlp, conv };
enum class optimizer { sgd, adam };

inline constexpr double sgd_rate = 0.1, adam_rate = 1e-4, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

inline constexpr std::size_t side = 28, pixels = side * side, classes = 10;
inline constexpr std::size_t mlp_units = 500;
inline constexpr std::size_t kernel = 5, channels1 = 32, channels2 = 64, conv_units = 1024;
inline constexpr std::size_t flat = side / 4 * (side / 4) * channels2;  // what is left of an image for the dense layers

/// Steps take these batches in turn.
inline constexpr std::size_t batch_count = 4;

struct batch {
    numbers images;                    ///< [size, 28, 28, 1] in [0, 1)
    std::vector<std::int32_t> labels;  ///< [size]
};

/// A dense layer [in, out], or the kernel of a convolution [h, w, in, out].
struct layer {
    numbers weights, biases;
};

struct problem {
    network net;
    optimizer by;
    std::size_t size;  ///< of a batch
    std::vector<layer> layers;
    std::vector<batch> batches;
};

/// Weights are Glorot's; in the images each class has pixels of its own that are brighter, so that there is something
/// to learn, and a step that is wrong shows in the next loss.
inline problem make_problem(network net, optimizer by, std::size_t size) {
    problem made{net, by, size, {}, {}};
    unsigned seed = 1;
    const auto add = [&](std::size_t area, std::size_t in, std::size_t out) {
        const float limit = std::sqrt(6.0f / static_cast<float>(area * (in + out)));
        made.layers.push_back({uniform(area * in * out, -limit, limit, seed), uniform(out, -0.1f, 0.1f, seed + 1)});
        seed += 2;
    };
    if (net == network::mlp) {
        add(1, pixels, mlp_units);
        add(1, mlp_units, classes);
    } else {
        add(kernel * kernel, 1, channels1);
        add(kernel * kernel, channels1, channels2);
        add(1, flat, conv_units);
        add(1, conv_units, classes);
    }
    for (std::size_t b = 0; b < batch_count; ++b) {
        batch one{uniform(size * pixels, 0, 0.7f, seed), {}};
        for (const float x : uniform(size, 0, float{classes}, seed + 1)) one.labels.push_back(std::int32_t(x));
        for (std::size_t i = 0; i < one.images.size(); ++i)
            if (i % pixels * classes / pixels == std::size_t(one.labels[i / pixels])) one.images[i] += 0.3f;
        made.batches.push_back(one);
        seed += 2;
    }
    return made;
}

class stepper {
public:
    stepper() = default;
    stepper(const stepper&) = delete;
    stepper& operator=(const stepper&) = delete;
    virtual ~stepper() = default;

    /// One step of training on the next batch; the loss before it.
    virtual float step() = 0;
};

/// The problem outlives its stepper.
using make_stepper = std::unique_ptr<stepper>(const problem&);
make_stepper by_libtorch, by_libtorch_channels_last, by_dlib;

class predictor {
public:
    predictor() = default;
    predictor(const predictor&) = delete;
    predictor& operator=(const predictor&) = delete;
    virtual ~predictor() = default;

    /// Of the first batch, [size, classes]; good until the next call.
    virtual const float* logits() = 0;
};

std::unique_ptr<predictor> predict_by_libtorch(const problem& work);

}  // namespace bench::train
