// SPDX-License-Identifier: BSL-1.0
// The error function of each element, 2/√π times the integral of e^(-t²) from 0 to x.
//
//     tensor share = 0.5 * (1 + erf(x / 1.4142135623730951));       // of a normal distribution below x
#pragma once

#include <ambit/math/normal_share.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct erf_op : floating_unary_op {
    static constexpr std::string_view name = "erf";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true, interleaves = true;
    template <class V> static constexpr V apply(const V& x) { return math::erf_of(x); }
};
inline constexpr op_info erf_info = describe<erf_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::erf_info> {
    using type = op_parts::erf_op;
};

constexpr tensor erf(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::erf_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void erf_op::gradient(gradient_call& call) {
    const tensor exponent = neg(square(call.operand(0)));
    const tensor slope = mul(exp(exponent), 1.1283791670955126);  // 2/√π
    call.give(0, mul(call.upstream(), slope));
}

}  // namespace ambit::op_parts
