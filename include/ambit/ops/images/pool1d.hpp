// SPDX-License-Identifier: BSL-1.0
// Pooling along one axis: [batch, width, channels] -> [batch, width', channels], as pooling of images of one line.
//
//     tensor halved = max_pool1d(signal, {.window = 2, .stride = 2});
#pragma once

#include <ambit/ops/arrays.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE::op_parts {

constexpr tensor pool1d(tensor (*pool)(const tensor&, const pool_options&, const location&), const tensor& x,
                        const pool1d_options& o, std::string_view name, const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    const line_of_call here(x, at);
    if (!o.name.empty()) name = o.name;
    if (x.shape().rank() != 3) return refuse<mistake::op_shape, "the operand is [n, w, c]">(x, name, at);
    const tensor image = expand_dims(x, 1);
    const pool_options along{.window = {1, o.window},
                             .strides = {1, o.stride},
                             .padding = padding_option::of_columns(o.padding),
                             .ceil_mode = o.ceil_mode};
    const tensor y = pool(image, along, at);
    return squeeze(y, 1, {name});
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor max_pool1d(const tensor& x, const pool1d_options& options, const location& at) {
    return op_parts::pool1d(&max_pool, x, options, "max_pool1d", at);
}

constexpr tensor avg_pool1d(const tensor& x, const pool1d_options& options, const location& at) {
    return op_parts::pool1d(&avg_pool, x, options, "avg_pool1d", at);
}

}  // namespace ambit
