// SPDX-License-Identifier: BSL-1.0
// The order in which a model runs: one step a kernel, each with the places of what it writes and reads. A plan for
// some of the outputs is the plan for all of them with steps left out, so every value keeps its place and one arena
// serves all calls of a model.
#pragma once

#include <ambit/plan/arena.hpp>
#include <ambit/plan/grouping.hpp>
#include <ambit/plan/homes.hpp>
#include <ambit/plan/order.hpp>
#include <ambit/plan/steps.hpp>
#include <ambit/plan/variable_slots.hpp>

#include <bit>
#include <cstdint>

namespace ambit {

namespace detail {

/// The bits of an element as it lies in memory, in the low bytes.
constexpr std::uint64_t element_bits(double value, dtype type) {
    static_assert(std::endian::native == std::endian::little, "ambit: big-endian machines are not supported");
    switch (type) {
        case dtype::float32: return std::bit_cast<std::uint32_t>(static_cast<float>(value));
        case dtype::float64: return std::bit_cast<std::uint64_t>(value);
        default: return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
    }
}

/// Plans a graph: groups its nodes, finds out who stores what, gives every stored value a place.
class planner {
public:
    static constexpr std::uint64_t all_outputs = ~std::uint64_t{0};

    constexpr planner(const graph_view& graph, std::uint64_t selected, plan_part part = plan_part::all) : graph_(graph), part_(part) {
        const buffer<bool> needed = needed_nodes(graph, all_outputs);
        groups_ = group_nodes(graph, needed);
        home_ = choose_homes(graph, groups_, needed);
        choose_output_slots();
        variable_slot_ = choose_variable_slots(graph, groups_, needed, output_slot_);
        order_ = order_of_groups(graph, groups_, needed, variable_slot_);
        find_stored(needed, all_outputs);
        lay_out(needed);
        const buffer<bool> chosen = needed_nodes(graph, selected);
        happening_ = assignments_of(graph, chosen);
        find_stored(chosen, selected);
        emit(chosen, selected);
        input_used_.resize(graph.input_count, 0);
        for (int n = 0; n < graph.node_count; ++n)
            if (chosen[n] && graph.role(n) == op_role::input) input_used_[static_cast<int>(graph.word(n, 0))] = 1;
    }

    constexpr plan_counts counts() const { return {steps_.size(), nodes_.size(), operands_.size(), constants_.size(), loops_.size(), places_.size(), counters_.size()}; }

    template <class Plan> constexpr Plan frozen() const {
        Plan plan;
        plan.arena_bytes = arena_.size();
        for (int i = 0; i < steps_.size(); ++i) plan.steps[i] = steps_[i];
        for (int i = 0; i < nodes_.size(); ++i) plan.nodes[i] = nodes_[i];
        for (int i = 0; i < operands_.size(); ++i) plan.operands[i] = operands_[i];
        for (int i = 0; i < constants_.size(); ++i) plan.constants[i] = constants_[i];
        for (int i = 0; i < loops_.size(); ++i) plan.loops[i] = loops_[i];
        for (int i = 0; i < places_.size(); ++i) plan.places[i] = places_[i];
        for (int i = 0; i < counters_.size(); ++i) plan.counters[i] = counters_[i];
        for (int i = 0; i < graph_.input_count; ++i) plan.input_offsets[i] = input_offsets_[i];
        for (int i = 0; i < graph_.input_count; ++i) plan.input_used[i] = input_used_[i];
        for (int i = 0; i < graph_.output_count; ++i) plan.output_offsets[i] = output_offsets_[i];
        return plan;
    }

private:
    constexpr int base(int n) const { return groups_.base[n]; }
    constexpr int group_of(int n) const { return groups_.group_of[n]; }

    /// The output whose memory a computed value is written to; a value that is two outputs is copied for the second.
    constexpr void choose_output_slots() {
        output_slot_.resize(graph_.node_count, -1);
        for (int k = 0; k < graph_.output_count; ++k) {
            if (!is_value(k)) continue;
            const int value = base(graph_.outputs[k]);
            if (group_of(value) >= 0 && output_slot_[value] < 0) output_slot_[value] = k;
        }
    }

    /// Whether an output is a value and no operation.
    constexpr bool is_value(int k) const { return !is_operation(graph_.role(graph_.outputs[k])); }

    constexpr bool is_copied(int k) const { return output_slot_[base(graph_.outputs[k])] != k; }

    /// A computed value is stored if anything outside of its group needs it.
    constexpr void find_stored(const buffer<bool>& needed, std::uint64_t selected) {
        stored_.clear();
        stored_.resize(graph_.node_count, false);
        for (int n = 0; n < graph_.node_count; ++n) {
            if (!needed[n]) continue;
            for (int i = 0; i < graph_.node(n).operand_count; ++i) {
                const int operand = graph_.operand(n, i);
                if (group_of(operand) >= 0 && (group_of(operand) != group_of(n) || is_shared_by_iterations(operand)))
                    stored_[operand] = true;
            }
        }
        for (int k = 0; k < graph_.output_count; ++k)
            if ((selected >> k & 1) != 0 && is_value(k) && group_of(base(graph_.outputs[k])) >= 0) stored_[base(graph_.outputs[k])] = true;
    }

    /// The elementwise nodes of each group, in order: `first_op_[g]` into `group_ops_`.
    constexpr void lay_out(const buffer<bool>& needed) {
        const int groups = groups_.groups.size();
        first_op_.resize(groups + 1, 0);
        for (int n = 0; n < graph_.node_count; ++n)
            if (is_fused(n)) ++first_op_[group_of(n) + 1];
        for (int g = 0; g < groups; ++g) first_op_[g + 1] += first_op_[g];
        group_ops_.resize(first_op_[groups], -1);
        buffer<int> next = first_op_;
        for (int n = 0; n < graph_.node_count; ++n)
            if (is_fused(n)) group_ops_[next[group_of(n)]++] = n;

        // When a value is read last; inputs that nothing reads need no memory.
        buffer<int> time;
        time.resize(groups, 0);
        for (int i = 0; i < groups; ++i) time[order_[i]] = i;
        buffer<int> last_use;
        last_use.resize(graph_.node_count, -1);
        for (int n = 0; n < graph_.node_count; ++n) {
            if (!needed[n] || group_of(n) < 0) continue;
            for (int i = 0; i < graph_.node(n).operand_count; ++i) {
                int value = base(graph_.operand(n, i));
                while (value >= 0) {
                    const int used = time_of_use(n, i, value, time);
                    if (used > last_use[value]) last_use[value] = used;
                    value = given_before(value, groups_.assignments);
                }
            }
            if (is_shared_by_iterations(n)) {
                const int last = time[end_of(graph_.body_of(n))];
                if (last > last_use[n]) last_use[n] = last;
            }
        }
        const int end = groups;
        for (int k = 0; k < graph_.output_count; ++k) {
            if (!is_value(k)) continue;
            for (int value = base(graph_.outputs[k]); value >= 0; value = given_before(value, groups_.assignments))
                last_use[value] = end;
        }
        for (const int n : groups_.assignments) last_use[base(graph_.operand(n, 0))] = end;

        output_offsets_.resize(graph_.output_count, 0);
        for (int k = 0; k < graph_.output_count; ++k)
            if (is_value(k)) output_offsets_[k] = arena_.allocate(graph_.node(graph_.outputs[k]).result.bytes(), end);
        input_offsets_.resize(graph_.input_count, 0);
        for (int n = 0; n < graph_.node_count; ++n)
            if (graph_.role(n) == op_role::input && last_use[n] >= 0)
                input_offsets_[static_cast<int>(graph_.word(n, 0))] =
                    arena_.allocate(graph_.node(n).result.bytes(), last_use[n]);

        offset_.resize(graph_.node_count, 0);
        scratch_.resize(groups, -1);
        for (int i = 0; i < groups; ++i) {
            const int g = order_[i];
            arena_.begin_step(i);
            const int root = groups_.groups[g].root;
            if (root >= 0 && graph_.role(root) == op_role::compute) {
                place(root, last_use);
                if (const std::int64_t bytes = scratch_bytes(root); bytes > 0) scratch_[g] = arena_.allocate(bytes, i);
            }
            for (int k = first_op_[g]; k < first_op_[g + 1]; ++k) place(group_ops_[k], last_use);
        }
    }

    /// Whether a value of a loop lies at one place as long as the loop runs.
    constexpr bool is_shared_by_iterations(int n) const {
        const op_role role = graph_.role(n);
        return role == op_role::carried || role == op_role::iteration || role == op_role::stacked;
    }

    /// The group that ends a loop.
    constexpr int end_of(int body) const { return group_of(graph_.regions[body].end); }

    /// When node `n` has used its operand `index`, which is `value`: what comes from outside of a loop is used to its end.
    constexpr int time_of_use(int n, int index, int value, const buffer<int>& time) const {
        const op_role role = graph_.role(n);
        int last = time[group_of(n)], region = graph_.node(n).region;
        if (role == op_role::stacked || (role == op_role::carried && index == 1)) {
            region = graph_.body_of(n);
            last = time[end_of(region)];
        } else if (role == op_role::carried) {
            region = graph_.regions[region].parent;
        }
        const int home = graph_.home_of(value);
        for (; region > home; region = graph_.regions[region].parent) last = time[end_of(region)];
        return last;
    }

    constexpr bool is_fused(int n) const { return group_of(n) >= 0 && groups_.groups[group_of(n)].root != n; }

    constexpr void place(int n, const buffer<int>& last_use) {
        if (home_[n] >= 0 || graph_.role(n) == op_role::slice) return;
        if (stored_[n] && output_slot_[n] < 0 && variable_slot_[n] < 0) offset_[n] = arena_.allocate(graph_.node(n).result.bytes(), last_use[n]);
    }

    constexpr std::int64_t scratch_bytes(int root) const {
        tensor_spec specs[graph_builder::max_operands] = {};
        const frozen_node& n = graph_.node(root);
        for (int i = 0; i < n.operand_count; ++i) specs[i] = graph_.node(graph_.operand(root, i)).result;
        return n.op->scratch({specs, n.operand_count, graph_.words + n.first_word}, n.result);
    }

    /// What the variable behind a read was given before it, in memory of its own; -1 for all other values.
    constexpr int given_before(int value, const buffer<int>& assignments) const {
        if (graph_.role(value) != op_role::read) return -1;
        const int given = assigned_before(graph_, assignments, value);
        return given < 0 ? -1 : base(given);
    }

    constexpr value_place place_of(int n) {
        int value = base(n);
        for (int given = given_before(value, happening_); given >= 0; given = given_before(value, happening_)) value = given;
        switch (graph_.role(value)) {
            case op_role::input: return {memory_space::input, static_cast<std::int32_t>(graph_.word(value, 0)), 0};
            case op_role::read: return {memory_space::variable, static_cast<std::int32_t>(graph_.word(value, 0)), 0};
            case op_role::constant: return {memory_space::constant, 0, 8 * static_cast<std::int64_t>(slot_of_constant(value))};
            case op_role::slice: return {memory_space::moving, place_[value], 0};
            default: break;
        }
        if (home_[value] >= 0) {
            if (graph_.role(home_[value]) == op_role::carried) return place_of(home_[value]);
            return {memory_space::moving, place_[home_[value]], 0};
        }
        if (output_slot_[value] >= 0) return {memory_space::output, output_slot_[value], 0};
        if (variable_slot_[value] >= 0) return {memory_space::variable, variable_slot_[value], 0};
        return {memory_space::arena, 0, offset_[value]};
    }

    /// Where the values of a constant lie among all: a run of 8-byte words that may be another's, too.
    constexpr int slot_of_constant(int n) {
        const auto elements = static_cast<int>(graph_.extents(n).elements());
        const int first_word = graph_.node(n).word_count - elements, bytes = static_cast<int>(size_of(graph_.type(n)));
        buffer<std::uint64_t> packed;
        packed.resize((elements * bytes + 7) / 8, 0);
        for (int i = 0; i < elements; ++i) {
            const std::uint64_t bits = element_bits(std::bit_cast<double>(graph_.word(n, first_word + i)), graph_.type(n));
            packed[i * bytes / 8] |= (bits & ~std::uint64_t{0} >> (64 - 8 * bytes)) << (i * bytes % 8 * 8);
        }
        for (int slot = 0; slot + packed.size() <= constants_.size(); ++slot) {
            int same = 0;
            while (same < packed.size() && constants_[slot + same] == packed[same]) ++same;
            if (same == packed.size()) return slot;
        }
        constants_.append(packed.begin(), packed.size());
        return constants_.size() - packed.size();
    }

    constexpr void emit(const buffer<bool>& chosen, std::uint64_t selected) {
        if (part_ != plan_part::effects) emit_computation(chosen, selected);
        for (int i = 0; i < happening_.size(); ++i) {
            const int n = happening_[i];
            if (part_ == (is_finding(graph_, n) ? plan_part::effects : plan_part::before_effects)) continue;
            if (is_last_assignment(i) && variable_slot_[graph_.operand(n, 0)] < 0)
                emit_copy({memory_space::variable, static_cast<std::int32_t>(graph_.word(n, 0)), 0}, graph_.operand(n, 0));
        }
    }

    constexpr void emit_computation(const buffer<bool>& chosen, std::uint64_t selected) {
        // Outputs that are what a variable held before the call come first: assignments come later.
        for (int k = 0; k < graph_.output_count; ++k)
            if (is_copied_in(k, selected) && holds_old_value(k)) emit_copy({memory_space::output, k, 0}, graph_.outputs[k]);
        place_.resize(graph_.has_loops() ? graph_.node_count : 0, -1);
        loop_of_.resize(graph_.region_count, -1);
        for (const int g : order_) {
            if (!groups_.is_loop(graph_, g)) emit_group(g, chosen);
            else if (chosen[groups_.groups[g].root]) emit_loop(g, chosen);
        }
        for (int k = 0; k < graph_.output_count; ++k)
            if (is_copied_in(k, selected) && !holds_old_value(k)) emit_copy({memory_space::output, k, 0}, graph_.outputs[k]);
    }

    constexpr bool is_copied_in(int k, std::uint64_t selected) const {
        return (selected >> k & 1) != 0 && is_value(k) && is_copied(k);
    }
    constexpr bool holds_old_value(int k) const {
        if (happening_.empty()) return false;
        const int value = base(graph_.outputs[k]);
        return graph_.role(value) == op_role::read && given_before(value, happening_) < 0;
    }
    constexpr bool is_last_assignment(int i) const {
        for (int j = i + 1; j < happening_.size(); ++j)
            if (graph_.word(happening_[j], 0) == graph_.word(happening_[i], 0)) return false;
        return true;
    }

    constexpr void emit_copy(const value_place& to, int from) {
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

    constexpr void emit_group(int g, const buffer<bool>& chosen) {
        const int root = groups_.groups[g].root;
        plan_step step;
        step.kind = root >= 0 ? step_kind::compute : step_kind::elementwise;
        step.root = root;
        step.first_node = nodes_.size();
        step.first_operand = operands_.size();
        for (int i = first_op_[g]; i < first_op_[g + 1]; ++i)
            if (chosen[group_ops_[i]]) nodes_.push_back(group_ops_[i]);
        step.ops = nodes_.size() - step.first_node;
        if (step.ops == 0 && (root < 0 || !chosen[root])) return;

        const int first_input = nodes_.size();
        for (int i = step.first_node; i < first_input; ++i) {
            const int n = nodes_[i];
            for (int j = 0; j < graph_.node(n).operand_count; ++j) {
                const int operand = graph_.operand(n, j);
                if (group_of(base(operand)) == g || graph_.is_literal(operand)) continue;
                bool is_new = true;
                for (int k = first_input; k < nodes_.size(); ++k) is_new = is_new && nodes_[k] != operand;
                if (is_new) nodes_.push_back(operand);
            }
        }
        step.inputs = nodes_.size() - first_input;

        const int first_output = nodes_.size();
        if (root >= 0 && stored_[root]) nodes_.push_back(root);
        for (int i = step.first_node; i < first_input; ++i)
            if (stored_[nodes_[i]]) nodes_.push_back(nodes_[i]);
        step.outputs = nodes_.size() - first_output;

        for (int i = 0; i < step.outputs; ++i) operands_.push_back(place_of(nodes_[first_output + i]));
        if (root >= 0) {
            step.root_operands = graph_.node(root).operand_count;
            for (int i = 0; i < step.root_operands; ++i) operands_.push_back(place_of(graph_.operand(root, i)));
        }
        for (int i = 0; i < step.inputs; ++i) operands_.push_back(place_of(nodes_[first_input + i]));
        if (scratch_[g] >= 0) operands_.push_back({memory_space::arena, 0, scratch_[g]});
        steps_.push_back(step);
    }

    /// A part of a loop: what is copied before it, and its step.
    constexpr void emit_loop(int g, const buffer<bool>& chosen) {
        const int root = groups_.groups[g].root, body = graph_.body_of(root), begin = graph_.regions[body].begin;
        const op_role role = graph_.role(root);
        const int parts = group_of(begin);
        if (role == op_role::loop_begin) {
            loop_of_[body] = loops_.size();
            plan_loop& loop = loops_.emplace_back();
            loop.trips = graph_.word(begin, 1);
            loop.first_place = places_.size();
            loop.first_counter = counters_.size();
            for (int i = first_op_[parts]; i < first_op_[parts + 1]; ++i) emit_moving(group_ops_[i], loop.trips, chosen);
            loop.places = places_.size() - loop.first_place;
            loop.counters = counters_.size() - loop.first_counter;
            for (int i = first_op_[parts]; i < first_op_[parts + 1]; ++i)
                if (const int n = group_ops_[i];
                    chosen[n] && graph_.role(n) == op_role::carried && graph_.operand(n, 0) != n)
                    emit_copy(place_of(n), graph_.operand(n, 0));
            loop.begin = steps_.size();
        } else if (role == op_role::loop_test) {
            loops_[loop_of_[body]].test = steps_.size();
        } else {
            for (int i = first_op_[parts]; i < first_op_[parts + 1]; ++i)
                if (const int n = group_ops_[i]; is_copied_to_stack(n, chosen) && !is_own_state(n)) emit_stacked(n);
            for (int i = first_op_[parts]; i < first_op_[parts + 1]; ++i) {
                const int n = group_ops_[i];
                if (!chosen[n] || graph_.role(n) != op_role::carried) continue;
                const int next = base(graph_.operand(n, 1));
                if (next != n && home_[next] != n) emit_copy(place_of(n), graph_.operand(n, 1));
            }
            loops_[loop_of_[body]].end = steps_.size();
        }
        plan_step step;
        step.kind = role == op_role::loop_begin ? step_kind::loop_begin
                    : role == op_role::loop_test ? step_kind::loop_test
                                                 : step_kind::loop_end;
        step.root = loop_of_[body];
        step.first_node = nodes_.size();
        step.first_operand = operands_.size();
        if (role == op_role::loop_test) operands_.push_back(place_of(graph_.operand(root, 0)));
        steps_.push_back(step);
        // A state as an iteration found it is gone at its end.
        if (role == op_role::loop_begin)
            for (int i = first_op_[parts]; i < first_op_[parts + 1]; ++i)
                if (const int n = group_ops_[i]; is_copied_to_stack(n, chosen) && is_own_state(n)) emit_stacked(n);
    }

    /// Gives a slice or a stack its moving place, and an iteration its counter.
    constexpr void emit_moving(int n, std::int64_t trips, const buffer<bool>& chosen) {
        const op_role role = graph_.role(n);
        if (role == op_role::carried) return;
        const bool is_reversed = graph_.word(n, 0) != 0;
        if (role == op_role::iteration) {
            if (!chosen[n]) return;
            counters_.push_back({place_of(n), is_reversed ? static_cast<std::int32_t>(trips - 1) : 0, is_reversed ? -1 : 1});
            return;
        }
        if (!is_written(n, chosen)) return;
        const int value = base(graph_.operand(n, 0));
        value_place first = place_of(role == op_role::slice ? value : n);
        const std::int64_t size = graph_.node(role == op_role::slice ? n : value).result.bytes();
        place_[n] = places_.size();
        places_.push_back({first, is_reversed ? -size : size, is_reversed ? size * (trips - 1) : 0});
    }

    /// Whether a call writes to the memory of a value: one that is kept elsewhere is written there whether the call
    /// needs what keeps it or not.
    constexpr bool is_written(int n, const buffer<bool>& chosen) const {
        if (chosen[n]) return true;
        const op_role role = graph_.role(n);
        if (role != op_role::stacked && role != op_role::carried) return false;
        const int value = base(graph_.operand(n, role == op_role::stacked ? 0 : 1));
        return home_[value] == n && is_written(value, chosen);
    }

    constexpr bool is_copied_to_stack(int n, const buffer<bool>& chosen) const {
        return chosen[n] && graph_.role(n) == op_role::stacked && home_[base(graph_.operand(n, 0))] != n;
    }
    /// Whether a stack keeps what its own loop carries.
    constexpr bool is_own_state(int n) const {
        const int value = base(graph_.operand(n, 0));
        return graph_.role(value) == op_role::carried && graph_.node(value).region == graph_.body_of(n);
    }
    constexpr void emit_stacked(int n) { emit_copy({memory_space::moving, place_[n], 0}, graph_.operand(n, 0)); }

    graph_view graph_;
    plan_part part_;
    grouping groups_;
    buffer<int> home_;
    buffer<int> place_;    // of slices and stacks among the moving places
    buffer<int> loop_of_;  // the plan's loop of each region
    buffer<plan_loop> loops_;
    buffer<moving_place> places_;
    buffer<loop_counter> counters_;
    arena_allocator arena_;
    buffer<int> output_slot_;
    buffer<int> variable_slot_;
    buffer<int> order_;
    buffer<int> happening_;  // assignments of this call
    buffer<bool> stored_;
    buffer<int> first_op_;
    buffer<int> group_ops_;
    buffer<std::int64_t> offset_;
    buffer<std::int64_t> scratch_;
    buffer<std::int64_t> input_offsets_;
    buffer<std::int64_t> output_offsets_;
    buffer<std::int32_t> input_used_;
    buffer<plan_step> steps_;
    buffer<std::int32_t> nodes_;
    buffer<value_place> operands_;
    buffer<std::uint64_t> constants_;
};

}  // namespace detail

/// The plan of `Graph` (a `graph_of`) for the outputs whose bits are set.
template <class Graph, std::uint64_t Selected, plan_part Part = plan_part::all> struct plan_of {
    static constexpr int outputs = Graph::counts.outputs;

    static constexpr graph_view view = view_of(Graph::value, Graph::input_count);
    static constexpr plan_counts counts = detail::planner(view, Selected, Part).counts();
    using plan_type = frozen_plan<counts, Graph::input_count, outputs>;
    static constexpr plan_type value = detail::planner(view, Selected, Part).template frozen<plan_type>();
};

}  // namespace ambit
