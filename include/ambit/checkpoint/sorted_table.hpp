// SPDX-License-Identifier: BSL-1.0
// Sorted tables of keys and values, as LevelDB and TensorFlow write them: blocks of pairs whose keys leave out what
// they share with the one before, each block with its checksum, and an index of the blocks.
//
//     read_sorted_table(source, [&](std::string_view key, std::string_view value) { ... });
//
// Source: doc/table_format.md of LevelDB; blocks are packed by snappy, through its library.
#pragma once

#include <ambit/checkpoint/byte_source.hpp>
#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/protobuf_fields.hpp>
#include <ambit/diagnostics/quoted.hpp>
#include <ambit/files/crc32c.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <snappy.h>

namespace AMBIT_NAMESPACE::checkpoint_parts {

inline constexpr std::uint64_t sorted_table_magic = 0xDB47'7524'8B80'FB57;
inline constexpr std::uint64_t sorted_table_footer = 48;

/// The last bytes are those of a sorted table.
inline bool is_sorted_table(const byte_source& source) {
    if (source.size() < sorted_table_footer) return false;
    std::string magic(8, '\0');
    source.read_at(source.size() - 8, std::as_writable_bytes(std::span(magic)));
    return little_endian(magic, 8) == sorted_table_magic;
}

/// A sum that stands within what it sums is turned and moved, so that a sum of sums is another one.
constexpr std::uint32_t unmasked_crc32c(std::uint32_t masked) {
    const std::uint32_t turned = masked - 0xA282'EAD8U;
    return turned >> 17 | turned << 15;
}

class sorted_table_reader {
public:
    explicit sorted_table_reader(const byte_source& source) : source_(source) {}

    /// Calls `visit(key, value)` for all pairs, in order of keys. Throws `checkpoint_error`.
    template <class Visit> void read(Visit&& visit) const {
        if (!is_sorted_table(source_)) damaged("the file does not end as a table of keys does");
        std::string footer(sorted_table_footer, '\0');
        source_.read_at(source_.size() - sorted_table_footer, std::as_writable_bytes(std::span(footer)));
        std::string_view rest = footer;
        (void)take_place(rest);  // of an index that this format leaves empty
        const std::string index = block(take_place(rest));

        // Blocks follow one another: two entries of the index that name one block would make much of little.
        std::uint64_t end = 0, bytes_of_keys = 0, bytes_of_blocks = 0;
        std::string last;
        bool is_first = true;
        read_pairs(index, [&](std::string_view, std::string_view value) {
            const place at = take_place(value);
            if (at.offset < end) damaged("two blocks of the table share bytes");
            end = at.offset + at.size;
            const std::string pairs = block(at);
            bytes_of_blocks += pairs.size();
            read_pairs(pairs, [&](std::string_view key, std::string_view content) {
                if (!std::exchange(is_first, false) && key <= last)
                    damaged("the keys of the table are not in order, at " + in_quotes(key));
                // A key of a million bytes, of which each of the next shares all but one, takes four bytes a time.
                bytes_of_keys += key.size();
                if (bytes_of_keys > most_sharing * bytes_of_blocks)
                    damaged("the keys of the table take more bytes than names do, at " + in_quotes(key));
                last = key;
                visit(key, content);
            });
        });
    }

private:
    struct place {
        std::uint64_t offset = 0, size = 0;
    };
    static constexpr std::uint64_t most_sharing = 64;

    [[noreturn]] void damaged(const std::string& found) const {
        throw checkpoint_error(checkpoint_fault::damaged, source_.name(), found,
                               "the file is damaged: fetch it or save it again");
    }

    place take_place(std::string_view& bytes) const {
        const std::optional<std::uint64_t> offset = take_varint(bytes);
        const std::optional<std::uint64_t> size = offset ? take_varint(bytes) : std::nullopt;
        const std::uint64_t room = source_.size() - sorted_table_footer;
        if (!size || *offset > room || *size > room - *offset || room - *offset - *size < trailer)
            damaged("a block of the table is said to lie outside of the file");
        return {*offset, *size};
    }

    /// The content of a block, unpacked.
    std::string block(const place& at) const {
        std::string stored(at.size + trailer, '\0');
        source_.read_at(at.offset, std::as_writable_bytes(std::span(stored)));
        const auto sum = static_cast<std::uint32_t>(little_endian(std::string_view(stored).substr(at.size + 1), 4));
        if (crc32c(std::as_bytes(std::span(stored)).first(at.size + 1)) != unmasked_crc32c(sum))
            throw checkpoint_error(checkpoint_fault::wrong_checksum, source_.name(),
                                   "the block at byte " + std::to_string(at.offset) +
                                       " does not have the checksum that was stored with it",
                                   "the file is damaged: fetch it or save it again");
        const char kind = stored[at.size];
        stored.resize(at.size);
        if (kind == 0) return stored;
        if (kind != 1)
            throw checkpoint_error(checkpoint_fault::unsupported, source_.name(),
                                   "a block of the table is packed by method " + std::to_string(static_cast<int>(kind)),
                                   "snappy is read, and what is not packed");
        // Three bytes copy up to 64.
        constexpr std::size_t most_inflation = 22;
        std::size_t length = 0;
        if (!snappy::GetUncompressedLength(stored.data(), stored.size(), &length) ||
            length / most_inflation > stored.size())
            damaged("a block of the table is packed, and said to have more bytes than it can");
        std::string content(length, '\0');
        if (!snappy::RawUncompress(stored.data(), stored.size(), content.data()))
            damaged("a block of the table cannot be unpacked");
        return content;
    }

    template <class Visit> void read_pairs(std::string_view block, Visit&& visit) const {
        if (block.size() < 4) damaged("a block of the table is too short");
        const std::uint64_t restarts = little_endian(block.substr(block.size() - 4), 4);
        if (restarts > (block.size() - 4) / 4) damaged("a block of the table has more places to begin at than bytes");
        block.remove_suffix(4 * (static_cast<std::size_t>(restarts) + 1));
        std::string key;
        while (!block.empty()) {
            const std::optional<std::uint64_t> shared = take_varint(block);
            const std::optional<std::uint64_t> own = shared ? take_varint(block) : std::nullopt;
            const std::optional<std::uint64_t> size = own ? take_varint(block) : std::nullopt;
            if (!size || *shared > key.size() || *own > block.size() || *size > block.size() - *own)
                damaged("a pair in a block of the table is longer than the block");
            key.resize(static_cast<std::size_t>(*shared));
            key += block.substr(0, *own);
            const std::string_view value = block.substr(*own, *size);
            block.remove_prefix(*own + *size);
            visit(std::string_view(key), value);
        }
    }

    static constexpr std::uint64_t trailer = 5;  // the kind, the checksum

    const byte_source& source_;
};

template <class Visit> void read_sorted_table(const byte_source& source, Visit&& visit) {
    sorted_table_reader(source).read(visit);
}

}  // namespace ambit::checkpoint_parts
