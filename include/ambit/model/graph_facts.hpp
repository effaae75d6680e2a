// SPDX-License-Identifier: BSL-1.0
// What a program reads of a graph while it runs, in arrays of its own. The frozen graph points to ops: were it read at
// run time, it would come into the program with all of their shape and gradient rules.
#pragma once

#include <ambit/graph/frozen_graph.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace AMBIT_NAMESPACE::model_parts {

template <class Graph>
inline constexpr std::size_t variable_count_of = static_cast<std::size_t>(Graph::counts.variables);

/// Bytes of each variable.
template <class Graph>
inline constexpr std::array<std::int64_t, variable_count_of<Graph>> bytes_of_variables = [] {
    std::array<std::int64_t, variable_count_of<Graph>> bytes{};
    for (std::size_t v = 0; v < bytes.size(); ++v) bytes[v] = Graph::value.variables[static_cast<int>(v)].spec.bytes();
    return bytes;
}();

/// What each output is; of operations nothing.
template <class Graph>
inline constexpr std::array<tensor_spec, static_cast<std::size_t>(Graph::counts.outputs)> specs_of_outputs = [] {
    std::array<tensor_spec, static_cast<std::size_t>(Graph::counts.outputs)> specs{};
    for (std::size_t k = 0; k < specs.size(); ++k)
        specs[k] = Graph::value.nodes[Graph::value.outputs[static_cast<int>(k)]].result;
    return specs;
}();

/// Characters of the paths of variables, and elements of the lists that a module has written.
template <class Graph> inline constexpr auto characters_of_paths = Graph::value.characters;
template <class Graph> inline constexpr auto values_of_lists = Graph::value.values;

template <class Graph>
inline constexpr auto variable_list = [] {
    std::array<variable_info, variable_count_of<Graph>> list{};
    for (std::size_t v = 0; v < list.size(); ++v) {
        const frozen_variable& variable = Graph::value.variables[static_cast<int>(v)];
        const std::string_view path(characters_of_paths<Graph>.elements + variable.path_begin,
                                    static_cast<std::size_t>(variable.path_length));
        const std::span<const double> values(values_of_lists<Graph>.elements + variable.first_value,
                                             static_cast<std::size_t>(variable.value_count));
        list[v] = {path,
                   variable.spec.extents,
                   variable.spec.type,
                   variable.trainable,
                   variable.uses,
                   variable.local,
                   variable.role,
                   0,
                   variable.initializer.with_values(values)};
    }
    return list;
}();

}  // namespace ambit::model_parts
