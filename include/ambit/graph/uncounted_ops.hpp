// SPDX-License-Identifier: BSL-1.0
// What is made on the way back from a loss, as much again as the way there, does not count where the compiler looks for
// a loop without an end (AMBIT_MOST_OPS):
//
//     const uncounted_ops way_back(builder);
#pragma once

#include <ambit/graph/builder.hpp>

#include <limits>

namespace AMBIT_NAMESPACE::graph_parts {

class [[nodiscard]] uncounted_ops {
public:
    constexpr explicit uncounted_ops(graph_builder& builder)
        : builder_(&builder), most_(builder.scopes().most()), before_(builder.value().nodes.size()) {
        builder.scopes().end_after(without_end);
    }
    uncounted_ops(const uncounted_ops&) = delete;
    uncounted_ops& operator=(const uncounted_ops&) = delete;
    constexpr ~uncounted_ops() {
        const int made = builder_->value().nodes.size() - before_;
        builder_->scopes().end_after(most_ > without_end - made ? without_end : most_ + made);
    }

private:
    static constexpr int without_end = (std::numeric_limits<int>::max)();

    graph_builder* builder_;
    int most_, before_;
};

}  // namespace ambit::graph_parts
