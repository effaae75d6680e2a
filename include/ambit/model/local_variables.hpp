// SPDX-License-Identifier: BSL-1.0
// The variables that belong to one model alone, such as the state of a filter: neither shared nor saved.
#pragma once

#include <ambit/model/variable_memory.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace AMBIT_NAMESPACE::model_parts {

/// One aligned block beside the parameters, or in the object; none if the graph has no local variables.
template <class Graph, bool InPlace> class local_variables {
    static constexpr const auto& layout = layout_of_variables<Graph, belongs_to::one_model>;

public:
    explicit local_variables(seed s) : seed_(s) {
        if constexpr (layout.bytes > 0) {
            if constexpr (!InPlace) memory_ = allocate_aligned(layout.bytes);
            reset();
        }
    }

    /// Sets all of them to their initial values.
    void reset() {
        fill_variables<Graph, belongs_to::one_model>(seed_, [this](std::size_t v) { return address(v); });
    }
    void initialize(seed s) {
        seed_ = s;
        reset();
    }

    /// Values and seed of another model's.
    void assign(const local_variables& other) {
        seed_ = other.seed_;
        if constexpr (layout.bytes > 0)
            std::memcpy(memory_.get(), other.memory_.get(), static_cast<std::size_t>(layout.bytes));
    }

    static constexpr bool is_local(std::size_t v) { return layout.has(v); }
    std::byte* address(std::size_t v) const { return memory_.get() + layout.offsets[v]; }

private:
    struct nothing {
        std::byte* get() const { return nullptr; }
    };
    struct alignas(static_cast<std::size_t>(arena_alignment)) block {
        std::byte* get() const { return const_cast<std::byte*>(bytes); }
        std::byte bytes[static_cast<std::size_t>(layout.bytes > 0 ? layout.bytes : 1)] = {};
    };
    using block_in_place = std::conditional_t<(layout.bytes > 0), block, nothing>;

    [[no_unique_address]] std::conditional_t<InPlace, block_in_place, aligned_bytes> memory_{};
    seed seed_;
};

}  // namespace ambit::model_parts
