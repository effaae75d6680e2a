// SPDX-License-Identifier: BSL-1.0
// A model as a table for people: its variables, its steps and its memory.
//
//     std::cout << summary(filter);
#pragma once

#include <ambit/core/later.hpp>
#include <ambit/core/standard.hpp>
#include <ambit/diagnostics/grouped_number.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/model/model.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::io_parts {

/// Rows as columns: the first `left` columns are aligned to the left, the others to the right.
template <class Text> Text table(const std::vector<std::vector<Text>>& rows, std::size_t left) {
    std::vector<later<std::size_t, Text>> width(rows.front().size(), 0);
    for (const auto& row : rows)
        for (std::size_t c = 0; c < row.size(); ++c) width[c] = (std::max)(width[c], row[c].size());
    Text text;
    for (const auto& row : rows) {
        Text line;
        for (std::size_t c = 0; c < row.size(); ++c) {
            const Text gap(width[c] - row[c].size(), ' ');
            line += (c == 0 ? "  " : "   ") + (c < left ? row[c] + gap : gap + row[c]);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

/// What a summary tells, of a model of either world.
template <class Caller = void> struct facts_of_model {
    using text = later<std::string, Caller>;
    struct variable {
        text path;
        tensor_spec spec;
        std::int64_t uses = 0;
        bool is_local = false;
    };
    struct output {
        text name;  // empty for one that has none
        tensor_spec spec;
    };
    std::vector<variable> variables;
    std::vector<tensor_spec> inputs;
    std::vector<output> outputs;
    int nodes = 0, steps = 0;
    std::int64_t arena_bytes = 0;
};

template <class Facts> std::string summary_of(const Facts& model) {
    using string = typename Facts::text;
    std::vector<std::vector<string>> rows{{"variable", "type", "elements", "uses"}};
    std::int64_t elements = 0, bytes = 0;
    for (const auto& v : model.variables) {
        rows.push_back({v.path, to_string(v.spec), grouped(v.spec.extents.elements()),
                        std::to_string(v.uses) + (v.is_local ? " local" : "")});
        if (v.is_local) continue;
        elements += v.spec.extents.elements();
        bytes += v.spec.bytes();
    }
    string text = table(rows, 2);
    const auto line = [&](std::string_view name, const string& value) {
        (text += "  ") += string(name) + string(13 - name.size(), ' ') + value + '\n';
    };
    line("parameters", grouped(elements) + ", " + readable_bytes(bytes));
    for (const auto& input : model.inputs) line("input", to_string(input));
    for (const auto& output : model.outputs) {
        const string spec = output.spec.type == dtype::none ? string("operation") : to_string(output.spec);
        line("output", output.name.empty() ? spec : output.name + ", " + spec);
    }
    line("nodes", std::to_string(model.nodes) + " in " + std::to_string(model.steps) + " steps");
    line("arena", readable_bytes(model.arena_bytes));
    return text;
}

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// Variables with shape, dtype, elements and the number of `get_variable` calls that returned them; then inputs,
/// outputs by name, steps and memory (of a model with `any_size`: for its largest batch). Plain text, one line a variable.
template <storage Storage, class Module, class... Inputs>
std::string summary(const stored_model<Storage, Module, Inputs...>& shown) {
    static_cast<void>(shown.parameters());  // refuses a model that was moved from
    using model = stored_model<Storage, Module, Inputs...>;
    using plan = plan_of<typename model::planned_graph, plan_parts::all_outputs>;
    core_parts::later<io_parts::facts_of_model<>, model> facts;
    for (const variable_info& v : model::variables)
        facts.variables.push_back({std::string(v.path), {v.extents, v.dtype}, v.uses, v.local != 0});
    facts.inputs = {Inputs::spec...};
    for (std::size_t k = 0; k < model_parts::specs_of_outputs<typename model::graph>.size(); ++k) {
        auto& output = facts.outputs.emplace_back();
        output.name = graph_parts::member_name<typename model::graph::outputs>(k);
        if constexpr (graph_parts::any_batch_inputs<Inputs...>) output.spec = model::declared_output(k);
        else output.spec = model_parts::specs_of_outputs<typename model::graph>[k];
    }
    facts.nodes = model::graph::counts.nodes;
    facts.steps = plan::counts.steps;
    if constexpr (graph_parts::any_batch_inputs<Inputs...>)
        facts.arena_bytes = model::arena_bytes(shown.largest_batch());
    else facts.arena_bytes = model::arena_bytes;
    return io_parts::summary_of(facts);
}

/// The same of a dynamic model: the variables that it uses, and what it is at the specs that it was declared with.
/// Plans it for all outputs. (A template, so that the header of dynamic models is for those who have one.)
template <class Model>
    requires requires(Model& model) { model.session_count(); }
std::string summary(Model& model) {
    core_parts::later<io_parts::facts_of_model<>, Model> facts;
    for (const auto& v : model.variables()) facts.variables.push_back({v->path(), v->spec(), v->uses(), v->is_local()});
    facts.inputs.assign(model.inputs().begin(), model.inputs().end());
    for (std::size_t k = 0; k < model.output_names().size(); ++k)
        facts.outputs.push_back({model.output_names()[k], model.output(k)});
    facts.nodes = model.node_count();
    facts.steps = model.step_count();
    facts.arena_bytes = model.arena_bytes();
    return io_parts::summary_of(facts);
}

template <model_parts::one_of_models Any> std::string summary(const Any& any) {
    return any.visit([](const auto& model) { return summary(model); });
}

}  // namespace ambit
