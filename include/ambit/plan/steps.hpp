// SPDX-License-Identifier: BSL-1.0
// What a plan is made of: steps, each a kernel and the places of what it writes and reads, and loops, which repeat some
// of them.
#pragma once

#include <ambit/graph/frozen_graph.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

enum class memory_space : std::int32_t {
    arena,
    variable,  ///< variable `index`
    constant,
    input,  ///< input `index`
    output,  ///< output `index`
    packed,  ///< the packed weights of a model
    moving  ///< moving place `index`: in each iteration of a loop another one
};

/// `offset` bytes into one of these.
struct value_place {
    memory_space space = memory_space::arena;
    std::int32_t index = 0;
    std::int64_t offset = 0;
};

/// The steps of a call, or those up to where its assignments take effect, or those from there on: checks are looked at
/// in between.
enum class plan_part : std::int32_t { all, before_effects, effects };

enum class step_kind : std::int32_t {
    elementwise,  ///< one fused loop over `ops`
    compute,  ///< the kernel of `root`; `ops` are its epilogue
    reduction,  ///< one fused loop over `ops`, in which `root` puts the elements of its operand together
    copy,  ///< an output from what it is an alias or a double of, or a variable from what it is given
    loop_begin,  ///< of loop `root`
    loop_test,  ///< of loop `root`: its operand is the place of a bool
    loop_end  ///< of loop `root`
};

/// Nodes are listed in the plan's `nodes`: ops, inputs (of the elementwise part), outputs. Locations are listed in its
/// `operands`: outputs, the root's first, then the root's operands (a loop's reduction has none), then inputs, then
/// scratch memory, then the root's packed weights.
struct plan_step {
    step_kind kind = step_kind::elementwise;
    std::int32_t root = -1;
    std::int32_t first_node = 0;
    std::int32_t ops = 0;
    std::int32_t inputs = 0;
    std::int32_t outputs = 0;
    std::int32_t root_operands = 0;
    std::int32_t first_operand = 0;
};

/// A place that moves by one value in each iteration of its loop.
struct moving_place {
    value_place first;  ///< of what the loop goes over
    std::int64_t stride = 0;  ///< bytes; backwards, from the last one on, if negative
    std::int32_t value = 0;  ///< the node that lies there in an iteration
    std::int32_t filler = 0;

    /// Bytes from `first` to where the first of `trips` iterations finds its own, if values are `step` bytes apart.
    static constexpr std::int64_t offset(std::int64_t step, std::int64_t trips) {
        return step < 0 ? -step * (trips - 1) : 0;
    }
};

/// A number that a loop counts up from 0 or down to it by `step`.
struct loop_counter {
    value_place at;
    std::int32_t step = 0;
    std::int32_t filler = 0;

    constexpr std::int32_t first(std::int64_t trips) const {
        return step < 0 ? static_cast<std::int32_t>(trips - 1) : 0;
    }
};

/// A loop of a plan: the steps between `begin` and `end`. If there is a `test`, the loop ends there in the first
/// iteration in which its operand is false.
struct plan_loop {
    std::int64_t trips = 0;
    std::int32_t begin = 0;
    std::int32_t test = -1;
    std::int32_t end = 0;
    std::int32_t first_place = 0;  ///< of the plan's moving places
    std::int32_t places = 0;
    std::int32_t first_counter = 0;
    std::int32_t counters = 0;
    std::int32_t node = 0;  ///< the graph's, which begins the loop
};

struct plan_counts {
    int steps = 0, nodes = 0, operands = 0, constants = 0, loops = 0, places = 0, counters = 0;
};

/// A plan in arrays of exact size. `constants` are elements, those of each value from a multiple of 8 bytes on.
template <plan_counts Counts, int Inputs, int Outputs> struct frozen_plan {
    static constexpr plan_counts counts = Counts;
    std::int64_t arena_bytes = 0;
    graph_parts::frozen_array<plan_step, Counts.steps> steps;
    graph_parts::frozen_array<value_place, Counts.operands> operands;
    graph_parts::frozen_array<std::uint64_t, Counts.constants> constants;
    graph_parts::frozen_array<plan_loop, Counts.loops> loops;
    graph_parts::frozen_array<moving_place, Counts.places> places;  // by loop
    graph_parts::frozen_array<loop_counter, Counts.counters> counters;
    graph_parts::frozen_array<std::int64_t, Inputs> input_offsets;  // where an input is copied to if it must be
    graph_parts::frozen_array<std::int64_t, Outputs> output_offsets;  // where an output lies between calls
    graph_parts::frozen_array<std::int32_t, Counts.nodes> nodes;
    graph_parts::frozen_array<std::int32_t, Inputs> input_used;  // whether the chosen outputs depend on it

    /// The beginning of a larger plan's arrays.
    template <plan_counts Most> static constexpr frozen_plan of(const frozen_plan<Most, Inputs, Outputs>& made) {
        frozen_plan plan;
        plan.arena_bytes = made.arena_bytes;
        const auto copy = [](auto& to, const auto& from) {
            for (int i = 0; i < to.size(); ++i) to[i] = from[i];
        };
        copy(plan.steps, made.steps);
        copy(plan.operands, made.operands);
        copy(plan.constants, made.constants);
        copy(plan.loops, made.loops);
        copy(plan.places, made.places);
        copy(plan.counters, made.counters);
        copy(plan.input_offsets, made.input_offsets);
        copy(plan.output_offsets, made.output_offsets);
        copy(plan.nodes, made.nodes);
        copy(plan.input_used, made.input_used);
        return plan;
    }
};

}  // namespace ambit::plan_parts
