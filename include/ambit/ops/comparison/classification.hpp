// SPDX-License-Identifier: BSL-1.0
// Whether each element is NaN, infinite, or neither: is_nan, is_inf, is_finite; for float32 and float64.
//
//     tensor safe = where(is_finite(x), x, 0);
#pragma once

#include <ambit/math/constexpr_math.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/comparison.hpp>

#include <limits>

namespace AMBIT_NAMESPACE::op_parts {

/// One operand of floats; a bool of each element.
struct classification_op : elementwise_op {
    static constexpr inferred infer(const op_call& call) {
        inferred result = floating_unary_op::infer(call);
        result.result.type = dtype::boolean;
        return result;
    }
};

/// Whether each element is NaN.
struct is_nan_op : classification_op {
    static constexpr std::string_view name = "is_nan";
    template <class V> static constexpr auto apply(const V& x) { return math::opposite(math::equals(x, x)); }
};
inline constexpr op_info is_nan_info = describe<is_nan_op>();

/// Whether each element is an infinity.
struct is_inf_op : classification_op {
    static constexpr std::string_view name = "is_inf";
    template <class V> static constexpr auto apply(const V& x) {
        using math::abs;
        return math::equals(abs(x), V(std::numeric_limits<math::element_of_t<V>>::infinity()));
    }
};
inline constexpr op_info is_inf_info = describe<is_inf_op>();

/// Whether each element is neither NaN nor an infinity.
struct is_finite_op : classification_op {
    static constexpr std::string_view name = "is_finite";
    template <class V> static constexpr auto apply(const V& x) {
        using math::abs;
        return abs(x) < V(std::numeric_limits<math::element_of_t<V>>::infinity());
    }
};
inline constexpr op_info is_finite_info = describe<is_finite_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::is_nan_info> {
    using type = op_parts::is_nan_op;
};
template <> struct op_of<&op_parts::is_inf_info> {
    using type = op_parts::is_inf_op;
};
template <> struct op_of<&op_parts::is_finite_info> {
    using type = op_parts::is_finite_op;
};

constexpr tensor is_nan(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::is_nan_info, {x}, no_attributes{}, options, at);
}

constexpr tensor is_inf(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::is_inf_info, {x}, no_attributes{}, options, at);
}

constexpr tensor is_finite(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::is_finite_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit
