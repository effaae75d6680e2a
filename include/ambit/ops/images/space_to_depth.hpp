// SPDX-License-Identifier: BSL-1.0
// Blocks of an NHWC image moved into its channels, and back, in TensorFlow's order of channels. Any dtype.
//
//     tensor deep = space_to_depth(image, 2);                   // [n, h, w, c] -> [n, h/2, w/2, 4c]
//     tensor wide = depth_to_space(deep, 2);                    // and back
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/ops/images.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// Blocks of an image moved into its channels: a transposition.
struct space_to_depth_op : compute_op {
    static constexpr std::string_view name = "space_to_depth";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::transpose;
    struct attributes {
        std::int64_t block;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& image = call.operand(0);
        const shape& x = image.extents;
        const std::int64_t block = call.attributes<attributes>().block;
        if (x.rank() != 4)
            return hinted(refuses(mistake::op_shape, "the image is [n, h, w, c]", image), hint_of_image(x.rank()));
        if (block < 1 || x[1] % block != 0 || x[2] % block != 0)
            return refuses(mistake::op_option, "the block divides height and width", image);
        return yields({{x[0], x[1] / block, x[2] / block, block * block * x[3]}, image.type});
    }
    static constexpr transpose_geometry geometry(const op_call& call, const tensor_spec& result) {
        const std::int64_t block = call.attributes<attributes>().block;
        const shape& to = result.extents;
        return {4, {to[0] * to[1], block, to[2], block * call.extents(0)[3]}, {0, 2, 1, 3}};
    }
};
inline constexpr op_info space_to_depth_info = describe<space_to_depth_op>();

/// Blocks of channels spread over the image: a transposition.
struct depth_to_space_op : compute_op {
    static constexpr std::string_view name = "depth_to_space";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::transpose;
    using attributes = space_to_depth_op::attributes;

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& image = call.operand(0);
        const shape& x = image.extents;
        const std::int64_t block = call.attributes<attributes>().block;
        if (x.rank() != 4)
            return hinted(refuses(mistake::op_shape, "the image is [n, h, w, c]", image), hint_of_image(x.rank()));
        if (block < 1 || block > x[3] || x[3] % block != 0 || x[3] / block % block != 0)
            return refuses(mistake::op_option, "the square of the block divides the channels", image);
        return yields({{x[0], x[1] * block, x[2] * block, x[3] / block / block}, image.type});
    }
    static constexpr transpose_geometry geometry(const op_call& call, const tensor_spec& result) {
        const shape& x = call.extents(0);
        const std::int64_t block = call.attributes<attributes>().block;
        return {4, {x[0] * x[1], x[2], block, block * result.extents[3]}, {0, 2, 1, 3}};
    }
};
inline constexpr op_info depth_to_space_info = describe<depth_to_space_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::space_to_depth_info> {
    using type = op_parts::space_to_depth_op;
};
template <> struct op_of<&op_parts::depth_to_space_info> {
    using type = op_parts::depth_to_space_op;
};

constexpr tensor space_to_depth(const tensor& image, core_parts::whole_number block, const op_options& options,
                                const location& at) {
    return make_op(op_parts::space_to_depth_info, {image}, op_parts::space_to_depth_op::attributes{block}, options, at);
}

constexpr tensor depth_to_space(const tensor& image, core_parts::whole_number block, const op_options& options,
                                const location& at) {
    return make_op(op_parts::depth_to_space_info, {image}, op_parts::depth_to_space_op::attributes{block}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void space_to_depth_op::gradient(gradient_call& call) {
    call.give(0, make_op(depth_to_space_info, {call.upstream()}, call.attributes<attributes>(), {}, {}));
}

constexpr void depth_to_space_op::gradient(gradient_call& call) {
    call.give(0, make_op(space_to_depth_info, {call.upstream()}, call.attributes<attributes>(), {}, {}));
}

}  // namespace ambit::op_parts
