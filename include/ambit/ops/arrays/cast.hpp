// SPDX-License-Identifier: BSL-1.0
// Each element as another dtype. A float becomes an integer by dropping its fraction; values outside of the integer's
// range become the nearest end of it, and NaN becomes 0. A wider integer is cut to its low bits.
//
//     tensor pixels = cast(bytes, float32) / 255.0f;
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/ops/arrays.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct cast_op : compute_op {
    static constexpr std::string_view name = "cast";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::cast;
    struct attributes {
        std::int64_t type;
    };

    static constexpr inferred infer(const op_call& call) {
        const auto type = static_cast<dtype>(call.attributes<attributes>().type);
        if (type == dtype::none) return refuses(mistake::op_option, "a dtype must be given", call.operand(0));
        return yields({call.extents(0), type});
    }

    static constexpr std::int64_t geometry(const op_call& call, const tensor_spec&) {
        return call.extents(0).elements();
    }
};
inline constexpr op_info cast_info = describe<cast_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::cast_info> {
    using type = op_parts::cast_op;
};

constexpr tensor cast(const tensor& x, dtype_option type, const op_options& options, const location& at) {
    return make_op(op_parts::cast_info, {x}, op_parts::cast_op::attributes{static_cast<std::int64_t>(dtype(type))},
                   options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void cast_op::gradient(gradient_call& call) {
    const dtype from = call.operand(0).dtype();
    if (is_floating(from)) call.give(0, cast(call.upstream(), from));
}

}  // namespace ambit::op_parts
