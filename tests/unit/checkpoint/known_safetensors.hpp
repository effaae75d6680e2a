// SPDX-License-Identifier: BSL-1.0
// A small safetensors file, known byte by byte, and what tests of the format ask of files.
#pragma once

#include <ambit/checkpoint/safetensors.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ambit_test {

using namespace ambit;
using namespace ambit::checkpoint_parts;
using namespace std::string_literals;

// Two tensors and a text pair, byte by byte as the format's description has it. The header is padded to 160
// bytes.
inline const std::string known_header = R"({"__metadata__":{"step":"7"},)"
                                 R"("dense/kernel":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                                 R"("mask":{"dtype":"BOOL","shape":[3],"data_offsets":[8,11]}})"
                                 "       ";
inline const std::string known_data =
    "\x00\x00\x80\x3F\x00\x00\x20\xC0\x01\x00\x01"s;  // 1.0, -2.5; true, false, true
inline const std::string known_file = "\xA0\0\0\0\0\0\0\0"s + known_header + known_data;

// The same as ambit writes it. The sums, by another program from the bytes described in checksums.hpp: of all that the
// file says of itself, of the kernel, of the mask.
inline const std::string summed_header = R"({"__metadata__":{"ambit.crc32c":"9a7112c2d5bd11cb374eb207","step":"7"},)"
                                  R"("dense/kernel":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                                  R"("mask":{"dtype":"BOOL","shape":[3],"data_offsets":[8,11]}})"
                                  "     ";
inline const std::string summed_file = "\xC8\0\0\0\0\0\0\0"s + summed_header + known_data;

inline constexpr std::array<float, 2> known_kernel{1.0F, -2.5F};
inline constexpr std::array<bool, 3> known_mask{true, false, true};

inline std::vector<tensor_entry> known_entries() {
    return {{"mask", boolean, {3}, std::as_bytes(std::span(known_mask))},
            {"dense/kernel", float32, {2, 1}, std::as_bytes(std::span(known_kernel))}};
}

template <class Action> std::optional<checkpoint_error> error_of(Action action) {
    try {
        action();
        return std::nullopt;
    } catch (const checkpoint_error& e) {
        return e;
    }
}

template <class Action> void require_error(checkpoint_fault kind, const std::vector<std::string>& words, Action action) {
    const auto e = error_of(action);
    REQUIRE(e);
    CAPTURE(e->what());
    CHECK(e->kind() == kind);
    for (const std::string& word : words) CHECK_THAT(e->what(), Catch::Contains(word));
}

inline std::vector<std::byte> read_tensor(const safetensors_file& file, std::string_view name) {
    const stored_tensor* found = file.find(name);
    REQUIRE(found);
    std::vector<std::byte> bytes(found->bytes);
    file.read(*found, bytes);
    return bytes;
}

inline void read_all(const std::filesystem::path& path) {
    const safetensors_file file(path);
    for (const stored_tensor& tensor : file.tensors()) {
        std::vector<std::byte> bytes(tensor.bytes);
        file.read(tensor, bytes);
    }
}

inline bool same_bytes(std::span<const std::byte> a, std::span<const std::byte> b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ambit_test
