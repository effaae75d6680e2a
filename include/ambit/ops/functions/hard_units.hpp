// SPDX-License-Identifier: BSL-1.0
// Units of neural networks made of straight lines: hard_sigmoid and hard_swish, of other ops that are computed in one
// loop.
//
//     tensor h = hard_swish(conv2d(image, kernel));
#pragma once

#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>

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

}  // namespace ambit
