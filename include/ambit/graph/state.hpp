// SPDX-License-Identifier: BSL-1.0
// What a loop carries and hands out: a tensor, a `std::array` of tensors, or a plain struct of tensors.
//
//     struct cell { tensor hidden, memory; };
//     tensors_of(state) == {hidden, memory};  state_from<cell>(tensors)
#pragma once

#include <ambit/graph/builder.hpp>
#include <ambit/graph/outputs.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::graph_parts {

/// A member of a state.
struct member_of_state {
    tensor value;
    constexpr operator tensor() const { return value; }
};
template <class T, std::size_t... I> constexpr bool is_made_of_tensors(std::index_sequence<I...>) {
    return requires { T{(static_cast<void>(I), member_of_state{})...}; };
}

/// A type whose members are tensors, 1 to 16 of them.
template <class T>
concept loop_state = module_outputs<T> && is_made_of_tensors<T>(std::make_index_sequence<output_count<T>>{});

/// A variable is read where it is used as a state.
template <class T>
using state_type = std::conditional_t<std::same_as<std::remove_cvref_t<T>, variable>, tensor, std::remove_cvref_t<T>>;

template <loop_state State> constexpr std::array<tensor, output_count<State>> tensors_of(const State& state) {
    return with_members(state, [](const auto&... each) { return std::array<tensor, sizeof...(each)>{each...}; });
}

template <loop_state State> constexpr State state_from(const std::array<tensor, output_count<State>>& tensors) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        if constexpr (std::same_as<State, tensor>) return tensors[0];
        else return State{member_of_state{tensors[I]}...};
    }(std::make_index_sequence<output_count<State>>{});
}

}  // namespace ambit::graph_parts
