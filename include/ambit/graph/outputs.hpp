// SPDX-License-Identifier: BSL-1.0
// What a module may return: a tensor, a `std::array` of tensors, or a plain struct whose members are tensors and
// operations.
//
//     struct outputs { tensor logits, loss; operation train; };
//     output_count<outputs> == 3;  output_ids(result) == {4, 9, 31};
#pragma once

#include <ambit/graph/operation.hpp>
#include <ambit/graph/tensor.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::graph_parts {

/// A member of an outputs struct, from the id of its node.
struct any_output {
    int id = -1;
    graph_builder* builder = nullptr;
    constexpr operator tensor() const { return {builder, id}; }
    constexpr operator operation() const { return {builder, id}; }
};

template <class T> inline constexpr std::size_t array_size = 0;
template <std::size_t Size> inline constexpr std::size_t array_size<std::array<tensor, Size>> = Size;

/// Stands for a member of any type.
struct any_member {
    template <class T> constexpr operator T() const;
};

template <class T, std::size_t... I> constexpr bool takes(std::index_sequence<I...>) {
    return requires { T{(static_cast<void>(I), any_member{})...}; };
}

/// Whether the member behind `Before` others is a tensor or an operation: it comes from an output, and from a graph and
/// an id. Arrays and structs, whose braces may be left out, take only the first.
template <class T, std::size_t... Before, std::size_t... After>
constexpr bool takes_tensor_between(std::index_sequence<Before...>, std::index_sequence<After...>) {
    return requires {
        T{(static_cast<void>(Before), any_member{})..., any_output{}, (static_cast<void>(After), any_member{})...};
        T{(static_cast<void>(Before), any_member{})...,
          {static_cast<graph_builder*>(nullptr), 0},
          (static_cast<void>(After), any_member{})...};
    };
}

/// The first member that is not a tensor, of `Count`; -1 if all are.
template <class T, std::size_t Count, std::size_t I = 0> constexpr int first_other_member() {
    if constexpr (I == Count) {
        return -1;
    } else {
        constexpr bool is_tensor =
            takes_tensor_between<T>(std::make_index_sequence<I>{}, std::make_index_sequence<Count - I - 1>{});
        if constexpr (is_tensor) return first_other_member<T, Count, I + 1>();
        else return static_cast<int>(I);
    }
}

/// The most members an outputs struct may have.
inline constexpr std::size_t max_outputs = 16;

/// Members of a plain struct; `max_outputs + 1` stands for any larger number.
template <class T, std::size_t Count = max_outputs + 1> constexpr std::size_t member_count() {
    if constexpr (Count == 0) return 0;
    else if constexpr (takes<T>(std::make_index_sequence<Count>{})) return Count;
    else return member_count<T, Count - 1>();
}

template <class T>
concept plain_struct = std::is_aggregate_v<T> && std::is_class_v<T>;

/// How many tensors and operations a module's result holds; 0 for a type that is no result of a module.
template <class Outputs>
inline constexpr std::size_t output_count = [] {
    if constexpr (std::same_as<Outputs, tensor>) return std::size_t{1};
    else if constexpr (array_size<Outputs> > 0) return array_size<Outputs>;
    else if constexpr (plain_struct<Outputs>) {
        constexpr std::size_t members = member_count<Outputs>();
        if constexpr (members > max_outputs) return std::size_t{0};
        else if constexpr (first_other_member<Outputs, members>() >= 0) return std::size_t{0};
        else return members;
    } else return std::size_t{0};
}();

/// A result that a module may return.
template <class T>
concept module_outputs = output_count<T> > 0;

/// Calls `use` with the members of a plain struct that has `Count` of them, in order of declaration.
template <std::size_t Count, class Struct, class Use> constexpr auto with_parts(const Struct& whole, const Use& use) {
    static_assert(Count <= max_outputs);
    if constexpr (Count == 0) {
        return use();
    } else if constexpr (Count == 1) {
        const auto& [a] = whole;
        return use(a);
    } else if constexpr (Count == 2) {
        const auto& [a, b] = whole;
        return use(a, b);
    } else if constexpr (Count == 3) {
        const auto& [a, b, c] = whole;
        return use(a, b, c);
    } else if constexpr (Count == 4) {
        const auto& [a, b, c, d] = whole;
        return use(a, b, c, d);
    } else if constexpr (Count == 5) {
        const auto& [a, b, c, d, e] = whole;
        return use(a, b, c, d, e);
    } else if constexpr (Count == 6) {
        const auto& [a, b, c, d, e, f] = whole;
        return use(a, b, c, d, e, f);
    } else if constexpr (Count == 7) {
        const auto& [a, b, c, d, e, f, g] = whole;
        return use(a, b, c, d, e, f, g);
    } else if constexpr (Count == 8) {
        const auto& [a, b, c, d, e, f, g, h] = whole;
        return use(a, b, c, d, e, f, g, h);
    } else if constexpr (Count == 9) {
        const auto& [a, b, c, d, e, f, g, h, i] = whole;
        return use(a, b, c, d, e, f, g, h, i);
    } else if constexpr (Count == 10) {
        const auto& [a, b, c, d, e, f, g, h, i, j] = whole;
        return use(a, b, c, d, e, f, g, h, i, j);
    } else if constexpr (Count == 11) {
        const auto& [a, b, c, d, e, f, g, h, i, j, k] = whole;
        return use(a, b, c, d, e, f, g, h, i, j, k);
    } else if constexpr (Count == 12) {
        const auto& [a, b, c, d, e, f, g, h, i, j, k, l] = whole;
        return use(a, b, c, d, e, f, g, h, i, j, k, l);
    } else if constexpr (Count == 13) {
        const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = whole;
        return use(a, b, c, d, e, f, g, h, i, j, k, l, m);
    } else if constexpr (Count == 14) {
        const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = whole;
        return use(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
    } else if constexpr (Count == 15) {
        const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = whole;
        return use(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
    } else {
        const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = whole;
        return use(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
    }
}

/// Calls `use` with all tensors and operations, in order of declaration.
template <module_outputs Outputs, class Use> constexpr auto with_members(const Outputs& outputs, const Use& use) {
    constexpr std::size_t count = output_count<Outputs>;
    if constexpr (std::same_as<Outputs, tensor>) {
        return use(outputs);
    } else if constexpr (array_size<Outputs> > 0) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return use(outputs[I]...);
        }(std::make_index_sequence<count>{});
    } else {
        return with_parts<count>(outputs, use);
    }
}

/// The node of each tensor, in order of declaration.
template <module_outputs Outputs> constexpr std::array<int, output_count<Outputs>> output_ids(const Outputs& outputs) {
    return with_members(outputs, [](const auto&... each) { return std::array<int, sizeof...(each)>{each.id()...}; });
}

/// The same outputs with ids but no graph: what a frozen model keeps, so that `&outputs::loss` finds its node.
/// A fresh object, since g++ 12 does not freeze one that ever held the address of a local graph.
template <module_outputs Outputs> constexpr Outputs detached(const std::array<int, output_count<Outputs>>& ids) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        if constexpr (std::same_as<Outputs, tensor>) return tensor(nullptr, ids[0]);
        else return Outputs{any_output{ids[I]}...};
    }(std::make_index_sequence<output_count<Outputs>>{});
}

}  // namespace ambit::graph_parts
