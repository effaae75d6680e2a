// SPDX-License-Identifier: BSL-1.0
// How many bits the unseen end of each text takes: by `xz -9e` behind all that was learned from, by a net, and by a net
// with what it can copy.
#pragma once

#include "copy_memory.hpp"
#include "mixture.hpp"
#include "text_net.hpp"
#include "texts.hpp"
#include "xz.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace characters {

/// Bits of an unseen text.
struct judged_text {
    std::string name;
    double characters = 0, xz = 0, net = 0, mixed = 0;

    void add(const judged_text& other) {
        characters += other.characters;
        xz += other.xz;
        net += other.net;
        mixed += other.mixed;
    }
};

/// What is learned from, all texts one after the other, each behind `before_text`.
inline std::vector<std::int32_t> joined(const text_set& all) {
    std::vector<std::int32_t> numbers;
    for (const divided_text& text : all.texts) {
        numbers.push_back(before_text);
        for (const char byte : text.learned) numbers.push_back(all.letters.number(byte));
    }
    return numbers;
}

/// What a net says of a character, but for a thousandth, which all classes share: a net that has read little is too
/// sure, and float32 rounds to 0 what is unlikely.
inline double probability_of(std::span<const float> of_each, std::int32_t character) {
    return 0.999 * static_cast<double>(of_each[static_cast<std::size_t>(character)]) + 0.001 / classes;
}

/// Bits that the held-back text takes, each part read on its own.
inline double held_back_bits(text_net& net, const text_set& all) {
    double bits = 0;
    for (const divided_text& text : all.texts) {
        const std::vector<std::int32_t> numbers = all.letters.numbers(text.held_back);
        net.read(numbers, [&](std::size_t place, std::span<const float> of_each) {
            bits -= std::log2(probability_of(of_each, numbers[place]));
        });
    }
    return bits / static_cast<double>(all.characters(&divided_text::held_back));
}

/// Reads a text by the net, and by a memory that remembers it as far as it was read, and then forgets it.
template <class Use>
void read_by_both(text_net& net, copy_memory& memory, const std::vector<std::int32_t>& text, const Use& use) {
    const std::size_t known = memory.size();
    memory.begin_text();
    net.read(text, [&](std::size_t place, std::span<const float> of_each) {
        use(probability_of(of_each, text[place]), memory.matches(), text[place]);
        memory.add(text[place]);
    });
    memory.forget_behind(known);
}

/// How much a net and a memory count, by the held-back text, which neither of them knows.
inline mixture fitted(text_net& net, const text_set& all) {
    copy_memory memory;
    for (const divided_text& text : all.texts) memory.add_text(all.letters.numbers(text.learned));
    mixture both;
    for (const divided_text& text : all.texts)
        read_by_both(net, memory, all.letters.numbers(text.held_back),
                     [&](double of_net, auto matches, std::int32_t c) { both.observe(of_net, matches, c); });
    both.fit();
    return both;
}

/// What each unseen part takes; its net's state begins anew, as does what the memory knows of it.
inline std::vector<judged_text> judge(text_net& net, const text_set& all) {
    const mixture both = fitted(net, all);
    copy_memory memory;
    std::string known;
    for (const divided_text& text : all.texts) {
        memory.add_text(all.letters.numbers(text.learned + text.held_back));
        known += text.learned + text.held_back;
    }
    std::vector<judged_text> results;
    for (const divided_text& text : all.texts) {
        if (text.unseen.empty()) continue;
        judged_text result{.name = text.name, .characters = static_cast<double>(text.unseen.size())};
        result.xz = 8 * static_cast<double>(xz_size_behind(known, text.unseen));
        read_by_both(net, memory, all.letters.numbers(text.unseen), [&](double of_net, auto matches, std::int32_t c) {
            result.net -= std::log2(of_net);
            result.mixed -= std::log2(both.probability(of_net, matches, c));
        });
        results.push_back(result);
    }
    return results;
}

}  // namespace characters
