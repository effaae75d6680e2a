// SPDX-License-Identifier: BSL-1.0
// One step of training as an operation: gradients of a loss, and what an optimizer makes of each variable.
//
//     return {logits, loss, minimize(s, loss, adam{.learning_rate = 1e-3})};
//
// The step runs the `updates` collection too, and applies each variable's constraint. Of a table that is looked up,
// and nothing else, it reads and changes the rows that were, with an optimizer that can (optim/optimizer.hpp).
#pragma once

#include <ambit/autodiff/gradients.hpp>
#include <ambit/graph/collect.hpp>
#include <ambit/graph/variable_list.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/optimizer.hpp>
#include <ambit/optim/touched_rows.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE {

/// What is done to gradients before an optimizer sees them.
struct gradient_clipping {
    enum class by { nothing, value, norm, global_norm };

    constexpr gradient_clipping() = default;
    constexpr gradient_clipping(by how, double largest) : kind(how), limit(largest) {}
    template <class Other>
        requires(std::is_arithmetic_v<Other> || core_parts::text_like<Other>)
    AMBIT_REFUSES(
        "say how gradients are clipped: {.clip = clip_by_global_norm(5)}, clip_by_norm or "
        "clip_by_value") constexpr gradient_clipping(Other) {}

    by kind = by::nothing;
    double limit = 0;
};

/// Each element within [-limit, limit].
///
///     operation train = minimize(s, loss, sgd{.learning_rate = 0.1}, {.clip = clip_by_value(1)});
constexpr gradient_clipping clip_by_value(double limit) { return {gradient_clipping::by::value, limit}; }
/// Each gradient scaled down to a Euclidean norm of at most `limit`; all NaN if its norm is infinite or NaN.
///
///     operation train = minimize(s, loss, sgd{.learning_rate = 0.1}, {.clip = clip_by_norm(1)});
constexpr gradient_clipping clip_by_norm(double limit) { return {gradient_clipping::by::norm, limit}; }
/// All gradients scaled down alike, so that together they have at most that norm; all NaN if it is
/// infinite or NaN. Source: R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural
/// networks", 2013.
///
///     operation train = minimize(s, loss, adam{.learning_rate = 1e-3}, {.clip = clip_by_global_norm(5)});
constexpr gradient_clipping clip_by_global_norm(double limit) { return {gradient_clipping::by::global_norm, limit}; }

struct minimize_options {
    /// `{weights, biases}`, `s.trainable_variables("generator")`: each is trained once; not said: all trainable ones.
    graph_parts::variables_option variables = graph_parts::variables_option::not_said();
    AMBIT_NO_OPTION(var_list, "the option is .variables = s.trainable_variables()")
    scope_parts::option<variable> global_step = {};  ///< counts steps: an int32, int64 or float64 scalar
    gradient_clipping clip = {};
    std::string_view name = {};
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// Whether a dtype counts steps: float32 would stand still at 2^24, uint8 begin again after 255.
constexpr bool may_count(dtype type) { return type == dtype::int32 || type == dtype::int64 || type == dtype::float64; }

/// What holds the options of an optimizer of these variables; none if none of them is trained.
constexpr dtype narrowest_of(const core_parts::buffer<variable>& variables) {
    dtype found = dtype::none;
    for (const variable& v : variables)
        if (found != dtype::float32 && is_floating(v.dtype())) found = v.dtype();
    return found;
}

/// Scalars: the largest magnitude of a gradient, and Σ (gradient / divisor)².
constexpr tensor peak_of_all(const tensor& gradient) { return reduce_max(abs(gradient)); }
constexpr tensor squares_of(const tensor& gradient, const tensor& divisor) {
    return reduce_sum(square(div(gradient, divisor)));
}

/// How gradients become as long as `limit` where they are longer: each divided, then multiplied. Two steps, since their
/// length may be too large for the dtype where they are not.
struct shortening {
    tensor divisor, factor;

    constexpr tensor of(const tensor& gradient) const { return mul(div(gradient, divisor), factor); }
};

/// From the peak of the gradients and the sum of the squares of what `divisor_of` leaves of them. A length that is
/// infinite or NaN makes them all NaN, so that it is seen.
constexpr shortening shorten_to(double limit, const tensor& peak, const tensor& squares) {
    const tensor divisor = divisor_of(peak);
    const tensor root = root_of(squares);
    // Zero is never too long, whatever stands for its root.
    const tensor exceeds = greater(mul(root, divisor), limit);
    const tensor is_long = logical_and(exceeds, greater(peak, 0));
    const tensor factor = where(is_long, div(limit, root), 1);
    return {where(is_long, divisor, 1), where(less(root, math::infinity), factor, math::not_a_number)};
}

constexpr tensor largest_of(const buffer<tensor>& gradients) {
    tensor peak = peak_of_all(gradients[0]);
    for (int i = 1; i < gradients.size(); ++i) peak = maximum(peak, peak_of_all(gradients[i]));
    return peak;
}

/// The rule knows what of a gradient is elsewhere.
constexpr void clip_gradients(buffer<tensor>& gradients, const gradient_clipping& clip,
                              const graph_parts::update_rule& rule) {
    using by = gradient_clipping::by;
    shortening all;
    if (clip.kind == by::global_norm) {
        const tensor peak = rule.largest(largest_of(gradients)), divisor = divisor_of(peak);
        tensor squares = squares_of(gradients[0], divisor);
        for (int i = 1; i < gradients.size(); ++i) squares = add(squares, squares_of(gradients[i], divisor));
        all = shorten_to(clip.limit, peak, rule.total(squares));
    }
    for (tensor& gradient : gradients) {
        if (clip.kind == by::value) gradient = ambit::clip(gradient, -clip.limit, clip.limit);
        if (clip.kind == by::norm) {
            const tensor peak = rule.largest(peak_of_all(gradient));
            const tensor squares = rule.total(squares_of(gradient, divisor_of(peak)));
            gradient = shorten_to(clip.limit, peak, squares).of(gradient);
        }
        if (clip.kind == by::global_norm) gradient = all.of(gradient);
    }
}

/// What an optimizer computes once for all variables of a dtype.
template <class Optimizer> struct prepared_scales {
    constexpr void prepare(const Optimizer&, step_call&, dtype) {}
    constexpr tensor apply(const Optimizer& optimizer, const update_call& call) const { return optimizer.apply(call); }
};
template <class Optimizer>
    requires requires(const Optimizer& optimizer, step_call& step) { optimizer.prepare(step, dtype::float32); }
struct prepared_scales<Optimizer> {
    using scales = decltype(std::declval<const Optimizer&>().prepare(std::declval<step_call&>(), dtype::float32));
    std::optional<scales> of_float, of_double;

    constexpr std::optional<scales>& of(dtype type) { return type == dtype::float64 ? of_double : of_float; }
    constexpr void prepare(const Optimizer& optimizer, step_call& step, dtype type) {
        if (!of(type)) of(type) = optimizer.prepare(step, type);
    }
    constexpr tensor apply(const Optimizer& optimizer, const update_call& call) {
        return optimizer.apply(call, *of(call.variable().dtype()));
    }
};

/// Whether an optimizer changes nothing but the rows that have a gradient.
template <class Optimizer> constexpr bool updates_rows(const Optimizer& optimizer) {
    if constexpr (requires { optimizer.updates_rows(); }) return optimizer.updates_rows();
    else return false;
}

/// Leaves of gradients by tables that were looked up the rows alone; where they stand, by variable, of no graph where
/// all of it changes. Empty if no variable has such rows.
constexpr buffer<tensor> take_rows(const core_parts::buffer<variable>& variables, buffer<tensor>& gradients) {
    buffer<tensor> rows;
    for (int i = 0; i < variables.size(); ++i) {
        const graph_builder& builder = *gradients[i].builder();
        if (builder.is_inert(gradients[i].id()) || builder.constraint_of(variables[i].id()).is_none == 0) continue;
        const touched_rows touched = touched_rows_of(variables[i], gradients[i]);
        if (touched.empty()) continue;
        rows.resize(variables.size());
        rows[i] = touched.indices;
        gradients[i] = touched.gradient;
    }
    return rows;
}

/// Assigns to each variable that has a gradient what `next_of(variable, gradient, rows)` makes of it, of its part, or
/// of these rows.
template <class Next>
constexpr void update_variables(step_call& step, const core_parts::buffer<variable>& variables,
                                const buffer<tensor>& gradients, const buffer<tensor>& rows,
                                const graph_parts::update_rule::places& places, const Next& next_of) {
    graph_builder& builder = step.builder();
    const auto does_assign = [&](const variable& v, tensor next) {
        if (const constraint kept = builder.constraint_of(v.id()); kept.is_none == 0)
            next = kept.apply(next, kept.parameter);
        step.does(assign(v, next));
    };
    const graph_parts::update_rule& rule = builder.update_rule();
    core_parts::buffer<variable> updated;
    buffer<tensor> parts, before;
    graph_parts::update_rule::places places_of_parts;
    for (int i = 0; i < variables.size(); ++i) {
        if (builder.is_inert(gradients[i].id())) continue;
        const tensor rows_of_it = i < rows.size() ? rows[i] : tensor();
        const tensor next = next_of(variables[i], gradients[i], rows_of_it);
        if (!rule.has_parts) {
            does_assign(variables[i], with_rows(variables[i], rows_of_it, next));
            continue;
        }
        updated.push_back(variables[i]);
        parts.push_back(next);
        before.push_back(variables[i]);
        places_of_parts.push_back(places[i]);
    }
    if (rule.has_parts) rule.wholes(parts, before, places_of_parts);
    for (int i = 0; i < updated.size(); ++i) does_assign(updated[i], parts[i]);
}

/// What `minimize` takes: an optimizer has a name, and says what a variable becomes, from what it has prepared or
/// without.
template <class T>
concept optimizer_of_variables = requires(const T& optimizer, const update_call& call) {
    std::string_view(T::name);
    requires requires { optimizer.apply(call); } ||
                 requires(step_call& step) { optimizer.apply(call, optimizer.prepare(step, dtype::float32)); };
};

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// Mistakes are those of `gradients`: a loss that is no scalar, a trainable variable that it does not depend on, no
/// variable at all, one of another graph; and options out of their ranges.
///
///     operation train = minimize(s, loss, adam{.learning_rate = 1e-3});
template <op_parts::optimizer_of_variables Optimizer>
constexpr operation minimize(scope& s, const tensor& loss, const Optimizer& optimizer,
                             const minimize_options& options = {}, const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    graph_builder& builder = *s.builder();
    const std::string_view called = options.name.empty() ? std::string_view("minimize") : options.name;
    if (refused_parts::is_without_graph({loss})) {
        static_cast<void>(refused_parts::without_graph({loss}));
        return builder.nothing();
    }
    if (!builder.may_be_named(options.name, at) || !builder.may_assign(called, at)) return builder.nothing();
    if (loss.builder() != &builder) {
        builder.refuse_call(mistake::foreign_tensor, called, "the loss is of another graph", at);
        return builder.nothing();
    }
    // Not a conditional expression: g++ 12 destroys its buffer too early in constant evaluation.
    core_parts::buffer<variable> asked;
    if (options.variables) asked = *options.variables;
    else asked = graph_parts::met_trainable_variables(builder);
    if (!graph_parts::is_list_of_own(builder, asked, called, at)) return builder.nothing();
    graph_parts::option_ranges ranges(builder, Optimizer::name, at, op_parts::narrowest_of(asked));
    if constexpr (requires { optimizer.state_ranges(ranges); }) optimizer.state_ranges(ranges);
    if (options.clip.kind != gradient_clipping::by::nothing) ranges.from("clip", options.clip.limit, 0);
    if (!ranges.all_fit()) return builder.nothing();
    if (options.global_step && !op_parts::may_count((*options.global_step).dtype())) {
        builder.refuse_call(mistake::op_dtype, called,
                            "global_step counts in int32, int64 or float64: float32 would stop at 2^24", at);
        return builder.nothing();
    }
    const graph_parts::uncounted_ops way_back(builder);
    const core_parts::buffer<variable> variables = graph_parts::each_once(builder, asked);
    const graph_parts::update_rule& rule = builder.update_rule();
    step_call step(builder, builder.scopes().scope_at(s.handle().record()).prefix, Optimizer::name, at);

    // Before the gradients: what all updates share is there when the first gradient is, so that an update can be the
    // end of the kernel that computes its gradient.
    op_parts::prepared_scales<Optimizer> prepared;
    auto names = s.name_scope(Optimizer::name, at);
    const core_parts::short_text prefix = names.name();
    for (const variable& v : variables)
        if (rule.updates && is_floating(v.dtype())) prepared.prepare(optimizer, step, v.dtype());
    names.close();

    core_parts::buffer<tensor> by;
    if (!variables.empty()) by = graph_parts::gradients_by(loss, variables, at);
    auto names_again = s.name_scope(prefix, at);
    graph_parts::update_rule::places places;
    if (!by.empty()) rule.gradients(by, places);
    if (rule.updates) {
        core_parts::buffer<tensor> rows;
        if (!rule.has_parts && op_parts::updates_rows(optimizer)) rows = op_parts::take_rows(variables, by);
        if (!by.empty()) op_parts::clip_gradients(by, options.clip, rule);
        const auto next_of = [&](const variable& v, const tensor& gradient, const tensor& rows_of_it) {
            const tensor value = rows_of_it.builder() == nullptr ? rule.part_of(v) : op_parts::at_rows(v, rows_of_it);
            return prepared.apply(optimizer, {step, v, value, gradient, Optimizer::name, at, rows_of_it});
        };
        op_parts::update_variables(step, variables, by, rows, places, next_of);
        if (options.global_step) {
            step.does(assign_add(*options.global_step, 1));
            (*options.global_step).store()->counts_steps((*options.global_step).id());
        }
    } else {
        for (const tensor& gradient : by)
            if (!builder.is_inert(gradient.id())) step.does(operation(&builder, gradient.id()));
    }
    names_again.close();
    core_parts::buffer<operation> all = step.operations();
    for (const operation& update : s.root().updates()) all.push_back(update);
    return builder.group(all, {called}, at);
}

namespace refused_parts {

struct no_optimizer {
    template <class Other>
    AMBIT_REFUSES(
        "the third argument is an optimizer: minimize(s, loss, adam{.learning_rate = 0.001}), sgd, momentum; "
        "one of your own has a name and apply(const update_call&)")
    constexpr no_optimizer(const Other&) {}
};
struct loss_without_optimizer {
    AMBIT_REFUSES("an optimizer is missing: minimize(s, loss, adam{.learning_rate = 0.001})")
    constexpr loss_without_optimizer(const tensor&) {}
};
struct loss_without_scope : tensor {
    AMBIT_REFUSES("the scope comes first: minimize(s, loss, adam{})")
    constexpr loss_without_scope(const tensor& loss) : tensor(loss) {}
};

}  // namespace refused_parts

constexpr operation minimize(scope& s, const tensor&, const refused_parts::no_optimizer&,
                             const minimize_options& = {}) {
    return s.builder()->nothing();
}
template <op_parts::optimizer_of_variables Optimizer>
AMBIT_REFUSES("the loss comes before the optimizer: minimize(s, loss, adam{})")
constexpr operation minimize(scope& s, const Optimizer&, const tensor&, const minimize_options& = {}) {
    return s.builder()->nothing();
}
constexpr operation minimize(scope& s, const refused_parts::loss_without_optimizer&) { return s.builder()->nothing(); }
template <op_parts::optimizer_of_variables Optimizer>
constexpr operation minimize(const refused_parts::loss_without_scope& loss, const Optimizer&,
                             const minimize_options& = {}) {
    return loss.builder()->nothing();
}

}  // namespace ambit
