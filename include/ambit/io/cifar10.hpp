// SPDX-License-Identifier: BSL-1.0
// The pictures of CIFAR-10 in its binary version, plain or compressed by gzip. Link with -lz.
//
//     labelled_images set = read_cifar10({"data_batch_1.bin", "data_batch_2.bin"});
//     batches<32, 32, 32, 3> training(set, {.order = example_order::shuffled});
//
// A file is a sequence of pictures, each a byte with its label and 3072 bytes of pixels: 32 x 32 of red, then of green,
// then of blue. Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009, and the data
// set's page. Here the three channels of a pixel stand together, as a convolution wants them.
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/io/gzip.hpp>
#include <ambit/io/labelled_images.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE {

/// What the labels 0 to 9 stand for.
inline constexpr std::array<std::string_view, 10> cifar10_classes{"airplane", "automobile", "bird",  "cat",  "deer",
                                                                  "dog",      "frog",       "horse", "ship", "truck"};

}  // namespace ambit

namespace AMBIT_NAMESPACE::io_parts {

/// The most bytes that are read of one file unless a call says otherwise, 256 MiB; those of the data set have 30 MB.
inline constexpr std::uint64_t max_cifar10_bytes = std::uint64_t{1} << 28;

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// Reads whole files, one after the other, into a set of [32, 32, 3]. Throws `file_error`.
inline labelled_images read_cifar10(const std::vector<std::filesystem::path>& files,
                                    std::uint64_t limit = io_parts::max_cifar10_bytes) {
    constexpr std::size_t side = 32, channels = 3, plane = side * side, record = 1 + channels * plane;
    labelled_images set{side, side, {}, {}, channels};
    for (const std::filesystem::path& file : files) {
        const std::vector<std::byte> content = read_gzip(file, limit == UINT64_MAX ? limit : limit + 1);
        if (content.size() > limit)
            throw file_error(file_fault::too_large, file, "the file has more than " + std::to_string(limit) + " bytes",
                             "raise the limit if the file is right");
        if (content.empty() || content.size() % record != 0)
            throw file_error(file_fault::wrong_size, file,
                             "the file has " + std::to_string(content.size()) + " bytes, which is no multiple of the " +
                                 std::to_string(record) + " of a label and a picture",
                             "choose a file of the binary version of CIFAR-10, or fetch it again");
        const std::size_t count = content.size() / record, before = set.size();
        set.pixels.resize((before + count) * channels * plane);
        for (std::size_t index = 0; index < count; ++index) {
            const std::byte* const at = content.data() + index * record;
            const auto label = std::to_integer<std::uint8_t>(at[0]);
            if (label >= cifar10_classes.size())
                throw file_error(file_fault::illegal_value, file,
                                 "label " + std::to_string(index) + " is " + std::to_string(int{label}) +
                                     ", and labels are below 10",
                                 "choose a file of the binary version of CIFAR-10, or fetch it again");
            set.labels.push_back(label);
            std::uint8_t* const to = set.pixels.data() + (before + index) * channels * plane;
            for (std::size_t channel = 0; channel < channels; ++channel)
                for (std::size_t pixel = 0; pixel < plane; ++pixel)
                    to[pixel * channels + channel] = std::to_integer<std::uint8_t>(at[1 + channel * plane + pixel]);
        }
    }
    return set;
}

inline labelled_images read_cifar10(const std::filesystem::path& file,
                                    std::uint64_t limit = io_parts::max_cifar10_bytes) {
    return read_cifar10(std::vector{file}, limit);
}

}  // namespace ambit
