// SPDX-License-Identifier: BSL-1.0
// A name with a number, in the compiler, where std::to_string cannot be called.
//
//     for (int i = 0; i < 4; ++i) x = dense(s, name("layer", i), x, 64);       // layer0, layer1, …
#pragma once

#include <ambit/core/short_text.hpp>
#include <ambit/diagnostics/words.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

/// `layer3`; `name(name("block", 2), 1)` is `block21`, so put a letter or `_` between numbers.
template <std::integral Number> constexpr core_parts::short_text name(std::string_view base, Number number) {
    core_parts::short_text text(base);
    math_parts::append_number(text, static_cast<std::int64_t>(number));
    return text;
}

}  // namespace ambit
