// SPDX-License-Identifier: BSL-1.0
// Each element limited to [low, high]; NaN stays NaN. relu6 limits to [0, 6].
//
//     tensor share = clip(x, 0, 1);
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/comparison/where_greater.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct clip_op : elementwise_op {
    static constexpr std::string_view name = "clip";
    static constexpr void gradient(gradient_call& call);
    struct attributes {
        double low, high;
    };

    static constexpr inferred infer(const op_call& call) {
        const auto [low, high] = call.attributes<attributes>();
        if (call.type(0) == dtype::boolean)
            return refuses(mistake::op_dtype, "the operand must be a number", call.operand(0));
        const tensor_spec& x = call.operand(0);
        if (const option_fault off = outside("low", low, range_of::doubles_of(x.type))) return refuses(off, x);
        if (const option_fault off = outside("high", high, range_of::doubles_of(x.type))) return refuses(off, x);
        if (math::isnan(high)) return refuses(option_fault{"high", high, range_of::from(low)}, x);
        if (!(low <= high)) return refuses(option_fault{"low", low, range_of::to(high)}, x);
        return yields(x);
    }

    template <class V> static constexpr V apply(const attributes& limits, const V& x) {
        using math::max, math::min;
        // min and max answer their second argument where the two are not ordered: NaN stays.
        using element = math::element_of_t<V>;
        return math::min_of(V(static_cast<element>(limits.high)), math::max_of(V(static_cast<element>(limits.low)), x));
    }
};
inline constexpr op_info clip_info = describe<clip_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::clip_info> {
    using type = op_parts::clip_op;
};

constexpr tensor clip(const tensor& x, double low, double high, const op_options& options, const location& at) {
    return make_op(op_parts::clip_info, {x}, op_parts::clip_op::attributes{low, high}, options, at);
}

constexpr tensor relu6(const tensor& x, const op_options& options, const location& at) {
    return clip(x, 0, 6, {options.name.empty() ? "relu6" : options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void clip_op::gradient(gradient_call& call) {
    const auto [low, high] = call.attributes<attributes>();
    const tensor above = where_greater_equal(call.operand(0), low, call.upstream());
    call.give(0, where_greater_equal(high, call.operand(0), above));
}

}  // namespace ambit::op_parts
