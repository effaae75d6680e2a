// SPDX-License-Identifier: BSL-1.0
// Text that is put together during constant evaluation: names of variables and ops, as they are asked for.
//
//     static_assert(weights.name() == "conv1/weights:0");
//     std::string text{weights.name().view()};
//
// Why not std::string: clang 16 refuses libstdc++ 12's in constant evaluation.
#pragma once

#include <ambit/core/buffer.hpp>

#include <cstddef>
#include <string_view>

namespace AMBIT_NAMESPACE::core_parts {

class short_text {
public:
    constexpr short_text() = default;
    constexpr explicit short_text(std::string_view text) { *this += text; }

    constexpr std::string_view view() const {
        return {characters_.begin(), static_cast<std::size_t>(characters_.size())};
    }
    constexpr operator std::string_view() const { return view(); }
    constexpr bool empty() const { return characters_.empty(); }
    constexpr buffer<char>& characters() { return characters_; }

    constexpr short_text& operator+=(std::string_view text) {
        characters_.append(text.data(), static_cast<int>(text.size()));
        return *this;
    }
    constexpr short_text& operator+=(char c) {
        characters_.push_back(c);
        return *this;
    }

    friend constexpr bool operator==(const short_text& a, std::string_view b) { return a.view() == b; }
    friend constexpr bool operator==(const short_text& a, const short_text& b) { return a.view() == b.view(); }

private:
    buffer<char> characters_;
};

}  // namespace ambit::core_parts
