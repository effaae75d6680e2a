// SPDX-License-Identifier: BSL-1.0
// x²/2 up to a distance of delta from 0, and a line behind it: delta (|x| - delta/2). Elementwise (Huber, 1964).
//
//     tensor losses = huber(predictions - targets, 1.5);
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/losses.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct huber_op : floating_unary_op {
    static constexpr std::string_view name = "huber";
    static constexpr void gradient(gradient_call& call);
    struct attributes {
        double delta;
    };

    static constexpr inferred infer(const op_call& call) {
        const inferred result = floating_unary_op::infer(call);
        const double delta = call.attributes<attributes>().delta;
        if (result.fault != mistake::none) return result;
        if (const option_fault off = outside("delta", delta, range_of::above(0))) return refuses(off, call.operand(0));
        if (const option_fault off = outside("delta", delta, range_of::values_of(call.type(0))))
            return refuses(off, call.operand(0));
        return result;
    }

    template <class V> static constexpr V apply(const attributes& a, const V& x) {
        using math::max, math::min;
        using T = math::element_of_t<V>;
        const V delta(static_cast<T>(a.delta));
        const V size = math::max_of(V(0) - x, x);
        const V bent =
            math::min_of(delta, size);  // min answers its second argument where the two are not ordered: NaN stays
        return bent * (size - V(static_cast<T>(0.5)) * bent);
    }
};
inline constexpr op_info huber_info = describe<huber_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::huber_info> {
    using type = op_parts::huber_op;
};

constexpr tensor huber(const tensor& x, double delta, const op_options& options, const location& at) {
    return make_op(op_parts::huber_info, {x}, op_parts::huber_op::attributes{delta}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void huber_op::gradient(gradient_call& call) {
    const double delta = call.attributes<attributes>().delta;
    const tensor slope = clip(call.operand(0), -delta, delta);
    call.give(0, mul(call.upstream(), slope));
}

}  // namespace ambit::op_parts
