// SPDX-License-Identifier: BSL-1.0
// Mean and variance over some axes, or over all.
//
//     auto [mean, variance] = moments(x, {.axes = {0, 1, 2}});                  // of each channel of NHWC
//     tensor normalized = (x - mean) / sqrt(variance + 1e-3);
//
// The variance is the mean of (x - mean)², not of a sample: no n - 1. It takes a second pass, and is within 2e-6 of
// itself in float32, however many elements there are and however far from 0 the mean is. Of finite elements the mean is
// finite.
#pragma once

#include <ambit/contract/reductions.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/reductions.hpp>
#include <ambit/ops/reductions/reduce.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// The variance over some axes, or over all, of operand 0, whose mean is operand 1. What it changes by with the mean,
/// as long as that is the mean, is 0: there is no gradient by it.
struct reduce_variance_op : reduce_op {
    static constexpr std::string_view name = "reduce_variance";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::variance;

    static constexpr inferred infer(const op_call& call) {
        const inferred result = reduce_mean_op::infer(call);
        if (result.fault == mistake::none && call.operand(1) != result.result)
            return refuses(mistake::op_shape, "one mean for each result", result.result);
        return result;
    }
};
inline constexpr op_info reduce_variance_info = describe<reduce_variance_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::reduce_variance_info> {
    using type = op_parts::reduce_variance_op;
};

constexpr mean_and_variance moments(const tensor& x, const reduce_options& options, const location& at) {
    const tensor mean = reduce_mean(x, options, at);
    const tensor variance = make_op(op_parts::reduce_variance_info, {x, mean},
                                    op_parts::reduce_op::attributes_from(options), {options.name}, at);
    return {mean, variance};
}

constexpr tensor reduce_variance(const tensor& x, const reduce_options& options, const location& at) {
    const tensor mean = reduce_mean(x, {.axes = options.axes, .keep_dims = options.keep_dims}, at);
    return make_op(op_parts::reduce_variance_info, {x, mean}, op_parts::reduce_op::attributes_from(options),
                   {options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void reduce_variance_op::gradient(gradient_call& call) {
    const double count =
        static_cast<double>(call.operand(0).shape().elements()) / static_cast<double>(call.result().shape().elements());
    const tensor mean = spread(call, call.operand(1));
    const tensor difference = sub(call.operand(0), mean);
    const tensor share = mul(call.upstream(), 2 / count);
    const tensor up = spread(call, share);
    call.give(0, mul(difference, up));
}

}  // namespace ambit::op_parts
