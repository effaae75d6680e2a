// SPDX-License-Identifier: BSL-1.0
// Weights of one model as its kernels read them (plan/packed_weights.hpp).
#pragma once

#include <ambit/model/arena_storage.hpp>
#include <ambit/model/graph_facts.hpp>
#include <ambit/plan/plan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

namespace AMBIT_NAMESPACE::model_parts {

/// Bytes of all of them.
template <class Graph> inline constexpr std::int64_t packed_bytes = plan_parts::layout_of<Graph>::value.packed_bytes;

/// Where each of them begins, and what it is packed from.
struct packed_entry {
    std::int64_t offset = 0;
    std::int64_t variable = 0;
};
template <class Graph> constexpr int find_packed(packed_entry* entries) {
    using layout = plan_parts::layout_of<Graph>;
    int count = 0;
    std::int64_t end = 0;  // those that share a place come later than the first of them
    for (int g = 0; g < layout::value.group_count; ++g) {
        const std::int64_t offset = layout::value.packed[g];
        if (offset < end) continue;
        const int value = layout::value.base[layout::graph.operand(layout::value.root[g], 1)];
        if (entries != nullptr) entries[count] = {offset, layout::graph.word(value, 0)};
        end = offset + 1;
        ++count;
    }
    return count;
}
template <class Graph>
inline constexpr auto packed_entries = [] {
    std::array<packed_entry, static_cast<std::size_t>(find_packed<Graph>(nullptr))> entries{};
    find_packed<Graph>(entries.data());
    return entries;
}();

/// Their memory, in the object or not. Nothing is packed before a call needs it.
template <class Graph, bool InPlace, bool AreThere = (packed_bytes<Graph> > 0)> class packed_weights {
public:
    using generations = std::array<std::uint64_t*, variable_count_of<Graph>>;

    explicit packed_weights(const generations& current) { begin_again(current); }

    /// What is there is of no value of these variables.
    void begin_again(const generations& current) noexcept {
        if (data() == nullptr) return;  // of a model that was moved from
        for (const packed_entry& entry : packed_entries<Graph>)
            new (data() + entry.offset)
                plan_parts::packed_header{plan_parts::never_packed, current[std::size_t(entry.variable)]};
    }

    std::byte* data() const noexcept { return memory_.data(); }

private:
    arena_storage<packed_bytes<Graph>, InPlace> memory_;
};
template <class Graph, bool InPlace> class packed_weights<Graph, InPlace, false> {
public:
    explicit packed_weights(const auto&) {}
    void begin_again(const auto&) noexcept {}
    static constexpr std::byte* data() noexcept { return nullptr; }
};

}  // namespace ambit::model_parts
