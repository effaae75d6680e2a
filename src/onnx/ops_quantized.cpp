// SPDX-License-Identifier: BSL-1.0
// Numbers quantized to 8 bits: (q - zero point) · scale. Products are exact: integers, or float64 in convolutions.
#include "products.hpp"
#include "windows.hpp"

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

/// A vector along an axis of `rank` axes, or a scalar.
tensor along(const tensor& x, int axis, int rank) {
    if (x.shape().elements() == 1) return reshape(x, {});
    integers extents(static_cast<std::size_t>(rank), 1);
    extents[static_cast<std::size_t>(axis)] = x.shape().elements();
    return reshape(x, shape_of(extents));
}

/// To the nearest number of 8 bits, even of two.
tensor saturated(const tensor& x, onnx_type type) {
    const bool has_sign = type == onnx_type::int8;
    return cast_to(clip(x, has_sign ? -128 : 0, has_sign ? 127 : 255), carrier_of(type));
}

/// The axis along which scales and zero points differ: before version 13 there is one of each.
int axis_of_scales(const node_call& call, int rank) {
    if (rank == 0 || call.opset() < 13) return 0;
    return call.axis(rank == 1 ? 0 : call.integer("axis", 1), rank);
}

void quantize(node_call& call) {
    const tensor x = cast_to(call.x(0), float32);
    const int rank = x.shape().rank(), axis = axis_of_scales(call, rank);
    const onnx_type type = call.has(2) ? call.type(2) : onnx_type::uint8;
    tensor result = round(x / along(call.x(1), axis, rank));
    if (call.has(2)) result = result + along(cast_to(call.x(2), float32), axis, rank);
    call.give(saturated(result, type), type);
}

void dequantize(node_call& call) {
    const tensor x = cast_to(call.x(0), float32);
    const int rank = x.shape().rank(), axis = axis_of_scales(call, rank);
    const tensor shifted = call.has(2) ? x - along(cast_to(call.x(2), float32), axis, rank) : x;
    call.give(shifted * along(call.x(1), axis, rank), onnx_type::float32);
}

void quantize_dynamically(node_call& call) {
    const tensor x = call.x(0);
    const tensor low = minimum(reduce_min(x), 0.0F), high = maximum(reduce_max(x), 0.0F);
    const tensor scale = (high - low) / 255.0F;
    const tensor zero = round(clip(neg(low) / scale, 0, 255));
    call.give(saturated(round(x / scale) + zero, onnx_type::uint8), onnx_type::uint8);
    call.give(scale, onnx_type::float32, 1);
    call.give(cast(zero, uint8), onnx_type::uint8, 2);
}

/// Less its zero point, which is one number, or one for each row or column.
tensor centered(const node_call& call, int i, int zero, dtype type, int axis) {
    const tensor x = cast_to(call.x(i), type);
    return call.has(zero)
               ? x - along(cast_to(call.x(zero), type), axis < 0 ? axis + x.shape().rank() : axis, x.shape().rank())
               : x;
}

void multiply_integers(node_call& call) {
    call.give(product(centered(call, 0, 2, int32, -2), centered(call, 1, 3, int32, -1)), onnx_type::int32);
}

void multiply_quantized(node_call& call) {
    const tensor sums = cast_to(product(centered(call, 0, 2, int32, -2), centered(call, 3, 5, int32, -1)), float32);
    const tensor scale = along(call.x(1), -2 + sums.shape().rank(), sums.shape().rank()) *
                         along(call.x(4), -1 + sums.shape().rank(), sums.shape().rank()) / reshape(call.x(6), {});
    call.give(saturated(round(sums * scale) + cast_to(reshape(call.x(7), {}), float32), call.type(7)), call.type(7));
}

void convolve_integers(node_call& call) {
    const tensor x = centered(call, 0, 2, float64, 1), kernel = centered(call, 1, 3, float64, 0);
    const windows all = windows_of_convolution(call, x, kernel);
    call.give(cast(convolved(call, x, kernel, all, call.integer("group", 1)), int32), onnx_type::int32);
}

void convolve_quantized(node_call& call) {
    const tensor x = centered(call, 0, 2, float64, 1), kernel = centered(call, 3, 5, float64, 0);
    const windows all = windows_of_convolution(call, x, kernel);
    tensor sums = convolved(call, x, kernel, all, call.integer("group", 1));
    const int rank = sums.shape().rank();
    if (call.has(8)) sums = sums + along(cast_to(call.x(8), float64), 1, rank);
    const auto scale = [&](int i) { return along(cast_to(call.x(i), float64), 1, rank); };
    const tensor scaled = round(sums * (scale(1) * scale(4) / scale(6)));
    call.give(saturated(scaled + cast_to(reshape(call.x(7), {}), float64), call.type(7)), call.type(7));
}

}  // namespace

void add_quantized(op_table& table) {
    table.add("QuantizeLinear", &quantize);
    table.add("DequantizeLinear", &dequantize);
    table.add("DynamicQuantizeLinear", &quantize_dynamically);
    table.add("MatMulInteger", &multiply_integers);
    table.add("QLinearMatMul", &multiply_quantized);
    table.add("ConvInteger", &convolve_integers);
    table.add("QLinearConv", &convolve_quantized);
}

}  // namespace ambit::onnx_parts
