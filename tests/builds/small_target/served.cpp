// SPDX-License-Identifier: BSL-1.0
// A net, 32-64-8, whose weights are constants of the program and so lie in flash; served_int8.cpp has them as int8.
#include "program.hpp"

#include <ambit/model/compact_weights.hpp>
#include <ambit/model/parameters_in_place.hpp>
#include <ambit/nn/dense.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

using namespace ambit;

namespace {

struct policy {
    constexpr tensor operator()(scope& s, tensor x) const {
        return dense(s, "action", dense(s, "hidden", x, 64, {.activation = relu}), 8);
    }
};

/// Weights as a training leaves them, for all that the compiler knows.
template <std::size_t K, std::size_t N> constexpr float weight(std::size_t row, std::size_t column) {
    const auto mixed = static_cast<std::uint32_t>((row * N + column) * 2654435761U) >> 24;
    return (static_cast<float>(mixed) - 127.5f) / 512;
}

#ifdef AMBIT_SERVED_AS_INT8
using module_of_policy = weights_as<weight_format::int8, policy>;
template <std::size_t K, std::size_t N> constexpr auto weights_of_layer() {
    constexpr float scale = 127.5f / 512 / 127;
    constexpr auto bytes_of_scale = std::bit_cast<std::array<std::uint8_t, 4>>(scale);
    std::array<std::uint8_t, (K + 4) * N> bytes{};
    for (std::size_t i = 0; i < 4 * N; ++i) bytes[i] = bytes_of_scale[i % 4];
    for (std::size_t i = 0; i < K * N; ++i)
        bytes[4 * N + i] = static_cast<std::uint8_t>(static_cast<int>(weight<K, N>(i / N, i % N) / scale));
    return bytes;
}
#else
using module_of_policy = policy;
template <std::size_t K, std::size_t N> constexpr auto weights_of_layer() {
    std::array<float, K * N> floats{};
    for (std::size_t i = 0; i < K * N; ++i) floats[i] = weight<K, N>(i / N, i % N);
    return floats;
}
#endif
constexpr auto hidden_weights = weights_of_layer<32, 64>();
constexpr auto action_weights = weights_of_layer<64, 8>();

using policy_net = stored_model<storage::in_place, module_of_policy, input<float, 1, 32>>;

parameters_in_place<policy_net> variables;
policy_net net(variables.parameters());

}  // namespace

int main() {
    net.set<"hidden/weights">(hidden_weights);
    net.set<"action/weights">(action_weights);
    std::array<float, 32> state{};
    for (std::size_t i = 0; i < state.size(); ++i) state[i] = 0.125f * static_cast<float>(i) - 1;
    bits all;
    const auto action = net(state);
    for (std::size_t i = 0; i < 8; ++i) all.add(action.data()[i]);
    print("bits", all.value());
    print_memory<memory_of<policy_net>>();
    return 0;
}
