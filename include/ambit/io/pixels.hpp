// SPDX-License-Identifier: BSL-1.0
// A picture in memory as the codecs produce and take it, before it becomes an array: samples in [0, 1].
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/io/file_error.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace AMBIT_NAMESPACE::io_parts {

/// The most pixels of one picture, 64 Mi (8192 x 8192): 768 MiB as three channels of float. Checked before
/// anything is allocated for the picture; while decoding, up to twice that again is needed.
inline constexpr std::uint64_t max_image_pixels = std::uint64_t{1} << 26;

/// The longest picture file: the largest picture with four channels of 16 bits, stored without compression.
inline constexpr std::uint64_t max_image_bytes = max_image_pixels * 8 + (std::uint64_t{1} << 20);

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// Sample (row, column, channel) is at `values[(row * width + column) * channels + channel]`.
struct pixels {
    std::size_t height = 0;
    std::size_t width = 0;
    std::size_t channels = 0;
    std::vector<float> values;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::io_parts {

/// Luma of an RGB pixel by ITU-R BT.601, as JPEG itself defines it, on the samples as they are stored.
constexpr float luma(float red, float green, float blue) { return 0.299F * red + 0.587F * green + 0.114F * blue; }

inline void check_extents(std::uint64_t height, std::uint64_t width, const std::filesystem::path& file) {
    if (height == 0 || width == 0 || height > max_image_pixels / width)
        throw image_error(
            file_fault::too_large, file,
            "the picture is said to have " + std::to_string(height) + " x " + std::to_string(width) + " pixels",
            "from 1 to " + std::to_string(max_image_pixels) + " are read: scale it down");
}

inline void check_channels(std::int64_t channels, const std::filesystem::path& file) {
    if (channels != 1 && channels != 3)
        throw image_error(file_fault::bad_argument, file, std::to_string(channels) + " channels were asked for",
                          "ask for 1 (grey) or 3 (red, green, blue)");
}

}  // namespace ambit::io_parts
