// SPDX-License-Identifier: BSL-1.0
// Text that a net writes, character by character.
#pragma once

#include "alphabet.hpp"
#include "sampling.hpp"
#include "text_net.hpp"

#include <ambit/diagnostics/error.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace characters {

/// Hands over `beginning`, and so many characters that the net goes on with.
template <class Use>
void write_text(text_net& net, const alphabet& letters, std::string_view beginning, std::size_t length,
                const draw_options& options, std::uint64_t seed, const Use& use) {
    std::mt19937_64 engine(seed);
    std::span<const float> of_each = net.begin();
    for (const char byte : beginning) {
        if (!letters.has(byte))
            throw ambit::error("the beginning has " + ambit::mistake_parts::in_quotes(std::string_view(&byte, 1)) +
                               ", which is in none of the texts");
        use(byte);
        of_each = net.next(letters.number(byte));
    }
    for (std::size_t i = 0; i < length; ++i) {
        // Of classes that stand for characters: the net gives hardly anything to the others.
        std::vector<float> of_letters(of_each.begin(),
                                      of_each.begin() + static_cast<std::ptrdiff_t>(letters.size()) + 1);
        of_letters[before_text] = 0;
        const std::int32_t number = draw(of_letters, options, engine);
        use(letters.byte(number));
        of_each = net.next(number);
    }
}

}  // namespace characters
