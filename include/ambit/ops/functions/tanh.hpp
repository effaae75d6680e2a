// SPDX-License-Identifier: BSL-1.0
// Hyperbolic tangent of each element.
//
//     tensor state = tanh(h);
#pragma once

#include <ambit/math/exponentials.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct tanh_op : floating_unary_op {
    static constexpr std::string_view name = "tanh";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true, interleaves = true;
    template <class V> static constexpr V apply(const V& x) { return math::tanh_of(x); }
};
inline constexpr op_info tanh_info = describe<tanh_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::tanh_info> {
    using type = op_parts::tanh_op;
};

constexpr tensor tanh(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::tanh_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void tanh_op::gradient(gradient_call& call) {
    const tensor slope = sub(1, square(call.result()));
    call.give(0, mul(call.upstream(), slope));
}

}  // namespace ambit::op_parts
