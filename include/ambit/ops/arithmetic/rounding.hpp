// SPDX-License-Identifier: BSL-1.0
// The integer next to each element: floor below it, ceil above it, round the nearest, the even one of two (as NumPy's
// and TensorFlow's). NaN stays NaN; a zero keeps its sign.
//
//     tensor cells = floor(x * 8);
//
// All of them are flat but for steps: no gradient passes, and none is missed.
#pragma once

#include <ambit/math/lane_math.hpp>
#include <ambit/ops/arithmetic.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// The largest integer not above each element.
struct floor_op : floating_unary_op {
    static constexpr std::string_view name = "floor";
    static constexpr void gradient(gradient_call&) {}
    template <class V> static constexpr V apply(const V& x) {
        using math::floor;
        return math::with_sign_of(x, V(floor(x)));
    }
};
inline constexpr op_info floor_info = describe<floor_op>();

/// The least integer not below each element.
struct ceil_op : floating_unary_op {
    static constexpr std::string_view name = "ceil";
    static constexpr void gradient(gradient_call&) {}
    template <class V> static constexpr V apply(const V& x) {
        using math::ceil;
        return math::with_sign_of(x, V(ceil(x)));
    }
};
inline constexpr op_info ceil_info = describe<ceil_op>();

/// The integer nearest to each element, the even one of two.
struct round_op : floating_unary_op {
    static constexpr std::string_view name = "round";
    static constexpr void gradient(gradient_call&) {}
    template <class V> static constexpr V apply(const V& x) {
        using math::nearbyint;
        return nearbyint(x);
    }
};
inline constexpr op_info round_info = describe<round_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::floor_info> {
    using type = op_parts::floor_op;
};
template <> struct op_of<&op_parts::ceil_info> {
    using type = op_parts::ceil_op;
};
template <> struct op_of<&op_parts::round_info> {
    using type = op_parts::round_op;
};

constexpr tensor floor(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::floor_info, {x}, no_attributes{}, options, at);
}

constexpr tensor ceil(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::ceil_info, {x}, no_attributes{}, options, at);
}

constexpr tensor round(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::round_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit
