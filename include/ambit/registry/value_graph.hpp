// SPDX-License-Identifier: BSL-1.0
// A graph that was built at run time, in arrays that the passes of the planner read, and its plan for some outputs.
//
//     value_graph graph(builder, outputs);
//     value_plan plan(graph.view(), lay_out(graph.view()).view(), all_outputs);
#pragma once

#include <ambit/graph/builder.hpp>
#include <ambit/plan/plan.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace AMBIT_NAMESPACE::registry_parts {

/// Nodes without names and places, as the compiler keeps them, too.
class value_graph {
public:
    value_graph(const graph_builder& builder, std::span<const int> outputs)
        : operands_(builder.value().operands),
          words_(builder.value().words),
          regions_(builder.value().regions),
          outputs_(outputs.begin(), outputs.end()) {
        nodes_.reserve(static_cast<std::size_t>(builder.value().nodes.size()));
        for (const graph_parts::node& n : builder.value().nodes) {
            nodes_.push_back({n.op, n.result, n.first_operand, n.operand_count, n.first_word, n.word_count, n.region});
            inputs_ += n.op->role == op_role::input ? 1 : 0;
        }
    }

    /// Gives variables other numbers: those of a registry are many, those of a module few.
    void renumber_variables(std::span<const int> number_of) {
        for (const graph_parts::frozen_node& n : nodes_)
            if (n.op->role == op_role::read || n.op->role == op_role::assign)
                words_[n.first_word] = number_of[static_cast<std::size_t>(words_[n.first_word])];
    }

    /// Valid as long as this object is.
    graph_view view() const {
        return {nodes_.data(),
                operands_.begin(),
                words_.begin(),
                outputs_.data(),
                regions_.begin(),
                static_cast<int>(nodes_.size()),
                static_cast<int>(outputs_.size()),
                inputs_,
                regions_.size()};
    }

private:
    std::vector<graph_parts::frozen_node> nodes_;
    buffer<std::int32_t> operands_;
    buffer<std::int64_t> words_;
    buffer<graph_parts::region> regions_;
    std::vector<int> outputs_;
    int inputs_ = 0;
};

/// What a frozen_plan is in the compiler.
struct value_plan {
    std::int64_t arena_bytes = 0;
    buffer<plan_step> steps;
    buffer<value_place> operands;
    buffer<std::uint64_t> constants;
    buffer<plan_loop> loops;
    buffer<moving_place> places;
    buffer<loop_counter> counters;
    buffer<std::int64_t> input_offsets;
    buffer<std::int64_t> output_offsets;
    buffer<std::int32_t> nodes;
    buffer<std::int32_t> input_used;

    value_plan(const graph_view& graph, const layout_view& layout, std::uint64_t selected,
               plan_part part = plan_part::all) {
        const step_writer written(graph, layout, selected, part);
        const plan_counts counts = written.counts();
        steps.resize(counts.steps);
        operands.resize(counts.operands);
        constants.resize(counts.constants);
        loops.resize(counts.loops);
        places.resize(counts.places);
        counters.resize(counts.counters);
        nodes.resize(counts.nodes);
        input_offsets.resize(graph.input_count);
        input_used.resize(graph.input_count);
        output_offsets.resize(graph.output_count);
        written.write(*this);
    }

    const std::int32_t* nodes_of(const plan_step& step) const { return nodes.begin() + step.first_node; }
    int operand_count(int step) const {
        return (step + 1 < steps.size() ? steps[step + 1].first_operand : operands.size()) - steps[step].first_operand;
    }
};

}  // namespace ambit::registry_parts
