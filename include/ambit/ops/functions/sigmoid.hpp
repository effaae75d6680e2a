// SPDX-License-Identifier: BSL-1.0
// The logistic function 1 / (1 + exp(-x)) of each element.
//
//     tensor gate = sigmoid(h);
#pragma once

#include <ambit/math/exponentials.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct sigmoid_op : floating_unary_op {
    static constexpr std::string_view name = "sigmoid";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true, interleaves = true;
    template <class V> static constexpr V apply(const V& x) { return math::logistic_of(x); }
};
inline constexpr op_info sigmoid_info = describe<sigmoid_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::sigmoid_info> {
    using type = op_parts::sigmoid_op;
};

constexpr tensor sigmoid(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::sigmoid_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void sigmoid_op::gradient(gradient_call& call) {
    const tensor y = call.result();
    const tensor slope = sub(y, mul(y, y));
    call.give(0, mul(call.upstream(), slope));
}

}  // namespace ambit::op_parts
