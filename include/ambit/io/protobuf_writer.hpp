// SPDX-License-Identifier: BSL-1.0
// Writes messages of protocol buffers, field by field:
//
//     protobuf_writer event;
//     event.number(1, wall_time);                    // double
//     event.message(5, summary);                     // another writer's bytes
//
// The writer of event files needs this much of the format and no more. Source: "Encoding", protobuf.dev.
#pragma once

#include <ambit/core/namespaces.hpp>

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace AMBIT_NAMESPACE::io_parts {

class protobuf_writer {
public:
    void whole(int field, std::int64_t value) {
        add_tag(field, 0);
        add_varint(static_cast<std::uint64_t>(value));
    }
    void number(int field, double value) {
        add_tag(field, 1);
        add_little_endian(std::bit_cast<std::uint64_t>(value), 8);
    }
    void number(int field, float value) {
        add_tag(field, 5);
        add_little_endian(std::bit_cast<std::uint32_t>(value), 4);
    }
    void text(int field, std::string_view value) {
        add_tag(field, 2);
        add_varint(value.size());
        bytes_ += value;
    }
    void message(int field, const protobuf_writer& value) { text(field, value.bytes_); }
    /// A packed list.
    void numbers(int field, std::span<const double> values) {
        add_tag(field, 2);
        add_varint(values.size() * 8);
        for (const double value : values) add_little_endian(std::bit_cast<std::uint64_t>(value), 8);
    }

    const std::string& bytes() const { return bytes_; }

private:
    void add_tag(int field, unsigned kind) { add_varint(static_cast<std::uint64_t>(field) << 3 | kind); }
    void add_varint(std::uint64_t value) {
        for (; value >= 128; value >>= 7) bytes_ += static_cast<char>((value & 127) | 128);
        bytes_ += static_cast<char>(value);
    }
    void add_little_endian(std::uint64_t value, int count) {
        for (int i = 0; i < count; ++i, value >>= 8) bytes_ += static_cast<char>(value & 255);
    }

    std::string bytes_;
};

}  // namespace ambit::io_parts
