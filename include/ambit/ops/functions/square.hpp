// SPDX-License-Identifier: BSL-1.0
// x * x of each element, and (a - b)² of two; integers wrap around.
//
//     tensor error = squared_difference(y, label);
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct square_op : unary_op {
    static constexpr std::string_view name = "square";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& x) {
        using math::wrapping_mul;
        return wrapping_mul(x, x);
    }
};
inline constexpr op_info square_info = describe<square_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::square_info> {
    using type = op_parts::square_op;
};

constexpr tensor square(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::square_info, {x}, no_attributes{}, options, at);
}

constexpr tensor squared_difference(const graph_parts::operand& a, const graph_parts::operand& b,
                                    const op_options& options, const location& at) {
    const tensor difference = sub(a, b, {}, at);
    return square(difference, {options.name.empty() ? "squared_difference" : options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void square_op::gradient(gradient_call& call) {
    const tensor twice = mul(call.operand(0), 2);
    call.give(0, mul(call.upstream(), twice));
}

}  // namespace ambit::op_parts
