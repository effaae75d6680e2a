// SPDX-License-Identifier: BSL-1.0
// The fields of a protocol buffer, one after the other, and the varints that they and sorted tables are made of.
//
//     protobuf_fields fields(message);
//     while (fields.next())
//         if (fields.number() == 3) shard = fields.value();
//
// Three messages of a dozen fields are read in all: a reader of the wire format is less than what libprotobuf and its
// compiler would ask of every build. Source: "Encoding", protobuf.dev.
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// Takes a varint from the front; nothing if there is none, or one of more than 64 bits.
inline std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (i == 9 && byte > 1) return std::nullopt;
        value |= std::uint64_t{byte & 127U} << 7 * i;
        if (byte < 128) {
            bytes.remove_prefix(i + 1);
            return value;
        }
    }
    return std::nullopt;
}

/// A little-endian number of so many bytes. Precondition: they are there.
inline std::uint64_t little_endian(std::string_view bytes, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

class protobuf_fields {
public:
    explicit protobuf_fields(std::string_view message) : rest_(message) {}

    /// Goes to the next field; false at the end, and at what is no field.
    bool next() {
        if (rest_.empty() || is_broken_) return false;
        const std::optional<std::uint64_t> tag = take_varint(rest_);
        is_broken_ = true;
        if (!tag || *tag >> 3 == 0 || *tag >> 3 > 536'870'911) return false;
        number_ = static_cast<int>(*tag >> 3);
        is_bytes_ = false;
        switch (*tag & 7) {
            case 0: {
                const std::optional<std::uint64_t> value = take_varint(rest_);
                if (!value) return false;
                value_ = *value;
                break;
            }
            case 1:
            case 5: {
                const std::size_t size = (*tag & 7) == 1 ? 8 : 4;
                if (rest_.size() < size) return false;
                value_ = little_endian(rest_, size);
                rest_.remove_prefix(size);
                break;
            }
            case 2: {
                const std::optional<std::uint64_t> size = take_varint(rest_);
                if (!size || *size > rest_.size()) return false;
                bytes_ = rest_.substr(0, *size);
                rest_.remove_prefix(*size);
                is_bytes_ = true;
                break;
            }
            default: return false;  // groups, which nobody writes any more
        }
        is_broken_ = false;
        return true;
    }

    /// `next` has met what is no field.
    bool is_broken() const { return is_broken_; }

    int number() const { return number_; }
    bool is_bytes() const { return is_bytes_; }
    std::uint64_t value() const { return value_; }       ///< of a number
    std::string_view bytes() const { return bytes_; }    ///< of a text or a message

private:
    std::string_view rest_, bytes_;
    std::uint64_t value_ = 0;
    int number_ = 0;
    bool is_bytes_ = false, is_broken_ = false;
};

}  // namespace ambit::checkpoint_parts
