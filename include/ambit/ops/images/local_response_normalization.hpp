// SPDX-License-Identifier: BSL-1.0
// Local response normalization: each element divided by a power of the squares of its neighbours along the last axis,
// so that channels compete. Source: A. Krizhevsky, I. Sutskever, G. E. Hinton, "ImageNet classification with deep
// convolutional neural networks", 2012, section 3.3.
//
//     tensor h = local_response_normalization(relu(x), {.depth_radius = 2, .bias = 2, .alpha = 1e-4, .beta = 0.75});
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/graph/option_ranges.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/comparison.hpp>
#include <ambit/ops/functions.hpp>
#include <ambit/ops/images.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// The sum of each element of the last axis and its neighbours up to `radius` places away.
struct window_sum_op : compute_op {
    static constexpr std::string_view name = "window_sum";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::window_sum;
    struct attributes {
        std::int64_t radius;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        if (!is_floating(x.type)) return refuses(mistake::op_dtype, "the operand must be float32 or float64", x);
        if (x.extents.rank() < 1) return refuses(mistake::op_shape, "the operand has at least one axis", x);
        if (const option_fault off = outside("radius", call.attributes<attributes>().radius, range_of::from(0)))
            return refuses(off, x);
        return yields(x);
    }
    static constexpr window_sum_geometry geometry(const op_call& call, const tensor_spec& result) {
        const std::int64_t extent = result.extents[-1];
        return {result.extents.elements() / extent, extent, call.attributes<attributes>().radius};
    }
};
inline constexpr op_info window_sum_info = describe<window_sum_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::window_sum_info> {
    using type = op_parts::window_sum_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr tensor window_sum(const tensor& x, std::int64_t radius, const op_options& options = {},
                            const location& at = location::current()) {
    return make_op(window_sum_info, {x}, window_sum_op::attributes{radius}, options, at);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor local_response_normalization(const tensor& x, const local_response_normalization_options& o,
                                              const location& at) {
    const op_options named{o.name.empty() ? std::string_view("local_response_normalization") : o.name};
    graph_parts::option_ranges ranges(x, named.name, at);
    ranges.from("depth_radius", o.depth_radius, 0);
    ranges.above("bias", o.bias, 0);
    ranges.from("alpha", o.alpha, 0);
    ranges.from("beta", o.beta, 0);
    if (!ranges.all_fit()) return x.builder()->inert(x.spec());
    const graph_parts::line_of_call here(x, at);
    const tensor squares = square(x);
    const tensor sum = op_parts::window_sum(squares, o.depth_radius);
    const tensor share = mul(sum, o.alpha);
    tensor size = add(share, o.bias);
    // What is divided by infinity would be 0, however large it is itself.
    size = where(less(size, math::infinity), size, math::not_a_number);
    if (math::equals(o.beta, 1)) return div(x, size, named);
    if (!math::equals(o.beta, 0.5) && !math::equals(o.beta, 0.75)) return mul(x, pow(size, -o.beta), named);
    tensor factor = rsqrt(size);
    if (math::equals(o.beta, 0.75)) factor = mul(factor, sqrt(factor));
    return mul(x, factor, named);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// Whoever is a neighbour has that neighbour.
constexpr void window_sum_op::gradient(gradient_call& call) {
    call.give(0, window_sum(call.upstream(), call.attributes<attributes>().radius));
}

}  // namespace ambit::op_parts
