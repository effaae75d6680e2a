// SPDX-License-Identifier: BSL-1.0
// Convolution along one axis: [batch, width, in] x [kernel width, in / groups, out] -> [batch, width', out]. It is a
// convolution of images of one line, on whose kernels it runs: what follows it element by element joins it.
//
//     tensor h = relu(conv1d(signal, weights, {.stride = 2, .padding = same}) + biases);
//
// Gradients by both operands are ops. With groups, it is conv2d between reshapes.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/images/conv2d.hpp>
#include <ambit/ops/images/conv2d_gradients.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// A call along one axis as the call of `Plane`, an op of images, that it is: images get a line, kernels one of taps.
template <class Plane> struct lifted_call {
    tensor_spec operands[2];
    const std::int64_t* words;

    constexpr lifted_call(const op_call& call, bool kernel_first, bool kernel_second)
        : operands{lifted(call.operand(0), kernel_first), lifted(call.operand(1), kernel_second)}, words(call.words) {}

    static constexpr tensor_spec lifted(const tensor_spec& x, bool is_kernel) {
        const shape& e = x.extents;
        return {is_kernel ? shape{1, e[0], e[1], e[2]} : shape{e[0], 1, e[1], e[2]}, x.type};
    }
    constexpr op_call call() const { return {operands, 2, words}; }

    /// What the op of images says, of one axis: hints are of images.
    constexpr inferred infer(bool kernel_result) const {
        inferred found = Plane::infer(call());
        const shape e = found.result.extents;
        found.result.extents = kernel_result ? shape{e[1], e[2], e[3]} : shape{e[0], e[2], e[3]};
        found.hint = {};
        return found;
    }
};

/// What convolution and gradients along one axis share.
struct conv1d_part : compute_op {
    static constexpr bool has_ranks(const op_call& call) {
        return call.extents(0).rank() == 3 && call.extents(1).rank() == 3;
    }
    static constexpr bool has_floats(const op_call& call) {
        return is_floating(call.type(0)) && call.type(0) == call.type(1);
    }
    static constexpr inferred refuses_types(const op_call& call) {
        return refuses(mistake::op_dtype, "both operands must be float32 or float64", call.operand(0));
    }
    static constexpr inferred refuses_ranks(const op_call& call) {
        return refuses(mistake::op_shape, "the operand is [n, w, c], the kernel is [w, in, out]", call.operand(0));
    }
};

/// Convolution along one axis with a bank of kernels.
struct conv1d_op : conv1d_part {
    static constexpr std::string_view name = "conv1d";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::conv2d;
    using attributes = conv2d_op::attributes;
    using plane = lifted_call<conv2d_op>;

    static constexpr inferred infer(const op_call& call) {
        if (!has_ranks(call)) return refuses_ranks(call);
        if (!has_floats(call)) return refuses_types(call);
        if (call.extents(0)[2] != call.extents(1)[1])
            return refuses(mistake::op_shape, "channels of the operand must be the kernel's second extent",
                           call.operand(0));
        return plane(call, false, true).infer(false);
    }
    static constexpr conv2d_geometry geometry(const op_call& call, const tensor_spec& result) {
        return conv2d_op::geometry(plane(call, false, true).call(), plane::lifted(result, false));
    }
};
inline constexpr op_info conv1d_info = describe<conv1d_op>();

/// The gradient of a convolution along one axis by its operand, from kernel and upstream gradient.
struct conv1d_image_gradient_op : conv1d_part {
    static constexpr std::string_view name = "conv1d_image_gradient";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::conv2d_image_gradient;
    using attributes = conv2d_gradient_op::attributes;
    using plane = lifted_call<conv2d_image_gradient_op>;

    static constexpr inferred infer(const op_call& call) {
        if (!has_ranks(call)) return refuses_ranks(call);
        if (!has_floats(call)) return refuses_types(call);
        return plane(call, true, false).infer(false);
    }
    static constexpr conv2d_geometry geometry(const op_call& call, const tensor_spec& result) {
        return conv2d_image_gradient_op::geometry(plane(call, true, false).call(), plane::lifted(result, false));
    }
    static constexpr std::int64_t scratch_bytes(const op_call& call, const tensor_spec& result) {
        return image_gradient_scratch(geometry(call, result)) * size_of(result.type);
    }
};
inline constexpr op_info conv1d_image_gradient_info = describe<conv1d_image_gradient_op>();

/// The gradient of a convolution along one axis by its kernel, from operand and upstream gradient.
struct conv1d_kernel_gradient_op : conv1d_part {
    static constexpr std::string_view name = "conv1d_kernel_gradient";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::conv2d_kernel_gradient;
    using attributes = conv2d_gradient_op::attributes;
    using plane = lifted_call<conv2d_kernel_gradient_op>;

    static constexpr inferred infer(const op_call& call) {
        if (!has_ranks(call)) return refuses_ranks(call);
        if (!has_floats(call)) return refuses_types(call);
        return plane(call, false, false).infer(true);
    }
    static constexpr conv2d_geometry geometry(const op_call& call, const tensor_spec& result) {
        return conv2d_kernel_gradient_op::geometry(plane(call, false, false).call(), plane::lifted(result, true));
    }
    static constexpr std::int64_t scratch_bytes(const op_call& call, const tensor_spec& result) {
        return kernel_gradient_scratch(geometry(call, result)) * size_of(result.type);
    }
};
inline constexpr op_info conv1d_kernel_gradient_info = describe<conv1d_kernel_gradient_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::conv1d_info> {
    using type = op_parts::conv1d_op;
};
template <> struct op_of<&op_parts::conv1d_image_gradient_info> {
    using type = op_parts::conv1d_image_gradient_op;
};
template <> struct op_of<&op_parts::conv1d_kernel_gradient_info> {
    using type = op_parts::conv1d_kernel_gradient_op;
};

constexpr tensor conv1d(const tensor& x, const tensor& kernel, const conv1d_options& o, const location& at) {
    const std::string_view name = o.name.empty() ? std::string_view("conv1d") : o.name;
    if (refused_parts::is_without_graph({x, kernel})) return refused_parts::without_graph({x, kernel});
    const padding_option padding = padding_option::of_columns(o.padding);
    if (o.groups == 1 || x.shape().rank() != 3 || kernel.shape().rank() != 3)
        return make_op(op_parts::conv1d_info, {x, kernel},
                       op_parts::conv1d_op::attributes{1, o.stride, padding, 1, o.dilation}, {o.name}, at);
    const graph_parts::line_of_call here(x, at);
    const tensor image = expand_dims(x, 1);
    const tensor taps = expand_dims(kernel, 0);
    const conv2d_options line{
        .strides = {1, o.stride}, .padding = padding, .dilations = {1, o.dilation}, .groups = o.groups};
    const tensor y = conv2d(image, taps, line);
    return squeeze(y, 1, {name});
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// The three ops on operands of each other, of one convolution. A result has `width` places, or taps.
struct conv1d_calls {
    std::int64_t stride;
    padding_option padding;
    std::int64_t dilation;

    constexpr tensor convolve(const tensor& x, const tensor& taps) const {
        return make_op(conv1d_info, {x, taps}, conv1d_op::attributes{1, stride, padding, 1, dilation}, {}, {});
    }
    constexpr tensor by_image(const tensor& taps, const tensor& upstream, std::int64_t width) const {
        return make_op(conv1d_image_gradient_info, {taps, upstream}, of(width), {}, {});
    }
    constexpr tensor by_kernel(const tensor& x, const tensor& upstream, std::int64_t width) const {
        return make_op(conv1d_kernel_gradient_info, {x, upstream}, of(width), {}, {});
    }

private:
    constexpr conv2d_gradient_op::attributes of(std::int64_t width) const {
        return {1, stride, padding, 1, width, 1, dilation};
    }
};

constexpr void conv1d_op::gradient(gradient_call& call) {
    const auto a = call.attributes<attributes>();
    const conv1d_calls line{a.stride_width, a.padding, a.dilation_width};
    const tensor x = call.operand(0), taps = call.operand(1);
    if (call.wants(0)) call.give(0, line.by_image(taps, call.upstream(), x.shape()[1]));
    if (call.wants(1)) call.give(1, line.by_kernel(x, call.upstream(), taps.shape()[0]));
}

/// The upstream gradient of this op is like the operand of the convolution.
constexpr void conv1d_image_gradient_op::gradient(gradient_call& call) {
    const auto a = call.attributes<attributes>();
    const conv1d_calls line{a.stride_width, a.padding, a.dilation_width};
    const tensor taps = call.operand(0), upstream = call.operand(1);
    if (call.wants(0)) call.give(0, line.by_kernel(call.upstream(), upstream, taps.shape()[0]));
    if (call.wants(1)) call.give(1, line.convolve(call.upstream(), taps));
}

/// The upstream gradient of this op is a kernel.
constexpr void conv1d_kernel_gradient_op::gradient(gradient_call& call) {
    const auto a = call.attributes<attributes>();
    const conv1d_calls line{a.stride_width, a.padding, a.dilation_width};
    const tensor x = call.operand(0), upstream = call.operand(1);
    if (call.wants(0)) call.give(0, line.by_image(call.upstream(), upstream, x.shape()[1]));
    if (call.wants(1)) call.give(1, line.convolve(x, call.upstream()));
}

}  // namespace ambit::op_parts
