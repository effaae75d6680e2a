// SPDX-License-Identifier: BSL-1.0
// How a loss changes with variables: from graph to graph, backwards through the gradient rule of each op.
//
//     buffer<tensor> by = gradients(loss, s.trainable_variables("encoder"));
//
// A value that is used twice gets the sum of both gradients, and so does a variable that is shared. The ops are named
// below `gradients/`. Gradients are tensors like others, and have gradients where the rules do. They go through scans:
// the way back is a loop, too.
#pragma once

#include <ambit/autodiff/backward_pass.hpp>
#include <ambit/core/list_view.hpp>
#include <ambit/graph/uncounted_ops.hpp>
#include <ambit/graph/variable_list.hpp>

#include <array>
#include <concepts>
#include <initializer_list>
#include <span>

namespace AMBIT_NAMESPACE::graph_parts {

/// The gradients by each variable of a list: see `gradients`.
constexpr buffer<tensor> gradients_by(const tensor& loss, list_view<variable> variables,
                                      const std::source_location& at) {
    graph_builder* const builder = loss.builder();
    buffer<tensor> all;
    if (builder == nullptr) {
        all.resize(static_cast<int>(variables.size()), refused_parts::without_graph({loss}));
        return all;
    }
    const line_of_call here(loss, at);
    const place asked_at = builder->log().line_of(at);
    const bool is_right = loss.shape().rank() == 0 && is_floating(loss.dtype()) && builder->is_visible(loss.id());
    if (!builder->is_visible(loss.id())) {
        builder->log().begin_report(mistake::body_value).add(detail_tag::op, loss.op_name());
        builder->log().report_in_progress().add(detail_tag::asked_at, asked_at);
        builder->log().settle();
    } else if (!is_right && !builder->is_inert(loss.id())) {
        builder->log().begin_report(mistake::gradient_loss).add(detail_tag::op, loss.op_name());
        builder->log().report_in_progress().add(detail_tag::had, loss.spec());
        builder->log().report_in_progress().add(detail_tag::asked_at, asked_at);
        builder->log().settle();
    }
    const bool is_known = is_right && !builder->is_inert(loss.id());
    if (!is_known || !is_list_of_own(*builder, variables, "gradients", at)) {
        for (const variable& v : variables)
            all.push_back(builder->inert(v.store() == nullptr ? loss.spec() : v.spec()));
        if (variables.empty()) all.push_back(builder->inert(loss.spec()));  // so that [0] says no more than that
        return all;
    }
    const uncounted_ops way_back(*builder);
    const name_scope names(&builder->scopes(),
                           builder->scopes().open_name_scope(builder->scopes().innermost_scope(), "gradients", at));
    backward_pass back(*builder, loss, variables, asked_at);
    const int mistakes_before = builder->mistakes().size();
    back.run(builder->constant(1, loss.dtype()));
    const bool is_through = builder->mistakes().size() == mistakes_before;
    buffer<variable> missing;
    buffer<int> first;  // of each variable, where it stands in the list
    first.resize(builder->variable_count(), -1);
    for (const variable& v : variables) {
        if (v.id() >= 0 && first[v.id()] >= 0) {
            all.push_back(all[first[v.id()]]);
            continue;
        }
        if (v.id() >= 0) first[v.id()] = all.size();
        tensor by = back.by(v);
        if (by.builder() == nullptr) {
            if (v.id() >= 0 && is_through) missing.push_back(v);
            by = builder->inert(v.spec());
        } else {
            builder->note_gradient(v);
        }
        all.push_back(by);
    }
    if (!missing.empty()) back.report_missing(missing);
    return all;
}

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

/// d loss / d variable for each variable, in order; one that is listed twice has one gradient, given twice. The
/// loss is a float32 or float64 scalar. A variable that the loss does not depend on, or only through what passes no
/// gradient (integers, masks, `stop_gradient`, `round`), an op without a gradient rule on the way to one, an empty
/// list and a variable of another graph are mistakes. A way that is cut does not matter where another one leads.
constexpr core_parts::buffer<tensor> gradients(const tensor& loss, std::span<const variable> variables,
                                               const std::source_location& at = std::source_location::current()) {
    return graph_parts::gradients_by(loss, variables, at);
}
constexpr core_parts::buffer<tensor> gradients(const tensor& loss, const core_parts::buffer<variable>& variables,
                                               const std::source_location& at = std::source_location::current()) {
    return graph_parts::gradients_by(loss, variables, at);
}
constexpr core_parts::buffer<tensor> gradients(const tensor& loss, std::initializer_list<variable> variables,
                                               const std::source_location& at = std::source_location::current()) {
    return graph_parts::gradients_by(loss, {variables.begin(), variables.size()}, at);
}

AMBIT_REFUSES("the variables are a list: gradients(loss, s.trainable_variables()), of one gradients(loss, {v})")
constexpr std::array<tensor, 1> gradients(const tensor& loss, const variable&) {
    return {loss};
}
AMBIT_REFUSES("the variables are missing: gradients(loss, s.trainable_variables())")
constexpr std::array<tensor, 1> gradients(const tensor& loss) {
    return {loss};
}
template <std::same_as<tensor> Tensor>
AMBIT_REFUSES("gradients are those of variables: gradients(loss, s.trainable_variables())")
constexpr std::array<tensor, 1> gradients(const tensor& loss, const Tensor&) {
    return {loss};
}

}  // namespace ambit
