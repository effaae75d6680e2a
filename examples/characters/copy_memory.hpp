// SPDX-License-Identifier: BSL-1.0
// What has been read, and what followed there when the last characters were the same: the longer the match, the surer.
//
//     copy_memory memory(128);
//     memory.begin_text();
//     for (std::int32_t c : text) memory.add(c);
//     for (const copied& match : memory.matches()) …        // by length: how often each class followed
//
// Contexts of characters as predictors: J. G. Cleary, I. H. Witten, "Data compression using adaptive coding and partial
// string matching", 1984; found by chains of positions with the same last characters, as in dictionary compressors
// (P. Deutsch, RFC 1951, section 4).
#pragma once

#include "alphabet.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace characters {

/// The lengths of matches that are told apart: of a match of 13 characters all up to 12.
inline constexpr std::array<std::size_t, 12> match_lengths{3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 26, 32};

/// What followed on the last `match_lengths[length]` characters.
struct followed {
    std::size_t length;
    std::array<std::uint32_t, static_cast<std::size_t>(classes)> times{};
    std::uint32_t in_all = 0;

    double share(std::int32_t c) const { return static_cast<double>(times[static_cast<std::size_t>(c)]) / in_all; }
};

class copy_memory {
public:
    /// What follows does not go on with what was read before.
    void begin_text() {
        read_.push_back(before_text);
        before_.push_back(none);
    }

    void add(std::int32_t character) {
        read_.push_back(character);
        if (read_.size() < shortest + 1) {
            before_.push_back(none);
            return;
        }
        const auto [found, is_new] = last_.try_emplace(key(), none);
        before_.push_back(found->second);
        found->second = read_.size();
    }
    void add_text(std::span<const std::int32_t> text) {
        begin_text();
        for (const std::int32_t c : text) add(c);
    }

    std::size_t size() const { return read_.size(); }

    /// Forgets what was read behind the first `size` characters.
    void forget_behind(std::size_t size) {
        while (read_.size() > size) {
            if (read_.back() != before_text && read_.size() > shortest) last_[key()] = before_.back();
            read_.pop_back();
            before_.pop_back();
        }
    }

    /// What has followed on the last characters, from the shortest match to the longest that there is.
    std::span<const followed> matches() {
        matches_.clear();
        if (read_.empty()) return {};
        for (std::size_t end = before_.back(); end != none; end = before_[end - 1]) {
            const std::size_t length = common_length(end);
            if (length < shortest || read_[end] == before_text) continue;
            const auto longest =
                static_cast<std::size_t>(std::ranges::upper_bound(match_lengths, length) - match_lengths.begin());
            while (matches_.size() < longest) matches_.push_back({.length = matches_.size()});
            for (std::size_t i = 0; i < longest; ++i) {
                ++matches_[i].times[static_cast<std::size_t>(read_[end])];
                ++matches_[i].in_all;
            }
        }
        return matches_;
    }

private:
    static constexpr std::size_t none = ~std::size_t{0}, shortest = match_lengths.front();

    std::uint64_t key() const {
        std::uint64_t all = 0;
        for (std::size_t i = read_.size() - shortest; i < read_.size(); ++i)
            all = all << 16 | static_cast<std::uint16_t>(read_[i]);
        return all;
    }
    /// How many characters are the same in front of `end` and at the end.
    std::size_t common_length(std::size_t end) const {
        const std::size_t most = std::min(match_lengths.back(), end);
        std::size_t length = 0;
        while (length < most && read_[end - 1 - length] == read_[read_.size() - 1 - length] &&
               read_[end - 1 - length] != before_text)
            ++length;
        return length;
    }

    std::vector<std::int32_t> read_;
    std::vector<std::size_t> before_;  // of each position behind a character: the one before with the same key
    std::unordered_map<std::uint64_t, std::size_t> last_;
    std::vector<followed> matches_;
};

}  // namespace characters
