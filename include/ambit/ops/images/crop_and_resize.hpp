// SPDX-License-Identifier: BSL-1.0
// Boxes of images, each sampled to one size: [n, h, w, c], [k, 4], [k] -> [k, height, width, c].
//
//     tensor regions = crop_and_resize(image, boxes, image_of_box, 14, 14);
//
// It is made of lookups and of sums in one loop: four pixels for each of the result are gathered, or one.
#pragma once

#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/arrays/range.hpp>
#include <ambit/ops/comparison.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/lookup.hpp>
#include <ambit/ops/lookup/indices.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <limits>
#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

/// Where the places of a box lie along one axis of `extent` pixels, [k, count]; `low` and `high` are [k, 1].
constexpr tensor places_in_box(const tensor& low, const tensor& high, std::int64_t extent, std::int64_t count) {
    const double last = static_cast<double>(extent - 1);
    if (count == 1) {
        const tensor sum = add(low, high);
        return mul(sum, last / 2);
    }
    const tensor steps = cast(numbers_below(count, low, int32), low.dtype());
    const tensor length = sub(high, low);
    const tensor stride = mul(length, last / static_cast<double>(count - 1));
    const tensor first = mul(low, last);
    const tensor along = mul(stride, steps);
    return add(first, along);
}

/// Pixels of all images in a row, at lines [k, height, 1] and columns [k, 1, width] of the images `owner` [k, 1, 1].
constexpr tensor pixels_at(const tensor& image, const tensor& owner, const tensor& line, const tensor& column) {
    const shape in = image.shape();
    const tensor first = mul(owner, in[1]);
    const tensor row = mul(add(first, line), in[2]);
    const tensor flat = reshape(image, {in[0] * in[1] * in[2], in[3]});
    return gather(flat, add(row, column));
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor crop_and_resize(const tensor& image, const tensor& boxes, const tensor& image_of_box,
                                 core_parts::whole_number lines, core_parts::whole_number columns,
                                 const crop_and_resize_options& o, const location& at) {
    const std::int64_t height = lines, width = columns;
    using namespace op_parts;
    const std::string_view name = o.name.empty() ? std::string_view("crop_and_resize") : o.name;
    if (refused_parts::is_without_graph({image, boxes, image_of_box}))
        return refused_parts::without_graph({image, boxes, image_of_box});
    const shape in = image.shape(), corners = boxes.shape();
    if (in.rank() != 4) return refuse<mistake::op_shape, "the image is [n, h, w, c]">(image, name, at);
    if (!is_floating(image.dtype()) || boxes.dtype() != image.dtype())
        return refuse<mistake::op_dtype, "image and boxes must be float32 or float64, both">({image, boxes}, name, at);
    if (!is_index(image_of_box.dtype()))
        return refuse<mistake::op_dtype, "numbers of images are int32 or int64">({image, image_of_box}, name, at);
    if (corners.rank() != 2 || corners[1] != 4 || image_of_box.shape() != shape{corners[0]})
        return refuse<mistake::op_shape, "boxes are [k, 4], numbers of images [k]">({boxes, image_of_box}, name, at);
    contract_parts::option_fault off = contract_parts::outside("height", height, contract_parts::range_of::from(1));
    if (!off) off = contract_parts::outside("width", width, contract_parts::range_of::from(1));
    if (off) return refuse(off, image, name, at);
    if (!core_parts::is_legal(shape{corners[0], height, width, in[3]}))
        return refuse<mistake::op_shape, "the result would exceed a terabyte">(image, name, at);

    const graph_parts::line_of_call here(image, at);
    const std::int64_t k = corners[0];
    const core_parts::buffer<tensor> edge = split(boxes, 4, 1);
    const tensor y = reshape(places_in_box(edge[0], edge[2], in[1], height), {k, height, 1});
    const tensor x = reshape(places_in_box(edge[1], edge[3], in[2], width), {k, 1, width});
    const bool is_small = in[0] * in[1] * in[2] <= (std::numeric_limits<std::int32_t>::max)();
    const dtype places = is_small ? int32 : int64;
    const tensor given = is_small || image_of_box.dtype() == int64 ? image_of_box : cast(image_of_box, int64);
    // As it stands: cast, or times the pixels of an image, a number of none might become one of another.
    const tensor from_first = greater_equal(given, 0), to_last = less(given, in[0]);
    const tensor known = where(logical_and(from_first, to_last), given, -1);
    const tensor owner = reshape(known.dtype() == places ? known : cast(known, places), {k, 1, 1});
    const auto within = [](const tensor& place, std::int64_t extent) {
        const tensor from = greater_equal(place, 0), to = less_equal(place, static_cast<double>(extent - 1));
        return logical_and(from, to);
    };
    const tensor has_line = within(y, in[1]), has_column = within(x, in[2]);
    const tensor inside = reshape(logical_and(has_line, has_column), {k, height, width, 1});
    if (o.nearest) {
        const tensor line = cast(floor(add(y, 0.5)), places), column = cast(floor(add(x, 0.5)), places);
        const tensor taken = pixels_at(image, owner, line, column);
        return where(inside, taken, o.extrapolation_value, {name}, at);
    }
    const tensor top = floor(y), left = floor(x);
    const tensor down = reshape(sub(y, top), {k, height, 1, 1}), across = reshape(sub(x, left), {k, 1, width, 1});
    const tensor line = cast(top, places), column = cast(left, places);
    // Behind the last pixel there is none to be mixed in, and none of it is.
    const tensor below = minimum(add(line, 1), in[1] - 1), right = minimum(add(column, 1), in[2] - 1);
    const auto mixed = [](const tensor& a, const tensor& b, const tensor& share) {
        const tensor difference = sub(b, a);
        const tensor part = mul(difference, share);
        return add(a, part);
    };
    const tensor top_left = pixels_at(image, owner, line, column), top_right = pixels_at(image, owner, line, right);
    const tensor low_left = pixels_at(image, owner, below, column), low_right = pixels_at(image, owner, below, right);
    const tensor above = mixed(top_left, top_right, across), under = mixed(low_left, low_right, across);
    return where(inside, mixed(above, under, down), o.extrapolation_value, {name}, at);
}

}  // namespace ambit
