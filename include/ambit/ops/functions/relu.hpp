// SPDX-License-Identifier: BSL-1.0
// max(x, 0) of each element; NaN stays NaN.
//
//     tensor h = relu(matmul(x, weights) + biases);
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/comparison/where_greater.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct relu_op : unary_op {
    static constexpr std::string_view name = "relu";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& x) {
        using math::max;
        return math::max_of(V(0), x);  // max answers its second argument where the two are not ordered: NaN stays
    }
};
inline constexpr op_info relu_info = describe<relu_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::relu_info> {
    using type = op_parts::relu_op;
};

constexpr tensor relu(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::relu_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void relu_op::gradient(gradient_call& call) {
    call.give(0, where_greater(call.result(), 0, call.upstream()));
}

}  // namespace ambit::op_parts
