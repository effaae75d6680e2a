// SPDX-License-Identifier: BSL-1.0
// Prints what training and evaluation give, as bits: the same for each compiler and instruction set if it is compiled
// with AMBIT_REPRODUCIBLE and -ffp-contract=off.
#include <ambit/ambit.hpp>
#include <ambit/model/compact_weights.hpp>

#include <array>
#include <bit>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <tuple>
#include <vector>

using namespace ambit;

namespace {

struct classifier {
    struct outputs {
        tensor logits, functions, loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor images, tensor labels) const {
        tensor h = relu(conv2d(images, s.get_variable("filter", {3, 3, 3, 20}), {.padding = same}));
        h = layer_normalization(s, "norm", reshape(max_pool(h), {7, 500}));
        h = gelu(dropout(s, dense(s, "hidden", h, 77), {.rate = 0.25}));
        tensor gates = tanh(dense(s, "gates", h, 33)) * sigmoid(dense(s, "more_gates", h, 33));
        const tensor logits = dense(s, "logits", softplus(gates) + erf(gates), 11);
        const tensor functions = sin(logits) + cos(logits) + log(square(logits) + 1) + exp(-abs(logits)) +
                                 expm1(logits * 0.1) + pow(abs(logits) + 1, 0.3) + atan(logits);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels)) +
                            reduce_mean(square(softmax(functions))) + reduce_mean(log_softmax(functions)) * 0.01 +
                            reduce_logsumexp(functions) * 0.001;
        return {logits, functions, loss, minimize(s, loss, adam{.learning_rate = 1e-2f})};
    }
};
using net = model<classifier, input<float, 7, 10, 10, 3>, input<std::int32_t, 7>>;

/// Weights by columns that other builds keep packed; its columns end in a part of a tile.
struct server {
    constexpr tensor operator()(scope& s, tensor x) const {
        return matmul(x, s.get_variable("weights", {90, 300}), {.transpose_b = true});
    }
};

/// Weights of a byte or two each, whose rows end in a part of a vector.
struct compact {
    constexpr tensor operator()(scope& s, tensor x) const {
        const tensor images = reshape(x, {7, 10, 10, 3});
        const variable filter = s.get_variable("filter", {3, 3, 3, 37});
        const tensor many = conv2d(images, filter, {.strides = {2, 2}});
        const tensor few = conv2d(images, filter, {.strides = {4, 4}});  // its sums are scaled, not its weights
        return matmul(reshape(x, {7, 300}), s.get_variable("weights", {300, 45})) +
               reduce_sum(reshape(many, {7, -1}), {.axes = {1}, .keep_dims = true}) +
               reduce_sum(reshape(few, {7, -1}), {.axes = {1}, .keep_dims = true});
    }
};

std::uint64_t hash = 0xCBF29CE484222325;
void add(float x) { hash = (hash ^ std::bit_cast<std::uint32_t>(x)) * 0x100000001B3; }

}  // namespace

int main() {
    std::vector<float> images(7 * 300);
    std::array<std::int32_t, 7> labels{};
    for (std::size_t i = 0; i < images.size(); ++i) images[i] = static_cast<float>((i * 7919) % 1013) / 1013.0F - 0.5F;
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i);
    net trained(seed{1});
    const std::span<const float, 2100> all(images.data(), 2100);
    for (int step = 0; step < 5; ++step) {
        const auto [loss, logits, functions] =
            trained.run<&classifier::outputs::loss, &classifier::outputs::logits, &classifier::outputs::functions,
                        &classifier::outputs::train>(all, labels);
        add(loss);
        for (const float x : logits) add(x);
        for (const float x : functions) add(x);
        if (loss != loss) return 1;
    }
    model<server, input<float, 7, 300>> serves(seed{2});
    for (const float x : serves(all)) add(x);
    model<compact, input<float, 7, 300>> floats(seed{3});
    const auto add_compact = [&](auto rounded) {
        take_weights(rounded, floats);
        for (const float x : rounded(all)) add(x);
    };
    add_compact(model<weights_as<weight_format::int8, compact>, input<float, 7, 300>>(seed{4}));
    add_compact(model<weights_as<weight_format::bfloat16, compact>, input<float, 7, 300>>(seed{4}));
    std::printf("%016" PRIx64 "\n", hash);
    return 0;
}
