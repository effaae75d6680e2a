// SPDX-License-Identifier: BSL-1.0
// A module as people look at it: its ops by the names that the user gave them, and what a call for all outputs does.
// The module is run here, at run time: a model keeps no names.
#pragma once

#include <ambit/graph/any_batch.hpp>
#include <ambit/graph/module.hpp>
#include <ambit/plan/flops.hpp>
#include <ambit/plan/value_plan.hpp>
#include <ambit/registry/value_graph.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::io_parts {

using plan_parts::step_kind;
using plan_parts::value_place;

struct planned_graph {
    struct value {
        std::string name;
        std::string_view op;
        op_role role = op_role::input;
        tensor_spec spec;
        std::vector<int> operands;
        std::int64_t number = -1;  // of an input, or of the variable that is read or assigned
        int step = -1;             // whose kernel computes it
        std::int64_t runs = 1;     // in a call
        std::int64_t flops = 0;    // of all of them
        bool is_needed = false;
        bool is_literal = false;
    };
    struct variable {
        std::string path;
        tensor_spec spec;
        int uses = 0;
    };
    struct output {
        std::string name;
        int value = 0;
    };
    /// Lists values that it computes; `results` are those which it writes to memory, each to one of `places`.
    struct step {
        step_kind kind = step_kind::elementwise;
        int root = -1;
        std::vector<int> values, results;
        std::vector<value_place> places;
        std::int64_t trips = 0;  // of a loop that begins
    };

    /// Bytes of the arena from the beginning of one kernel to the end of another; outputs lie there beyond the last.
    struct block {
        enum class purpose { value, scratch, output, input };
        purpose kind = purpose::value;
        std::string name;  // of the value, or of the op whose scratch memory it is
        std::int64_t begin = 0, end = 0;
        int first = 0, last = 0;  // moments: the groups of the plan in their order
    };

    std::vector<value> values;
    std::vector<variable> variables;
    std::vector<output> outputs;
    std::vector<step> steps;
    std::vector<block> arena;
    std::vector<std::string> moments;  // the op that each of them is named after
    std::int64_t arena_bytes = 0;

    template <class Module, std::size_t Inputs>
    planned_graph(const Module& module, const std::array<tensor_spec, Inputs>& inputs,
                  const plan_parts::layout_choices& choices = plan_parts::layout_in_static_models)
        : planned_graph(module_run<Module, Inputs>(module, inputs), choices) {}

private:
    template <class Run> planned_graph(const Run& run, const plan_parts::layout_choices& choices) {
        const graph_builder& builder = run.builder();
        const registry_parts::value_graph kept(builder, run.output_nodes());
        const plan_parts::graph_view graph = kept.view();
        add_values(builder, graph);
        for (std::size_t k = 0; k < run.output_nodes().size(); ++k) {
            const std::string_view name = graph_parts::member_name<typename Run::outputs>(k);
            outputs.push_back({name.empty() ? std::to_string(k) : std::string(name), run.output_nodes()[k]});
        }
        const plan_parts::layout laid_out = plan_parts::lay_out(graph, choices);
        add_steps(plan_parts::value_plan(graph, laid_out.view(), plan_parts::all_outputs));
        add_arena(graph, laid_out);
    }

    void add_values(const graph_builder& builder, const plan_parts::graph_view& graph) {
        const buffer<bool> needed = plan_parts::needed_nodes(graph, plan_parts::all_outputs);
        for (int n = 0; n < graph.node_count; ++n) {
            const graph_parts::frozen_node& node = graph.node(n);
            value& added = values.emplace_back();
            added.name = std::string(builder.all_names().path(builder.value().nodes[n].name).view());
            added.op = node.op->name;
            added.role = node.op->role;
            added.spec = node.result;
            for (int i = 0; i < node.operand_count; ++i) added.operands.push_back(graph.operand(n, i));
            const bool is_numbered =
                added.role == op_role::input || added.role == op_role::read || added.role == op_role::assign;
            if (is_numbered) added.number = graph.word(n, 0);
            added.is_needed = needed[n];
            added.runs = plan_parts::runs_of(graph, n);
            added.flops = plan_parts::flops_of_node(graph, n) * added.runs;
            added.is_literal = graph.is_literal(n);
        }
        for (int v = 0; v < builder.variable_count(); ++v) {
            const auto& known = builder.variable_at(v);
            variables.push_back({std::string(builder.all_names().path(known.name).view()), known.spec, known.uses});
        }
    }

    void add_steps(const plan_parts::value_plan& plan) {
        for (const plan_parts::plan_step& planned : plan.steps) {
            step& added = steps.emplace_back();
            added.kind = planned.kind;
            added.root = planned.root;
            const bool is_of_loop = planned.kind == step_kind::loop_begin || planned.kind == step_kind::loop_test ||
                                    planned.kind == step_kind::loop_end;
            if (is_of_loop) {
                added.trips = plan.loops[planned.root].trips;
                added.root = plan.loops[planned.root].node;
                continue;
            }
            const std::int32_t* const listed = plan.nodes_of(planned);
            if (planned.kind == step_kind::compute) added.values.push_back(planned.root);
            added.values.insert(added.values.end(), listed, listed + planned.ops);
            if (planned.kind == step_kind::reduction) added.values.push_back(planned.root);
            for (int i = 0; i < planned.outputs; ++i) {
                added.results.push_back(planned.kind == step_kind::copy ? planned.root
                                                                        : listed[planned.ops + planned.inputs + i]);
                added.places.push_back(plan.operands[planned.first_operand + i]);
            }
            if (planned.kind == step_kind::copy) continue;
            for (const int n : added.values)
                values[static_cast<std::size_t>(n)].step = static_cast<int>(steps.size()) - 1;
        }
    }

    /// What the arena was asked for, as plan/layout.hpp asks.
    void add_arena(const plan_parts::graph_view& graph, const plan_parts::layout& laid_out) {
        const int end = laid_out.groups.groups.size();
        std::vector<int> moment(static_cast<std::size_t>(end));
        for (int i = 0; i < end; ++i) {
            const int g = laid_out.order[i], root = laid_out.groups.groups[g].root;
            moment[static_cast<std::size_t>(g)] = i;
            moments.push_back(values[static_cast<std::size_t>(root >= 0 ? root : laid_out.groups.groups[g].last)].name);
        }
        const auto add = [&](block::purpose kind, int node, std::int64_t begin, std::int64_t bytes, int first,
                             int last) {
            arena.push_back({kind, values[static_cast<std::size_t>(node)].name, begin,
                             begin + plan_parts::aligned(bytes), first, (std::max)(first, last)});
        };
        const auto& places = laid_out.places;
        for (int k = 0; k < graph.output_count; ++k)
            if (plan_parts::is_value(graph, k)) {
                add(block::purpose::output, graph.outputs[k], places.output_offsets[k],
                    graph.node(graph.outputs[k]).result.bytes(), 0, end);
                arena.back().name = outputs[static_cast<std::size_t>(k)].name;
            }
        for (int n = 0; n < graph.node_count; ++n) {
            const std::int64_t bytes = graph.node(n).result.bytes();
            if (graph.role(n) == op_role::input && laid_out.last_use[n] >= 0)
                add(block::purpose::input, n, places.input_offsets[static_cast<int>(graph.word(n, 0))], bytes, 0,
                    laid_out.last_use[n]);
            if (places.offset[n] >= 0)
                add(block::purpose::value, n, places.offset[n], bytes,
                    moment[static_cast<std::size_t>(laid_out.groups.group_of[n])], laid_out.last_use[n]);
        }
        for (int g = 0; g < end; ++g)
            if (places.scratch[g] >= 0) {
                const int root = laid_out.groups.groups[g].root, now = moment[static_cast<std::size_t>(g)];
                add(block::purpose::scratch, root, places.scratch[g],
                    plan_parts::scratch_bytes(graph, laid_out.packed, g, root), now, now);
            }
        arena_bytes = places.arena_bytes;
    }
};

/// The graph of a module at a batch of the inputs with `any_size`.
template <class Module, class... Inputs> planned_graph graph_at_batch(std::int64_t batch) {
    std::array<tensor_spec, sizeof...(Inputs)> specs{Inputs::spec...};
    for (tensor_spec& one : specs) one = graph_parts::at_batch(one, batch);
    return planned_graph(Module{}, specs, plan_parts::layout_choices());
}

/// The graph of a model's module, at its largest batch if it has any.
template <class Model, class Module, class... Inputs> planned_graph graph_of_model(const Model& model) {
    if constexpr (graph_parts::any_batch_inputs<Inputs...>)
        return graph_at_batch<Module, Inputs...>(model.largest_batch());
    else return planned_graph(Module{}, std::array<tensor_spec, sizeof...(Inputs)>{Inputs::spec...});
}

}  // namespace ambit::io_parts
