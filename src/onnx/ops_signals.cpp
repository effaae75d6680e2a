// SPDX-License-Identifier: BSL-1.0
// Windows, Fourier transforms as products with matrices of cosines and sines, and sampling of images.
#include "importing.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

/// a0 - a1 cos(2πk/N) + a2 cos(4πk/N)
op_function window(double a0, double a1, double a2) {
    return [=](node_call& call) {
        const std::int64_t size = call.known_integer(0);
        const auto type = static_cast<onnx_type>(call.integer("output_datatype", 1));
        if (size < 1 || size > 1 << 26 || !is_floating(carrier_of(type)))
            call.refuse(onnx_fault::refused, "a window of this size or type is none", "");
        const auto period = static_cast<double>(call.integer("periodic", 1) != 0 ? size : size - 1);
        onnx_array all = onnx_array::zeros(type, {size});
        with_elements(all, [&]<class T>(std::span<T> elements) {
            if constexpr (std::is_floating_point_v<T>)
                for (std::size_t k = 0; k < elements.size(); ++k) {
                    const double angle = period == 0 ? 0 : 2 * std::numbers::pi * static_cast<double>(k) / period;
                    elements[k] = static_cast<T>(a0 - a1 * std::cos(angle) + a2 * std::cos(2 * angle));
                }
        });
        call.give(known_value(std::move(all)));
    };
}

/// Products of [..., length] by the matrices of a transform to `bins` frequencies.
struct complex_tensor {
    tensor real, imaginary;
};
complex_tensor transformed(const node_call& call, const tensor& real, const std::optional<tensor>& imaginary,
                           std::int64_t bins, bool is_inverse) {
    const std::int64_t length = real.shape()[-1];
    std::vector<double> cosines, sines;
    for (std::int64_t k = 0; k < length; ++k)
        for (std::int64_t bin = 0; bin < bins; ++bin) {
            const double angle =
                2 * std::numbers::pi * static_cast<double>(k * bin % length) / static_cast<double>(length);
            const double scale = is_inverse ? 1 / static_cast<double>(length) : 1;
            cosines.push_back(scale * std::cos(angle));
            sines.push_back(scale * (is_inverse ? 1 : -1) * std::sin(angle));
        }
    const integers extents{length, bins};
    const tensor c = constant_of(call.s(), cosines, extents, real.dtype()),
                 s = constant_of(call.s(), sines, extents, real.dtype());
    const auto by = [&](const tensor& x, const tensor& matrix) {
        integers result = extents_of(x);
        result.back() = bins;
        return reshape(matmul(reshape(x, shape{std::int64_t{-1}, length}), matrix), shape_of(result));
    };
    if (!imaginary) return {by(real, c), by(real, s)};
    return {by(real, c) - by(*imaginary, s), by(real, s) + by(*imaginary, c)};
}

/// The axis at the end of all but the last one, cut or filled with zeros to a length.
void fourier_transform(node_call& call) {
    const tensor x = call.x(0);
    const int rank = x.shape().rank();
    if (rank < 3 || x.shape()[-1] > 2)
        call.refuse(onnx_fault::refused, "the operand does not end in an axis of one or two parts", "");
    const int axis = call.axis(call.integer("axis", 1), rank - 1);
    const std::int64_t length = call.has(1) ? call.known_integer(1) : x.shape()[axis];
    if (length < 1 || length > 1 << 12) call.lacks("a transform of more than 4096 places");
    const core_parts::buffer<tensor> parts = unstack(x, -1);
    const auto prepared = [&](const tensor& part) {
        integers order;
        for (int i = 0; i < rank - 1; ++i)
            if (i != axis) order.push_back(i);
        order.push_back(axis);
        tensor last = rank == 2 ? part : transpose(part, axes_of({order.begin(), order.end()}));
        integers size = extents_of(last);
        paddings around;
        for (std::size_t i = 0; i < size.size(); ++i)
            around.append({0, i + 1 == size.size() ? std::max<std::int64_t>(length - size.back(), 0) : 0});
        size.back() = std::min(size.back(), length);
        last = slice(last, shape_of(integers(size.size(), 0)), shape_of(size));
        return size.back() < length ? pad(last, around) : last;
    };
    const bool is_onesided = call.integer("onesided", 0) != 0;
    std::optional<tensor> imaginary;
    if (parts.size() == 2) imaginary = prepared(parts[1]);
    const complex_tensor result = transformed(call, prepared(parts[0]), imaginary,
                                              is_onesided ? length / 2 + 1 : length, call.integer("inverse", 0) != 0);
    const auto restored = [&](const tensor& part) {
        integers order;
        for (int i = 0; i < rank - 2; ++i) order.push_back(i);
        order.insert(order.begin() + axis, rank - 2);
        return transpose(part, axes_of({order.begin(), order.end()}));
    };
    call.give(stack({restored(result.real), restored(result.imaginary)}, -1));
}

void short_time_transform(node_call& call) {
    const tensor x = call.x(0);
    if (x.shape().rank() != 3 && x.shape().rank() != 2)
        call.refuse(onnx_fault::refused, "the operand is not [batch, places, 1]", "");
    if (x.shape().rank() == 3 && x.shape()[2] != 1) call.lacks("a transform of complex signals");
    const tensor signal = x.shape().rank() == 3 ? squeeze(x, {2}) : x;
    const std::int64_t step = call.known_integer(1), places = signal.shape()[1];
    const std::int64_t length = call.has(3) ? call.known_integer(3) : call.has(2) ? call.extents(2)[0] : 0;
    if (step < 1 || length < 1 || length > places || length > 1 << 12)
        call.refuse(onnx_fault::refused, "step or length of frames lies outside of the signal", "");
    const std::int64_t frames = (places - length) / step + 1;
    std::vector<std::int64_t> numbers;
    for (std::int64_t frame = 0; frame < frames; ++frame)
        for (std::int64_t k = 0; k < length; ++k) numbers.push_back(frame * step + k);
    tensor parts =
        gather(signal, constant_of(call.s(), onnx_array::of(onnx_type::int64, {frames, length}, numbers)), {.axis = 1});
    if (call.has(2)) parts = parts * call.x(2);
    const std::int64_t bins = call.integer("onesided", 1) != 0 ? length / 2 + 1 : length;
    const complex_tensor result = transformed(call, parts, std::nullopt, bins, false);
    call.give(stack({result.real, result.imaginary}, -1));
}

/// As ONNX's specification computes it, place by place.
void mel_weights(node_call& call) {
    const std::int64_t mels = call.known_integer(0), length = call.known_integer(1), rate = call.known_integer(2);
    const double low = 2595 * std::log10(1 + call.known_number(3) / 700),
                 high = 2595 * std::log10(1 + call.known_number(4) / 700);
    const auto type = static_cast<onnx_type>(call.integer("output_datatype", 1));
    const std::int64_t bins = length / 2 + 1;
    if (mels < 1 || length < 1 || rate < 1 || mels > 1 << 16 || length > 1 << 16 || type != onnx_type::float32)
        call.lacks("a matrix of this size or type");
    integers edges;
    for (std::int64_t i = 0; i < mels + 2; ++i) {
        const double mel = static_cast<double>(i) * (high - low) / static_cast<double>(mels + 2) + low;
        const double hertz = 700 * (std::pow(10, mel / 2595) - 1);
        edges.push_back(
            static_cast<std::int64_t>(std::floor(static_cast<double>(length + 1) * hertz / static_cast<double>(rate))));
        if (edges.back() < 0 || edges.back() >= bins)
            call.refuse(onnx_fault::refused, "a frequency lies outside of the spectrum", "");
    }
    onnx_array all = onnx_array::zeros(type, {bins, mels});
    const auto put = [&](std::int64_t bin, std::int64_t mel, double weight) {
        all.as<float>()[static_cast<std::size_t>(bin * mels + mel)] = static_cast<float>(weight);
    };
    for (std::int64_t i = 0; i < mels; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const std::int64_t from = edges[at], center = edges[at + 1], to = edges[at + 2];
        if (from == center) put(center, i, 1);
        else
            for (std::int64_t j = from; j <= center; ++j)
                put(j, i, static_cast<double>(j - from) / static_cast<double>(center - from));
        for (std::int64_t j = center; j < to; ++j)
            put(j, i, static_cast<double>(to - j) / static_cast<double>(to - center));
    }
    call.give(known_value(std::move(all)));
}

// ---- samples of images ---------------------------------------------------------------------------------------------

/// Pixels [n, c, places] of images [n, c, h, w] at whole coordinates [n, places]; zeros outside, if that is asked for.
tensor pixels(const tensor& image, const tensor& row, const tensor& column, bool zeros_outside) {
    const std::int64_t n = image.shape()[0], c = image.shape()[1], h = image.shape()[2], w = image.shape()[3],
                       places = row.shape()[1];
    const tensor inside_row = clip(row, 0, static_cast<double>(h - 1)),
                 inside_column = clip(column, 0, static_cast<double>(w - 1));
    // In integers: float32 has no odd numbers of pixels from 2^24 on.
    const tensor number = cast(inside_row, int64) * w + cast(inside_column, int64);
    const tensor each = reshape(broadcast_to(expand_dims(number, 1), {n, c, places}), {n * c, places});
    const tensor found = reshape(batch_gather(reshape(image, {n * c, h * w}), each), {n, c, places});
    if (!zeros_outside) return found;
    const tensor inside = logical_and(equal(row, inside_row), equal(column, inside_column));
    return where(expand_dims(inside, 1), found, zeros_like(found));
}

/// A coordinate thrown back at both ends, as often as it has to be.
tensor reflected(const tensor& x, double low, double high) {
    if (high <= low) return zeros_like(x) + static_cast<float>(low);
    const auto span = static_cast<float>(high - low), from = static_cast<float>(low);
    const tensor distance = abs(x - from), rest = floor_mod(distance, 2 * span);
    return minimum(rest, 2 * span - rest) + from;
}

void sample_grid(node_call& call) {
    const tensor x = call.x(0), grid = call.x(1);
    if (x.shape().rank() != 4 || grid.shape().rank() != 4 || grid.shape()[3] != 2)
        call.refuse(onnx_fault::refused, "the operand is not [n, c, h, w] with a grid [n, h, w, 2]", "");
    if (x.dtype() != float32 || grid.dtype() != float32) call.lacks("another element type than float32");
    const std::int64_t n = x.shape()[0], h = x.shape()[2], w = x.shape()[3], places = grid.shape()[1] * grid.shape()[2];
    const bool by_corners = call.integer("align_corners", 0) != 0;
    const std::string padding = call.text("padding_mode", "zeros"), mode = call.text("mode", "bilinear");
    const auto coordinate = [&](const tensor& part, std::int64_t extent) {
        const auto size = static_cast<float>(extent);
        return by_corners ? (part + 1.0F) * ((size - 1) / 2) : ((part + 1.0F) * size - 1.0F) * 0.5F;
    };
    const core_parts::buffer<tensor> parts = unstack(reshape(grid, {n, places, 2}), -1);
    const auto placed = [&](const tensor& at, std::int64_t extent) {
        const auto size = static_cast<double>(extent);
        if (padding == "border") return clip(at, 0, size - 1);
        if (padding == "reflection")
            return clip(by_corners ? reflected(at, 0, size - 1) : reflected(at, -0.5, size - 0.5), 0, size - 1);
        return at;
    };
    const bool zeros_outside = padding == "zeros";
    const auto pixel = [&](const tensor& row, const tensor& column) {
        return pixels(x, placed(row, h), placed(column, w), zeros_outside);
    };
    const tensor column = coordinate(parts[0], w), row = coordinate(parts[1], h);
    const shape result{n, x.shape()[1], grid.shape()[1], grid.shape()[2]};
    if (mode == "nearest") return call.give(reshape(pixel(round(placed(row, h)), round(placed(column, w))), result));
    const bool is_cubic = mode == "bicubic";
    const tensor y = is_cubic ? row : placed(row, h), z = is_cubic ? column : placed(column, w);
    const tensor top = floor(y), left = floor(z), down = y - top, right = z - left;
    // Weights of the neighbours from -1 on for cubics, from 0 on for lines.
    const auto weights = [&](const tensor& t) {
        if (!is_cubic) return std::vector<tensor>{1.0F - t, t};
        constexpr float a = -0.75F;
        const auto far = [&](const tensor& d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
        const auto near = [&](const tensor& d) { return ((a + 2) * d - (a + 3)) * d * d + 1.0F; };
        return std::vector<tensor>{far(t + 1.0F), near(t), near(1.0F - t), far(2.0F - t)};
    };
    const std::vector<tensor> of_rows = weights(down), of_columns = weights(right);
    const float first = is_cubic ? -1.0F : 0.0F;
    std::optional<tensor> sum;
    for (std::size_t i = 0; i < of_rows.size(); ++i)
        for (std::size_t j = 0; j < of_columns.size(); ++j) {
            const tensor found = pixel(top + (first + static_cast<float>(i)), left + (first + static_cast<float>(j)));
            const tensor term = found * expand_dims(of_rows[i] * of_columns[j], 1);
            sum = sum ? *sum + term : term;
        }
    call.give(reshape(*sum, result));
}

}  // namespace

void add_signals(op_table& table) {
    table.add("HannWindow", window(0.5, 0.5, 0));
    table.add("HammingWindow", window(25.0 / 46, 21.0 / 46, 0));
    table.add("BlackmanWindow", window(0.42, 0.5, 0.08));
    table.add("DFT", &fourier_transform);
    table.add("STFT", &short_time_transform);
    table.add("MelWeightMatrix", &mel_weights);
    table.add("GridSample", &sample_grid);
}

}  // namespace ambit::onnx_parts
