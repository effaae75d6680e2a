// SPDX-License-Identifier: BSL-1.0
#include "windows.hpp"

#include <algorithm>

namespace AMBIT_NAMESPACE::onnx_parts {

windows windows_of(const node_call& call, const integers& places, const integers& kernel, bool ceil) {
    const std::size_t axes = places.size();
    const integers strides = call.list("strides", integers(axes, 1)),
                   dilations = call.list("dilations", integers(axes, 1));
    const integers pads = call.list("pads", integers(2 * axes, 0));
    const std::string automatic = call.text("auto_pad", "NOTSET");
    if (kernel.size() != axes || strides.size() != axes || dilations.size() != axes || pads.size() != 2 * axes)
        call.refuse(onnx_fault::wrong_size,
                    "window, strides, dilations and pads are not of as many axes as there are places", "");
    windows all;
    for (std::size_t i = 0; i < axes; ++i) {
        window_axis w{places[i], kernel[i], strides[i], dilations[i], pads[i], pads[axes + i], 0};
        constexpr std::int64_t most = 1 << 24;
        for (const std::int64_t number : {w.window, w.stride, w.dilation})
            if (number < 1 || number > most)
                call.refuse(onnx_fault::refused, "a window, a stride or a dilation is not from 1 to 2^24", "");
        if (w.before < 0 || w.after < 0 || w.before > most || w.after > most)
            call.refuse(onnx_fault::refused, "pads are not from 0 to 2^24", "");
        if (automatic == "VALID") w.before = w.after = 0;
        if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
            const std::int64_t count = (w.extent - 1) / w.stride + 1;
            const std::int64_t around = std::max<std::int64_t>((count - 1) * w.stride + w.reach() - w.extent, 0);
            w.before = automatic == "SAME_UPPER" ? around / 2 : around - around / 2;
            w.after = around - w.before;
        }
        const std::int64_t free = w.extent + w.before + w.after - w.reach();
        if (free < 0) call.refuse(onnx_fault::refused, "a window is larger than what it moves over", "");
        w.count = (ceil ? (free + w.stride - 1) / w.stride : free / w.stride) + 1;
        // A window that begins behind the operand and its padding in front holds nothing.
        if (ceil && (w.count - 1) * w.stride >= w.extent + w.before) --w.count;
        all.push_back(w);
    }
    return all;
}

tensor padded(const tensor& x, const windows& all, double value) {
    paddings around{{0, 0}, {0, 0}};
    bool is_padded = false;
    for (const window_axis& w : all) {
        const std::int64_t behind =
            std::max<std::int64_t>((w.count - 1) * w.stride + w.reach() - w.extent - w.before, 0);
        around.append({w.before, behind});
        is_padded = is_padded || w.before > 0 || behind > 0;
    }
    return is_padded ? pad(x, around, {.constant_value = value}) : x;
}

windows windows_of_convolution(const node_call& call, const tensor& x, const tensor& kernel) {
    const integers e = extents_of(x), k = extents_of(kernel);
    if (e.size() < 3 || k.size() != e.size())
        call.refuse(onnx_fault::refused, "operand and kernel are not of one rank of at least 3", "");
    const integers window = call.list("kernel_shape", integers(k.begin() + 2, k.end()));
    return windows_of(call, integers(e.begin() + 2, e.end()), window, false);
}

namespace {

/// [n, c, h, w] by [out, c / groups, h, w].
tensor convolved_images(const tensor& x, const tensor& kernel, const window_axis& h, const window_axis& w,
                        std::int64_t groups) {
    // ambit strides or dilates along an axis, not both: the stride is taken of all places then.
    const bool at_once = (h.stride == 1 && w.stride == 1) || (h.dilation == 1 && w.dilation == 1);
    const conv2d_options options{.strides = at_once ? window_extents(h.stride, w.stride) : window_extents(1, 1),
                                 .padding = explicit_pads(h.before, h.after, w.before, w.after),
                                 .dilations = {h.dilation, w.dilation},
                                 .groups = groups};
    tensor result = conv2d(transpose(x, {0, 2, 3, 1}), transpose(kernel, {2, 3, 1, 0}), options);
    if (!at_once)
        result = strided_slice(result, {.strides = {1, static_cast<int>(h.stride), static_cast<int>(w.stride)}});
    return transpose(result, {0, 3, 1, 2});
}

}  // namespace

tensor convolved(const node_call& call, const tensor& x, const tensor& kernel, const windows& all,
                 std::int64_t groups) {
    const integers e = extents_of(x), k = extents_of(kernel);
    if (groups < 1 || k[0] % groups != 0 || e[1] != k[1] * groups)
        call.refuse(onnx_fault::refused, "the channels of operand and kernel do not fit", "");
    if (all.size() == 2) return convolved_images(x, kernel, all[0], all[1], groups);
    if (all.size() == 1) {
        const tensor image =
            convolved_images(expand_dims(x, 2), expand_dims(kernel, 2), {1, 1, 1, 1, 0, 0, 1}, all[0], groups);
        return squeeze(image, {2});
    }
    if (all.size() != 3) call.lacks("a convolution along more than three axes");
    // Each slice of the kernel along the first axis moves over images, which are added up.
    const window_axis& d = all[0];
    const tensor deep =
        pad(x, {{0, 0},
                {0, 0},
                {d.before, std::max<std::int64_t>((d.count - 1) * d.stride + d.reach() - d.extent - d.before, 0)},
                {0, 0},
                {0, 0}});
    std::optional<tensor> sum;
    for (std::int64_t tap = 0; tap < d.window; ++tap) {
        const std::int64_t first = tap * d.dilation;
        const tensor places = strided_slice(deep, {.begin = places_of({0, 0, first}),
                                                   .end = places_of({e[0], e[1], first + (d.count - 1) * d.stride + 1}),
                                                   .strides = places_of({1, 1, d.stride})});
        const tensor images = reshape(transpose(places, {0, 2, 1, 3, 4}), {e[0] * d.count, e[1], e[3], e[4]});
        const tensor part = slice(kernel, shape_of({0, 0, tap, 0, 0}), shape_of({k[0], k[1], 1, k[3], k[4]}));
        const tensor result = convolved_images(images, squeeze(part, {2}), all[1], all[2], groups);
        sum = sum ? *sum + result : result;
    }
    return transpose(reshape(*sum, {e[0], d.count, k[0], all[1].count, all[2].count}), {0, 2, 1, 3, 4});
}

}  // namespace ambit::onnx_parts
