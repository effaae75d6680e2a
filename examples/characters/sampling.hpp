// SPDX-License-Identifier: BSL-1.0
// A character drawn by the probabilities of a net, with options that a command line gives. (Where they are constant,
// `sample` of ambit/nn/sampling.hpp draws in the graph.)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <random>
#include <span>
#include <vector>

namespace characters {

struct draw_options {
    double temperature = 1;  ///< below 1 the likeliest are likelier; 0 takes the likeliest
    std::size_t top_k = 0;   ///< only of so many of the likeliest; 0: of all
    double top_p = 1;        ///< only of the likeliest that together have this probability
};

/// What is left of probabilities to draw by, which sum to 1.
inline std::vector<double> sharpened(std::span<const float> probabilities, const draw_options& o) {
    std::vector<double> left(probabilities.begin(), probabilities.end());
    const double most = *std::ranges::max_element(left);
    for (double& p : left) p = o.temperature > 0 ? std::pow(p / most, 1 / o.temperature) : (p < most ? 0.0 : 1.0);
    const auto make_sum_1 = [&] {
        const double sum = std::accumulate(left.begin(), left.end(), 0.0);
        for (double& p : left) p /= sum;
    };
    make_sum_1();
    std::vector<std::size_t> order(left.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return left[i]; });
    double before = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        double& p = left[order[rank]];
        const double here = p;
        if (before >= o.top_p || (o.top_k > 0 && rank >= o.top_k)) p = 0;
        before += here;
    }
    make_sum_1();
    return left;
}

template <class Engine>
std::int32_t draw(std::span<const float> probabilities, const draw_options& options, Engine& engine) {
    const std::vector<double> left = sharpened(probabilities, options);
    return std::discrete_distribution<std::int32_t>(left.begin(), left.end())(engine);
}

}  // namespace characters
