// SPDX-License-Identifier: BSL-1.0
// Arrays of another size, axis by axis: each place of the result is a weighted sum of places of the operand, and the
// weights are known when the model is built.
#include "importing.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

struct resize_choices {
    std::string mode, coordinates, nearest;
    double cubic = -0.75, extrapolation = 0;
    bool excludes_outside = false;
};

/// One axis: from how many places to how many, and the part of it that tf_crop_and_resize takes.
struct resized_axis {
    std::int64_t in, out;
    double scale, begin, end;
};

/// Where a place of the result lies in the operand.
double source_of(const resized_axis& axis, const resize_choices& by, std::int64_t place) {
    const double x = static_cast<double>(place), in = static_cast<double>(axis.in), out = static_cast<double>(axis.out);
    if (by.coordinates == "asymmetric") return x / axis.scale;
    // By the extent that the scale asks for, which may be no whole number.
    if (by.coordinates == "align_corners") return axis.out == 1 ? 0 : x * (in - 1) / (in * axis.scale - 1);
    if (by.coordinates == "pytorch_half_pixel") return axis.out > 1 ? (x + 0.5) / axis.scale - 0.5 : 0;
    if (by.coordinates == "tf_half_pixel_for_nn") return (x + 0.5) / axis.scale;
    if (by.coordinates == "tf_crop_and_resize")
        return axis.out > 1 ? axis.begin * (in - 1) + x * (axis.end - axis.begin) * (in - 1) / (out - 1)
                            : 0.5 * (axis.begin + axis.end) * (in - 1);
    return (x + 0.5) / axis.scale - 0.5;
}

std::int64_t nearest_of(double x, const std::string& mode) {
    if (mode == "floor") return static_cast<std::int64_t>(std::floor(x));
    if (mode == "ceil") return static_cast<std::int64_t>(std::ceil(x));
    const double down = std::floor(x);
    const bool is_half = x - down == 0.5;
    if (is_half && mode == "round_prefer_ceil") return static_cast<std::int64_t>(down) + 1;
    if (is_half) return static_cast<std::int64_t>(down);
    return static_cast<std::int64_t>(std::floor(x + 0.5));
}

/// Row-major [out, in]; rows outside of the operand, where that matters, are told.
std::vector<double> weights_of(const resized_axis& axis, const resize_choices& by, std::vector<bool>& is_outside) {
    std::vector<double> weights(static_cast<std::size_t>(axis.in * axis.out));
    is_outside.assign(static_cast<std::size_t>(axis.out), false);
    for (std::int64_t place = 0; place < axis.out; ++place) {
        const double x = source_of(axis, by, place);
        is_outside[static_cast<std::size_t>(place)] = x < 0 || x > static_cast<double>(axis.in - 1);
        const auto add = [&](std::int64_t at, double weight) {
            if (by.excludes_outside && (at < 0 || at >= axis.in)) return;
            const std::int64_t inside = std::clamp<std::int64_t>(at, 0, axis.in - 1);
            weights[static_cast<std::size_t>(place * axis.in + inside)] += weight;
        };
        const double down = std::floor(x), ratio = x - down;
        const auto first = static_cast<std::int64_t>(down);
        if (by.mode == "nearest") {
            add(nearest_of(x, by.nearest), 1);
        } else if (by.mode == "linear") {
            add(first, 1 - ratio);
            add(first + 1, ratio);
        } else {
            const double a = by.cubic;
            const auto far = [&](double d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
            const auto near = [&](double d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
            add(first - 1, far(ratio + 1));
            add(first, near(ratio));
            add(first + 1, near(1 - ratio));
            add(first + 2, far(2 - ratio));
        }
        if (!by.excludes_outside) continue;
        double sum = 0;
        for (std::int64_t i = 0; i < axis.in; ++i) sum += weights[static_cast<std::size_t>(place * axis.in + i)];
        for (std::int64_t i = 0; i < axis.in && sum != 0; ++i)
            weights[static_cast<std::size_t>(place * axis.in + i)] /= sum;
    }
    return weights;
}

/// The axis multiplied by the weights; or, of the nearest, gathered.
tensor resized(const node_call& call, const tensor& x, int axis, const std::vector<double>& weights, std::int64_t out,
               bool is_nearest) {
    const std::int64_t in = x.shape()[axis];
    if (is_nearest) {
        std::vector<std::int64_t> places;
        for (std::int64_t place = 0; place < out; ++place) {
            const auto row = weights.begin() + place * in;
            places.push_back(std::max_element(row, row + in) - row);
        }
        return gather(x, constant_of(call.s(), onnx_array::of(onnx_type::int64, {out}, places)), {.axis = axis});
    }
    std::int64_t outer = 1, inner = 1;
    for (int i = 0; i < x.shape().rank(); ++i) (i < axis ? outer : inner) *= i == axis ? 1 : x.shape()[i];
    const tensor rows = constant_of(call.s(), weights, {out, in}, x.dtype());
    integers extents = extents_of(x);
    extents[static_cast<std::size_t>(axis)] = out;
    return reshape(matmul(broadcast_to(rows, {outer, out, in}), reshape(x, {outer, in, inner})), shape_of(extents));
}

void resize_axes(node_call& call, const std::vector<double>& scales, const integers& sizes,
                 const std::vector<double>& parts) {
    tensor x = call.x(0);
    const int rank = x.shape().rank();
    resize_choices by;
    by.mode = call.text("mode", "nearest");
    if (by.mode == "bilinear") by.mode = "linear";
    by.coordinates = call.opset() >= 11 ? call.text("coordinate_transformation_mode", "half_pixel") : "asymmetric";
    by.nearest = call.opset() >= 11 ? call.text("nearest_mode", "round_prefer_floor") : "floor";
    by.cubic = call.number("cubic_coeff_a", -0.75);
    by.extrapolation = call.number("extrapolation_value", 0);
    by.excludes_outside = call.integer("exclude_outside", 0) != 0;
    if (by.mode != "nearest" && by.mode != "linear" && by.mode != "cubic") call.lacks("this mode of resizing");
    const std::size_t given = sizes.empty() ? scales.size() : sizes.size();
    if (static_cast<int>(given) != rank)
        call.refuse(onnx_fault::wrong_size, "there is not a scale or a size for each axis", "");
    const dtype type = x.dtype();
    if (!is_floating(type) && by.mode != "nearest") x = cast(x, float32);
    std::optional<tensor> inside;
    for (int axis = 0; axis < rank; ++axis) {
        const auto i = static_cast<std::size_t>(axis);
        resized_axis one{x.shape()[axis], 0, 1, 0, 1};
        if (by.coordinates == "tf_crop_and_resize" && parts.size() == 2 * static_cast<std::size_t>(rank)) {
            one.begin = parts[i];
            one.end = parts[i + static_cast<std::size_t>(rank)];
        }
        if (sizes.empty()) {
            one.out =
                static_cast<std::int64_t>(std::floor(static_cast<double>(one.in) * scales[i] * (one.end - one.begin)));
            one.scale = scales[i];
        } else {
            one.out = sizes[i];
            one.scale = static_cast<double>(one.out) / static_cast<double>(one.in);
        }
        if (one.out < 1 || one.out > 1 << 20 || one.in * one.out > 1 << 26)
            call.refuse(onnx_fault::too_large, "an axis is resized to none or more than 2^20 places", "");
        if (one.out == one.in && one.scale == 1 && one.begin == 0 && one.end == 1) continue;
        std::vector<bool> is_outside;
        const std::vector<double> weights = weights_of(one, by, is_outside);
        x = resized(call, x, axis, weights, one.out, by.mode == "nearest");
        if (by.coordinates != "tf_crop_and_resize" ||
            std::find(is_outside.begin(), is_outside.end(), true) == is_outside.end())
            continue;
        integers extents(static_cast<std::size_t>(rank), 1);
        extents[i] = one.out;
        std::vector<double> list;
        for (const bool outside : is_outside) list.push_back(outside ? 0 : 1);
        const tensor of_axis = equal(constant_of(call.s(), list, extents, uint8), 1);
        inside = inside ? logical_and(*inside, of_axis) : of_axis;
    }
    if (inside) x = where(*inside, x, scalar_of(call.s(), by.extrapolation, x.dtype()));
    call.give(cast_to(x, type));
}

void resize(node_call& call) {
    if (call.opset() < 11) return resize_axes(call, call.known_numbers(1), {}, {});
    const bool by_size = call.has(3) && !call.in(3).is_empty();
    const bool has_parts = call.has(1) && call.text("coordinate_transformation_mode", "") == "tf_crop_and_resize";
    resize_axes(call, by_size ? std::vector<double>() : call.known_numbers(2),
                by_size ? call.known_integers(3) : integers(),
                has_parts ? call.known_numbers(1) : std::vector<double>());
}

void upsample(node_call& call) {
    if (call.opset() >= 9) return resize_axes(call, call.known_numbers(1), {}, {});
    const std::vector<float> scales = call.numbers("scales");
    resize_axes(call, {scales.begin(), scales.end()}, {}, {});
}

}  // namespace

void add_resizing(op_table& table) {
    table.add("Resize", &resize);
    table.add("Upsample", &upsample);
}

}  // namespace ambit::onnx_parts
