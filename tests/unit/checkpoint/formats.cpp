// SPDX-License-Identifier: BSL-1.0
// Checkpoints of other programs, made by hand: what is hostile, what is old, and what no format can hold.
#include <ambit/checkpoint/npz.hpp>
#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/tensorflow.hpp>
#include <ambit/files/crc32c.hpp>

#include <catch2/catch.hpp>

#include "../../support/temporary_directory.hpp"
#include "tensor_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <sys/stat.h>

using namespace ambit;
using namespace ambit::checkpoint_parts;
using namespace ambit_test;
using namespace std::string_literals;
using fault = checkpoint_fault;

namespace {

template <class Action> void require_error(fault kind, const std::vector<std::string>& words, Action action) {
    try {
        action();
    } catch (const checkpoint_error& e) {
        CAPTURE(e.what());
        CHECK(e.kind() == kind);
        for (const std::string& word : words) CHECK_THAT(e.what(), Catch::Contains(word));
        return;
    }
    FAIL_CHECK("nothing was thrown, and expected: " << words.front());
}

std::span<const std::byte> bytes_in(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string npy_text(const std::string& header, const std::string& data = "", char version = 1) {
    std::string text = "\x93NUMPY"s + version + '\0';
    for (std::size_t i = 0; i < (version == 1 ? 2U : 4U); ++i) text += static_cast<char>(header.size() >> 8 * i & 255);
    return text + header + data;
}
std::string npy_of(const std::string& descr, const std::string& shape, const std::string& data) {
    return npy_text("{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n", data);
}

struct text_output {
    std::string text;
    void write(std::span<const std::byte> bytes) {
        if (!bytes.empty()) text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
};
std::string zip_of(const std::vector<std::pair<std::string, std::string>>& members) {
    text_output output;
    zip_writer archive(output);
    for (const auto& [name, content] : members) archive.add(name, {bytes_in(content)});
    archive.finish();
    return output.text;
}
/// The text with bytes replaced: at the n-th place where `before` stands.
std::string with(std::string text, const std::string& before, const std::string& after, int n = 0) {
    std::size_t at = text.find(before);
    for (; n > 0; --n) at = text.find(before, at + 1);
    REQUIRE(at != std::string::npos);
    return text.replace(at, after.size(), after);
}

void read_all(const std::string& content, const std::string& called = "m") {
    const auto file = open_checkpoint(bytes_in(content), called);
    for (std::size_t t = 0; t < file->tensors().size(); ++t) {
        std::vector<std::byte> bytes(file->tensors()[t].bytes);
        file->read(t, bytes);
    }
}

// The index of a checkpoint of TensorFlow, in one block: whatever its entries say, its checksums are right.
using index_entries = std::vector<std::pair<std::string, std::string>>;
std::string varint(std::uint64_t value) {
    std::string text;
    for (; value > 127; value >>= 7) text += static_cast<char>((value & 127) | 128);
    return text + static_cast<char>(value);
}
std::string number_field(std::uint64_t field, std::uint64_t value) { return varint(field << 3) + varint(value); }
std::string text_field(std::uint64_t field, const std::string& text) {
    return varint(field << 3 | 2) + varint(text.size()) + text;
}
std::string block_of(const index_entries& entries) {
    std::string block;
    for (const auto& [key, value] : entries)
        block += varint(0) + varint(key.size()) + varint(value.size()) + key + value;
    block += "\0\0\0\0\1\0\0\0"s + '\0';  // one place to begin at; not packed
    const std::uint32_t sum = file_parts::crc32c(bytes_in(block));
    const std::uint32_t masked = (sum >> 15 | sum << 17) + 0xA282'EAD8U;
    for (int i = 0; i < 4; ++i) block += static_cast<char>(masked >> 8 * i & 255);
    return block;
}
std::string index_of(const index_entries& entries) {
    const std::string block = block_of(entries), place = varint(0) + varint(block.size() - 5);
    const std::string blocks = block_of({{"\xFF", place}});
    std::string footer = place + varint(block.size()) + varint(blocks.size() - 5);
    footer.resize(40);
    for (int i = 0; i < 8; ++i) footer += static_cast<char>(sorted_table_magic >> 8 * i & 255);
    return block + blocks + footer;
}

const std::filesystem::path data = std::filesystem::path(__FILE__).parent_path() / "../../data/golden";

}  // namespace

TEST_CASE("headers of .npy that are not as NumPy writes them", "[checkpoint]") {
    const struct {
        std::string content;
        fault kind;
        std::vector<std::string> words;
    } rows[] = {
        {npy_text("{}"), fault::header_field, {"lacks descr"}},
        {npy_text("{'descr': '<f4', 'shape': ()}"), fault::header_field, {"lacks fortran_order"}},
        {npy_text("{'descr': '<f4', 'fortran_order': True}"), fault::header_field, {"lacks shape"}},
        {npy_text("{'descr': '<f4', 'descr': '<f4'}"), fault::header_field, {"two keys \"descr\""}},
        {npy_text("{'descr': '<f4', 'order': 1}"), fault::header_field, {"a key \"order\""}},
        {npy_text(""), fault::header_syntax, {"ends within the literal"}},
        {npy_text("{'descr': '<f4"), fault::header_syntax, {"ends within the literal"}},
        {npy_text("{'descr': '<f4\\"), fault::header_syntax, {"ends within the literal"}},
        {npy_text("{'descr': __import__('os')}"), fault::header_syntax, {"no literal of Python", "its byte 10, \"_\""}},
        {npy_text("{'descr': '<f4', 'fortran_order': 0}"), fault::header_syntax, {"its byte 34"}},
        {npy_text("{'descr': ["), fault::header_syntax, {"ends within"}},
        {npy_text("{'descr': [(])}"), fault::header_syntax, {"no literal"}},
        {npy_text("{'descr': " + std::string(60'000, '[')), fault::header_syntax, {"ends within"}},
        {npy_of("'<f4'", "(1)", "1234"), fault::header_syntax, {"no literal"}},
        {npy_of("'<f4'", "[1]", "1234"), fault::header_syntax, {"no literal"}},
        {npy_of("'<f4'", "(-1,)", "1234"), fault::header_syntax, {"\"-\""}},
        {npy_of("'<f4'", "(1.0,)", "1234"), fault::header_syntax, {"\".\""}},
        {npy_of("'<f4'", "(,)", ""), fault::header_syntax, {"no literal"}},
        {npy_of("'<f4'", "(9223372036854775808,)", ""), fault::illegal_shape, {"more than 63 bits"}},
        {npy_of("'<f4'", "(9223372036854775807,)", ""),
         fault::illegal_shape,
         {"is said to be float32[9223372036854775807], which takes more bytes than 63 bits can count"}},
        {npy_of("'|O'", "(4294967296, 4294967296)", ""), fault::illegal_shape, {"which takes more bytes"}},
        {npy_of("'<f4'", "(274177, 67280421310721)", "1234"), fault::illegal_shape, {"which takes more bytes"}},
        {npy_of("'<f4'", "(2,)", "1234"), fault::truncated, {"take 8 bytes, and 4 follow"}},
        {npy_of("'<f4'", "(1000000000000,)", "1234"), fault::truncated, {"take 4000000000000 bytes"}},
        {npy_of("'<f4'", "(0,)", "1234"), fault::wrong_offsets, {"take 0 bytes, and 4 follow", ".npz"}},
        {npy_of("'<f4'", "(1,)", "12345678"), fault::wrong_offsets, {"take 4 bytes, and 8 follow"}},
        {npy_of("'|b1'", "(2,)", "\1\2"), fault::illegal_value, {"element 1 of the |b1 tensor \"m\" is 2"}},
        {npy_of("'<f4'", "()", "1234").substr(0, 40), fault::truncated, {"the header takes"}},
        {"\x93NUMPY\1", fault::truncated, {"takes 10 bytes"}},
        {"\x93NUMPY\2\0\xff\xff"s, fault::truncated, {"takes 12 bytes"}},
        {"\x93NUMPY\2\0\xff\xff\xff\xff"s, fault::header_length, {"4294967295"}},
        {npy_text("{}", "", 4), fault::unsupported, {"version 4.0"}},
        {npy_text("{}", "", 0), fault::unsupported, {"version 0.0"}},
        {"\x89PNG\r\n\x1a\n1234", fault::unknown_format, {"\"?PNG????\"", "safetensors"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.content.substr(0, 100));
        require_error(row.kind, row.words, [&] { read_all(row.content); });
        // The same within an archive, whose member is named.
        if (row.content.starts_with(npy_magic) && row.kind != fault::illegal_value)
            require_error(row.kind, {}, [&] { read_all(zip_of({{"m.npy", row.content}})); });
    }
    // What is allowed, and NumPy's for a type that has no bytes to order.
    read_all(npy_of("'|u1'", "(2,)", "12"));
    read_all(npy_of("'?'", "()", "\1"));
    read_all(npy_of("''", "(2,)", "12"));
    read_all(npy_text("{'fortran_order':True,'descr':\"=f8\",'shape':(0L,)}"));
}

TEST_CASE("arrays of NumPy are what their headers say", "[checkpoint]") {
    const auto read_one = [](const std::string& content) {
        const auto file = open_checkpoint(bytes_in(content), "folder/table.npy");
        REQUIRE(file->tensors().size() == 1);
        CHECK(file->tensors()[0].name == "table");
        return hexadecimal(read_bytes(*file, "table"));
    };
    CHECK(read_one(npy_of("'>i2'", "(2,)", "\1\2\3\4")) == "02010403");
    CHECK(read_one(npy_of("'>c8'", "()", "\1\2\3\4\5\6\7\x08")) == "0403020108070605");
    const std::string columns = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3)}";
    CHECK(read_one(npy_text(columns, "\1\2\3\4\5\6")) == "010305020406");
    CHECK(read_one(npy_text("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2)}", "\1\2\3\4\5\6\7\x08")) ==
          "0201060504030807");
    // In memory, an array whose elements lie as they are read is used where it is.
    const std::string plain = npy_of("'<i2'", "(2,)", "1234"), turned = npy_text(columns, "123456");
    CHECK(open_checkpoint(bytes_in(plain), "m")->in_place(0).data() == bytes_in(plain).last(4).data());
    CHECK(open_checkpoint(bytes_in(turned), "m")->in_place(0).empty());
}

TEST_CASE("archives that contradict themselves", "[checkpoint]") {
    const std::string array = npy_of("'<f4'", "(2,)", "12345678");
    const std::string good = zip_of({{"a.npy", array}, {"b.npy", array}});
    read_all(good);
    read_all(zip_of({}));
    require_error(fault::duplicate_name, {"member \"a.npy\" occurs twice"}, [&] {
        read_all(zip_of({{"a.npy", array}, {"a.npy", array}}));
    });
    require_error(fault::duplicate_name, {"tensor \"a\" occurs twice"}, [&] {
        read_all(zip_of({{"a.npy", array}, {"a", "text"}}));
    });
    require_error(fault::unsupported, {"torch.save", "safetensors.torch"}, [&] {
        read_all(zip_of({{"archive/data.pkl", "."}}));
    });
    require_error(fault::header_syntax, {"member \"a.npy\" does not begin with"}, [&] {
        read_all(zip_of({{"a.npy", "no array at all"}}));
    });
    require_error(fault::wrong_checksum, {"member \"a.npy\"", "checksum"},
                  [&] { read_all(with(good, "12345678", "12345679")); });
    require_error(fault::damaged, {"\"a.npy\" is said to have 1024"}, [&] {  // the size once inflated
        const std::string size(1, static_cast<char>(array.size()));
        read_all(with(good, size + "\0\0\0\5"s, "\0\4\0\0"s, 2));
    });
    require_error(fault::damaged, {"archive"}, [&] { read_all(good.substr(0, good.size() - 1)); });
    require_error(fault::damaged, {"archive"}, [&] { read_all("PK\3\4"); });
    // What is said of text pairs is asked of them, too.
    require_error(fault::header_field, {"__metadata__"}, [&] {
        read_all(zip_of({{"__metadata__.npy", npy_of("'|u1'", "(2,)", "[]")}}));
    });
    require_error(fault::header_syntax, {"not JSON"}, [&] {
        read_all(zip_of({{"__metadata__.npy", npy_of("'|u1'", "(1,)", "{")}}));
    });
    // A stranger's array of this name is one.
    CHECK(open_checkpoint(bytes_in(zip_of({{"__metadata__.npy", array}, {"folder/", ""}})), "m")->tensors().size() ==
          0 + 1);
}

TEST_CASE("what formats cannot hold is not written", "[checkpoint]") {
    const temporary_directory directory;
    const std::array<std::byte, 2> two{};
    const auto refuse = [&](fault kind, const std::string& words, const char* file, std::vector<tensor_entry> entries) {
        require_error(kind, {words}, [&] { write_checkpoint(directory / file, entries); });
        CHECK(directory.names().empty());
    };
    const tensor_entry good("a", element_type::float16, {}, two);
    refuse(fault::unsupported, "there are 0 tensors", "m.npy", {});
    refuse(fault::unsupported, "there are 2 tensors", "m.npy", {good, good});
    refuse(fault::duplicate_name, "given twice", "m.npz", {good, good});
    refuse(fault::unsupported_dtype, "is of bfloat16, which NumPy lacks", "m.npz",
           {{"a", element_type::bfloat16, {}, two}});
    refuse(fault::unsupported_dtype, "is of bfloat16", "m.npy", {{"a", element_type::bfloat16, {}, two}});
    refuse(fault::invalid_name, "zero byte", "m.npz", {{"a\0b"s, element_type::float16, {}, two}});
    refuse(fault::invalid_name, "no control characters among", "m.npz",
           {{"\u00fc\x1b", element_type::float16, {}, two}});
    refuse(fault::invalid_name, "reserved", "m.npz", {{"__metadata__", element_type::float16, {}, two}});
    refuse(fault::invalid_name, "65000", "m.npz", {{std::string(65'001, 'a'), element_type::float16, {}, two}});
    refuse(fault::wrong_size, "given as 2 bytes", "m.npz", {{"a", element_type::float32, {}, two}});
}

TEST_CASE("elements are read when they are written", "[checkpoint]") {
    const temporary_directory directory;
    const std::array<std::byte, 6> some{std::byte{1}, std::byte{2}, std::byte{3},
                                        std::byte{4}, std::byte{5}, std::byte{6}};
    const std::vector<tensor_entry> entries{{"a", element_type::float16, {3}, some},
                                            {"b\x1b[2J\n", element_type::uint8, {2, 3}, some},
                                            {"none", element_type::float32, {0, 7}, {}}};
    write_checkpoint(directory / "from.safetensors", entries, {{"step", "7"}});

    struct watched final : element_source {
        const tensor_source& file;
        mutable std::vector<std::size_t> reads;
        std::size_t fails_at = 100;
        explicit watched(const tensor_source& of) : file(of) {}
        void read(std::size_t tensor, std::span<std::byte> destination) const override {
            if (reads.size() == fails_at) throw checkpoint_error(fault::cannot_read, "from", "no more", "stop");
            reads.push_back(tensor);
            file.read(tensor, destination);
        }
    };
    const auto file = open_checkpoint(directory / "from.safetensors");
    const auto copy = [&](const watched& source, const char* name, std::size_t count) {
        std::vector<tensor_entry> copied;
        for (std::size_t t = 0; t < count; ++t) {
            copied.emplace_back(file->tensors()[t].name, file->tensors()[t], source, t);
            CHECK(copied.back().size() == file->tensors()[t].bytes);
        }
        write_checkpoint(directory / name, copied, file->metadata());
    };
    for (const auto& [name, count, reads] :
         {std::tuple("to.safetensors", 3U, 3U), std::tuple("to.npz", 3U, 3U), std::tuple("a.npy", 1U, 1U)}) {
        CAPTURE(name);
        watched source(*file);
        copy(source, name, count);
        CHECK(source.reads.size() == reads);
        const auto there = open_checkpoint(directory / name);
        REQUIRE(there->tensors().size() == count);
        for (std::size_t t = 0; t < count; ++t) {
            CHECK(there->tensors()[t].name == entries[t].name);
            CHECK(type_and_shape(there->tensors()[t]) == type_and_shape(file->tensors()[t]));
            CHECK(hexadecimal(read_bytes(*there, entries[t].name)) == hexadecimal(entries[t].bytes));
        }
        // What fails on the way leaves what was there.
        const std::string before = contents(directory / name);
        for (std::size_t n = 0; n < reads; ++n) {
            watched broken(*file);
            broken.fails_at = n;
            require_error(fault::cannot_read, {"no more"}, [&] { copy(broken, name, count); });
            CHECK(contents(directory / name) == before);
        }
    }
    CHECK(contents(directory / "to.safetensors") == contents(directory / "from.safetensors"));
    CHECK(directory.names().size() == 4);
    CHECK(file->format() == "safetensors");
    CHECK(file->checksum() == "CRC-32C");
    CHECK(open_checkpoint(directory / "to.npz")->checksum() == "CRC-32");
    CHECK(open_checkpoint(directory / "a.npy")->checksum().empty());
}

TEST_CASE("files of today load for ever", "[checkpoint]") {
    // Written once, by this version and by the script of tests/python; never to be written again.
    const std::string kernel = "0000803f000000c000004040000080c00000a0400000c0c0", bias = "0000003f000000bf";
    for (const char* name :
         {"ambit.safetensors", "ambit.npz", "numpy_deflated.npz", "tensorflow", "tensorflow_snappy"}) {
        CAPTURE(name);
        const auto file = open_checkpoint((data / name).string());
        CHECK(file->tensors().size() == 3);
        CHECK(type_and_shape(*file->find("dense/kernel")) == "float32[3, 2]");
        CHECK(hexadecimal(read_bytes(*file, "dense/kernel")) == kernel);
        CHECK(hexadecimal(read_bytes(*file, "dense/bias")) == bias);
        CHECK(type_and_shape(*file->find("global_step")) == "int64[]");
        CHECK(hexadecimal(read_bytes(*file, "global_step")) == "e803000000000000");
    }
    for (const char* name : {"ambit.safetensors", "ambit.npz"})
        CHECK(open_checkpoint((data / name).string())->metadata() ==
              checkpoint_metadata{{"ambit.steps", "global_step"}});
    CHECK(hexadecimal(read_bytes(*open_checkpoint((data / "ambit.npy").string()), "ambit")) == kernel);
}

TEST_CASE("with any bit flipped, or cut anywhere, files are refused or read as what they then say", "[checkpoint]") {
    const temporary_directory directory;
    std::size_t refused_ones = 0, accepted = 0;
    const auto attempt = [&](const std::string& path) {
        try {
            const auto file = open_checkpoint(path);
            for (std::size_t t = 0; t < file->tensors().size(); ++t) {
                REQUIRE(file->tensors()[t].bytes < 10'000);
                std::vector<std::byte> bytes(file->tensors()[t].bytes);
                file->read(t, bytes);
            }
            ++accepted;
        } catch (const checkpoint_error&) {
            ++refused_ones;
        }
    };
    for (const char* name :
         {"ambit.npz", "numpy_deflated.npz", "ambit.npy", "tensorflow.index", "tensorflow_snappy.index"}) {
        const std::string whole = contents(data / name);
        for (const auto& entry : std::filesystem::directory_iterator(data))
            std::filesystem::copy(entry, directory.path() / entry.path().filename(),
                                  std::filesystem::copy_options::overwrite_existing);
        for (std::size_t at = 0; at < whole.size(); ++at) {
            std::string changed = whole;
            changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << at % 8));
            put(directory / name, changed);
            attempt(directory / name);
            put(directory / name, whole.substr(0, at));
            attempt(directory / name);
        }
    }
    CHECK(refused_ones > 3000);
    CHECK(accepted > 300);
}

TEST_CASE("checkpoints of TensorFlow that are not whole", "[checkpoint]") {
    const temporary_directory directory;
    const std::string index = contents(data / "tensorflow.index"),
                      shard = contents(data / "tensorflow.data-00000-of-00001");
    const auto refuse = [&](fault kind, const std::string& words, const std::string& path) {
        require_error(kind, {words}, [&] {
            const auto file = open_checkpoint(path);
            for (std::size_t t = 0; t < file->tensors().size(); ++t) {
                std::vector<std::byte> bytes(file->tensors()[t].bytes);
                file->read(t, bytes);
            }
        });
    };
    put(directory / "m.index", index);
    refuse(fault::cannot_open, "m.data-00000-of-00001: cannot open", directory / "m");
    put(directory / "m.data-00000-of-00001", shard.substr(0, shard.size() - 1));
    refuse(fault::truncated, "and the file has", directory / "m");
    std::string changed = shard;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    put(directory / "m.data-00000-of-00001", changed);
    refuse(fault::wrong_checksum, "checksum", directory / "m");
    put(directory / "m.data-00000-of-00001", shard);
    refuse(fault::unknown_format, "by its prefix", directory / "m.data-00000-of-00001");
    changed = index;
    changed[20] = static_cast<char>(changed[20] ^ 1);
    put(directory / "m.index", changed);
    refuse(fault::wrong_checksum, "the block at byte 0", directory / "m.index");
    require_error(fault::unsupported, {"in memory, without the files"}, [&] { read_all(index); });
}

TEST_CASE("an index of TensorFlow is refused for what it says, with its checksums right", "[checkpoint]") {
    const temporary_directory directory;
    put(directory / "m.data-00000-of-00001", std::string(32, '\0'));
    const std::string one_shard = number_field(1, 1), type = number_field(1, 1);
    const std::string eight_of = text_field(2, text_field(2, number_field(1, 2)));  // the shape [2]
    const auto refuse = [&](fault kind, const std::string& words, const std::string& header, const std::string& entry) {
        put(directory / "m.index", index_of({{"", header}, {"w", entry}}));
        require_error(kind, {"m.index: " + words, "damaged"}, [&] { (void)open_checkpoint(directory / "m"); });
    };
    put(directory / "m.index", index_of({{"", one_shard}, {"w", type + eight_of + number_field(5, 8)}}));
    CHECK(type_and_shape(*open_checkpoint(directory / "m")->find("w")) == "float32[2]");

    refuse(fault::header_field, "the index is said to have 2147483648 files", number_field(1, 1ULL << 31), type);
    refuse(fault::wrong_offsets, "tensor \"w\" is said to lie in file 1 of 1", one_shard,
           type + eight_of + number_field(3, 1) + number_field(5, 8));
    refuse(fault::wrong_offsets, "tensor \"w\" is said to have 18446744073709551608 bytes", one_shard,
           type + eight_of + number_field(5, static_cast<std::uint64_t>(-8)));
    refuse(fault::illegal_shape, "tensor \"w\" is said to be float32[-1], which has a negative extent", one_shard,
           type + text_field(2, text_field(2, number_field(1, static_cast<std::uint64_t>(-1)))));

    // A text where a number belongs is none: the number before it is not taken for it.
    refuse(fault::header_syntax, "the header of the index is no protocol", one_shard + text_field(2, "x"), type);
    const std::string no_buffer = "the description of tensor \"w\" is no protocol buffer";
    refuse(fault::header_syntax, no_buffer, one_shard, type + eight_of + number_field(5, 8) + text_field(4, "x"));
    refuse(fault::header_syntax, no_buffer, one_shard, type + eight_of + number_field(5, 8) + text_field(1, "x"));
    refuse(fault::header_syntax, no_buffer, one_shard, type + eight_of + number_field(5, 8) + number_field(7, 1));
    refuse(fault::header_syntax, no_buffer, one_shard, type + text_field(2, text_field(2, text_field(1, "x"))));

    // Without its end it is an index still.
    const std::string whole = contents(data / "tensorflow.index");
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{47}, whole.size() - 1}) {
        put(directory / "m.index", whole.substr(0, size));
        for (const char* name : {"m", "m.index"})
            require_error(fault::damaged, {"m.index: the file does not end as a table", "damaged: fetch it"},
                          [&] { (void)open_checkpoint(directory / name); });
    }
}

TEST_CASE("what is no regular file is not opened, by whatever name", "[checkpoint]") {
    const temporary_directory directory;
    std::filesystem::create_directory(directory / "m.npz");
    REQUIRE(::mkfifo((directory / "pipe.npy").c_str(), 0600) == 0);
    std::filesystem::create_symlink("nowhere", directory / "link");
    std::filesystem::create_symlink("itself", directory / "itself");
    REQUIRE(::mkfifo((directory / "ckpt.index").c_str(), 0600) == 0);
    for (const std::string path : {"m.npz", "pipe.npy", "link", "itself", "ckpt", "none"})
        require_error(fault::cannot_open, {"cannot open", "check the path"},
                      [&] { open_checkpoint(directory / path); });
    require_error(fault::cannot_open, {"not a regular file"}, [&] { open_checkpoint("/dev/zero"); });
    require_error(fault::cannot_open, {"zero byte"}, [&] { open_checkpoint("m\0.npz"s); });
    // A link to a file is that file, also to the index of a checkpoint whose data lie beside the link.
    std::filesystem::create_symlink(std::filesystem::absolute(data / "ambit.npz"), directory / "linked");
    CHECK(open_checkpoint(directory / "linked")->tensors().size() == 3);
}

namespace {

struct dense_and_steps {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        s.variable("global_step", {}, {.initializer = constant(0), .dtype = int64, .trainable = false});
        return matmul(x, s.get_variable("dense/kernel", {3, 2})) + s.get_variable("dense/bias", {2});
    }
};

}  // namespace

TEST_CASE("a model loads any format, and saves those that its file's name asks for", "[checkpoint]") {
    const temporary_directory directory;
    using net = model<dense_and_steps, input<float, 1, 3>>;
    const std::vector<float> kernel{1, -2, 3, -4, 5, -6};
    const auto is_golden = [&](const net& n) {
        const auto found = n.get<"dense/kernel">();
        return std::equal(kernel.begin(), kernel.end(), found.begin()) && n.get<"global_step">()() == 1000;
    };
    for (const char* name :
         {"ambit.npz", "ambit.safetensors", "numpy_deflated.npz", "tensorflow", "tensorflow.index"}) {
        CAPTURE(name);
        net loaded(seed{1});
        CHECK(!is_golden(loaded));
        static_cast<void>(load(loaded, data / name));
        CHECK(is_golden(loaded));
        save(loaded, directory / "m.npz");
        CHECK(contents(directory / "m.npz").starts_with("PK\3\4"));
        net again(seed{2});
        static_cast<void>(load(again, directory / "m.npz"));
        CHECK(is_golden(again));
    }
}
