// SPDX-License-Identifier: BSL-1.0
#include "judge.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

std::size_t cifar10::told_right(judge& net, const labelled_images& set, std::size_t part, std::size_t parts) {
    constexpr auto count = static_cast<std::size_t>(judged_at_once);
    std::vector<float> images(count * numbers_of_a_picture);
    std::size_t right = 0;
    for (std::size_t first = part * count; first < set.size(); first += parts * count) {
        const std::size_t here = std::min(count, set.size() - first);
        for (std::size_t i = 0; i < here; ++i)
            copy_picture(set, first + i, {}, images.data() + i * numbers_of_a_picture);
        const auto guesses = net(images);
        for (std::size_t i = 0; i < here; ++i)
            if (guesses(i) == set.label(first + i)) ++right;
    }
    return right;
}
