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

/// A graph, its layout, memory, and the calls made of it so far.
class dynamic_session {
public:
    dynamic_session() = default;
    dynamic_session(const dynamic_session&) = delete;
    dynamic_session& operator=(const dynamic_session&) = delete;
    virtual ~dynamic_session() = default;

    const std::vector<tensor_spec>& specs() const { return specs_; }
    /// Temporary memory. What one session has computed may be an argument of another one, so each has its own.
    std::int64_t arena_bytes() const { return arena_bytes_; }
    std::byte* arena() const { return arena_.get(); }
    virtual graph_view graph() const = 0;
    /// All that the registry had then; those that the module uses or has created.
    std::span<const variable_pointer> variables() const { return variables_; }
    const std::vector<bool>& used_variables() const { return is_used_; }

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
    model_parts::aligned_bytes arena_;
    std::vector<variable_pointer> variables_;
    std::vector<bool> is_used_;

private:
    std::vector<std::unique_ptr<dynamic_call>> calls_;
    dynamic_call* last_ = nullptr;
};

/// `addresses` says where each of the variables lies.
std::unique_ptr<dynamic_session> make_session(const built_module& built, const std::vector<tensor_spec>& specs,
                                              const std::vector<std::byte*>& addresses);

/// Throws an `op_uncompiled` model_error if the outputs depend on an op that the program has no code for.
void refuse_uncompiled(const graph_builder& builder, std::span<const int> outputs);

}  // namespace ambit::registry_parts
