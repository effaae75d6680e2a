// SPDX-License-Identifier: BSL-1.0
// The variables of a model in memory: one aligned block, each variable row-major at a multiple of 64 bytes. Models
// share it by reference counting.
//
//     auto trained = trainer.parameters();
//     server net(trained);                     // another model over the same variables: checked by the compiler
#pragma once

#include <ambit/core/seed.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/diagnostics/explain.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/model/variable_memory.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace AMBIT_NAMESPACE::model_parts {

constexpr reports report_of_moved_from() {
    reports mistakes;
    mistakes.begin(mistake::moved_from);
    return mistakes;
}

/// The compiler words it: a small program needs no code for that.
[[noreturn, gnu::cold]] inline void raise_moved_from() {
    using words = typename refused_parts::told_refusal<refused_parts::made_reports<&report_of_moved_from>, 0>::message;
    throw_or_end(model_error(mistake::moved_from, std::string(words::data(), words::size())));
}

/// Throws a `model_error` of kind `moved_from` if a model or its parameters have no memory. With NDEBUG nothing is
/// looked at. Always inline: files with and without NDEBUG may be one program.
[[gnu::always_inline]] inline void refuse_moved_from([[maybe_unused]] const std::byte* memory) {
#ifndef NDEBUG
    if (memory == nullptr) raise_moved_from();
#endif
}

}  // namespace ambit::model_parts

namespace AMBIT_NAMESPACE {

/// The variables of `Graph`, in its order. Copies share the memory; `copy()` does not. Those that were moved from are
/// empty: in builds without NDEBUG their use throws a `model_error` of kind `moved_from`.
template <class Graph> class parameters {
    static constexpr const auto& layout = model_parts::layout_of_variables<Graph, model_parts::belongs_to::parameters>;

public:
    static constexpr std::size_t count = model_parts::variable_count_of<Graph>;

    /// Takes memory and initializes every variable.
    explicit parameters(seed s) : parameters() { initialize(s); }

    /// The same variables seen from another graph's parameters, which contain them.
    template <class Other> parameters(const parameters<Other>& other) : memory_(other.memory()) {
        for (std::size_t v = 0; v < count; ++v)
            if (is_shared(v)) {
                variables_[v] = other.variables()[found_in<Other>[v]];
                generations_[v] = other.generations()[found_in<Other>[v]];
            }
    }

    /// Variables that lie elsewhere, at these addresses, as long as `owner` lives, and their generations: of a registry
    /// (registry/bridges.hpp).
    parameters(std::shared_ptr<std::byte[]> owner, const std::array<std::byte*, count>& addresses,
               const std::array<std::uint64_t*, count>& generations)
        : memory_(std::move(owner)), variables_(addresses), generations_(generations) {}

    parameters copy() const {
        model_parts::refuse_moved_from(memory_.get());
        parameters fresh;
        for (std::size_t v = 0; v < count; ++v)
            if (is_shared(v)) {
                std::memcpy(fresh.variables_[v], variables_[v], bytes_of(v));
                fresh.raise_generation(v);
            }
        return fresh;
    }

    /// Starts again.
    void initialize(seed s) {
        model_parts::refuse_moved_from(memory_.get());
        model_parts::fill_variables<Graph, model_parts::belongs_to::parameters>(
            s, [this](std::size_t v) { return variables_[v]; });
        for (std::size_t v = 0; v < count; ++v)
            if (is_shared(v)) raise_generation(v);
    }

    /// Addresses in the graph's order; nullptr for local variables, which each model has for itself.
    const std::array<std::byte*, count>& variables() const {
        model_parts::refuse_moved_from(memory_.get());
        return variables_;
    }
    /// Of each variable how often it was written, by whichever model: what is made of its value is kept with that
    /// number.
    const std::array<std::uint64_t*, count>& generations() const { return generations_; }
    /// Whoever writes a variable says so.
    void raise_generation(std::size_t v) const noexcept { ++*generations_[v]; }

    /// What holds them, shared by all who use them; empty if these were moved from.
    const std::shared_ptr<std::byte[]>& memory() const { return memory_; }

    static constexpr bool is_shared(std::size_t v) { return layout.has(v); }

    static constexpr std::size_t bytes_of(std::size_t v) {
        return static_cast<std::size_t>(model_parts::bytes_of_variables<Graph>[v]);
    }

private:
    // The generations lie behind the variables.
    parameters() : memory_(model_parts::allocate_aligned(layout.bytes + std::int64_t{count * sizeof(std::uint64_t)})) {
        std::byte* const behind = memory_.get() + layout.bytes;
        for (std::size_t v = 0; v < count; ++v) {
            if (!is_shared(v)) continue;
            variables_[v] = memory_.get() + layout.offsets[v];
            generations_[v] = new (behind + v * sizeof(std::uint64_t)) std::uint64_t(0);
        }
    }

    /// Where each of our variables is among another graph's; a compile error names those that it lacks.
    template <class Other> static constexpr mistake_parts::reports lacking() {
        mistake_parts::reports mistakes;
        int more = 0;
        for (int v = 0; v < static_cast<int>(count); ++v) {
            if (!is_shared(static_cast<std::size_t>(v))) continue;
            const int other = index_in<Other>(v);
            if (other >= 0 && Other::value.variables[other].spec == Graph::value.variables[v].spec) continue;
            if (mistakes.size() == mistake_parts::most_told) {
                ++more;
                continue;
            }
            mistakes.begin(mistake::parameters_lack);
            mistakes.add(mistake_parts::detail_tag::path, Graph::value.path(v));
            if (other >= 0) mistakes.add(mistake_parts::detail_tag::had, Other::value.variables[other].spec);
            mistakes.add(mistake_parts::detail_tag::asked, Graph::value.variables[v].spec);
            const int nearest = other >= 0 ? -1 : nearest_in<Other>(v);
            if (nearest >= 0) mistakes.add(mistake_parts::detail_tag::did_you_mean, Other::value.path(nearest));
        }
        if (more > 0) mistakes.add_more(more);
        return mistakes;
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
        if constexpr (refused_parts::reports_nothing<&parameters::lacking<Other>>) {
            for (std::size_t v = 0; v < count; ++v)
                if (is_shared(v)) found[v] = static_cast<std::size_t>(index_in<Other>(static_cast<int>(v)));
        } else {
            static_assert(refused_parts::no_mistakes_in<refused_parts::made_reports<&parameters::lacking<Other>>>);
        }
        return found;
    }();

    std::shared_ptr<std::byte[]> memory_;
    std::array<std::byte*, count> variables_{};
    std::array<std::uint64_t*, count> generations_{};
};

}  // namespace ambit
