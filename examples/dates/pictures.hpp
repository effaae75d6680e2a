// SPDX-License-Identifier: BSL-1.0
// Where the writing net looked, as a picture: a row for each letter it wrote, a column for each it had read.
#pragma once

#include "../canvas.hpp"
#include "grammar.hpp"

#include <cmath>
#include <cstddef>
#include <string>

namespace dates {

/// `weight(written, read)` in [0, 1]: the darker, the more.
template <class Weight>
xt::xtensor<float, 3> draw_attention(const std::string& words, const std::string& iso, const Weight& weight) {
    using drawing::canvas;
    constexpr int cell = 14, left = 30, top = 30;
    const auto letter_of = [](const std::string& text, std::size_t i) { return std::string(1, text[i]); };
    canvas paper(top + cell * static_cast<int>(iso.size()) + 10, left + cell * static_cast<int>(words.size()) + 10);
    for (std::size_t read = 0; read < words.size(); ++read)
        paper.write(left + cell * static_cast<int>(read) + 3, top - 16, letter_of(words, read), drawing::black);
    for (std::size_t written = 0; written < iso.size(); ++written) {
        const int y = top + cell * static_cast<int>(written);
        paper.write(left - 18, y + 2, letter_of(iso, written), drawing::black);
        for (std::size_t read = 0; read < words.size(); ++read) {
            const float share = std::sqrt(static_cast<float>(weight(written, read)));
            const auto mixed = [&](std::size_t channel) { return 1 + share * (drawing::blue[channel] - 1); };
            paper.rectangle(left + cell * static_cast<int>(read), y, cell - 1, cell - 1,
                            {mixed(0), mixed(1), mixed(2)});
        }
    }
    return paper.picture();
}

}  // namespace dates
