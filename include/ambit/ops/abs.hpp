// SPDX-License-Identifier: BSL-1.0
// The magnitude of each element.
//
//     tensor magnitude = abs(x);
#pragma once

#include <ambit/core/constexpr_math.hpp>
#include <ambit/ops/op.hpp>

namespace ambit {

struct abs_op : unary_op {
    static constexpr std::string_view name = "abs";
    template <class V> static constexpr V apply(const V& x) {
        using math::abs;
        return abs(x);
    }
};
inline constexpr op_info abs_info = describe<abs_op>();
template <> struct op_of<&abs_info> {
    using type = abs_op;
};

constexpr tensor abs(const tensor& x, const op_options& options = {}, const location& at = location::current()) {
    return make_op(abs_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit
