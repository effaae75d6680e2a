// SPDX-License-Identifier: BSL-1.0
// The graph while it is written: nodes one after another, and the bodies of loops that they belong to.
//
//     const int id = nodes.append(info, spec, operands, words, name);
//     nodes.is_visible(id)                                   // whether what is written now may use it
#pragma once

#include <ambit/core/list_view.hpp>
#include <ambit/graph/graph.hpp>
#include <ambit/graph/tensor.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::graph_parts {

// Graph-made nodes: their specs are given, not inferred.
inline constexpr op_info input_info{"input", op_id("input"), op_role::input, 0, nullptr, nullptr};
inline constexpr op_info constant_info{"constant", op_id("constant"), op_role::constant, 0, nullptr, nullptr};
inline constexpr op_info read_info{"read", op_id("read"), op_role::read, 0, nullptr, nullptr};
inline constexpr op_info assign_info{"assign", op_id("assign"), op_role::assign, 0, nullptr, nullptr};
inline constexpr op_info finding_info{"finding", op_id("finding"), op_role::assign, 0, nullptr, nullptr};
inline constexpr op_info group_info{"group", op_id("group"), op_role::group, 0, nullptr, nullptr};
inline constexpr op_info inert_info{"inert", op_id("inert"), op_role::inert, 0, nullptr, nullptr};

class graph_writer {
public:
    constexpr const graph& value() const { return graph_; }
    constexpr int size() const { return graph_.nodes.size(); }
    constexpr const node& at(int id) const { return graph_.nodes[id]; }
    constexpr bool is_inert(int id) const { return graph_.nodes[id].op->role == op_role::inert; }

    /// Appends a node to the body that is open; answers its id. Its operands are the nodes that `operands` lists.
    constexpr int append(const op_info& info, const tensor_spec& spec, const std::int32_t* operands, int operand_count,
                         const std::int64_t* words, int word_count, int name) {
        const tensor_spec result = spec;  // which may be that of a node, and nodes move
        node& made = graph_.nodes.emplace_back();
        made.op = &info;
        made.result = result;
        made.first_operand = graph_.operands.size();
        made.operand_count = operand_count;
        made.first_word = graph_.words.size();
        made.word_count = word_count;
        made.name = name;
        made.region = is_of_the_module(info.role) ? 0 : region_;
        graph_.operands.append(operands, operand_count);
        if (word_count > 0) graph_.words.append(words, word_count);
        return graph_.nodes.size() - 1;
    }
    constexpr int append(const op_info& info, const tensor_spec& spec, list_view<tensor> operands,
                         list_view<std::int64_t> words, int name) {
        buffer<std::int32_t> ids;
        for (const tensor& operand : operands) ids.push_back(operand.id());
        return append(info, spec, ids.begin(), ids.size(), words.data(), static_cast<int>(words.size()), name);
    }

    // ---- what is said of the last node, and of others afterwards ----------------------------------------------------

    constexpr void made_at(const place& line) { graph_.nodes.back().made = line; }
    constexpr void set_op(int id, const op_info& info) { graph_.nodes[id].op = &info; }
    constexpr void set_spec(int id, const tensor_spec& spec) { graph_.nodes[id].result = spec; }
    constexpr void set_words(int id, list_view<std::int64_t> words) {
        graph_.nodes[id].first_word = graph_.words.size();
        graph_.nodes[id].word_count = static_cast<std::int32_t>(words.size());
        graph_.words.append(words.data(), static_cast<int>(words.size()));
    }
    constexpr void set_operand(int id, int index, int operand) {
        graph_.operands[graph_.nodes[id].first_operand + index] = operand;
    }
    constexpr void set_region(int id, int region) { graph_.nodes[id].region = region; }
    constexpr void swap_names(int a, int b) {
        const int name = graph_.nodes[a].name;
        graph_.nodes[a].name = graph_.nodes[b].name;
        graph_.nodes[b].name = name;
    }

    // ---- bodies -----------------------------------------------------------------------------------------------------

    /// The body that is being written; 0 is the module itself.
    constexpr int open_region() const { return region_; }
    constexpr int next_region() const { return graph_.regions.size(); }

    /// Opens the next body, whose loop begins with this node.
    constexpr void open_body(int begin) {
        graph_.regions.push_back({region_, begin, -1});
        region_ = graph_.regions.size() - 1;
    }
    /// Back to the body around one, whether it is whole or left for good.
    constexpr void leave_body(int region) { region_ = graph_.regions[region].parent; }
    constexpr void end_body(int region, int end) { graph_.regions[region].end = end; }

    /// Whether a node may be used where the module builds now: a body sees the regions around it, and nobody sees into
    /// a body from outside.
    constexpr bool is_visible(int id) const {
        const int home = graph_.nodes[id].region;
        int from = region_;
        while (from > home) from = graph_.regions[from].parent;
        return from == home;
    }

private:
    /// What is the same in every iteration of a body, and so belongs to none.
    static constexpr bool is_of_the_module(op_role role) {
        return role == op_role::input || role == op_role::constant || role == op_role::read || role == op_role::group ||
               role == op_role::inert;
    }

    graph graph_;
    int region_ = 0;  // that is being written
};

}  // namespace ambit::graph_parts
