// SPDX-License-Identifier: BSL-1.0
// Pooling over windows of an NHWC image: the largest value, or the mean. Padded places take no part in either.
//
//     tensor halved = max_pool(x, {.window = {2, 2}, .strides = {2, 2}});      // [n, h, w, c] -> [n, h/2, w/2, c]
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/images/pool_gradients.hpp>
#include <ambit/ops/images/pooling.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// The maximum of each window of an NHWC image.
struct max_pool_op : pool_op {
    static constexpr std::string_view name = "max_pool";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::max_pool;
};
inline constexpr op_info max_pool_info = describe<max_pool_op>();

/// The mean of each window of an NHWC image, of its places inside of the image.
struct avg_pool_op : pool_op {
    static constexpr std::string_view name = "avg_pool";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::mean_pool;
};
inline constexpr op_info avg_pool_info = describe<avg_pool_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::max_pool_info> {
    using type = op_parts::max_pool_op;
};
template <> struct op_of<&op_parts::avg_pool_info> {
    using type = op_parts::avg_pool_op;
};

constexpr tensor max_pool(const tensor& image, const pool_options& options, const location& at) {
    return make_op(op_parts::max_pool_info, {image}, op_parts::pool_op::attributes_from(options), {options.name}, at);
}

constexpr tensor avg_pool(const tensor& image, const pool_options& options, const location& at) {
    return make_op(op_parts::avg_pool_info, {image}, op_parts::pool_op::attributes_from(options), {options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void max_pool_op::gradient(gradient_call& call) {
    const tensor spread =
        make_op(max_pool_gradient_info, {call.operand(0), call.upstream()}, call.attributes<attributes>(), {}, {});
    call.give(0, spread);
}

constexpr void avg_pool_op::gradient(gradient_call& call) {
    const shape image = call.operand(0).shape();
    const avg_pool_gradient_op::attributes wanted =
        avg_pool_gradient_op::attributes_from({image[1], image[2]}, call.attributes<attributes>());
    call.give(0, make_op(avg_pool_gradient_info, {call.upstream()}, wanted, {}, {}));
}

}  // namespace ambit::op_parts
