// SPDX-License-Identifier: BSL-1.0
// Every reader of files of strangers, as a function of bytes. It may refuse them by an error of its kind, and do
// nothing else: anything that is thrown besides goes through. What a format sums up is made right first, where it stands
// in the way: a checksum would keep all but a few of a fuzzer's inputs from the code behind it.
#pragma once

#include <ambit/checkpoint/checkpoint_state.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/npz.hpp>
#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/tensorflow.hpp>
#include <ambit/config/document.hpp>
#include <ambit/config/layered_net.hpp>
#include <ambit/io/cifar10.hpp>
#include <ambit/io/csv.hpp>
#include <ambit/io/idx.hpp>
#include <ambit/io/jpeg.hpp>
#include <ambit/io/png.hpp>
#ifdef AMBIT_HAS_ONNX
#include <ambit/onnx/onnx_reader.hpp>
#endif

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>
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
inline bytes_view bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

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

// ---- Checksums -----------------------------------------------------------------------------------------------------

inline void put_little_endian(std::string& text, std::size_t at, std::uint64_t value, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) text[at + i] = static_cast<char>(value >> 8 * i & 255);
}
inline std::uint64_t little_endian(std::string_view text, std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(text[at + i]);
    return value;
}

/// What was deflated, as far as it can be had and is small.
struct inflated_data {
    std::uint32_t sum = 0;  // CRC-32
    std::size_t bytes = 0, taken = 0;
    int code = Z_OK;  // of the last step
};
inline inflated_data inflate_all(std::string_view text, int window) {
    inflated_data data;
    z_stream stream{};
    if (inflateInit2(&stream, window) != Z_OK) throw std::bad_alloc();
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    std::vector<unsigned char> piece(1 << 16);
    do {
        stream.next_out = piece.data();
        stream.avail_out = static_cast<uInt>(piece.size());
        data.code = inflate(&stream, Z_NO_FLUSH);
        const std::size_t count = piece.size() - stream.avail_out;
        data.sum = static_cast<std::uint32_t>(::crc32_z(data.sum, piece.data(), count));
        data.bytes += count;
    } while (data.code == Z_OK && data.bytes < (1 << 20));
    data.taken = stream.total_in;
    inflateEnd(&stream);
    return data;
}

/// The first part of what gzip packed, with its sum and its length behind it.
inline std::string with_sums_of_gzip(bytes_view bytes) {
    std::string file = text_of(bytes);
    for (int field = 0; field < 2; ++field) {  // a wrong sum hides a wrong length
        const inflated_data data = inflate_all(file, 15 + 16);
        if (data.code != Z_DATA_ERROR || data.taken < 18) break;
        put_little_endian(file, data.taken - 4, field == 0 ? data.sum : data.bytes, 4);
    }
    return file;
}

/// Each member of a zip archive with its sum, in the directory and in front of it.
inline std::string with_sums_of_zip(bytes_view bytes) {
    std::string file = text_of(bytes);
    for (std::size_t at = file.find("PK\1\2"); at < file.size() && at + 46 <= file.size();
         at = file.find("PK\1\2", at + 1)) {
        const std::size_t method = little_endian(file, at + 10, 2), packed = little_endian(file, at + 20, 4);
        const std::size_t local = little_endian(file, at + 42, 4);
        if (local + 30 > file.size()) continue;
        const std::size_t begin = local + 30 + little_endian(file, local + 26, 2) + little_endian(file, local + 28, 2);
        if (begin > file.size() || packed > file.size() - begin) continue;
        const std::string_view data = std::string_view(file).substr(begin, packed);
        const auto sum = method == 0 ? static_cast<std::uint32_t>(::crc32_z(
                                           0, reinterpret_cast<const unsigned char*>(data.data()), data.size()))
                                     : inflate_all(data, -15).sum;
        put_little_endian(file, at + 16, sum, 4);
        put_little_endian(file, local + 14, sum, 4);
    }
    return file;
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
inline void read_npz(bytes_view bytes) { read_checkpoint(bytes_of(with_sums_of_zip(bytes))); }

/// Into variables of two dtypes, under rules that cast, rename and lay out anew; what is not refused has to be read
/// into them whole, and a report is text whatever names it has.
inline void load_checkpoint(bytes_view bytes) {
    namespace parts = ambit::checkpoint_parts;
    const auto variable = [](std::string_view path, ambit::shape extents, ambit::dtype type) {
        ambit::variable_info it;
        it.path = path;
        it.extents = extents;
        it.dtype = type;
        return it;
    };
    static const std::vector<ambit::variable_info> variables{variable("dense/kernel", {3, 2}, ambit::float32),
                                                             variable("dense/bias", {2}, ambit::float64),
                                                             variable("global_step", {}, ambit::int64)};
    std::vector<std::byte> kernel(24), bias(16), step(8);
    std::uint64_t generation = 0;
    parts::held_variables held;
    held.variables = variables;
    held.targets = {{kernel.data(), &generation}, {bias.data(), &generation}, {step.data(), &generation}};
    const auto load = [&](const auto&... rules) {
        allow_errors([&] {
            const parts::fitting_rules fitting(parts::merged_rules(rules...), variables, parts::file_is::read);
            (void)to_string(parts::load_into(*ambit::open_checkpoint(bytes, "input"), held, fitting));
        });
    };
    load();
    load(ambit::allow_cast, ambit::allow_missing, ambit::allow_unexpected);
    load(ambit::allow_cast, ambit::allow_missing, ambit::rename("weight", "dense/kernel"),
         ambit::transposed("dense/kernel"));
}

/// The list of a directory's checkpoints: what is written of it is read as it was written. (What is read first may name
/// a file twice, in an order that ours does not have.)
inline void read_checkpoint_list(bytes_view bytes) {
    namespace parts = ambit::checkpoint_parts;
    const auto again = [](const std::string& text) { return parts::text_of(parts::parse_state(text)); };
    const std::string written = again(again(text_of(bytes)));
    if (again(written) != written) throw std::logic_error("a list that reads otherwise");
}

/// A header of safetensors behind its length, and as many bytes of data as it asks for at most.
inline void read_safetensors_header(bytes_view bytes) {
    allow_errors(
        [&] { (void)ambit::checkpoint_parts::parse_safetensors_header(text_of(bytes), bytes.size(), "input"); });
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
    file.put(bytes_of(index));
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
        allow_errors([&] { (void)ambit::decode_png(bytes_of(file), channels, "input"); });
}
inline void read_jpeg(bytes_view bytes) {
    for (const int channels : {1, 3}) allow_errors([&] { (void)ambit::decode_jpeg(bytes, channels, "input"); });
}
inline constexpr std::uint64_t most_inflated = 1 << 24;
/// A file that may be packed.
inline std::string path_of_gzip(bytes_view bytes) { return path_of(bytes_of(with_sums_of_gzip(bytes))); }
inline void read_gzip(bytes_view bytes) {
    allow_errors([&] { (void)ambit::read_gzip(path_of_gzip(bytes), most_inflated); });
}
inline void read_idx(bytes_view bytes) {
    const std::string path = path_of_gzip(bytes);
    allow_errors([&] { (void)ambit::read_idx<std::uint8_t>(path, most_inflated); });
    allow_errors([&] { (void)ambit::read_idx<float>(path, most_inflated); });
    allow_errors([&] { (void)ambit::read_idx<std::int32_t>(path, most_inflated); });
}
inline void read_cifar10(bytes_view bytes) {
    allow_errors([&] { (void)ambit::read_cifar10(std::filesystem::path(path_of_gzip(bytes)), most_inflated); });
}
inline void read_csv(bytes_view bytes) {
    const std::string path = path_of_gzip(bytes);
    constexpr auto named = ambit::csv_header::present;
    allow_errors([&] { (void)ambit::read_csv<float>(path, {.limit = most_inflated}); });
    allow_errors([&] { (void)ambit::read_csv<std::int32_t>(path, {.limit = most_inflated}); });
    allow_errors([&] { (void)ambit::read_csv<double>(path, {named, ';', '#', most_inflated}); });
    allow_errors([&] { (void)ambit::read_csv<std::int64_t>(path, {named, '\t', '%', most_inflated}); });
}

// ---- Settings ------------------------------------------------------------------------------------------------------

inline void read_settings(bytes_view bytes, ambit::config_format format) {
    allow_errors([&] { (void)ambit::config_parts::document_of({text_of(bytes), format, "input"}); });
}
inline void read_json(bytes_view bytes) { read_settings(bytes, ambit::config_format::json); }
inline void read_toml(bytes_view bytes) { read_settings(bytes, ambit::config_format::toml); }
/// A net and its training, as far as their graphs.
inline void read_net(bytes_view bytes) {
    const bool is_json = !bytes.empty() && bytes[0] == std::byte{'{'};
    const ambit::config_format format = is_json ? ambit::config_format::json : ambit::config_format::toml;
    allow_errors([&] { (void)ambit::read_config(ambit::config_text{text_of(bytes), format, "input"}); });
}

// ---- Models of other frameworks ------------------------------------------------------------------------------------

#ifdef AMBIT_HAS_ONNX
inline constexpr ambit::onnx_limits small_models{.bytes = 1 << 20, .data_bytes = 1 << 24, .nodes = 1000, .depth = 8};

inline void read_onnx(bytes_view bytes) {
    allow_errors([&] { (void)ambit::parse_onnx(bytes, {}, small_models); });
}
inline void read_onnx_array(bytes_view bytes) {
    allow_errors([&] { (void)ambit::parse_onnx_array(bytes, small_models); });
    allow_errors([&] { (void)ambit::parse_onnx_sequence(bytes, small_models); });
    allow_errors([&] { (void)ambit::parse_onnx_optional(bytes, small_models); });
}
#endif

struct reader {
    std::string_view name;  // of its folder of inputs, too
    void (*read)(bytes_view);
};
inline constexpr reader readers[] = {
    {"safetensors", read_checkpoint},
    {"safetensors_header", read_safetensors_header},
    {"npy", read_checkpoint},
    {"npz", read_npz},
    {"load", load_checkpoint},
    {"checkpoint_list", read_checkpoint_list},
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
    {"net", read_net},
#ifdef AMBIT_HAS_ONNX
    {"onnx", read_onnx},
    {"onnx_array", read_onnx_array},
#endif
};

}  // namespace ambit_test
