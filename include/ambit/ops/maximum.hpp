// SPDX-License-Identifier: BSL-1.0
// The larger of a and b, elementwise with broadcasting. NaN if either is, as in NumPy.
//
//     tensor positive = maximum(x, 0);
#pragma once

#include <ambit/core/scalar.hpp>
#include <ambit/ops/op.hpp>

namespace ambit {

struct maximum_op : binary_op {
    static constexpr std::string_view name = "maximum";
    template <class V> static constexpr V apply(const V& a, const V& b) {
        using math::isnan, math::max, math::select;
        return select(isnan(a), a, max(a, b));  // max answers b where the two are not ordered
    }
};
inline constexpr op_info maximum_info = describe<maximum_op>();
template <> struct op_of<&maximum_info> {
    using type = maximum_op;
};

constexpr tensor maximum(const operand& a, const operand& b, const op_options& options = {},
                         const location& at = location::current()) {
    return make_binary_op(maximum_info, a, b, options, at);
}

}  // namespace ambit
