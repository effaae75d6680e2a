// SPDX-License-Identifier: BSL-1.0
// The code that a program has for the nodes of a graph, and the mistake if it has none.
//
//     const block_function relu = loop_of(graph, n, 500);        // for a fused loop over rows of 500 elements
//     expect_compiled(builder, outputs);                         // throws an `op_uncompiled` model_error
#pragma once

#include <ambit/diagnostics/raise.hpp>
#include <ambit/plan/kernel_keys.hpp>
#include <ambit/registry/kernel_table.hpp>
#include <ambit/registry/value_graph.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace AMBIT_NAMESPACE::registry_parts {

/// Operands and options of a node, as its op sees them.
class call_of_node {
public:
    call_of_node(const graph_view& graph, int n)
        : specs_(call_of(graph, n)), words_(graph.words + graph.node(n).first_word), result_(graph.node(n).result) {}
    op_call call() const { return {specs_.specs, specs_.count, words_}; }
    const tensor_spec& result() const { return result_; }

private:
    root_call specs_;
    const std::int64_t* words_;
    tensor_spec result_;
};

/// What an elementwise op runs in blocks, null if it was not compiled for such operands; `row` as in `run_time_op`.
inline block_function loop_of(const graph_view& graph, int n, std::int64_t row) {
    const run_time_op* const op = kernel_table::of_program().find(*graph.node(n).op);
    if (op == nullptr || op->loop == nullptr) return nullptr;
    unsigned masks = 0;
    dtype computed = graph.type(n) == dtype::boolean ? dtype::none : graph.type(n);
    for (int i = 0; i < graph.node(n).operand_count; ++i) {
        const dtype operand = graph.type(graph.operand(n, i));
        if (operand == dtype::boolean) masks |= 1U << i;
        else computed = operand;
    }
    return op->loop(computed == dtype::none ? dtype::boolean : computed, graph.node(n).operand_count, masks, row);
}

/// Whether a program can run a node.
inline bool is_compiled(const graph_view& graph, int n) {
    if (graph.role(n) == op_role::elementwise) return loop_of(graph, n, 1) != nullptr;
    if (graph.role(n) != op_role::compute) return true;
    const run_time_op* const op = kernel_table::of_program().find(*graph.node(n).op);
    const call_of_node call(graph, n);
    return op != nullptr && ((op->plain != nullptr && op->plain(call.call(), call.result()) != nullptr) ||
                             (op->root != nullptr && op->root(call.call(), call.result()) != nullptr));
}

inline void expect_compiled(const graph_builder& builder, std::span<const int> outputs) {
    const value_graph value(builder, outputs);
    const graph_view graph = value.view();
    const buffer<bool> needed = needed_nodes(graph, all_outputs);
    for (int n = 0; n < graph.node_count; ++n) {
        if (!needed[n] || is_compiled(graph, n)) continue;
        const graph_parts::node& made = builder.value().nodes[n];
        buffer<char> name;
        builder.all_names().append_path(made.name, name);
        reports mistakes;
        mistakes.begin(mistake::op_uncompiled);
        mistakes.add(detail_tag::op, {name.begin(), static_cast<std::size_t>(name.size())});
        for (int i = 0; i < graph.node(n).operand_count; ++i)
            mistakes.add(detail_tag::operand, "operand", graph.node(graph.operand(n, i)).result);
        mistakes.add(detail_tag::rule, kernel_table::of_program().find(*made.op) == nullptr
                                           ? "the program has no code for it that plans at run time"
                                           : "its code was not compiled for operands of these dtypes");
        mistakes.add(detail_tag::at, made.made);
        raise(mistakes, 0);
    }
}

}  // namespace ambit::registry_parts
