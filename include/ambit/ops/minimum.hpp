// SPDX-License-Identifier: BSL-1.0
// The smaller of a and b, elementwise with broadcasting. NaN if either is, as in NumPy.
//
//     tensor capped = minimum(x, 6);
#pragma once

#include <ambit/core/scalar.hpp>
#include <ambit/ops/op.hpp>

namespace ambit {

struct minimum_op : binary_op {
    static constexpr std::string_view name = "minimum";
    template <class V> static constexpr V apply(const V& a, const V& b) {
        using math::isnan, math::min, math::select;
        return select(isnan(a), a, min(a, b));  // min answers b where the two are not ordered
    }
};
inline constexpr op_info minimum_info = describe<minimum_op>();
template <> struct op_of<&minimum_info> {
    using type = minimum_op;
};

constexpr tensor minimum(const operand& a, const operand& b, const op_options& options = {},
                         const location& at = location::current()) {
    return make_binary_op(minimum_info, a, b, options, at);
}

}  // namespace ambit
