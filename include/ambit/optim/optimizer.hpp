// SPDX-License-Identifier: BSL-1.0
// What an optimizer is: a struct of options with a name and a function that says what a variable becomes.
//
//     struct sgd {
//         operand learning_rate = 0.01;
//         static constexpr std::string_view name = "sgd";
//         constexpr tensor apply(const update_call& call) const {
//             return call.value() - call.gradient() * learning_rate;
//         }
//     };
//
// Slots are variables named below the one they belong to, `conv1/weights/momentum/velocity`: they are saved, shared and
// listed like any other. An optimizer that has `state_ranges(option_ranges&)` says the ranges of its options. One
// with quantities that all variables share has `prepare(step_call&)`, which makes
// them once; `apply` takes the result as its second argument.
//
// Of a table of which a step looks rows up (`embedding`) an optimizer that has `updates_rows()`, and says true, sees
// those rows alone: value, gradient and what `now(slot)` reads are [rows, …] then, and the other rows and their slots
// stay what they are. So it says true if a gradient of zeros changes nothing, or if its user asked for it.
#pragma once

#include <ambit/core/refuses.hpp>
#include <ambit/graph/builder.hpp>
#include <ambit/graph/option_ranges.hpp>
#include <ambit/ops/all.hpp>

#include <string_view>

// What optimizers of other libraries have as members.
#define AMBIT_NO_STEP(name)                                                                                      \
    template <class... Arguments>                                                                                \
    AMBIT_REFUSES("a step is an operation, made by a function: operation train = minimize(s, loss, adam{})")     \
    constexpr operation(name)(const Arguments&...) const { return {}; }
#define AMBIT_NO_STEPS AMBIT_NO_STEP(minimize) AMBIT_NO_STEP(step) AMBIT_NO_STEP(apply_gradients)

namespace AMBIT_NAMESPACE {

/// One step of training: variables that count or scale with the steps, and what is to be done.
class step_call {
public:
    constexpr step_call(graph_builder& builder, int below, std::string_view optimizer, const core_parts::place& at)
        : builder_(&builder), below_(below), optimizer_(optimizer), at_(at) {}

    /// A scalar variable `<scope>/<optimizer>/<name>`, made now.
    constexpr variable state(std::string_view name, dtype type, double initial) const {
        core_parts::short_text path(optimizer_);
        path += '/';
        path += name;
        return {&builder_->variables(), builder_->variables().make_state(below_, path, {{}, type}, constant(initial),
                                                                         scope_parts::variable_role::step, at_)};
    }

    constexpr void does(const operation& update) { operations_.push_back(update); }
    constexpr const core_parts::buffer<operation>& operations() const { return operations_; }
    constexpr graph_builder& builder() const { return *builder_; }

private:
    graph_builder* builder_;
    int below_;
    std::string_view optimizer_;
    core_parts::place at_;
    core_parts::buffer<operation> operations_;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// share · value, for what is kept from step to step: by what is lost where that is less, since 1 - share is what the
/// sum over many steps follows, and of 0.999 in float32 it would be off by 1e-5.
constexpr tensor kept_of(const tensor& value, double share) {
    if (share < 0.5) return mul(value, share);
    return sub(value, mul(value, 1 - share));
}

/// What a variable holds at some rows, and all of it with others there; without rows all of it is meant.
constexpr tensor at_rows(const variable& of, const tensor& rows) {
    return rows.builder() == nullptr ? tensor(of) : gather(of, rows);
}
constexpr tensor with_rows(const variable& of, const tensor& rows, const tensor& next) {
    return rows.builder() == nullptr ? next : scatter_update(of, rows, next);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// The update of one variable in a step.
class update_call {
public:
    /// `rows` says where value and gradient stand in the variable, if they are not all of it.
    constexpr update_call(step_call& step, const ambit::variable& v, const tensor& value, const tensor& gradient,
                          std::string_view optimizer, const core_parts::place& at, const tensor& rows = {})
        : step_(&step), variable_(v), value_(value), gradient_(gradient), optimizer_(optimizer), at_(at), rows_(rows) {}

    constexpr const ambit::variable& variable() const { return variable_; }
    /// What is updated: the variable's value, one machine's part of it, or the rows that were looked up.
    constexpr const tensor& value() const { return value_; }
    constexpr const tensor& gradient() const { return gradient_; }

    /// A variable of the same shape and dtype as the value, or as all of the variable for rows,
    /// `<variable>/<optimizer>/<name>`, made now.
    constexpr ambit::variable slot(std::string_view name, double initial = 0) const {
        core_parts::short_text path(optimizer_);
        path += '/';
        path += name;
        graph_builder& builder = step_->builder();
        const int below = builder.variable_at(variable_.id()).name;
        const tensor_spec spec = rows_.builder() == nullptr ? value_.spec() : variable_.spec();
        return {&builder.variables(), builder.variables().make_state(below, path, spec, constant(initial),
                                                                     scope_parts::variable_role::slot, at_)};
    }

    /// What a slot holds where the value stands.
    constexpr tensor now(const ambit::variable& slot) const { return op_parts::at_rows(slot, rows_); }

    /// Gives a slot its next value there.
    constexpr void assign(const ambit::variable& slot, const tensor& value) const {
        step_->does(ambit::assign(slot, op_parts::with_rows(slot, rows_, value)));
    }

private:
    step_call* step_;
    ambit::variable variable_;
    tensor value_;
    tensor gradient_;
    std::string_view optimizer_;
    core_parts::place at_;
    tensor rows_;  // of no graph: all
};

}  // namespace ambit
