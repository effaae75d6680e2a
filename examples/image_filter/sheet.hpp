// SPDX-License-Identifier: BSL-1.0
// Contact sheets: pictures of one size side by side, made small enough for a page.
//
//     write_png("sheet.png", side_by_side({original, blurred, edges}, 900));
#pragma once

#include "tiles.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <xtensor/xview.hpp>

namespace image_filter {

/// The picture with fewer columns or, with `axis` 0, fewer rows: each is the mean of those it covers.
inline picture shrunk_along(const picture& from, std::size_t axis, std::size_t count) {
    auto shape = from.shape();
    const double step = static_cast<double>(shape[axis]) / static_cast<double>(count);
    shape[axis] = count;
    picture to = xt::zeros<float>(shape);
    for (std::size_t i = 0; i < count; ++i) {
        const double begin = step * static_cast<double>(i),
                     end = std::min(begin + step, double(from.shape(axis)));
        for (auto k = static_cast<std::size_t>(begin); static_cast<double>(k) < end; ++k) {
            const double covered =
                std::min(end, static_cast<double>(k + 1)) - std::max(begin, static_cast<double>(k));
            const auto weight = static_cast<float>(covered / step);
            if (axis == 0)
                xt::view(to, i) += weight * xt::view(from, k);
            else
                xt::view(to, xt::all(), i) += weight * xt::view(from, xt::all(), k);
        }
    }
    return to;
}

/// White gaps between the pictures, which have one size and are shrunk alike, until all fits into `width` pixels in
/// both directions.
inline picture side_by_side(const std::vector<picture>& pictures, std::size_t width) {
    constexpr std::size_t gap = 6;
    const std::size_t count = pictures.size(), height = pictures[0].shape(0), full = pictures[0].shape(1);
    const std::size_t most = std::min((width - gap * (count - 1)) / count, width * full / height);
    const std::size_t column = std::max<std::size_t>(std::min(most, full), 1);
    const std::size_t row = std::max<std::size_t>(std::min(height * column / full, width), 1);
    picture sheet = xt::ones<float>({row, (column + gap) * count - gap, std::size_t{3}});
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t left = (column + gap) * i;
        const picture clamped = xt::clip(pictures[i], 0.0F, 1.0F);
        xt::view(sheet, xt::all(), xt::range(left, left + column)) =
            shrunk_along(shrunk_along(clamped, 1, column), 0, row);
    }
    return sheet;
}

}  // namespace image_filter
