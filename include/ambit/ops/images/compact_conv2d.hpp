// SPDX-License-Identifier: BSL-1.0
// A convolution with compact weights: what `weights_as` (model/compact_weights.hpp) makes of `conv2d(x, weights)` and
// `conv1d(x, weights)`. No module asks for it by itself.
#pragma once

#include <ambit/contract/compact_weights.hpp>
#include <ambit/ops/images/conv1d.hpp>
#include <ambit/ops/images/conv2d.hpp>
#include <ambit/ops/op.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::op_parts {

/// Options of the convolution, and the kernel's extents, which bytes do not tell.
struct compact_convolution_attributes {
    conv2d_op::attributes options;
    std::int64_t kernel_height, kernel_width;

    /// The kernel that bytes of weights stand for: `in` channels to `out`.
    constexpr shape kernel(std::int64_t in, std::int64_t out) const { return {kernel_height, kernel_width, in, out}; }
};

/// Operands: float32 of the image, and the bytes of weights [height·width·in, out] (contract/compact_weights.hpp).
/// `Plain` is `conv2d_op` or `conv1d_op`, whose result it has.
template <weight_format Format, class Plain> struct compact_convolution_op : compute_op {
    static constexpr bool is_of_images = std::is_same_v<Plain, conv2d_op>;
    static constexpr std::string_view name =
        is_of_images ? (Format == weight_format::bfloat16 ? "conv2d_bfloat16" : "conv2d_int8")
                     : (Format == weight_format::bfloat16 ? "conv1d_bfloat16" : "conv1d_int8");
    using kernel = kernel_tag::compact_conv2d<Format>;
    using attributes = compact_convolution_attributes;

    /// The call with floats as weights.
    struct plain_call {
        tensor_spec operands[2];
        const std::int64_t* words;

        explicit constexpr plain_call(const op_call& call)
            : operands{call.operand(0), {kernel_of(call), dtype::float32}}, words(call.words) {}
        constexpr op_call call() const { return {operands, 2, words}; }

        static constexpr shape kernel_of(const op_call& of) {
            const shape extents =
                of.attributes<attributes>().kernel(of.extents(0)[-1], of.extents(1)[1]);
            return is_of_images ? extents : shape{extents[1], extents[2], extents[3]};
        }
    };

    static constexpr inferred infer(const op_call& call) {
        const shape& x = call.extents(0);
        const shape& weights = call.extents(1);
        if (call.type(0) != dtype::float32 || call.type(1) != dtype::uint8)
            return refuses(mistake::op_dtype, "the operands must be float32 and the bytes of weights", call.operand(0));
        const attributes a = call.attributes<attributes>();
        if (x.rank() == 0 || weights.rank() < 2 ||
            weights != contract_parts::compact_shape(Format, a.kernel_height * a.kernel_width * x[-1], weights[1]))
            return refuses(mistake::op_shape, "the weights must be those of [height·width·in, out]", call.operand(0));
        return Plain::infer(plain_call(call).call());
    }
    static constexpr conv2d_geometry geometry(const op_call& call, const tensor_spec& result) {
        return Plain::geometry(plain_call(call).call(), result);
    }
    static constexpr std::int64_t scratch_bytes(const op_call& call, const tensor_spec& result) {
        return contract_parts::compact_conv2d_scratch(geometry(call, result)) * size_of(result.type);
    }
};
inline constexpr op_info bfloat16_conv2d_info =
    describe<compact_convolution_op<weight_format::bfloat16, conv2d_op>>();
inline constexpr op_info int8_conv2d_info = describe<compact_convolution_op<weight_format::int8, conv2d_op>>();
inline constexpr op_info bfloat16_conv1d_info =
    describe<compact_convolution_op<weight_format::bfloat16, conv1d_op>>();
inline constexpr op_info int8_conv1d_info = describe<compact_convolution_op<weight_format::int8, conv1d_op>>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::bfloat16_conv2d_info> {
    using type = op_parts::compact_convolution_op<weight_format::bfloat16, op_parts::conv2d_op>;
};
template <> struct op_of<&op_parts::int8_conv2d_info> {
    using type = op_parts::compact_convolution_op<weight_format::int8, op_parts::conv2d_op>;
};
template <> struct op_of<&op_parts::bfloat16_conv1d_info> {
    using type = op_parts::compact_convolution_op<weight_format::bfloat16, op_parts::conv1d_op>;
};
template <> struct op_of<&op_parts::int8_conv1d_info> {
    using type = op_parts::compact_convolution_op<weight_format::int8, op_parts::conv1d_op>;
};

}  // namespace ambit
