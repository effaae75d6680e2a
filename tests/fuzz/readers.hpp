// SPDX-License-Identifier: BSL-1.0
// Every reader of files of strangers, as a function of bytes. It may refuse them by an error of its kind, and do
// nothing else: anything that is thrown besides goes through. What a format sums up is made right first, where it stands
// in the way: a checksum would keep all but a few of a fuzzer's inputs from the code behind it.
#pragma once

#include <ambit/checkpoint/npz.hpp>
#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/tensorflow.hpp>
#include <ambit/config/document.hpp>
#include <ambit/io/cifar10.hpp>
#include <ambit/io/csv.hpp>
#include <ambit/io/idx.hpp>
#include <ambit/io/jpeg.hpp>
#include <ambit/io/png.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>
#include <zlib.h>

namespace ambit_test {

using bytes_view = std::span<const std::byte>;

inline std::string text_of(bytes_view bytes) {
    return bytes.empty() ? std::string() : std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

/// A file that is in memory, with a path for readers that take one.
class memory_file {
public:
    explicit memory_file(int descriptor) : descriptor_(descriptor) {
        if (descriptor_ < 0) throw std::runtime_error("no file can be made");
    }
    memory_file(const memory_file&) = delete;
    memory_file& operator=(const memory_file&) = delete;
    ~memory_file() { ::close(descriptor_); }

    std::string put(bytes_view bytes) const {
        if (::ftruncate(descriptor_, static_cast<off_t>(bytes.size())) != 0 ||
            ::pwrite(descriptor_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
            throw std::runtime_error("a file cannot be written");
        return "/proc/self/fd/" + std::to_string(descriptor_);
    }

private:
    int descriptor_;
};

inline std::string path_of(bytes_view bytes) {
    static const memory_file file(::memfd_create("input", MFD_CLOEXEC));
    return file.put(bytes);
}

template <class Action> void allow_errors(Action&& action) {
    try {
        action();
    } catch (const ambit::error&) {  // what strangers' files are refused by
    }
}

// ---- Checkpoints ---------------------------------------------------------------------------------------------------

/// All that is listed, each tensor read. Sizes that are listed are those of bytes that are there, inflated or not.
inline void read_all(const ambit::tensor_source& file) {
    for (std::size_t t = 0; t < file.tensors().size(); ++t) {
        std::vector<std::byte> bytes(file.tensors()[t].bytes);
        allow_errors([&] { file.read(t, bytes); });
        (void)ambit::checkpoint_parts::type_and_shape(file.tensors()[t]);
    }
}
inline void read_checkpoint(bytes_view bytes) {
    allow_errors([&] { read_all(*ambit::open_checkpoint(bytes, "input")); });
}

/// A header of safetensors behind its length, and as many bytes of data as it asks for at most.
inline void read_safetensors_header(bytes_view bytes) {
    allow_errors(
        [&] { (void)ambit::checkpoint_parts::parse_safetensors_header(text_of(bytes), bytes.size(), "input"); });
}

inline void put_little_endian(std::string& text, std::size_t at, std::uint64_t value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) text[at + i] = static_cast<char>(value >> 8 * i & 255);
}
/// The block's bytes, its kind, and the checksum of both.
inline void seal_block(std::string& table, std::size_t begin, std::size_t size) {
    const auto content = std::as_bytes(std::span(table)).subspan(begin, size + 1);
    const std::uint32_t sum = ambit::file_parts::crc32c(content);
    put_little_endian(table, begin + size + 1, (sum >> 15 | sum << 17) + 0xA282'EAD8U, 4);
}

/// The index of a checkpoint of TensorFlow beside 64 KiB of data.
inline void read_index(const std::string& index) {
    static const std::string folder = [] {
        std::string pattern = (std::filesystem::temp_directory_path() / "ambit-fuzz-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
        return pattern;
    }();
    struct removal {
        ~removal() {
            std::error_code ignored;
            std::filesystem::remove_all(folder, ignored);
        }
    };
    static const removal at_end;
    const auto open = [](const std::string& name) {
        return ::open((folder + name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    };
    static const memory_file file(open("/m.index")), data(open("/m.data-00000-of-00001"));
    static const std::string put = data.put(std::vector<std::byte>(1 << 16));
    file.put(std::as_bytes(std::span(index)));
    allow_errors([&] { read_all(*ambit::open_checkpoint(folder + "/m")); });
}

/// As it stands, but that the block that the footer names as the index has its checksum.
inline void read_tensorflow_index(bytes_view bytes) {
    std::string table = text_of(bytes);
    if (table.size() > 48) {
        std::string_view footer = std::string_view(table).substr(table.size() - 48);
        for (int handle = 0; handle < 2; ++handle) {
            const auto offset = ambit::checkpoint_parts::take_varint(footer);
            const auto size = ambit::checkpoint_parts::take_varint(footer);
            if (offset && size && *offset < table.size() && *size < table.size() - *offset &&
                table.size() - *offset - *size > 48 + 5)
                seal_block(table, *offset, *size);
        }
    }
    read_index(table);
}

/// One block of pairs, its first byte the way in which it is packed, in a table around it.
inline void read_tensorflow_block(bytes_view bytes) {
    if (bytes.empty() || bytes.size() > 100'000) return;
    std::string table = text_of(bytes.subspan(1)) + static_cast<char>(std::to_integer<int>(bytes[0]) & 1) + "????";
    const std::size_t size = bytes.size() - 1;
    seal_block(table, 0, size);
    std::string handle(1, '\0');
    for (std::size_t rest = size;; rest >>= 7) {
        handle += static_cast<char>(rest > 127 ? (rest & 127) | 128 : rest);
        if (rest <= 127) break;
    }
    std::string index = std::string(1, '\0') + '\1' + static_cast<char>(handle.size()) + "k" + handle;
    index += std::string("\0\0\0\0\1\0\0\0", 8);
    const std::size_t begin = table.size();
    table += index + '\0' + "????";
    seal_block(table, begin, index.size());
    std::string footer = std::string(2, '\0');
    for (std::size_t rest = begin;; rest >>= 7) {
        footer += static_cast<char>(rest > 127 ? (rest & 127) | 128 : rest);
        if (rest <= 127) break;
    }
    footer += static_cast<char>(index.size());
    footer.resize(48, '\0');
    put_little_endian(footer, 40, ambit::checkpoint_parts::sorted_table_magic, 8);
    read_index(table + footer);
}

// ---- Pictures and tables -------------------------------------------------------------------------------------------

/// With the checksum of each chunk, as far as there are whole ones.
inline void read_png(bytes_view bytes) {
    std::string file = text_of(bytes);
    for (std::size_t at = 8; at + 12 <= file.size();) {
        std::size_t length = 0;
        for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(file[at + i]);
        if (length > file.size() - at - 12) break;
        const auto* const content = reinterpret_cast<const unsigned char*>(file.data()) + at + 4;
        const uLong sum = ::crc32_z(0, content, length + 4);
        for (std::size_t i = 0; i < 4; ++i) file[at + 8 + length + i] = static_cast<char>(sum >> (24 - 8 * i) & 255);
        at += length + 12;
    }
    for (const int channels : {1, 3, 4})
        allow_errors([&] { (void)ambit::decode_png(std::as_bytes(std::span(file)), channels, "input"); });
}
inline void read_jpeg(bytes_view bytes) {
    for (const int channels : {1, 3}) allow_errors([&] { (void)ambit::decode_jpeg(bytes, channels, "input"); });
}
inline constexpr std::uint64_t most_inflated = 1 << 24;
inline void read_gzip(bytes_view bytes) {
    allow_errors([&] { (void)ambit::read_gzip(path_of(bytes), most_inflated); });
}
inline void read_idx(bytes_view bytes) {
    const std::string path = path_of(bytes);
    allow_errors([&] { (void)ambit::read_idx<std::uint8_t>(path, most_inflated); });
    allow_errors([&] { (void)ambit::read_idx<float>(path, most_inflated); });
}
inline void read_cifar10(bytes_view bytes) {
    allow_errors([&] { (void)ambit::read_cifar10(std::filesystem::path(path_of(bytes)), most_inflated); });
}
inline void read_csv(bytes_view bytes) {
    const std::string path = path_of(bytes);
    allow_errors([&] { (void)ambit::read_csv<float>(path); });
    allow_errors([&] { (void)ambit::read_csv<std::int32_t>(path); });
}

// ---- Settings ------------------------------------------------------------------------------------------------------

inline void read_settings(bytes_view bytes, ambit::config_format format) {
    allow_errors([&] { (void)ambit::config_parts::document_of({text_of(bytes), format, "input"}); });
}
inline void read_json(bytes_view bytes) { read_settings(bytes, ambit::config_format::json); }
inline void read_toml(bytes_view bytes) { read_settings(bytes, ambit::config_format::toml); }

struct reader {
    std::string_view name;  // of its folder of inputs, too
    void (*read)(bytes_view);
};
inline constexpr reader readers[] = {
    {"safetensors", read_checkpoint},
    {"safetensors_header", read_safetensors_header},
    {"npy", read_checkpoint},
    {"npz", read_checkpoint},
    {"tensorflow_index", read_tensorflow_index},
    {"tensorflow_block", read_tensorflow_block},
    {"png", read_png},
    {"jpeg", read_jpeg},
    {"gzip", read_gzip},
    {"idx", read_idx},
    {"cifar10", read_cifar10},
    {"csv", read_csv},
    {"json", read_json},
    {"toml", read_toml},
};

}  // namespace ambit_test
