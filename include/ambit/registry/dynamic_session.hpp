// SPDX-License-Identifier: BSL-1.0
// A module that was built for some specs of its inputs, and its plans: one for each list of outputs that was asked for,
// made once and kept.
#pragma once

#include <ambit/model/checks.hpp>
#include <ambit/registry/build.hpp>
#include <ambit/registry/dynamic_arguments.hpp>
#include <ambit/registry/dynamic_plan.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::registry_parts {

/// A call of a model for some outputs.
class dynamic_call {
public:
    dynamic_call(const graph_view& graph, const layout_view& layout, std::span<const int> asked,
                 std::span<const std::string> names, std::span<const variable_pointer> variables,
                 std::span<std::byte* const> addresses)
        : asked_(asked.begin(), asked.end()) {
        std::uint64_t selected = 0;
        for (const int k : asked) selected |= std::uint64_t{1} << k;
        if (static_cast<int>(asked.size()) == graph.output_count) selected = all_outputs;
        const buffer<bool> needed = needed_nodes(graph, selected);
        for (int n = 0; n < graph.node_count; ++n)
            if (needed[n] && graph.role(n) == op_role::assign && is_finding(graph, n)) findings_.push_back(n);
        const plan_part first = findings_.empty() ? plan_part::all : plan_part::before_effects;
        plan_ = std::make_unique<dynamic_plan>(graph, layout, selected, first, addresses);
        if (!findings_.empty())
            effects_ = std::make_unique<dynamic_plan>(graph, layout, selected, plan_part::effects, addresses);
        for (const int k : asked) {
            if (!is_value(graph, k)) continue;
            outputs_.push_back(k);
            values_.emplace_back(names[static_cast<std::size_t>(k)], graph.node(graph.outputs[k]).result, nullptr);
        }
        note_writes(*plan_, variables, addresses);
        if (effects_ != nullptr) note_writes(*effects_, variables, addresses);
    }

    bool is_for(std::span<const int> asked) const {
        return std::equal(asked.begin(), asked.end(), asked_.begin(), asked_.end());
    }
    bool uses_input(int i) const { return plan_->uses_input(i) || (effects_ != nullptr && effects_->uses_input(i)); }
    int step_count() const { return plan_->step_count() + (effects_ != nullptr ? effects_->step_count() : 0); }
    std::int64_t input_offset(int i) const { return plan_->value().input_offsets[i]; }

    /// Memory that the call writes besides the arena.
    std::span<const model_parts::memory_range> writes() const { return writes_; }

    std::span<const dynamic_value> run(const graph_view& graph, std::byte* arena,
                                       std::span<const std::byte* const> inputs,
                                       std::span<const variable_pointer> variables,
                                       std::span<std::byte* const> addresses) {
        plan_->run(arena, inputs);
        for (const int n : findings_) look_at(graph, n, variables, addresses);
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
        model_parts::throw_failed_check(*check.op, variables[v]->path(), checked.result, found);
    }

    std::vector<int> asked_;
    std::vector<int> findings_;
    std::unique_ptr<dynamic_plan> plan_, effects_;
    std::vector<int> outputs_;
    std::vector<dynamic_value> values_;
    std::vector<model_parts::memory_range> writes_;
    std::vector<registered_variable*> written_;
    std::byte* arena_ = nullptr;
};

/// A graph, its layout, its variables' memory, and the calls made of it so far.
class dynamic_session {
public:
    dynamic_session(const built_module& built, std::vector<tensor_spec> specs, std::vector<std::byte*> addresses)
        : specs_(std::move(specs)),
          graph_(*built.builder, built.outputs),
          layout_(lay_out(graph_.view())),
          variables_(built.variables),
          addresses_(std::move(addresses)) {
        is_used_.resize(variables_.size());
        const graph_view graph = graph_.view();
        for (int n = 0; n < graph.node_count; ++n)
            if (graph.role(n) == op_role::read || graph.role(n) == op_role::assign)
                is_used_[static_cast<std::size_t>(graph.word(n, 0))] = true;
        for (std::size_t v = 0; v < variables_.size(); ++v)
            for (const variable_pointer& fresh : built.fresh)
                if (variables_[v] == fresh) is_used_[v] = true;
    }

    const std::vector<tensor_spec>& specs() const { return specs_; }
    graph_view graph() const { return graph_.view(); }
    std::int64_t arena_bytes() const { return layout_.places.arena_bytes; }
    /// All that the registry had then; those that the module uses or has created.
    std::span<const variable_pointer> variables() const { return variables_; }
    const std::vector<bool>& used_variables() const { return is_used_; }

    dynamic_call& call_for(std::span<const int> asked, std::span<const std::string> names) {
        if (last_ != nullptr && last_->is_for(asked)) return *last_;
        for (const auto& call : calls_)
            if (call->is_for(asked)) return *(last_ = call.get());
        calls_.push_back(
            std::make_unique<dynamic_call>(graph_.view(), layout_.view(), asked, names, variables_, addresses_));
        return *(last_ = calls_.back().get());
    }

    std::span<const dynamic_value> run(dynamic_call& call, std::byte* arena, std::span<const std::byte* const> inputs) {
        return call.run(graph_.view(), arena, inputs, variables_, addresses_);
    }

private:
    std::vector<tensor_spec> specs_;
    value_graph graph_;
    layout layout_;
    std::vector<variable_pointer> variables_;
    std::vector<std::byte*> addresses_;
    std::vector<bool> is_used_;
    std::vector<std::unique_ptr<dynamic_call>> calls_;
    dynamic_call* last_ = nullptr;
};

}  // namespace ambit::registry_parts
