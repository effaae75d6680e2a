// SPDX-License-Identifier: BSL-1.0
// A stranger's weights, which are part of the program.
#include <digits.hpp>

#include <cstdint>
#include <string_view>

static_assert(here::digits.size() >= 10);

int main(int, char** arguments) {
    const std::string_view bytes(reinterpret_cast<const char*>(here::digits.data()), here::digits.size());
    const bool is_aligned = reinterpret_cast<std::uintptr_t>(here::digits.data()) % 64 == 0;
    return bytes == arguments[1] && is_aligned ? 0 : 1;
}
