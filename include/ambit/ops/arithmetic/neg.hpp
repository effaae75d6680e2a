// SPDX-License-Identifier: BSL-1.0
// -x of each element; for every dtype but uint8 and bool.
//
//     tensor opposite = -x;
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct neg_op : unary_op {
    static constexpr std::string_view name = "neg";
    static constexpr void gradient(gradient_call& call);
    static constexpr inferred infer(const op_call& call) {
        if (call.type(0) == dtype::uint8)
            return refuses(mistake::op_dtype, "an unsigned operand has no negative", call.operand(0));
        return unary_op::infer(call);
    }
    template <class V> static constexpr V apply(const V& x) {
        using math::negate;
        return negate(x);
    }
};
inline constexpr op_info neg_info = describe<neg_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::neg_info> {
    using type = op_parts::neg_op;
};

constexpr tensor neg(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::neg_info, {x}, no_attributes{}, options, at);
}

constexpr tensor operator-(const graph_parts::operand& x) {
    return make_op(op_parts::neg_info, {x.value()}, no_attributes{}, {}, x.at());
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void neg_op::gradient(gradient_call& call) { call.give(0, neg(call.upstream())); }

}  // namespace ambit::op_parts
