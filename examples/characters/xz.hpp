// SPDX-License-Identifier: BSL-1.0
// The size of what `xz -9e` makes of a text.
#pragma once

#include <ambit/diagnostics/raise.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <lzma.h>

namespace characters {

/// In bytes, as the program writes it with one thread.
inline std::size_t xz_size(std::string_view text) {
    lzma_stream stream = LZMA_STREAM_INIT;
    const std::unique_ptr<lzma_stream, void (*)(lzma_stream*)> end(&stream, lzma_end);
    lzma_ret result = lzma_easy_encoder(&stream, 9 | LZMA_PRESET_EXTREME, LZMA_CHECK_CRC64);
    stream.next_in = reinterpret_cast<const std::uint8_t*>(text.data());
    stream.avail_in = text.size();
    std::array<std::uint8_t, 1 << 16> out;
    while (result == LZMA_OK) {
        stream.next_out = out.data();
        stream.avail_out = out.size();
        result = lzma_code(&stream, LZMA_FINISH);
    }
    if (result != LZMA_STREAM_END) throw ambit::error("xz gives up: code " + std::to_string(result) + " of liblzma");
    return static_cast<std::size_t>(stream.total_out);
}

/// What a tail takes of its own, in bytes, behind a text that is there already.
inline std::size_t xz_size_behind(std::string_view text, std::string_view tail) {
    std::string both(text);
    both += tail;
    return xz_size(both) - xz_size(text);
}

}  // namespace characters
