// SPDX-License-Identifier: BSL-1.0
// Assignments: operations that give a variable another value. They happen in calls that ask for them, each once, in
// program order; a variable that is read later in the program has the new value, in those calls.
//
//     operation step = assign_add(counter, 1);
//     return {loss, group({step, train})};
//
// Shape and dtype of a variable never change.
#pragma once

#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/control.hpp>

#include <initializer_list>

namespace AMBIT_NAMESPACE::op_parts {

/// Copies a value at this point of the program, where later assignments do not reach it.
struct snapshot_op : elementwise_op {
    static constexpr std::string_view name = "snapshot";
    static constexpr void gradient(gradient_call& call);
    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }
    template <class V> static constexpr V apply(const V& x) { return x; }
};
inline constexpr op_info snapshot_info = describe<snapshot_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::snapshot_info> {
    using type = op_parts::snapshot_op;
};

constexpr operation assign(const variable& v, const graph_parts::operand& value, const op_options& options,
                           const location& at) {
    graph_builder* const builder = v.builder();
    if (builder == nullptr) refused_parts::an_op_was_called_with_a_tensor_that_belongs_to_no_graph();
    tensor given = value.value();
    if (value.is_literal() && graph_parts::is_literal_of(v.dtype(), value.literal()))
        given = builder->constant(value.literal(), v.dtype());
    else if (value.is_literal()) given = builder->literal(graph_parts::assign_info, value.literal(), v.dtype(), v, at);
    // What only stands for a variable is copied: the two may be assigned to each other.
    if (given.builder() == builder && builder->is_memory_of_a_variable(given.id()))
        given = make_op(op_parts::snapshot_info, {given}, no_attributes{}, {}, at);
    return builder->assign(v, given, options, at);
}

constexpr operation assign_add(const variable& v, const graph_parts::operand& delta, const op_options& options,
                               const location& at) {
    const tensor sum = add(v, delta, {}, at);
    return assign(v, sum, {options.name.empty() ? "assign_add" : options.name}, at);
}

constexpr operation assign_sub(const variable& v, const graph_parts::operand& delta, const op_options& options,
                               const location& at) {
    const tensor difference = sub(v, delta, {}, at);
    return assign(v, difference, {options.name.empty() ? "assign_sub" : options.name}, at);
}

constexpr operation group(std::initializer_list<operation> operations, const op_options& options, const location& at) {
    for (const operation& member : operations)
        if (member.builder() != nullptr)
            return member.builder()->group({operations.begin(), operations.size()}, options, at);
    refused_parts::an_op_was_called_with_a_tensor_that_belongs_to_no_graph();
    return {};
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void snapshot_op::gradient(gradient_call& call) { call.give(0, call.upstream()); }

}  // namespace ambit::op_parts
