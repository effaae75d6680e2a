// SPDX-License-Identifier: BSL-1.0
// A graph that was built at run time, in arrays that the passes of the planner read.
//
//     value_graph graph(builder, outputs);
//     value_plan plan(graph.view(), lay_out(graph.view()).view(), all_outputs);      // plan/value_plan.hpp
#pragma once

#include <ambit/graph/builder.hpp>
#include <ambit/plan/plan.hpp>
#include <ambit/plan/value_plan.hpp>

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

}  // namespace ambit::registry_parts
