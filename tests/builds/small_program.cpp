// SPDX-License-Identifier: BSL-1.0
// A controller for a small machine: the smallest program that has a model and asks it. Compared with plain loops.
#include <ambit/model/model.hpp>
#include <ambit/nn/dense.hpp>

#include <array>
#include <cmath>
#include <cstddef>

using namespace ambit;

namespace {

struct policy {
    constexpr tensor operator()(scope& s, tensor x) const {
        x = dense(s, "first", x, 32, {.activation = ambit::tanh});
        x = dense(s, "second", x, 32, {.activation = ambit::tanh});
        return dense(s, "action", x, 4);
    }
};

// One layer after its activation; biases begin as zeros.
template <std::size_t In, std::size_t Out>
std::array<float, Out> layer(const std::array<float, In>& x, const float* weights, bool is_last) {
    std::array<float, Out> y{};
    for (std::size_t i = 0; i < In; ++i)
        for (std::size_t j = 0; j < Out; ++j) y[j] += x[i] * weights[i * Out + j];
    for (float& value : y)
        if (!is_last) value = std::tanh(value);
    return y;
}

}  // namespace

int main(int count, char**) {
    model<policy, input<float, 1, 8>> net(seed{static_cast<std::uint64_t>(count)});
    std::array<float, 8> state{};
    for (std::size_t i = 0; i < state.size(); ++i) state[i] = 0.25f * static_cast<float>(i) - 1;
    const auto action = net(state);

    const auto first = layer<8, 32>(state, net.get<"first/weights">().data(), false);
    const auto second = layer<32, 32>(first, net.get<"second/weights">().data(), false);
    const auto expected = layer<32, 4>(second, net.get<"action/weights">().data(), true);
    float size = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (!(std::fabs(action(0, i) - expected[i]) < 1e-5f)) return 1;
        size += std::fabs(expected[i]);
    }
    return size > 0.1f ? 0 : 2;
}
