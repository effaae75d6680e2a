// SPDX-License-Identifier: BSL-1.0
// Convolutions and pools over arrays [n, channels, places…].
#include "windows.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

tensor with_bias(const node_call& call, const tensor& x, int bias) {
    if (!call.has(bias)) return x;
    integers extents(static_cast<std::size_t>(x.shape().rank()), 1);
    extents[1] = x.shape()[1];
    return x + reshape(call.x(bias), shape_of(extents));
}

void convolution(node_call& call) {
    const tensor x = call.x(0), kernel = call.x(1);
    const windows all = windows_of_convolution(call, x, kernel);
    call.give(with_bias(call, convolved(call, x, kernel, all, call.integer("group", 1)), 2));
}

/// Zeros between the elements of each axis of places, one less than the number of steps.
tensor spread(const tensor& x, const integers& steps) {
    tensor result = x;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i] == 1) continue;
        const int axis = static_cast<int>(i) + 2;
        const tensor apart = expand_dims(result, axis + 1);
        paddings around;
        for (int a = 0; a < apart.shape().rank(); ++a) around.append({0, a == axis + 1 ? steps[i] - 1 : 0});
        integers joined = extents_of(result), begin(joined.size(), 0);
        joined[static_cast<std::size_t>(axis)] *= steps[i];
        result = reshape(pad(apart, around), shape_of(joined));
        joined[static_cast<std::size_t>(axis)] -= steps[i] - 1;
        result = slice(result, shape_of(begin), shape_of(joined));
    }
    return result;
}

/// As the convolution of the spread operand with the kernel turned around. One of images goes to ambit's own.
void transposed_convolution(node_call& call) {
    const tensor x = call.x(0), kernel = call.x(1);
    const integers e = extents_of(x), k = extents_of(kernel);
    if (e.size() < 3 || k.size() != e.size() || e[1] != k[0])
        call.refuse(onnx_fault::refused, "the channels of operand and kernel do not fit", "");
    const std::size_t axes = e.size() - 2;
    const std::int64_t groups = call.integer("group", 1);
    if (groups < 1 || k[0] % groups != 0) call.refuse(onnx_fault::refused, "groups do not divide the channels", "");
    const auto listed = [&](std::string_view name, std::int64_t otherwise, std::size_t count) {
        return call.within(call.list(name, integers(count, otherwise)), otherwise, most_of_windows, name);
    };
    const integers strides = listed("strides", 1, axes), dilations = listed("dilations", 1, axes);
    const integers besides = listed("output_padding", 0, axes), pads = listed("pads", 0, 2 * axes);
    const integers wanted = call.within(call.list("output_shape"), 1, std::int64_t{1} << 40, "output_shape");
    const std::string automatic = call.text("auto_pad", "NOTSET");
    if (strides.size() != axes || dilations.size() != axes || besides.size() != axes || pads.size() != 2 * axes)
        call.refuse(onnx_fault::wrong_size, "strides, dilations and pads are not of as many axes as there are places",
                    "");
    windows all;
    for (std::size_t i = 0; i < axes; ++i) {
        window_axis w{(e[i + 2] - 1) * strides[i] + 1, k[i + 2], 1, dilations[i], 0, 0, 0};
        std::int64_t before = pads[i], after = pads[axes + i];
        const bool is_same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
        if (!wanted.empty() || is_same) {
            if (!wanted.empty() && wanted.size() < axes)
                call.refuse(onnx_fault::wrong_size, "output_shape has fewer axes than there are places", "");
            const std::int64_t extent = wanted.empty() ? e[i + 2] * strides[i] : wanted[wanted.size() - axes + i];
            const std::int64_t total = strides[i] * (e[i + 2] - 1) + besides[i] + w.reach() - extent;
            before = automatic == "SAME_LOWER" ? total - total / 2 : total / 2;
            after = total - before;
        }
        w.before = w.reach() - 1 - before;
        w.after = w.reach() - 1 - after + besides[i];
        w.count = w.extent + w.before + w.after - w.reach() + 1;
        if (w.before < 0 || w.after < 0 || w.count < 1) call.lacks("pads that are larger than the kernel");
        all.push_back(w);
    }
    // [c, out / groups, window…] -> [out, c / groups, window…], turned around.
    const std::int64_t of_group = k[0] / groups;
    integers apart{groups, of_group}, order{0, 2, 1}, joined{k[1] * groups, of_group};
    for (std::size_t i = 1; i < k.size(); ++i) apart.push_back(k[i]);
    for (std::size_t i = 3; i < apart.size(); ++i) order.push_back(static_cast<std::int64_t>(i));
    for (std::size_t i = 2; i < k.size(); ++i) joined.push_back(k[i]);
    ambit::axes turned, exchanged;
    for (std::size_t i = 0; i < axes; ++i) turned.append(static_cast<std::int64_t>(i) + 2);
    for (const std::int64_t axis : order) exchanged.append(axis);
    const tensor parts = transpose(reshape(kernel, shape_of(apart)), exchanged);
    const tensor flipped = reverse(reshape(parts, shape_of(joined)), turned);
    call.give(with_bias(call, convolved(call, spread(x, strides), flipped, all, groups), 2));
}

// ---- pools ---------------------------------------------------------------------------------------------------------

windows windows_of_pool(const node_call& call, const tensor& x) {
    const integers e = extents_of(x);
    if (e.size() < 3) call.refuse(onnx_fault::refused, "the operand has no places", "");
    return windows_of(call, integers(e.begin() + 2, e.end()), call.list("kernel_shape"),
                      call.integer("ceil_mode", 0) != 0);
}

/// Pools that ambit has: of images, or along one axis, of neighbours.
bool is_plain(const windows& all) {
    bool plain = all.size() <= 2;
    for (const window_axis& w : all) plain = plain && w.dilation == 1 && w.before < w.window && w.after < w.window;
    return plain;
}
template <class Pool> tensor pooled(const node_call& call, const tensor& x, const windows& all, const Pool& pool) {
    const window_axis one{1, 1, 1, 1, 0, 0, 1};
    const window_axis& h = all.size() == 2 ? all[0] : one;
    const window_axis& w = all.back();
    const tensor images = all.size() == 2 ? x : expand_dims(x, 2);
    const tensor result = pool(transpose(images, {0, 2, 3, 1}),
                               pool_options{.window = {h.window, w.window},
                                            .strides = {h.stride, w.stride},
                                            .padding = explicit_pads(h.before, h.after, w.before, w.after),
                                            .ceil_mode = call.integer("ceil_mode", 0) != 0});
    const tensor moved = transpose(result, {0, 3, 1, 2});
    return all.size() == 2 ? moved : squeeze(moved, {2});
}

/// Where each element stands: among all of the operand's, or with columns first.
tensor numbers_of_places(const node_call& call, const tensor& x) {
    const integers e = extents_of(x);
    std::vector<std::int64_t> numbers;
    const bool by_columns = call.integer("storage_order", 0) != 0;
    const std::int64_t places = std::accumulate(e.begin() + 2, e.end(), std::int64_t{1}, std::multiplies<>());
    for (std::int64_t i = 0; i < places; ++i) {
        if (!by_columns) {
            numbers.push_back(i);
            continue;
        }
        std::int64_t rest = i, number = 0;
        integers place(e.size() - 2);
        for (std::size_t axis = place.size(); axis-- > 0; rest /= e[axis + 2]) place[axis] = rest % e[axis + 2];
        for (std::size_t axis = place.size(); axis-- > 0;) number = number * e[axis + 2] + place[axis];
        numbers.push_back(number);
    }
    integers one = e, images(e.size(), 1);
    one[0] = one[1] = 1;
    images[0] = e[0];
    images[1] = e[1];
    const tensor of_image = constant_of(call.s(), onnx_array::of(onnx_type::int64, one, numbers));
    const tensor image = reshape(range(call.s(), e[0] * e[1], {.dtype = int64}), shape_of(images));
    return image * places + of_image;
}

void max_pool_by(node_call& call) {
    const dtype type = call.x(0).dtype();
    const tensor x = is_floating(type) ? call.x(0) : cast(call.x(0), float64);
    const windows all = windows_of_pool(call, x);
    if (is_plain(all) && !call.wants(1))
        return call.give(
            cast_to(pooled(call, x, all, [](const tensor& y, const pool_options& o) { return max_pool(y, o); }), type));
    const double least = -std::numeric_limits<double>::infinity();
    std::vector<tensor> taps, numbers;
    for_each_tap(padded(x, all, least), all, [&](const integers&, const tensor& tap) { taps.push_back(tap); });
    tensor best = taps[0];
    if (call.wants(1))
        for_each_tap(padded(numbers_of_places(call, x), all, 0), all,
                     [&](const integers&, const tensor& tap) { numbers.push_back(tap); });
    tensor number = call.wants(1) ? numbers[0] : best;
    for (std::size_t i = 1; i < taps.size(); ++i) {
        if (call.wants(1)) number = where(taps[i] > best, numbers[i], number);
        best = maximum(best, taps[i]);
    }
    call.give(cast_to(best, type));
    if (call.wants(1)) call.give(number, onnx_type::int64, 1);
}

void average_pool_by(node_call& call) {
    const tensor x = call.x(0);
    const windows all = windows_of_pool(call, x);
    const bool counts_pads = call.integer("count_include_pad", 0) != 0;
    if (is_plain(all) && !counts_pads)
        return call.give(pooled(call, x, all, [](const tensor& y, const pool_options& o) { return avg_pool(y, o); }));
    std::optional<tensor> sum;
    for_each_tap(padded(x, all, 0), all, [&](const integers&, const tensor& tap) { sum = sum ? *sum + tap : tap; });
    // How many places of each window count: those of the operand, and of its padding if that counts.
    integers counts{1, 1};
    std::vector<double> list{1};
    for (const window_axis& w : all) {
        std::vector<double> longer;
        for (const double outer : list)
            for (std::int64_t place = 0; place < w.count; ++place) {
                std::int64_t inside = 0;
                for (std::int64_t tap = 0; tap < w.window; ++tap) {
                    const std::int64_t at = place * w.stride + tap * w.dilation - w.before;
                    const std::int64_t low = counts_pads ? -w.before : 0, high = w.extent + (counts_pads ? w.after : 0);
                    inside += at >= low && at < high ? 1 : 0;
                }
                longer.push_back(outer * static_cast<double>(inside));
            }
        list = std::move(longer);
        counts.push_back(w.count);
    }
    call.give(*sum / constant_of(call.s(), list, counts, x.dtype()));
}

tensor power_mean(const node_call& call, const tensor& sum, double p) {
    return p == 2 ? sqrt(sum) : pow(sum, scalar_of(call.s(), 1 / p, sum.dtype()));
}
tensor powers(const node_call& call, const tensor& x, double p) {
    return p == 2 ? square(x) : pow(abs(x), scalar_of(call.s(), p, x.dtype()));
}

void lp_pool(node_call& call) {
    const tensor x = call.x(0);
    const windows all = windows_of_pool(call, x);
    const auto p = static_cast<double>(call.integer("p", 2));
    std::optional<tensor> sum;
    for_each_tap(padded(powers(call, x, p), all, 0), all,
                 [&](const integers&, const tensor& tap) { sum = sum ? *sum + tap : tap; });
    call.give(power_mean(call, *sum, p));
}

op_function global_pool(tensor (*reduce)(const tensor&, const reduce_options&)) {
    return [=](node_call& call) {
        ambit::axes places;
        for (int axis = 2; axis < call.rank(0); ++axis) places.append(axis);
        call.give(reduce(call.x(0), {.axes = places, .keep_dims = true}));
    };
}

void global_lp_pool(node_call& call) {
    const auto p = static_cast<double>(call.integer("p", 2));
    ambit::axes places;
    for (int axis = 2; axis < call.rank(0); ++axis) places.append(axis);
    call.give(power_mean(call, reduce_sum(powers(call, call.x(0), p), {.axes = places, .keep_dims = true}), p));
}

/// Values go back to the places that a pool has taken them from: numbers of places of the result.
void max_unpool(node_call& call) {
    const tensor x = call.x(0);
    const integers e = extents_of(x);
    if (e.size() < 3) call.refuse(onnx_fault::refused, "the operand has no places", "");
    const std::size_t axes = e.size() - 2;
    const auto listed = [&](std::string_view name, std::int64_t low, const integers& otherwise) {
        return call.within(call.list(name, otherwise), low, most_of_windows, name);
    };
    const integers window = listed("kernel_shape", 1, {}), strides = listed("strides", 1, integers(axes, 1)),
                   pads = listed("pads", 0, integers(2 * axes, 0));
    integers result{e[0], e[1]};
    if (window.size() != axes || strides.size() != axes || pads.size() != 2 * axes)
        call.refuse(onnx_fault::wrong_size, "window, strides and pads are not of as many axes as there are places", "");
    for (std::size_t i = 0; i < axes; ++i)
        result.push_back((e[i + 2] - 1) * strides[i] - pads[i] - pads[axes + i] + window[i]);
    const integers wanted = call.has(2) ? call.known_integers(2) : result;
    const tensor zeros_of_result =
        zeros(call.s(), {elements_of(call, result)}, {.dtype = x.dtype()});
    tensor all = reshape(scatter_update(zeros_of_result, reshape(call.x(1), {-1}), reshape(x, {-1})), shape_of(result));
    paddings around;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (i >= result.size() || wanted[i] < result[i]) call.lacks("an output_shape below the smallest one");
        around.append({0, wanted[i] - result[i]});
    }
    call.give(wanted == result ? all : pad(all, around));
}

void local_response(node_call& call) {
    const tensor x = call.x(0);
    const std::int64_t size = call.integer("size", 1);
    call.within({size}, 1, 1 << 12, "size");
    if (x.shape().rank() < 2) call.refuse(onnx_fault::refused, "the operand has no channels", "");
    // A sum of squares over `size` channels around each.
    integers before = extents_of(x);
    paddings around;
    for (int axis = 0; axis < x.shape().rank(); ++axis)
        around.append({axis == 1 ? (size - 1) / 2 : 0, axis == 1 ? size - 1 - (size - 1) / 2 : 0});
    const tensor squares = pad(square(x), around);
    std::optional<tensor> sum;
    for (std::int64_t i = 0; i < size; ++i) {
        integers begin(before.size(), 0);
        begin[1] = i;
        const tensor part = slice(squares, shape_of(begin), shape_of(before));
        sum = sum ? *sum + part : part;
    }
    const auto number = [&](double value) { return scalar_of(call.s(), value, x.dtype()); };
    const tensor base =
        number(call.number("bias", 1)) + number(call.number("alpha", double{1e-4F}) / static_cast<double>(size)) * *sum;
    call.give(x / pow(base, number(call.number("beta", 0.75))));
}

}  // namespace

void add_images(op_table& table) {
    table.add("Conv", &convolution);
    table.add("ConvTranspose", &transposed_convolution);
    table.add("MaxPool", &max_pool_by);
    table.add("AveragePool", &average_pool_by);
    table.add("LpPool", &lp_pool);
    table.add("GlobalAveragePool",
              global_pool([](const tensor& x, const reduce_options& o) { return reduce_mean(x, o); }));
    table.add("GlobalMaxPool", global_pool([](const tensor& x, const reduce_options& o) { return reduce_max(x, o); }));
    table.add("GlobalLpPool", &global_lp_pool);
    table.add("MaxUnpool", &max_unpool);
    table.add("LRN", &local_response);
}

}  // namespace ambit::onnx_parts
