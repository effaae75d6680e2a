// SPDX-License-Identifier: BSL-1.0
// The gradients of a convolution by its image and by its kernel, as ops. Both are linear in each operand, so their own
// gradients are convolutions and each other.
//
//     tensor by_image  = conv2d_image_gradient(weights, upstream, {28, 28}, {.padding = same});
//     tensor by_kernel = conv2d_kernel_gradient(image, upstream, {5, 5}, {.padding = same});
//
// Options are those of the convolution, which has no groups, and `upstream` has the shape of its
// result. The first is what some call a transposed convolution. Sums run in the kernel's order.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/images/convolution.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// What both gradients share.
struct conv2d_gradient_op : compute_op {
    using attributes = convolution_attributes;

    /// The convolution of an image and a kernel with these attributes has the result `upstream`.
    static constexpr inferred checked(const tensor_spec& guess, const shape& image, const shape& kernel,
                                      const tensor_spec& upstream, const op_call& call) {
        const auto a = call.attributes<attributes>();
        if (!is_floating(call.type(0)) || call.type(0) != call.type(1))
            return refuses(mistake::op_dtype, "both operands must be float32 or float64", guess);
        const inferred apart = check_dilations(kernel, a.strides(), a.dilations(), guess);
        if (apart.fault != mistake::none) return apart;
        const conv2d_geometry g = convolution_geometry(image, kernel, a.strides(), a.padding, a.dilations());
        const shape& given = upstream.extents;
        if (given[0] != g.batch || given[1] != g.out_height || given[2] != g.out_width || given[3] != g.out_channels)
            return refuses(mistake::op_shape, "the upstream gradient must have the shape of the convolution", guess);
        return yields_below_a_terabyte(guess, call.operand(0));
    }

    /// What has to hold before shapes can be compared.
    static constexpr inferred precheck(const op_call& call) {
        const auto a = call.attributes<attributes>();
        if (call.extents(0).rank() != 4 || call.extents(1).rank() != 4)
            return refuses(mistake::op_shape, "image is [n, h, w, c], kernel is [h, w, in, out]", call.operand(0));
        if (a.stride_height < 1 || a.stride_width < 1)
            return refuses(mistake::op_option, "strides must be at least 1", call.operand(0));
        if (const option_fault off = no_pads(a.padding)) return refuses(off, call.operand(0));
        return check_extents(a, call.operand(0));
    }

    static constexpr attributes attributes_from(const window_extents& result, const conv2d_options& options) {
        return {options.strides.height, options.strides.width,    options.padding,        result.height,
                result.width,           options.dilations.height, options.dilations.width};
    }
};

/// The gradient of a convolution by its image, from kernel and upstream gradient.
struct conv2d_image_gradient_op : conv2d_gradient_op {
    static constexpr std::string_view name = "conv2d_image_gradient";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::conv2d_image_gradient;

    static constexpr inferred infer(const op_call& call) {
        const inferred before = precheck(call);
        if (before.fault != mistake::none) return before;
        const shape image = image_extents(call);
        return checked({image, call.type(0)}, image, call.extents(0), call.operand(1), call);
    }
    static constexpr conv2d_geometry geometry(const op_call& call, const tensor_spec& result) {
        const auto a = call.attributes<attributes>();
        return convolution_geometry(result.extents, call.extents(0), a.strides(), a.padding, a.dilations());
    }
    static constexpr std::int64_t scratch_bytes(const op_call& call, const tensor_spec& result) {
        return image_gradient_scratch(geometry(call, result)) * size_of(result.type);
    }

private:
    static constexpr shape image_extents(const op_call& call) {
        const auto a = call.attributes<attributes>();
        return {call.extents(1)[0], a.height, a.width, call.extents(0)[2]};
    }
};
inline constexpr op_info conv2d_image_gradient_info = describe<conv2d_image_gradient_op>();

/// The gradient of a convolution by its kernel, from image and upstream gradient.
struct conv2d_kernel_gradient_op : conv2d_gradient_op {
    static constexpr std::string_view name = "conv2d_kernel_gradient";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::conv2d_kernel_gradient;

    static constexpr inferred infer(const op_call& call) {
        const inferred before = precheck(call);
        if (before.fault != mistake::none) return before;
        const shape kernel_extents = extents_of_kernel(call);
        return checked({kernel_extents, call.type(0)}, call.extents(0), kernel_extents, call.operand(1), call);
    }
    static constexpr conv2d_geometry geometry(const op_call& call, const tensor_spec& result) {
        const auto a = call.attributes<attributes>();
        return convolution_geometry(call.extents(0), result.extents, a.strides(), a.padding, a.dilations());
    }
    static constexpr std::int64_t scratch_bytes(const op_call& call, const tensor_spec& result) {
        return kernel_gradient_scratch(geometry(call, result)) * size_of(result.type);
    }

private:
    static constexpr shape extents_of_kernel(const op_call& call) {
        const auto a = call.attributes<attributes>();
        return {a.height, a.width, call.extents(0)[3], call.extents(1)[3]};
    }
};
inline constexpr op_info conv2d_kernel_gradient_info = describe<conv2d_kernel_gradient_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::conv2d_image_gradient_info> {
    using type = op_parts::conv2d_image_gradient_op;
};
template <> struct op_of<&op_parts::conv2d_kernel_gradient_info> {
    using type = op_parts::conv2d_kernel_gradient_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// d loss / d image, where `upstream` is d loss / d conv2d(image, kernel, options); `image`: its height and width.
constexpr tensor conv2d_image_gradient(const tensor& kernel, const tensor& upstream, const window_extents& image,
                                       const conv2d_options& options = {}, const location& at = location::current()) {
    if (options.groups != 1)
        return refuse<mistake::op_option, "gradients of groups are those of the ops that make them">(
            {kernel, upstream}, conv2d_image_gradient_op::name, at);
    return make_op(conv2d_image_gradient_info, {kernel, upstream}, conv2d_gradient_op::attributes_from(image, options),
                   {options.name}, at);
}

/// d loss / d kernel, where `upstream` is d loss / d conv2d(image, kernel, options); `kernel`: its height and width.
constexpr tensor conv2d_kernel_gradient(const tensor& image, const tensor& upstream, const window_extents& kernel,
                                        const conv2d_options& options = {}, const location& at = location::current()) {
    if (options.groups != 1)
        return refuse<mistake::op_option, "gradients of groups are those of the ops that make them">(
            {image, upstream}, conv2d_kernel_gradient_op::name, at);
    return make_op(conv2d_kernel_gradient_info, {image, upstream}, conv2d_gradient_op::attributes_from(kernel, options),
                   {options.name}, at);
}

constexpr conv2d_options options_of_convolution(const gradient_call& call) {
    const auto a = call.attributes<conv2d_gradient_op::attributes>();
    return {.strides = a.strides(), .padding = a.padding, .dilations = a.dilations()};
}

/// The upstream gradient of this op is an image.
constexpr void conv2d_image_gradient_op::gradient(gradient_call& call) {
    const conv2d_options options = options_of_convolution(call);
    const tensor kernel = call.operand(0);
    const tensor& image = call.upstream();
    if (call.wants(0)) {
        const window_extents extents{kernel.shape()[0], kernel.shape()[1]};
        call.give(0, conv2d_kernel_gradient(image, call.operand(1), extents, options));
    }
    if (call.wants(1)) call.give(1, conv2d(image, kernel, options));
}

/// The upstream gradient of this op is a kernel.
constexpr void conv2d_kernel_gradient_op::gradient(gradient_call& call) {
    const conv2d_options options = options_of_convolution(call);
    const tensor image = call.operand(0);
    const tensor& kernel = call.upstream();
    if (call.wants(0)) {
        const window_extents extents{image.shape()[1], image.shape()[2]};
        call.give(0, conv2d_image_gradient(kernel, call.operand(1), extents, options));
    }
    if (call.wants(1)) call.give(1, conv2d(image, kernel, options));
}

}  // namespace ambit::op_parts
