// SPDX-License-Identifier: BSL-1.0
// What a call of a model does, as a table for people: one line a kernel, with the user's names of the ops in it.
//
//     std::cout << steps(filter);
#pragma once

#include <ambit/io/planned_graph.hpp>
#include <ambit/io/text_table.hpp>
#include <ambit/model/model.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace AMBIT_NAMESPACE::io_parts {

inline std::string deed_of(const planned_graph& graph, const planned_graph::step& step) {
    switch (step.kind) {
        case step_kind::elementwise: return "elementwise";
        case step_kind::compute:
        case step_kind::reduction: return std::string(graph.values[static_cast<std::size_t>(step.root)].op);
        case step_kind::copy: return "copy";
        case step_kind::loop_begin: return "loop begins, " + grouped(step.trips) + " times";
        case step_kind::loop_test: return "loop tests";
        case step_kind::loop_end: break;
    }
    return "loop ends";
}

inline std::string words_of(const planned_graph& graph, const value_place& place) {
    const auto index = static_cast<std::size_t>(place.index);
    switch (place.space) {
        case plan_parts::memory_space::arena: return "arena " + grouped(place.offset);
        case plan_parts::memory_space::variable: return graph.variables[index].path;
        case plan_parts::memory_space::constant: return "constants";
        case plan_parts::memory_space::input: return "input " + std::to_string(index);
        case plan_parts::memory_space::output: return "output " + graph.outputs[index].name;
        case plan_parts::memory_space::packed:
        case plan_parts::memory_space::moving: break;
    }
    return "of the iteration";
}

inline std::string table_of_steps(const planned_graph& graph) {
    std::vector<std::string> cells{"step", "kernel", "result", "lies in", "ops"};
    for (std::size_t i = 0; i < graph.steps.size(); ++i) {
        const planned_graph::step& step = graph.steps[i];
        std::string results, places, ops;
        const auto append = [](std::string& list, const std::string& word) {
            list += (list.empty() ? "" : ", ") + word;
        };
        for (std::size_t k = 0; k < step.results.size(); ++k) {
            append(results, to_string(graph.values[static_cast<std::size_t>(step.results[k])].spec));
            append(places, words_of(graph, step.places[k]));
        }
        for (const int n : step.kind == step_kind::copy ? step.results : step.values)
            append(ops, graph.values[static_cast<std::size_t>(n)].name);
        cells.insert(cells.end(), {std::to_string(i), deed_of(graph, step), results, places, ops});
    }
    return table(cells, "lllll");
}

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// The steps of a call for all outputs, in their order: the op whose kernel runs (`elementwise` is one loop over all
/// its ops), what it writes, where that lies (bytes from the arena's begin, a variable, an output), and the ops in it.
/// Plain text, one line a step. Runs the module; of a model with `any_size` at its largest batch.
template <storage Storage, class Module, class... Inputs>
std::string steps(const stored_model<Storage, Module, Inputs...>& shown) {
    using model = stored_model<Storage, Module, Inputs...>;
    return io_parts::table_of_steps(io_parts::graph_of_model<model, Module, Inputs...>(shown));
}

/// The same of a module that needs no model: `steps(two_images{}, {spec(float32, {1, 32, 32, 32}), …})`. Throws a
/// `model_error` for the module's first mistake.
template <class Module, std::size_t Inputs>
    requires graph_parts::module<Module, Inputs>
std::string steps(const Module& module, const tensor_spec (&inputs)[Inputs]) {
    return io_parts::table_of_steps(io_parts::planned_graph(module, std::to_array(inputs)));
}

}  // namespace ambit
