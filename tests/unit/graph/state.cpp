// SPDX-License-Identifier: BSL-1.0
#include <ambit/graph/state.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <tuple>
#include <utility>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

struct cell {
    tensor hidden, memory;
};
struct two_layers {
    std::array<cell, 2> layers;
    cell top;
    std::array<std::array<tensor, 1>, 2> rows;
    std::pair<tensor, std::tuple<tensor>> rest;
};
struct empty {};
struct wrapped {
    empty nothing;
    cell only;
};
struct with_an_operation {
    tensor value;
    operation step;
};
struct with_a_number {
    cell inner;
    int steps;
};
struct with_a_variable {
    variable weights;
    tensor value;
};
struct with_plain_arrays {
    tensor first;
    tensor rest[1];
};
struct starts_with_a_plain_array {
    tensor rest[2];
    tensor last;
};
struct grown : cell {
    tensor more;
};
struct nested_badly {
    cell fine;
    std::array<with_a_number, 2> others;
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

constexpr bool keeps_its_order() {
    graph_builder builder(on_mistake::raise);
    std::array<tensor, 10> given;
    for (tensor& it : given) it = builder.input({{2}, float32});
    const two_layers made = state_from<two_layers>(given);
    const std::array<tensor, 10> parts{made.layers[0].hidden, made.layers[0].memory, made.layers[1].hidden,
                                       made.layers[1].memory, made.top.hidden,       made.top.memory,
                                       made.rows[0][0],       made.rows[1][0],       made.rest.first,
                                       std::get<0>(made.rest.second)};
    bool same = true;
    for (std::size_t i = 0; i < given.size(); ++i) same = same && parts[i] == given[i];
    return same && tensors_of(made) == given && tensors_of(state_from<wrapped>({given[0], given[1]}))[1] == given[1];
}

}  // namespace

TEST_CASE("a state is made of tensors, arrays and structs of them, and keeps their order and graph", "[graph]") {
    STATIC_REQUIRE(goes_there_and_back());
    STATIC_REQUIRE(loop_state<tensor>);
    STATIC_REQUIRE(loop_state<std::array<tensor, 3>>);
    STATIC_REQUIRE(loop_state<cell>);
    STATIC_REQUIRE(!loop_state<with_an_operation>);
    STATIC_REQUIRE(!loop_state<int>);
    STATIC_REQUIRE(keeps_its_order());
    STATIC_REQUIRE(tensors_in<std::array<two_layers, 3>>() == 30);
    STATIC_REQUIRE(tensors_in<std::array<std::array<std::array<tensor, 2>, 3>, 5>>() == 30);
    STATIC_REQUIRE(!loop_state<empty>);
    STATIC_REQUIRE(!loop_state<std::array<tensor, 0>>);
    STATIC_REQUIRE(!loop_state<with_a_number>);
    STATIC_REQUIRE(!loop_state<with_a_variable>);
    STATIC_REQUIRE(!loop_state<with_plain_arrays>);
    STATIC_REQUIRE(!loop_state<starts_with_a_plain_array>);
    STATIC_REQUIRE(!loop_state<grown>);
    STATIC_REQUIRE(!loop_state<nested_badly>);
    STATIC_REQUIRE(!loop_state<tensor*>);
    STATIC_REQUIRE(std::same_as<state_type<const variable&>, tensor>);
    STATIC_REQUIRE(std::same_as<state_type<const cell&>, cell>);
}
