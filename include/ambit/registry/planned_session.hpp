// SPDX-License-Identifier: BSL-1.0
// Plans and runs what dynamic models call (registry/dynamic_session.hpp). Compiled with the kernels, once.
#pragma once

#include <ambit/model/checks.hpp>
#include <ambit/registry/compiled_code.hpp>
#include <ambit/registry/dynamic_plan.hpp>
#include <ambit/registry/dynamic_session.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace AMBIT_NAMESPACE::registry_parts {

class planned_call : public dynamic_call {
public:
    /// Graph, variables and addresses are those of a session, which outlives it.
    planned_call(const graph_view& graph, const layout_view& layout, std::span<const int> asked,
                 std::span<const std::string> names, std::span<const variable_pointer> variables,
                 std::span<std::byte* const> addresses)
        : graph_(graph), variables_(variables), addresses_(addresses) {
        asked_.assign(asked.begin(), asked.end());
        // Outputs of an array, of which there may be more than bits, have no names: all of them are asked for.
        std::uint64_t selected = graph.output_count > 64 ? all_outputs : 0;
        if (selected == 0)
            for (const int k : asked) selected |= std::uint64_t{1} << k;
        findings_ = needed_findings(graph, selected);
        const plan_part first = findings_.empty() ? plan_part::all : plan_part::before_effects;
        plan_ = std::make_unique<dynamic_plan>(graph, layout, selected, first, addresses);
        if (!findings_.empty())
            effects_ = std::make_unique<dynamic_plan>(graph, layout, selected, plan_part::effects, addresses);
        for (const int k : asked) {
            if (!is_value(graph, k)) continue;
            outputs_.push_back(k);
            values_.emplace_back(names[static_cast<std::size_t>(k)], graph.node(graph.outputs[k]).result, nullptr);
        }
        for (int i = 0; i < graph.input_count; ++i) {
            uses_input_.push_back(plan_->uses_input(i) || (effects_ != nullptr && effects_->uses_input(i)) ? 1 : 0);
            input_offsets_.push_back(plan_->value().input_offsets[i]);
        }
        step_count_ = plan_->step_count() + (effects_ != nullptr ? effects_->step_count() : 0);
        note_writes(*plan_, variables, addresses);
        if (effects_ != nullptr) note_writes(*effects_, variables, addresses);
    }

    std::span<const dynamic_value> run(std::byte* arena, std::span<const std::byte* const> inputs) override {
        plan_->run(arena, inputs);
        for (const int n : findings_) look_at(graph_, n, variables_, addresses_);
        if (effects_ != nullptr) effects_->run(arena, inputs);
        for (registered_variable* const v : written_) v->raise_generation();
        if (arena != arena_) {
            arena_ = arena;
            for (std::size_t i = 0; i < values_.size(); ++i)
                values_[i] = dynamic_value(values_[i].name(), values_[i].spec(),
                                           arena + plan_->value().output_offsets[outputs_[i]]);
        }
        return values_;
    }

private:
    void note_writes(const dynamic_plan& plan, std::span<const variable_pointer> variables,
                     std::span<std::byte* const> addresses) {
        const auto note = [&](const value_place& at) {
            if (at.space != memory_space::variable) return;
            const variable_pointer& v = variables[static_cast<std::size_t>(at.index)];
            for (const model_parts::memory_range& known : writes_)
                if (known.begin == addresses[static_cast<std::size_t>(at.index)]) return;
            writes_.push_back({addresses[static_cast<std::size_t>(at.index)], v->bytes()});
            if (!v->is_local()) written_.push_back(v.get());
        };
        for (const plan_step& step : plan.value().steps)
            for (int i = 0; i < step.outputs; ++i) note(plan.value().operands[step.first_operand + i]);
        for (const moving_place& place : plan.value().places) note(place.first);
    }

    static void look_at(const graph_view& graph, int n, std::span<const variable_pointer> variables,
                        std::span<std::byte* const> addresses) {
        const auto v = static_cast<std::size_t>(graph.word(n, 0));
        contract_parts::check_finding found;
        std::memcpy(&found, addresses[v], sizeof found);
        if (found.count == 0) return;
        const graph_parts::frozen_node& check = graph.node(graph.operand(n, 0));
        const graph_parts::frozen_node& checked = graph.node(graph.operands[check.first_operand]);
        const bool is_range = check.op->id == check_range_info.id;
        model_parts::throw_failed_check(is_range, variables[v]->path(), checked.result, found);
    }

    graph_view graph_;
    std::span<const variable_pointer> variables_;
    std::span<std::byte* const> addresses_;
    buffer<int> findings_;
    std::unique_ptr<dynamic_plan> plan_, effects_;
    std::vector<int> outputs_;
    std::vector<dynamic_value> values_;
    std::vector<registered_variable*> written_;
    std::byte* arena_ = nullptr;
};

class planned_session : public dynamic_session {
public:
    planned_session(const built_module& built, const std::vector<tensor_spec>& specs,
                    const session_variables& variables)
        : graph_(renumbered(built, variables)), layout_(lay_out(graph_.view())), addresses_(variables.addresses) {
        specs_ = specs;
        arena_bytes_ = layout_.places.arena_bytes;
        variables_ = variables.list;
    }

    graph_view graph() const override { return graph_.view(); }

private:
    static value_graph renumbered(const built_module& built, const session_variables& variables) {
        value_graph graph(*built.builder, built.outputs);
        graph.renumber_variables(variables.number_of);
        return graph;
    }
    std::unique_ptr<dynamic_call> make_call(std::span<const int> asked, std::span<const std::string> names) override {
        return std::make_unique<planned_call>(graph_.view(), layout_.view(), asked, names, variables_, addresses_);
    }

    value_graph graph_;
    layout layout_;
    std::vector<std::byte*> addresses_;
};

}  // namespace ambit::registry_parts
