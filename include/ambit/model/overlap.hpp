// SPDX-License-Identifier: BSL-1.0
// Which memory a call writes, to find what is handed in and would change while it is read. Which variables a call
// writes is known to the compiler; where they lie is known to the model.
//
//     written_variables<graph, selected>      // {0, 3}: two variables are given values by this call
//     overlaps({data, bytes}, written)        // whether an input must be copied first
#pragma once

#include <ambit/diagnostics/raise.hpp>
#include <ambit/model/graph_facts.hpp>
#include <ambit/plan/plan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace AMBIT_NAMESPACE::model_parts {

/// A stretch of memory, to find out what overlaps what.
struct memory_range {
    const std::byte* begin = nullptr;
    std::int64_t bytes = 0;
};
inline bool overlap(const memory_range& a, const memory_range& b) {
    const auto at = [](const std::byte* p) { return reinterpret_cast<std::uintptr_t>(p); };
    return at(a.begin) < at(b.begin) + static_cast<std::uintptr_t>(b.bytes) &&
           at(b.begin) < at(a.begin) + static_cast<std::uintptr_t>(a.bytes);
}
inline bool overlaps(const memory_range& range, std::span<const memory_range> others) {
    for (const memory_range& other : others)
        if (overlap(range, other)) return true;
    return false;
}

/// Whether a call writes each variable, as the result of a step or from one iteration of a loop to the next, and how
/// many.
template <class Graph> struct variable_writes {
    std::array<bool, static_cast<std::size_t>(Graph::counts.variables)> of{};
    std::size_t count = 0;
};

template <class Graph, std::uint64_t Selected>
inline constexpr variable_writes<Graph> writes_of_call = [] {
    using plan = plan_of<Graph, Selected>;
    variable_writes<Graph> writes;
    const auto note = [&](const value_place& at) {
        if (at.space != memory_space::variable || writes.of[static_cast<std::size_t>(at.index)]) return;
        writes.of[static_cast<std::size_t>(at.index)] = true;
        ++writes.count;
    };
    for (int s = 0; s < plan::counts.steps; ++s) {
        const plan_step& step = plan::value.steps[s];
        for (int i = 0; i < step.outputs; ++i) note(plan::value.operands[step.first_operand + i]);
    }
    // A place of a loop may be one that is only read: then a copy too many is made.
    for (int i = 0; i < plan::counts.places; ++i) note(plan::value.places[i].first);
    return writes;
}();

/// The variables that a call writes, in order.
template <class Graph, std::uint64_t Selected>
inline constexpr auto written_variables = [] {
    constexpr const variable_writes<Graph>& writes = writes_of_call<Graph, Selected>;
    std::array<int, writes.count> found{};
    std::size_t next = 0;
    for (std::size_t v = 0; v < writes.of.size(); ++v)
        if (writes.of[v]) found[next++] = static_cast<int>(v);
    return found;
}();

/// An output that a call writes into the caller's memory.
struct numbered_output {
    std::size_t number = 0;
    tensor_spec spec;
};

/// Throws `output_overlap` if memory for an output overlaps what else a call writes: `written` has these outputs, the
/// arena and the written variables.
template <class Graph, std::uint64_t Selected>
void refuse_overlaps(std::span<const memory_range> written, std::span<const numbered_output> outputs) {
    constexpr const auto& changed = written_variables<Graph, Selected>;
    const auto add = [&](reports& mistakes, const numbered_output& output) {
        mistakes.add(detail_tag::output, static_cast<std::int64_t>(output.number));
        mistakes.add(detail_tag::asked, output.spec);
    };
    for (std::size_t k = 0; k < outputs.size(); ++k) {
        for (std::size_t other = k + 1; other < written.size(); ++other) {
            if (!overlap(written[k], written[other])) continue;
            reports mistakes;
            mistakes.begin(mistake::output_overlap);
            add(mistakes, outputs[k]);
            if (other < outputs.size()) {
                add(mistakes, outputs[other]);
            } else if (other == outputs.size()) {
                mistakes.add(detail_tag::rule, "it lies in the model's own temporary memory");
            } else {
                short_text line("it lies over a variable that the call writes: ");
                if constexpr (changed.size() > 0)
                    line += variable_list<Graph>[static_cast<std::size_t>(changed[other - outputs.size() - 1])].path;
                mistakes.add(detail_tag::rule, line);
            }
            raise(mistakes, 0);
        }
    }
}

}  // namespace ambit::model_parts
