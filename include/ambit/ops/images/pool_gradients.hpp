// SPDX-License-Identifier: BSL-1.0
// The gradients of max_pool and avg_pool by their image, as ops, and what the first one's own gradient needs.
//
//     tensor by_image = max_pool_gradient(image, upstream, {.window = {2, 2}, .strides = {2, 2}});
//     tensor by_image = avg_pool_gradient(upstream, {28, 28}, {.window = {2, 2}, .strides = {2, 2}});
//     tensor picked   = max_pool_pick(image, values, {.window = {2, 2}, .strides = {2, 2}});
//
// Options are those of the pooling, and `upstream` has the shape of its result. The gradient of a maximum goes to the
// first place in the window that has it, row by row (the first NaN, if there is one); that of a mean in equal shares to
// the places inside the image. Windows that overlap add up. `max_pool_pick` takes, for every window, the value that
// stands where the image has its maximum.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/images/pooling.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// The gradient of max_pool by its image, from image and upstream gradient.
struct max_pool_gradient_op : pool_op {
    static constexpr std::string_view name = "max_pool_gradient";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::max_pool_gradient;

    static constexpr inferred infer(const op_call& call) {
        const inferred pooled = pool_op::infer(call);
        if (pooled.fault != mistake::none) return pooled;
        if (call.operand(1) != pooled.result)
            return refuses(mistake::op_shape, "the upstream gradient must be like the pooled image", call.operand(0));
        return yields(call.operand(0));
    }
    static constexpr pool_geometry geometry(const op_call& call, const tensor_spec&) {
        return pool_op::geometry(call, call.operand(1));
    }
};
inline constexpr op_info max_pool_gradient_info = describe<max_pool_gradient_op>();

/// Values at the places that max_pool takes its maxima from.
struct max_pool_pick_op : pool_op {
    static constexpr std::string_view name = "max_pool_pick";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::max_pool_pick;

    static constexpr inferred infer(const op_call& call) {
        const inferred pooled = pool_op::infer(call);
        if (pooled.fault == mistake::none && call.operand(1) != call.operand(0))
            return refuses(mistake::op_shape, "the values must be like the image", pooled.result);
        return pooled;
    }
};
inline constexpr op_info max_pool_pick_info = describe<max_pool_pick_op>();

/// The gradient of avg_pool by its image, from the upstream gradient.
struct avg_pool_gradient_op : compute_op {
    static constexpr std::string_view name = "avg_pool_gradient";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::mean_pool_gradient;
    struct attributes {
        std::int64_t window_height, window_width, stride_height, stride_width;
        padding_option padding;
        std::int64_t height, width;
        std::int64_t ceil_mode = 0;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& upstream = call.operand(0);
        const auto a = call.attributes<attributes>();
        if (upstream.extents.rank() != 4)
            return refuses(mistake::op_shape, "the upstream gradient is [n, h, w, c]", upstream);
        if (a.height < 1 || a.width < 1)
            return refuses(mistake::op_option, "height and width must be at least 1", upstream);
        if (a.height > core_parts::max_tensor_bytes || a.width > core_parts::max_tensor_bytes)
            return exceeds_a_terabyte(upstream);
        const tensor_spec image{{upstream.extents[0], a.height, a.width, upstream.extents[3]}, upstream.type};
        const inferred pooled = pool_op::pooled(image, pool_attributes(a));
        if (pooled.off) return refuses(pooled.off, upstream);
        if (pooled.fault != mistake::none) return refuses(pooled.fault, pooled.rule, upstream);
        if (pooled.result != upstream)
            return refuses(mistake::op_shape, "the upstream gradient must be like the pooled image", image);
        return yields_below_a_terabyte(image, upstream);
    }
    static constexpr pool_geometry geometry(const op_call& call, const tensor_spec& result) {
        return pool_op::geometry_of(result.extents, call.extents(0), pool_attributes(call.attributes<attributes>()));
    }

    static constexpr attributes attributes_from(const window_extents& image, const pool_op::attributes& a) {
        return {a.window_height, a.window_width, a.stride_height, a.stride_width,
                a.padding,       image.height,   image.width,     a.ceil_mode};
    }
    static constexpr pool_op::attributes pool_attributes(const attributes& a) {
        return {a.window_height, a.window_width, a.stride_height, a.stride_width, a.padding, a.ceil_mode};
    }
};
inline constexpr op_info avg_pool_gradient_info = describe<avg_pool_gradient_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::max_pool_gradient_info> {
    using type = op_parts::max_pool_gradient_op;
};
template <> struct op_of<&op_parts::max_pool_pick_info> {
    using type = op_parts::max_pool_pick_op;
};
template <> struct op_of<&op_parts::avg_pool_gradient_info> {
    using type = op_parts::avg_pool_gradient_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// d loss / d image, where `upstream` is d loss / d max_pool(image, options).
constexpr tensor max_pool_gradient(const tensor& image, const tensor& upstream, const pool_options& options = {},
                                   const location& at = location::current()) {
    return make_op(max_pool_gradient_info, {image, upstream}, pool_op::attributes_from(options), {options.name}, at);
}

/// For every window of `max_pool(image, options)`, the element of `values` where the maximum stands.
constexpr tensor max_pool_pick(const tensor& image, const tensor& values, const pool_options& options = {},
                               const location& at = location::current()) {
    return make_op(max_pool_pick_info, {image, values}, pool_op::attributes_from(options), {options.name}, at);
}

/// d loss / d image, where `upstream` is d loss / d avg_pool(image, options); `image`: its height and width.
constexpr tensor avg_pool_gradient(const tensor& upstream, const window_extents& image,
                                   const pool_options& options = {}, const location& at = location::current()) {
    return make_op(avg_pool_gradient_info, {upstream},
                   avg_pool_gradient_op::attributes_from(image, pool_op::attributes_from(options)), {options.name}, at);
}

/// Where the maxima stand does not change with the image, but for ties: the gradient by the image is zero.
constexpr void max_pool_gradient_op::gradient(gradient_call& call) {
    if (!call.wants(1)) return;
    const tensor picked =
        make_op(max_pool_pick_info, {call.operand(0), call.upstream()}, call.attributes<attributes>(), {}, {});
    call.give(1, picked);
}

constexpr void max_pool_pick_op::gradient(gradient_call& call) {
    if (!call.wants(1)) return;
    const tensor spread =
        make_op(max_pool_gradient_info, {call.operand(0), call.upstream()}, call.attributes<attributes>(), {}, {});
    call.give(1, spread);
}

constexpr void avg_pool_gradient_op::gradient(gradient_call& call) {
    const auto a = call.attributes<attributes>();
    call.give(0, avg_pool(call.upstream(),
                          {.window = {a.window_height, a.window_width},
                           .strides = {a.stride_height, a.stride_width},
                           .padding = a.padding,
                           .ceil_mode = a.ceil_mode != 0},
                          {}));
}

}  // namespace ambit::op_parts
