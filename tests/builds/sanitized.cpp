// SPDX-License-Identifier: BSL-1.0
// What the compiler evaluates for a trainer is constant under the sanitizers, too: g++'s of undefined behaviour refuses
// comparisons of functions with null there, and some of addresses. Graph, gradients, plan and summary; all is compiled,
// nothing runs.
#include <ambit/ambit.hpp>

#include <iostream>

namespace {

using namespace ambit;

struct classifier {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor images, tensor labels) const {
        const tensor features = max_pool(relu(conv2d(
            images, s.get_variable("kernel", {3, 3, 1, 2}), {.padding = same})));
        const tensor hidden = dropout(s, dense(s, "hidden", reshape(features, {2, 8}), 4), {.rate = 0.5});
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(dense(s, "logits", hidden, 3), labels));
        return {loss, minimize(s, loss, adam{.learning_rate = 1e-2})};
    }
};
using trainer = model<classifier, input<float, 2, 4, 4, 1>, input<std::int32_t, 2>>;

static_assert(trainer::untrained.size() == 0);

}  // namespace

int main() {
    trainer net(seed{1});
    const xt::xtensor_fixed<float, xt::xshape<2, 4, 4, 1>> images = xt::ones<float>({2, 4, 4, 1});
    const xt::xtensor_fixed<std::int32_t, xt::xshape<2>> labels = {0, 2};
    const float loss = net.run<&classifier::outputs::train, &classifier::outputs::loss>(images, labels);
    std::cout << summary(net) << loss << '\n';
    return loss > 0 ? 0 : 1;
}
