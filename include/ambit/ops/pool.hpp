// SPDX-License-Identifier: BSL-1.0
// Pooling over windows of an NHWC image: the largest value, or the mean. Padded places take no part in either.
//
//     tensor halved = max_pool(x, {.window = {2, 2}, .strides = {2, 2}});      // [n, h, w, c] -> [n, h/2, w/2, c]
#pragma once

#include <ambit/ops/op.hpp>
#include <ambit/ops/window.hpp>

namespace ambit {

struct pool_options {
    window_extents window = {2, 2};
    window_extents strides = {2, 2};
    padding_mode padding = valid;
    std::string_view name = {};
};

/// What both kinds of pooling share.
struct pool_op : compute_op {
    struct attributes {
        std::int64_t window_height, window_width, stride_height, stride_width;
        padding_mode padding;
    };

    static constexpr inferred infer(const op_call& call) {
        const shape& image = call.extents(0);
        const auto a = call.attributes<attributes>();
        if (image.rank() != 4) return refuses(mistake::op_shape, "the image is [n, h, w, c]", call.operand(0));
        if (a.window_height < 1 || a.window_width < 1 || a.stride_height < 1 || a.stride_width < 1)
            return refuses(mistake::op_option, "window and strides must be at least 1", call.operand(0));
        if (!is_floating(call.type(0)))
            return refuses(mistake::op_dtype, "the image must be float32 or float64", call.operand(0));
        const std::int64_t height = places_of_window(image[1], a.window_height, a.stride_height, a.padding).count;
        const std::int64_t width = places_of_window(image[2], a.window_width, a.stride_width, a.padding).count;
        if (height < 1 || width < 1)
            return refuses(mistake::op_shape, "the window is larger than the image: pad with same", call.operand(0));
        return yields({{image[0], height, width, image[3]}, call.type(0)});
    }

    static constexpr pool_geometry geometry(const op_call& call, const tensor_spec& result) {
        const shape& image = call.extents(0);
        const auto a = call.attributes<attributes>();
        return {.batch = image[0],
                .in_height = image[1],
                .in_width = image[2],
                .channels = image[3],
                .window_height = a.window_height,
                .window_width = a.window_width,
                .out_height = result.extents[1],
                .out_width = result.extents[2],
                .stride_height = a.stride_height,
                .stride_width = a.stride_width,
                .pad_top = places_of_window(image[1], a.window_height, a.stride_height, a.padding).before,
                .pad_left = places_of_window(image[2], a.window_width, a.stride_width, a.padding).before};
    }

    static constexpr attributes attributes_from(const pool_options& options) {
        return {options.window.height, options.window.width, options.strides.height, options.strides.width,
                options.padding};
    }
};

struct max_pool_op : pool_op {
    static constexpr std::string_view name = "max_pool";
    using kernel = kernel_tag::max_pool;
};
inline constexpr op_info max_pool_info = describe<max_pool_op>();
template <> struct op_of<&max_pool_info> {
    using type = max_pool_op;
};

struct avg_pool_op : pool_op {
    static constexpr std::string_view name = "avg_pool";
    using kernel = kernel_tag::mean_pool;
};
inline constexpr op_info avg_pool_info = describe<avg_pool_op>();
template <> struct op_of<&avg_pool_info> {
    using type = avg_pool_op;
};

constexpr tensor max_pool(const tensor& image, const pool_options& options = {}, const location& at = location::current()) {
    return make_op(max_pool_info, {image}, pool_op::attributes_from(options), {options.name}, at);
}

constexpr tensor avg_pool(const tensor& image, const pool_options& options = {}, const location& at = location::current()) {
    return make_op(avg_pool_info, {image}, pool_op::attributes_from(options), {options.name}, at);
}

}  // namespace ambit
