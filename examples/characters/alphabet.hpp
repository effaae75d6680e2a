// SPDX-License-Identifier: BSL-1.0
// The bytes of some texts as numbers, and back.
//
//     alphabet letters;
//     letters.add("the text");
//     const std::vector<std::int32_t> numbers = letters.numbers("text");
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace characters {

inline constexpr std::int64_t classes = 128;    ///< what a net tells apart
inline constexpr std::int32_t before_text = 0;  ///< stands in front of each text, and in none

/// All bytes that occur in some texts, numbered from 1 on in their order.
class alphabet {
public:
    void add(std::string_view text) {
        for (const char byte : text) occurs_[static_cast<unsigned char>(byte)] = true;
        bytes_.clear();
        for (std::size_t byte = 0; byte < occurs_.size(); ++byte)
            if (occurs_[byte]) {
                bytes_.push_back(static_cast<char>(byte));
                numbers_[byte] = static_cast<std::int32_t>(bytes_.size());
            }
    }

    std::size_t size() const { return bytes_.size(); }
    bool has(char byte) const { return occurs_[static_cast<unsigned char>(byte)]; }
    std::int32_t number(char byte) const { return numbers_[static_cast<unsigned char>(byte)]; }
    char byte(std::int32_t number) const { return bytes_[static_cast<std::size_t>(number - 1)]; }

    std::vector<std::int32_t> numbers(std::string_view text) const {
        std::vector<std::int32_t> all;
        all.reserve(text.size());
        for (const char byte : text) all.push_back(number(byte));
        return all;
    }

private:
    std::array<bool, 256> occurs_{};
    std::array<std::int32_t, 256> numbers_{};
    std::vector<char> bytes_;
};

}  // namespace characters
