// SPDX-License-Identifier: BSL-1.0
// Elements of a file as numbers that hold them exactly.
//
//     for_each_chunk<double>(element_type::float16, bytes, [&](std::span<const double> values) { … });
#pragma once

#include <ambit/checkpoint/conversions.hpp>
#include <ambit/checkpoint/element_type.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace tool {

using namespace ambit;

/// Complex numbers are looked at as their parts, one after the other.
constexpr element_type parts_of(element_type type) {
    if (type == element_type::complex64) return element_type::float32;
    return type == element_type::complex128 ? element_type::float64 : type;
}
constexpr bool has_numbers(element_type type) { return type != element_type::other; }
constexpr bool is_integer(element_type type) { return type >= element_type::boolean && type <= element_type::int64; }

template <class Stored, class Number> void read_plainly(std::span<const std::byte> bytes, std::span<Number> into) {
    for (std::size_t i = 0; i < into.size(); ++i) {
        Stored value;
        std::memcpy(&value, bytes.data() + i * sizeof(Stored), sizeof(Stored));
        into[i] = static_cast<Number>(value);
    }
}

inline constexpr std::size_t chunk_elements = 1024;

/// Doubles hold elements of up to 32 bits, and long doubles all. Precondition: `has_numbers`, and the bytes are as many
/// elements as `into` takes, at most `chunk_elements`.
template <class Number>
void read_numbers(element_type stored, std::span<const std::byte> bytes, std::span<Number> into) {
    const element_type type = parts_of(stored);
    if (type == element_type::float32) return read_plainly<float>(bytes, into);
    if (type == element_type::float64) return read_plainly<double>(bytes, into);
    if (type == element_type::int64) return read_plainly<std::int64_t>(bytes, into);
    if (type == element_type::uint64) return read_plainly<std::uint64_t>(bytes, into);
    double values[chunk_elements];
    const std::span<double> read(values, into.size());
    static_cast<void>(convert_elements(type, bytes, dtype::float64, std::as_writable_bytes(read)));
    std::copy(read.begin(), read.end(), into.begin());
}

/// Calls `use` with spans of `Number` until it has had all. Precondition: `has_numbers`.
template <class Number, class Use>
void for_each_chunk(element_type stored, std::span<const std::byte> bytes, const Use& use) {
    const auto size = static_cast<std::size_t>(size_of(parts_of(stored)));
    Number values[chunk_elements];
    for (std::size_t begin = 0; begin < bytes.size(); begin += chunk_elements * size) {
        const auto part = bytes.subspan(begin, (std::min)(chunk_elements * size, bytes.size() - begin));
        const std::span<Number> read(values, part.size() / size);
        read_numbers(stored, part, read);
        use(std::span<const Number>(read));
    }
}

}  // namespace tool
