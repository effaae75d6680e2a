// SPDX-License-Identifier: BSL-1.0
// The same value, which no gradient passes.
//
//     tensor straight_through = x + stop_gradient(round(x) - x);
#pragma once

#include <ambit/ops/control.hpp>
#include <ambit/ops/control/identity.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct stop_gradient_op : identity_op {
    static constexpr std::string_view name = "stop_gradient";
    static constexpr void gradient(gradient_call&) {}
};
inline constexpr op_info stop_gradient_info = describe<stop_gradient_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::stop_gradient_info> {
    using type = op_parts::stop_gradient_op;
};

constexpr tensor stop_gradient(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::stop_gradient_info, {x}, no_attributes{}, options, at);
}

}  // namespace ambit
