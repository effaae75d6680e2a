// SPDX-License-Identifier: BSL-1.0
// NumPy's `.npy` files, of one array each: included, `load` reads them, and `save` writes those of one variable.
//
//     #include <ambit/checkpoint/npy.hpp>
//     const auto file = open_checkpoint("table.npy");       // one tensor, called "table"
#pragma once

#include <ambit/checkpoint/checkpoint_writer.hpp>
#include <ambit/checkpoint/npy_header.hpp>
#include <ambit/checkpoint/open_checkpoint.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// An array has no name: it takes the file's, without folders and `.npy`.
inline std::string npy_tensor_name(std::string_view file) {
    if (const std::size_t slash = file.rfind('/'); slash != std::string_view::npos) file.remove_prefix(slash + 1);
    if (file.ends_with(".npy")) file.remove_suffix(4);
    return std::string(file);
}

/// An open `.npy` file.
class npy_file final : public tensor_source {
public:
    /// Throws `checkpoint_error`.
    explicit npy_file(byte_source source) : source_(std::move(source)) {
        start_ = read_npy_start(
            source_.size(), [&](std::uint64_t offset, std::span<std::byte> into) { source_.read_at(offset, into); },
            source_.name(), "the header");
        tensor_ = stored_from(start_, source_.size(), npy_tensor_name(source_.name()), source_.name());
    }

    const std::string& file() const override { return source_.name(); }
    std::span<const stored_tensor> tensors() const override { return {&tensor_, 1}; }
    const checkpoint_metadata& metadata() const override { return metadata_; }
    std::string_view format() const override { return "npy"; }

    std::span<const std::byte> in_place(std::size_t) const override {
        const bool is_as_read = !start_.header.is_big_endian && !start_.header.is_column_major;
        return is_as_read ? source_.in_place(start_.begin, tensor_.bytes) : std::span<const std::byte>();
    }

private:
    void read_elements(std::size_t, std::span<std::byte> destination) const override {
        source_.read_at(start_.begin, destination);
        put_in_order(start_.header, destination);
    }

    byte_source source_;
    npy_start start_;
    stored_tensor tensor_;
    checkpoint_metadata metadata_;
};

/// Refuses an entry of a type that NumPy lacks.
inline void check_npy_entry(const tensor_entry& entry, const std::string& file) {
    if (npy_name(entry.type).empty())
        throw_or_end(checkpoint_error(
            checkpoint_fault::unsupported_dtype, file,
            "tensor " + in_quotes(entry.name) + " is of " + std::string(name_of(entry.type)) + ", which NumPy lacks",
            "convert it, or save it as .safetensors"));
}

/// Writes one array. There is no place for its name and for text pairs: they are left out. Throws `checkpoint_error`.
inline void write_npy(const std::string& file, std::span<const tensor_entry> entries, const checkpoint_metadata&) {
    if (entries.size() != 1)
        throw_or_end(checkpoint_error(
            checkpoint_fault::unsupported, file,
            "there are " + std::to_string(entries.size()) + " tensors to be written, and a .npy file holds one",
            "save them as .npz or .safetensors"));
    const tensor_entry& entry = entries.front();
    check_entry(entry, file);
    check_npy_entry(entry, file);
    const std::string start = npy_start_text(entry.type, entry.extents);
    write_file(file, [&](atomic_file& output) {
        output.write(std::as_bytes(std::span(start)));
        std::vector<std::byte> buffer;
        output.write(elements_of(entry, buffer));
    });
}

inline const bool reads_npy = add_reader({[](const byte_source& source) { return first_bytes(source, 6) == npy_magic; },
                                          [](byte_source source) -> std::unique_ptr<tensor_source> {
                                              return std::make_unique<npy_file>(std::move(source));
                                          }});
inline const bool writes_npy = add_writer({".npy", write_npy});

}  // namespace ambit::checkpoint_parts
