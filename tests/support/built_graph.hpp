// SPDX-License-Identifier: BSL-1.0
// The graph of a builder as passes and interpreters see it, with outputs chosen at run time.
//
//     const built_graph g(builder, {loss.id(), gradient.id()});
//     unplanned(g.view(), inputs, variables);
#pragma once

#include <ambit/graph/builder.hpp>
#include <ambit/plan/grouping.hpp>

#include <utility>
#include <vector>

namespace ambit_test {

class built_graph {
public:
    built_graph() = default;
    built_graph(const ambit::graph_builder& builder, std::vector<int> outputs)
        : graph_(&builder.value()), outputs_(std::move(outputs)) {
        for (const ambit::graph_parts::node& n : graph_->nodes) {
            nodes_.push_back({n.op, n.result, n.first_operand, n.operand_count, n.first_word, n.word_count, n.region});
            inputs_ += n.op->role == ambit::op_role::input ? 1 : 0;
        }
    }

    /// Valid as long as this object and the builder are.
    ambit::plan_parts::graph_view view() const {
        return {nodes_.data(),   graph_->operands.begin(),        graph_->words.begin(),
                outputs_.data(), graph_->regions.begin(), static_cast<int>(nodes_.size()),
                static_cast<int>(outputs_.size()), inputs_, graph_->regions.size()};
    }

private:
    const ambit::graph_parts::graph* graph_ = nullptr;
    std::vector<ambit::graph_parts::frozen_node> nodes_;
    std::vector<int> outputs_;
    int inputs_ = 0;
};

}  // namespace ambit_test
