// SPDX-License-Identifier: BSL-1.0
// decay · mean + (1 - decay) · value, elementwise: one step of an exponential moving average. The mean of equal values
// is that value: the two factors, each rounded, would not add up to 1, and in float32 a decay of 0.999 would be off by
// 1e-5.
//
//     operation kept = assign(mean, moving_average(mean, value, 0.99));
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/control.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct moving_average_op : binary_op {
    static constexpr std::string_view name = "moving_average";
    struct attributes {
        double decay;
    };
    static constexpr void gradient(gradient_call& call);

    static constexpr inferred infer(const op_call& call) {
        const inferred result = binary_op::infer(call);
        const double decay = call.attributes<attributes>().decay;
        if (result.fault != mistake::none) return result;
        if (!is_floating(result.result.type))
            return refuses(mistake::op_dtype, "the operands must be float32 or float64", result.result);
        if (const option_fault off = outside("decay", decay, range_of::from_to(0, 1)))
            return refuses(off, result.result);
        return result;
    }

    template <class V> static constexpr V apply(const attributes& by, const V& mean, const V& value) {
        using element = math::element_of_t<V>;
        // From the one that counts more, so that what is left of the other is not lost.
        if (by.decay < 0.5) return value + V(static_cast<element>(by.decay)) * (mean - value);
        return mean + V(static_cast<element>(1 - by.decay)) * (value - mean);
    }
};
inline constexpr op_info moving_average_info = describe<moving_average_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::moving_average_info> {
    using type = op_parts::moving_average_op;
};

constexpr tensor moving_average(const tensor& mean, const tensor& value, double decay, const op_options& options,
                                const location& at) {
    return make_op(op_parts::moving_average_info, {mean, value}, op_parts::moving_average_op::attributes{decay},
                   options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void moving_average_op::gradient(gradient_call& call) {
    const double decay = call.attributes<attributes>().decay;
    if (call.wants(0)) call.give(0, sum_to(mul(call.upstream(), decay), call.operand(0).shape()));
    if (call.wants(1)) call.give(1, sum_to(mul(call.upstream(), 1 - decay), call.operand(1).shape()));
}

}  // namespace ambit::op_parts
