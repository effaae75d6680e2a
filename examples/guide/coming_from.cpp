// SPDX-License-Identifier: BSL-1.0
// The blocks of coming_from.md: one small net, as other frameworks have it and as it is here.
#include <ambit/ambit.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>

#include <xtensor/xrandom.hpp>
#include <xtensor/xtensor.hpp>

#include <array>
#include <filesystem>
#include <iostream>
#include <string>

using namespace ambit;

namespace {

struct scorer {
    bool training = true;
    struct outputs { tensor score, loss; operation train; };
    constexpr outputs operator()(scope& s, tensor x, tensor wanted) const {
        tensor hidden = dense(s, "hidden", x, 16, {.activation = relu});
        hidden        = dropout(s, hidden, {.rate = 0.1, .training = training});
        tensor score  = dense(s, "score", hidden, 1);
        tensor loss   = mean_squared_error(score, wanted);
        return {score, loss, minimize(s, loss, adam{.learning_rate = 0.01})};
    }
};
using trainer = model<scorer, input<float, 32, 4>, input<float, 32, 1>>;
using server  = model<configured<scorer{.training = false}>, input<float, 1, 4>, input<float, 1, 1>>;

float trained_and_asked(const std::string& file) {
    using outputs = scorer::outputs;
    trainer net(seed{1});
    float loss = 0;
    for (int step = 0; step < 500; ++step) {
        xt::xtensor<float, 2> x = xt::random::rand<float>({32, 4});
        xt::xtensor<float, 2> wanted = xt::sum(x, {1}, xt::keep_dims);
        loss = net.run<&outputs::train, &outputs::loss>(x, wanted);
    }
    save(net, file);

    server one(seed{1});
    std::cout << load(one, file) << '\n';
    std::cout << "loss " << loss << '\n';
    return one.run<&outputs::score>(std::array{0.1f, 0.2f, 0.3f, 0.4f})(0, 0);     // no dropout, a batch of one
}

}  // namespace

int main() {
    xt::random::seed(1);
    const std::string file = std::filesystem::temp_directory_path() / "ambit_coming_from.safetensors";
    const float score = trained_and_asked(file);
    std::filesystem::remove(file);
    std::cout << "0.1 + 0.2 + 0.3 + 0.4 is about " << score << '\n';
    return score > 0.8f && score < 1.2f ? 0 : 1;
}
