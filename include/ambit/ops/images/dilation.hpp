// SPDX-License-Identifier: BSL-1.0
// Convolution with taps apart from each other: pixels whose positions leave one remainder meet each other only, so that
// such a convolution is one without dilations of each of those phases, which are images of a larger batch.
//
//     dilated(x, {3, 3}, {.padding = same, .dilations = {2, 2}, .name = "conv2d"}, at,
//                     [&](const tensor& phases) { return conv2d(phases, kernel); });
//
// What it costs besides: image and result are copied twice each.
#pragma once

#include <ambit/ops/arrays.hpp>
#include <ambit/ops/images/window.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct dilation_options {
    window_extents strides = {};
    padding_option padding = valid;
    window_extents dilations = {};
    std::string_view name = {};
};

/// One axis: places added, so that the phases are of equal extent, and places of the result.
struct dilated_axis {
    std::int64_t before = 0, after = 0, phases = 1, extent = 0, result = 0;

    /// Precondition: the kernel with its dilations is a legal extent, pads are at least 0.
    constexpr dilated_axis(std::int64_t in, std::int64_t taps, std::int64_t dilation,
                           const line_padding_option& padding)
        : phases(dilation) {
        const std::int64_t window = (taps - 1) * dilation + 1;
        const window_places places = places_of_window(in, window, 1, padding);
        before = places.before;
        result = places.count;
        const std::int64_t around = padding.mode == same ? window - 1 : padding.before + padding.after;
        extent = (in + around + dilation - 1) / dilation;
        after = extent * dilation - in - before;
    }
};

/// `convolve(phases)` convolves, strides 1 and padding valid, with a kernel of `taps`. Precondition: `x` is of rank 4.
template <class F>
constexpr tensor dilated(const tensor& x, const window_extents& taps, const dilation_options& o, const location& at,
                         const F& convolve) {
    if (const option_fault off = below_one("dilations", o.dilations)) return refuse(off, x, o.name, at);
    if (o.strides.height != 1 || o.strides.width != 1)
        return refuse<mistake::op_option, "with dilations, strides must be 1">(x, o.name, at);
    if (const option_fault off = no_pads(o.padding)) return refuse(off, x, o.name, at);
    constexpr std::int64_t most = max_tensor_bytes;
    if (o.dilations.height > most / taps.height || o.dilations.width > most / taps.width)
        return refuse<mistake::op_option, "a kernel with its dilations must be smaller than a terabyte">(x, o.name, at);
    const shape in = x.shape();
    const dilated_axis lines(in[1], taps.height, o.dilations.height, o.padding.lines());
    const dilated_axis columns(in[2], taps.width, o.dilations.width, o.padding.columns());
    if (lines.result < 1 || columns.result < 1)
        return refuse<mistake::op_shape, "the kernel is larger than the image: pad with same">(x, o.name, at);

    const shape whole_phases{in[0], lines.extent * lines.phases, columns.extent * columns.phases, in[3]};
    if (!is_legal(whole_phases))
        return refuse<mistake::op_option, "the image with what dilations reach would exceed a terabyte">(x, o.name, at);

    const line_of_call here(x, at);
    tensor padded = x;
    if (lines.before + lines.after + columns.before + columns.after > 0)
        padded = pad(x, {{0, 0}, {lines.before, lines.after}, {columns.before, columns.after}, {0, 0}});
    const tensor apart = reshape(padded, {in[0], lines.extent, lines.phases, columns.extent, columns.phases, in[3]});
    const tensor first = transpose(apart, {2, 4, 0, 1, 3, 5});
    const std::int64_t batch = in[0] * lines.phases * columns.phases;
    const tensor phases = reshape(first, {batch, lines.extent, columns.extent, in[3]});
    const tensor y = convolve(phases);
    const shape each = y.shape();
    const tensor with_phases = reshape(y, {lines.phases, columns.phases, in[0], each[1], each[2], each[3]});
    const tensor together = transpose(with_phases, {2, 3, 0, 4, 1, 5});
    const shape whole{in[0], each[1] * lines.phases, each[2] * columns.phases, each[3]};
    const shape result{in[0], lines.result, columns.result, each[3]};
    if (whole == result) return reshape(together, whole, {o.name});
    return slice(reshape(together, whole), {0, 0, 0, 0}, result, {o.name});
}

}  // namespace ambit::op_parts
