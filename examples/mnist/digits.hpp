// SPDX-License-Identifier: BSL-1.0
// Digits to learn and digits to be judged by: from the MNIST files, or drawn here.
#pragma once

#include "digit.hpp"

#include <ambit/math/philox.hpp>
#include <ambit/io/labelled_images.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

namespace mnist {

using namespace ambit;

struct digit_sets {
    labelled_images training, unseen;
    std::string origin;
};

/// Digits of a set that lacks its other half go to `unseen` from the end on.
inline constexpr std::size_t unseen_count = 1000;

inline digit_sets split(const labelled_images& all, std::string origin) {
    const std::size_t training = all.size() - std::min(all.size(), unseen_count);
    return {all.part(0, training), all.part(training, all.size()), std::move(origin)};
}

/// `<kind>-images-idx3-ubyte` and its labels, each with or without `.gz`, in `directory`.
inline labelled_images read_half(const std::filesystem::path& directory, const std::string& kind) {
    const auto file = [&](const std::string& name) {
        const std::filesystem::path plain = directory / (kind + name);
        return std::filesystem::exists(plain) ? plain : std::filesystem::path(plain.string() + ".gz");
    };
    const std::filesystem::path images = file("-images-idx3-ubyte");
    labelled_images set = read_labelled_images(images, file("-labels-idx1-ubyte"), static_cast<int>(class_count));
    if (set.height != side || set.width != side)
        throw file_error(
            file_fault::wrong_size, images,
            "the pictures have " + std::to_string(set.height) + " x " + std::to_string(set.width) + " pixels",
            "digits of 28 x 28 are read");
    return set;
}

/// The whole of MNIST has files of its own for training; `t10k` alone is split. `directory` or its folder `mnist` has
/// the files.
inline digit_sets read_digits(std::filesystem::path directory) {
    const auto has = [](const std::filesystem::path& where, const char* kind) {
        const std::filesystem::path file = where / (std::string(kind) + "-images-idx3-ubyte");
        return std::filesystem::exists(file) || std::filesystem::exists(file.string() + ".gz");
    };
    if (!has(directory, "t10k") && has(directory / "mnist", "t10k")) directory /= "mnist";
    labelled_images all = read_half(directory, "t10k");
    const std::string origin = "the MNIST digits in " + directory.string();
    if (has(directory, "train")) return {read_half(directory, "train"), std::move(all), origin};
    if (all.size() <= unseen_count)
        throw file_error(
            file_fault::wrong_size, directory, "the set has " + std::to_string(all.size()) + " digits",
            "more than " + std::to_string(unseen_count) + " are needed, since the last are not trained on");
    return split(all, origin);
}

/// A digit as on a pocket calculator, moved, turned, slanted, in strokes of different weight, on noise; over and under
/// it a stroke that belongs to no digit. A stream of random numbers gives the same picture each time.
inline std::array<std::uint8_t, pixel_count> drawn_digit(int digit, random_stream& random) {
    struct point {
        double x, y;
    };
    struct stroke {
        point from, to;
    };
    //   0
    // 1   2
    //   3
    // 4   5
    //   6
    std::array<stroke, 7> segments{{{{-1, -2}, {1, -2}},
                                    {{-1, -2}, {-1, 0}},
                                    {{1, -2}, {1, 0}},
                                    {{-1, 0}, {1, 0}},
                                    {{-1, 0}, {-1, 2}},
                                    {{1, 0}, {1, 2}},
                                    {{-1, 2}, {1, 2}}}};
    constexpr std::array<unsigned, class_count> lit{0b1110111, 0b0100100, 0b1011101, 0b1101101, 0b0101110,
                                                0b1101011, 0b1111011, 0b0100101, 0b1111111, 0b1101111};
    const auto between = [&](double low, double high) { return low + (high - low) * random.uniform(); };
    const double angle = between(-0.3, 0.3), slant = between(-0.3, 0.3), scale = between(3, 4.5),
                 wide = between(0.8, 1.3);
    const point middle{between(12, 16), between(12, 16)};
    const auto placed = [&](const point& p) {
        const double x = scale * (wide * p.x - slant * p.y), y = scale * p.y;
        return point{middle.x + std::cos(angle) * x - std::sin(angle) * y,
                     middle.y + std::sin(angle) * x + std::cos(angle) * y};
    };
    for (stroke& segment : segments) segment = {placed(segment.from), placed(segment.to)};
    const double weight = between(0.8, 1.8), ink = between(0.6, 1), noise = between(0.1, 0.4);
    const stroke stray{{between(0, 28), between(0, 28)}, {between(0, 28), between(0, 28)}};

    /// How much ink a stroke leaves at a point: all within its weight, none a pixel further.
    const auto covers = [&](const stroke& s, const point& p) {
        const double along_x = s.to.x - s.from.x, along_y = s.to.y - s.from.y;
        const double length = std::max(along_x * along_x + along_y * along_y, 1e-9);
        const double t = std::clamp(((p.x - s.from.x) * along_x + (p.y - s.from.y) * along_y) / length, 0.0, 1.0);
        return std::clamp(weight + 0.5 - std::hypot(p.x - s.from.x - t * along_x, p.y - s.from.y - t * along_y), 0.0,
                          1.0);
    };
    std::array<std::uint8_t, pixel_count> picture{};
    for (std::size_t at = 0; at < pixel_count; ++at) {
        const point here{static_cast<double>(at % side), static_cast<double>(at / side)};
        double value = 0.5 * covers(stray, here);
        for (std::size_t s = 0; s < segments.size(); ++s)
            if ((lit[static_cast<std::size_t>(digit)] >> s & 1U) != 0)
                value = std::max(value, covers(segments[s], here));
        value = ink * value + noise * random.uniform();
        picture[at] = static_cast<std::uint8_t>(255 * std::clamp(value, 0.0, 1.0));
    }
    return picture;
}

inline digit_sets draw_digits(std::size_t training) {
    labelled_images all{side, side, {}, {}};
    for (std::size_t index = 0; index < training + unseen_count; ++index) {
        random_stream random(seed{0}, "drawn digits", static_cast<std::int64_t>(index));
        const auto digit = static_cast<std::uint8_t>(random.bits() % class_count);
        const auto picture = drawn_digit(digit, random);
        all.pixels.insert(all.pixels.end(), picture.begin(), picture.end());
        all.labels.push_back(digit);
    }
    return split(all, "digits drawn by this program, since no data were given (--data, AMBIT_DATA)");
}

}  // namespace mnist
