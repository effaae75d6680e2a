// SPDX-License-Identifier: BSL-1.0
// Arrays in the idx format of the MNIST digits, plain or compressed by gzip. Link with -lz.
//
//     idx_array<std::uint8_t> labels = read_idx<std::uint8_t>("t10k-labels-idx1-ubyte.gz");
//     labels.extents;                                          // {10000}
//
// A file is two zero bytes, a code of the element type, the number of extents, each extent as 32 bits, then the
// elements row-major; all numbers are big-endian. Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database".
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/io/file_error.hpp>
#include <ambit/io/gzip.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace AMBIT_NAMESPACE {

template <class T> struct idx_array {
    std::vector<std::size_t> extents;
    std::vector<T> values;  ///< row-major
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::io_parts {

/// The most bytes of elements that are read unless a call says otherwise, 1 GiB; the largest MNIST file has 45 MiB.
inline constexpr std::uint64_t max_idx_bytes = std::uint64_t{1} << 30;

struct idx_type {
    int code;
    std::string_view name;
};
inline constexpr idx_type idx_types[] = {{0x08, "uint8"}, {0x09, "int8"},    {0x0B, "int16"},
                                         {0x0C, "int32"}, {0x0D, "float32"}, {0x0E, "float64"}};

/// The name of an element type by its code; empty if the format has none of that code.
constexpr std::string_view idx_type_name(int code) {
    for (const idx_type& type : idx_types)
        if (type.code == code) return type.name;
    return {};
}

/// 0 if the format has no such type.
template <class T>
inline constexpr int idx_code = std::is_same_v<T, std::uint8_t>   ? 0x08
                                : std::is_same_v<T, std::int8_t>  ? 0x09
                                : std::is_same_v<T, std::int16_t> ? 0x0B
                                : std::is_same_v<T, std::int32_t> ? 0x0C
                                : std::is_same_v<T, float>        ? 0x0D
                                : std::is_same_v<T, double>       ? 0x0E
                                                                  : 0;

template <class T> T from_big_endian(const std::byte* bytes) {
    using bits =
        std::conditional_t<sizeof(T) == 1, std::uint8_t,
                           std::conditional_t<sizeof(T) == 2, std::uint16_t,
                                              std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;
    std::uint64_t value = 0;
    for (std::size_t at = 0; at < sizeof(T); ++at) value = value << 8 | std::to_integer<std::uint64_t>(bytes[at]);
    return std::bit_cast<T>(static_cast<bits>(value));
}

/// `60000 x 28 x 28`; of more than eight, the first.
inline std::string extents_in_words(const std::vector<std::size_t>& extents) {
    constexpr std::size_t most = 8;
    std::string text;
    for (std::size_t axis = 0; axis < (std::min)(extents.size(), most); ++axis)
        text += (axis == 0 ? "" : " x ") + std::to_string(extents[axis]);
    return extents.size() <= most ? text : text + " x ... (" + std::to_string(extents.size()) + " extents)";
}

template <class T>
concept idx_element = idx_code<T> != 0;

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// Reads a whole file whose elements are of type `T`, at most `limit` bytes of them. What the header says is checked
/// against the limit before, and against the content after reading; memory is taken for bytes that are there only.
/// Throws `file_error`.
template <io_parts::idx_element T>
idx_array<T> read_idx(const std::filesystem::path& file, std::uint64_t limit = io_parts::max_idx_bytes) {
    io_parts::gzip_input input(file);
    const std::vector<std::byte> magic = input.read(4);
    if (magic.size() < 4 || magic[0] != std::byte{0} || magic[1] != std::byte{0})
        throw file_error(file_fault::unknown_format, file,
                         magic.size() < 4
                             ? "the file holds " + std::to_string(magic.size()) + " bytes, less than a header"
                             : std::string("the file does not begin with the two zero bytes of idx"),
                         "choose an idx file, such as train-images-idx3-ubyte.gz");
    const int code = std::to_integer<int>(magic[2]);
    if (io_parts::idx_type_name(code).empty())
        throw file_error(
            file_fault::corrupt, file,
            "the header has " + std::to_string(code) + " as its code of the element type, which is none of idx",
            "fetch the file again");
    if (code != io_parts::idx_code<T>)
        throw file_error(file_fault::unsupported, file,
                         "the elements are " + std::string(io_parts::idx_type_name(code)) + ", and " +
                             std::string(io_parts::idx_type_name(io_parts::idx_code<T>)) + " were asked for",
                         "choose another file or another type");

    idx_array<T> result;
    const auto rank = std::to_integer<std::size_t>(magic[3]);
    const std::vector<std::byte> header = input.read(4 * rank);
    if (rank == 0 || header.size() != 4 * rank)
        throw file_error(file_fault::corrupt, file,
                         rank == 0 ? std::string("the header has no extents")
                                   : "the file ends within its header of " + std::to_string(rank) + " extents",
                         "fetch the file again");
    std::uint64_t bytes = sizeof(T);
    for (std::size_t axis = 0; axis < rank; ++axis)
        result.extents.push_back(io_parts::from_big_endian<std::uint32_t>(header.data() + 4 * axis));
    for (const std::size_t extent : result.extents) {
        if (extent == 0)
            throw file_error(file_fault::corrupt, file,
                             "the header has an extent of 0: " + io_parts::extents_in_words(result.extents),
                             "fetch the file again");
        // By division: the product itself may overflow.
        if (extent > limit / bytes)
            throw file_error(
                file_fault::too_large, file,
                "the header announces " + io_parts::extents_in_words(result.extents) + " elements of " +
                    std::to_string(sizeof(T)) + " bytes",
                "at most " + std::to_string(limit) + " bytes are read: raise the limit if the file is right");
        bytes *= extent;
    }

    const std::vector<std::byte> content = input.read(bytes + 1);
    if (content.size() != bytes)
        throw file_error(
            file_fault::wrong_size, file,
            "after the header there are " +
                (content.size() > bytes ? "more than " + std::to_string(bytes) : std::to_string(content.size())) +
                " bytes, and " + io_parts::extents_in_words(result.extents) + " elements take " + std::to_string(bytes),
            "fetch the file again");
    result.values.reserve(content.size() / sizeof(T));
    for (std::size_t at = 0; at < content.size(); at += sizeof(T))
        result.values.push_back(io_parts::from_big_endian<T>(content.data() + at));
    return result;
}

}  // namespace ambit
