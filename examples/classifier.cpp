// SPDX-License-Identifier: BSL-1.0
// The README's second program: a classifier that learns, as far as one batch of noise can be learned.
#include <ambit/ambit.hpp>

#include <iostream>

#include <xtensor/xrandom.hpp>

using namespace ambit;

struct classifier {
    int hidden = 500;                                          // a module may carry structural values
    struct outputs { tensor logits, loss, accuracy; operation train; };
    constexpr outputs operator()(scope& s, tensor images, tensor labels) const {
        tensor h      = relu(dense(s, "hidden", images, hidden));
        tensor logits = dense(s, "logits", h, 10);
        tensor loss   = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        return {logits, loss, accuracy(logits, labels), minimize(s, loss, adam{.learning_rate = 1e-3})};
    }
};

using trainer = model<configured<classifier{.hidden = 300}>, input<float, 32, 784>, input<std::int32_t, 32>>;
using server  = model<configured<classifier{.hidden = 300}>, input<float, 1, 784>, input<std::int32_t, 1>>;

int main() {
    trainer t(seed{1});
    std::cout << summary(t);
    xt::xtensor<float, 2> images = xt::random::rand<float>({32, 784});
    xt::xtensor<std::int32_t, 1> labels = xt::random::randint<std::int32_t>({32}, 0, 10);
    float loss = 0, right = 0;
    for (int step = 1; step <= 50; ++step) {
        std::tie(loss, right) = t.run<&classifier::outputs::train, &classifier::outputs::loss,
                                      &classifier::outputs::accuracy>(images, labels);
        if (step % 10 == 0) std::cout << "step " << step << "  loss " << loss << "  right " << right << '\n';
    }
    server one(t.parameters());                                // the same variables at batch 1, checked by the compiler
    auto logits = one.run<&classifier::outputs::logits>(xt::view(images, xt::range(0, 1)));
    std::cout << "label " << labels(0) << ", logit " << logits(0, labels(0)) << '\n';
    return loss < 0.5f && right == 1 ? 0 : 1;
}
