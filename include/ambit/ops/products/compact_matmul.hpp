// SPDX-License-Identifier: BSL-1.0
// A product with compact weights: what `weights_as` (model/compact_weights.hpp) makes of `matmul(x, weights)`. No
// module asks for it by itself.
#pragma once

#include <ambit/contract/compact_weights.hpp>
#include <ambit/ops/op.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

/// Operands: float32 [..., k], and the bytes of weights [k, n] (contract/compact_weights.hpp); result [..., n].
template <weight_format Format> struct compact_matmul_op : compute_op {
    static constexpr std::string_view name =
        Format == weight_format::bfloat16 ? "matmul_bfloat16" : "matmul_int8";
    using kernel = kernel_tag::compact_gemm<Format>;

    static constexpr std::int64_t columns_of(const shape& weights) { return weights[1]; }

    static constexpr inferred infer(const op_call& call) {
        const shape& x = call.extents(0);
        const shape& weights = call.extents(1);
        if (call.type(0) != dtype::float32 || call.type(1) != dtype::uint8)
            return refuses(mistake::op_dtype, "the operands must be float32 and the bytes of weights", call.operand(0));
        const int rank = Format == weight_format::bfloat16 ? 3 : 2;
        if (x.rank() == 0 || weights.rank() != rank ||
            weights != contract_parts::compact_shape(Format, x[-1], columns_of(weights)))
            return refuses(mistake::op_shape, "the weights must be those of [k, n], x [..., k]", call.operand(0));
        tensor_spec result = call.operand(0);
        result.extents.set(x.rank() - 1, columns_of(weights));
        return yields_below_a_terabyte(result, call.operand(0));
    }

    static constexpr contract_parts::compact_gemm_geometry geometry(const op_call& call, const tensor_spec& result) {
        const std::int64_t k = call.extents(0)[-1], n = result.extents[-1];
        return {result.extents.elements() / n, n, k};
    }
};
inline constexpr op_info bfloat16_matmul_info = describe<compact_matmul_op<weight_format::bfloat16>>();
inline constexpr op_info int8_matmul_info = describe<compact_matmul_op<weight_format::int8>>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::bfloat16_matmul_info> {
    using type = op_parts::compact_matmul_op<weight_format::bfloat16>;
};
template <> struct op_of<&op_parts::int8_matmul_info> {
    using type = op_parts::compact_matmul_op<weight_format::int8>;
};

}  // namespace ambit
