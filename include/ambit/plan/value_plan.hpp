// SPDX-License-Identifier: BSL-1.0
// A plan for some outputs in arrays that grow: what a frozen_plan is in the compiler.
//
//     value_plan plan(graph, layout, all_outputs);
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/plan/plan.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

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

    value_plan(const step_writer& from, int inputs, int outputs) {
        const plan_counts counts = from.counts();
        steps.resize(counts.steps);
        operands.resize(counts.operands);
        constants.resize(counts.constants);
        loops.resize(counts.loops);
        places.resize(counts.places);
        counters.resize(counts.counters);
        nodes.resize(counts.nodes);
        input_offsets.resize(inputs);
        input_used.resize(inputs);
        output_offsets.resize(outputs);
        from.write(*this);
    }
    value_plan(const graph_view& graph, const layout_view& layout, std::uint64_t selected,
               plan_part part = plan_part::all)
        : value_plan(step_writer(graph, layout, selected, part), graph.input_count, graph.output_count) {}

    const std::int32_t* nodes_of(const plan_step& step) const { return nodes.begin() + step.first_node; }
    int operand_count(int step) const {
        return (step + 1 < steps.size() ? steps[step + 1].first_operand : operands.size()) - steps[step].first_operand;
    }
};

}  // namespace ambit::plan_parts
