// SPDX-License-Identifier: BSL-1.0
// The sign of each element, -1, 0 or 1; for every dtype but bool. NaN stays NaN.
//
//     tensor direction = sign(gradient);
//
// Flat but for a step: no gradient passes, and none is missed.
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>

#include <type_traits>

namespace AMBIT_NAMESPACE::op_parts {

struct sign_op : unary_op {
    static constexpr std::string_view name = "sign";
    static constexpr void gradient(gradient_call&) {}
    template <class V> static constexpr V apply(const V& x) {
        using math::select;
        using T = math::element_of_t<V>;
        const V above = select(x > V(T(0)), V(T(1)), V(T(0)));
        if constexpr (std::is_unsigned_v<T>) return above;
        else return select(math::equals(x, x), select(x < V(T(0)), V(T(-1)), above), x);
    }
};
inline constexpr op_info sign_info = describe<sign_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::sign_info> {
    using type = op_parts::sign_op;
};

constexpr tensor sign(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::sign_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit
