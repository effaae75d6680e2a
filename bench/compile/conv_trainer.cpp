// SPDX-License-Identifier: BSL-1.0
// The conv net of the TensorFlow tutorial on pictures of 28 x 28, which learns by Adam and with dropout at batch COUNT,
// and one step of it.
#include <ambit/ambit.hpp>
#include <ambit/nn/dropout.hpp>

using namespace ambit;

struct classifier {
    struct outputs { tensor loss; operation train; };

    static constexpr tensor layer(scope& s, std::string_view name, const tensor& x, std::int64_t channels) {
        auto inside = s.variable_scope(name);
        const variable weights = inside.get_variable("weights", {5, 5, x.shape()[3], channels});
        const variable biases = inside.get_variable("biases", {channels}, {.initializer = zeros()});
        const tensor filtered = conv2d(x, weights, {.padding = same});
        return max_pool(relu(filtered + biases));
    }
    constexpr outputs operator()(scope& s, tensor images, tensor labels) const {
        const tensor edges = layer(s, "conv1", images, 32);
        const tensor shapes = layer(s, "conv2", edges, 64);
        const tensor hidden = relu(dense(s, "hidden", reshape(shapes, {COUNT, -1}), 1024));
        const tensor logits = dense(s, "logits", dropout(s, hidden, {.rate = 0.5}), 10);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        return {loss, minimize(s, loss, adam{.learning_rate = 1e-3})};
    }
};

using trainer = model<classifier, input<float, COUNT, 28, 28, 1>, input<std::int32_t, COUNT>>;
static_assert(trainer::variables.size() == 27);

float step(trainer& t, const xt::xtensor<float, 4>& images, const xt::xtensor<std::int32_t, 1>& labels) {
    return t.run<&classifier::outputs::train, &classifier::outputs::loss>(images, labels);
}
