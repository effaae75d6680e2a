// SPDX-License-Identifier: BSL-1.0
// Digits in the plane: where they lie, which others are nearest, and a picture of them.
#pragma once

#include "../canvas.hpp"
#include "net.hpp"

#include <ambit/io/labelled_images.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace siamese {

struct place {
    float x, y;
    int digit;
};

/// Where a network puts all digits of a set.
inline std::vector<place> places_of(placer& net, const labelled_images& digits) {
    std::vector<place> places;
    std::vector<float> batch(static_cast<std::size_t>(pictures * pixel_count));
    for (std::size_t first = 0; first < digits.size(); first += static_cast<std::size_t>(pictures)) {
        const std::size_t count = std::min(digits.size() - first, static_cast<std::size_t>(pictures));
        for (std::size_t i = 0; i < count; ++i) digits.copy_example(first + i, batch.data() + i * mnist::pixel_count);
        const auto placed = net(batch);
        for (std::size_t i = 0; i < count; ++i) places.push_back({placed(i, 0), placed(i, 1), digits.label(first + i)});
    }
    return places;
}

/// The share of digits whose nearest known ones, five of them, are mostly of their kind.
inline double share_near_own_kind(const std::vector<place>& digits, const std::vector<place>& known) {
    constexpr std::size_t neighbours = 5;
    std::size_t right = 0;
    std::vector<std::pair<float, int>> distances(known.size());
    for (const place& digit : digits) {
        for (std::size_t i = 0; i < known.size(); ++i) {
            const float dx = known[i].x - digit.x, dy = known[i].y - digit.y;
            distances[i] = {dx * dx + dy * dy, known[i].digit};
        }
        const auto end = distances.begin() + static_cast<std::ptrdiff_t>(std::min(neighbours, known.size()));
        std::partial_sort(distances.begin(), end, distances.end());
        std::array<int, mnist::class_count> votes{};
        for (auto nearest = distances.begin(); nearest != end; ++nearest)
            ++votes[static_cast<std::size_t>(nearest->second)];
        const auto most = std::max_element(votes.begin(), votes.end()) - votes.begin();
        if (most == digit.digit) ++right;
    }
    return digits.empty() ? 0 : static_cast<double>(right) / static_cast<double>(digits.size());
}

/// Each digit as its figure where it lies, each kind in a colour of its own.
inline xt::xtensor<float, 3> draw_places(const std::vector<place>& places) {
    using drawing::canvas, drawing::colour;
    constexpr std::array<colour, mnist::class_count> inks{{{0.12F, 0.35F, 0.7F},
                                                           {0.9F, 0.45F, 0.05F},
                                                           {0.15F, 0.55F, 0.2F},
                                                           {0.75F, 0.1F, 0.15F},
                                                           {0.45F, 0.3F, 0.65F},
                                                           {0.45F, 0.3F, 0.25F},
                                                           {0.8F, 0.35F, 0.65F},
                                                           {0.35F, 0.35F, 0.35F},
                                                           {0.6F, 0.6F, 0.05F},
                                                           {0.0F, 0.6F, 0.7F}}};
    constexpr int longest = 600, border = 20;
    float left = std::numeric_limits<float>::max(), right = -left, low = left, high = -left;
    for (const place& p : places) {
        left = std::min(left, p.x), right = std::max(right, p.x);
        low = std::min(low, p.y), high = std::max(high, p.y);
    }
    const double scale = longest / static_cast<double>(std::max({right - left, high - low, 1e-6F}));
    const auto extent = [&](float from, float to) {
        return 2 * border + static_cast<int>(scale * static_cast<double>(to - from));
    };
    canvas paper(extent(low, high), extent(left, right));
    for (const place& p : places)
        paper.write(border + static_cast<int>(scale * static_cast<double>(p.x - left)),
                    border + static_cast<int>(scale * static_cast<double>(high - p.y)), std::to_string(p.digit),
                    inks[static_cast<std::size_t>(p.digit)]);
    return paper.picture();
}

}  // namespace siamese
