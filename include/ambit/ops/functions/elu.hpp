// SPDX-License-Identifier: BSL-1.0
// x above 0, alpha (e^x - 1) below: elu; selu, the same times a scale, with the alpha and scale that keep mean and
// variance of a deep net's values; and celu, whose slope is 1 at 0.
//
//     tensor h = elu(matmul(x, weights));                     // or elu(…, {.alpha = 0.5})
//
// Sources: D.-A. Clevert, T. Unterthiner, S. Hochreiter, "Fast and accurate deep network learning by exponential linear
// units", 2016; G. Klambauer et al., "Self-normalizing neural networks", 2017, equation 14.
#pragma once

#include <ambit/math/lane_math.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/comparison.hpp>
#include <ambit/ops/functions.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// scale · x above 0, scale · alpha (e^x - 1) below; at 0 the slope is that below.
struct exponential_unit_op : floating_unary_op {
    static constexpr bool heavy = true;
    static constexpr double selu_scale = 1.0507009873554804934, selu_alpha = 1.6732632423543772848;

    template <class V> static constexpr V unit(double scale, double alpha, const V& x) {
        using math::min, math::select;
        using T = math::element_of_t<V>;
        const V zero(T(0));
        // Also lanes above 0 are computed: there e^x must not overflow. min keeps NaN, its second argument.
        const V below = math::expm1_of(math::min_of(zero, x)) * V(static_cast<T>(scale * alpha));
        return select(x > zero, x * V(static_cast<T>(scale)), below);
    }
    static constexpr void slope(gradient_call& call, double scale, double alpha) {
        const tensor above = mul(call.upstream(), scale);
        const tensor rise = add(call.result(), scale * alpha);
        const tensor below = mul(call.upstream(), rise);
        call.give(0, where(greater(call.operand(0), 0), above, below));
    }
};

/// x above 0, alpha (e^x - 1) below.
struct elu_op : exponential_unit_op {
    static constexpr std::string_view name = "elu";
    struct attributes {
        double alpha;
    };

    static constexpr inferred infer(const op_call& call) {
        const inferred result = floating_unary_op::infer(call);
        const double alpha = call.attributes<attributes>().alpha;
        if (result.fault != mistake::none) return result;
        if (const option_fault off = outside("alpha", alpha, range_of::finite())) return refuses(off, call.operand(0));
        if (const option_fault off = outside("alpha", alpha, range_of::values_of(call.type(0))))
            return refuses(off, call.operand(0));
        return result;
    }

    static constexpr void gradient(gradient_call& call) { slope(call, 1, call.attributes<attributes>().alpha); }
    template <class V> static constexpr V apply(const attributes& by, const V& x) { return unit(1, by.alpha, x); }
};
inline constexpr op_info elu_info = describe<elu_op>();

/// elu with the alpha and times the scale that keep mean and variance of a deep net's values.
struct selu_op : exponential_unit_op {
    static constexpr std::string_view name = "selu";
    static constexpr void gradient(gradient_call& call) { slope(call, selu_scale, selu_alpha); }
    template <class V> static constexpr V apply(const V& x) { return unit(selu_scale, selu_alpha, x); }
};
inline constexpr op_info selu_info = describe<selu_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::elu_info> {
    using type = op_parts::elu_op;
};
template <> struct op_of<&op_parts::selu_info> {
    using type = op_parts::selu_op;
};

constexpr tensor elu(const tensor& x, const elu_options& options, const location& at) {
    return make_op(op_parts::elu_info, {x}, op_parts::elu_op::attributes{options.alpha}, {options.name}, at);
}

constexpr tensor selu(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::selu_info, {x}, no_attributes{}, options, at);
}

constexpr tensor celu(const tensor& x, const celu_options& o, const location& at) {
    const std::string_view name = o.name.empty() ? std::string_view("celu") : o.name;
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    if (const contract_parts::option_fault off =
            contract_parts::outside("alpha", o.alpha, contract_parts::range_of::above(0)))
        return op_parts::refuse(off, x, name, at);
    const graph_parts::line_of_call here(x, at);
    const tensor unit = elu(div(x, o.alpha));
    return mul(unit, o.alpha, {name}, at);
}

}  // namespace ambit
