// SPDX-License-Identifier: BSL-1.0
// What the controller did, as pictures: how learning went, and where cart and pole were.
#pragma once

#include "../canvas.hpp"
#include "control_loop.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace controller {

/// One frame: curves over the same times, values from `low` to `high`.
struct curve {
    const std::vector<double>& values;
    drawing::colour ink;
};
inline void draw_frame(drawing::canvas& paper, int top, const std::string& title, double low, double high,
                       const std::vector<curve>& curves) {
    using drawing::canvas;
    constexpr int left = 60, width = 560, height = 120;
    paper.write(left, top - 16, title, drawing::black);
    for (int g = 0; g <= 2; ++g) {
        const int y = top + height * g / 2;
        const double value = high - (high - low) * g / 2;
        const std::string number = (value < -1e-9 ? "-" : "") + std::to_string(std::fabs(value)).substr(0, 4);
        paper.rectangle(left, y, width, 1, drawing::grey);
        paper.write(left - 8 - canvas::width_of(number), y - canvas::letter_height / 2, number, drawing::black);
    }
    for (const curve& c : curves)
        for (std::size_t i = 1; i < c.values.size(); ++i) {
            const auto place = [&](std::size_t k) {
                const double share = std::clamp((c.values[k] - low) / (high - low), 0.0, 1.0);
                return canvas::point{left + width * static_cast<double>(k) / static_cast<double>(c.values.size() - 1),
                                     top + height * (1 - share)};
            };
            paper.line(place(i - 1), place(i), c.ink);
        }
}

/// Seconds that the pole stood, round after round.
inline xt::xtensor<float, 3> draw_learning(const std::vector<double>& seconds_up) {
    drawing::canvas paper(180, 640);
    draw_frame(paper, 40, "seconds up, rounds to the right", 0, 10, {{seconds_up, drawing::blue}});
    return paper.picture();
}

/// Position and angle over time, every tenth millisecond.
inline xt::xtensor<float, 3> draw_path(const loop_result& loop, double target) {
    std::vector<double> position, wanted, angle;
    for (std::size_t i = 0; i < loop.path.size(); i += 10) {
        position.push_back(loop.path[i].position);
        wanted.push_back(target);
        angle.push_back(loop.path[i].angle);
    }
    drawing::canvas paper(340, 640);
    draw_frame(paper, 40, "position and target, metres", -1.5, 1.5,
               {{wanted, drawing::orange}, {position, drawing::blue}});
    draw_frame(paper, 200, "angle, radians", -0.2, 0.2, {{angle, drawing::blue}});
    return paper.picture();
}

}  // namespace controller
