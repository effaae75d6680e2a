// SPDX-License-Identifier: BSL-1.0
// Units of neural networks that are made of other ops, which are computed in one loop: hard_sigmoid, hard_swish, mish,
// log_sigmoid, celu.
//
//     tensor h = hard_swish(conv2d(image, kernel));
#pragma once

#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE {

constexpr tensor hard_sigmoid(const tensor& x, const op_options& options, const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    const graph_parts::line_of_call here(x, at);
    const tensor sloped = mul(x, 1.0 / 6);
    const tensor lifted = add(sloped, 0.5);
    return clip(lifted, 0, 1, {options.name.empty() ? std::string_view("hard_sigmoid") : options.name}, at);
}

constexpr tensor hard_swish(const tensor& x, const op_options& options, const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    const graph_parts::line_of_call here(x, at);
    const tensor share = hard_sigmoid(x);
    const tensor bounded = maximum(x, -3);  // below, the share is 0, which minus infinity would make NaN
    return mul(bounded, share, {options.name.empty() ? std::string_view("hard_swish") : options.name}, at);
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
