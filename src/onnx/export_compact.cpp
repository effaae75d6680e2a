// SPDX-License-Identifier: BSL-1.0
// Compact weights (ambit/model/compact_weights.hpp) as initializers of int8 with their scales, or of bfloat16, and what
// makes floats of them in front of each product and convolution.
#include "exporting.hpp"

#include <ambit/math/bfloat16.hpp>
#include <ambit/ops/images/compact_conv2d.hpp>
#include <ambit/ops/products/compact_matmul.hpp>

#include <cstring>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

/// Numbers of `Stored` as an array of ONNX carries them.
template <class Stored, class Carrier, class Meaning>
onnx_array spelled(onnx_type type, std::vector<std::int64_t> extents, const std::byte* from, const Meaning& meaning) {
    onnx_array array = onnx_array::zeros(type, std::move(extents));
    for (Carrier& element : array.as<Carrier>()) {
        Stored stored;
        std::memcpy(&stored, from, sizeof stored);
        from += sizeof stored;
        element = meaning(stored);
    }
    return array;
}

template <weight_format Format> std::string compact_product(op_export& op) {
    const std::int64_t k = op.spec(0).extents[-1], n = op.result().extents[-1];
    return op.add("MatMul", {op.in(0), op.floats_of_weights(Format, k, n)});
}

template <weight_format Format> std::string compact_convolution(op_export& op) {
    using compact = op_parts::compact_convolution_op<Format, op_parts::conv2d_op>;
    const shape kernel = compact::plain_call::kernel_of(op.call());
    const std::string matrix = op.floats_of_weights(Format, kernel[0] * kernel[1] * kernel[2], kernel[3]);
    return convolution(op, op.reshaped(matrix, kernel), kernel[2]);
}
template <weight_format Format> std::string compact_convolution_of_lines(op_export& op) {
    using compact = op_parts::compact_convolution_op<Format, op_parts::conv1d_op>;
    const shape kernel = compact::plain_call::kernel_of(op.call());
    return convolution_of_lines(
        op, op.reshaped(op.floats_of_weights(Format, kernel[0] * kernel[1], kernel[2]), kernel));
}

}  // namespace

std::string exported_graph::spell_out(const std::string& name, weight_format format, std::int64_t k, std::int64_t n) {
    const auto done = scales_.find(name);
    if (done != scales_.end()) return done->second;
    for (auto& [known, array] : graph.initializers) {
        if (known != name) continue;
        const std::shared_ptr<const onnx_array> bytes = array;  // while they are read
        const auto widened = [](std::int8_t weight) { return std::int32_t{weight}; };
        if (format == weight_format::bfloat16) {
            array = std::make_shared<onnx_array>(spelled<std::uint16_t, float>(
                onnx_type::bfloat16, {k, n}, bytes->bytes.data(), &math::from_bfloat16));
            return scales_[name] = {};
        }
        const std::byte* const rows = bytes->bytes.data() + contract_parts::rows_of_scales * n;
        array =
            std::make_shared<onnx_array>(spelled<std::int8_t, std::int32_t>(onnx_type::int8, {k, n}, rows, widened));
        const auto as_it_is = [](float scale) { return scale; };
        return scales_[name] = constant(
                   spelled<float, float>(onnx_type::float32, {n}, bytes->bytes.data(), as_it_is), name + "/scales");
    }
    return {};
}

void add_compact_rules(export_rules& rules) {
    rules["matmul_int8"] = &compact_product<weight_format::int8>;
    rules["matmul_bfloat16"] = &compact_product<weight_format::bfloat16>;
    rules["conv2d_int8"] = &compact_convolution<weight_format::int8>;
    rules["conv1d_int8"] = &compact_convolution_of_lines<weight_format::int8>;
    rules["conv1d_bfloat16"] = &compact_convolution_of_lines<weight_format::bfloat16>;
    rules["conv2d_bfloat16"] = &compact_convolution<weight_format::bfloat16>;
}

}  // namespace ambit::onnx_parts
