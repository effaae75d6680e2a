// SPDX-License-Identifier: BSL-1.0
// Which steps of a plan run the same kernel, so that the compiler looks for each kernel once: unrolled steps and equal
// layers have few.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/hash.hpp>
#include <ambit/plan/kernel_keys.hpp>
#include <ambit/plan/plan.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// By kernel the first step that has it, by step its kernel.
template <int Kernels, int Steps> struct step_kernels {
    graph_parts::frozen_array<std::int32_t, Kernels> first;
    graph_parts::frozen_array<std::int32_t, Steps> number;
    int count = Kernels;
};

/// Numbers kernels in the order in which they are met. Two steps have one kernel if all is equal that a kernel may
/// depend on: ops, and words of everything else.
class kernel_numbers {
public:
    constexpr kernel_numbers(const graph_view& graph, int steps) : graph_(graph) {
        int size = 16;
        while (size < 2 * steps) size *= 2;
        slots_.resize(size, -1);
        numbers_.resize(graph.node_count, -1);
        words_.reserve(1024);
        ends_.reserve(64);
    }

    /// The number of a step's kernel; `count()` before, if it is one that was not met yet.
    constexpr int of(const plan_step& step, const std::int32_t* nodes, bool has_packed_weights) {
        const description before{words_.size(), ops_.size()};
        add_words(step, nodes, has_packed_weights);
        int slot = static_cast<int>(hash_from(before) & static_cast<std::uint64_t>(slots_.size() - 1));
        while (slots_[slot] >= 0) {
            if (is_described(slots_[slot], before)) {
                words_.truncate(before.words);
                ops_.truncate(before.ops);
                return slots_[slot];
            }
            slot = slot + 1 < slots_.size() ? slot + 1 : 0;
        }
        slots_[slot] = count();
        ends_.push_back({words_.size(), ops_.size()});
        return slots_[slot];
    }
    constexpr int count() const { return ends_.size(); }

private:
    /// How many words and ops there are up to some kernel's.
    struct description {
        int words = 0;
        int ops = 0;
    };

    constexpr std::uint64_t hash_from(const description& begin) const {
        std::uint64_t hash = core_parts::fnv1a_of_nothing;
        for (int i = begin.words; i < words_.size(); ++i)
            hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(words_[i]));
        for (int i = begin.ops; i < ops_.size(); ++i) hash = core_parts::fnv1a_with(hash, ops_[i]->id);
        return hash ^ (hash >> 32);
    }
    /// Whether what was added last describes a kernel that is known. Ops are compared themselves: nothing keeps users
    /// from giving two of their own one name.
    constexpr bool is_described(int kernel, const description& added) const {
        const description begin = kernel > 0 ? ends_[kernel - 1] : description{};
        const description& end = ends_[kernel];
        if (end.words - begin.words != words_.size() - added.words) return false;
        if (end.ops - begin.ops != ops_.size() - added.ops) return false;
        for (int i = begin.words; i < end.words; ++i)
            if (words_[i] != words_[added.words + i - begin.words]) return false;
        for (int i = begin.ops; i < end.ops; ++i)
            if (ops_[i] != ops_[added.ops + i - begin.ops]) return false;
        return true;
    }

    constexpr void add_words(const plan_step& step, const std::int32_t* nodes, bool has_packed_weights) {
        words_.push_back(packed(static_cast<int>(step.kind), step.ops, step.inputs, step.outputs));
        words_.push_back(packed(step.root_operands, has_packed_weights));
        const bool is_loop = step.kind == step_kind::elementwise || step.kind == step_kind::reduction;
        const bool has_root = step.kind == step_kind::compute || step.kind == step_kind::reduction;
        if (step.root >= 0 && (has_root || step.kind == step_kind::copy)) add_root(step.root);
        if (!is_loop && !has_root) return;
        // Ops and inputs are numbered by their places in the step, which `first_number_` leads to.
        const int listed = step.ops + step.inputs;
        for (int i = 0; i < listed; ++i) numbers_[nodes[i]] = first_number_ + i;
        for (int i = 0; i < step.ops; ++i) add_op(nodes[i], step.root);
        if (step.ops > 0) add_extents(graph_.extents(nodes[0]));
        for (int i = step.ops; i < listed; ++i) add_spec(graph_.node(nodes[i]).result);
        for (int i = listed; i < listed + step.outputs; ++i) words_.push_back(number_of(nodes[i], step.root));
        if (step.kind == step_kind::reduction) words_.push_back(number_of(graph_.operand(step.root, 0), step.root));
        first_number_ += listed;
    }
    /// All of an op but its extents, which are those of its step.
    constexpr void add_op(int id, int root) {
        const frozen_node& node = graph_.node(id);
        ops_.push_back(node.op);
        words_.push_back(packed(static_cast<int>(node.result.type), node.operand_count));
        for (int i = 0; i < node.op->fused_words; ++i) words_.push_back(graph_.words[node.first_word + i]);
        for (int i = 0; i < node.operand_count; ++i) {
            const int operand = graph_.operands[node.first_operand + i];
            const int number = number_of(operand, root);
            words_.push_back(number);
            if (number != literal_) continue;
            words_.push_back(static_cast<std::int64_t>(graph_.type(operand)));
            words_.push_back(graph_.literal(operand));
        }
    }
    constexpr int number_of(int node, int root) const {
        if (node == root) return root_;
        return numbers_[node] >= first_number_ ? numbers_[node] - first_number_ : literal_;
    }
    constexpr void add_root(int id) {
        const frozen_node& node = graph_.node(id);
        ops_.push_back(node.op);
        words_.push_back(node.operand_count);
        add_spec(node.result);
        for (int i = 0; i < node.operand_count; ++i) add_spec(graph_.node(graph_.operand(id, i)).result);
        if (node.op->role == op_role::constant) return;  // a copy of one depends on its size alone
        words_.push_back(node.word_count);
        words_.append(graph_.words + node.first_word, node.word_count);
    }
    constexpr void add_spec(const tensor_spec& spec) {
        words_.push_back(static_cast<std::int64_t>(spec.type));
        add_extents(spec.extents);
    }
    constexpr void add_extents(const shape& extents) {
        words_.push_back(extents.rank());
        for (int axis = 0; axis < extents.rank(); ++axis) words_.push_back(extents[axis]);
    }
    static constexpr std::int64_t packed(int first, int second, int third = 0, int fourth = 0) {
        return (std::int64_t{first} << 48) | (std::int64_t{second} << 32) | (third << 16) | fourth;
    }

    static constexpr int root_ = -1, literal_ = -2;
    const graph_view& graph_;
    buffer<std::int64_t> words_;  // of the kernels, one behind the other
    buffer<const op_info*> ops_;
    buffer<description> ends_;    // by kernel
    buffer<std::int32_t> slots_;  // a hash table of kernels
    buffer<int> numbers_;         // by node, less `first_number_`, where that is not negative
    int first_number_ = 0;
};

/// The lists of a plan that kernels depend on.
struct steps_view {
    const plan_step* steps;
    int count;
    const value_place* operands;
    int operand_count;
    const std::int32_t* nodes;
};

/// How many kernels a plan's steps have. `first` and `number` have room for one a step.
template <class Numbers>
constexpr int number_kernels(const graph_view& graph, const steps_view& plan, Numbers& first, Numbers& number) {
    kernel_numbers numbers(graph, plan.count);
    for (int s = 0; s < plan.count; ++s) {
        const plan_step& step = plan.steps[s];
        const int end = s + 1 < plan.count ? plan.steps[s + 1].first_operand : plan.operand_count;
        const bool has_packed_weights =
            end > step.first_operand && plan.operands[end - 1].space == memory_space::packed;
        const int known = numbers.count();
        number[s] = numbers.of(step, plan.nodes + step.first_node, has_packed_weights);
        if (number[s] == known) first[known] = s;
    }
    return numbers.count();
}

/// A plan that says itself which kernels its steps have.
template <class Plan>
concept numbers_kernels = requires { Plan::kernels; };

template <class Plan> struct kernels_evaluated {
    static constexpr int steps = Plan::counts.steps;
    static constexpr step_kernels<steps, steps> value = [] {
        graph_parts::refuse_run_time();
        step_kernels<steps, steps> kernels;
#ifdef AMBIT_NAMED_KERNELS
        for (int s = 0; s < steps; ++s) kernels.first[s] = kernels.number[s] = s;  // each has the name of its step
#else
        const auto& plan = Plan::value;
        kernels.count = number_kernels(Plan::view,
                                       {plan.steps.elements, steps, plan.operands.elements, Plan::counts.operands,
                                        plan.nodes.elements},
                                       kernels.first, kernels.number);
#endif
        return kernels;
    }();
};
template <numbers_kernels Plan> struct kernels_evaluated<Plan> {
    static constexpr const auto& value = Plan::kernels;
};
template <class Plan> inline constexpr const auto& kernel_numbers_of = kernels_evaluated<Plan>::value;

}  // namespace ambit::plan_parts
