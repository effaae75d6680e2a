// SPDX-License-Identifier: BSL-1.0
// How a function that is made of several ops refuses its options: in its own name and words, as an op does.
//
//     if (axis < 0) return refuse<mistake::op_option, "the axis lies outside of the operand">(x, "cumsum", at);
//     if (const option_fault off = outside("epsilon", o.epsilon, range_of::from(0)))
//         return refuse(off, x, "layer_normalization", at);
#pragma once

#include <ambit/core/fixed_string.hpp>
#include <ambit/graph/option_ranges.hpp>
#include <ambit/ops/op.hpp>

#include <initializer_list>
#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

template <mistake Fault, fixed_string Rule> constexpr inferred always_refuses(const op_call& call) {
    return refuses(Fault, Rule.view(), call.operand(0));
}
template <mistake Fault, fixed_string Rule>
inline constexpr op_info refusal_info{"refusal", op_id("refusal"), op_role::compute, 0, &always_refuses<Fault, Rule>,
                                      nullptr};

/// A mistake of the function `name` with these operands, unless one of them comes of a mistake itself; the result, of
/// the shape of the first one, silences what reads it.
template <mistake Fault, fixed_string Rule>
constexpr tensor refuse(std::initializer_list<tensor> operands, std::string_view name, const location& at) {
    return make_op(refusal_info<Fault, Rule>, operands, no_attributes{}, {name}, at);
}
template <mistake Fault, fixed_string Rule>
constexpr tensor refuse(const tensor& x, std::string_view name, const location& at) {
    return refuse<Fault, Rule>(std::initializer_list<tensor>{x}, name, at);
}

/// The same of an option outside of its range, with its value.
constexpr tensor refuse(const option_fault& off, const tensor& x, std::string_view name, const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    option_ranges ranges(x, name, at);
    ranges.expect(off);
    return x.builder()->inert(x.spec());
}

}  // namespace ambit::op_parts
