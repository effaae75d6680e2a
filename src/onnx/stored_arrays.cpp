// SPDX-License-Identifier: BSL-1.0
#include "stored_arrays.hpp"
#include "refuse.hpp"

#include <ambit/checkpoint/conversions.hpp>
#include <ambit/files/input_file.hpp>
#include <ambit/math/bfloat16.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>
#include <system_error>
#include <vector>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

/// Bytes of an element in a file; 0 for those that are not there.
std::int64_t stored_bytes(onnx_type type) {
    switch (type) {
        case onnx_type::uint8:
        case onnx_type::int8:
        case onnx_type::boolean: return 1;
        case onnx_type::uint16:
        case onnx_type::int16:
        case onnx_type::float16:
        case onnx_type::bfloat16: return 2;
        case onnx_type::float32:
        case onnx_type::int32:
        case onnx_type::uint32: return 4;
        case onnx_type::float64:
        case onnx_type::int64:
        case onnx_type::uint64: return 8;
        default: return 0;
    }
}

template <class Stored, class Carried, class Widen>
void widen(const std::string& from, std::span<Carried> to, const Widen& widened) {
    for (std::size_t i = 0; i < to.size(); ++i) {
        Stored element;
        std::memcpy(&element, from.data() + i * sizeof(Stored), sizeof(Stored));
        to[i] = static_cast<Carried>(widened(element));
    }
}

void take_raw(const std::string& raw, onnx_array& to, const std::string& name) {
    const auto same = [](auto element) { return element; };
    switch (to.type) {
        case onnx_type::float32: return widen<float>(raw, to.as<float>(), same);
        case onnx_type::float64: return widen<double>(raw, to.as<double>(), same);
        case onnx_type::int32: return widen<std::int32_t>(raw, to.as<std::int32_t>(), same);
        case onnx_type::int64: return widen<std::int64_t>(raw, to.as<std::int64_t>(), same);
        case onnx_type::uint8: return widen<std::uint8_t>(raw, to.as<std::uint8_t>(), same);
        case onnx_type::int8: return widen<std::int8_t>(raw, to.as<std::int32_t>(), same);
        case onnx_type::int16: return widen<std::int16_t>(raw, to.as<std::int32_t>(), same);
        case onnx_type::uint16: return widen<std::uint16_t>(raw, to.as<std::int32_t>(), same);
        case onnx_type::uint32: return widen<std::uint32_t>(raw, to.as<std::int64_t>(), same);
        case onnx_type::boolean:
            return widen<std::uint8_t>(raw, to.as<bool>(), [](std::uint8_t element) { return element != 0; });
        case onnx_type::uint64:
            return widen<std::uint64_t>(raw, to.as<std::int64_t>(), [&](std::uint64_t element) {
                if (element > std::uint64_t((std::numeric_limits<std::int64_t>::max)()))
                    refuse(onnx_fault::unknown_type, {}, name, "an element of uint64 is 2^63 or more",
                           "such elements are carried as int64");
                return element;
            });
        case onnx_type::float16: return widen<std::uint16_t>(raw, to.as<float>(), checkpoint_parts::from_float16);
        case onnx_type::bfloat16: return widen<std::uint16_t>(raw, to.as<float>(), math::from_bfloat16);
        default: return;
    }
}

template <class Field, class Carried> void take_field(const Field& from, std::span<Carried> to) {
    std::transform(from.begin(), from.end(), to.begin(), [](auto element) { return static_cast<Carried>(element); });
}

/// Elements in one of the message's own fields: how many there are, and their copy.
void take_fields(const onnx::TensorProto& from, onnx_array& to) {
    std::int64_t given = 0;
    switch (to.type) {
        case onnx_type::float32: given = from.float_data_size(); break;
        case onnx_type::float64: given = from.double_data_size(); break;
        case onnx_type::int64: given = from.int64_data_size(); break;
        case onnx_type::uint32:
        case onnx_type::uint64: given = from.uint64_data_size(); break;
        default: given = from.int32_data_size(); break;
    }
    if (given != to.elements())
        refuse(onnx_fault::wrong_size, {}, from.name(),
               "its shape has " + std::to_string(to.elements()) + " elements, and " + std::to_string(given) +
                   " are there",
               "the file is damaged");
    switch (to.type) {
        case onnx_type::float32: return take_field(from.float_data(), to.as<float>());
        case onnx_type::float64: return take_field(from.double_data(), to.as<double>());
        case onnx_type::int64: return take_field(from.int64_data(), to.as<std::int64_t>());
        case onnx_type::uint32:
        case onnx_type::uint64: return take_field(from.uint64_data(), to.as<std::int64_t>());
        case onnx_type::uint8: return take_field(from.int32_data(), to.as<std::uint8_t>());
        case onnx_type::boolean:
            for (int i = 0; i < from.int32_data_size(); ++i) to.as<bool>()[std::size_t(i)] = from.int32_data(i) != 0;
            return;
        case onnx_type::float16:
            for (int i = 0; i < from.int32_data_size(); ++i)
                to.as<float>()[std::size_t(i)] = checkpoint_parts::from_float16(std::uint16_t(from.int32_data(i)));
            return;
        case onnx_type::bfloat16:
            for (int i = 0; i < from.int32_data_size(); ++i)
                to.as<float>()[std::size_t(i)] = math::from_bfloat16(std::uint16_t(from.int32_data(i)));
            return;
        default: return take_field(from.int32_data(), to.as<std::int32_t>());
    }
}

/// What another file has of an array. It lies in the model's folder, also behind links.
std::string external_data(const onnx::TensorProto& from, std::int64_t bytes, const reading& state) {
    const auto refuse_data = [&](std::string_view found) {
        refuse(onnx_fault::external_data, {}, from.name(), found, "data in other files lie in the folder of the model");
    };
    std::string location;
    std::int64_t offset = 0, length = bytes;
    for (const onnx::StringStringEntryProto& entry : from.external_data()) {
        const auto number = [&](std::int64_t& into) {
            const char* const end = entry.value().data() + entry.value().size();
            const auto read = std::from_chars(entry.value().data(), end, into);
            if (read.ec != std::errc() || read.ptr != end || into < 0) refuse_data("offset or length is no number");
        };
        if (entry.key() == "location") location = entry.value();
        else if (entry.key() == "offset") number(offset);
        else if (entry.key() == "length") number(length);
    }
    if (state.folder.empty()) refuse_data("its elements are in another file, and no folder was named");
    if (length != bytes)
        refuse_data("the other file is said to have " + std::to_string(length) + " bytes of " + std::to_string(bytes));
    std::error_code failed;
    const std::filesystem::path folder = std::filesystem::canonical(state.folder, failed);
    if (failed) refuse_data("the folder cannot be looked at");
    const std::filesystem::path named(location);
    if (location.empty() || location.find('\0') != location.npos || named.is_absolute())
        refuse_data("the name of the other file is not one within a folder");
    const std::filesystem::path file = std::filesystem::canonical(folder / named, failed);
    if (failed) refuse_data("there is no file " + mistake_parts::in_quotes(location));
    if (std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first != folder.end())
        refuse_data("the file " + mistake_parts::in_quotes(location) + " lies elsewhere");
    try {
        const file_parts::input_file in(file.string());
        if (std::uint64_t(offset) > in.size() || std::uint64_t(bytes) > in.size() - std::uint64_t(offset))
            refuse_data("the file " + mistake_parts::in_quotes(location) + " ends before it");
        std::string data(std::size_t(bytes), '\0');
        if (in.read_at(std::uint64_t(offset), std::as_writable_bytes(std::span(data))) != data.size())
            refuse_data("the file " + mistake_parts::in_quotes(location) + " ends before it");
        return data;
    } catch (const std::system_error& why) {
        refuse(onnx_fault::cannot_read, {}, from.name(), why.what(), "");
    }
}

}  // namespace

onnx_array read_array(const onnx::TensorProto& from, reading& state) {
    onnx_array read;
    read.type = static_cast<onnx_type>(from.data_type());
    std::int64_t elements = 1;
    for (const std::int64_t extent : from.dims()) {
        if (extent < 0) refuse(onnx_fault::wrong_size, {}, from.name(), "an extent is negative", "the file is damaged");
        if (extent > 0 && elements > state.limits.data_bytes / extent)
            refuse(onnx_fault::too_large, {}, from.name(), "its shape is larger than the limit of all data", "");
        elements *= extent;
        read.extents.push_back(extent);
    }
    if (read.type == onnx_type::text) {
        if (from.string_data_size() != elements)
            refuse(onnx_fault::wrong_size, {}, from.name(), "its shape has another number of texts",
                   "the file is damaged");
        read.texts.assign(from.string_data().begin(), from.string_data().end());
        return read;
    }
    const std::int64_t stored = stored_bytes(read.type);
    if (stored == 0)
        refuse(onnx_fault::unknown_type, {}, from.name(),
               "elements of type " + std::to_string(from.data_type()) + " are not there",
               "numbers of up to 64 bits and bools are");
    const std::int64_t carried = size_of(read.carrier());
    if (elements > (state.limits.data_bytes - state.data_bytes) / carried)
        refuse(onnx_fault::too_large, {}, from.name(), "with it, the arrays are larger than the limit of all data", "");
    const bool is_external = from.data_location() == onnx::TensorProto::EXTERNAL;
    // What is there is counted before memory is taken for it.
    if (!is_external && from.has_raw_data() && std::int64_t(from.raw_data().size()) != elements * stored)
        refuse(onnx_fault::wrong_size, {}, from.name(),
               "its shape has " + std::to_string(elements) + " elements, and " +
                   std::to_string(from.raw_data().size()) + " bytes are there",
               "the file is damaged");
    const std::string external = is_external ? external_data(from, elements * stored, state) : std::string();
    if (!is_external && !from.has_raw_data()) {
        onnx_array counted{read.type,
                           {from.float_data_size() + std::int64_t(from.int32_data_size()) + from.int64_data_size() +
                            from.double_data_size() + from.uint64_data_size()},
                           {},
                           {}};
        if (counted.extents[0] < elements)
            refuse(onnx_fault::wrong_size, {}, from.name(), "its shape has more elements than are there",
                   "the file is damaged");
    }
    state.data_bytes += elements * carried;
    read.bytes.resize(static_cast<std::size_t>(elements * carried));
    if (is_external) take_raw(external, read, from.name());
    else if (from.has_raw_data()) take_raw(from.raw_data(), read, from.name());
    else take_fields(from, read);
    return read;
}

}  // namespace ambit::onnx_parts
