// SPDX-License-Identifier: BSL-1.0
// The integer next to each element: floor below it, ceil above it, round the nearest, the even one of two (as NumPy's
// and TensorFlow's); and its sign, -1, 0 or 1. NaN stays NaN.
//
//     tensor cells = floor(x * 8);
//
// All of them are flat but for steps: no gradient passes, and none is missed.
#pragma once

#include <ambit/core/lane_math.hpp>
#include <ambit/ops/op.hpp>

namespace ambit {

struct floor_op : floating_unary_op {
    static constexpr std::string_view name = "floor";
    static constexpr void gradient(gradient_call&) {}
    template <class V> static constexpr V apply(const V& x) {
        using math::floor;
        return floor(x);
    }
};
inline constexpr op_info floor_info = describe<floor_op>();
template <> struct op_of<&floor_info> {
    using type = floor_op;
};

struct ceil_op : floating_unary_op {
    static constexpr std::string_view name = "ceil";
    static constexpr void gradient(gradient_call&) {}
    template <class V> static constexpr V apply(const V& x) {
        using math::ceil;
        return ceil(x);
    }
};
inline constexpr op_info ceil_info = describe<ceil_op>();
template <> struct op_of<&ceil_info> {
    using type = ceil_op;
};

struct round_op : floating_unary_op {
    static constexpr std::string_view name = "round";
    static constexpr void gradient(gradient_call&) {}
    template <class V> static constexpr V apply(const V& x) {
        using math::nearbyint;
        return nearbyint(x);
    }
};
inline constexpr op_info round_info = describe<round_op>();
template <> struct op_of<&round_info> {
    using type = round_op;
};

/// Of integers, too.
struct sign_op : unary_op {
    static constexpr std::string_view name = "sign";
    static constexpr void gradient(gradient_call&) {}
    template <class V> static constexpr V apply(const V& x) {
        using math::select;
        using T = math::element_of_t<V>;
        const V above = select(x > V(T(0)), V(T(1)), V(T(0)));
        if constexpr (std::is_unsigned_v<T>) return above;
        else return select(x == x, select(x < V(T(0)), V(T(-1)), above), x);
    }
};
inline constexpr op_info sign_info = describe<sign_op>();
template <> struct op_of<&sign_info> {
    using type = sign_op;
};

constexpr tensor floor(const tensor& x, const op_options& options = {}, const location& at = location::current()) {
    return make_op(floor_info, {x}, no_attributes{}, options, at);
}
constexpr tensor ceil(const tensor& x, const op_options& options = {}, const location& at = location::current()) {
    return make_op(ceil_info, {x}, no_attributes{}, options, at);
}
constexpr tensor round(const tensor& x, const op_options& options = {}, const location& at = location::current()) {
    return make_op(round_info, {x}, no_attributes{}, options, at);
}
constexpr tensor sign(const tensor& x, const op_options& options = {}, const location& at = location::current()) {
    return make_op(sign_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit
