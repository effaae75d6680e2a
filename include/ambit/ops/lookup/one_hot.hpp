// SPDX-License-Identifier: BSL-1.0
// Indices as rows that are 1 there and 0 elsewhere.
//
//     tensor rows = one_hot(labels, 10);                                        // int32[32] -> float32[32, 10]
//     tensor mask = one_hot(labels, 10, {.axis = 0, .dtype = boolean});         // -> bool[10, 32]
//
// Indices are int32, int64 or uint8. One outside of [0, depth) gives a row that is off everywhere.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/ops/lookup.hpp>

#include <bit>

namespace AMBIT_NAMESPACE::op_parts {

struct one_hot_op : compute_op {
    static constexpr std::string_view name = "one_hot";
    using kernel = kernel_tag::one_hot;
    struct attributes {
        std::int64_t depth, axis, type;
        double on, off;
    };

    static constexpr inferred infer(const op_call& call) {
        const auto a = call.attributes<attributes>();
        const shape& at = call.extents(0);
        const auto type = static_cast<dtype>(a.type);
        const tensor_spec guess{at, type == dtype::none ? float32 : type};
        if (!is_integer(call.type(0))) return refuses(mistake::op_dtype, "indices are int32, int64 or uint8", guess);
        if (type == dtype::none) return refuses(mistake::op_option, "a dtype must be given", guess);
        if (const option_fault off = outside("depth", a.depth, range_of::from(1))) return refuses(off, guess);
        if (const option_fault off = outside("on", a.on, range_of::doubles_of(type))) return refuses(off, guess);
        if (const option_fault off = outside("off", a.off, range_of::doubles_of(type))) return refuses(off, guess);
        if (at.rank() == max_rank) return refuses(mistake::op_shape, "a tensor has at most 8 axes", guess);
        const int axis = normalize_axis(a.axis, at.rank() + 1);
        if (axis < 0) return refuses(mistake::op_option, "the new axis lies outside of the result", guess);
        tensor_spec result{{}, type};
        for (int i = 0; i <= at.rank(); ++i) result.extents.append(i == axis ? a.depth : at[i - (i > axis ? 1 : 0)]);
        return yields_below_a_terabyte(result, guess);
    }

    static constexpr one_hot_geometry geometry(const op_call& call, const tensor_spec& result) {
        const auto a = call.attributes<attributes>();
        const axis_geometry along = along_axis(result.extents, normalize_axis(a.axis, result.extents.rank()));
        return {along.outer, along.extent, along.inner, std::bit_cast<std::int64_t>(a.on),
                std::bit_cast<std::int64_t>(a.off)};
    }
};
inline constexpr op_info one_hot_info = describe<one_hot_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::one_hot_info> {
    using type = op_parts::one_hot_op;
};

constexpr tensor one_hot(const tensor& indices, core_parts::whole_number depth, const one_hot_options& options,
                         const location& at) {
    const op_parts::one_hot_op::attributes a{
        depth, options.axis, static_cast<std::int64_t>(ambit::dtype(options.dtype)), options.on, options.off};
    return make_op(op_parts::one_hot_info, {indices}, a, {options.name}, at);
}

}  // namespace ambit
