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

/// What is refused of a dilated convolution of `x` as it stands, in the words of `name`: of no graph, where nothing is.
constexpr tensor fault_of_dilation(const tensor& x, const window_extents& taps, const dilation_options& o,
                                   const location& at) {
    if (const option_fault off = below_one("dilations", o.dilations)) return refuse(off, x, o.name, at);
    if (o.strides.height != 1 || o.strides.width != 1)
        return refuse<mistake::op_option, "with dilations, strides must be 1">(x, o.name, at);
    if (const option_fault off = no_pads(o.padding)) return refuse(off, x, o.name, at);
    constexpr std::int64_t most = max_tensor_bytes;
    if (o.dilations.height > most / taps.height || o.dilations.width > most / taps.width)
        return refuse<mistake::op_option, "a kernel with its dilations must be smaller than a terabyte">(x, o.name, at);
    return {};
}

/// The phases of images [n, lines, columns, c], whose extents they divide, as a larger batch.
constexpr tensor into_phases(const tensor& x, const window_extents& phases) {
    const shape in = x.shape();
    const std::int64_t height = in[1] / phases.height, width = in[2] / phases.width;
    const tensor apart = reshape(x, {in[0], height, phases.height, width, phases.width, in[3]});
    const tensor first = transpose(apart, {2, 4, 0, 1, 3, 5});
    return reshape(first, {in[0] * phases.height * phases.width, height, width, in[3]});
}

/// What `into_phases` does, undone, and of that a box.
constexpr tensor out_of_phases(const tensor& y, const window_extents& phases, const shape& begin, const shape& result,
                               std::string_view name) {
    const shape each = y.shape();
    const tensor with_phases = reshape(y, {phases.height, phases.width, result[0], each[1], each[2], each[3]});
    const tensor together = transpose(with_phases, {2, 3, 0, 4, 1, 5});
    const shape whole{result[0], each[1] * phases.height, each[2] * phases.width, each[3]};
    if (whole == result) return reshape(together, whole, {name});
    return slice(reshape(together, whole), begin, result, {name});
}

/// `convolve(phases)` convolves, strides 1 and padding valid, with a kernel of `taps`. Precondition: `x` is of rank 4.
template <class F>
constexpr tensor dilated(const tensor& x, const window_extents& taps, const dilation_options& o, const location& at,
                         const F& convolve) {
    if (const tensor fault = fault_of_dilation(x, taps, o, at); fault.builder() != nullptr) return fault;
    const shape in = x.shape();
    const dilated_axis lines(in[1], taps.height, o.dilations.height, o.padding.lines());
    const dilated_axis columns(in[2], taps.width, o.dilations.width, o.padding.columns());
    if (lines.result < 1 || columns.result < 1)
        return refuse<mistake::op_shape, "the kernel is larger than the image: pad with same">(x, o.name, at);
    if (!is_legal(shape{in[0], lines.extent * lines.phases, columns.extent * columns.phases, in[3]}))
        return refuse<mistake::op_option, "the image with what dilations reach would exceed a terabyte">(x, o.name, at);

    const line_of_call here(x, at);
    tensor padded = x;
    if (lines.before + lines.after + columns.before + columns.after > 0)
        padded = pad(x, {{0, 0}, {lines.before, lines.after}, {columns.before, columns.after}, {0, 0}});
    const tensor y = convolve(into_phases(padded, o.dilations));
    return out_of_phases(y, o.dilations, {0, 0, 0, 0}, {in[0], lines.result, columns.result, y.shape()[3]}, o.name);
}

/// The gradient of `dilated` by its image of the extents `result`, from the upstream gradient `x`. `spread(phases,
/// extents)` is that of the convolution of phases, of these heights and widths.
template <class F>
constexpr tensor dilated_back(const tensor& x, const window_extents& taps, const shape& result,
                              const dilation_options& o, const location& at, const F& spread) {
    if (const tensor fault = fault_of_dilation(x, taps, o, at); fault.builder() != nullptr) return fault;
    const shape in = x.shape();
    const dilated_axis lines(result[1], taps.height, o.dilations.height, o.padding.lines());
    const dilated_axis columns(result[2], taps.width, o.dilations.width, o.padding.columns());
    if (lines.result != in[1] || columns.result != in[2])
        return refuse<mistake::op_option, "a convolution of output_shape must have the shape of the operand">(x, o.name,
                                                                                                              at);
    const shape phased{result[0], lines.extent * lines.phases, columns.extent * columns.phases, result[3]};
    const std::int64_t height = (lines.extent - taps.height + 1) * lines.phases;
    const std::int64_t width = (columns.extent - taps.width + 1) * columns.phases;
    if (!is_legal(phased) || !is_legal(shape{in[0], height, width, in[3]}))
        return refuse<mistake::op_option, "the image with what dilations reach would exceed a terabyte">(x, o.name, at);

    const line_of_call here(x, at);
    tensor padded = x;
    if (height > in[1] || width > in[2]) padded = pad(x, {{0, 0}, {0, height - in[1]}, {0, width - in[2]}, {0, 0}});
    const tensor y = spread(into_phases(padded, o.dilations), window_extents{lines.extent, columns.extent});
    return out_of_phases(y, o.dilations, {0, lines.before, columns.before, 0}, result, o.name);
}

}  // namespace ambit::op_parts
