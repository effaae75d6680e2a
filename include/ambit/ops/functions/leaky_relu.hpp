// SPDX-License-Identifier: BSL-1.0
// x above 0, alpha · x below: leaky_relu with one number alpha, prelu with an alpha that is learnt and broadcast.
//
//     tensor h = leaky_relu(matmul(x, weights), {.alpha = 0.1});
//     tensor k = prelu(conv2d(image, kernel), s.get_variable("alpha", {32}, {.initializer = constant(0.25)}));
//
// At 0 the slope is that below. Sources: A. L. Maas, A. Y. Hannun, A. Y. Ng, "Rectifier nonlinearities improve neural
// network acoustic models", 2013; K. He et al., "Delving deep into rectifiers", 2015.
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/comparison.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// x above 0, alpha · x below, with one number alpha.
struct leaky_relu_op : floating_unary_op {
    static constexpr std::string_view name = "leaky_relu";
    static constexpr void gradient(gradient_call& call);
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

    template <class V> static constexpr V apply(const attributes& by, const V& x) {
        using math::select;
        using T = math::element_of_t<V>;
        return select(x > V(T(0)), x, x * V(static_cast<T>(by.alpha)));
    }
};
inline constexpr op_info leaky_relu_info = describe<leaky_relu_op>();

/// x above 0, alpha · x below, with an alpha that is broadcast.
struct prelu_op : floating_binary_op {
    static constexpr std::string_view name = "prelu";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& x, const V& alpha) {
        using math::select;
        return select(x > V(math::element_of_t<V>(0)), x, x * alpha);
    }
};
inline constexpr op_info prelu_info = describe<prelu_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::leaky_relu_info> {
    using type = op_parts::leaky_relu_op;
};
template <> struct op_of<&op_parts::prelu_info> {
    using type = op_parts::prelu_op;
};

constexpr tensor leaky_relu(const tensor& x, const leaky_relu_options& options, const location& at) {
    return make_op(op_parts::leaky_relu_info, {x}, op_parts::leaky_relu_op::attributes{options.alpha}, {options.name},
                   at);
}

constexpr tensor prelu(const tensor& x, const graph_parts::operand& alpha, const op_options& options,
                       const location& at) {
    return graph_parts::make_binary_op(op_parts::prelu_info, x, alpha, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void leaky_relu_op::gradient(gradient_call& call) {
    const tensor below = mul(call.upstream(), call.attributes<attributes>().alpha);
    call.give(0, where(greater(call.operand(0), 0), call.upstream(), below));
}

constexpr void prelu_op::gradient(gradient_call& call) {
    const tensor x = call.operand(0);
    const tensor alpha = call.operand(1);
    const tensor is_above = greater(x, 0);
    if (call.wants(0)) {
        const tensor below = mul(call.upstream(), alpha);
        call.give(0, sum_to(where(is_above, call.upstream(), below), x.shape()));
    }
    if (!call.wants(1)) return;
    const tensor by_alpha = mul(call.upstream(), x);
    call.give(1, sum_to(where(is_above, 0, by_alpha), alpha.shape()));
}

}  // namespace ambit::op_parts
