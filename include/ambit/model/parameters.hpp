// SPDX-License-Identifier: BSL-1.0
// The variables of a model in memory: one aligned block, each variable row-major at a multiple of 64 bytes. Models share
// it by reference counting.
//
//     auto trained = trainer.parameters();
//     server net(trained);                     // another model over the same variables: checked by the compiler
#pragma once

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

namespace ambit {

/// Of a model's random values: `net filter(seed{42})`.
struct seed {
    std::uint64_t value = 0;
};

namespace detail {

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

template <class Graph> struct parameter_layout {
    std::array<std::int64_t, static_cast<std::size_t>(variable_count_of<Graph>)> offsets{};
    std::int64_t bytes = 0;
};

template <class Graph>
inline constexpr parameter_layout<Graph> layout_of_parameters = [] {
    parameter_layout<Graph> layout;
    for (std::size_t v = 0; v < layout.offsets.size(); ++v) {
        layout.offsets[v] = layout.bytes;
        layout.bytes += aligned(Graph::value.variables[static_cast<int>(v)].spec.bytes());
    }
    return layout;
}();

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

}  // namespace detail

/// The variables of `Graph`, in its order. Copies share the memory; `copy()` does not.
template <class Graph> class parameters {
public:
    static constexpr std::size_t count = static_cast<std::size_t>(detail::variable_count_of<Graph>);

    /// Takes memory and initializes every variable.
    explicit parameters(seed s) : parameters() { initialize(s); }

    /// The same variables seen from another graph's parameters, which contain them.
    template <class Other> parameters(const parameters<Other>& other) : memory_(other.memory()) {
        for (std::size_t v = 0; v < count; ++v) variables_[v] = other.variables()[found_in<Other>[v]];
    }

    parameters copy() const {
        parameters fresh;
        for (std::size_t v = 0; v < count; ++v) std::memcpy(fresh.variables_[v], variables_[v], bytes_of(v));
        return fresh;
    }

    /// Starts again. Random values depend on the seed, the path of the variable and the element, on nothing else.
    void initialize(seed s) {
        for (std::size_t v = 0; v < count; ++v) {
            const frozen_variable& it = Graph::value.variables[static_cast<int>(v)];
            const std::span<const double> list(Graph::value.values.elements + it.first_value,
                                               static_cast<std::size_t>(it.value_count));
            const initializer values = it.initializer.with_values(list);
            const philox_key key(s.value, Graph::value.path(static_cast<int>(v)));
            detail::with_element_type(it.spec.type, [&]<class T>() {
                fill(values, it.spec.extents, key,
                     std::span<T>(reinterpret_cast<T*>(variables_[v]), static_cast<std::size_t>(it.spec.extents.elements())));
            });
        }
    }

    const std::array<std::byte*, count>& variables() const { return variables_; }
    const std::shared_ptr<std::byte[]>& memory() const { return memory_; }

    static constexpr std::size_t bytes_of(std::size_t v) {
        return static_cast<std::size_t>(Graph::value.variables[static_cast<int>(v)].spec.bytes());
    }

private:
    parameters() : memory_(detail::allocate_aligned(detail::layout_of_parameters<Graph>.bytes)) {
        for (std::size_t v = 0; v < count; ++v) variables_[v] = memory_.get() + detail::layout_of_parameters<Graph>.offsets[v];
    }

    /// Where each of our variables is among another graph's; a compile error names those that it lacks.
    template <class Other> static constexpr reports lacking() {
        reports all;
        for (int v = 0; v < static_cast<int>(count); ++v) {
            const int other = index_in<Other>(v);
            if (other >= 0 && Other::value.variables[other].spec == Graph::value.variables[v].spec) continue;
            all.begin(mistake::parameters_lack);
            all.add(detail_tag::path, Graph::value.path(v));
            if (other >= 0) all.add(detail_tag::had, Other::value.variables[other].spec);
            all.add(detail_tag::asked, Graph::value.variables[v].spec);
        }
        return all;
    }
    template <class Other> static constexpr int index_in(int v) {
        for (int other = 0; other < Other::counts.variables; ++other)
            if (Other::value.path(other) == Graph::value.path(v)) return other;
        return -1;
    }
    template <class Other>
    static constexpr std::array<std::size_t, count> found_in = [] {
        std::array<std::size_t, count> found{};
        if constexpr (reports_nothing<&parameters::lacking<Other>>) {
            for (std::size_t v = 0; v < count; ++v) found[v] = static_cast<std::size_t>(index_in<Other>(static_cast<int>(v)));
        } else {
            static_cast<void>(explain<made_reports<&parameters::lacking<Other>>>());
        }
        return found;
    }();

    std::shared_ptr<std::byte[]> memory_;
    std::array<std::byte*, count> variables_{};
};

}  // namespace ambit
