// SPDX-License-Identifier: BSL-1.0
// Where the windows of convolutions and pools stand, along any number of axes.
#pragma once

#include "importing.hpp"

namespace AMBIT_NAMESPACE::onnx_parts {

/// One axis: window, stride, distance of taps, pads; how many places there are.
struct window_axis {
    std::int64_t extent, window, stride, dilation, before, after, count;

    std::int64_t reach() const { return (window - 1) * dilation + 1; }
};
using windows = std::vector<window_axis>;

/// Of windows, strides and pads that are multiplied with extents.
inline constexpr std::int64_t most_of_windows = 1 << 20;

/// What a node says of kernel_shape, strides, dilations, pads and auto_pad. `ceil`: a last window may reach behind.
windows windows_of(const node_call& call, const integers& places, const integers& kernel, bool ceil);

/// [n, c, places…] with `value` around, as far as windows reach.
tensor padded(const tensor& x, const windows& all, double value);

/// For each tap, in row-major order: the elements that windows have there, [n, c, counts…], of a padded x.
template <class F> void for_each_tap(const tensor& x, const windows& all, const F& f) {
    integers tap(all.size(), 0);
    for (bool goes_on = true; goes_on;) {
        integers begin(2, 0), end{x.shape()[0], x.shape()[1]}, step(2, 1);
        for (std::size_t i = 0; i < all.size(); ++i) {
            begin.push_back(tap[i] * all[i].dilation);
            end.push_back(begin.back() + (all[i].count - 1) * all[i].stride + 1);
            step.push_back(all[i].stride);
        }
        f(tap, strided_slice(x, {.begin = places_of(begin), .end = places_of(end), .strides = places_of(step)}));
        goes_on = false;
        for (std::size_t i = all.size(); i-- > 0 && !goes_on;) {
            goes_on = ++tap[i] < all[i].window;
            if (!goes_on) tap[i] = 0;
        }
    }
}

/// [n, c, places…] by [out, c / groups, window…], padded with zeros.
tensor convolved(const node_call& call, const tensor& x, const tensor& kernel, const windows& all, std::int64_t groups);

/// The window, strides and pads of a convolution node, for x and kernel of such shapes.
windows windows_of_convolution(const node_call& call, const tensor& x, const tensor& kernel);

}  // namespace ambit::onnx_parts
