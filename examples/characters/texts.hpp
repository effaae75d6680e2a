// SPDX-License-Identifier: BSL-1.0
// Texts, and what of them is learned from: the last tenth of each is unseen, the twentieth before it is held back to
// judge by.
//
//     const text_set all = read_texts("/usr/share/common-licenses");
#pragma once

#include "alphabet.hpp"

#include <ambit/diagnostics/quoted.hpp>
#include <ambit/io/whole_file.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace characters {

struct divided_text {
    std::string name, learned, held_back, unseen;
};

struct text_set {
    std::vector<divided_text> texts;
    alphabet letters;

    void add(std::string name, std::string_view text) {
        letters.add(text);
        const std::size_t unseen = text.size() - text.size() / 10, held_back = unseen - text.size() / 20;
        texts.push_back({std::move(name), std::string(text.substr(0, held_back)),
                         std::string(text.substr(held_back, unseen - held_back)), std::string(text.substr(unseen))});
    }
    /// Of some part, `&divided_text::unseen`, of all texts.
    std::size_t characters(std::string divided_text::*part) const {
        std::size_t count = 0;
        for (const divided_text& text : texts) count += (text.*part).size();
        return count;
    }
};

inline constexpr std::size_t least_text = 10'000, largest_text = 16 << 20;

/// A file, or the plain files of a directory, each once: what a link names is the same file.
inline text_set read_texts(const std::filesystem::path& from) {
    std::set<std::filesystem::path> files;
    if (std::filesystem::is_directory(from)) {
        for (const auto& entry : std::filesystem::directory_iterator(from))
            if (entry.is_regular_file()) files.insert(std::filesystem::canonical(entry.path()));
    } else {
        files.insert(from);
    }
    text_set all;
    for (const std::filesystem::path& file : files) {
        const std::vector<std::byte> bytes = ambit::io_parts::read_file(file, largest_text);
        if (!bytes.empty())
            all.add(file.filename().string(), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    const std::string shown = ambit::mistake_parts::shown_path(from.string());
    if (all.characters(&divided_text::learned) < least_text || all.characters(&divided_text::held_back) == 0)
        throw ambit::error(shown + " has too little text: " + std::to_string(least_text) +
                           " characters to learn from are the least");
    if (all.letters.size() >= static_cast<std::size_t>(classes))
        throw ambit::error(shown + " has " + std::to_string(all.letters.size()) + " different bytes; the nets tell " +
                           std::to_string(classes - 1) + " apart");
    return all;
}

/// Texts of a small grammar, `a cat that sees the dog hears it.`: about half a bit a character.
inline text_set make_texts() {
    text_set all;
    for (std::uint32_t number = 1; number <= 3; ++number) {
        std::mt19937 engine(number);
        const auto one_of = [&](const auto& words) { return std::string(words[engine() % words.size()]); };
        const auto noun = [&] {
            constexpr std::array<std::string_view, 4> articles{"the ", "a ", "no ", "every "};
            constexpr std::array<std::string_view, 8> nouns{"cat",   "dog",  "bird", "horse",
                                                            "mouse", "fish", "owl",  "fox"};
            return one_of(articles) + one_of(nouns);
        };
        constexpr std::array<std::string_view, 4> verbs{" sees ", " hears ", " follows ", " leaves "};
        std::string text;
        while (text.size() < 20'000) {
            text += noun();
            if (engine() % 2 == 0) text += " that" + one_of(verbs) + noun();
            text += one_of(verbs) + (engine() % 2 == 0 ? "it" : noun()) + ".\n";
        }
        all.add("grammar " + std::to_string(number), text);
    }
    return all;
}

}  // namespace characters
