// SPDX-License-Identifier: BSL-1.0
// Random uses of the ops that move a window over an array: part of tests/support/gradient_laws.hpp, which includes
// this.
#pragma once

namespace ambit_test::gradient_uses {

// A depthwise convolution of random extents, or what its gradients are given.
struct random_depthwise {
    shape image, kernel, result;
    depthwise_conv2d_options options;
    explicit random_depthwise(gradient_check& c) {
        options.strides = {c.pick(1, 3), c.pick(1, 2)};
        options.padding = c.any_padding(1);
        const int kernel_height = c.pick(1, 3), kernel_width = c.pick(1, 3), channels = c.pick(1, 2);
        image = {c.pick(1, 2), c.pick(kernel_height, 4), c.pick(kernel_width, 4), channels};
        kernel = {kernel_height, kernel_width, channels, 1};
        options.dilations.height = c.any_dilation(options.strides.height, kernel_height, image[1]);
        options.dilations.width = c.any_dilation(options.strides.width, kernel_width, image[2]);
        const conv2d_geometry g =
            convolution_geometry(image, kernel, options.strides, options.padding, options.dilations);
        result = {g.batch, g.out_height, g.out_width, channels};
    }
    depthwise_op::attributes attributes(std::int64_t height, std::int64_t width) const {
        return {options.strides.height, options.strides.width,    options.padding,        height,
                width,                  options.dilations.height, options.dilations.width};
    }
};
inline tensor depthwise(gradient_check& c) {
    random_depthwise r(c);
    if (c.coin()) r.kernel.set(3, 2);
    const tensor image = c.parameter(r.image);
    return depthwise_conv2d(image, c.parameter(r.kernel), r.options);
}
inline tensor depthwise_by_image(gradient_check& c) {
    const random_depthwise r(c);
    const tensor kernel = c.parameter(r.kernel);
    const tensor upstream = c.parameter(r.result);
    return make_op(depthwise_image_gradient_info, {kernel, upstream}, r.attributes(r.image[1], r.image[2]), {}, {});
}
inline tensor depthwise_by_kernel(gradient_check& c) {
    const random_depthwise r(c);
    const tensor image = c.parameter(r.image);
    const tensor upstream = c.parameter(r.result);
    return make_op(depthwise_kernel_gradient_info, {image, upstream}, r.attributes(r.kernel[0], r.kernel[1]), {}, {});
}

// A convolution along one axis of random extents, or what its gradients are given.
struct random_line {
    shape image, kernel, result;
    std::int64_t stride, dilation = 1;
    padding_option padding = valid;
    explicit random_line(gradient_check& c) : stride(c.pick(1, 3)) {
        padding = padding_option::of_columns(c.any_padding(2).columns());
        const int taps = c.pick(1, 3), in = c.pick(1, 2);
        image = {c.pick(1, 2), c.pick(taps, 6), in};
        kernel = {taps, in, c.pick(1, 2)};
        dilation = c.any_dilation(stride, taps, image[1]);
        const std::int64_t window = (taps - 1) * dilation + 1;
        result = {image[0], places_of_window(image[1], window, stride, padding.columns()).count, kernel[2]};
    }
    conv2d_gradient_op::attributes attributes(std::int64_t width) const {
        return {1, stride, padding, 1, width, 1, dilation};
    }
};
inline tensor along_a_line(gradient_check& c) {
    const random_line r(c);
    const tensor image = c.parameter(r.image);
    return make_op(conv1d_info, {image, c.parameter(r.kernel)}, conv1d_op::attributes{1, r.stride, r.padding, 1, r.dilation},
                   {}, {});
}
inline tensor line_by_image(gradient_check& c) {
    const random_line r(c);
    const tensor kernel = c.parameter(r.kernel);
    return make_op(conv1d_image_gradient_info, {kernel, c.parameter(r.result)}, r.attributes(r.image[1]), {}, {});
}
inline tensor line_by_kernel(gradient_check& c) {
    const random_line r(c);
    const tensor image = c.parameter(r.image);
    return make_op(conv1d_kernel_gradient_info, {image, c.parameter(r.result)}, r.attributes(r.kernel[0]), {}, {});
}

// Smaller or larger, or one of either.
inline tensor resized(gradient_check& c, const op_info& kind) {
    const tensor image = c.parameter({c.pick(1, 2), c.pick(1, 4), c.pick(1, 4), c.pick(1, 2)});
    const int centers = c.pick(0, 2);
    const resize_options o{.align_corners = centers == 1, .half_pixel_centers = centers == 2};
    const std::int64_t height = c.pick(1, 6), width = c.pick(1, 6);
    resize_op::attributes a = resize_op::attributes_from(height, width, o);
    a.rounding = c.pick(0, 4);
    a.coefficient = c.coin() ? -0.5 : -0.75;
    return make_op(kind, {square(image)}, a, {}, {}) + reduce_sum(image);
}

inline const gradient_law convolution_laws[] = {
    {"conv1d", &conv1d_info, twice_differentiable, along_a_line},
    {"conv1d_image_gradient", &conv1d_image_gradient_info, twice_differentiable, line_by_image},
    {"conv1d_kernel_gradient", &conv1d_kernel_gradient_info, twice_differentiable, line_by_kernel},
    {"depthwise_conv2d", &depthwise_conv2d_info, twice_differentiable, depthwise},
    {"depthwise_image_gradient", &depthwise_image_gradient_info, twice_differentiable, depthwise_by_image},
    {"depthwise_kernel_gradient", &depthwise_kernel_gradient_info, twice_differentiable, depthwise_by_kernel},
    {"resize_nearest", &resize_nearest_info, twice_differentiable,
     [](gradient_check& c) { return resized(c, resize_nearest_info); }},
    {"resize_bicubic", &resize_bicubic_info, twice_differentiable,
     [](gradient_check& c) { return resized(c, resize_bicubic_info); }},
    {"resize_bicubic_gradient", &resize_bicubic_gradient_info, twice_differentiable,
     [](gradient_check& c) { return resized(c, resize_bicubic_gradient_info); }},
    {"resize_nearest_gradient", &resize_nearest_gradient_info, twice_differentiable,
     [](gradient_check& c) { return resized(c, resize_nearest_gradient_info); }},
    {"resize_bilinear", &resize_bilinear_info, twice_differentiable,
     [](gradient_check& c) { return resized(c, resize_bilinear_info); }},
    {"resize_bilinear_gradient", &resize_bilinear_gradient_info, twice_differentiable,
     [](gradient_check& c) { return resized(c, resize_bilinear_gradient_info); }},
    {"window_sum", &window_sum_info, twice_differentiable,
     [](gradient_check& c) {
         const tensor x = c.parameter(c.any_shape(1));
         if (c.coin()) return window_sum(x, c.pick(0, 3));
         const double betas[] = {0.5, 0.75, 1, 0.4};
         return local_response_normalization(
             x, {.depth_radius = c.pick(0, 2), .bias = 1.5, .alpha = 0.3, .beta = betas[c.pick(0, 3)]});
     }},
};

}  // namespace ambit_test::gradient_uses
