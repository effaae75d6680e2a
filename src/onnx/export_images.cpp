// SPDX-License-Identifier: BSL-1.0
// Ops of images, and of lines, as operators of ONNX, which have channels first.
#include "exporting.hpp"

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

attribute_list window_attributes(const padding_option& padding) {
    if (padding.mode == same) return {{"auto_pad", text_attribute("SAME_UPPER")}};
    return {{"pads", list_attribute({padding.top, padding.left, padding.bottom, padding.right})}};
}
std::string to_channels_last(op_export& op, const std::string& x) { return op.transposed(x, {0, 2, 3, 1}); }
std::string to_channels_first(op_export& op, const std::string& x) { return op.transposed(x, {0, 3, 1, 2}); }

/// A kernel [h, w, c, m] of a depthwise convolution.
std::string depthwise_kernel(op_export& op, const std::string& kernel, const shape& k) {
    return op.reshaped(op.transposed(kernel, {2, 3, 0, 1}), shape{k[2] * k[3], std::int64_t{1}, k[0], k[1]});
}
std::string depthwise_convolution(op_export& op) {
    const auto a = op.attributes<op_parts::depthwise_op>();
    attribute_list list = window_attributes(a.padding);
    list.emplace_back("strides", list_attribute({a.stride_height, a.stride_width}));
    list.emplace_back("dilations", list_attribute({a.dilation_height, a.dilation_width}));
    const shape& k = op.spec(1).extents;
    list.emplace_back("group", integer_attribute(k[2]));
    const std::string kernel = depthwise_kernel(op, op.in(1), k);
    return to_channels_last(op, op.add("Conv", {to_channels_first(op, op.in(0)), kernel}, list));
}

/// What a transposed convolution leaves out at the end of an axis; what no window reaches is padding of the result.
struct cut_axis {
    std::int64_t after, besides;

    cut_axis(std::int64_t in, std::int64_t stride, std::int64_t taps, std::int64_t dilation, std::int64_t before,
             std::int64_t result) {
        const std::int64_t rest = (in - 1) * stride + (taps - 1) * dilation + 1 - before - result;
        after = rest > 0 ? rest : 0;
        besides = rest < 0 ? -rest : 0;
    }
};

/// With a kernel [out, in / groups, h, w]; `Op` is the gradient of a convolution by its image.
template <class Op> std::string transposed_convolution(op_export& op, std::string kernel, std::int64_t groups) {
    const contract_parts::conv2d_geometry g = Op::geometry(op.call(), op.result());
    const cut_axis height(g.out_height, g.stride_height, g.kernel_height, g.dilation_height, g.pad_top, g.in_height);
    const cut_axis width(g.out_width, g.stride_width, g.kernel_width, g.dilation_width, g.pad_left, g.in_width);
    const attribute_list list{{"pads", list_attribute({g.pad_top, g.pad_left, height.after, width.after})},
                              {"output_padding", list_attribute({height.besides, width.besides})},
                              {"strides", list_attribute({g.stride_height, g.stride_width})},
                              {"dilations", list_attribute({g.dilation_height, g.dilation_width})},
                              {"group", integer_attribute(groups)}};
    return to_channels_last(op, op.add("ConvTranspose", {to_channels_first(op, op.in(1)), std::move(kernel)}, list));
}

export_rule pool(const char* op_type) {
    return [=](op_export& op) {
        const auto a = op.attributes<op_parts::pool_op>();
        attribute_list list = window_attributes(a.padding);
        list.emplace_back("kernel_shape", list_attribute({a.window_height, a.window_width}));
        list.emplace_back("strides", list_attribute({a.stride_height, a.stride_width}));
        list.emplace_back("ceil_mode", integer_attribute(a.ceil_mode));
        return to_channels_last(op, op.add(op_type, {to_channels_first(op, op.in(0))}, list));
    };
}

/// Blocks of pixels to channels or back: in TensorFlow's order, which is ONNX's when it says nothing.
export_rule blocks(const char* op_type) {
    return [=](op_export& op) {
        const std::int64_t block = op.attributes<op_parts::space_to_depth_op>().block;
        return to_channels_last(
            op, op.add(op_type, {to_channels_first(op, op.in(0))}, {{"blocksize", integer_attribute(block)}}));
    };
}

const char* rounding_of(const op_parts::resize_op::attributes& a) {
    switch (static_cast<resize_rounding>(a.rounding)) {
        case resize_rounding::down: return "floor";
        case resize_rounding::half_down: return "round_prefer_floor";
        case resize_rounding::half_up: return "round_prefer_ceil";
        case resize_rounding::up: return "ceil";
        case resize_rounding::by_centers: break;
    }
    return a.align_corners != 0 || a.half_pixel_centers != 0 ? "round_prefer_ceil" : "floor";
}

export_rule resized(const char* mode) {
    return [=](op_export& op) {
        const auto a = op.attributes<op_parts::resize_op>();
        const char* const centers = a.align_corners != 0        ? "align_corners"
                                    : a.half_pixel_centers != 0 ? "half_pixel"
                                                                : "asymmetric";
        const shape& to = op.result().extents;
        return to_channels_last(
            op, op.add("Resize", {to_channels_first(op, op.in(0)), "", "", op.list({to[0], to[3], to[1], to[2]})},
                       {{"mode", text_attribute(mode)},
                        {"coordinate_transformation_mode", text_attribute(centers)},
                        {"nearest_mode", text_attribute(rounding_of(a))},
                        {"cubic_coeff_a", number_attribute(a.coefficient)}}));
    };
}

}  // namespace

std::string convolution(op_export& op, const std::string& kernel, std::int64_t channels) {
    const auto a = op.attributes<op_parts::conv2d_op>();
    attribute_list list = window_attributes(a.padding);
    list.emplace_back("strides", list_attribute({a.stride_height, a.stride_width}));
    list.emplace_back("dilations", list_attribute({a.dilation_height, a.dilation_width}));
    list.emplace_back("group", integer_attribute(op.spec(0).extents[3] / channels));
    const std::string turned_kernel = op.transposed(kernel, {3, 2, 0, 1});
    return to_channels_last(op, op.add("Conv", {to_channels_first(op, op.in(0)), turned_kernel}, list));
}

std::string convolution_of_lines(op_export& op, const std::string& kernel) {
    const auto a = op.attributes<op_parts::conv2d_op>();  // of the one line
    attribute_list list = window_attributes(a.padding);
    if (a.padding.mode != same) list = {{"pads", list_attribute({a.padding.left, a.padding.right})}};
    list.emplace_back("strides", list_attribute({a.stride_width}));
    list.emplace_back("dilations", list_attribute({a.dilation_width}));
    const std::string turned_kernel = op.transposed(kernel, {2, 1, 0});
    return op.transposed(op.add("Conv", {op.transposed(op.in(0), {0, 2, 1}), turned_kernel}, list), {0, 2, 1});
}

void add_image_rules(export_rules& rules) {
    rules["conv1d"] = [](op_export& op) { return convolution_of_lines(op, op.in(1)); };
    rules["conv2d"] = [](op_export& op) { return convolution(op, op.in(1), op.spec(1).extents[2]); };
    rules["depthwise_conv2d"] = &depthwise_convolution;
    // What conv2d_transpose is made of.
    rules["conv2d_image_gradient"] = [](op_export& op) {
        using by_image = op_parts::conv2d_image_gradient_op;
        return transposed_convolution<by_image>(op, op.transposed(op.in(0), {3, 2, 0, 1}), 1);
    };
    rules["depthwise_image_gradient"] = [](op_export& op) {
        using by_image = op_parts::depthwise_image_gradient_op;
        const shape& k = op.spec(0).extents;
        return transposed_convolution<by_image>(op, depthwise_kernel(op, op.in(0), k), k[2]);
    };
    rules["max_pool"] = pool("MaxPool");
    rules["avg_pool"] = pool("AveragePool");
    rules["space_to_depth"] = blocks("SpaceToDepth");
    rules["depth_to_space"] = blocks("DepthToSpace");
    rules["resize_nearest"] = resized("nearest");
    rules["resize_bilinear"] = resized("linear");
    rules["resize_bicubic"] = resized("cubic");
}

}  // namespace ambit::onnx_parts
