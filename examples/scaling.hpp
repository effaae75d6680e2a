// SPDX-License-Identifier: BSL-1.0
// How the speed of training grows with the ranks of an MPI job, as a picture.
//
//     write_scaling(ranks, directory, [&](communicator& some) { … return examples_a_second; });
#pragma once

#include "canvas.hpp"

#include <ambit/distributed/communicator.hpp>
#include <ambit/io/images.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Bars: examples a second on 1, 2, 4 … ranks, each beside as many times those of one.
inline xt::xtensor<float, 3> draw_scaling(const std::vector<std::pair<int, double>>& speeds) {
    using namespace drawing;
    constexpr int width = 60, height = 200, top = 40, left = 20;
    canvas paper(top + height + 40, std::max(420, left + int(speeds.size()) * (2 * width + 40)));
    double most = 0;
    for (const auto& [ranks, speed] : speeds) most = std::max({most, speed, speeds[0].second * ranks});
    int x = left;
    for (const auto& [ranks, speed] : speeds) {
        const auto bar = [&](double value, const auto& ink) {
            const int tall = std::max(1, int(height * value / most));
            paper.rectangle(x, top + height - tall, width - 4, tall, ink);
            x += width;
        };
        paper.write(x, top + height + 8, std::to_string(ranks) + (ranks == 1 ? " rank" : " ranks"), black);
        paper.write(x, top + height + 22, std::to_string(std::lround(speed)), black);
        bar(speed, blue);
        bar(speeds[0].second * ranks, grey);
        x += 40;
    }
    paper.write(left, top - 26, "examples a second; grey: as many times one rank", black);
    return paper.picture();
}

/// Writes `scaling.png`. `train` is called on the first 1, 2, 4 … ranks, while the others wait, with these ranks; it
/// trains for a while, and answers how many examples a second all of them took.
template <class Train>
void write_scaling(ambit::communicator& all, const std::filesystem::path& directory, const Train& train) {
    std::vector<std::pair<int, double>> speeds;
    for (int count = 1; count <= all.size(); count *= 2) {
        MPI_Comm first = MPI_COMM_NULL;
        MPI_Comm_split(MPI_COMM_WORLD, all.rank() < count ? 0 : 1, all.rank(), &first);
        double speed = 0;
        if (all.rank() < count) {
            ambit::communicator some(first);
            speed = train(some);
        }
        MPI_Comm_free(&first);
        all.broadcast(std::as_writable_bytes(std::span(&speed, 1)));
        speeds.emplace_back(count, speed);
    }
    all.on_root([&] {
        std::filesystem::create_directories(directory);
        ambit::write_png(directory / "scaling.png", draw_scaling(speeds));
        std::cout << "wrote " << (directory / "scaling.png").string() << '\n';
    });
}
