// SPDX-License-Identifier: BSL-1.0
// NumPy's `.npz` files, archives of named arrays: included, `load` reads them and `save` writes them. Link
// `ambit::formats`, for libzip.
//
//     #include <ambit/checkpoint/npz.hpp>
//     save(net, "weights.npz");                  // in Python: dict(np.load("weights.npz"))
//
// Text pairs are a member `__metadata__`: JSON as safetensors has it, as an array of bytes. In Python:
// `json.loads(bytes(weights["__metadata__"]))`.
#pragma once

#include <ambit/checkpoint/npy.hpp>
#include <ambit/checkpoint/safetensors_header.hpp>
#include <ambit/checkpoint/zip_archive.hpp>
#include <ambit/checkpoint/zip_writer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// An open `.npz` file. Of each member the header is read when it is opened, and the checksum verified when the whole
/// of it is. Members that are no arrays are listed as bytes of type `other`.
class npz_file final : public tensor_source {
public:
    /// Throws `checkpoint_error`.
    explicit npz_file(byte_source source) : archive_(std::move(source)) {
        for (const zip_member& member : archive_.members()) {
            if (member.name.ends_with("/data.pkl"))
                throw checkpoint_error(checkpoint_fault::unsupported, file(),
                                       "the archive was written by torch.save: what is in it is a program of Python's",
                                       "save it in Python by safetensors.torch.save_file");
            add(member);
        }
        // "a" and "a.npy" are one name.
        std::sort(arrays_.begin(), arrays_.end(), [](const array& a, const array& b) { return a.name < b.name; });
        for (array& held : arrays_) {
            if (!tensors_.empty() && tensors_.back().name == held.name)
                throw checkpoint_error(checkpoint_fault::duplicate_name, file(),
                                       "tensor " + in_quotes(held.name) + " occurs twice", "save the archive again");
            tensors_.push_back(std::move(held.tensor));
        }
    }

    const std::string& file() const override { return archive_.name(); }
    std::span<const stored_tensor> tensors() const override { return tensors_; }
    const checkpoint_metadata& metadata() const override { return metadata_; }
    std::string_view format() const override { return "npz"; }
    std::string_view checksum() const override { return "CRC-32"; }

private:
    struct array {
        std::string name;
        const zip_member* member;
        npy_start start;
        stored_tensor tensor;
    };

    void add(const zip_member& member) {
        std::string_view name = member.name;
        if (!name.ends_with(".npy")) {
            const auto count = static_cast<std::int64_t>(member.size);
            arrays_.push_back(
                {member.name, &member, {}, {member.name, element_type::other, "bytes", {count}, member.size}});
            return;
        }
        name.remove_suffix(4);
        zip_member_reader reader(archive_, member);
        const npy_start start = read_npy_start(
            member.size, [&](std::uint64_t, std::span<std::byte> into) { reader.read(into); }, file(),
            "the array in member " + in_quotes(member.name));
        array added{std::string(name), &member, start, stored_from(start, member.size, std::string(name), file())};
        if (name == safetensors_metadata_key && added.tensor.type == element_type::uint8) read_metadata(added);
        else arrays_.push_back(std::move(added));
    }

    void read_metadata(const array& text_pairs) {
        if (text_pairs.tensor.bytes > max_safetensors_header)
            throw checkpoint_error(checkpoint_fault::header_length, file(),
                                   "the member __metadata__ takes " + std::to_string(text_pairs.tensor.bytes) +
                                       " bytes, where 100000000 are read",
                                   "the file is damaged: fetch it or save it again");
        std::string text(static_cast<std::size_t>(text_pairs.tensor.bytes), '\0');
        read_from(text_pairs, std::as_writable_bytes(std::span(text)));
        metadata_ = parse_safetensors_header("{\"__metadata__\":" + text + "}", 0, file()).metadata;
    }

    void read_from(const array& from, std::span<std::byte> destination) const {
        zip_member_reader reader(archive_, *from.member);
        std::vector<std::byte> start(static_cast<std::size_t>(from.start.begin));
        reader.read(start);
        reader.read(destination);
        reader.expect_end();
    }

    void read_elements(std::size_t tensor, std::span<std::byte> destination) const override {
        const array& from = arrays_[tensor];
        {
            const std::lock_guard<std::mutex> lock(one_at_a_time_);
            read_from(from, destination);
        }
        put_in_order(from.start.header, destination);
    }

    zip_archive archive_;
    mutable std::mutex one_at_a_time_;
    std::vector<array> arrays_;  // in the order of `tensors_`
    std::vector<stored_tensor> tensors_;
    checkpoint_metadata metadata_;
};

/// Writes arrays and text pairs; the same content gives the same bytes, whatever the order of the entries. Throws
/// `checkpoint_error`.
inline void write_npz(const std::string& file, std::span<const tensor_entry> entries,
                      const checkpoint_metadata& metadata) {
    const std::vector<const tensor_entry*> ordered = in_order_of_name(entries, file);
    for (const tensor_entry* entry : ordered) {
        check_npy_entry(*entry, file);
        // Python's zipfile ends a name at a zero byte. Control characters among others than ASCII no reader expects.
        const std::string& name = entry->name;
        const bool has_controls =
            std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
        if (name == safetensors_metadata_key || name.find('\0') != std::string::npos || name.size() > 65'000 ||
            (has_controls && !is_ascii(name)))
            throw_or_end(checkpoint_error(
                checkpoint_fault::invalid_name, file, "tensor " + in_quotes(entry->name) + " was to be written",
                "__metadata__ is reserved, and names in archives have no zero byte, no control characters among "
                "others than ASCII, and up to 65000 bytes"));
    }
    const std::string text = metadata.empty() ? "" : metadata_text(metadata, file);
    const auto count = static_cast<std::int64_t>(text.size());
    write_file(file, [&](atomic_file& output) {
        zip_writer archive(output);
        const auto add = [&](const std::string& name, element_type type, std::span<const std::int64_t> extents,
                             std::span<const std::byte> bytes) {
            const std::string start = npy_start_text(type, extents);
            archive.add(name + ".npy", {std::as_bytes(std::span(start)), bytes});
        };
        std::vector<std::byte> buffer;
        for (const tensor_entry* entry : ordered)
            add(entry->name, entry->type, entry->extents, elements_of(*entry, buffer));
        if (!text.empty())
            add(std::string(safetensors_metadata_key), element_type::uint8, {&count, 1},
                std::as_bytes(std::span(text)));
        archive.finish();
    });
}

inline const bool reads_npz = add_reader({[](const byte_source& source) {
                                              const std::string start = first_bytes(source, 4);
                                              return start == "PK\x03\x04" || start == "PK\x05\x06";
                                          },
                                          [](byte_source source) -> std::unique_ptr<tensor_source> {
                                              return std::make_unique<npz_file>(std::move(source));
                                          }});
inline const bool writes_npz = add_writer({".npz", write_npz});

}  // namespace ambit::checkpoint_parts
