// SPDX-License-Identifier: BSL-1.0
// A price and its forecasts, and how each year's error compares with that of the naive forecast.
#pragma once

#include "../canvas.hpp"
#include "walk.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace forecast {

inline xt::xtensor<float, 3> draw_walk(const price_series& of, const std::vector<forecast_price>& said,
                                       const std::vector<year_result>& years) {
    using drawing::canvas;
    constexpr int left = 60, width = 560, top = 40, height = 180, below = 280, bar_height = 90;
    canvas paper(400, 640);
    if (said.size() < 2 || years.empty()) return paper.picture();
    double low = said[0].log_price, high = low;
    for (const forecast_price& p : said) {
        low = std::min({low, p.log_price, of.log_price[p.month]});
        high = std::max({high, p.log_price, of.log_price[p.month]});
    }
    const auto place = [&](std::size_t i, double log_price) {
        return canvas::point{left + width * static_cast<double>(i) / static_cast<double>(said.size() - 1),
                             top + height * (1 - (log_price - low) / std::max(high - low, 1e-9))};
    };
    paper.write(left, 10, of.name + ": price, and what was forecast a month before", drawing::black);
    for (const double log_price : {low, (low + high) / 2, high}) {
        const int y = static_cast<int>(place(0, log_price).y);
        const std::string price = std::to_string(static_cast<int>(std::exp(log_price)));
        paper.rectangle(left, y, width, 1, drawing::grey);
        paper.write(left - 8 - canvas::width_of(price), y - canvas::letter_height / 2, price, drawing::black);
    }
    for (std::size_t i = 1; i < said.size(); ++i) {
        paper.line(place(i - 1, said[i - 1].log_price), place(i, said[i].log_price), drawing::orange);
        paper.line(place(i - 1, of.log_price[said[i - 1].month]), place(i, of.log_price[said[i].month]), drawing::blue);
    }
    paper.write(left, below - 20, "error as a share of the naive one: below the line is better", drawing::black);
    const int step = width / static_cast<int>(years.size());
    for (std::size_t i = 0; i < years.size(); ++i) {
        const double share = std::clamp(years[i].naive > 0 ? years[i].net / years[i].naive : 1.0, 0.0, 1.5);
        const int tall = static_cast<int>(bar_height * share / 1.5), x = left + step * static_cast<int>(i);
        paper.rectangle(x, below + bar_height - tall, step - 3, tall, share < 1 ? drawing::blue : drawing::orange);
        paper.write(x, below + bar_height + 6, std::to_string(years[i].year).substr(2), drawing::black);
    }
    paper.rectangle(left, below + bar_height - bar_height * 2 / 3, width, 1, drawing::black);
    paper.write(left - 8 - canvas::width_of("1.0"), below + bar_height / 3 - canvas::letter_height / 2, "1.0",
                drawing::black);
    return paper.picture();
}

}  // namespace forecast
