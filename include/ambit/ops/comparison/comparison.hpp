// SPDX-License-Identifier: BSL-1.0
// Elementwise comparison with broadcasting: equal, not_equal, less, less_equal, greater, greater_equal. The result is
// bool, of the shape both operands are broadcast to. As in IEEE, NaN is equal to nothing, and not less or greater.
//
//     tensor inside = (x > 0) & (x < 1);
//     tensor hits = equal(argmax(logits, -1), labels);
//
// `==` and `!=` are no elementwise comparison: they tell whether two tensors are the same value of a graph. There is no
// gradient: a comparison does not change with what it compares, but in steps.
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/comparison.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// Two numbers of one dtype; a bool of each pair.
struct comparison_op : binary_op {
    static constexpr inferred infer(const op_call& call) { return as_bool(binary_op::infer(call)); }
    static constexpr inferred as_bool(inferred compared) {
        compared.result.type = dtype::boolean;
        return compared;
    }
};
/// The same, bool among the dtypes.
struct equality_op : comparison_op {
    static constexpr inferred infer(const op_call& call) { return as_bool(infer_of_any(call)); }
    template <class V> static constexpr auto are_equal(const V& a, const V& b) {
        if constexpr (std::same_as<math::element_of_t<V>, bool>) return math::opposite(math::exclusive_or(a, b));
        else return math::equals(a, b);
    }
};

/// Whether a equals b; of bool, too.
struct equal_op : equality_op {
    static constexpr std::string_view name = "equal";
    template <class V> static constexpr auto apply(const V& a, const V& b) { return are_equal(a, b); }
};
inline constexpr op_info equal_info = describe<equal_op>();

/// Whether a differs from b; of bool, too.
struct not_equal_op : equality_op {
    static constexpr std::string_view name = "not_equal";
    /// xsimd 8.1's != is false of NaN.
    template <class V> static constexpr auto apply(const V& a, const V& b) { return math::opposite(are_equal(a, b)); }
};
inline constexpr op_info not_equal_info = describe<not_equal_op>();

/// a < b
struct less_op : comparison_op {
    static constexpr std::string_view name = "less";
    template <class V> static constexpr auto apply(const V& a, const V& b) { return a < b; }
};
inline constexpr op_info less_info = describe<less_op>();

/// a <= b
struct less_equal_op : comparison_op {
    static constexpr std::string_view name = "less_equal";
    template <class V> static constexpr auto apply(const V& a, const V& b) { return a <= b; }
};
inline constexpr op_info less_equal_info = describe<less_equal_op>();

/// a > b
struct greater_op : comparison_op {
    static constexpr std::string_view name = "greater";
    template <class V> static constexpr auto apply(const V& a, const V& b) { return a > b; }
};
inline constexpr op_info greater_info = describe<greater_op>();

/// a >= b
struct greater_equal_op : comparison_op {
    static constexpr std::string_view name = "greater_equal";
    template <class V> static constexpr auto apply(const V& a, const V& b) { return a >= b; }
};
inline constexpr op_info greater_equal_info = describe<greater_equal_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::equal_info> {
    using type = op_parts::equal_op;
};
template <> struct op_of<&op_parts::not_equal_info> {
    using type = op_parts::not_equal_op;
};
template <> struct op_of<&op_parts::less_info> {
    using type = op_parts::less_op;
};
template <> struct op_of<&op_parts::less_equal_info> {
    using type = op_parts::less_equal_op;
};
template <> struct op_of<&op_parts::greater_info> {
    using type = op_parts::greater_op;
};
template <> struct op_of<&op_parts::greater_equal_info> {
    using type = op_parts::greater_equal_op;
};

constexpr tensor equal(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                       const location& at) {
    return graph_parts::make_binary_op(op_parts::equal_info, a, b, options, at);
}

constexpr tensor not_equal(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                           const location& at) {
    return graph_parts::make_binary_op(op_parts::not_equal_info, a, b, options, at);
}

constexpr tensor less(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                      const location& at) {
    return graph_parts::make_binary_op(op_parts::less_info, a, b, options, at);
}

constexpr tensor less_equal(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                            const location& at) {
    return graph_parts::make_binary_op(op_parts::less_equal_info, a, b, options, at);
}

constexpr tensor greater(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                         const location& at) {
    return graph_parts::make_binary_op(op_parts::greater_info, a, b, options, at);
}

constexpr tensor greater_equal(const graph_parts::operand& a, const graph_parts::operand& b, const op_options& options,
                               const location& at) {
    return graph_parts::make_binary_op(op_parts::greater_equal_info, a, b, options, at);
}

constexpr tensor operator<(const graph_parts::operand& a, const graph_parts::operand& b) {
    return graph_parts::make_binary_op(op_parts::less_info, a, b, {}, a.at());
}

constexpr tensor operator<=(const graph_parts::operand& a, const graph_parts::operand& b) {
    return graph_parts::make_binary_op(op_parts::less_equal_info, a, b, {}, a.at());
}

constexpr tensor operator>(const graph_parts::operand& a, const graph_parts::operand& b) {
    return graph_parts::make_binary_op(op_parts::greater_info, a, b, {}, a.at());
}

constexpr tensor operator>=(const graph_parts::operand& a, const graph_parts::operand& b) {
    return graph_parts::make_binary_op(op_parts::greater_equal_info, a, b, {}, a.at());
}

}  // namespace ambit
