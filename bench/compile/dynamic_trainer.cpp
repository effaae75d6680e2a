// SPDX-License-Identifier: BSL-1.0
// The classifier of trainer.cpp, planned at run time: what a unit costs that has a dynamic model.
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/registry/dynamic_model.hpp>

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

float step(dynamic_model& net, const xt::xarray<float>& images, const xt::xarray<std::int32_t>& labels) {
    return net.run({"train", "loss"}, {{"images", images}, {"labels", labels}})["loss"].number<float>();
}
dynamic_model make(const registry& reg, std::int64_t batch) {
    return dynamic_model(reg, classifier{},
                         {{"images", spec(float32, {batch, 784})}, {"labels", spec(int32, {batch})}});
}
