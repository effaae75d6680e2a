// SPDX-License-Identifier: BSL-1.0
// Pictures as the network takes them: cut to 24 x 24, while it trains somewhere, turned over, lighter or darker, with
// more contrast or less; then whitened. And pictures made here, if there are no others.
#pragma once

#include "picture.hpp"

#include <ambit/io/cifar10.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace cifar10 {

using namespace ambit;

inline constexpr std::size_t full_side = 32, numbers_of_a_picture = static_cast<std::size_t>(side * side * 3);

/// How a picture is cut and changed; the middle of it, as it is, unless told otherwise.
struct distortion {
    std::size_t top = (full_side - side) / 2, left = top;
    bool is_flipped = false;
    float brightness = 0, contrast = 1;  ///< added to values from 0 to 255; times the distance from the mean
};

template <class Engine> distortion any_distortion(Engine& engine) {
    const auto below = [&](std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine);
    };
    const auto between = [&](float low, float high) {
        return std::uniform_real_distribution<float>(low, high)(engine);
    };
    constexpr std::size_t places = full_side - side + 1;
    distortion any;
    any.top = below(places);
    any.left = below(places);
    any.is_flipped = below(2) == 1;
    any.brightness = between(-63, 63);
    any.contrast = between(0.2F, 1.8F);
    return any;
}

/// Writes a picture, [24, 24, 3], with mean 0 and deviation 1 (TensorFlow's `per_image_standardization`). Changes of
/// brightness and contrast are those of TensorFlow's image ops, of each channel around its own mean.
inline void copy_picture(const labelled_images& set, std::size_t index, const distortion& changed, float* to) {
    const auto pixels = set.image(index);
    constexpr auto width = static_cast<std::size_t>(side);
    std::array<double, 3> mean{};
    for (std::size_t y = 0; y < width; ++y)
        for (std::size_t x = 0; x < width; ++x)
            for (std::size_t c = 0; c < 3; ++c) {
                const std::size_t column = changed.left + (changed.is_flipped ? width - 1 - x : x);
                const float value = static_cast<float>(pixels[((changed.top + y) * full_side + column) * 3 + c]);
                to[(y * width + x) * 3 + c] = value + changed.brightness;
                mean[c] += static_cast<double>(value + changed.brightness) / (width * width);
            }
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < numbers_of_a_picture; ++i) {
        to[i] = (to[i] - static_cast<float>(mean[i % 3])) * changed.contrast + static_cast<float>(mean[i % 3]);
        sum += static_cast<double>(to[i]);
        squares += static_cast<double>(to[i]) * static_cast<double>(to[i]);
    }
    constexpr auto count = static_cast<double>(numbers_of_a_picture);
    const double middle = sum / count, deviation = std::sqrt(std::fmax(squares / count - middle * middle, 0.0));
    const double divisor = std::fmax(deviation, 1 / std::sqrt(count));
    for (std::size_t i = 0; i < numbers_of_a_picture; ++i)
        to[i] = static_cast<float>((static_cast<double>(to[i]) - middle) / divisor);
}

struct picture_sets {
    labelled_images training, unseen;
    std::string origin;
};

/// `data_batch_1.bin` to `data_batch_5.bin`, those that are there, and `test_batch.bin`; each may be compressed.
inline picture_sets read_pictures(const std::filesystem::path& directory) {
    const auto file = [&](const std::string& name) {
        const std::filesystem::path plain = directory / name;
        return std::filesystem::exists(plain) ? plain : std::filesystem::path(plain.string() + ".gz");
    };
    std::vector<std::filesystem::path> training;
    for (int number = 1; number <= 5; ++number)
        if (const auto found = file("data_batch_" + std::to_string(number) + ".bin"); std::filesystem::exists(found))
            training.push_back(found);
    if (training.empty())
        throw file_error(file_fault::cannot_open, directory, "no data_batch_1.bin is there",
                         "unpack the binary version of CIFAR-10, and give its directory");
    return {read_cifar10(training), read_cifar10(file("test_batch.bin")), "CIFAR-10 in " + directory.string()};
}

/// How light a pattern is at a place, from -1 to 1, in waves: stripes across, stripes down, checks, checks that stand
/// on a corner, rings. Each looks the same from behind.
inline double pattern(int kind, double x, double y) {
    const auto wave = [](double at) { return std::sin(2 * std::numbers::pi * at); };
    switch (kind) {
        case 0: return wave(y);
        case 1: return wave(x);
        case 2: return wave(x) * wave(y);
        case 3: return wave((x + y) / 2) * wave((x - y) / 2);
        default: return wave(std::hypot(x, y));
    }
}

/// A class for each of five patterns, small or large; colours, places and noise are of no class.
inline labelled_images draw_pictures(std::size_t count, std::uint64_t seed) {
    labelled_images set{full_side, full_side, {}, {}, 3};
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> share(0, 1);
    for (std::size_t index = 0; index < count; ++index) {
        const auto label = static_cast<std::uint8_t>(engine() % classes);
        const double length = (label < 5 ? 5 : 11) + share(engine);
        const double left = full_side * share(engine), top = full_side * share(engine);
        std::array<double, 3> dark{}, light{};
        for (std::size_t c = 0; c < 3; ++c) {
            dark[c] = 120 * share(engine);
            light[c] = 130 + 125 * share(engine);
        }
        for (std::size_t y = 0; y < full_side; ++y)
            for (std::size_t x = 0; x < full_side; ++x) {
                const double lightness = 0.5 + 0.5 * pattern(label % 5, (static_cast<double>(x) - left) / length,
                                                             (static_cast<double>(y) - top) / length);
                for (std::size_t c = 0; c < 3; ++c) {
                    const double value = dark[c] + lightness * (light[c] - dark[c]) + 60 * (share(engine) - 0.5);
                    set.pixels.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
                }
            }
        set.labels.push_back(label);
    }
    return set;
}

}  // namespace cifar10
