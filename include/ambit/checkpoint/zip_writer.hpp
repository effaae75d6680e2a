// SPDX-License-Identifier: BSL-1.0
// Writes zip archives of members that are stored as they are, front to back: so they go through the file that replaces
// another one completely or not at all, where libzip would seek back to what it has written.
//
//     zip_writer archive(output);
//     archive.add("dense/kernel.npy", {header, elements});
//     archive.finish();
//
// Source: PKWARE, APPNOTE.TXT 6.3.10, 4.3 and 4.5.3 (sizes of 64 bits).
#pragma once

#include <ambit/core/namespaces.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <zlib.h>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// `Output` has `write(std::span<const std::byte>)`. Names are UTF-8, of up to 65,535 bytes. What needs more than 32
/// bits goes into the fields of 64; `most` is for tests, which have no such files.
template <class Output> class zip_writer {
public:
    explicit zip_writer(Output& output, std::uint64_t most = 0xFFFF'FFFF) : output_(output), most_(most) {}

    void add(std::string_view name, std::initializer_list<std::span<const std::byte>> parts) {
        member added{std::string(name), offset_, 0, 0};
        for (const std::span<const std::byte> part : parts) {
            const auto* const bytes = reinterpret_cast<const unsigned char*>(part.data());
            if (!part.empty()) added.checksum = static_cast<std::uint32_t>(crc32_z(added.checksum, bytes, part.size()));
            added.size += part.size();
        }

        std::string header;
        const bool is_large = added.size >= most_;
        append(header, 0x0403'4B50, 4);
        append_common(header, added, is_large);
        append(header, name.size(), 2);
        append(header, is_large ? 20 : 0, 2);
        header += name;
        if (is_large) {
            append(header, 1, 2);
            append(header, 16, 2);
            append(header, added.size, 8);
            append(header, added.size, 8);
        }
        write(header);
        for (const std::span<const std::byte> part : parts) {
            output_.write(part);
            offset_ += part.size();
        }
        members_.push_back(std::move(added));
    }

    /// The directory. Call once, last.
    void finish() {
        const std::uint64_t begin = offset_;
        for (const member& written : members_) write(directory_entry(written));
        const std::uint64_t size = offset_ - begin, count = members_.size();
        std::string end;
        if (begin >= most_ || size >= most_ || count >= (most_ & 0xFFFF)) {
            const std::uint64_t record = offset_;
            append(end, 0x0606'4B50, 4);
            append(end, 44, 8);  // what follows
            append(end, made_by, 2);
            append(end, version_of_64_bits, 2);
            append(end, 0, 8);  // disks
            append(end, count, 8);
            append(end, count, 8);
            append(end, size, 8);
            append(end, begin, 8);
            append(end, 0x0706'4B50, 4);
            append(end, 0, 4);
            append(end, record, 8);
            append(end, 1, 4);
            append(end, 0x0605'4B50, 4);
            append(end, 0, 4);
            append(end, 0xFFFF, 2);
            append(end, 0xFFFF, 2);
            append(end, 0xFFFF'FFFF, 4);
            append(end, 0xFFFF'FFFF, 4);
        } else {
            append(end, 0x0605'4B50, 4);
            append(end, 0, 4);
            append(end, count, 2);
            append(end, count, 2);
            append(end, size, 4);
            append(end, begin, 4);
        }
        append(end, 0, 2);  // a comment
        write(end);
    }

private:
    struct member {
        std::string name;
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
        std::uint32_t checksum = 0;
    };
    static constexpr std::uint64_t version = 20, version_of_64_bits = 45, made_by = 3 << 8 | version_of_64_bits;

    static void append(std::string& text, std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i & 255);
    }
    void write(const std::string& text) {
        output_.write(std::as_bytes(std::span(text)));
        offset_ += text.size();
    }

    /// From the version to the sizes. The date is always the first that the format has, so that the same content gives
    /// the same bytes.
    static void append_common(std::string& header, const member& archived, bool is_large) {
        append(header, is_large ? version_of_64_bits : version, 2);
        // Where it says anything: libzip refuses names that are said to be UTF-8 and have control characters.
        const bool is_plain =
            std::all_of(archived.name.begin(), archived.name.end(), [](char c) { return (c & 0x80) == 0; });
        append(header, is_plain ? 0 : 0x0800, 2);  // names in UTF-8
        append(header, 0, 2);  // stored
        append(header, 0, 2);
        append(header, 0x0021, 2);
        append(header, archived.checksum, 4);
        append(header, is_large ? 0xFFFF'FFFF : archived.size, 4);
        append(header, is_large ? 0xFFFF'FFFF : archived.size, 4);
    }

    std::string directory_entry(const member& archived) const {
        const bool is_large = archived.size >= most_ || archived.offset >= most_;
        std::string entry;
        append(entry, 0x0201'4B50, 4);
        append(entry, made_by, 2);
        append_common(entry, archived, is_large);
        append(entry, archived.name.size(), 2);
        append(entry, is_large ? 28 : 0, 2);
        append(entry, 0, 2);  // comment
        append(entry, 0, 2);  // disk
        append(entry, 0, 2);
        append(entry, 0100644ULL << 16, 4);  // a file that all may read
        append(entry, is_large ? 0xFFFF'FFFF : archived.offset, 4);
        entry += archived.name;
        if (is_large) {
            append(entry, 1, 2);
            append(entry, 24, 2);
            append(entry, archived.size, 8);
            append(entry, archived.size, 8);
            append(entry, archived.offset, 8);
        }
        return entry;
    }

    Output& output_;
    std::uint64_t most_;
    std::uint64_t offset_ = 0;
    std::vector<member> members_;
};

}  // namespace ambit::checkpoint_parts
