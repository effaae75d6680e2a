// SPDX-License-Identifier: BSL-1.0
// Trains a net that a file describes, judges, saves and loads it.
#pragma once

#include "../mnist/digits.hpp"

#include <ambit/ambit.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/config.hpp>
#include <ambit/io/progress_bar.hpp>
#include <ambit/registry.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <xtensor/xbuilder.hpp>
#include <xtensor/xtensor.hpp>

/// The table [program] of the file: what is not the net's.
struct program_settings {
    std::optional<std::string> data;  ///< a directory with the MNIST files; else digits are drawn
    std::int32_t drawn_digits = 3000;
    std::optional<std::string> save;
};
BOOST_HANA_ADAPT_STRUCT(program_settings, data, drawn_digits, save);

namespace configured {

using namespace ambit;

/// Some digits of a set as a net takes them.
struct examples {
    xt::xtensor<float, 4> images;
    xt::xtensor<std::int32_t, 1> labels;

    explicit examples(std::size_t count)
        : images(xt::zeros<float>({count, mnist::side, mnist::side, std::size_t{1}})),
          labels(xt::zeros<std::int32_t>({count})) {}

    void put(std::size_t place, const labelled_images& set, std::size_t index) {
        const auto pixels = set.image(index);
        std::transform(pixels.begin(), pixels.end(), images.data() + place * mnist::pixel_count,
                       [](std::uint8_t ink) { return static_cast<float>(ink) / 255; });
        labels(place) = set.labels[index];
    }
};

inline void train(dynamic_model& net, const training_settings& by, const labelled_images& digits) {
    const auto batch = static_cast<std::size_t>(by.batch);
    std::vector<std::size_t> order(digits.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937_64 random(by.seed);
    examples given(batch);
    for (std::int64_t epoch = 0; epoch < by.epochs; ++epoch) {
        std::shuffle(order.begin(), order.end(), random);
        progress_bar bar(std::cerr, "epoch " + std::to_string(epoch + 1) + '/' + std::to_string(by.epochs),
                         static_cast<std::int64_t>(digits.size() / batch * batch), "examples",
                         terminal_width(STDERR_FILENO));
        double loss = 0, wrong = 0, steps = 0;
        for (std::size_t begin = 0; begin + batch <= order.size(); begin += batch) {
            for (std::size_t i = 0; i < batch; ++i) given.put(i, digits, order[begin + i]);
            const auto said = net.run({"train", "loss", "error"}, given.images, given.labels);
            loss += double{said["loss"].number<float>()};
            wrong += double{said["error"].number<float>()};
            ++steps;
            bar.advance(by.batch, {{"loss", loss / steps}, {"accuracy", 1 - wrong / steps}});
        }
        bar.finish();
    }
}

/// The share of digits that are read right, a hundred at a time.
inline double accuracy_on(dynamic_model& net, const labelled_images& digits) {
    std::size_t right = 0;
    for (std::size_t begin = 0; begin < digits.size(); begin += 100) {
        const std::size_t count = std::min<std::size_t>(100, digits.size() - begin);
        examples given(count);
        for (std::size_t i = 0; i < count; ++i) given.put(i, digits, begin + i);
        const auto logits = net(given.images).as<float>();
        for (std::size_t i = 0; i < count; ++i) {
            std::size_t guess = 0;
            for (std::size_t k = 1; k < logits.shape(1); ++k)
                if (logits(i, k) > logits(i, guess)) guess = k;
            right += guess == static_cast<std::size_t>(given.labels(i)) ? 1U : 0U;
        }
    }
    return static_cast<double>(right) / static_cast<double>(digits.size());
}

/// A dynamic model of the net alone, on variables that are there.
inline dynamic_model reader_of(const layered_net& net, const registry& reg) {
    return {reg, net, {{"images", net.input(100)}}, {.reuse = true}};
}

inline void run(const std::filesystem::path& file, program_settings wanted) {
    const layered_net net = read_config({file, "net"});
    const training_settings& by = net.training();
    const mnist::digit_sets digits =
        wanted.data ? mnist::read_digits(*wanted.data)
                    : mnist::draw_digits(static_cast<std::size_t>(std::max(wanted.drawn_digits, by.batch > 0 ? 1 : 0)));
    std::cout << digits.origin << ": " << digits.training.size() << " to train on, " << digits.unseen.size()
              << " unseen\n";
    if (static_cast<std::size_t>(by.batch) > digits.training.size())
        throw error("there are fewer digits than a batch has: give more, or make the batch smaller");

    registry reg(seed{by.seed});
    dynamic_model trainer(reg, net.trainer(), {{"images", net.input(by.batch)}, {"labels", net.wanted(by.batch)}});
    std::cout << summary(trainer);
    train(trainer, by, digits.training);
    dynamic_model reader = reader_of(net, reg);
    const double accuracy = accuracy_on(reader, digits.unseen);
    std::cout << "accuracy " << 100 * accuracy << " %\n";

    if (!wanted.save) return;
    save(reader, *wanted.save);  // the weights, without the optimizer's state
    registry again(seed{2});
    dynamic_model loaded(again, net, {{"images", net.input(100)}});
    std::cout << load(again, *wanted.save) << '\n';
    const bool is_same = accuracy_on(loaded, digits.unseen) == accuracy;
    std::cout << (is_same ? "it reads as well as before\n" : "it reads otherwise than before\n");
    if (!is_same) throw error("what was loaded is not what was saved");
}

}  // namespace configured
