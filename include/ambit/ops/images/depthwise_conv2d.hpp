// SPDX-License-Identifier: BSL-1.0
// Depthwise convolution: each channel of an image with kernels of its own, as many as the channel multiplier says.
// NHWC [batch, height, width, channels] x [kernel height, kernel width, channels, multiplier]
// -> [batch, height', width', channels * multiplier], the results of a channel side by side.
//
//     tensor h = depthwise_conv2d(x, weights, {.strides = {2, 2}, .padding = same});
//
// Its gradients are ops; all three are linear in each operand. Options are those of conv2d, but for groups.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/images/convolution.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// What convolution and gradients share. Kernels have a last extent of 1: with a multiplier, channels are repeated
/// before.
struct depthwise_op : compute_op {
    using attributes = convolution_attributes;

    static constexpr inferred precheck(const op_call& call) {
        const auto a = call.attributes<attributes>();
        if (call.extents(0).rank() != 4 || call.extents(1).rank() != 4)
            return hinted(
                refuses(mistake::op_shape, "image is [n, h, w, c], kernel is [h, w, c, multiplier]", call.operand(0)),
                call.extents(0).rank() != 4 ? hint_of_image(call.extents(0).rank()) : "");
        if (const option_fault off = below_one("strides", {a.stride_height, a.stride_width}))
            return refuses(off, call.operand(0));
        if (const option_fault off = no_pads(a.padding)) return refuses(off, call.operand(0));
        if (!is_floating(call.type(0)) || call.type(0) != call.type(1))
            return refuses(mistake::op_dtype, "image and kernel must be float32 or float64, both", call.operand(0));
        return yields(call.operand(0));
    }
    /// What has to hold of a gradient; `result` is the image or the kernel.
    static constexpr inferred check_gradient(const op_call& call, const shape& image, const shape& kernel,
                                             const shape& result) {
        const tensor_spec guess{result, call.type(0)};
        const auto a = call.attributes<attributes>();
        const inferred possible = check_extents(a, call.operand(0));
        if (possible.fault != mistake::none) return possible;
        const inferred apart = check_dilations(kernel, a.strides(), a.dilations(), call.operand(0));
        if (apart.fault != mistake::none) return apart;
        const conv2d_geometry g = convolution_geometry(image, kernel, a.strides(), a.padding, a.dilations());
        const shape& given = call.extents(1);
        if (given[0] != g.batch || given[1] != g.out_height || given[2] != g.out_width || given[3] != image[3] ||
            kernel[2] != image[3] || kernel[3] != 1)
            return refuses(mistake::op_shape, "the upstream gradient must have the shape of the convolution",
                           call.operand(0));
        if (!is_legal(result)) return exceeds_a_terabyte(call.operand(0));
        return yields(guess);
    }
    static constexpr conv2d_geometry geometry_of(const op_call& call, const shape& image, const shape& kernel) {
        const auto a = call.attributes<attributes>();
        conv2d_geometry g = convolution_geometry(image, kernel, a.strides(), a.padding, a.dilations());
        g.out_channels = g.in_channels;
        return g;
    }
    static constexpr std::int64_t scratch_bytes(const op_call&, const tensor_spec&) { return 0; }
};

/// A convolution of each channel by itself, with kernels of its own.
struct depthwise_conv2d_op : depthwise_op {
    static constexpr std::string_view name = "depthwise_conv2d";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::depthwise_conv2d;

    static constexpr inferred infer(const op_call& call) {
        const inferred before = precheck(call);
        if (before.fault != mistake::none) return before;
        const auto a = call.attributes<attributes>();
        const shape &image = call.extents(0), &taps = call.extents(1);
        if (image[3] != taps[2])
            return refuses(mistake::op_shape, "channels of the image must be the kernel's third extent",
                           call.operand(0));
        const inferred apart = check_dilations(taps, a.strides(), a.dilations(), call.operand(0));
        if (apart.fault != mistake::none) return apart;
        const conv2d_geometry g = convolution_geometry(image, taps, a.strides(), a.padding, a.dilations());
        if (g.out_height < 1 || g.out_width < 1)
            return hinted(
                refuses(mistake::op_shape, "the kernel is larger than the image: pad with same", call.operand(0)),
                hint_of_image(4));
        if (taps[3] != 1) return exceeds_a_terabyte(call.operand(0));
        return yields({{image[0], g.out_height, g.out_width, image[3]}, call.type(0)});
    }
    static constexpr conv2d_geometry geometry(const op_call& call, const tensor_spec&) {
        return geometry_of(call, call.extents(0), call.extents(1));
    }
    static constexpr std::int64_t flops(const op_call& call, const tensor_spec& result) {
        return depthwise_flops(geometry(call, result));
    }
};
inline constexpr op_info depthwise_conv2d_info = describe<depthwise_conv2d_op>();

/// The gradient of a depthwise convolution by its image, from kernel and upstream gradient.
struct depthwise_image_gradient_op : depthwise_op {
    static constexpr std::string_view name = "depthwise_image_gradient";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::depthwise_image_gradient;

    static constexpr inferred infer(const op_call& call) {
        const inferred before = precheck(call);
        if (before.fault != mistake::none) return before;
        const shape image = extents_of_image(call);
        return check_gradient(call, image, call.extents(0), image);
    }
    static constexpr conv2d_geometry geometry(const op_call& call, const tensor_spec& result) {
        return geometry_of(call, result.extents, call.extents(0));
    }
    static constexpr std::int64_t flops(const op_call& call, const tensor_spec& result) {
        return depthwise_flops(geometry(call, result));
    }

private:
    static constexpr shape extents_of_image(const op_call& call) {
        const auto a = call.attributes<attributes>();
        return {call.extents(1)[0], a.height, a.width, call.extents(0)[2]};
    }
};
inline constexpr op_info depthwise_image_gradient_info = describe<depthwise_image_gradient_op>();

/// The gradient of a depthwise convolution by its kernel, from image and upstream gradient.
struct depthwise_kernel_gradient_op : depthwise_op {
    static constexpr std::string_view name = "depthwise_kernel_gradient";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::depthwise_kernel_gradient;

    static constexpr inferred infer(const op_call& call) {
        const inferred before = precheck(call);
        if (before.fault != mistake::none) return before;
        const shape taps = extents_of_kernel(call);
        return check_gradient(call, call.extents(0), taps, taps);
    }
    static constexpr conv2d_geometry geometry(const op_call& call, const tensor_spec& result) {
        return geometry_of(call, call.extents(0), result.extents);
    }
    static constexpr std::int64_t flops(const op_call& call, const tensor_spec& result) {
        return depthwise_flops(geometry(call, result));
    }
    static constexpr std::int64_t scratch_bytes(const op_call& call, const tensor_spec& result) {
        return depthwise_gradient_scratch(geometry(call, result)) * size_of(result.type);
    }

private:
    static constexpr shape extents_of_kernel(const op_call& call) {
        const auto a = call.attributes<attributes>();
        return {a.height, a.width, call.extents(0)[3], 1};
    }
};
inline constexpr op_info depthwise_kernel_gradient_info = describe<depthwise_kernel_gradient_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::depthwise_conv2d_info> {
    using type = op_parts::depthwise_conv2d_op;
};
template <> struct op_of<&op_parts::depthwise_image_gradient_info> {
    using type = op_parts::depthwise_image_gradient_op;
};
template <> struct op_of<&op_parts::depthwise_kernel_gradient_info> {
    using type = op_parts::depthwise_kernel_gradient_op;
};

constexpr tensor depthwise_conv2d(const tensor& image, const tensor& kernel, const depthwise_conv2d_options& o,
                                  const location& at) {
    const op_options named{o.name};
    const op_parts::depthwise_op::attributes a{o.strides.height,   o.strides.width,  o.padding, 0, 0,
                                               o.dilations.height, o.dilations.width};
    const auto convolved = [&](const tensor& x, const tensor& taps) {
        return make_op(op_parts::depthwise_conv2d_info, {x, taps}, a, named, at);
    };
    const auto fit = [](const tensor_spec& x, const tensor_spec& taps) {
        return x.extents.rank() == 4 && taps.extents.rank() == 4 && x.extents[3] == taps.extents[2] &&
               x.type == taps.type && is_floating(x.type) &&
               core_parts::is_legal(shape{x.extents[0], x.extents[1], x.extents[2], x.extents[3], taps.extents[3]});
    };
    // What the rule refuses is refused with the operands as they were given.
    if (image.builder() == nullptr || kernel.builder() == nullptr || !fit(image.spec(), kernel.spec()))
        return convolved(image, kernel);
    const shape x = image.shape(), taps = kernel.shape();
    const std::int64_t multiplier = taps[3], channels = x[3] * multiplier;
    tensor repeated = image;
    tensor flat = kernel;
    if (multiplier > 1) {
        const graph_parts::line_of_call here(image, at);
        const tensor apart = reshape(image, {x[0], x[1], x[2], x[3], 1});
        const tensor wide = broadcast_to(apart, {x[0], x[1], x[2], x[3], multiplier});
        repeated = reshape(wide, {x[0], x[1], x[2], channels});
        flat = reshape(kernel, {taps[0], taps[1], channels, 1});
    }
    return convolved(repeated, flat);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// One of the three ops on operands of another: strides and padding are the same, `extents` those of the result.
constexpr tensor depthwise_part(const gradient_call& call, const op_info& part, const tensor& a, const tensor& b,
                                const window_extents& extents) {
    auto attributes = call.attributes<depthwise_op::attributes>();
    attributes.height = extents.height;
    attributes.width = extents.width;
    return make_op(part, {a, b}, attributes, {}, {});
}
constexpr tensor depthwise_of(const gradient_call& call, const tensor& image, const tensor& taps) {
    return depthwise_part(call, depthwise_conv2d_info, image, taps, {0, 0});
}
constexpr tensor depthwise_image_gradient(const gradient_call& call, const tensor& taps, const tensor& upstream,
                                          const shape& image) {
    return depthwise_part(call, depthwise_image_gradient_info, taps, upstream, {image[1], image[2]});
}
constexpr tensor depthwise_kernel_gradient(const gradient_call& call, const tensor& image, const tensor& upstream,
                                           const shape& taps) {
    return depthwise_part(call, depthwise_kernel_gradient_info, image, upstream, {taps[0], taps[1]});
}

constexpr void depthwise_conv2d_op::gradient(gradient_call& call) {
    const tensor image = call.operand(0), taps = call.operand(1);
    if (call.wants(0)) call.give(0, depthwise_image_gradient(call, taps, call.upstream(), image.shape()));
    if (call.wants(1)) call.give(1, depthwise_kernel_gradient(call, image, call.upstream(), taps.shape()));
}

/// The upstream gradient of this op is an image.
constexpr void depthwise_image_gradient_op::gradient(gradient_call& call) {
    const tensor taps = call.operand(0), upstream = call.operand(1);
    if (call.wants(0)) call.give(0, depthwise_kernel_gradient(call, call.upstream(), upstream, taps.shape()));
    if (call.wants(1)) call.give(1, depthwise_of(call, call.upstream(), taps));
}

/// The upstream gradient of this op is a kernel.
constexpr void depthwise_kernel_gradient_op::gradient(gradient_call& call) {
    const tensor image = call.operand(0), upstream = call.operand(1);
    if (call.wants(0)) call.give(0, depthwise_image_gradient(call, call.upstream(), upstream, image.shape()));
    if (call.wants(1)) call.give(1, depthwise_of(call, image, call.upstream()));
}

}  // namespace ambit::op_parts
