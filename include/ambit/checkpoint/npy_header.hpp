// SPDX-License-Identifier: BSL-1.0
// The header of NumPy's files: which array follows. A literal of Python, read strictly.
//
//     {'descr': '<f4', 'fortran_order': False, 'shape': (784, 10), }
//
// Source: numpy.lib.format in NumPy's documentation, versions 1.0 to 3.0 of the format.
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/stored_tensor.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

inline constexpr std::string_view npy_magic = "\x93NUMPY";

/// The longest header that is read, in bytes. NumPy itself stops at 10,000 unless told otherwise; records of very many
/// fields take more.
inline constexpr std::uint64_t max_npy_header = 1'000'000;

/// What a header says of the array behind it.
struct npy_header {
    std::string type_name;  ///< `descr` as it stands
    element_type type = element_type::other;
    bool is_big_endian = false;
    bool is_column_major = false;
    std::vector<std::int64_t> extents;
};

/// NumPy's letter and size of an element type, without the byte order; empty for one that NumPy lacks.
constexpr std::string_view npy_name(element_type type) {
    switch (type) {
        case element_type::boolean: return "b1";
        case element_type::uint8: return "u1";
        case element_type::uint16: return "u2";
        case element_type::uint32: return "u4";
        case element_type::uint64: return "u8";
        case element_type::int8: return "i1";
        case element_type::int16: return "i2";
        case element_type::int32: return "i4";
        case element_type::int64: return "i8";
        case element_type::float16: return "f2";
        case element_type::float32: return "f4";
        case element_type::float64: return "f8";
        case element_type::complex64: return "c8";
        case element_type::complex128: return "c16";
        case element_type::float8_e4m3:
        case element_type::float8_e5m2:
        case element_type::bfloat16:
        case element_type::other: return "";
    }
    return "";
}

/// Reads the few forms of Python's literals that a header has, and throws at any other.
class npy_header_reader {
public:
    /// `subject` says where the header stands, for messages: "the header" or the name of an archive's member.
    npy_header_reader(std::string_view text, const std::string& file, std::string_view subject)
        : text_(text), file_(file), subject_(subject) {}

    npy_header read() {
        npy_header header;
        bool has_type = false, has_order = false, has_shape = false;
        expect('{');
        while (!take('}')) {
            const std::string_view key = string();
            expect(':');
            if (key == "descr") {
                once(has_type, key);
                read_type(header);
            } else if (key == "fortran_order") {
                once(has_order, key);
                header.is_column_major = boolean();
            } else if (key == "shape") {
                once(has_shape, key);
                header.extents = shape();
            } else {
                fail(checkpoint_fault::header_field, " has a key " + in_quotes(key));
            }
            if (take('}')) break;
            expect(',');
        }
        skip_blanks();
        if (at_ != text_.size()) unexpected();
        if (!has_type || !has_order || !has_shape)
            fail(checkpoint_fault::header_field, std::string(" lacks ") + (!has_type    ? "descr"
                                                                           : !has_order ? "fortran_order"
                                                                                        : "shape"));
        return header;
    }

private:
    [[noreturn]] void fail(checkpoint_fault kind, const std::string& what) const {
        throw checkpoint_error(kind, file_, std::string(subject_) + what,
                               "the file is damaged or was not written by NumPy: fetch it or save it again");
    }
    [[noreturn]] void unexpected() const {
        fail(checkpoint_fault::header_syntax, at_ == text_.size()
                                                  ? std::string(" ends within the literal")
                                                  : " is no literal of Python as NumPy writes it at its byte " +
                                                        std::to_string(at_) + ", " + in_quotes(text_.substr(at_, 1)));
    }
    void once(bool& seen, std::string_view key) const {
        if (std::exchange(seen, true)) fail(checkpoint_fault::header_field, " has two keys " + in_quotes(key));
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
    }
    /// The next character that is no blank, if it is this one, is passed.
    bool take(char wanted) {
        skip_blanks();
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    void expect(char wanted) {
        if (!take(wanted)) unexpected();
    }

    /// What stands between the quotes, escapes as they are.
    std::string_view string() {
        skip_blanks();
        if (at_ == text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) unexpected();
        const char quote = text_[at_++];
        const std::size_t begin = at_;
        for (; at_ < text_.size() && text_[at_] != quote; ++at_)
            if (text_[at_] == '\\') ++at_;
        if (at_ >= text_.size()) {
            at_ = text_.size();
            unexpected();
        }
        return text_.substr(begin, at_++ - begin);
    }

    bool boolean() {
        skip_blanks();
        for (const std::string_view word : {"True", "False"})
            if (text_.substr(at_).starts_with(word)) {
                at_ += word.size();
                return word == "True";
            }
        unexpected();
    }

    /// NumPy of Python 2 wrote `3L`.
    std::int64_t extent() {
        skip_blanks();
        constexpr std::int64_t most = (std::numeric_limits<std::int64_t>::max)();
        const std::size_t begin = at_;
        std::int64_t value = 0;
        for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
            const int digit = text_[at_] - '0';
            if (value > (most - digit) / 10)
                fail(checkpoint_fault::illegal_shape, " has an extent of more than 63 bits");
            value = value * 10 + digit;
        }
        if (at_ == begin) unexpected();
        if (at_ < text_.size() && text_[at_] == 'L') ++at_;
        return value;
    }

    std::vector<std::int64_t> shape() {
        std::vector<std::int64_t> extents;
        expect('(');
        while (!take(')')) {
            extents.push_back(extent());
            if (take(',')) continue;
            // `(3)` is a number.
            if (extents.size() == 1) unexpected();
            expect(')');
            break;
        }
        return extents;
    }

    void read_type(npy_header& header) {
        skip_blanks();
        const std::size_t begin = at_;
        if (at_ < text_.size() && text_[at_] == '[') {  // a record
            skip_list();
            header.type_name = text_.substr(begin, at_ - begin);
            return;
        }
        std::string_view name = string();
        header.type_name = name;
        if (name.empty()) return;
        header.is_big_endian = name.front() == '>';
        if (std::string_view("<>=|").find(name.front()) != std::string_view::npos) name.remove_prefix(1);
        if (name == "?") name = "b1";
        for (int number = 1; number <= static_cast<int>(last_element_type); ++number)
            if (const auto type = static_cast<element_type>(number); !name.empty() && npy_name(type) == name)
                header.type = type;
    }

    /// Passes a list of anything, by its brackets. Without recursion: depth costs nothing.
    void skip_list() {
        std::string open;
        do {
            skip_blanks();
            if (at_ == text_.size()) unexpected();
            const char c = text_[at_];
            if (c == '\'' || c == '"') {
                string();
                continue;
            }
            if (c == '[' || c == '(') open += c == '[' ? ']' : ')';
            else if (c == ']' || c == ')') {
                if (open.back() != c) unexpected();
                open.pop_back();
            }
            ++at_;
        } while (!open.empty());
    }

    std::string_view text_;
    const std::string& file_;
    std::string_view subject_;
    std::size_t at_ = 0;
};

/// An array's header and where its elements begin.
struct npy_start {
    npy_header header;
    std::uint64_t begin = 0;
};

/// Reads the start of an array of `size` bytes in all; `read(offset, destination)` fetches them. Throws
/// `checkpoint_error`.
template <class Read>
npy_start read_npy_start(std::uint64_t size, Read&& read, const std::string& file, std::string_view subject) {
    const auto cut = [&](std::uint64_t needed) {
        if (size < needed)
            throw checkpoint_error(checkpoint_fault::truncated, file,
                                   std::string(subject) + " takes " + std::to_string(needed) +
                                       " bytes, and there are " + std::to_string(size),
                                   "the file was cut short: fetch it or save it again");
    };
    std::array<std::byte, 12> start{};
    cut(10);
    read(std::uint64_t{0}, std::span(start).first(10));
    if (std::memcmp(start.data(), npy_magic.data(), npy_magic.size()) != 0)
        throw checkpoint_error(checkpoint_fault::header_syntax, file,
                               std::string(subject) + " does not begin with \\x93NUMPY",
                               "this is no array of NumPy, or it is damaged: fetch it or save it again");
    const int version = std::to_integer<int>(start[6]);
    if (version < 1 || version > 3 || start[7] != std::byte{0})
        throw checkpoint_error(checkpoint_fault::unsupported, file,
                               std::string(subject) + " is of version " + std::to_string(version) + "." +
                                   std::to_string(std::to_integer<int>(start[7])) + " of NumPy's format",
                               "versions 1.0, 2.0 and 3.0 are read: save it with one of them");
    const std::uint64_t prefix = version == 1 ? 10 : 12;
    cut(prefix);
    if (version > 1) read(std::uint64_t{10}, std::span(start).subspan(10));
    std::uint64_t length = 0;
    for (std::size_t i = prefix; i-- > 8;) length = length << 8 | std::to_integer<std::uint64_t>(start[i]);
    if (length > max_npy_header)
        throw checkpoint_error(
            checkpoint_fault::header_length, file,
            std::string(subject) + " is said to take " + std::to_string(length) + " bytes, where 1000000 are read",
            "the file is damaged, or has records of too many fields: fetch it or save it again");
    cut(prefix + length);
    std::string text(length, '\0');
    read(prefix, std::as_writable_bytes(std::span(text)));
    return {npy_header_reader(text, file, subject).read(), prefix + length};
}

/// What a start says, as a tensor of this name; its elements are what follows, not a byte more. Of `other` types that
/// is not judged: an array of objects is a pickle of any size.
inline stored_tensor stored_from(const npy_start& start, std::uint64_t size, std::string name,
                                 const std::string& file) {
    stored_tensor tensor{std::move(name), start.header.type, start.header.type_name, start.header.extents,
                         size - start.begin};
    const std::optional<std::uint64_t> needed =
        bytes_of(tensor.extents, (std::max<std::uint64_t>)(size_of(tensor.type), 1));
    if (!needed)
        throw checkpoint_error(checkpoint_fault::illegal_shape, file, impossible_size(tensor),
                               "the file is damaged: fetch it or save it again");
    if (tensor.type != element_type::other && tensor.bytes != *needed)
        throw checkpoint_error(
            tensor.bytes < *needed ? checkpoint_fault::truncated : checkpoint_fault::wrong_offsets, file,
            "the shape and dtype of tensor " + in_quotes(tensor.name) + " take " + std::to_string(*needed) +
                " bytes, and " + std::to_string(tensor.bytes) + " follow the header",
            tensor.bytes < *needed ? "the file was cut short: fetch it or save it again"
                                   : "a file holds one array: save several as .npz, or fetch the file again");
    return tensor;
}

/// Brings the elements of an array, as they lie in the file, into the order of rows and of little-endian bytes.
inline void put_in_order(const npy_header& header, std::span<std::byte> elements) {
    const std::size_t size = size_of(header.type);
    if (elements.empty() || size == 0) return;
    if (header.is_big_endian) {
        // A complex number is two numbers.
        const bool is_complex = header.type == element_type::complex64 || header.type == element_type::complex128;
        const std::size_t step = is_complex ? size / 2 : size;
        for (std::size_t at = 0; step > 1 && at < elements.size(); at += step)
            std::reverse(elements.begin() + static_cast<std::ptrdiff_t>(at),
                         elements.begin() + static_cast<std::ptrdiff_t>(at + step));
    }
    if (!header.is_column_major || header.extents.size() < 2) return;
    const std::vector<std::byte> columns(elements.begin(), elements.end());
    std::vector<std::size_t> strides, index(header.extents.size());
    std::size_t stride = size;
    for (const std::int64_t extent : header.extents) {
        strides.push_back(stride);
        stride *= static_cast<std::size_t>(extent);
    }
    std::size_t from = 0;
    for (std::size_t to = 0; to < elements.size(); to += size) {
        std::memcpy(elements.data() + to, columns.data() + from, size);
        for (std::size_t axis = index.size(); axis-- > 0;) {
            from += strides[axis];
            if (++index[axis] < static_cast<std::size_t>(header.extents[axis])) break;
            from -= strides[axis] * index[axis];
            index[axis] = 0;
        }
    }
}

/// Everything before the elements, as NumPy writes it: padded so that they begin at a multiple of 64 bytes.
/// Precondition: NumPy has the element type.
inline std::string npy_start_text(element_type type, std::span<const std::int64_t> extents) {
    std::string text = "{'descr': '";
    text += size_of(type) == 1 ? '|' : '<';
    text += npy_name(type);
    text += "', 'fortran_order': False, 'shape': (";
    for (std::size_t axis = 0; axis < extents.size(); ++axis) {
        if (axis > 0) text += ' ';
        text += std::to_string(extents[axis]);
        if (extents.size() == 1 || axis + 1 < extents.size()) text += ',';
    }
    text += "), }";
    // Version 1.0 holds 65,535 bytes; ranks of thousands are nobody's, and 2.0 has them.
    const std::size_t prefix = text.size() + 75 < 65'536 ? 10 : 12;
    const std::size_t padding = 63 - (prefix + text.size()) % 64;
    text.append(padding, ' ');
    text += '\n';
    std::string start(npy_magic);
    start += prefix == 10 ? '\x01' : '\x02';
    start += '\0';
    for (std::size_t i = 0; i < prefix - 8; ++i) start += static_cast<char>(text.size() >> 8 * i & 255);
    return start + text;
}

}  // namespace ambit::checkpoint_parts
