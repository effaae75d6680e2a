// SPDX-License-Identifier: BSL-1.0
// The trainer of trainer.cpp in a unit that only uses it: another one compiles its kernels.
#include <ambit/model_elsewhere.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>

#include <span>

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
inline constexpr std::uint64_t one_step =
    trainer::selection<&classifier::outputs::train, &classifier::outputs::loss>();

template <> inline constexpr bool ambit::kernels_elsewhere<trainer> = true;
extern template struct ambit::kernels_of<trainer, one_step>;

float step(trainer& t, std::span<const float, COUNT * 784> images, std::span<const std::int32_t, COUNT> labels) {
    return t.run<&classifier::outputs::train, &classifier::outputs::loss>(images, labels);
}
