// SPDX-License-Identifier: BSL-1.0
// The same value: under another name, after some operations, or as a copy.
//
//     tensor y = identity(x, {.name = "logits"});
//     tensor loss = with_dependencies({update}, x);        // whoever asks for the loss runs the update
#pragma once

#include <ambit/ops/control.hpp>

#include <initializer_list>
#include <span>

namespace AMBIT_NAMESPACE::op_parts {

struct identity_op {
    static constexpr std::string_view name = "identity";
    static constexpr void gradient(gradient_call& call);
    static constexpr op_role role = op_role::alias;
    using attributes = no_attributes;
    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }
};
inline constexpr op_info identity_info = describe<identity_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::identity_info> {
    using type = op_parts::identity_op;
};

constexpr tensor identity(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::identity_info, {x}, no_attributes{}, options, at);
}

constexpr tensor with_dependencies(std::initializer_list<operation> operations, const tensor& x,
                                   const op_options& options, const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    return x.builder()->depend(op_parts::identity_info, x, {operations.begin(), operations.size()}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void identity_op::gradient(gradient_call& call) { call.give(0, call.upstream()); }

}  // namespace ambit::op_parts
