// SPDX-License-Identifier: BSL-1.0
// The header of a safetensors file: what its JSON says of names, dtypes, shapes and places, read and checked.
//
//     {"__metadata__":{"step":"1"},"dense/kernel":{"dtype":"F32","shape":[784,10],"data_offsets":[0,31360]}}
//
// Source: the format's description in the README of github.com/huggingface/safetensors. Everything that page
// demands is checked before a value is used, and everything it does not mention is refused, but dtypes: one that is
// not known here is listed, of the size that its offsets say. What a model makes of extents of 0, of more than 8 of
// them, and of dtypes that ambit does not hold is asked of those tensors that it wants.
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/checksums.hpp>
#include <ambit/checkpoint/safetensors_format.hpp>
#include <ambit/checkpoint/stored_tensor.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// What a header says. Tensors are sorted by name; they lie, row-major and little-endian, at these offsets from the
/// header's end, and have these checksums, if the file has any.
struct safetensors_header {
    std::vector<stored_tensor> tensors;
    std::vector<std::uint64_t> offsets;
    std::vector<std::uint32_t> checksums;
    checkpoint_metadata metadata;
};

/// Follows the JSON parser's events through the few forms that a header may have, and throws at any other.
class header_reader {
public:
    using number_integer_t = nlohmann::json::number_integer_t;
    using number_unsigned_t = nlohmann::json::number_unsigned_t;
    using number_float_t = nlohmann::json::number_float_t;
    using string_t = nlohmann::json::string_t;
    using binary_t = nlohmann::json::binary_t;

    header_reader(std::uint64_t data_size, const std::string& file) : data_size_(data_size), file_(file) {}

    bool null() { return refuse("null"); }
    bool boolean(bool) { return refuse("true or false"); }
    bool number_integer(number_integer_t) { return refuse("a negative number"); }
    bool number_float(number_float_t, const string_t&) { return refuse("a number that is no 64-bit integer"); }
    bool binary(binary_t&) { return refuse("binary data"); }

    bool number_unsigned(number_unsigned_t value) {
        if (place_ == place::extents) return add_extent(value);
        if (place_ != place::offsets) return refuse("a number");
        if (offset_count_ == 2) return refuse("a third number");
        offsets_[offset_count_++] = value;
        return true;
    }

    bool string(string_t& value) {
        if (place_ == place::metadata) {
            if (!result_.metadata.emplace(key_, value).second)
                fail(checkpoint_fault::duplicate_name, "the metadata key " + in_quotes(key_) + " occurs twice",
                     rewrite);
            return true;
        }
        if (place_ != place::tensor || field_ != field::type) return refuse("a string");
        tensor_.type = element_type_from_safetensors(value);
        tensor_.type_name = value;  // a copy: the parser's own has room for its longest text
        return true;
    }

    bool start_object(std::size_t) {
        if (place_ == place::outside) {
            place_ = place::top;
        } else if (place_ == place::top && key_ == safetensors_metadata_key) {
            if (std::exchange(has_metadata_, true))
                fail(checkpoint_fault::duplicate_name, "the header has two __metadata__ objects", rewrite);
            place_ = place::metadata;
        } else if (place_ == place::top) {
            place_ = place::tensor;
            tensor_ = {};
            tensor_.name = key_;
            extents_.clear();
            offset_count_ = 0;
            fields_seen_ = 0;
        } else {
            return refuse("an object");
        }
        return true;
    }

    bool key(string_t& name) {
        if (place_ != place::tensor) {
            key_ = std::move(name);
            return true;
        }
        if (name == "dtype") field_ = field::type;
        else if (name == "shape") field_ = field::extents;
        else if (name == "data_offsets") field_ = field::offsets;
        else
            fail(checkpoint_fault::header_field, subject() + " has a field " + in_quotes(name),
                 "the format has dtype, shape and data_offsets: save the file with a tool that keeps to it");
        const unsigned bit = 1U << static_cast<unsigned>(field_);
        if (fields_seen_ & bit)
            fail(checkpoint_fault::header_field, subject() + " has two fields " + in_quotes(name), rewrite);
        fields_seen_ |= bit;
        return true;
    }

    bool end_object() {
        if (place_ == place::tensor) finish_tensor();
        place_ = place_ == place::top ? place::outside : place::top;
        return true;
    }

    bool start_array(std::size_t) {
        if (place_ != place::tensor || field_ == field::type) return refuse("a list");
        place_ = field_ == field::extents ? place::extents : place::offsets;
        return true;
    }

    bool end_array() {
        if (place_ == place::offsets && offset_count_ != 2)
            fail(checkpoint_fault::header_field, subject() + " has data_offsets of fewer than two numbers", rewrite);
        place_ = place::tensor;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
        const std::size_t byte = position == 0 ? 0 : position - 1;
        fail(checkpoint_fault::header_syntax, "the header is not JSON in UTF-8 at its byte " + std::to_string(byte),
             "this is not a safetensors file, or it is damaged: fetch it or save it again");
    }

    /// The checks that need all tensors: names are unique, and the ranges tile the data.
    safetensors_header finish() && {
        std::vector<stored_tensor>& tensors = result_.tensors;
        std::vector<std::uint64_t>& offsets = result_.offsets;
        // Numbers are sorted, not tensors: a hostile header has a million of them, and their table is kept once.
        std::vector<std::uint32_t> order(tensors.size());
        std::iota(order.begin(), order.end(), 0U);
        // Tensors without elements lie anywhere, where others meet at best.
        std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
            return offsets[a] != offsets[b] ? offsets[a] < offsets[b] : tensors[a].bytes < tensors[b].bytes;
        });
        std::uint64_t covered = 0;
        for (const std::uint32_t t : order) {
            if (offsets[t] != covered)
                fail(checkpoint_fault::wrong_offsets,
                     "tensor " + in_quotes(tensors[t].name) + " begins at byte " + std::to_string(offsets[t]) +
                         " of the data, where the tensors before it end at " + std::to_string(covered) +
                         (offsets[t] < covered ? ": they overlap" : ": there is a hole"),
                     rewrite);
            covered += tensors[t].bytes;
        }
        if (covered != data_size_)
            fail(checkpoint_fault::wrong_offsets,
                 "the tensors take " + std::to_string(covered) + " bytes of data, and the file has " +
                     std::to_string(data_size_),
                 rewrite);

        std::sort(order.begin(), order.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return tensors[a].name < tensors[b].name; });
        for (std::size_t t = 1; t < order.size(); ++t)
            if (tensors[order[t - 1]].name == tensors[order[t]].name)
                fail(checkpoint_fault::duplicate_name, "tensor " + in_quotes(tensors[order[t]].name) + " occurs twice",
                     rewrite);
        put_in_order(order);
        return std::move(result_);
    }

private:
    /// Moves the tensor `order[t]` to place t, for all of them; `order` is used up.
    void put_in_order(std::vector<std::uint32_t>& order) {
        for (std::uint32_t begin = 0; begin < order.size(); ++begin) {
            std::uint32_t to = begin;
            while (order[to] != begin) {  // along a circle: each takes its place from the one that stands there
                const std::uint32_t from = std::exchange(order[to], to);
                std::swap(result_.tensors[to], result_.tensors[from]);
                std::swap(result_.offsets[to], result_.offsets[from]);
                to = from;
            }
            order[to] = to;
        }
    }

    enum class place { outside, top, metadata, tensor, extents, offsets };
    enum class field : unsigned { type, extents, offsets };
    static constexpr const char* rewrite = "the file is damaged or was written wrongly: fetch it or save it again";

    [[noreturn]] void fail(checkpoint_fault kind, const std::string& found, std::string_view advice) const {
        throw checkpoint_error(kind, file_, found, advice);
    }

    bool refuse(const char* what) const {
        const char* where = place_ == place::outside    ? "around the header"
                            : place_ == place::top      ? "in place of a tensor's description"
                            : place_ == place::metadata ? "as a value of __metadata__"
                            : place_ == place::extents  ? "in a shape"
                            : place_ == place::offsets  ? "in data_offsets"
                                                        : "as a field's value";
        const std::string about = place_ == place::outside ? "" : ", at " + in_quotes(subject_name());
        fail(checkpoint_fault::header_field, std::string("the header has ") + what + " " + where + about, rewrite);
    }

    std::string_view subject_name() const {
        return place_ == place::top || place_ == place::metadata ? key_ : tensor_.name;
    }
    std::string subject() const { return "tensor " + in_quotes(tensor_.name); }

    bool add_extent(std::uint64_t extent) {
        constexpr auto most = static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)());
        if (extent > most)
            fail(checkpoint_fault::illegal_shape, subject() + " has an extent of " + std::to_string(extent), rewrite);
        extents_.push_back(static_cast<std::int64_t>(extent));
        return true;
    }

    void finish_tensor() {
        for (const field needed : {field::type, field::extents, field::offsets})
            if (!(fields_seen_ & (1U << static_cast<unsigned>(needed))))
                fail(checkpoint_fault::header_field,
                     subject() + " has no " +
                         (needed == field::type      ? "dtype"
                          : needed == field::extents ? "shape"
                                                     : "data_offsets"),
                     rewrite);
        const std::uint64_t begin = offsets_[0], end = offsets_[1];
        const auto range = [&] {  // made where it is said: there may be a million tensors
            return subject() + " has data_offsets [" + std::to_string(begin) + ", " + std::to_string(end) + "]";
        };
        if (end < begin) fail(checkpoint_fault::wrong_offsets, range() + ", which end before they begin", rewrite);
        tensor_.extents = extents_;
        tensor_.bytes = end - begin;
        // Of an unknown dtype, its extents may still not wrap.
        const std::optional<std::uint64_t> bytes =
            bytes_of(tensor_.extents, (std::max<std::uint64_t>)(size_of(tensor_.type), 1));
        if (!bytes) fail(checkpoint_fault::illegal_shape, impossible_size(tensor_), rewrite);
        if (tensor_.type != element_type::other && tensor_.bytes != *bytes)
            fail(checkpoint_fault::wrong_offsets,
                 range() + ", and its shape and dtype take " + std::to_string(*bytes) + " bytes", rewrite);
        if (end > data_size_)
            fail(checkpoint_fault::truncated,
                 range() + ", and the file has " + std::to_string(data_size_) + " bytes of data",
                 "the file was cut short: fetch it or save it again");
        result_.tensors.push_back(std::move(tensor_));
        result_.offsets.push_back(begin);
    }

    std::uint64_t data_size_;
    const std::string& file_;
    safetensors_header result_;
    place place_ = place::outside;
    field field_ = field::type;
    std::string key_;
    stored_tensor tensor_;
    std::vector<std::int64_t> extents_;  // of the tensor; that has a copy of the right size
    std::uint64_t offsets_[2] = {};
    int offset_count_ = 0;
    unsigned fields_seen_ = 0;
    bool has_metadata_ = false;
};

/// Moves the checksums from the text pairs to their place, if there are any. Throws `checkpoint_error` if the header is
/// not the one that they were made for.
inline void take_checksums(safetensors_header& header, const std::string& file) {
    const auto pair = header.metadata.find(std::string(checksums_key));
    if (pair == header.metadata.end()) return;
    const std::string text = std::move(pair->second);
    header.metadata.erase(pair);
    checksum_of_description description;
    for (const auto& [key, value] : header.metadata) description.add_pair(key, value);
    bool is_right = text.size() == 8 * (header.tensors.size() + 1);
    for (std::size_t t = 0; is_right && t < header.tensors.size(); ++t) {
        const stored_tensor& stored = header.tensors[t];
        const std::optional<std::uint32_t> sum = checksum_at(text, t + 1);
        is_right = sum.has_value();
        if (!is_right) break;
        description.add_tensor(stored.name, stored.type_name, stored.extents, *sum);
        header.checksums.push_back(*sum);
    }
    if (!is_right || checksum_at(text, 0) != description.value())
        throw checkpoint_error(checkpoint_fault::wrong_checksum, file,
                               "its names, dtypes, shapes or text pairs are not those that its checksums were made for",
                               std::string(advice_on_checksums));
}

/// Reads and checks a header. `data_size` is the number of bytes behind it; `file` is for the messages.
/// Throws `checkpoint_error`.
inline safetensors_header parse_safetensors_header(std::string_view text, std::uint64_t data_size,
                                                   const std::string& file) {
    // The parser would skip a byte order mark and take a zero byte for the end of the text.
    if (text.empty() || text.front() != '{' || text.find('\0') != std::string_view::npos)
        throw checkpoint_error(checkpoint_fault::header_syntax, file,
                               "the header does not begin with { or contains a zero byte",
                               "this is not a safetensors file, or it is damaged: fetch it or save it again");
    header_reader reader(data_size, file);
    nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
    safetensors_header header = std::move(reader).finish();
    take_checksums(header, file);
    return header;
}

}  // namespace ambit::checkpoint_parts
