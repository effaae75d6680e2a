// SPDX-License-Identifier: BSL-1.0
// A classifier 784-500-10 that learns by Adam at batch COUNT, and one step of it.
#include <ambit/ambit.hpp>

using namespace ambit;

struct classifier {
    struct outputs { tensor loss; operation train; };
    constexpr outputs operator()(scope& s, tensor images, tensor labels) const {
        const tensor h = relu(dense(s, "hidden", images, 500));
        const tensor logits = dense(s, "logits", h, 10);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        return {loss, minimize(s, loss, adam{.learning_rate = 1e-3})};
    }
};

using trainer = model<classifier, input<float, COUNT, 784>, input<std::int32_t, COUNT>>;
static_assert(trainer::variables.size() == 14);

float step(trainer& t, const xt::xtensor<float, 2>& images, const xt::xtensor<std::int32_t, 1>& labels) {
    return t.run<&classifier::outputs::train, &classifier::outputs::loss>(images, labels);
}
