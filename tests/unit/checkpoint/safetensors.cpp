// SPDX-License-Identifier: BSL-1.0
#include "known_safetensors.hpp"

#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/safetensors.hpp>

#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>

using namespace ambit;
using namespace ambit::checkpoint_parts;
using namespace ambit_test;
using namespace std::string_literals;
using fault = checkpoint_fault;

namespace {

using extents = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("a file written by hand is read") {
    REQUIRE(known_header.size() == 0xA0);
    temporary_directory directory;
    put(directory / "m", known_file);
    const safetensors_file file(directory / "m");
    REQUIRE(file.file() == directory / "m");
    REQUIRE(file.metadata() == checkpoint_metadata{{"step", "7"}});
    REQUIRE(file.tensors().size() == 2);
    REQUIRE(file.tensors()[0].name == "dense/kernel");
    REQUIRE(file.tensors()[0].type == element_type::float32);
    REQUIRE(file.tensors()[0].extents == extents{2, 1});
    REQUIRE(file.tensors()[1].name == "mask");
    REQUIRE(same_bytes(read_tensor(file, "dense/kernel"), std::as_bytes(std::span(known_kernel))));
    REQUIRE(same_bytes(read_tensor(file, "mask"), std::as_bytes(std::span(known_mask))));
    REQUIRE(file.find("dense") == nullptr);
    REQUIRE(file.find("zzz") == nullptr);
    REQUIRE(file.find("") == nullptr);
}

TEST_CASE("the writer produces these bytes, in whatever order it is given the tensors") {
    temporary_directory directory;
    auto entries = known_entries();
    write_safetensors(directory / "m", entries, {{"step", "7"}});
    REQUIRE(contents(directory / "m") == summed_file);
    std::swap(entries[0], entries[1]);
    write_safetensors(directory / "m", entries, {{"step", "7"}});
    REQUIRE(contents(directory / "m") == summed_file);
    REQUIRE(directory.names() == std::vector<std::string>{"m"});
}

TEST_CASE("an empty checkpoint is a file too") {
    temporary_directory directory;
    write_safetensors(directory / "m", {});
    REQUIRE(contents(directory / "m") == "\x30\0\0\0\0\0\0\0"s + R"({"__metadata__":{"ambit.crc32c":"00000000"}}    )");
    REQUIRE(safetensors_file(directory / "m").tensors().empty());
}

TEST_CASE("what is saved is loaded: every dtype, rank and kind of name") {
    temporary_directory directory;
    std::vector<std::vector<std::byte>> storage;
    std::vector<tensor_entry> entries;
    int number = 0;
    const std::vector<std::string> names = {
        "a/b:0", "quote\" slash\\ /", "tab\tline\n\x01", "\u00fc\u4e2d\U0001F600", "", "zero\0inside"s};
    for (dtype type : {float32, float64, int32, int64, uint8, boolean})
        for (const shape& of : {shape{}, shape{1}, shape{3}, shape{2, 3, 5}, shape{1, 2, 1, 3, 1, 2, 1, 2}}) {
            std::vector<std::byte> bytes(static_cast<std::size_t>(of.elements() * size_of(type)));
            for (std::size_t at = 0; at < bytes.size(); ++at)
                bytes[at] =
                    static_cast<std::byte>(type == boolean ? at % 2 : (at * 37 + storage.size() * 11) % 256);
            storage.push_back(std::move(bytes));
            const std::string& stem = names[static_cast<std::size_t>(number) % names.size()];
            entries.push_back({stem + (number < 6 ? "" : std::to_string(number)), type, of, {}});
            ++number;
        }
    for (std::size_t at = 0; at < entries.size(); ++at) entries[at].bytes = storage[at];
    const checkpoint_metadata metadata = {{"", ""}, {"key \"1\"", "line\nline\\"}, {"\u00e9", "\U0001F600"}};

    write_safetensors(directory / "m", entries, metadata);
    const safetensors_file file(directory / "m");
    REQUIRE(file.metadata() == metadata);
    REQUIRE(file.tensors().size() == entries.size());
    for (const tensor_entry& entry : entries) {
        CAPTURE(entry.name);
        const stored_tensor* found = file.find(entry.name);
        REQUIRE(found);
        REQUIRE(found->type == entry.type);
        REQUIRE(found->extents == entry.extents);
        REQUIRE(same_bytes(read_tensor(file, entry.name), entry.bytes));
    }
    // In memory they lie where a program may use them: each aligned if the whole is.
    const std::string text = contents(directory / "m");
    const std::span whole = std::as_bytes(std::span(text));
    const std::unique_ptr<tensor_source> memory = open_checkpoint(whole, "memory");
    for (const tensor_entry& entry : entries) {
        const auto at = static_cast<std::size_t>(memory->find(entry.name) - memory->tensors().data());
        const std::span<const std::byte> there = memory->in_place(at);
        REQUIRE(same_bytes(there, entry.bytes));
        REQUIRE(static_cast<std::uint64_t>(there.data() - whole.data()) % size_of(entry.type) == 0);
        REQUIRE(file.in_place(at).empty());
        std::vector<std::byte> bytes(entry.bytes.size());
        memory->read(at, bytes);
        REQUIRE(same_bytes(bytes, entry.bytes));
    }
}

TEST_CASE("the data begin at a multiple of 8, whatever the header's length") {
    temporary_directory directory;
    for (std::size_t length = 0; length < 9; ++length) {
        write_safetensors(directory / "m", {}, {{"k", std::string(length, 'v')}});
        REQUIRE(contents(directory / "m").size() % 8 == 0);
        REQUIRE(safetensors_file(directory / "m").metadata().at("k").size() == length);
    }
}

TEST_CASE("what the writer refuses leaves the old file") {
    temporary_directory directory;
    put(directory / "m", "old");
    const std::array<std::byte, 8> eight{};
    const std::span<const std::byte> bytes(eight);
    const auto refuse = [&](fault kind, const std::vector<std::string>& words,
                            std::vector<tensor_entry> entries, const checkpoint_metadata& metadata = {}) {
        require_error(kind, words, [&] { write_safetensors(directory / "m", entries, metadata); });
        REQUIRE(contents(directory / "m") == "old");
        REQUIRE(directory.names() == std::vector<std::string>{"m"});
    };
    refuse(fault::duplicate_name, {"tensor \"a\" was given twice"},
           {{"a", int64, {1}, bytes}, {"b", int64, {1}, bytes}, {"a", float64, {}, bytes}});
    refuse(fault::invalid_name, {"__metadata__ is reserved"}, {{"__metadata__", int64, {1}, bytes}});
    refuse(fault::invalid_name, {"names are UTF-8"}, {{"\xFF", int64, {1}, bytes}});
    refuse(fault::invalid_name, {"the metadata at \"k\" is not UTF-8"}, {}, {{"k", "\xC0\xAF"}});
    refuse(fault::invalid_name, {"is not UTF-8"}, {}, {{"\xE2\x82", "v"}});
    refuse(fault::unsupported_dtype, {"tensor \"a\" has no dtype"}, {{"a", dtype::none, {1}, bytes}});
    refuse(fault::wrong_size, {"given as 8 bytes", "take 0"}, {{"a", int64, {0}, bytes}});
    refuse(fault::unsupported_dtype, {"tensor \"a\" is of complex128", ".npz"},
           {{"a", element_type::complex128, {0}, {}}});
    refuse(fault::illegal_shape, {"tensor \"a\" has an illegal shape"}, {{"a", int64, {-1}, bytes}});
    refuse(fault::illegal_shape, {"illegal shape"}, {{"a", uint8, {std::int64_t{1} << 62, 4}, bytes}});
    refuse(fault::wrong_size, {"tensor \"a\" was given as 8 bytes", "take 16"}, {{"a", int64, {2}, bytes}});
    refuse(fault::wrong_size, {"given as 8 bytes", "take 4"}, {{"a", float32, {}, bytes}});
    refuse(fault::header_length, {"take 100000056 bytes"}, {}, {{"k", std::string(100'000'000, 'v')}});
}

TEST_CASE("places where nothing can be written") {
    temporary_directory directory;
    const auto entries = known_entries();
    std::filesystem::create_directory(directory / "sub");
    require_error(fault::cannot_write,
                  {"none/m: cannot open the directory: No such file", "check the directory"},
                  [&] { write_safetensors(directory / "none/m", entries); });
    require_error(fault::cannot_write, {"Is a directory"},
                  [&] { write_safetensors(directory / "sub", entries); });
    require_error(fault::cannot_write, {"not a regular file"},
                  [&] { write_safetensors("/dev/full", entries); });
    REQUIRE(directory.names() == std::vector<std::string>{"sub"});
}

TEST_CASE("files that are no safetensors files, or not all of one") {
    temporary_directory directory;
    const auto refuse = [&](const std::string& content, fault kind, const std::vector<std::string>& words) {
        put(directory / "m", content);
        require_error(kind, words, [&] { safetensors_file file(directory / "m"); });
    };
    refuse("", fault::truncated, {"the file has 0 bytes"});
    refuse("\x02\0\0\0\0\0\0"s, fault::truncated, {"the file has 7 bytes", "takes 8"});
    refuse("\x02\0\0\0\0\0\0\0"s, fault::truncated, {"said to take 2 bytes, and 0 follow"});
    refuse("\x02\0\0\0\0\0\0\0{"s, fault::truncated, {"said to take 2 bytes, and 1 follow"});
    refuse("\0\0\0\0\0\0\0\0"s, fault::header_syntax, {"does not begin with {"});
    refuse("\0\0\0\0\0\0\0\0{}"s, fault::header_syntax, {"does not begin with {"});
    refuse("\x02\0\0\0\0\0\0\0{}x"s, fault::wrong_offsets, {"the file has 1"});
    refuse("\x01\xE1\xF5\x05\0\0\0\0{}"s, fault::header_length, {"said to take 100000001 bytes"});
    refuse(std::string(8, '\xFF') + "{}", fault::header_length, {"18446744073709551615"});
    refuse("\x89PNG\r\n\x1A\n and so on", fault::header_length, {"not a safetensors file"});
    refuse("\0\xE1\xF5\x05\0\0\0\0{}"s, fault::truncated, {"said to take 100000000 bytes, and 2 follow"});
}

TEST_CASE("paths that cannot be opened") {
    temporary_directory directory;
    REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
    require_error(fault::cannot_open, {"missing: cannot open: No such file", "check the path"},
                  [&] { safetensors_file file(directory / "missing"); });
    require_error(fault::cannot_open, {"Is a directory"}, [&] { safetensors_file file(directory.path()); });
    require_error(fault::cannot_open, {"not a regular file"},
                  [&] { safetensors_file file(directory / "pipe"); });
    require_error(fault::cannot_open, {"not a regular file"}, [&] { safetensors_file file("/dev/zero"); });
}

TEST_CASE("the largest header is a matter of its length alone") {
    temporary_directory directory;
    put(directory / "m", "\0\xE1\xF5\x05\0\0\0\0{}"s);
    std::filesystem::resize_file(directory / "m", 100'000'008);  // zeros, which take no room on the device
    require_error(fault::header_syntax, {"zero byte"}, [&] { safetensors_file file(directory / "m"); });
}

TEST_CASE("reading asks for the tensor's size, and judges bools") {
    temporary_directory directory;
    put(directory / "m", known_file);
    const safetensors_file file(directory / "m");
    std::vector<std::byte> seven(7), nine(9);
    const stored_tensor& kernel = *file.find("dense/kernel");
    require_error(fault::wrong_size, {"tensor \"dense/kernel\" takes 8 bytes", "read into 7"},
                  [&] { file.read(kernel, seven); });
    require_error(fault::wrong_size, {"read into 9"}, [&] { file.read(kernel, nine); });

    std::string spoiled = known_file;
    spoiled[spoiled.size() - 2] = 2;
    put(directory / "n", spoiled);
    const safetensors_file other(directory / "n");
    std::vector<std::byte> three(3);
    require_error(fault::illegal_value, {"element 1 of the BOOL tensor \"mask\" is 2"},
                  [&] { other.read(*other.find("mask"), three); });
    read_tensor(other, "dense/kernel");
}

TEST_CASE("a file that shrinks after it was opened") {
    temporary_directory directory;
    put(directory / "m", known_file);
    const safetensors_file file(directory / "m");
    std::filesystem::resize_file(directory / "m", known_file.size() - 1);
    std::vector<std::byte> three(3);
    require_error(fault::truncated, {"the file ends at byte 178, before byte 179", "after it was opened"},
                  [&] { file.read(*file.find("mask"), three); });
}

TEST_CASE("replacing a file does not disturb who has it open") {
    temporary_directory directory;
    put(directory / "m", known_file);
    const safetensors_file file(directory / "m");
    write_safetensors(directory / "m", {});
    REQUIRE(same_bytes(read_tensor(file, "mask"), std::as_bytes(std::span(known_mask))));
}

TEST_CASE("cut off at any length or prolonged by any byte, a file is refused") {
    temporary_directory directory;
    for (std::size_t length = 0; length < known_file.size(); ++length) {
        CAPTURE(length);
        put(directory / "m", known_file.substr(0, length));
        REQUIRE(error_of([&] { read_all(directory / "m"); }));
    }
    for (int extra = 0; extra < 256; ++extra) {
        put(directory / "m", known_file + static_cast<char>(extra));
        REQUIRE(error_of([&] { read_all(directory / "m"); }));
    }
}

TEST_CASE("with any bit flipped, a file is refused or read as what it then says") {
    temporary_directory directory;
    const std::size_t data_begin = known_file.size() - known_data.size();
    int refused_headers = 0, accepted_headers = 0;
    for (std::size_t at = 0; at < known_file.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            CAPTURE(at, bit);
            std::string flipped = known_file;
            flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
            put(directory / "m", flipped);
            const auto e = error_of([&] { read_all(directory / "m"); });
            if (at >= data_begin) {
                // Data of floats are anything; of a bool, any bit but the lowest makes it no bool.
                const bool bad_bool = at >= known_file.size() - 3 && bit != 0;
                REQUIRE(e.has_value() == bad_bool);
                if (e) REQUIRE(e->kind() == fault::illegal_value);
            } else if (e) {
                ++refused_headers;
            } else {
                ++accepted_headers;  // a letter of a name, of a text, or white space for white space
                const safetensors_file file(directory / "m");
                REQUIRE(file.tensors().size() == 2);
                REQUIRE(file.tensors()[0].bytes + file.tensors()[1].bytes == known_data.size());
            }
        }
    REQUIRE(refused_headers > 1000);
    REQUIRE(accepted_headers > 20);
}

TEST_CASE("with any bit flipped, a file with checksums is refused or has the same content") {
    temporary_directory directory;
    int wrong_sums = 0;
    for (std::size_t at = 0; at < summed_file.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            CAPTURE(at, bit);
            std::string flipped = summed_file;
            flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
            put(directory / "m", flipped);
            const auto e = error_of([&] { read_all(directory / "m"); });
            wrong_sums += e && e->kind() == fault::wrong_checksum ? 1 : 0;
            if (e) continue;
            // The key is another: what is left of the file is right.
            REQUIRE(flipped.find("ambit.crc32c") == std::string::npos);
            const safetensors_file file(directory / "m");
            REQUIRE(same_bytes(read_tensor(file, "dense/kernel"), std::as_bytes(std::span(known_kernel))));
            REQUIRE(same_bytes(read_tensor(file, "mask"), std::as_bytes(std::span(known_mask))));
            REQUIRE(file.metadata().at("step") == "7");
        }
    REQUIRE(wrong_sums > 400);
}

TEST_CASE("a wrong checksum names the file and the tensor; who reads only others is not stopped") {
    temporary_directory directory;
    put(directory / "m", summed_file);
    REQUIRE(safetensors_file(directory / "m").metadata() == checkpoint_metadata{{"step", "7"}});
    std::string damaged = summed_file;
    damaged[damaged.size() - 5] = '\x01';  // in the kernel
    put(directory / "m", damaged);
    const safetensors_file file(directory / "m");
    REQUIRE(same_bytes(read_tensor(file, "mask"), std::as_bytes(std::span(known_mask))));
    std::vector<std::byte> bytes(8);
    require_error(fault::wrong_checksum,
                  {(directory / "m").string(), "the bytes of tensor \"dense/kernel\" are not those that its checksum",
                   "fetch it or save it again", "drop the text pair ambit.crc32c"},
                  [&] { file.read(*file.find("dense/kernel"), bytes); });

    // A program that changes tensors and keeps the text pairs; and one that keeps the content and changes its order.
    const auto replaced = [](std::string text, std::string_view old, std::string_view by) {
        return text.replace(text.find(old), old.size(), by);
    };
    for (const auto& [old, by] :
         {std::pair("[2,1]", "[1,2]"), std::pair("\"7\"", "\"8\""), std::pair("kernel", "kernal"),
          std::pair("F32", "I32"), std::pair("\"step\"", "\"stop\""), std::pair("b207\",", "b2\",  ")}) {
        CAPTURE(old);
        put(directory / "m", replaced(summed_file, old, by));
        require_error(fault::wrong_checksum, {"names, dtypes, shapes or text pairs are not those"},
                      [&] { safetensors_file other(directory / "m"); });
    }
    const std::string sums = summed_header.substr(summed_header.find("\"ambit"), 41);
    std::string moved = replaced(summed_file, sums + ",\"step\":\"7\"", "\"step\":\"7\"," + sums);
    REQUIRE(moved != summed_file);
    put(directory / "m", moved);
    read_all(directory / "m");
}

TEST_CASE("with any byte of the header replaced by any other, reading ends well") {
    temporary_directory directory;
    const std::string small = R"({"a":{"dtype":"U8","shape":[1,2],"data_offsets":[0,2]}})";
    for (std::size_t at = 0; at < small.size(); ++at)
        for (int value = 0; value < 256; ++value) {
            std::string changed = small;
            changed[at] = static_cast<char>(value);
            const auto e = error_of([&] {
                const auto header = parse_safetensors_header(changed, 2, "m");
                REQUIRE(header.tensors.size() == 1);
                REQUIRE(header.tensors[0].bytes == 2);
            });
            if (changed == small) REQUIRE_FALSE(e);
        }
}

TEST_CASE("a path with a zero byte is refused, and the message goes on behind it") {
    temporary_directory directory;
    put(directory / "m", known_file);
    const std::string path = (directory / "m").string() + "\0.old"s;
    require_error(fault::cannot_open, {"m?.old\": the path has a zero byte", "check the path"},
                  [&] { safetensors_file file(path); });
    require_error(fault::cannot_write, {"m?.old\": the path has a zero byte", "check the directory"},
                  [&] { write_safetensors(path, {}); });
    REQUIRE(contents(directory / "m") == known_file);
}
