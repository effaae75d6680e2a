// SPDX-License-Identifier: BSL-1.0
// Reads the steps of a call off the layout of its graph: one a group that the chosen outputs need, copies where a value
// is wanted in a second place, and the parts of loops.
#pragma once

#include <ambit/plan/layout.hpp>
#include <ambit/plan/steps.hpp>

#include <bit>
#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// The bits of an element as it lies in memory, in the low bytes.
constexpr std::uint64_t element_bits(std::int64_t word, dtype type) {
    static_assert(std::endian::native == std::endian::little, "ambit: big-endian machines are not supported");
    if (type == dtype::float32) return std::bit_cast<std::uint32_t>(element_of_word<float>(word));
    return static_cast<std::uint64_t>(word);
}

/// The constants of a plan: runs of 8-byte words, equal ones once.
class constant_pool {
public:
    /// The elements of a constant, and the word at which they begin.
    constexpr int slot_of(const graph_view& graph, int n) {
        const auto elements = static_cast<int>(graph.extents(n).elements());
        const int first_word = graph.node(n).word_count - elements, bytes = static_cast<int>(size_of(graph.type(n)));
        const int begin = words_.size(), size = (elements * bytes + 7) / 8;
        words_.resize(begin + size, 0);
        for (int i = 0; i < elements; ++i) {
            const std::uint64_t bits = element_bits(graph.word(n, first_word + i), graph.type(n));
            words_[begin + i * bytes / 8] |= (bits & ~std::uint64_t{0} >> (64 - 8 * bytes)) << (i * bytes % 8 * 8);
        }
        std::uint64_t hash = static_cast<std::uint64_t>(size);
        for (int i = 0; i < size; ++i) hash = (hash ^ words_[begin + i]) * 0x9E3779B97F4A7C15;
        const auto bucket = static_cast<int>(hash >> 58);
        if (buckets_.empty()) buckets_.resize(64, -1);
        for (int r = buckets_[bucket]; r >= 0; r = runs_[r].next) {
            if (!holds_same(runs_[r], begin, size)) continue;
            words_.truncate(begin);
            return runs_[r].begin;
        }
        runs_.push_back({begin, size, buckets_[bucket]});
        buckets_[bucket] = runs_.size() - 1;
        return begin;
    }

    constexpr const buffer<std::uint64_t>& words() const { return words_; }

private:
    struct run {
        int begin = 0;
        int size = 0;
        int next = -1;  // of its bucket
    };
    constexpr bool holds_same(const run& known, int begin, int size) const {
        if (known.size != size) return false;
        for (int i = 0; i < size; ++i)
            if (words_[known.begin + i] != words_[begin + i]) return false;
        return true;
    }

    buffer<std::uint64_t> words_;
    buffer<run> runs_;
    buffer<int> buckets_;
};

class step_writer {
public:
    constexpr step_writer(const graph_view& graph, const layout_view& layout, std::uint64_t selected, plan_part part)
        : graph_(graph),
          layout_(layout),
          selected_(selected),
          chosen_(needed_nodes(graph, selected)),
          stored_(stored_values(graph, layout.group_of, layout.base, chosen_, selected)) {
        for (int i = 0; i < layout.assignment_count; ++i) happens_ = happens_ || chosen_[layout.assignments[i]];
        if (part != plan_part::effects) write_computation();
        write_effects(part);
        input_used_.resize(graph.input_count, 0);
        const bool* const is_chosen = chosen_.begin();
        for (int n = 0; n < graph.node_count; ++n)
            if (is_chosen[n] && graph.nodes[n].op->role == op_role::input)
                input_used_[static_cast<int>(graph.word(n, 0))] = 1;
    }

    constexpr plan_counts counts() const {
        return {steps_.size(), nodes_.size(),  operands_.size(), constants_.words().size(),
                loops_.size(), places_.size(), counters_.size()};
    }

    /// Fills the arrays of a plan.
    template <class Plan> constexpr void write(Plan& plan) const {
        const auto copy = [](auto& to, const auto& elements) {
            const auto* const from = elements.begin();
            const int size = elements.size();
            for (int i = 0; i < size; ++i) to[i] = from[i];
        };
        plan.arena_bytes = layout_.arena_bytes;
        copy(plan.steps, steps_);
        copy(plan.nodes, nodes_);
        copy(plan.operands, operands_);
        copy(plan.constants, constants_.words());
        copy(plan.loops, loops_);
        copy(plan.places, places_);
        copy(plan.counters, counters_);
        copy(plan.input_used, input_used_);
        for (int i = 0; i < graph_.input_count; ++i) plan.input_offsets[i] = layout_.input_offsets[i];
        for (int i = 0; i < graph_.output_count; ++i) plan.output_offsets[i] = layout_.output_offsets[i];
    }

private:
    constexpr int base(int n) const { return layout_.base[n]; }
    constexpr bool is_copied_in(int k) const {
        return is_selected(selected_, k) && is_value(graph_, k) && layout_.output_slot[base(graph_.outputs[k])] != k;
    }

    /// What a read means in this call: what the latest assignment before it that happens gave the variable, or -1.
    constexpr int given_before(int read) const {
        if (!happens_ || graph_.role(read) != op_role::read) return -1;
        int assignment = layout_.before[read];
        while (assignment >= 0 && !chosen_[assignment]) assignment = layout_.before[assignment];
        return assignment < 0 ? -1 : base(graph_.operand(assignment, 0));
    }
    constexpr bool holds_old_value(int k) const {
        const int value = base(graph_.outputs[k]);
        return happens_ && graph_.role(value) == op_role::read && given_before(value) < 0;
    }

    constexpr value_place place_of(int n) {
        int value = layout_.base[n];
        if (value != n)
            if (const std::int64_t begin = begin_in_base(graph_, layout_.base, n); begin > 0) {
                value_place part = place_of(value);
                part.offset += begin;
                return part;
            }
        for (int given = given_before(value); given >= 0; given = given_before(value)) value = given;
        switch (graph_.role(value)) {
            case op_role::input: return {memory_space::input, static_cast<std::int32_t>(graph_.word(value, 0)), 0};
            case op_role::read: return {memory_space::variable, static_cast<std::int32_t>(graph_.word(value, 0)), 0};
            case op_role::constant:
                return {memory_space::constant, 0, 8 * static_cast<std::int64_t>(constants_.slot_of(graph_, value))};
            case op_role::slice: return {memory_space::moving, place_[value], 0};
            default: break;
        }
        if (const int home = layout_.home[value]; home >= 0) {
            if (graph_.role(home) == op_role::carried) return place_of(home);
            return {memory_space::moving, place_[home], 0};
        }
        if (layout_.output_slot[value] >= 0) return {memory_space::output, layout_.output_slot[value], 0};
        if (layout_.variable_slot[value] >= 0) return {memory_space::variable, layout_.variable_slot[value], 0};
        return {memory_space::arena, 0, layout_.offset[value] < 0 ? 0 : layout_.offset[value]};
    }

    constexpr void write_computation() {
        // Outputs that are what a variable held before the call come first: assignments come later.
        for (int k = 0; k < graph_.output_count; ++k)
            if (is_copied_in(k) && holds_old_value(k)) write_copy({memory_space::output, k, 0}, graph_.outputs[k]);
        place_.resize(graph_.has_loops() ? graph_.node_count : 0, -1);
        loop_of_.resize(graph_.region_count, -1);
        for (int i = 0; i < layout_.group_count; ++i) {
            const int g = layout_.order[i], root = layout_.root[g];
            if (root < 0 || graph_.role(root) == op_role::compute) write_group(g);
            else if (chosen_[root]) write_loop(root);
        }
        for (int k = 0; k < graph_.output_count; ++k)
            if (is_copied_in(k) && !holds_old_value(k)) write_copy({memory_space::output, k, 0}, graph_.outputs[k]);
    }

    /// Copies what no kernel has written into its variable; of several assignments to one the last counts.
    constexpr void write_effects(plan_part part) {
        if (!happens_) return;
        buffer<int> last;  // by variable
        for (int i = 0; i < layout_.assignment_count; ++i) {
            const int n = layout_.assignments[i];
            if (!chosen_[n]) continue;
            const auto variable = static_cast<int>(graph_.word(n, 0));
            if (variable >= last.size()) last.resize(variable + 1, -1);
            last[variable] = n;
        }
        for (int i = 0; i < layout_.assignment_count; ++i) {
            const int n = layout_.assignments[i];
            if (!chosen_[n] || part == (is_finding(graph_, n) ? plan_part::effects : plan_part::before_effects))
                continue;
            const auto variable = static_cast<std::int32_t>(graph_.word(n, 0));
            if (last[variable] != n || layout_.variable_slot[graph_.operand(n, 0)] >= 0) continue;
            if (!is_stored_again(variable, graph_.operand(n, 0)))
                write_copy({memory_space::variable, variable, 0}, graph_.operand(n, 0));
        }
    }

    /// Has the last step, if it is a loop that computes a value, store it in a variable, too: what the next call begins
    /// with is there sooner than a copy. What the loop reads of the variable is the very element that it writes.
    constexpr bool is_stored_again(std::int32_t variable, int value) {
        if (layout_.second == second_stores::copied || steps_.empty()) return false;
        if (steps_.back().kind != step_kind::elementwise) return false;
        plan_step& step = steps_.back();
        const bool is_computed_there = holds(nodes_.begin() + step.first_node, step.ops, value);
        if (!is_computed_there || step.outputs == max_fused_outputs) return false;
        for (int i = 0; i < step.inputs; ++i) {
            const int input = nodes_[step.first_node + step.ops + i];
            const value_place place = place_of(input);
            const bool is_of_variable = place.space == memory_space::variable && place.index == variable;
            if (is_of_variable && graph_.extents(input) != graph_.extents(value)) return false;
        }
        nodes_.push_back(value);
        const int behind = step.first_operand + step.outputs++;
        operands_.push_back({});
        for (int i = operands_.size() - 1; i > behind; --i) operands_[i] = operands_[i - 1];
        operands_[behind] = {memory_space::variable, variable, 0};
        return true;
    }

    constexpr void write_copy(const value_place& to, int from) {
        plan_step step;
        step.kind = step_kind::copy;
        step.root = from;
        step.outputs = 1;
        step.root_operands = 1;
        step.first_operand = operands_.size();
        step.first_node = nodes_.size();
        operands_.push_back(to);
        operands_.push_back(place_of(from));
        nodes_.push_back(from);
        steps_.push_back(step);
    }

    constexpr void write_group(int g) {
        const bool *const is_chosen = chosen_.begin(), *const is_stored = stored_.begin();
        const int root = layout_.root[g] >= 0 && is_chosen[layout_.root[g]] ? layout_.root[g] : -1;
        plan_step step;
        step.root = root;
        step.first_node = nodes_.size();
        step.first_operand = operands_.size();
        for (int i = layout_.first_member[g]; i < layout_.first_member[g + 1]; ++i)
            if (const int n = layout_.members[i]; n != root && is_chosen[n]) nodes_.push_back(n);
        step.ops = nodes_.size() - step.first_node;
        if (step.ops == 0 && root < 0) return;
        const bool reduces = root >= 0 && step.ops > 0 && graph_.node(root).op->takes_loop != 0;
        step.kind = root < 0 ? step_kind::elementwise : reduces ? step_kind::reduction : step_kind::compute;

        const int first_input = nodes_.size();
        for (int i = step.first_node; i < first_input; ++i) {
            const frozen_node& node = graph_.nodes[nodes_[i]];
            for (int j = 0; j < node.operand_count; ++j) {
                const int operand = graph_.operands[node.first_operand + j];
                if (layout_.group_of[layout_.base[operand]] == g || graph_.is_literal(operand)) continue;
                if (!holds(nodes_.begin() + first_input, nodes_.size() - first_input, operand))
                    nodes_.push_back(operand);
            }
        }
        step.inputs = nodes_.size() - first_input;

        const int first_output = nodes_.size();
        if (root >= 0 && is_stored[root]) nodes_.push_back(root);
        for (int i = step.first_node; i < first_input; ++i)
            if (const int n = nodes_[i]; is_stored[n]) nodes_.push_back(n);
        step.outputs = nodes_.size() - first_output;

        for (int i = 0; i < step.outputs; ++i) operands_.push_back(place_of(nodes_[first_output + i]));
        if (root >= 0 && !reduces) {
            step.root_operands = graph_.node(root).operand_count;
            for (int i = 0; i < step.root_operands; ++i) operands_.push_back(place_of(graph_.operand(root, i)));
        }
        for (int i = 0; i < step.inputs; ++i) operands_.push_back(place_of(nodes_[first_input + i]));
        if (layout_.scratch[g] >= 0) operands_.push_back({memory_space::arena, 0, layout_.scratch[g]});
        if (layout_.packed[g] >= 0) operands_.push_back({memory_space::packed, 0, layout_.packed[g]});
        steps_.push_back(step);
        if (root >= 0 && graph_.node(root).op->repeated != 0) repeated_.push_back(steps_.size() - 1);
        else if (!repeated_.empty()) repeat_behind(step);
    }

    /// Repeats what is to be, behind a kernel, until a step reads its result.
    constexpr void repeat_behind(const plan_step& step) {
        const int end = operands_.size();
        for (int r = repeated_.size() - 1; r >= 0; --r) {
            plan_step again = steps_[repeated_[r]];
            const value_place result = operands_[again.first_operand];
            bool is_read = false;
            for (int i = step.first_operand + step.outputs; i < end; ++i)
                is_read = is_read || (operands_[i].space == result.space && operands_[i].offset == result.offset);
            if (is_read) {
                repeated_[r] = repeated_[repeated_.size() - 1];
                repeated_.pop_back();
                continue;
            }
            if (step.root < 0 || graph_.node(step.root).op->early != 0) continue;
            const int first = again.first_operand;
            again.first_operand = operands_.size();
            for (int i = 0; i < again.outputs + again.root_operands; ++i) {
                const value_place place = operands_[first + i];
                operands_.push_back(place);
            }
            steps_.push_back(again);
        }
    }

    /// A part of a loop: what is copied before it, and its step.
    constexpr void write_loop(int root) {
        const int body = graph_.body_of(root), begin = graph_.regions[body].begin;
        const op_role role = graph_.role(root);
        const int parts = layout_.group_of[begin];
        const int first = layout_.first_member[parts], last = layout_.first_member[parts + 1];
        if (role == op_role::loop_begin) {
            loop_of_[body] = loops_.size();
            plan_loop& loop = loops_.emplace_back();
            loop.trips = graph_.word(begin, 1);
            loop.node = begin;
            loop.first_place = places_.size();
            loop.first_counter = counters_.size();
            for (int i = first; i < last; ++i) write_moving(layout_.members[i]);
            loop.places = places_.size() - loop.first_place;
            loop.counters = counters_.size() - loop.first_counter;
            for (int i = first; i < last; ++i)
                if (const int n = layout_.members[i];
                    chosen_[n] && graph_.role(n) == op_role::carried && graph_.operand(n, 0) != n)
                    write_copy(place_of(n), graph_.operand(n, 0));
            loop.begin = steps_.size();
        } else if (role == op_role::loop_test) {
            loops_[loop_of_[body]].test = steps_.size();
        } else {
            for (int i = first; i < last; ++i)
                if (const int n = layout_.members[i]; is_copied_to_stack(n) && !is_own_state(n)) write_stacked(n);
            for (int i = first; i < last; ++i) {
                const int n = layout_.members[i];
                if (!chosen_[n] || graph_.role(n) != op_role::carried) continue;
                const int next = base(graph_.operand(n, 1));
                if (next != n && layout_.home[next] != n) write_copy(place_of(n), graph_.operand(n, 1));
            }
            loops_[loop_of_[body]].end = steps_.size();
        }
        plan_step step;
        step.kind = role == op_role::loop_begin  ? step_kind::loop_begin
                    : role == op_role::loop_test ? step_kind::loop_test
                                                 : step_kind::loop_end;
        step.root = loop_of_[body];
        step.first_node = nodes_.size();
        step.first_operand = operands_.size();
        if (role == op_role::loop_test) operands_.push_back(place_of(graph_.operand(root, 0)));
        steps_.push_back(step);
        // A state as an iteration found it is gone at its end.
        if (role == op_role::loop_begin)
            for (int i = first; i < last; ++i)
                if (const int n = layout_.members[i]; is_copied_to_stack(n) && is_own_state(n)) write_stacked(n);
    }

    /// Gives a slice or a stack its moving place, and an iteration its counter.
    constexpr void write_moving(int n) {
        const op_role role = graph_.role(n);
        if (role == op_role::carried || role == op_role::loop_begin) return;
        const bool is_reversed = graph_.word(n, 0) != 0;
        if (role == op_role::iteration) {
            if (!chosen_[n]) return;
            counters_.push_back({place_of(n), is_reversed ? -1 : 1});
            return;
        }
        if (!is_written(n)) return;
        const int value = base(graph_.operand(n, 0));
        const int one = role == op_role::slice ? n : value;
        const std::int64_t size = graph_.node(one).result.bytes();
        place_[n] = places_.size();
        places_.push_back({place_of(role == op_role::slice ? value : n), is_reversed ? -size : size, one});
    }

    /// Whether a call writes to the memory of a value: one that is kept elsewhere is written there whether the call
    /// needs what keeps it or not.
    constexpr bool is_written(int n) const {
        if (chosen_[n]) return true;
        const op_role role = graph_.role(n);
        if (role != op_role::stacked && role != op_role::carried) return false;
        const int value = base(graph_.operand(n, role == op_role::stacked ? 0 : 1));
        return layout_.home[value] == n && is_written(value);
    }

    constexpr bool is_copied_to_stack(int n) const {
        return chosen_[n] && graph_.role(n) == op_role::stacked && layout_.home[base(graph_.operand(n, 0))] != n;
    }
    /// Whether a stack keeps what its own loop carries.
    constexpr bool is_own_state(int n) const {
        const int value = base(graph_.operand(n, 0));
        return graph_.role(value) == op_role::carried && graph_.node(value).region == graph_.body_of(n);
    }
    constexpr void write_stacked(int n) { write_copy({memory_space::moving, place_[n], 0}, graph_.operand(n, 0)); }

    const graph_view& graph_;
    const layout_view& layout_;
    std::uint64_t selected_;
    buffer<bool> chosen_;
    buffer<bool> stored_;
    bool happens_ = false;  // any assignment
    buffer<int> place_;  // of slices and stacks among the moving places
    buffer<int> loop_of_;  // the plan's loop of each region
    constant_pool constants_;
    buffer<plan_step> steps_;
    buffer<int> repeated_;  // steps
    buffer<std::int32_t> nodes_;
    buffer<value_place> operands_;
    buffer<plan_loop> loops_;
    buffer<moving_place> places_;
    buffer<loop_counter> counters_;
    buffer<std::int32_t> input_used_;
};

}  // namespace ambit::plan_parts
