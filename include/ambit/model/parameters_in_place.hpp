// SPDX-License-Identifier: BSL-1.0
// The variables of a model in an object of the program's own: with `storage::in_place` nothing is allocated.
//
//     using net = stored_model<storage::in_place, policy, input<float, 1, 8>>;
//     static parameters_in_place<net> variables(seed{1});
//     static net controller(variables.parameters());
#pragma once

#include <ambit/core/seed.hpp>
#include <ambit/model/parameters.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace AMBIT_NAMESPACE {

/// Memory for the variables of a model that others may share, each from a multiple of 64 bytes on. It outlives the
/// models on it, and stays where it is.
template <class Model> class parameters_in_place {
    using graph = typename Model::graph;
    static constexpr const auto& layout =
        model_parts::layout_of_variables<graph, model_parts::belongs_to::parameters>;

public:
    /// Initializes every variable.
    explicit parameters_in_place(seed s) { parameters().initialize(s); }
    /// All zeros, for those who write them next.
    parameters_in_place() = default;
    parameters_in_place(const parameters_in_place&) = delete;
    parameters_in_place& operator=(const parameters_in_place&) = delete;

    /// What models take. They hold addresses of this object.
    ambit::parameters<graph> parameters() {
        constexpr std::size_t count = ambit::parameters<graph>::count;
        std::array<std::byte*, count> variables{};
        std::array<std::uint64_t*, count> generations{};
        for (std::size_t v = 0; v < count; ++v) {
            if (!layout.has(v)) continue;
            variables[v] = memory_ + layout.offsets[v];
            generations[v] = &generations_[v];
        }
        // Owned by nobody, so that there is nothing to count.
        return {std::shared_ptr<std::byte[]>(std::shared_ptr<std::byte[]>(), memory_), variables, generations};
    }

private:
    alignas(static_cast<std::size_t>(plan_parts::arena_alignment)) std::byte
        memory_[static_cast<std::size_t>(layout.bytes > 0 ? layout.bytes : 1)] = {};
    std::array<std::uint64_t, ambit::parameters<graph>::count> generations_{};
};

}  // namespace ambit
