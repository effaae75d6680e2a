// SPDX-License-Identifier: BSL-1.0
// Tensors as files have them: what a reader lists, and what a writer is given.
//
//     stored_tensor it{"dense/kernel", element_type::float16, "F16", {784, 10}, 15'680};
//     tensor_entry entry("dense/kernel", float32, {784, 10}, std::as_bytes(std::span(weights)));
//     tensor_entry copied("dense/kernel", it, *file, 0);           // read from a file when it is written
#pragma once

#include <ambit/checkpoint/element_type.hpp>
#include <ambit/core/dtype.hpp>
#include <ambit/core/later.hpp>
#include <ambit/core/shape.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE {

/// Free text pairs of a checkpoint.
using checkpoint_metadata = std::map<std::string, std::string>;

/// One tensor of an open checkpoint. Extents are at least 0 and may be more than a `shape` holds; their product fits
/// the size, unless the type is `other`.
struct stored_tensor {
    std::string name;
    element_type type = element_type::other;
    std::string type_name;  ///< as the file writes it: "F16", "<f4", "DT_HALF"
    std::vector<std::int64_t> extents;
    std::uint64_t bytes = 0;
};

/// Where a writer gets elements that lie in no memory: one tensor at a time, when it is written.
class element_source {
public:
    element_source() = default;
    element_source(element_source&&) = default;
    element_source& operator=(element_source&&) = default;
    virtual ~element_source() = default;

    /// Fills the destination with all elements of a tensor, row-major, little-endian. Writers may ask more than once.
    virtual void read(std::size_t tensor, std::span<std::byte> destination) const = 0;
};

/// One tensor to be written: `bytes` are its elements, row-major, little-endian. The bytes are not copied. Those of a
/// `source` are read when they are written, and `bytes` are empty.
struct tensor_entry {
    std::string name;
    element_type type;
    std::vector<std::int64_t> extents;
    std::span<const std::byte> bytes;
    const element_source* source = nullptr;
    std::size_t number = 0;  ///< of the tensor in the source

    template <class = void>
    tensor_entry(std::string called, dtype of, const shape& extents_of, std::span<const std::byte> elements)
        : name(std::move(called)),
          type(element_type_from(of)),
          extents(extents_of.extents_, extents_of.extents_ + extents_of.rank()),
          bytes(elements) {}
    template <class = void>
    tensor_entry(std::string called, element_type of, std::vector<std::int64_t> extents_of,
                 std::span<const std::byte> elements)
        : name(std::move(called)), type(of), extents(std::move(extents_of)), bytes(elements) {}
    /// Tensor `number_there` of a source, which outlives the entry.
    template <class = void>
    tensor_entry(std::string called, const stored_tensor& of, const element_source& from, std::size_t number_there)
        : name(std::move(called)),
          type(of.type),
          extents(of.extents),
          source(&from),
          number(number_there),
          source_bytes_(of.bytes) {}

    /// Bytes of its elements.
    std::uint64_t size() const { return source == nullptr ? bytes.size() : source_bytes_; }

private:
    std::uint64_t source_bytes_ = 0;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// Bytes of so many elements; none where an extent is negative or the number is more than 63 bits hold.
template <class Caller = void>
std::optional<later<std::uint64_t, Caller>> bytes_of(std::span<const later<std::int64_t, Caller>> extents,
                                                     std::uint64_t size_of_one) {
    constexpr auto most = static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)());
    std::uint64_t bytes = size_of_one;
    for (const std::int64_t extent : extents)
        if (extent < 0) return std::nullopt;
    if (std::find(extents.begin(), extents.end(), 0) != extents.end()) return 0;
    for (const std::int64_t extent : extents) {
        const auto count = static_cast<std::uint64_t>(extent);
        if (bytes > most / count) return std::nullopt;
        bytes *= count;
    }
    return bytes;
}

/// The extents are those of the shape.
template <class Caller = void>
bool same_extents(std::span<const later<std::int64_t, Caller>> extents, const shape& of) {
    return std::equal(extents.begin(), extents.end(), of.extents_, of.extents_ + of.rank());
}

/// An array of Python's objects: a pickle, which is a program, and never read.
inline bool has_python_objects(const stored_tensor& tensor) {
    return tensor.type == element_type::other && tensor.type_name == "|O";
}

/// `float16[2, 3]`; of an element type without a name here, as the file calls it.
template <class Caller = void> std::string type_and_shape(const stored_tensor& tensor) {
    later<std::string, Caller> text =
        tensor.type == element_type::other ? mistake_parts::visible(tensor.type_name, 40)
                                           : std::string(name_of(tensor.type));
    text += '[';
    for (std::size_t axis = 0; axis < tensor.extents.size(); ++axis) {
        if (axis == 12) return text + ", ...]";
        if (axis > 0) text += ", ";
        text += std::to_string(tensor.extents[axis]);
    }
    return text + ']';
}

/// What is said of a tensor for which `bytes_of` has no answer. Of an unknown type, each element counts as a byte.
inline std::string impossible_size(const stored_tensor& tensor) {
    const bool is_negative = std::any_of(tensor.extents.begin(), tensor.extents.end(), [](auto it) { return it < 0; });
    return "tensor " + mistake_parts::in_quotes(tensor.name) + " is said to be " + type_and_shape(tensor) +
           (is_negative ? ", which has a negative extent" : ", which takes more bytes than 63 bits can count");
}

}  // namespace ambit::checkpoint_parts
