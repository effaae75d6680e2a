// SPDX-License-Identifier: BSL-1.0
#include <ambit/graph/state.hpp>

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

struct cell {
    tensor hidden, memory;
};
struct with_an_operation {
    tensor value;
    operation step;
};

constexpr bool goes_there_and_back() {
    graph_builder builder(on_mistake::raise);
    const tensor a = builder.input({{2}, float32}), b = builder.input({{3}, float32});
    const cell made = state_from<cell>({a, b});
    const auto parts = tensors_of(made);
    const auto list = state_from<std::array<tensor, 2>>(parts);
    return made.hidden == a && made.memory == b && parts[0] == a && parts[1] == b && list[1] == b &&
           state_from<tensor>({a}) == a && tensors_of(b)[0] == b;
}

}  // namespace

TEST_CASE("a state is a tensor, an array or a struct of them, and its tensors keep their graph", "[graph]") {
    STATIC_REQUIRE(goes_there_and_back());
    STATIC_REQUIRE(loop_state<tensor>);
    STATIC_REQUIRE(loop_state<std::array<tensor, 3>>);
    STATIC_REQUIRE(loop_state<cell>);
    STATIC_REQUIRE(!loop_state<with_an_operation>);
    STATIC_REQUIRE(!loop_state<int>);
    STATIC_REQUIRE(std::same_as<state_type<const variable&>, tensor>);
    STATIC_REQUIRE(std::same_as<state_type<const cell&>, cell>);
}
