// SPDX-License-Identifier: BSL-1.0
// Where each index occurs first: what sums and updates that belong to one index are put together by.
//
//     first_positions(ids, 1000);                               // int32{7, 2, 7, -1} -> int32{0, 1, 0, -1}
//
// Indices are int32 or int64, fewer than 2^31 of them; one outside of the axis gives -1. No gradient.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/ops/lookup/indices.hpp>

#include <limits>

namespace AMBIT_NAMESPACE::op_parts {

struct first_positions_op : compute_op {
    static constexpr std::string_view name = "first_positions";
    using kernel = kernel_tag::first_positions;
    struct attributes {
        std::int64_t extent;
    };

    static constexpr std::int64_t most = (std::numeric_limits<std::int32_t>::max)();

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& ids = call.operand(0);
        const tensor_spec result{ids.extents, dtype::int32};
        if (!is_index(ids.type)) return refuses(mistake::op_dtype, "indices are int32 or int64", ids);
        if (ids.extents.elements() > most) return refuses(mistake::op_shape, "indices are fewer than 2^31", ids);
        return yields(result);
    }
    static constexpr index_geometry geometry(const op_call& call, const tensor_spec& result) {
        return {call.attributes<attributes>().extent, result.extents.elements()};
    }
    static constexpr std::int64_t scratch_bytes(const op_call&, const tensor_spec& result) {
        return 2 * result.bytes();
    }
};
inline constexpr op_info first_positions_info = describe<first_positions_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::first_positions_info> {
    using type = op_parts::first_positions_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// Along an axis of this extent.
constexpr tensor first_positions(const tensor& indices, std::int64_t extent) {
    return make_op(first_positions_info, {indices}, first_positions_op::attributes{extent}, {}, {});
}

}  // namespace ambit::op_parts
