// SPDX-License-Identifier: BSL-1.0
// What a dynamic model knows of a module that was built for some specs of its inputs, and of its calls: one for each
// list of outputs that was asked for, planned once and kept. What plans and runs is compiled where the kernels are
// (registry/planned_session.hpp), so that a unit which has a dynamic model does not compile the planner.
#pragma once

#include <ambit/model/overlap.hpp>
#include <ambit/plan/graph_view.hpp>
#include <ambit/registry/build.hpp>
#include <ambit/registry/dynamic_arguments.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace AMBIT_NAMESPACE::registry_parts {

/// The variables of a registry that a module reads, writes or has created, and where they lie. `number_of` each
/// variable of the graph it is the place in these lists, or -1.
struct session_variables {
    std::vector<variable_pointer> list;
    std::vector<std::byte*> addresses;
    std::vector<int> number_of;

    template <class AddressOf> session_variables(const built_module& built, AddressOf&& address_of) {
        std::vector<bool> is_used(built.variables.size());
        const graph_parts::graph& graph = built.builder->value();
        for (const graph_parts::node& n : graph.nodes)
            if (n.op->role == op_role::read || n.op->role == op_role::assign)
                is_used[static_cast<std::size_t>(graph.words[n.first_word])] = true;
        std::size_t next = 0;  // of those that were created, in the same order
        for (const variable_pointer& v : built.variables) {
            const bool is_fresh = next < built.fresh.size() && built.fresh[next] == v;
            next += is_fresh ? 1U : 0U;
            const bool is_mine = is_fresh || is_used[number_of.size()];
            number_of.push_back(is_mine ? static_cast<int>(list.size()) : -1);
            if (!is_mine) continue;
            list.push_back(v);
            addresses.push_back(address_of(v));
        }
    }
};

/// A call of a model for some outputs.
class dynamic_call {
public:
    dynamic_call() = default;
    dynamic_call(const dynamic_call&) = delete;
    dynamic_call& operator=(const dynamic_call&) = delete;
    virtual ~dynamic_call() = default;

    bool is_for(std::span<const int> asked) const {
        return std::equal(asked.begin(), asked.end(), asked_.begin(), asked_.end());
    }
    bool uses_input(std::size_t i) const { return uses_input_[i] != 0; }
    /// Where in the arena an input is copied to if it must be.
    std::int64_t input_offset(std::size_t i) const { return input_offsets_[i]; }
    int step_count() const { return step_count_; }

    /// Memory that the call writes besides the arena.
    std::span<const model_parts::memory_range> writes() const { return writes_; }

    /// `inputs` has an address for each input that the outputs depend on.
    virtual std::span<const dynamic_value> run(std::byte* arena, std::span<const std::byte* const> inputs) = 0;

protected:
    std::vector<int> asked_;
    std::vector<char> uses_input_;
    std::vector<std::int64_t> input_offsets_;
    std::vector<model_parts::memory_range> writes_;
    int step_count_ = 0;
};

/// A graph, its layout, and the calls made of it so far.
class dynamic_session {
public:
    dynamic_session() = default;
    dynamic_session(const dynamic_session&) = delete;
    dynamic_session& operator=(const dynamic_session&) = delete;
    virtual ~dynamic_session() = default;

    const std::vector<tensor_spec>& specs() const { return specs_; }
    /// Of the temporary memory that its calls need.
    std::int64_t arena_bytes() const { return arena_bytes_; }
    std::int64_t input_bytes() const {
        std::int64_t bytes = 0;
        for (const tensor_spec& spec : specs_) bytes += plan_parts::aligned(spec.bytes());
        return bytes;
    }
    virtual graph_view graph() const = 0;
    /// Those that the module uses or has created, in the order in which it met them.
    std::span<const variable_pointer> variables() const { return variables_; }

    dynamic_call& call_for(std::span<const int> asked, std::span<const std::string> names) {
        if (last_ != nullptr && last_->is_for(asked)) return *last_;
        for (const auto& call : calls_)
            if (call->is_for(asked)) return *(last_ = call.get());
        calls_.push_back(make_call(asked, names));
        return *(last_ = calls_.back().get());
    }

protected:
    virtual std::unique_ptr<dynamic_call> make_call(std::span<const int> asked, std::span<const std::string> names) = 0;

    std::vector<tensor_spec> specs_;
    std::int64_t arena_bytes_ = 0;
    std::vector<variable_pointer> variables_;

private:
    std::vector<std::unique_ptr<dynamic_call>> calls_;
    dynamic_call* last_ = nullptr;
};

std::unique_ptr<dynamic_session> make_session(const built_module& built, const std::vector<tensor_spec>& specs,
                                              const session_variables& variables);

/// Throws an `op_uncompiled` model_error if the outputs depend on an op that the program has no code for.
void refuse_uncompiled(const graph_builder& builder, std::span<const int> outputs);

}  // namespace ambit::registry_parts
