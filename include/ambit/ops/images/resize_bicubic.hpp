// SPDX-License-Identifier: BSL-1.0
// Images of another size by cubic convolution: [n, h, w, c] -> [n, height, width, c], each pixel a sum of sixteen.
//
//     tensor sharp = resize_bicubic(x, 56, 56, {.half_pixel_centers = true});
//
// Places are those of ops/images/resize.hpp; pixels beyond an edge are those of the edge.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/images/resize.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// Images of another size, each place interpolated between sixteen.
struct resize_bicubic_op : resize_forward_op {
    static constexpr std::string_view name = "resize_bicubic";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::resize_cubic;
    static constexpr inferred infer(const op_call& call) {
        const inferred result = resize_bilinear_op::infer(call);
        const double coefficient = call.attributes<attributes>().coefficient;
        if (result.fault != mistake::none) return result;
        if (const option_fault off = outside("coefficient", coefficient, range_of::finite()))
            return refuses(off, call.operand(0));
        return result;
    }
};
inline constexpr op_info resize_bicubic_info = describe<resize_bicubic_op>();

/// The gradient of resize_bicubic by its image.
struct resize_bicubic_gradient_op : resize_backward_op {
    static constexpr std::string_view name = "resize_bicubic_gradient";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::resize_cubic_gradient;
};
inline constexpr op_info resize_bicubic_gradient_info = describe<resize_bicubic_gradient_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::resize_bicubic_info> {
    using type = op_parts::resize_bicubic_op;
};
template <> struct op_of<&op_parts::resize_bicubic_gradient_info> {
    using type = op_parts::resize_bicubic_gradient_op;
};

constexpr tensor resize_bicubic(const tensor& image, core_parts::whole_number height, core_parts::whole_number width,
                                const resize_bicubic_options& options, const location& at) {
    return make_op(op_parts::resize_bicubic_info, {image}, op_parts::resize_op::of_cubic(height, width, options),
                   {options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void resize_bicubic_op::gradient(gradient_call& call) { give_by(call, resize_bicubic_gradient_info); }
constexpr void resize_bicubic_gradient_op::gradient(gradient_call& call) { give_by(call, resize_bicubic_info); }

}  // namespace ambit::op_parts
