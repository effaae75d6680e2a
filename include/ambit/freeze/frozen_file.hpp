// SPDX-License-Identifier: BSL-1.0
// The header that a program of `ambit_freeze` writes: of each model its graph, its layout and the plans of its calls,
// as constants. The program that CMake makes:
//
//     #include "net.hpp"
//     int main(int, char** arguments) {
//         ambit::frozen_file file("/src/net.hpp");
//         file.add<trainer>("trainer", {"train,loss"});
//         return file.write(arguments[1]);
//     }
//
// Where a module has a mistake it prints what the compiler would have said, in the form that editors look for:
//
//     /src/net.hpp:12: error: [ambit] variable_exists: image_filters/conv1/weights
#pragma once

#include <ambit/freeze/constants.hpp>
#include <ambit/freeze/frozen_key.hpp>
#include <ambit/plan/value_plan.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace AMBIT_NAMESPACE::freeze_parts {

/// Prints a mistake where editors jump to it.
inline void print_mistake(const reports& mistakes, int index, std::string_view header) {
    const report& mistaken = mistakes[index];
    std::string place(header);
    for (int i = 0; i < mistaken.detail_count; ++i) {
        const report_detail& detail = mistakes.detail(mistaken.first_detail + i);
        const bool is_refused = detail.tag == detail_tag::at || detail.tag == detail_tag::again_at ||
                                detail.tag == detail_tag::asked_at || detail.tag == detail_tag::closed_at;
        if (!is_refused || detail.line == 0) continue;
        place = std::string(mistakes.file(detail)) + ":" + std::to_string(detail.line);
        break;
    }
    std::cerr << place << ": error: " << message_of(mistakes, index).view() << '\n';
}

}  // namespace ambit::freeze_parts

namespace AMBIT_NAMESPACE {

class frozen_file {
public:
    explicit frozen_file(std::string header) : header_(std::move(header)) {
        text_.add_text("// Written by ambit_freeze: the graphs and plans of models in\n// ");
        text_.add_text(header_);
        text_.add_text("\n#pragma once\n\n#include \"");
        text_.add_text(header_);
        text_.add_text("\"\n#include <ambit/freeze/frozen_key.hpp>\n\nnamespace AMBIT_NAMESPACE::plan_parts {\n");
        text_.add_text("using freeze_parts::is_taken, freeze_parts::key_named;\n\n");
    }

    /// Runs the module of a model and plans its graph for a call of all outputs, and for each of some lists of outputs,
    /// `"train,loss"`. `name` is the model's in the header.
    template <class Model> void add(const std::string& name, const std::vector<std::string>& calls = {}) {
        try {
            add_model(freeze_parts::key_named<Model>{}, name, calls);
        } catch (const std::exception& failure) {
            fail(name + ": " + failure.what());
        }
    }

    /// Writes the header unless there was a mistake; what the program returns.
    int write(const std::string& file) {
        if (failed_) return 1;
        text_.add_text("}\n");
        std::ofstream out(file);
        out << text_.text() << std::flush;
        if (!out) fail("cannot write " + file);
        return failed_ ? 1 : 0;
    }

private:
    void fail(const std::string& words) {
        std::cerr << header_ << ": error: " << words << '\n';
        failed_ = true;
    }

    template <class Module, class... Inputs>
    void add_model(plan_parts::frozen_key<Module, Inputs...> key, const std::string& name,
                   const std::vector<std::string>& calls) {
        using namespace graph_parts;
        if constexpr (!are_inputs<Inputs...>) {
            fail(name + ": an input of a model is input<element type, extents...>");
        } else if constexpr (have_any_size<Inputs...>) {
            fail(name + ": has any_size among its inputs: the compiler alone builds models for any batch");
        } else if constexpr (!module<Module, sizeof...(Inputs)> || !made_by_default<Module>) {
            const module_run<refused_module<Module, sizeof...(Inputs)>, sizeof...(Inputs)> told({}, {Inputs::spec...},
                                                                                                on_mistake::collect);
            print(told.builder().mistakes());
        } else {
            const module_run<Module, sizeof...(Inputs)> run(Module{}, {Inputs::spec...}, on_mistake::collect);
            if (print(run.builder().mistakes())) return;
            const kept_arrays<core_parts::buffer> graph(run.builder(), run.output_nodes());
            add_graph<outputs_of<Module, sizeof...(Inputs)>>(key, graph, name, calls);
        }
    }

    bool print(const reports& mistakes) {
        for (int i = 0; i < mistakes.size(); ++i) freeze_parts::print_mistake(mistakes, i, header_);
        failed_ = failed_ || !mistakes.empty();
        return !mistakes.empty();
    }

    template <class Outputs, class Key>
    void add_graph(Key, const graph_parts::kept_arrays<core_parts::buffer>& graph, const std::string& name,
                   const std::vector<std::string>& calls) {
        using namespace plan_parts;
        const int inputs = static_cast<int>(Key::inputs.size()), outputs = graph.outputs.size();
        const graph_view view{graph.nodes.begin(),
                              graph.operands.begin(),
                              graph.words.begin(),
                              graph.outputs.begin(),
                              graph.regions.begin(),
                              graph.nodes.size(),
                              outputs,
                              inputs,
                              graph.regions.size()};
        const layout laid_out = lay_out(view, layout_in_static_models);
        begin("frozen_ahead<key_named<::" + name + ">>");
        text_.add_text("static constexpr std::uint64_t fingerprint = ");
        text_.add(Key::fingerprint());
        text_.add_text(", fingerprint_of_graph = ");
        text_.add(fingerprint_of(graph));
        add_graph_value(graph);
        add_layout(laid_out, view);
        text_.add_text(";\n};\n");

        const layout_view places = laid_out.view();
        std::set<std::uint64_t> selections{(std::uint64_t{1} << outputs) - 1};
        for (const std::string& call : calls) selections.insert(selection_of<Outputs>(call));
        for (const std::uint64_t selected : selections) {
            add_plan(view, places, selected, plan_part::all, name);
            // A call that checks looks at what was found before its assignments take effect.
            if (plan_parts::needed_findings(view, selected).empty()) continue;
            add_plan(view, places, selected, plan_part::before_effects, name);
            add_plan(view, places, selected, plan_part::effects, name);
        }
        text_.add_text("static_assert(is_taken<::" + name + ">, \"[ambit] " + header_ + " asks the compiler for " +
                       name + " before it is frozen: only name it there, and ask of it in sources\");\n");
    }

    void begin(const std::string& specialized) { text_.add_text("template <> struct " + specialized + " {\n"); }

    void add_graph_value(const graph_parts::kept_arrays<core_parts::buffer>& graph) {
        text_.add_text(";\nstatic constexpr frozen_graph<graph_counts");
        text_.add_list(graph.nodes.size(), graph.operands.size(), graph.words.size(), graph.regions.size(),
                       graph.variables.size(), graph.characters.size(), graph.values.size(), graph.outputs.size(), 0, 0,
                       0);
        text_.add_text("> graph{\n");
        add_arrays(graph.nodes, graph.words, graph.variables, graph.values, graph.operands, graph.regions,
                   graph.outputs, graph.characters);
        text_.add_text("{}}");
    }

    void add_layout(const plan_parts::layout& laid_out, const plan_parts::graph_view& view) {
        text_.add_text(";\nstatic constexpr frozen_layout<graph.counts.nodes,");
        text_.add(view.input_count);
        text_.add_text(",graph.counts.outputs> layout{\n");
        add_arrays(laid_out.groups.group_of, laid_out.groups.base, laid_out.history.before, laid_out.homes,
                   laid_out.output_slots, laid_out.variable_slots, laid_out.roots, laid_out.groups.members,
                   laid_out.order, laid_out.history.assignments, laid_out.groups.first_member, laid_out.places.offset,
                   laid_out.places.scratch, laid_out.packed.offset, laid_out.places.input_offsets,
                   laid_out.places.output_offsets);
        text_.add(laid_out.groups.groups.size());
        text_.add_text(",");
        text_.add(laid_out.history.assignments.size());
        text_.add_text(",");
        text_.add(laid_out.repeated);
        text_.add_text(",");
        text_.add(laid_out.second, "second_stores");
        text_.add_text(",");
        text_.add(laid_out.places.arena_bytes);
        text_.add_text(",");
        text_.add(laid_out.packed.bytes);
        text_.add_text("}");
    }

    void add_plan(const plan_parts::graph_view& view, const plan_parts::layout_view& places, std::uint64_t selected,
                  plan_parts::plan_part part, const std::string& name) {
        using namespace plan_parts;
        const step_writer steps(view, places, selected, part);
        const plan_parts::value_plan plan(steps, view.input_count, view.output_count);
        buffer<std::int32_t> first, number;
        first.resize(plan.steps.size());
        number.resize(plan.steps.size());
        first.truncate(number_kernels(view,
                                      {plan.steps.begin(), plan.steps.size(), plan.operands.begin(),
                                       plan.operands.size(), plan.nodes.begin()},
                                      first, number));
        const plan_counts counts = steps.counts();
        begin("planned_ahead<key_named<::" + name + ">, " + std::to_string(selected) + "u, plan_part(" +
              std::to_string(static_cast<int>(part)) + ")>");
        text_.add_text("static constexpr frozen_plan<plan_counts");
        text_.add_list(counts.steps, counts.nodes, counts.operands, counts.constants, counts.loops, counts.places,
                       counts.counters);
        text_.add_text("," + std::to_string(view.input_count) + "," + std::to_string(view.output_count) + "> plan{");
        text_.add(plan.arena_bytes);
        text_.add_text(",\n");
        add_arrays(plan.steps, plan.operands, plan.constants, plan.loops, plan.places, plan.counters,
                   plan.input_offsets, plan.output_offsets, plan.nodes, plan.input_used);
        text_.add_text("};\nstatic constexpr step_kernels<" + std::to_string(first.size()) + "," +
                       std::to_string(counts.steps) + "> kernels{\n");
        add_arrays(first, number);
        text_.add_text("};\n};\n");
    }

    template <class... Arrays> void add_arrays(const Arrays&... arrays) {
        ((text_.add_array(arrays), text_.add_text(",\n")), ...);
    }

    /// The bits of outputs whose names are separated by commas.
    template <class Outputs> static std::uint64_t selection_of(std::string_view names) {
        std::uint64_t selected = 0;
        while (true) {
            const std::string_view name = names.substr(0, names.find(','));
            std::size_t k = 0;
            while (k < graph_parts::output_count<Outputs> && graph_parts::member_name<Outputs>(k) != name) ++k;
            if (k == graph_parts::output_count<Outputs>)
                throw error("the module has no output '" + std::string(name) + "'");
            selected |= std::uint64_t{1} << k;
            if (name.size() == names.size()) return selected;
            names.remove_prefix(name.size() + 1);
        }
    }

    std::string header_;
    freeze_parts::constants text_;
    bool failed_ = false;
};

}  // namespace ambit
