// SPDX-License-Identifier: BSL-1.0
// The quotient rounded down, and what is left: floor_div(a, b) = ⌊a / b⌋ and floor_mod(a, b), which has the sign of b;
// elementwise with broadcasting, for numbers. Integers divided by 0 give 0 twice, as in NumPy; floats are IEEE, and
// ⌊a / b⌋ is that of the rounded quotient, as TensorFlow's.
//
//     tensor row = floor_div(index, width);
//     tensor column = floor_mod(index, width);
//
// floor_div is flat but for steps: no gradient passes. That of floor_mod by a is 1, by b -⌊a / b⌋.
#pragma once

#include <ambit/math/lane_math.hpp>
#include <ambit/ops/arithmetic.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// The quotient of a and b, rounded down.
struct floor_div_op : binary_op {
    static constexpr std::string_view name = "floor_div";
    static constexpr void gradient(gradient_call&) {}
    template <class V> static constexpr V apply(const V& a, const V& b) {
        using math::floor;
        if constexpr (std::floating_point<math::element_of_t<V>>) {
            const V quotient = a / b;
            return math::with_sign_of(quotient, V(floor(quotient)));
        } else {
            return math::each_lane([](auto x, auto y) { return of_integers(x, y); }, a, b);
        }
    }

    template <std::integral T> static constexpr T of_integers(T a, T b) {
        if (b == 0) return 0;
        if constexpr (std::is_signed_v<T>) {
            if (b == -1) return math::negate(a);  // wraps around, where C++ leaves the least integer undefined
            const T quotient = static_cast<T>(a / b);
            return static_cast<T>(a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient);
        } else {
            return static_cast<T>(a / b);
        }
    }
};
inline constexpr op_info floor_div_info = describe<floor_div_op>();

/// What is left of a when it is divided by b, rounding down: it has the sign of b.
struct floor_mod_op : binary_op {
    static constexpr std::string_view name = "floor_mod";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& a, const V& b) {
        return math::each_lane([](auto x, auto y) { return of_scalars(x, y); }, a, b);
    }

    /// What is left is exact.
    template <class T> static constexpr T of_scalars(T a, T b) {
        if constexpr (std::floating_point<T>) {
            const T left = static_cast<T>(__builtin_fmod(static_cast<double>(a), static_cast<double>(b)));
            return !math::equals(left, 0) && (left < 0) != (b < 0) ? left + b : left;
        } else {
            if (b == 0) return 0;
            return math::wrapping_sub(a, math::wrapping_mul(floor_div_op::of_integers(a, b), b));
        }
    }
};
inline constexpr op_info floor_mod_info = describe<floor_mod_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::floor_div_info> {
    using type = op_parts::floor_div_op;
};
template <> struct op_of<&op_parts::floor_mod_info> {
    using type = op_parts::floor_mod_op;
};

constexpr tensor floor_div(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                           const location& at) {
    return graph_parts::make_binary_op(op_parts::floor_div_info, a, b, options, at);
}

constexpr tensor floor_mod(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                           const location& at) {
    return graph_parts::make_binary_op(op_parts::floor_mod_info, a, b, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void floor_mod_op::gradient(gradient_call& call) {
    const tensor a = call.operand(0);
    const tensor b = call.operand(1);
    if (call.wants(0)) call.give(0, sum_to(call.upstream(), a.shape()));
    if (!call.wants(1)) return;
    const tensor by_b = mul(call.upstream(), floor_div(a, b));
    call.give(1, sum_to(neg(by_b), b.shape()));
}

}  // namespace ambit::op_parts
