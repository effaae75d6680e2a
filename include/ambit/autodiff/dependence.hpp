// SPDX-License-Identifier: BSL-1.0
// What depends on what in a graph, up to a node: variables, values behind them, and, of loops, what an iteration has of
// the one before.
#pragma once

#include <ambit/core/list_view.hpp>
#include <ambit/graph/builder.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::graph_parts {

class dependence {
public:
    /// Of the nodes up to `last`.
    constexpr dependence(const graph_builder& builder, int last)
        : graph_(&builder.value()), variables_(builder.variable_count()), last_(last) {}

    /// How many of a node's operands its value comes from.
    constexpr int value_operands(int n) const {
        if (role(n) == op_role::loop_end || role(n) == op_role::loop_test) return 0;
        if (role(n) == op_role::final || role(n) == op_role::stacked) return 1;
        return graph_->nodes[n].operand_count;
    }

    /// The variable that a node of role `read` reads.
    constexpr int variable_read_by(int n) const {
        return static_cast<int>(graph_->words[graph_->nodes[n].first_word]);
    }

    /// Marks what depends on variables.
    constexpr void mark_dependents(buffer<bool>& marked, list_view<variable> variables) const {
        buffer<bool> is_asked;  // by variable
        is_asked.resize(variables_, false);
        for (const variable& v : variables)
            if (v.id() >= 0) is_asked[v.id()] = true;
        marked.resize(last_ + 1, false);
        // What a loop carries is marked if what it becomes is, which stands behind it: then once more.
        for (bool again = true; again;) {
            for (int n = 0; n <= last_; ++n) {
                if (marked[n]) continue;
                if (role(n) == op_role::read) {
                    marked[n] = is_asked[variable_read_by(n)];
                    continue;
                }
                const int operands = value_operands(n);
                for (int i = 0; i < operands && !marked[n]; ++i) marked[n] = marked[graph_->operand(n, i)];
            }
            again = false;
            for (int n = 0; n <= last_ && !again; ++n)
                again = role(n) == op_role::carried && !marked[n] && marked[graph_->operand(n, 1)];
        }
    }

    /// Marks what marked nodes depend on.
    constexpr void mark_before(buffer<bool>& marked) const {
        for (bool again = true; again;) {
            again = false;
            for (int n = last_; n >= 0; --n)
                for (int i = 0; marked[n] && i < value_operands(n); ++i) {
                    again = again || (graph_->operand(n, i) > n && !marked[graph_->operand(n, i)]);
                    marked[graph_->operand(n, i)] = true;
                }
        }
    }

    /// Whether one of these nodes reads a variable.
    constexpr bool is_read_among(const buffer<bool>& nodes, std::int64_t variable) const {
        for (int n = 0; n <= last_; ++n)
            if (nodes[n] && role(n) == op_role::read && graph_->words[graph_->nodes[n].first_word] == variable)
                return true;
        return false;
    }

private:
    constexpr op_role role(int n) const { return graph_->nodes[n].op->role; }

    const graph* graph_;
    int variables_;
    int last_;
};

}  // namespace ambit::graph_parts
