// SPDX-License-Identifier: BSL-1.0
// How a net learned, and what each unseen text takes by xz, by the net, and by the net with what it can copy.
#pragma once

#include "../canvas.hpp"
#include "judgement.hpp"
#include "text_net.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace characters {

inline xt::xtensor<float, 3> draw_learning(const std::vector<learned>& history,
                                           const std::vector<judged_text>& results) {
    using drawing::canvas;
    constexpr int left = 60, width = 560, top = 40, height = 180, below = 280, bar_height = 100;
    static constexpr double most = 5;
    canvas paper(below + bar_height + 40, left + width + 20);
    const auto y_of = [](double bits) { return top + height * (1 - std::clamp(bits, 0.0, most) / most); };
    paper.write(left, 10, "bits per character: training, held back", drawing::black);
    for (int bits = 0; bits <= static_cast<int>(most); ++bits) {
        const std::string number = std::to_string(bits);
        paper.rectangle(left, static_cast<int>(y_of(bits)), width, 1, drawing::grey);
        paper.write(left - 8 - canvas::width_of(number), static_cast<int>(y_of(bits)) - canvas::letter_height / 2,
                    number, drawing::black);
    }
    for (std::size_t i = 1; i < history.size(); ++i) {
        const auto place = [&](const learned& now, double bits) {
            return canvas::point{
                left + width * static_cast<double>(now.steps) / static_cast<double>(history.back().steps), y_of(bits)};
        };
        paper.line(place(history[i - 1], history[i - 1].training), place(history[i], history[i].training),
                   drawing::orange);
        paper.line(place(history[i - 1], history[i - 1].held_back), place(history[i], history[i].held_back),
                   drawing::blue);
    }
    paper.write(left, below - 20, "unseen texts: xz, net, net with copies", drawing::black);
    const int step = results.empty() ? width : std::max(width / static_cast<int>(results.size()), 4);
    for (std::size_t i = 0; i < results.size(); ++i) {
        const judged_text& of = results[i];
        int x = left + step * static_cast<int>(i);
        for (const auto& [bits, colour] : {std::pair{of.xz, drawing::grey}, std::pair{of.net, drawing::orange},
                                           std::pair{of.mixed, drawing::blue}}) {
            const int tall = static_cast<int>(bar_height * std::min(bits / of.characters, most) / most);
            paper.rectangle(x, below + bar_height - tall, step / 4, tall, colour);
            x += step / 4;
        }
    }
    return paper.picture();
}

}  // namespace characters
