// SPDX-License-Identifier: BSL-1.0
// Memory for the variables of a model, and what they begin with: each row-major at a multiple of 64 bytes.
#pragma once

#include <ambit/core/hash.hpp>
#include <ambit/core/seed.hpp>
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/model/graph_facts.hpp>
#include <ambit/plan/arena.hpp>
#include <ambit/scope/initial_values.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

namespace AMBIT_NAMESPACE::model_parts {

struct aligned_delete {
    void operator()(std::byte* memory) const noexcept {
        ::operator delete[](memory, std::align_val_t{static_cast<std::size_t>(arena_alignment)});
    }
};
using aligned_bytes = std::unique_ptr<std::byte[], aligned_delete>;

inline aligned_bytes allocate_aligned(std::int64_t bytes) {
    const std::size_t size = static_cast<std::size_t>(bytes > 0 ? bytes : arena_alignment);
    return aligned_bytes(new (std::align_val_t{static_cast<std::size_t>(arena_alignment)}) std::byte[size]());
}

/// Where a variable lies: with those that models share, or with those of one model.
enum class belongs_to : std::int32_t { parameters, one_model };

/// Where the variables of one owner lie in its memory; -1 for those of the other.
template <class Graph> struct variable_layout {
    std::array<std::int64_t, variable_count_of<Graph>> offsets{};
    std::int64_t bytes = 0;

    constexpr bool has(std::size_t v) const { return offsets[v] >= 0; }
};

template <class Graph, belongs_to Owner>
inline constexpr variable_layout<Graph> layout_of_variables = [] {
    variable_layout<Graph> layout;
    for (std::size_t v = 0; v < layout.offsets.size(); ++v) {
        const bool is_there = Graph::value.variables[static_cast<int>(v)].local == static_cast<std::int32_t>(Owner);
        layout.offsets[v] = is_there ? layout.bytes : -1;
        if (is_there) layout.bytes += aligned(bytes_of_variables<Graph>[v]);
    }
    return layout;
}();

/// What a variable begins with: an initializer without what depends on the shape alone, and the hash of the path that
/// its random values depend on.
struct variable_beginning {
    initializer values;
    shape extents;
    std::uint64_t path = 0;
};

template <class Graph>
inline constexpr std::array<variable_beginning, variable_count_of<Graph>> beginnings_of = [] {
    std::array<variable_beginning, variable_count_of<Graph>> beginnings{};
    for (std::size_t v = 0; v < beginnings.size(); ++v) {
        const frozen_variable& variable = Graph::value.variables[static_cast<int>(v)];
        const std::span<const double> list(values_of_lists<Graph>.elements + variable.first_value,
                                           static_cast<std::size_t>(variable.value_count));
        beginnings[v] = {initial::resolved(variable.initializer.with_values(list), variable.spec.extents),
                         variable.spec.extents, fnv1a(Graph::value.path(variable.begins_as))};
    }
    return beginnings;
}();

template <class Graph, belongs_to Owner> constexpr bool is_variable_of(std::size_t v, dtype type) {
    return layout_of_variables<Graph, Owner>.has(v) && Graph::value.variables[static_cast<int>(v)].spec.type == type;
}

/// The variables of one owner and dtype, and the kinds of their initializers.
template <class Graph, belongs_to Owner, dtype Type> struct variables_of_type {
    static constexpr std::size_t count = [] {
        std::size_t found = 0;
        for (std::size_t v = 0; v < variable_count_of<Graph>; ++v)
            if (is_variable_of<Graph, Owner>(v, Type)) ++found;
        return found;
    }();
    static constexpr std::array<std::size_t, count> ids = [] {
        std::array<std::size_t, count> found{};
        std::size_t next = 0;
        for (std::size_t v = 0; v < variable_count_of<Graph>; ++v)
            if (is_variable_of<Graph, Owner>(v, Type)) found[next++] = v;
        return found;
    }();
    static constexpr initial::kind_set kinds = [] {
        initial::kind_set found = 0;
        for (const std::size_t v : ids) found |= initial::set_of(beginnings_of<Graph>[v].values.kind);
        return found;
    }();
};

template <class Graph, belongs_to Owner, tensor_element T, class Address>
void fill_variables_of(seed s, const Address& address_of) {
    using chosen = variables_of_type<Graph, Owner, dtype_of<T>>;
    if constexpr (chosen::count > 0) {
        for (const std::size_t v : chosen::ids) {
            const variable_beginning& begins = beginnings_of<Graph>[v];
            const philox_key key = initial::key_for(begins.values, philox_key::of_hash(s.value, begins.path));
            initial::fill_resolved<T, chosen::kinds>(
                begins.values, begins.extents, key,
                std::span<T>(reinterpret_cast<T*>(address_of(v)), static_cast<std::size_t>(begins.extents.elements())));
        }
    }
}

/// Writes the initial values of all variables of an owner. Random values depend on the seed, the path of the variable
/// and the element, on nothing else.
template <class Graph, belongs_to Owner, class Address> void fill_variables(seed s, const Address& address_of) {
    fill_variables_of<Graph, Owner, float>(s, address_of);
    fill_variables_of<Graph, Owner, double>(s, address_of);
    fill_variables_of<Graph, Owner, std::int32_t>(s, address_of);
    fill_variables_of<Graph, Owner, std::int64_t>(s, address_of);
    fill_variables_of<Graph, Owner, std::uint8_t>(s, address_of);
    fill_variables_of<Graph, Owner, bool>(s, address_of);
}

}  // namespace ambit::model_parts
