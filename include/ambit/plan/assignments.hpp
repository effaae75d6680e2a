// SPDX-License-Identifier: BSL-1.0
// The assignments of a graph, and what a variable was given before it is read.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/plan/graph_view.hpp>
#include <ambit/plan/needed.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// Assignments in program order; for each of them, and for each read, the latest assignment to its variable before it
/// (a node, or -1 for what the variable held before the call). For all other nodes `before` is -1.
struct assignment_history {
    buffer<int> assignments;
    buffer<int> before;
};

/// The history of some nodes.
constexpr assignment_history history_of(const graph_view& graph, const buffer<bool>& needed) {
    assignment_history history;
    history.before.resize(graph.node_count, -1);
    buffer<int> latest;  // by variable
    const bool* const is_needed = needed.begin();
    for (int n = 0; n < graph.node_count; ++n) {
        if (!is_needed[n]) continue;
        const op_role role = graph.nodes[n].op->role;
        if (role != op_role::assign && role != op_role::read) continue;
        const auto variable = static_cast<int>(graph.word(n, 0));
        if (variable >= latest.size()) latest.resize(variable + 1, -1);
        history.before[n] = latest[variable];
        if (role != op_role::assign) continue;
        latest[variable] = n;
        history.assignments.push_back(n);
    }
    return history;
}

/// Whether an assignment keeps what a check found.
constexpr bool is_finding(const graph_view& graph, int assignment) {
    return graph.node(assignment).op->id == graph_parts::finding_info.id;
}

/// The findings of checks among what the chosen outputs depend on, in program order.
constexpr buffer<int> needed_findings(const graph_view& graph, std::uint64_t selected) {
    const buffer<bool> needed = needed_nodes(graph, selected);
    buffer<int> findings;
    for (int n = 0; n < graph.node_count; ++n)
        if (needed[n] && graph.role(n) == op_role::assign && is_finding(graph, n)) findings.push_back(n);
    return findings;
}

/// For each read, when the last of all that its variable was ever given before it is computed, as a running maximum;
/// -1 where it was given nothing, or nothing that is computed. Which of the assignments happen is for each call to say.
/// `time_of(n)` says when the value n is computed, -1 if it is no computed value.
class given_times {
public:
    constexpr explicit given_times(const assignment_history& history) : history_(history) {
        known_.resize(history.before.size(), unknown);
    }

    template <class Time>
    constexpr int of(const graph_view& graph, const buffer<int>& base, int read, const Time& time_of) {
        if (graph.role(read) != op_role::read || history_.before[read] < 0) return -1;
        return up_to(graph, base, history_.before[read], time_of);
    }

private:
    static constexpr int unknown = -2;

    // Of an assignment and all before it.
    template <class Time>
    constexpr int up_to(const graph_view& graph, const buffer<int>& base, int last, const Time& time_of) {
        buffer<int> open;
        int latest = -1;
        for (int n = last; n >= 0; n = history_.before[n]) {
            if (known_[n] != unknown) {
                latest = known_[n];
                break;
            }
            open.push_back(n);
        }
        while (!open.empty()) {
            const int n = open.back();
            open.pop_back();
            const int given = base[graph.operand(n, 0)];
            const int time = graph.role(given) == op_role::read ? of(graph, base, given, time_of) : time_of(given);
            if (time > latest) latest = time;
            known_[n] = latest;
        }
        return latest;
    }

    const assignment_history& history_;
    buffer<int> known_;  // by assignment
};

}  // namespace ambit::plan_parts
