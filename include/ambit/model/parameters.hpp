// SPDX-License-Identifier: BSL-1.0
// The variables of a model in memory: one aligned block, each variable row-major at a multiple of 64 bytes. Models
// share it by reference counting.
//
//     auto trained = trainer.parameters();
//     server net(trained);                     // another model over the same variables: checked by the compiler
#pragma once

#include <ambit/core/seed.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/plan/arena.hpp>
#include <ambit/scope/initial_values.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <utility>

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

template <class Graph> inline constexpr int variable_count_of = Graph::counts.variables;

/// Where a variable lies: with those that models share, or with those of one model.
enum class belongs_to : std::int32_t { parameters, one_model };

template <class Graph> struct variable_layout {
    std::array<std::int64_t, static_cast<std::size_t>(variable_count_of<Graph>)> offsets{};
    std::int64_t bytes = 0;
};

template <class Graph, belongs_to Owner>
inline constexpr variable_layout<Graph> layout_of_variables = [] {
    variable_layout<Graph> layout;
    for (std::size_t v = 0; v < layout.offsets.size(); ++v) {
        const frozen_variable& it = Graph::value.variables[static_cast<int>(v)];
        if (it.local != static_cast<std::int32_t>(Owner)) continue;
        layout.offsets[v] = layout.bytes;
        layout.bytes += aligned(it.spec.bytes());
    }
    return layout;
}();

[[noreturn]] inline void raise_moved_from() {
    mistake_parts::reports all;
    all.begin(mistake::moved_from);
    raise(all, 0);
}

/// Throws a `model_error` of kind `moved_from` if a model or its parameters have no memory. With NDEBUG nothing is
/// looked at. Always inline: files with and without NDEBUG may be one program.
[[gnu::always_inline]] inline void refuse_moved_from([[maybe_unused]] const std::byte* memory) {
#ifndef NDEBUG
    if (memory == nullptr) raise_moved_from();
#endif
}

/// Calls `f.template operator()<T>()` with the element type of a dtype known at run time.
template <class F> decltype(auto) with_element_type(dtype type, F&& f) {
    switch (type) {
        case dtype::float32: return f.template operator()<float>();
        case dtype::float64: return f.template operator()<double>();
        case dtype::int32: return f.template operator()<std::int32_t>();
        case dtype::int64: return f.template operator()<std::int64_t>();
        case dtype::uint8: return f.template operator()<std::uint8_t>();
        default: return f.template operator()<bool>();
    }
}

/// Writes the initial value of a variable. Random values depend on the seed, its path and the element, on nothing else.
template <class Graph> void fill_variable(int v, seed s, std::byte* to) {
    const frozen_variable& it = Graph::value.variables[v];
    const std::span<const double> list(Graph::value.values.elements + it.first_value,
                                       static_cast<std::size_t>(it.value_count));
    const initializer values = it.initializer.with_values(list);
    const philox_key key(s.value, Graph::value.path(it.begins_as));
    with_element_type(it.spec.type, [&]<class T>() {
        fill(values, it.spec.extents, key,
             std::span<T>(reinterpret_cast<T*>(to), static_cast<std::size_t>(it.spec.extents.elements())));
    });
}

}  // namespace ambit::model_parts

namespace AMBIT_NAMESPACE {

/// The variables of `Graph`, in its order. Copies share the memory; `copy()` does not. Those that were moved from are
/// empty: in builds without NDEBUG their use throws a `model_error` of kind `moved_from`.
template <class Graph> class parameters {
public:
    static constexpr std::size_t count = static_cast<std::size_t>(model_parts::variable_count_of<Graph>);

    /// Takes memory and initializes every variable.
    explicit parameters(seed s) : parameters() { initialize(s); }

    /// The same variables seen from another graph's parameters, which contain them.
    template <class Other> parameters(const parameters<Other>& other) : memory_(other.memory()) {
        for (std::size_t v = 0; v < count; ++v)
            if (is_shared(v)) variables_[v] = other.variables()[found_in<Other>[v]];
    }

    /// Variables that lie elsewhere, at these addresses, as long as `owner` lives: of a registry (registry/bridges.hpp).
    parameters(std::shared_ptr<std::byte[]> owner, const std::array<std::byte*, count>& addresses)
        : memory_(std::move(owner)), variables_(addresses) {}

    parameters copy() const {
        model_parts::refuse_moved_from(memory_.get());
        parameters fresh;
        for (std::size_t v = 0; v < count; ++v)
            if (is_shared(v)) std::memcpy(fresh.variables_[v], variables_[v], bytes_of(v));
        return fresh;
    }

    /// Starts again.
    void initialize(seed s) {
        model_parts::refuse_moved_from(memory_.get());
        for (std::size_t v = 0; v < count; ++v)
            if (is_shared(v)) model_parts::fill_variable<Graph>(static_cast<int>(v), s, variables_[v]);
    }

    /// Addresses in the graph's order; nullptr for local variables, which each model has for itself.
    const std::array<std::byte*, count>& variables() const {
        model_parts::refuse_moved_from(memory_.get());
        return variables_;
    }
    /// What holds them, shared by all who use them; empty if these were moved from.
    const std::shared_ptr<std::byte[]>& memory() const { return memory_; }

    static constexpr bool is_shared(std::size_t v) { return Graph::value.variables[static_cast<int>(v)].local == 0; }

    static constexpr std::size_t bytes_of(std::size_t v) {
        return static_cast<std::size_t>(Graph::value.variables[static_cast<int>(v)].spec.bytes());
    }

private:
    static constexpr const auto& layout = model_parts::layout_of_variables<Graph, model_parts::belongs_to::parameters>;

    parameters() : memory_(model_parts::allocate_aligned(layout.bytes)) {
        for (std::size_t v = 0; v < count; ++v)
            if (is_shared(v)) variables_[v] = memory_.get() + layout.offsets[v];
    }

    /// Where each of our variables is among another graph's; a compile error names those that it lacks.
    template <class Other> static constexpr mistake_parts::reports lacking() {
        mistake_parts::reports all;
        int more = 0;
        for (int v = 0; v < static_cast<int>(count); ++v) {
            if (!is_shared(static_cast<std::size_t>(v))) continue;
            const int other = index_in<Other>(v);
            if (other >= 0 && Other::value.variables[other].spec == Graph::value.variables[v].spec) continue;
            if (all.size() == mistake_parts::most_told) {
                ++more;
                continue;
            }
            all.begin(mistake::parameters_lack);
            all.add(mistake_parts::detail_tag::path, Graph::value.path(v));
            if (other >= 0) all.add(mistake_parts::detail_tag::had, Other::value.variables[other].spec);
            all.add(mistake_parts::detail_tag::asked, Graph::value.variables[v].spec);
            const int nearest = other >= 0 ? -1 : nearest_in<Other>(v);
            if (nearest >= 0) all.add(mistake_parts::detail_tag::did_you_mean, Other::value.path(nearest));
        }
        if (more > 0) all.add_more(more);
        return all;
    }
    template <class Other> static constexpr int index_in(int v) {
        for (int other = 0; other < Other::counts.variables; ++other)
            if (Other::value.variables[other].local == 0 && Other::value.path(other) == Graph::value.path(v))
                return other;
        return -1;
    }
    /// The one of this shape and dtype whose path is nearest, or -1.
    template <class Other> static constexpr int nearest_in(int v) {
        mistake_parts::nearest_name search(Graph::value.path(v));
        for (int other = 0; other < Other::counts.variables; ++other) {
            const auto& candidate = Other::value.variables[other];
            if (candidate.local == 0 && candidate.spec == Graph::value.variables[v].spec)
                search.consider(other, Other::value.path(other));
        }
        return search.best();
    }
    template <class Other>
    static constexpr std::array<std::size_t, count> found_in = [] {
        std::array<std::size_t, count> found{};
        if constexpr (refused::reports_nothing<&parameters::lacking<Other>>) {
            for (std::size_t v = 0; v < count; ++v)
                if (is_shared(v)) found[v] = static_cast<std::size_t>(index_in<Other>(static_cast<int>(v)));
        } else {
            static_assert(refused::no_mistakes_in<refused::made_reports<&parameters::lacking<Other>>>);
        }
        return found;
    }();

    std::shared_ptr<std::byte[]> memory_;
    std::array<std::byte*, count> variables_{};
};

}  // namespace ambit
