// SPDX-License-Identifier: BSL-1.0
// Hyperbolic tangent of each element.
//
//     tensor state = tanh(h);
#pragma once

#include <ambit/core/constexpr_math.hpp>
#include <ambit/ops/op.hpp>

namespace ambit {

struct tanh_op : floating_unary_op {
    static constexpr std::string_view name = "tanh";
    static constexpr bool heavy = true;
    template <class V> static constexpr V apply(const V& x) {
        using math::tanh;
        return tanh(x);
    }
};
inline constexpr op_info tanh_info = describe<tanh_op>();
template <> struct op_of<&tanh_info> {
    using type = tanh_op;
};

constexpr tensor tanh(const tensor& x, const op_options& options = {}, const location& at = location::current()) {
    return make_op(tanh_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit
