// SPDX-License-Identifier: BSL-1.0
// The magnitude of each element.
//
//     tensor magnitude = abs(x);
#pragma once

#include <ambit/math/constexpr_math.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/comparison/where_greater.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct abs_op : unary_op {
    static constexpr std::string_view name = "abs";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& x) {
        using math::abs;
        return abs(x);
    }
};
inline constexpr op_info abs_info = describe<abs_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::abs_info> {
    using type = op_parts::abs_op;
};

constexpr tensor abs(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::abs_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void abs_op::gradient(gradient_call& call) {
    const tensor above = where_greater(call.operand(0), 0, call.upstream());
    const tensor below = where_greater(0, call.operand(0), call.upstream());
    call.give(0, sub(above, below));
}

}  // namespace ambit::op_parts
