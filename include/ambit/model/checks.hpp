// SPDX-License-Identifier: BSL-1.0
// What the check ops of a call found, and the exception that says so.
#pragma once

#include <ambit/contract/control.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/diagnostics/check_error.hpp>
#include <ambit/model/graph_facts.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/plan/plan.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace AMBIT_NAMESPACE::model_parts {

/// Whether a graph has checks at all: one look at each node, for every model.
template <class Graph>
inline constexpr bool has_any_check = [] {
    for (int n = 0; n < Graph::counts.nodes; ++n)
        if (Graph::value.nodes[n].op->id == finding_info.id && Graph::value.nodes[n].op->role == op_role::assign)
            return true;
    return false;
}();

/// The findings among what the chosen outputs depend on, in program order; -1 behind the last.
template <class Graph, std::uint64_t Selected>
inline constexpr auto findings_of = [] {
    std::array<int, static_cast<std::size_t>(has_any_check<Graph> ? Graph::counts.nodes + 1 : 1)> found{};
    found.fill(-1);
    if constexpr (has_any_check<Graph>) {
        const graph_view graph = plan_parts::view_of(Graph::value, Graph::input_count);
        std::size_t next = 0;
        for (const int n : needed_findings(graph, Selected)) found[next++] = n;
    }
    return found;
}();

template <class Graph, std::uint64_t Selected> inline constexpr bool has_checks = findings_of<Graph, Selected>[0] >= 0;

/// What is told of a check that finds something; a program has of the graph no more than this.
struct check_facts {
    tensor_spec checked;
    std::int32_t variable = 0;  // where it leaves its finding
    std::int32_t is_range = 0;
};

template <class Graph, std::uint64_t Selected>
inline constexpr auto facts_of_checks = [] {
    constexpr std::size_t count = [] {
        std::size_t found = 0;
        while (findings_of<Graph, Selected>[found] >= 0) ++found;
        return found;
    }();
    std::array<check_facts, count> facts{};
    for (std::size_t i = 0; i < count; ++i) {
        const frozen_node& finding = Graph::value.nodes[findings_of<Graph, Selected>[i]];
        const frozen_node& check = Graph::value.nodes[Graph::value.operands[finding.first_operand]];
        facts[i] = {Graph::value.nodes[Graph::value.operands[check.first_operand]].result,
                    static_cast<std::int32_t>(Graph::value.words[finding.first_word]),
                    check.op->id == check_range_info.id ? 1 : 0};
    }
    return facts;
}();

/// `[4, 2]` of element 14 of a [8, 3].
inline std::string place_in(const shape& extents, std::int64_t element) {
    std::string text = "]";
    for (int axis = extents.rank() - 1; axis >= 0; --axis) {
        text.insert(0, (axis > 0 ? ", " : "") + std::to_string(element % extents[axis]));
        element /= extents[axis];
    }
    return "[" + text;
}

/// The value that a word of a dtype stands for, with as few digits as tell it from all others.
inline std::string shortest_text(std::int64_t word, dtype type) {
    char digits[32];
    char* const end = digits + sizeof digits;
    const auto written = type == dtype::float32   ? std::to_chars(digits, end, element_of_word<float>(word))
                         : type == dtype::float64 ? std::to_chars(digits, end, element_of_word<double>(word))
                                                  : std::to_chars(digits, end, word);
    return {digits, written.ptr};
}

[[noreturn, gnu::cold]] inline void throw_failed_check(bool is_range, std::string_view finding_path,
                                                       const tensor_spec& checked, const check_finding& found) {
    std::string name(finding_path.substr(0, finding_path.rfind('/')));
    std::string text = "[ambit] " + name + ": " + std::to_string(found.count) + " of " +
                       std::to_string(checked.extents.elements()) + " elements of a " +
                       std::string(words_of(checked).view()) +
                       (is_range ? " are out of range" : " are NaN or infinite") + "; the first is " +
                       shortest_text(found.word, checked.type);
    const double value =
        is_floating(checked.type) ? element_of_word<double>(found.word) : static_cast<double>(found.word);
    if (checked.extents.rank() > 0) text += " at " + place_in(checked.extents, found.first);
    if (is_range) throw_or_end(out_of_range_error(std::move(name), found.count, found.first, value, text));
    throw_or_end(non_finite_error(std::move(name), found.count, found.first, value, text));
}

/// Throws if any of the checks that a call has just done has found something.
template <class Graph, std::uint64_t Selected> void look_at_findings(std::byte* const* variables) {
    for (const check_facts& facts : facts_of_checks<Graph, Selected>) {
        check_finding found;
        static_assert(sizeof found == 3 * sizeof(std::int64_t));
        std::memcpy(&found, variables[facts.variable], sizeof found);
        if (found.count == 0) continue;
        throw_failed_check(facts.is_range != 0, variable_list<Graph>[static_cast<std::size_t>(facts.variable)].path,
                           facts.checked, found);
    }
}

}  // namespace ambit::model_parts
