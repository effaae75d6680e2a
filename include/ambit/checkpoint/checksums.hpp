// SPDX-License-Identifier: BSL-1.0
// The checksums of a checkpoint, a text pair of its metadata: eight hexadecimal digits that sum up what the file says
// of itself (all names, dtypes, shapes, other text pairs, and the sums that follow), then eight for the bytes of each
// tensor, in order of name.
//
//     "__metadata__": {"ambit.crc32c": "5c1d0a8fe3069283", …}
//
// One sum for each tensor, so that who reads few of them pays for those alone, and an error has a name. What is summed
// is the content, not its spelling: a program that writes the same tensors and text pairs in another order keeps the
// sums right. Files without the pair, of other programs or older versions, are read as they are. Why CRC-32C: see
// files/crc32c.hpp.
#pragma once

#include <ambit/core/later.hpp>
#include <ambit/core/namespaces.hpp>
#include <ambit/files/crc32c.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace AMBIT_NAMESPACE::checkpoint_parts {

inline constexpr std::string_view checksums_key = "ambit.crc32c";

/// Sums up what a file says of itself: in order of key the text pairs, then in order of name the tensors.
template <class Caller = void> class checksum_of_description {
public:
    void add_pair(std::string_view key, std::string_view value) {
        if (key == checksums_key) return;
        add(std::uint64_t{'p'});
        add(key);
        add(value);
    }
    void add_tensor(std::string_view name, std::string_view type, std::span<const std::int64_t> extents,
                    std::uint32_t sum) {
        add(std::uint64_t{'t'});
        add(name);
        add(type);
        add(std::uint64_t{extents.size()});
        for (const std::int64_t extent : extents) add(static_cast<std::uint64_t>(extent));
        add(std::uint64_t{sum});
    }
    std::uint32_t value() const { return sum_; }

private:
    void add(std::uint64_t number) {
        sum_ = file_parts::crc32c(std::bit_cast<std::array<later<std::byte, Caller>, 8>>(number), sum_);
    }
    /// With its length, so that no two lists of texts are one.
    void add(later<std::string_view, Caller> text) {
        const std::uint64_t length = text.size();
        add(length);
        sum_ = file_parts::crc32c(std::as_bytes(std::span(text)), sum_);
    }

    std::uint32_t sum_ = 0;
};

inline constexpr const char* advice_on_checksums =
    "the file is damaged: fetch it or save it again; if a program changed it on purpose, let it drop the text pair "
    "ambit.crc32c";

template <class = void> void append_checksum(std::string& text, std::uint32_t sum) {
    for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[sum >> shift & 15];
}

/// The number `index` of such a text; none if these are no eight small hexadecimal digits.
template <class Caller = void>
std::optional<later<std::uint32_t, Caller>> checksum_at(std::string_view text, std::size_t index) {
    if (text.size() < 8 || (text.size() - 8) / 8 < index) return std::nullopt;
    std::uint32_t sum = 0;
    for (const char c : text.substr(8 * index, 8)) {
        const bool is_letter = c >= 'a' && c <= 'f';
        if (!is_letter && !(c >= '0' && c <= '9')) return std::nullopt;
        sum = sum << 4 | static_cast<std::uint32_t>(is_letter ? c - 'a' + 10 : c - '0');
    }
    return sum;
}

}  // namespace ambit::checkpoint_parts
