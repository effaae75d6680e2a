// SPDX-License-Identifier: BSL-1.0
// Pictures stored as bare samples, row after row, plain or compressed by gzip. Link with -lz.
//
//     auto slice = read_raw_image("s1045.ima.gz", 256, 256, sample_format::uint16_big_endian,
//                                 {.white = 255});
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/io/file_error.hpp>
#include <ambit/io/gzip.hpp>
#include <ambit/io/pixels.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>  // xtl, which calls std::terminate, lacks it
#include <filesystem>
#include <string>
#include <vector>

#include <xtensor/xtensor.hpp>

namespace AMBIT_NAMESPACE {

enum class sample_format { one_byte, uint16_big_endian, uint16_little_endian };

struct raw_image_options {
    /// The sample that becomes 1; larger ones become 1 too. 0 stands for the format's largest, 255 or 65,535.
    /// Scanners that store 8 or 12 bits in words of 16 need it said.
    int white = 0;
};

/// Reads exactly height x width samples into [height, width, 1], as sample / white. Throws `image_error`:
/// also if the file holds fewer samples, or more.
inline xt::xtensor<float, 3> read_raw_image(const std::filesystem::path& file, std::int64_t height, std::int64_t width,
                                            sample_format format, raw_image_options options = {}) {
    const bool one_byte = format == sample_format::one_byte;
    const int largest = one_byte ? 255 : 65'535;
    if (height < 1 || width < 1 || options.white < 0 || options.white > largest)
        throw image_error(file_fault::bad_argument, file,
                          std::to_string(height) + " x " + std::to_string(width) + " samples with white at " +
                              std::to_string(options.white) + " were asked for",
                          "extents are at least 1, white is from 0 to " + std::to_string(largest));
    const auto rows = static_cast<std::uint64_t>(height), columns = static_cast<std::uint64_t>(width);
    io_parts::check_extents(rows, columns, file);

    const std::uint64_t needed = rows * columns * (one_byte ? 1 : 2);
    const std::vector<std::byte> content = read_gzip<image_error>(file, needed + 1);
    if (content.size() != needed)
        throw image_error(
            file_fault::wrong_size, file,
            "the file holds " +
                (content.size() > needed ? "more than " + std::to_string(needed) : std::to_string(content.size())) +
                " bytes, and " + std::to_string(rows) + " x " + std::to_string(columns) + " samples take " +
                std::to_string(needed),
            "check the extents and the sample format");

    const std::size_t high = format == sample_format::uint16_big_endian ? 0 : 1;
    const auto white = static_cast<float>(options.white == 0 ? largest : options.white);
    auto result = xt::xtensor<float, 3>::from_shape({rows, columns, 1});
    for (std::size_t index = 0; index < result.size(); ++index) {
        const int sample = one_byte ? std::to_integer<int>(content[index])
                                    : std::to_integer<int>(content[2 * index + high]) * 256 +
                                          std::to_integer<int>(content[2 * index + 1 - high]);
        result.data()[index] = (std::min)(static_cast<float>(sample) / white, 1.0F);
    }
    return result;
}

}  // namespace ambit
