// SPDX-License-Identifier: BSL-1.0
// Smooth units: softplus log(1 + e^x), softsign x / (1 + |x|), swish (also called silu) x / (1 + e^-x), mish
// x tanh(log(1 + e^x)), log_sigmoid -log(1 + e^-x); the last two are made of other ops, computed in one loop.
//
//     tensor deviation = softplus(x);
//
// softplus neither overflows where x is large nor loses what is small. Sources: C. Dugas et al., "Incorporating
// second-order functional knowledge", 2001; P. Ramachandran, B. Zoph, Q. V. Le, "Searching for activation functions",
// 2017.
#pragma once

#include <ambit/math/exponentials.hpp>
#include <ambit/math/softplus.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// log(1 + e^x), which neither overflows nor loses what is small.
struct softplus_op : floating_unary_op {
    static constexpr std::string_view name = "softplus";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true, interleaves = true;
    template <class V> static constexpr V apply(const V& x) { return math::softplus_of(x); }
};
inline constexpr op_info softplus_info = describe<softplus_op>();

/// x / (1 + |x|)
struct softsign_op : floating_unary_op {
    static constexpr std::string_view name = "softsign";
    static constexpr void gradient(gradient_call& call);
    template <class V> static constexpr V apply(const V& x) {
        using math::abs, math::max, math::min;
        using T = math::element_of_t<V>;
        // Beyond the bounds all is 1, and infinity by infinity would not be. min and max keep NaN, their second
        // argument.
        const V bounded = math::min_of(V(T(1e30)), math::max_of(V(T(-1e30)), x));
        return bounded / (V(T(1)) + abs(bounded));
    }
};
inline constexpr op_info softsign_info = describe<softsign_op>();

/// x / (1 + e^-x)
struct swish_op : floating_unary_op {
    static constexpr std::string_view name = "swish";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true, interleaves = true;
    template <class V> static constexpr V apply(const V& x) {
        // Below the bound all is 0, and infinity by 0 would not be. max keeps NaN, its second argument.
        const V from = math::max_of(V(math::element_of_t<V>(-1000)), x);
        return from * math::logistic_of(from);
    }
};
inline constexpr op_info swish_info = describe<swish_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::softplus_info> {
    using type = op_parts::softplus_op;
};
template <> struct op_of<&op_parts::softsign_info> {
    using type = op_parts::softsign_op;
};
template <> struct op_of<&op_parts::swish_info> {
    using type = op_parts::swish_op;
};

constexpr tensor softplus(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::softplus_info, {x}, no_attributes{}, options, at);
}

constexpr tensor softsign(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::softsign_info, {x}, no_attributes{}, options, at);
}

constexpr tensor swish(const tensor& x, const op_options& options, const location& at) {
    return make_op(op_parts::swish_info, {x}, no_attributes{}, options, at);
}

constexpr tensor silu(const tensor& x, const op_options& options, const location& at) {
    return swish(x, {options.name.empty() ? "silu" : options.name}, at);
}

constexpr tensor mish(const tensor& x, const op_options& options, const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    const graph_parts::line_of_call here(x, at);
    // tanh(log(1 + e)) = n / (n + 2), where n = e (e + 2); beyond 20 it is 1 in both dtypes.
    const tensor e = exp(minimum(x, 20));
    const tensor n = mul(e, add(e, 2));
    const tensor share = div(n, add(n, 2));
    const tensor bounded = maximum(x, -1000);  // where the share is 0 in both dtypes
    return mul(bounded, share, {options.name.empty() ? std::string_view("mish") : options.name}, at);
}

constexpr tensor log_sigmoid(const tensor& x, const op_options& options, const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    const graph_parts::line_of_call here(x, at);
    const tensor opposite = neg(x);
    const tensor loss = softplus(opposite);
    return neg(loss, {options.name.empty() ? std::string_view("log_sigmoid") : options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void softplus_op::gradient(gradient_call& call) {
    call.give(0, mul(call.upstream(), sigmoid(call.operand(0))));
}

constexpr void softsign_op::gradient(gradient_call& call) {
    const tensor reach = add(abs(call.operand(0)), 1);
    call.give(0, div(call.upstream(), square(reach)));
}

constexpr void swish_op::gradient(gradient_call& call) {
    const tensor gate = sigmoid(call.operand(0));
    const tensor rest = sub(call.operand(0), call.result());  // x (1 - gate)
    const tensor slope = mul(gate, add(rest, 1));
    call.give(0, mul(call.upstream(), slope));
}

}  // namespace ambit::op_parts
