// SPDX-License-Identifier: BSL-1.0
// Images of another size: NHWC [batch, height, width, channels] -> [batch, height', width', channels].
//
//     tensor doubled = resize_nearest(x, 56, 56);
//     tensor smooth  = resize_bilinear(x, 56, 56, {.half_pixel_centers = true});
//
// Where a pixel of the result lies on the operand, at the scale s = extent / extent', as TensorFlow says:
// pixel · s by default; pixel · (extent - 1) / (extent' - 1) with `align_corners`, so that corners are corners;
// (pixel + 1/2) · s - 1/2 with `half_pixel_centers`, so that areas are areas. Nearest is what that comes to cut off,
// rounded with `align_corners`, and the pixel that (pixel + 1/2) · s lies in with `half_pixel_centers`. Smaller images
// are sampled, not averaged.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/images.hpp>

#include <bit>
#include <cstdint>

namespace AMBIT_NAMESPACE::op_parts {

/// What all kinds share: `height` and `width` are those of the result.
struct resize_op : compute_op {
    struct attributes {
        std::int64_t height, width, align_corners, half_pixel_centers;
        std::int64_t rounding = 0;  // of the nearest pixel: a resize_rounding
        double coefficient = 0;  // of a cubic
    };

    static constexpr inferred checked(const op_call& call, bool takes_any) {
        const tensor_spec& x = call.operand(0);
        const auto a = call.attributes<attributes>();
        if (x.extents.rank() != 4)
            return hinted(refuses(mistake::op_shape, "the image is [n, h, w, c]", x), hint_of_image(x.extents.rank()));
        if (!takes_any && !is_floating(x.type))
            return refuses(mistake::op_dtype, "the image must be float32 or float64", x);
        if (const option_fault off = outside("height", a.height, range_of::from(1))) return refuses(off, x);
        if (const option_fault off = outside("width", a.width, range_of::from(1))) return refuses(off, x);
        if (a.align_corners != 0 && a.half_pixel_centers != 0)
            return refuses(mistake::op_option, "align_corners or half_pixel_centers, not both", x);
        const shape result{x.extents[0], a.height, a.width, x.extents[3]};
        if (!is_legal(result)) return exceeds_a_terabyte(x);
        return yields({result, x.type});
    }
    static constexpr resize_geometry geometry_of(const shape& from, const shape& to, const attributes& a) {
        return {from[0],
                from[1],
                from[2],
                from[3],
                to[1],
                to[2],
                a.align_corners != 0        ? resize_centers::corners
                : a.half_pixel_centers != 0 ? resize_centers::half_pixels
                                            : resize_centers::legacy,
                static_cast<resize_rounding>(a.rounding),
                std::bit_cast<std::int64_t>(a.coefficient)};
    }
    static constexpr attributes attributes_from(std::int64_t height, std::int64_t width, const resize_options& o) {
        return {height, width, o.align_corners ? 1 : 0, o.half_pixel_centers ? 1 : 0};
    }
    static constexpr attributes of_nearest(std::int64_t height, std::int64_t width, const resize_nearest_options& o) {
        return {height, width, o.align_corners ? 1 : 0, o.half_pixel_centers ? 1 : 0,
                static_cast<std::int64_t>(o.rounding)};
    }
    static constexpr attributes of_cubic(std::int64_t height, std::int64_t width, const resize_bicubic_options& o) {
        return {height, width, o.align_corners ? 1 : 0, o.half_pixel_centers ? 1 : 0, 0, o.coefficient};
    }
    /// The gradient by an image, and the gradient of that, have the other's extents.
    static constexpr attributes with_extents_of(const tensor& image, attributes a) {
        a.height = image.shape()[1];
        a.width = image.shape()[2];
        return a;
    }
    static constexpr void give_by(gradient_call& call, const op_info& other);
};

/// From the operand to the result, and, for gradients, from the result to the operand.
struct resize_forward_op : resize_op {
    static constexpr resize_geometry geometry(const op_call& call, const tensor_spec& result) {
        return geometry_of(call.extents(0), result.extents, call.attributes<attributes>());
    }
};
struct resize_backward_op : resize_op {
    static constexpr inferred infer(const op_call& call) { return checked(call, false); }
    static constexpr resize_geometry geometry(const op_call& call, const tensor_spec& result) {
        return geometry_of(result.extents, call.extents(0), call.attributes<attributes>());
    }
};

/// Images of another size, each place as the nearest one.
struct resize_nearest_op : resize_forward_op {
    static constexpr std::string_view name = "resize_nearest";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::resize_nearest;
    static constexpr inferred infer(const op_call& call) { return checked(call, true); }
};
inline constexpr op_info resize_nearest_info = describe<resize_nearest_op>();

/// Images of another size, each place interpolated between four.
struct resize_bilinear_op : resize_forward_op {
    static constexpr std::string_view name = "resize_bilinear";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::resize_bilinear;
    static constexpr inferred infer(const op_call& call) { return checked(call, false); }
};
inline constexpr op_info resize_bilinear_info = describe<resize_bilinear_op>();

/// The gradient of resize_nearest by its image.
struct resize_nearest_gradient_op : resize_backward_op {
    static constexpr std::string_view name = "resize_nearest_gradient";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::resize_nearest_gradient;
};
inline constexpr op_info resize_nearest_gradient_info = describe<resize_nearest_gradient_op>();

/// The gradient of resize_bilinear by its image.
struct resize_bilinear_gradient_op : resize_backward_op {
    static constexpr std::string_view name = "resize_bilinear_gradient";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::resize_bilinear_gradient;
};
inline constexpr op_info resize_bilinear_gradient_info = describe<resize_bilinear_gradient_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::resize_nearest_info> {
    using type = op_parts::resize_nearest_op;
};
template <> struct op_of<&op_parts::resize_bilinear_info> {
    using type = op_parts::resize_bilinear_op;
};
template <> struct op_of<&op_parts::resize_nearest_gradient_info> {
    using type = op_parts::resize_nearest_gradient_op;
};
template <> struct op_of<&op_parts::resize_bilinear_gradient_info> {
    using type = op_parts::resize_bilinear_gradient_op;
};

constexpr tensor resize_nearest(const tensor& image, core_parts::whole_number height, core_parts::whole_number width,
                                const resize_nearest_options& options, const location& at) {
    return make_op(op_parts::resize_nearest_info, {image}, op_parts::resize_op::of_nearest(height, width, options),
                   {options.name}, at);
}

constexpr tensor resize_bilinear(const tensor& image, core_parts::whole_number height, core_parts::whole_number width,
                                 const resize_options& options, const location& at) {
    return make_op(op_parts::resize_bilinear_info, {image},
                   op_parts::resize_op::attributes_from(height, width, options), {options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void resize_op::give_by(gradient_call& call, const op_info& other) {
    const attributes a = with_extents_of(call.operand(0), call.attributes<attributes>());
    call.give(0, make_op(other, {call.upstream()}, a, {}, {}));
}
constexpr void resize_nearest_op::gradient(gradient_call& call) { give_by(call, resize_nearest_gradient_info); }
constexpr void resize_bilinear_op::gradient(gradient_call& call) { give_by(call, resize_bilinear_gradient_info); }
constexpr void resize_nearest_gradient_op::gradient(gradient_call& call) { give_by(call, resize_nearest_info); }
constexpr void resize_bilinear_gradient_op::gradient(gradient_call& call) { give_by(call, resize_bilinear_info); }

}  // namespace ambit::op_parts
