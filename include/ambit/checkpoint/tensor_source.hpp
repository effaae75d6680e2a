// SPDX-License-Identifier: BSL-1.0
// An open checkpoint, whatever its format: what it holds, and the bytes of each tensor. A format more is one more class
// behind it; open_checkpoint.hpp finds which.
//
//     const std::unique_ptr<tensor_source> file = open_checkpoint("model.safetensors");
//     if (const stored_tensor* found = file->find("dense/kernel")) {
//         std::vector<std::byte> bytes(found->bytes);
//         file->read(*found, bytes);
//     }
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/stored_tensor.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace AMBIT_NAMESPACE {

/// What it lists is checked when it is opened: sizes fit shapes and lie within the file. Tensors are read one by one,
/// from several threads if need be. Elements are not judged, except that a bool is 0 or 1.
class tensor_source : public element_source {
public:
    tensor_source() = default;
    tensor_source(tensor_source&&) = default;
    tensor_source& operator=(tensor_source&&) = default;

    /// As messages name it: its path, or what memory was called.
    virtual const std::string& file() const = 0;
    /// All tensors, sorted by name.
    virtual std::span<const stored_tensor> tensors() const = 0;
    virtual const checkpoint_metadata& metadata() const = 0;
    /// For people: "safetensors", "TensorFlow 1".
    virtual std::string_view format() const = 0;
    /// What the bytes of each tensor are compared with when they are read: "CRC-32C"; empty where nothing is.
    virtual std::string_view checksum() const { return {}; }

    /// The tensor of this name; null if there is none.
    const stored_tensor* find(std::string_view name) const {
        const std::span<const stored_tensor> all = tensors();
        const auto found = std::lower_bound(all.begin(), all.end(), name,
                                            [](const stored_tensor& a, std::string_view b) { return a.name < b; });
        return found != all.end() && found->name == name ? &*found : nullptr;
    }

    /// Reads one of `tensors()`, named by its place there, into exactly its `bytes`: row-major, little-endian, in the
    /// element type of the file. Throws `checkpoint_error`; the destination may then hold part of the data.
    void read(std::size_t tensor, std::span<std::byte> destination) const final {
        const stored_tensor& stored = tensors()[tensor];
        if (destination.size() != stored.bytes)
            throw checkpoint_error(checkpoint_fault::wrong_size, file(),
                                   "tensor " + mistake_parts::in_quotes(stored.name) + " takes " +
                                       std::to_string(stored.bytes) + " bytes and was to be read into " +
                                       std::to_string(destination.size()),
                                   "pass a destination of its size");
        read_elements(tensor, destination);
        if (stored.type == element_type::boolean) require_bools(stored, destination);
    }
    void read(const stored_tensor& tensor, std::span<std::byte> destination) const {
        read(static_cast<std::size_t>(&tensor - tensors().data()), destination);
    }

    /// The bytes of a tensor where they lie, as `read` gives them; nothing where they have to be read.
    virtual std::span<const std::byte> in_place(std::size_t /*tensor*/) const { return {}; }

private:
    /// `read`, with a destination of the right size.
    virtual void read_elements(std::size_t tensor, std::span<std::byte> destination) const = 0;

    void require_bools(const stored_tensor& tensor, std::span<const std::byte> elements) const {
        for (std::size_t index = 0; index < elements.size(); ++index)
            if (elements[index] > std::byte{1})
                throw checkpoint_error(checkpoint_fault::illegal_value, file(),
                                       "element " + std::to_string(index) + " of the " + tensor.type_name + " tensor " +
                                           mistake_parts::in_quotes(tensor.name) + " is " +
                                           std::to_string(std::to_integer<int>(elements[index])),
                                       "a bool is 0 or 1: fetch the file or save it again");
    }
};

}  // namespace ambit
