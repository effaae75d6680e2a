// SPDX-License-Identifier: BSL-1.0
// An op's shape rule as a value.
//
//     STATIC_REQUIRE(gives<matmul_op>({f32(2, 3), f32(3, 4)}, {}, f32(2, 4)));
//     STATIC_REQUIRE(refuses<argmax_op>({flags(3)}, {0}, mistake::op_dtype, "the operand must be a number"));
#pragma once

#include <ambit/graph/op_info.hpp>

#include <initializer_list>
#include <string_view>

namespace ambit_test {

template <class... Extent> constexpr ambit::tensor_spec f32(Extent... extents) {
    return {ambit::shape(extents...), ambit::float32};
}
template <class... Extent> constexpr ambit::tensor_spec f64(Extent... extents) {
    return {ambit::shape(extents...), ambit::float64};
}
template <class... Extent> constexpr ambit::tensor_spec i32(Extent... extents) {
    return {ambit::shape(extents...), ambit::int32};
}
template <class... Extent> constexpr ambit::tensor_spec i64(Extent... extents) {
    return {ambit::shape(extents...), ambit::int64};
}
template <class... Extent> constexpr ambit::tensor_spec u8(Extent... extents) {
    return {ambit::shape(extents...), ambit::uint8};
}
template <class... Extent> constexpr ambit::tensor_spec flags(Extent... extents) {
    return {ambit::shape(extents...), ambit::boolean};
}

template <class Op>
constexpr ambit::inferred infer(std::initializer_list<ambit::tensor_spec> operands,
                                const typename Op::attributes& attributes) {
    const auto words = ambit::core_parts::to_words(attributes);
    return Op::infer({operands.begin(), static_cast<int>(operands.size()), words.data()});
}

template <class Op>
constexpr bool gives(std::initializer_list<ambit::tensor_spec> operands,
                     const typename Op::attributes& attributes, const ambit::tensor_spec& wanted) {
    const ambit::inferred answer = infer<Op>(operands, attributes);
    return answer.fault == ambit::mistake::none && answer.rule.empty() && answer.result == wanted;
}

/// The rule is one in words, or an option with its value and range. Also after a refusal the guessed result is one that
/// later rules can work with.
template <class Op>
constexpr bool refuses(std::initializer_list<ambit::tensor_spec> operands,
                       const typename Op::attributes& attributes, ambit::mistake fault,
                       std::string_view rule) {
    const ambit::inferred answer = infer<Op>(operands, attributes);
    const bool is_said = answer.off ? answer.off.text() == rule : answer.rule == rule;
    return answer.fault == fault && is_said && answer.result.type != ambit::dtype::none;
}

}  // namespace ambit_test
