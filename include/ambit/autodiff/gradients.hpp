// SPDX-License-Identifier: BSL-1.0
// How a loss changes with variables: from graph to graph, backwards through the gradient rule of each op.
//
//     buffer<tensor> by = gradients(loss, s.trainable_variables("encoder"));
//
// A value that is used twice gets the sum of both gradients, and so does a variable that is shared. The ops are named
// below `gradients/`. Gradients are tensors like others, and have gradients where the rules do.
#pragma once

#include <ambit/graph/gradient_call.hpp>
#include <ambit/ops/add.hpp>

#include <span>

namespace ambit {

namespace detail {

/// One way back through a graph.
class backward_pass {
public:
    constexpr backward_pass(graph_builder& builder, const tensor& loss, std::span<const variable> variables)
        : builder_(&builder), last_(loss.id()) {
        wanted_.resize(last_ + 1, false);
        sums_.resize(last_ + 1);
        for (int n = 0; n <= last_; ++n) {
            const node& it = builder.node_at(n);
            if (it.op->role == op_role::read) {
                for (const variable& v : variables) wanted_[n] = wanted_[n] || builder.value().words[it.first_word] == v.id();
            } else {
                for (int i = 0; i < it.operand_count; ++i) wanted_[n] = wanted_[n] || wanted_[builder.value().operand(n, i)];
            }
        }
    }

    constexpr void run(const tensor& upstream, const place& at) {
        if (!wanted_[last_]) return;
        sums_[last_] = upstream;
        for (int n = last_; n >= 0; --n) {
            if (!wanted_[n] || sums_[n].builder() == nullptr || builder_->node_at(n).op->role == op_role::read) continue;
            pass(n, at);
        }
    }

    /// The gradient by a variable: the sum over the places where it was read; of no graph if the loss does not reach it.
    constexpr tensor by(const variable& v) const {
        tensor total;
        for (int n = 0; n <= last_; ++n) {
            const node& it = builder_->node_at(n);
            if (it.op->role != op_role::read || builder_->value().words[it.first_word] != v.id()) continue;
            if (sums_[n].builder() != nullptr) total = total.builder() == nullptr ? sums_[n] : add(total, sums_[n]);
        }
        return total;
    }

private:
    constexpr void pass(int n, const place& at) {
        const op_info& op = *builder_->node_at(n).op;
        const int operands = builder_->node_at(n).operand_count;
        gradient_call call(*builder_, n, sums_[n], wanted_);
        if (op.is_differentiable != 0) op.gradient(call);
        else call.refuse();
        if (call.is_refused()) {
            builder_->begin_report(mistake::not_differentiable)
                .add(detail_tag::op, builder_->all_names().path(builder_->node_at(n).name));
            builder_->report_in_progress().add(detail_tag::asked_at, at);
            builder_->settle();
            return;
        }
        for (int i = 0; i < operands; ++i) {
            const int operand = builder_->value().operand(n, i);
            const tensor& given = call.given(i);
            if (!wanted_[operand] || given.builder() == nullptr) continue;
            sums_[operand] = sums_[operand].builder() == nullptr ? given : add(sums_[operand], given);
        }
    }

    graph_builder* builder_;
    int last_;
    buffer<bool> wanted_;
    buffer<tensor> sums_;
};

}  // namespace detail

/// d loss / d variable for each variable, in order. The loss is a float32 or float64 scalar. A variable that the loss
/// does not depend on, and an op without a gradient rule on the way to one, are mistakes.
constexpr buffer<tensor> gradients(const tensor& loss, std::span<const variable> variables,
                                   const std::source_location& at = std::source_location::current()) {
    graph_builder* const builder = loss.builder();
    if (builder == nullptr) refused::an_op_was_called_with_a_tensor_that_belongs_to_no_graph();
    buffer<tensor> all;
    const bool is_right = loss.shape().rank() == 0 && is_floating(loss.dtype());
    if (!is_right && !builder->is_inert(loss.id())) {
        builder->begin_report(mistake::gradient_loss).add(detail_tag::op, loss.op_name());
        builder->report_in_progress().add(detail_tag::had, loss.spec());
        builder->report_in_progress().add(detail_tag::asked_at, place(at));
        builder->settle();
    }
    if (!is_right || builder->is_inert(loss.id())) {
        for (const variable& v : variables) all.push_back(builder->inert(v.spec()));
        return all;
    }
    const name_scope names(builder, builder->open_name_scope(builder->innermost_scope(), "gradients", at));
    detail::backward_pass back(*builder, loss, variables);
    const int mistakes_before = builder->mistakes().size();
    back.run(builder->constant(1, loss.dtype()), at);
    const bool is_through = builder->mistakes().size() == mistakes_before;
    for (const variable& v : variables) {
        tensor by = back.by(v);
        if (by.builder() == nullptr) {
            if (v.id() >= 0 && is_through) {
                builder->begin_report(mistake::gradient_missing).add(detail_tag::path, builder->path_of(v.id()));
                builder->report_in_progress().add(detail_tag::first_at, builder->variable_at(v.id()).made);
                builder->report_in_progress().add(detail_tag::asked_at, place(at));
                builder->settle();
            }
            by = builder->inert(v.spec());
        } else {
            builder->note_gradient(v);
        }
        all.push_back(by);
    }
    return all;
}

constexpr buffer<tensor> gradients(const tensor& loss, const buffer<variable>& variables,
                                   const std::source_location& at = std::source_location::current()) {
    return gradients(loss, std::span<const variable>(variables.begin(), static_cast<std::size_t>(variables.size())), at);
}

}  // namespace ambit
