// SPDX-License-Identifier: BSL-1.0
// A plan as it runs at run time: steps, each a function, its geometry and addresses. What an address depends on is
// known when the plan is made, but for inputs and for what moves with a loop; those are put in where a call, or an
// iteration, begins. A call allocates nothing.
//
//     dynamic_plan plan(graph, layout, all_outputs, plan_part::all, variables);
//     plan.run(arena, inputs);
#pragma once

#include <ambit/registry/compiled_code.hpp>
#include <ambit/registry/fused_group.hpp>
#include <ambit/registry/value_graph.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <span>
#include <vector>

namespace AMBIT_NAMESPACE::registry_parts {

class dynamic_plan {
public:
    /// Of a graph that `expect_compiled` has let pass.
    dynamic_plan(const graph_view& graph, const layout_view& layout, std::uint64_t selected, plan_part part,
                 std::span<std::byte* const> variables)
        : plan_(graph, layout, selected, part), variables_(variables.begin(), variables.end()) {
        inputs_.resize(static_cast<std::size_t>(graph.input_count));
        slots_of_input_.resize(inputs_.size());
        moving_.resize(static_cast<std::size_t>(plan_.places.size()));
        slots_of_place_.resize(moving_.size());
        steps_.reserve(static_cast<std::size_t>(plan_.steps.size()));
        for (int s = 0; s < plan_.steps.size(); ++s) add_step(graph, s);
        for (step& planned : steps_) planned.at = addresses_.data() + planned.first_address;
    }
    dynamic_plan(const dynamic_plan&) = delete;
    dynamic_plan& operator=(const dynamic_plan&) = delete;

    bool uses_input(int i) const { return plan_.input_used[i] != 0; }
    int step_count() const { return plan_.steps.size(); }
    const value_plan& value() const { return plan_; }

    /// `inputs` has an address for each input that the outputs depend on.
    void run(std::byte* arena, std::span<const std::byte* const> inputs) noexcept {
        if (arena != arena_) {
            arena_ = arena;
            for (std::size_t i = 0; i < addresses_.size(); ++i)
                if (places_[i].space == memory_space::arena || places_[i].space == memory_space::output)
                    addresses_[i] = resolve(places_[i]);
        }
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (inputs[i] == inputs_[i]) continue;
            inputs_[i] = const_cast<std::byte*>(inputs[i]);  // kernels only write to what the plan lists as an output
            put_at(slots_of_input_[i], inputs_[i]);
        }
        run_steps(0, static_cast<int>(steps_.size()));
    }

private:
    struct step {
        step_kind kind = step_kind::copy;
        int first_address = 0;
        std::byte** at = nullptr;
        const void* geometry = nullptr;
        plain_function plain = nullptr;
        root_function root = nullptr;
        const fused_group* group = nullptr;
        std::int64_t size = 0;  // bytes of a copy, elements a row of an epilogue, the loop
        int outputs = 0;
        int scratch = 0;
    };

    // ---- making ---------------------------------------------------------------------------------------------------

    void add_step(const graph_view& graph, int s) {
        const plan_step& from = plan_.steps[s];
        step& made = steps_.emplace_back();
        made.kind = from.kind;
        made.first_address = static_cast<int>(places_.size());
        made.outputs = from.outputs;
        const int count = plan_.operand_count(s);
        const int known = from.outputs + from.root_operands + from.inputs;
        for (int i = 0; i < count; ++i) add_address(plan_.operands[from.first_operand + i]);
        if (from.kind == step_kind::copy) {
            made.size = graph.node(from.root).result.bytes();
        } else if (from.kind == step_kind::elementwise) {
            const std::int32_t* const nodes = plan_.nodes_of(from);
            made.group = &group_of(graph, from, nodes, loop_type(graph, from, nodes));
            groups_.back().set_loop(loop_geometry(graph, from, nodes));
        } else if (from.kind == step_kind::compute) {
            made.scratch = known;
            if (count == known) add_address({memory_space::variable, -1, 0});  // none
            add_kernel(graph, from, made);
        } else {
            made.size = from.root;
        }
    }

    void add_address(const value_place& at) {
        const int slot = static_cast<int>(places_.size());
        places_.push_back(at);
        std::byte* address = nullptr;
        if (at.space == memory_space::variable && at.index >= 0)
            address = resolve(at);
        if (at.space == memory_space::constant) address = resolve(at);
        if (at.space == memory_space::input) slots_of_input_[static_cast<std::size_t>(at.index)].push_back(slot);
        if (at.space == memory_space::moving) slots_of_place_[static_cast<std::size_t>(at.index)].push_back(slot);
        addresses_.push_back(address);
    }

    void add_kernel(const graph_view& graph, const plan_step& from, step& made) {
        const run_time_op& op = *kernel_table::of_program().find(*graph.node(from.root).op);
        const call_of_node root(graph, from.root);
        std::byte geometry[most_geometry_bytes];
        const std::size_t bytes = op.geometry(root.call(), root.result(), geometry);
        geometries_.emplace_back((bytes + 7) / 8);
        std::memcpy(geometries_.back().data(), geometry, bytes);
        made.geometry = geometries_.back().data();
        if (op.plain != nullptr) {
            made.plain = op.plain(root.call(), root.result());
            return;
        }
        made.root = op.root(root.call(), root.result());
        made.size = op.columns(made.geometry);
        made.group = &group_of(graph, from, plan_.nodes_of(from), root.result().type);
        if (from.inputs > 0) groups_.back().set_layout(epilogue_layout_of(graph, from, plan_.nodes_of(from)));
    }

    const fused_group& group_of(const graph_view& graph, const plan_step& from, const std::int32_t* nodes, dtype type) {
        const fused_program program = program_of(graph, from, nodes);
        // The compiler takes one batch for all ops of a loop.
        std::int64_t row = from.kind == step_kind::elementwise ? row_of_loop(loop_geometry(graph, from, nodes))
                                                               : row_of_epilogue(graph.extents(from.root));
        for (int i = 0; i < program.ops; ++i)
            if (!kernel_table::of_program().find(*program.op[i].op)->is_vectorizable) row = 0;
        block_function loops[max_fused_ops] = {};
        for (int i = 0; i < program.ops; ++i) loops[i] = loop_of(graph, nodes[i], row);
        bool is_read_later[max_fused_outputs] = {};
        for (int k = 0; k < program.outputs; ++k) is_read_later[k] = reads_below(program, from, k);
        return groups_.emplace_back(program, from.root_operands, type, loops, is_read_later,
                                    kernel_table::of_program().find_chain(program, type));
    }

    static std::int64_t row_of_loop(const elementwise_geometry& g) { return g.rank > 0 ? g.extent[g.rank - 1] : 1; }
    static std::int64_t row_of_epilogue(const shape& extents) { return extents.rank() > 0 ? extents[-1] : 1; }

    /// Whether an op behind the one that computes output `k` reads an input that lies where the output does.
    bool reads_below(const fused_program& program, const plan_step& from, int k) const {
        const value_place& out = plan_.operands[from.first_operand + k];
        const int first_input = from.first_operand + from.outputs + from.root_operands;
        for (int op = 0; op < program.ops; ++op) {
            if (program.first_op() + op <= program.output[k]) continue;
            for (int i = 0; i < program.op[op].operands; ++i) {
                const int input = program.op[op].operand[i] - program.has_accumulator;
                if (input < 0 || input >= program.inputs) continue;
                const value_place& in = plan_.operands[first_input + input];
                if (in.space == out.space && in.index == out.index && in.offset == out.offset) return true;
            }
        }
        return false;
    }

    // ---- running --------------------------------------------------------------------------------------------------

    void run_steps(int first, int last) noexcept {
        for (int s = first; s < last; ++s) {
            const step& current = steps_[static_cast<std::size_t>(s)];
            switch (current.kind) {
                case step_kind::compute:
                    if (current.plain != nullptr) {
                        current.plain(current.geometry, current.at);
                    } else {
                        const group_sink sink(*current.group, current.at, current.size);
                        current.root(current.geometry, current.at + current.outputs, current.at[current.scratch], sink);
                    }
                    break;
                case step_kind::elementwise: current.group->run(current.at); break;
                case step_kind::copy:
                    std::memmove(current.at[0], current.at[1], static_cast<std::size_t>(current.size));
                    break;
                case step_kind::loop_begin: s = run_loop(s); break;
                default: break;
            }
        }
    }

    /// Answers the step at which the loop ends.
    int run_loop(int begin) noexcept {
        const plan_loop& loop = plan_.loops[static_cast<int>(steps_[static_cast<std::size_t>(begin)].size)];
        for (int i = loop.first_place; i < loop.first_place + loop.places; ++i)
            move_to(i, resolve(plan_.places[i].first) + moving_place::offset(plan_.places[i].stride, loop.trips));
        for (int i = loop.first_counter; i < loop.first_counter + loop.counters; ++i)
            *counter(i) = plan_.counters[i].first(loop.trips);
        for (std::int64_t trip = 0; trip < loop.trips; ++trip) {
            run_steps(begin + 1, loop.test < 0 ? loop.end : loop.test);
            if (loop.test >= 0) {
                if (*steps_[static_cast<std::size_t>(loop.test)].at[0] == std::byte{0}) break;
                run_steps(loop.test + 1, loop.end);
            }
            for (int i = loop.first_place; i < loop.first_place + loop.places; ++i)
                move_to(i, moving_[static_cast<std::size_t>(i)] + plan_.places[i].stride);
            for (int i = loop.first_counter; i < loop.first_counter + loop.counters; ++i)
                *counter(i) += plan_.counters[i].step;
        }
        return loop.end;
    }

    void move_to(int place, std::byte* address) noexcept {
        moving_[static_cast<std::size_t>(place)] = address;
        put_at(slots_of_place_[static_cast<std::size_t>(place)], address);
    }
    /// What these are places of lies there now.
    void put_at(const std::vector<int>& listed, std::byte* address) noexcept {
        for (const int i : listed) {
            const auto slot = static_cast<std::size_t>(i);
            addresses_[slot] = address + places_[slot].offset;
        }
    }
    std::int32_t* counter(int i) const noexcept {
        return reinterpret_cast<std::int32_t*>(resolve(plan_.counters[i].at));
    }
    std::byte* resolve(const value_place& at) const noexcept {
        const auto index = static_cast<std::size_t>(at.index);
        switch (at.space) {
            case memory_space::arena: return arena_ + at.offset;
            case memory_space::variable: return variables_[index] + at.offset;
            case memory_space::constant:
                return reinterpret_cast<std::byte*>(const_cast<std::uint64_t*>(plan_.constants.begin())) + at.offset;
            case memory_space::input: return inputs_[index] + at.offset;
            case memory_space::output: return arena_ + plan_.output_offsets[at.index] + at.offset;
            case memory_space::moving: return moving_[index] + at.offset;
            case memory_space::packed: break;  // there are none
        }
        return nullptr;
    }

    value_plan plan_;
    std::vector<std::byte*> variables_;
    std::vector<step> steps_;
    std::vector<value_place> places_;  // of each address
    std::vector<std::byte*> addresses_;
    std::deque<fused_group> groups_;
    std::deque<std::vector<std::int64_t>> geometries_;
    std::vector<std::byte*> inputs_;
    std::vector<std::vector<int>> slots_of_input_;
    std::vector<std::byte*> moving_;
    std::vector<std::vector<int>> slots_of_place_;
    std::byte* arena_ = nullptr;
};

}  // namespace ambit::registry_parts
