// SPDX-License-Identifier: BSL-1.0
// Inverse trigonometric functions: asin, acos, atan of each element, and atan2 of pairs, all in radians.
//
//     tensor heading = atan2(y, x);
#pragma once

#include <ambit/math/inverse_math.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// The angle whose sine is each element, from -π/2 to π/2; NaN beyond 1
struct asin_op : floating_unary_op {
    static constexpr std::string_view name = "asin";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::asin_of(x); }
};
inline constexpr op_info asin_info = describe<asin_op>();

/// The angle whose cosine is each element, from 0 to π; NaN beyond 1
struct acos_op : floating_unary_op {
    static constexpr std::string_view name = "acos";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::acos_of(x); }
};
inline constexpr op_info acos_info = describe<acos_op>();

/// The angle whose tangent is each element, from -π/2 to π/2
struct atan_op : floating_unary_op {
    static constexpr std::string_view name = "atan";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) { return math::atan_of(x); }
};
inline constexpr op_info atan_info = describe<atan_op>();

/// The angle of the point (x, y) for each pair of elements, from -π to π
struct atan2_op : floating_binary_op {
    static constexpr std::string_view name = "atan2";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& y, const V& x) { return math::atan2_of(y, x); }
};
inline constexpr op_info atan2_info = describe<atan2_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::asin_info> {
    using type = op_parts::asin_op;
};
template <> struct op_of<&op_parts::acos_info> {
    using type = op_parts::acos_op;
};
template <> struct op_of<&op_parts::atan_info> {
    using type = op_parts::atan_op;
};
template <> struct op_of<&op_parts::atan2_info> {
    using type = op_parts::atan2_op;
};

constexpr tensor asin(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::asin_info, {x}, no_attributes{}, options, at);
}

constexpr tensor acos(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::acos_info, {x}, no_attributes{}, options, at);
}

constexpr tensor atan(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::atan_info, {x}, no_attributes{}, options, at);
}

constexpr tensor atan2(const graph_parts::operand& y, const graph_parts::operand& x, const op_options& options,
                       const location& at) {
    return graph_parts::make_binary_op(op_parts::atan2_info, y, x, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// 1 / √(1 - x²), without what the square would round away near 1.
constexpr tensor slope_of_arc(const tensor& x) {
    const tensor below = sub(1, x), above = add(1, x);
    return rsqrt(mul(below, above));
}

constexpr void asin_op::gradient(gradient_call& call) {
    call.give(0, mul(call.upstream(), slope_of_arc(call.operand(0))));
}
constexpr void acos_op::gradient(gradient_call& call) {
    const tensor rise = mul(call.upstream(), slope_of_arc(call.operand(0)));
    call.give(0, neg(rise));
}
constexpr void atan_op::gradient(gradient_call& call) {
    const tensor squared = add(square(call.operand(0)), 1);
    call.give(0, div(call.upstream(), squared));
}
constexpr void atan2_op::gradient(gradient_call& call) {
    const tensor y = call.operand(0), x = call.operand(1);
    const tensor squares_of_y = square(y), squares_of_x = square(x);
    const tensor turn = div(call.upstream(), add(squares_of_y, squares_of_x));
    if (call.wants(0)) call.give(0, sum_to(mul(turn, x), y.shape()));
    if (call.wants(1)) {
        const tensor back = mul(turn, y);
        call.give(1, sum_to(neg(back), x.shape()));
    }
}

}  // namespace ambit::op_parts
