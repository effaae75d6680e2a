// SPDX-License-Identifier: BSL-1.0
// A controller, 8-32-32-4, on a microcontroller: nothing but inference.
#include "program.hpp"

#include <ambit/model/model.hpp>
#include <ambit/model/parameters_in_place.hpp>
#include <ambit/nn/dense.hpp>

#include <array>
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
using policy_net = stored_model<storage::in_place, policy, input<float, 1, 8>>;

parameters_in_place<policy_net> variables(seed{1});
policy_net net(variables.parameters());

}  // namespace

int main() {
    std::array<float, 8> state{};
    bits all;
    float difference = 0;
    for (std::size_t step = 0; step < 3; ++step) {
        for (std::size_t i = 0; i < state.size(); ++i) state[i] = 0.25f * static_cast<float>(i * (step + 1)) - 1;
        const auto action = net(state);
        for (std::size_t i = 0; i < 4; ++i) all.add(action.data()[i]);
        difference = action.data()[0] - action.data()[1];
    }
    print("bits", all.value());
    print_memory<memory_of<policy_net>>();
    return difference < 0 || difference > 0 ? 0 : 1;
}
