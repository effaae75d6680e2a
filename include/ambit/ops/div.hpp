// SPDX-License-Identifier: BSL-1.0
// a / b, elementwise with broadcasting, for float32 and float64. Division by zero is IEEE: infinite or NaN.
//
//     tensor mean = total / 32;
#pragma once

#include <ambit/ops/op.hpp>

namespace ambit {

struct div_op : binary_op {
    static constexpr std::string_view name = "div";
    static constexpr inferred infer(const op_call& call) {
        const inferred result = binary_op::infer(call);
        if (result.fault == mistake::none && !is_floating(result.result.type))
            return refuses(mistake::op_dtype, "the operands must be float32 or float64", result.result);
        return result;
    }
    template <class V> static constexpr V apply(const V& a, const V& b) { return a / b; }
};
inline constexpr op_info div_info = describe<div_op>();
template <> struct op_of<&div_info> {
    using type = div_op;
};

constexpr tensor div(const operand& a, const operand& b, const op_options& options = {},
                     const location& at = location::current()) {
    return make_binary_op(div_info, a, b, options, at);
}

/// The same for operators, which cannot know their line: a mistake names the op, its operands and the open scope.
constexpr tensor operator/(const operand& a, const operand& b) { return make_binary_op(div_info, a, b, {}, {}); }

}  // namespace ambit
