// SPDX-License-Identifier: BSL-1.0
// What training came to, as pictures: the learning curve, the confusion matrix, and the digits that were misread.
#pragma once

#include "../canvas.hpp"
#include "digit.hpp"
#include "results.hpp"

#include <ambit/io/labelled_images.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace mnist {

using ambit::labelled_images;
using namespace drawing;

inline std::string decimals(double value, int count) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f", count, value);
    return text.data();
}

/// The next of 1, 2, 4, 6, 8, 10, 20, …, which quarters divide into short numbers.
inline double rounded_up(double value) {
    double power = 1e-3;
    while (power * 10 < value) power *= 10;
    for (const int digit : {1, 2, 4, 6, 8})
        if (value <= power * digit) return power * digit;
    return power * 10;
}

/// One frame of the learning curve: training in blue, unseen digits in orange, epochs to the right.
inline void draw_curves(canvas& paper, int left, const std::string& title, const std::vector<epoch_result>& history,
                        double scores::*value, double low, double high) {
    constexpr int top = 40, width = 230, height = 190, grid = 4;
    for (int g = 0; g <= grid; ++g) {
        const int y = top + height * g / grid;
        const std::string number = decimals(high - (high - low) * g / grid, 3);
        paper.rectangle(left, y, width, 1, grey);
        paper.write(left - 8 - canvas::width_of(number), y - canvas::letter_height / 2, number, black);
    }
    paper.write(left, top - 26, title, black);
    const int count = static_cast<int>(history.size());
    const auto place = [&](int epoch, double v) {
        const double share = std::clamp((v - low) / (high - low), 0.0, 1.0);  // a loss may be infinite
        return canvas::point{left + width * (epoch + 0.5) / count,
                             top + height * (1 - (std::isnan(share) ? 1 : share))};
    };
    for (const auto& [of, ink] : {std::pair(&epoch_result::training, blue), std::pair(&epoch_result::unseen, orange)})
        for (int epoch = 0; epoch < count; ++epoch) {
            const auto value_at = [&](int e) { return history[std::size_t(e)].*of.*value; };
            paper.line(place(std::max(epoch - 1, 0), value_at(std::max(epoch - 1, 0))), place(epoch, value_at(epoch)),
                       ink);
        }
    const int step = (count + 9) / 10;
    for (int epoch = 0; epoch < count; epoch += step) {
        const std::string number = std::to_string(epoch + 1);
        paper.write(int(place(epoch, 0).x) - canvas::width_of(number) / 2, top + height + 8, number, black);
    }
}

/// Loss and accuracy of each epoch. That of training is the mean while the epoch went on, so the first is behind.
inline xt::xtensor<float, 3> draw_learning_curve(const std::vector<epoch_result>& history) {
    canvas paper(280, 640);
    double loss = 0, accuracy = 1;
    for (const epoch_result& epoch : history)
        for (const scores& s : {epoch.training, epoch.unseen}) {
            if (std::isfinite(s.loss)) loss = std::max(loss, s.loss);
            accuracy = std::min(accuracy, s.accuracy);
        }
    draw_curves(paper, 70, "loss", history, &scores::loss, 0, rounded_up(loss));
    draw_curves(paper, 390, "accuracy", history, &scores::accuracy, std::floor(std::min(accuracy, 0.99) * 10) / 10, 1);
    paper.write(70, 264, "training", blue);
    paper.write(150, 264, "unseen", orange);
    paper.write(230, 264, "epochs to the right", black);
    return paper.picture();
}

/// A row for each digit, a column for each guess; the darker, the larger the share of the row.
inline xt::xtensor<float, 3> draw_confusion(const confusion_matrix& counts) {
    constexpr int cell = 40, left = 40, top = 40;
    canvas paper(top + cell * int(class_count) + 10, left + cell * int(class_count) + 10);
    paper.write(left, 6, "guess", black);
    paper.write(4, top - 14, "digit", black);
    for (std::size_t label = 0; label < class_count; ++label) {
        const int y = top + cell * int(label);
        const std::string name = std::to_string(label);
        paper.write(left - 16, y + (cell - canvas::letter_height) / 2, name, black);
        paper.write(left + cell * int(label) + (cell - canvas::letter_width) / 2, top - 14, name, black);
        int row = 0;
        for (const int count : counts[label]) row += count;
        for (std::size_t guess = 0; guess < class_count; ++guess) {
            const int x = left + cell * int(guess), count = counts[label][guess];
            // The root makes a single mistake among a hundred visible.
            const float share = row > 0 ? std::sqrt(float(count) / float(row)) : 0;
            const colour& full = label == guess ? blue : orange;
            const auto mixed = [&](std::size_t c) { return 1 + share * (full[c] - 1); };
            paper.rectangle(x, y, cell - 1, cell - 1, {mixed(0), mixed(1), mixed(2)});
            if (count == 0) continue;
            const std::string number = std::to_string(count);
            paper.write(x + (cell - canvas::width_of(number) + canvas::dot) / 2, y + (cell - canvas::letter_height) / 2,
                        number, share > 0.6F ? white : black);
        }
    }
    return paper.picture();
}

/// The first of the misread digits, dark on white, each with what it is and, in orange, what it was taken for.
inline xt::xtensor<float, 3> draw_misread(const labelled_images& set, const std::vector<misreading>& misread) {
    constexpr int columns = 10, most = 60, scale = 2, gap = 8;
    constexpr int wide = scale * int(side) + gap, high = scale * int(side) + canvas::letter_height + 2 * gap;
    const int count = std::min(static_cast<int>(misread.size()), most);
    canvas paper(std::max((count + columns - 1) / columns, 1) * high + gap, columns * wide + gap);
    for (int k = 0; k < count; ++k) {
        const misreading& it = misread[std::size_t(k)];
        const int left = gap + k % columns * wide, top = gap + k / columns * high;
        const auto image = set.image(it.index);
        for (std::size_t at = 0; at < image.size(); ++at)
            for (int dy = 0; dy < scale; ++dy)
                for (int dx = 0; dx < scale; ++dx)
                    paper.paint(left + int(at % side) * scale + dx, top + int(at / side) * scale + dy, black,
                                static_cast<float>(image[at]) / 255.0F);
        const int below = top + scale * int(side) + gap / 2;
        paper.write(left + 14, below, std::to_string(it.label), black);
        paper.write(left + 34, below, std::to_string(it.guess), orange);
    }
    return paper.picture();
}

}  // namespace mnist
