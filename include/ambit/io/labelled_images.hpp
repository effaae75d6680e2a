// SPDX-License-Identifier: BSL-1.0
// Pictures of one size, each with the number of its class, as the MNIST digits are stored. Link with -lz.
// io/cifar10.hpp reads others into the same.
//
//     labelled_images digits = read_labelled_images("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", 10);
//     digits.size();                                           // 10000
//     digits.image(0);                                         // 784 bytes
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/io/idx.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE {

struct labelled_images {
    std::size_t height = 0, width = 0;
    std::vector<std::uint8_t> pixels;  ///< [size, height, width, channels], row-major; 255 is white or full ink
    std::vector<std::uint8_t> labels;
    std::size_t channels = 1;

    std::size_t size() const { return labels.size(); }
    /// Numbers of one picture.
    std::size_t elements() const { return height * width * channels; }
    std::span<const std::uint8_t> image(std::size_t index) const {
        return std::span(pixels).subspan(index * elements(), elements());
    }

    // ---- as a set that batches are made of, io/batches.hpp

    std::int32_t label(std::size_t index) const { return labels[index]; }
    /// A picture in [0, 1].
    void copy_example(std::size_t index, float* to) const {
        const auto samples = image(index);
        std::transform(samples.begin(), samples.end(), to,
                       [](std::uint8_t sample) { return static_cast<float>(sample) / 255.0F; });
    }
    /// `the pictures have 28 x 28 pixels`
    std::string extents_in_words() const {
        return "the pictures have " + std::to_string(height) + " x " + std::to_string(width) + " pixels" +
               (channels == 1 ? "" : " of " + std::to_string(channels) + " channels");
    }

    /// A copy of the examples from `first` up to, not including, `last`; both are cut to the size.
    labelled_images part(std::size_t first, std::size_t last) const {
        last = (std::min)(last, size());
        first = (std::min)(first, last);
        const auto at = [&](const auto& values, std::size_t index) {
            return values.begin() + static_cast<std::ptrdiff_t>(index);
        };
        const std::size_t each = elements();
        return {height,
                width,
                {at(pixels, first * each), at(pixels, last * each)},
                {at(labels, first), at(labels, last)},
                channels};
    }
};

/// Reads pictures [count, height, width] and labels [count] of bytes, each label below `classes`. Throws `file_error`.
inline labelled_images read_labelled_images(const std::filesystem::path& images, const std::filesystem::path& labels,
                                            int classes) {
    const auto check_rank = [](const idx_array<std::uint8_t>& array, std::size_t rank,
                               const std::filesystem::path& file, const char* wanted) {
        if (array.extents.size() != rank)
            throw file_error(
                file_fault::unsupported, file,
                "the file holds an array of " + io_parts::extents_in_words(array.extents) + ", and " + wanted,
                "check that images and labels are not exchanged");
    };
    // Labels first: they are short, and an exchange of the two is found before megabytes are read.
    idx_array<std::uint8_t> classes_of = read_idx<std::uint8_t>(labels);
    check_rank(classes_of, 1, labels, "labels have one extent");
    idx_array<std::uint8_t> pictures = read_idx<std::uint8_t>(images);
    check_rank(pictures, 3, images, "pictures have count, height and width");
    if (pictures.extents[0] != classes_of.extents[0])
        throw file_error(file_fault::disagreement, images,
                         "the file holds " + std::to_string(pictures.extents[0]) + " pictures, and " +
                             mistake_parts::shown_path(labels.string()) + " holds " +
                             std::to_string(classes_of.extents[0]) + " labels",
                         "take both from the same set");
    const auto illegal = std::find_if(classes_of.values.begin(), classes_of.values.end(),
                                      [&](std::uint8_t label) { return int{label} >= classes; });
    if (illegal != classes_of.values.end())
        throw file_error(file_fault::illegal_value, labels,
                         "label " + std::to_string(illegal - classes_of.values.begin()) + " is " +
                             std::to_string(int{*illegal}) + ", and labels are below " + std::to_string(classes),
                         "check the file and the number of classes");
    return {pictures.extents[1], pictures.extents[2], std::move(pictures.values), std::move(classes_of.values), 1};
}

}  // namespace ambit
