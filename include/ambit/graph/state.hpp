// SPDX-License-Identifier: BSL-1.0
// What a loop carries and hands out: a tensor, or what is made of such. A `std::array`, a `std::pair`, a `std::tuple`
// or a plain struct of up to 16 members is, and so are arrays and structs of them.
//
//     struct cell { tensor hidden, memory; };
//     struct stack { std::array<cell, 2> layers; tensor attention; };
//     tensors_of(state) == {h0, m0, h1, m1, attention};  state_from<stack>(tensors)
#pragma once

#include <ambit/graph/builder.hpp>
#include <ambit/graph/outputs.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

/// What is said where a state is something else.
#define AMBIT_STATE_SENTENCE                                                                                     \
    "what a loop carries and returns is made of tensors: one, a std::array, pair or tuple of such, or a plain " \
    "struct of 1 to 16"

namespace AMBIT_NAMESPACE::graph_parts {

/// `std::array`, `std::pair` and `std::tuple`: its parts are known by number.
template <class T>
concept has_numbered_parts = requires { std::tuple_size<T>::value; };

/// Stands for a member of any type. What is a base of the whole has members of its own, which no binding reaches.
template <class Whole> struct any_part {
    template <class T>
        requires(!std::is_base_of_v<T, Whole>)
    constexpr operator T() const;
};
template <class T, std::size_t... I> constexpr bool takes_in_parentheses(std::index_sequence<I...>) {
    return requires { T((static_cast<void>(I), any_part<T>{})...); };
}

/// A plain struct whose members can be bound to names one by one: in parentheses no braces are left out, so that one
/// with a base or with an array of the language takes fewer than between braces.
template <class T>
concept has_named_parts = plain_struct<T> && !has_numbered_parts<T> && member_count<T>() <= max_outputs &&
                          takes_in_parentheses<T>(std::make_index_sequence<member_count<T>()>{});

template <class... Parts> struct part_list {};

/// The types of the parts of an array or a struct, in order.
template <class T> constexpr auto parts_of() {
    if constexpr (has_numbered_parts<T>) {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return part_list<std::remove_cv_t<std::tuple_element_t<I, T>>...>{};
        }(std::make_index_sequence<std::tuple_size_v<T>>{});
    } else {
        using list = decltype(with_parts<member_count<T>()>(
            std::declval<const T&>(), []<class... Parts>(const Parts&...) { return part_list<Parts...>{}; }));
        return list{};
    }
}

/// How many tensors a state is made of; -1 if anything in it is none.
template <class T> constexpr int tensors_in() {
    if constexpr (std::same_as<T, tensor>) {
        return 1;
    } else if constexpr (has_numbered_parts<T> || has_named_parts<T>) {
        return []<class... Parts>(part_list<Parts...>) {
            int count = 0;
            for (const int part : {0, tensors_in<Parts>()...}) count = count < 0 || part < 0 ? -1 : count + part;
            return count;
        }(parts_of<T>());
    } else {
        return -1;
    }
}

template <class T>
concept loop_state = tensors_in<T>() > 0;

/// A variable is read where it is used as a state.
template <class T>
using state_type = std::conditional_t<std::same_as<std::remove_cvref_t<T>, variable>, tensor, std::remove_cvref_t<T>>;

/// What may be given as a state, or returned as one.
template <class T>
concept stands_for_state = loop_state<state_type<T>>;

template <class T> constexpr void put_tensors(const T& state, tensor*& next) {
    const auto put_each = [&](const auto&... parts) { (put_tensors(parts, next), ...); };
    if constexpr (std::same_as<T, tensor>) {
        *next++ = state;
    } else if constexpr (has_numbered_parts<T>) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            put_each(get<I>(state)...);
        }(std::make_index_sequence<std::tuple_size_v<T>>{});
    } else {
        with_parts<member_count<T>()>(state, put_each);
    }
}

template <class T> constexpr T take_tensors(const tensor*& next) {
    if constexpr (std::same_as<T, tensor>) {
        return *next++;
    } else {
        return [&]<class... Parts>(part_list<Parts...>) { return T{take_tensors<Parts>(next)...}; }(parts_of<T>());
    }
}

template <loop_state State> inline constexpr auto state_size = static_cast<std::size_t>(tensors_in<State>());

template <loop_state State> constexpr std::array<tensor, state_size<State>> tensors_of(const State& state) {
    std::array<tensor, state_size<State>> tensors;
    tensor* next = tensors.data();
    put_tensors(state, next);
    return tensors;
}

template <loop_state State> constexpr State state_from(const std::array<tensor, state_size<State>>& tensors) {
    const tensor* next = tensors.data();
    return take_tensors<State>(next);
}

}  // namespace ambit::graph_parts
