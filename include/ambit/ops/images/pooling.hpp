// SPDX-License-Identifier: BSL-1.0
// What pooling and its gradients share: options, the shape rule and the geometry of a window that moves over an image.
//
//     struct max_pool_op : pool_op { static constexpr std::string_view name = "max_pool"; … };
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/images.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::op_parts {

/// What all kinds of pooling share; operand 0 is the image.
struct pool_op : compute_op {
    struct attributes {
        std::int64_t window_height, window_width, stride_height, stride_width;
        padding_option padding;
        std::int64_t ceil_mode = 0;
    };

    static constexpr inferred infer(const op_call& call) {
        return pooled(call.operand(0), call.attributes<attributes>());
    }
    static constexpr pool_geometry geometry(const op_call& call, const tensor_spec& result) {
        return geometry_of(call.extents(0), result.extents, call.attributes<attributes>());
    }

    static constexpr inferred pooled(const tensor_spec& x, const attributes& a) {
        const shape& image = x.extents;
        if (image.rank() != 4)
            return hinted(refuses(mistake::op_shape, "the image is [n, h, w, c]", x), hint_of_image(image.rank()));
        if (const option_fault off = below_one("window", {a.window_height, a.window_width})) return refuses(off, x);
        if (const option_fault off = below_one("strides", {a.stride_height, a.stride_width})) return refuses(off, x);
        if (const option_fault off = no_pads(a.padding)) return refuses(off, x);
        if (const option_fault off = wide_pads(a.padding.lines(), a.window_height)) return refuses(off, x);
        if (const option_fault off = wide_pads(a.padding.columns(), a.window_width)) return refuses(off, x);
        if (!is_floating(x.type)) return refuses(mistake::op_dtype, "the image must be float32 or float64", x);
        const std::int64_t height = lines_of(image, a).count;
        const std::int64_t width = columns_of(image, a).count;
        if (height < 1 || width < 1)
            return hinted(refuses(mistake::op_shape, "the window is larger than the image: pad with same", x),
                          hint_of_image(4));
        return yields({{image[0], height, width, image[3]}, x.type});
    }

    static constexpr pool_geometry geometry_of(const shape& image, const shape& result, const attributes& a) {
        return {.batch = image[0],
                .in_height = image[1],
                .in_width = image[2],
                .channels = image[3],
                .window_height = a.window_height,
                .window_width = a.window_width,
                .out_height = result[1],
                .out_width = result[2],
                .stride_height = a.stride_height,
                .stride_width = a.stride_width,
                .pad_top = lines_of(image, a).before,
                .pad_left = columns_of(image, a).before};
    }

    static constexpr attributes attributes_from(const pool_options& options) {
        return {options.window.height, options.window.width, options.strides.height,
                options.strides.width, options.padding,      options.ceil_mode ? 1 : 0};
    }

private:
    /// Pads that a window could lie in: one without a pixel has neither maximum nor mean.
    static constexpr option_fault wide_pads(const line_padding_option& padding, std::int64_t window) {
        return outside("padding", padding.before > padding.after ? padding.before : padding.after,
                       range_of::below(static_cast<double>(window)));
    }
    static constexpr window_places lines_of(const shape& image, const attributes& a) {
        return places_of_window(image[1], a.window_height, a.stride_height, a.padding.lines(), a.ceil_mode != 0);
    }
    static constexpr window_places columns_of(const shape& image, const attributes& a) {
        return places_of_window(image[2], a.window_width, a.stride_width, a.padding.columns(), a.ceil_mode != 0);
    }
};

}  // namespace ambit::op_parts
