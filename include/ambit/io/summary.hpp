// SPDX-License-Identifier: BSL-1.0
// A model as a table for people: its variables, its steps and its memory (io/model_summary.hpp says in what forms).
//
//     std::cout << summary(filter);
#pragma once

#include <ambit/core/later.hpp>
#include <ambit/core/standard.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/io/model_summary.hpp>
#include <ambit/model/model.hpp>
#include <ambit/plan/flops.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace AMBIT_NAMESPACE::io_parts {

/// FLOPs of a call with `batch` examples, and of the ops that read each variable. As all sizes do, they grow by as much
/// with each example.
template <class Graph> [[gnu::cold]] auto flops_of_batch([[maybe_unused]] std::int64_t batch) {
    auto counts = plan_parts::flops_of<Graph>;
    if constexpr (requires { typename Graph::template sample<1>; }) {
        const auto &first = plan_parts::flops_of<Graph>,
                   &second = plan_parts::flops_of<typename Graph::template sample<1>>;
        counts.call = graph_parts::grown(first.call, second.call, batch);
        for (int v = 0; v < Graph::counts.variables; ++v)
            counts.of_variable[v] = graph_parts::grown(first.of_variable[v], second.of_variable[v], batch);
    }
    return counts;
}

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// A tree of the variables by scope, with shape, dtype, elements, bytes, FLOPs of the ops that read them and the number
/// of `get_variable` calls that returned them; then inputs, outputs by name, steps, FLOPs and memory (of a model with
/// `any_size` for its largest batch).
template <storage Storage, class Module, class... Inputs>
[[gnu::cold]] auto summary(const stored_model<Storage, Module, Inputs...>& shown) {
    static_cast<void>(shown.parameters());  // refuses a model that was moved from
    using model = stored_model<Storage, Module, Inputs...>;
    using graph = typename model::graph;
    using plan = plan_of<typename model::planned_graph, plan_parts::all_outputs>;
    core_parts::later<model_summary<>, model> facts;
    std::int64_t batch = 1;
    if constexpr (graph_parts::any_batch_inputs<Inputs...>) batch = shown.largest_batch();
    const auto flops = io_parts::flops_of_batch<graph>(batch);
    for (const variable_info& v : model::variables)
        facts.variables.push_back({std::string(v.path),
                                   {v.extents, v.dtype},
                                   v.uses,
                                   flops.of_variable[static_cast<int>(facts.variables.size())],
                                   v.local != 0});
    facts.inputs = {Inputs::spec...};
    for (std::size_t k = 0; k < model_parts::specs_of_outputs<graph>.size(); ++k) {
        auto& output = facts.outputs.emplace_back();
        output.name = graph_parts::member_name<typename graph::outputs>(k);
        if constexpr (graph_parts::any_batch_inputs<Inputs...>) output.spec = model::declared_output(k);
        else output.spec = model_parts::specs_of_outputs<graph>[k];
    }
    facts.nodes = graph::counts.nodes;
    facts.steps = plan::counts.steps;
    facts.flops = flops.call;
    if constexpr (graph_parts::any_batch_inputs<Inputs...>) facts.arena_bytes = model::arena_bytes(batch);
    else facts.arena_bytes = model::arena_bytes;
    facts.packed_bytes = model_parts::packed_bytes<typename model::planned_graph>;
    return facts;
}

/// The same of a dynamic model: the variables that it uses, and what it is at the specs that it was declared with.
/// Plans it for all outputs. (A template, so that the header of dynamic models is for those who have one.)
template <class Model>
    requires requires(Model& model) { model.session_count(); }
[[gnu::cold]] auto summary(Model& model) {
    core_parts::later<model_summary<>, Model> facts;
    plan_parts::flop_counts<std::vector<std::int64_t>> flops{0, std::vector<std::int64_t>(model.variables().size())};
    plan_parts::count_flops<std::size_t>(model.graph(), flops);
    for (const auto& v : model.variables())
        facts.variables.push_back(
            {v->path(), v->spec(), v->uses(), flops.of_variable[facts.variables.size()], v->is_local()});
    facts.inputs.assign(model.inputs().begin(), model.inputs().end());
    for (std::size_t k = 0; k < model.output_names().size(); ++k)
        facts.outputs.push_back({model.output_names()[k], model.output(k)});
    facts.nodes = model.node_count();
    facts.steps = model.step_count();
    facts.flops = flops.call;
    facts.arena_bytes = model.arena_bytes();
    return facts;
}

/// The same of the chosen one of several models.
template <model_parts::one_of_models Any> auto summary(const Any& any) {
    return any.visit([](const auto& model) { return summary(model); });
}

}  // namespace ambit
