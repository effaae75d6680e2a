// SPDX-License-Identifier: BSL-1.0
// Elementwise logic of bool with broadcasting: logical_and, logical_or, logical_xor, logical_not.
//
//     tensor kept = (x > 0) & ~is_nan(y);
//
// As operators they are `&`, `|`, `^` and `~`, as in TensorFlow and NumPy; `&&` and `||` could not leave out their
// second operand.
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/comparison.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// One or two operands of bool.
struct logical_op : elementwise_op {
    static constexpr inferred infer(const op_call& call) {
        for (int i = 0; i < call.operand_count; ++i)
            if (call.type(i) != dtype::boolean)
                return refuses(mistake::op_dtype, "every operand must be bool", {call.extents(0), dtype::boolean});
        return call.operand_count > 1 ? binary_op::infer_of_any(call) : yields(call.operand(0));
    }
};

/// Whether both hold.
struct logical_and_op : logical_op {
    static constexpr std::string_view name = "logical_and";
    template <class M> static constexpr M apply(const M& a, const M& b) { return a && b; }
};
inline constexpr op_info logical_and_info = describe<logical_and_op>();

/// Whether one or both hold.
struct logical_or_op : logical_op {
    static constexpr std::string_view name = "logical_or";
    template <class M> static constexpr M apply(const M& a, const M& b) { return a || b; }
};
inline constexpr op_info logical_or_info = describe<logical_or_op>();

/// Whether one of two holds.
struct logical_xor_op : logical_op {
    static constexpr std::string_view name = "logical_xor";
    template <class M> static constexpr M apply(const M& a, const M& b) { return math::exclusive_or(a, b); }
};
inline constexpr op_info logical_xor_info = describe<logical_xor_op>();

/// Whether the operand does not hold.
struct logical_not_op : logical_op {
    static constexpr std::string_view name = "logical_not";
    template <class M> static constexpr M apply(const M& a) { return math::opposite(a); }
};
inline constexpr op_info logical_not_info = describe<logical_not_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::logical_and_info> {
    using type = op_parts::logical_and_op;
};
template <> struct op_of<&op_parts::logical_or_info> {
    using type = op_parts::logical_or_op;
};
template <> struct op_of<&op_parts::logical_xor_info> {
    using type = op_parts::logical_xor_op;
};
template <> struct op_of<&op_parts::logical_not_info> {
    using type = op_parts::logical_not_op;
};

constexpr tensor logical_and(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                             const location& at) {
    return graph_parts::make_binary_op(op_parts::logical_and_info, a, b, options, at);
}

constexpr tensor logical_or(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                            const location& at) {
    return graph_parts::make_binary_op(op_parts::logical_or_info, a, b, options, at);
}

constexpr tensor logical_xor(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                             const location& at) {
    return graph_parts::make_binary_op(op_parts::logical_xor_info, a, b, options, at);
}

constexpr tensor logical_not(const tensor& a, const op_options& options, const location& at) {
    return make_op(op_parts::logical_not_info, {a}, no_attributes{}, options, at);
}

constexpr tensor operator&(const graph_parts::operand& a, const graph_parts::operand& b) {
    return graph_parts::make_binary_op(op_parts::logical_and_info, a, b, {}, a.at());
}

constexpr tensor operator|(const graph_parts::operand& a, const graph_parts::operand& b) {
    return graph_parts::make_binary_op(op_parts::logical_or_info, a, b, {}, a.at());
}

constexpr tensor operator^(const graph_parts::operand& a, const graph_parts::operand& b) {
    return graph_parts::make_binary_op(op_parts::logical_xor_info, a, b, {}, a.at());
}

constexpr tensor operator~(const graph_parts::operand& a) {
    return make_op(op_parts::logical_not_info, {a.value()}, no_attributes{}, {}, a.at());
}

}  // namespace ambit
