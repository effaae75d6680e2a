// SPDX-License-Identifier: BSL-1.0
// The variables that belong to one model alone, such as the state of a filter: neither shared nor saved.
#pragma once

#include <ambit/model/parameters.hpp>

#include <array>
#include <cstddef>
#include <cstring>

namespace AMBIT_NAMESPACE::model_parts {

/// One aligned block beside the parameters; none if the graph has no local variables.
template <class Graph> class local_variables {
public:
    explicit local_variables(seed s) : seed_(s) {
        if constexpr (layout.bytes > 0) {
            memory_ = allocate_aligned(layout.bytes);
            reset();
        }
    }

    /// Sets all of them to their initial values.
    void reset() {
        for (std::size_t v = 0; v < layout.offsets.size(); ++v)
            if (is_local(v)) fill_variable<Graph>(static_cast<int>(v), seed_, address(v));
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

    static constexpr bool is_local(std::size_t v) { return Graph::value.variables[static_cast<int>(v)].local != 0; }
    std::byte* address(std::size_t v) const { return memory_.get() + layout.offsets[v]; }

private:
    static constexpr const auto& layout = layout_of_variables<Graph, belongs_to::one_model>;

    aligned_bytes memory_;
    seed seed_;
};

}  // namespace ambit::model_parts
