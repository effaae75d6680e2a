// SPDX-License-Identifier: BSL-1.0
// Pictures as arrays: height x width x channels of float in [0, 1]. Link with -lpng -ljpeg.
//
//     xt::xtensor<float, 3> photograph = read_image("photograph.jpg", 3);
//     write_png("negative.png", 1.0F - photograph);
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/io/file_error.hpp>
#include <ambit/io/jpeg.hpp>
#include <ambit/io/pixels.hpp>
#include <ambit/io/png.hpp>
#include <ambit/io/whole_file.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <exception>  // xtl, which calls std::terminate, lacks it
#include <filesystem>
#include <string>
#include <vector>

#include <xtensor/xexpression.hpp>
#include <xtensor/xtensor.hpp>

namespace AMBIT_NAMESPACE {

/// Reads a PNG or JPEG file, told apart by their first bytes, not by the name. The result is
/// [height, width, channels]; `channels` is 1 (grey: luma of colour pictures) or 3 (red, green, blue).
/// `decode_png` and `decode_jpeg` say what is read and what is refused. Throws `image_error`.
inline xt::xtensor<float, 3> read_image(const std::filesystem::path& file, int channels = 3) {
    io_parts::check_channels(channels, file);
    const std::vector<std::byte> bytes = io_parts::read_file<image_error>(file, io_parts::max_image_bytes);
    pixels picture;
    if (is_png(bytes)) picture = decode_png(bytes, channels, file);
    else if (is_jpeg(bytes)) picture = decode_jpeg(bytes, channels, file);
    else
        throw image_error(file_fault::unknown_format, file, "the file begins neither as PNG nor as JPEG",
                          "convert the picture to one of them");
    auto result = xt::xtensor<float, 3>::from_shape({picture.height, picture.width, picture.channels});
    std::copy(picture.values.begin(), picture.values.end(), result.begin());
    return result;
}

/// Writes an array or a lazy expression [height, width, 1 or 3] of floats as PNG, 8 bits a sample: values
/// outside [0, 1] are clamped, NaN becomes 0. The file appears complete or not at all. Throws `image_error`.
template <class Expression>
void write_png(const std::filesystem::path& file, const xt::xexpression<Expression>& array) {
    const Expression& values = array.derived_cast();
    static_assert(std::floating_point<typename Expression::value_type>,
                  "[ambit] write_png takes floats in [0, 1]: cast the array and divide by its largest value");
    if (values.dimension() != 3)
        throw image_error(file_fault::bad_argument, file,
                          "an array of " + std::to_string(values.dimension()) + " dimensions was to be written",
                          "pass [height, width, 1] or [height, width, 3]");
    pixels picture;
    picture.height = static_cast<std::size_t>(values.shape()[0]);
    picture.width = static_cast<std::size_t>(values.shape()[1]);
    picture.channels = static_cast<std::size_t>(values.shape()[2]);
    io_parts::check_channels(static_cast<std::int64_t>(picture.channels), file);
    io_parts::check_extents(picture.height, picture.width, file);
    picture.values.reserve(picture.height * picture.width * picture.channels);
    for (auto at = values.template begin<xt::layout_type::row_major>(),
              end = values.template end<xt::layout_type::row_major>();
         at != end; ++at)
        picture.values.push_back(static_cast<float>(*at));
    io_parts::write_file<image_error>(file, encode_png(picture, file));
}

}  // namespace ambit
