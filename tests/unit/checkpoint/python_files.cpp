// SPDX-License-Identifier: BSL-1.0
// Checkpoints that Python writes and reads: those of tests/python/checkpoints.py, in a folder that the environment
// names.
#include <ambit/checkpoint/npz.hpp>
#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/checkpoint/tensorflow.hpp>

#include <catch2/catch.hpp>

#include "../../support/temporary_directory.hpp"
#include "tensor_bytes.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace ambit_test;
using namespace std::string_literals;

namespace {

using extents = std::vector<std::int64_t>;

/// A name as in URLs.
std::string in_url(std::string_view name) {
    std::string text = "=";
    for (const char c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
            std::string_view("_.-~").find(c) != std::string_view::npos)
            text += c;
        else text += '%' + hexadecimal(std::as_bytes(std::span(&c, 1)));
    }
    return text;
}

/// A line of tests/python/checkpoints.py, which see.
std::string line_of(const std::string& file, std::string_view name, element_type type, const extents& of,
                    std::span<const std::byte> bytes) {
    std::string shape;
    for (const std::int64_t extent : of) shape += (shape.empty() ? "" : ",") + std::to_string(extent);
    return file + ' ' + in_url(name) + ' ' + std::string(name_of(type)) + ' ' + (shape.empty() ? "-" : shape) + ' ' +
           hexadecimal(bytes);
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

std::filesystem::path python_folder() {
    const char* const folder = std::getenv("AMBIT_PYTHON_FILES");
    REQUIRE(folder != nullptr);
    return folder;
}

}  // namespace

TEST_CASE("what Python has written is read, bit for bit", "[.python]") {
    const std::filesystem::path folder = python_folder();
    std::ifstream lines(folder / "expected");
    std::map<std::string, std::unique_ptr<tensor_source>> files;
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        std::istringstream words(line);
        std::string file, name;
        words >> file >> name;
        auto& opened = files[file];
        if (opened == nullptr) opened = open_checkpoint((folder / file).string());
        bool was_found = false;
        for (const stored_tensor& tensor : opened->tensors()) {
            if (lower(in_url(tensor.name)) != lower(name)) continue;
            was_found = true;
            const std::string found =
                line_of(file, tensor.name, tensor.type, tensor.extents, read_bytes(*opened, tensor.name));
            if (lower(found) != lower(line)) FAIL_CHECK(found << "\nis not\n" << line);
        }
        if (!was_found) FAIL_CHECK("not found: " << line);
    }
    CHECK(count > 400);
    CHECK(files["all.safetensors"]->metadata() == checkpoint_metadata{{"format", "np"}, {"\u00fc", "\n"}});
    // Tensors of types that ambit does not know are listed, and stop nothing.
    const tensor_source& others = *files["others.npz"];
    CHECK(others.tensors().size() == 7);
    for (const auto& [name, type] : std::map<std::string, std::string>{
             {"text", "<U1"}, {"raw", "|S3"}, {"when", "<M8[D]"}, {"objects", "|O"}, {"wide", "<f16"}}) {
        CHECK(others.find(name)->type == element_type::other);
        CHECK(others.find(name)->type_name == type);
    }
    CHECK(others.find("record")->type_name == "[('x', '<f4'), ('y', '>i2', (2, 2))]");
    CHECK(open_checkpoint((folder / "none.npz").string())->tensors().empty());
}

TEST_CASE("what Python has written wrongly is refused in words", "[.python]") {
    std::ifstream lines(python_folder() / "refused");
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        CAPTURE(line);
        const std::size_t blank = line.find(' ');
        const std::string file = line.substr(0, blank), words = line.substr(blank + 1);
        std::string said = "nothing";
        try {
            const auto opened = open_checkpoint((python_folder() / file).string());
            for (std::size_t t = 0; t < opened->tensors().size(); ++t) {
                std::vector<std::byte> bytes(opened->tensors()[t].bytes);
                opened->read(t, bytes);
            }
        } catch (const checkpoint_error& e) {
            said = e.what();
        }
        CHECK_THAT(said, Catch::Contains(words) && Catch::Contains(file));
    }
    CHECK(count > 25);
}

TEST_CASE("files for Python to read are written", "[.python]") {
    const std::filesystem::path folder = python_folder() / "ours";
    std::filesystem::create_directories(folder);
    std::ofstream expected(folder / "expected");
    std::vector<std::vector<std::byte>> storage;
    std::vector<tensor_entry> entries;
    for (int i = 1; i <= static_cast<int>(last_element_type); ++i) {
        const auto type = static_cast<element_type>(i);
        if (npy_name(type).empty()) continue;
        for (const extents& of : {extents{}, {1}, {3}, {2, 3}, {0, 2}, {1, 2, 1, 3, 1, 2, 1, 2, 1, 2}}) {
            std::vector<std::byte> bytes(*bytes_of(of, size_of(type)));
            for (std::size_t at = 0; at < bytes.size(); ++at)
                bytes[at] =
                    static_cast<std::byte>(type == element_type::boolean ? at % 2 : (at * 37 + storage.size()) % 256);
            storage.push_back(std::move(bytes));
            entries.emplace_back("layer/\u00fc " + std::to_string(storage.size()), type, of,
                                 std::span<const std::byte>());
        }
    }
    const checkpoint_metadata metadata{{"step", "7"}, {"quote\"", "line\n\u00fc"}};
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i].bytes = storage[i];
    std::size_t number = 0;
    const auto tell = [&](const std::string& file, const tensor_entry& it) {
        expected << line_of(file, it.name, it.type, it.extents, it.bytes) << '\n';
    };
    for (const tensor_entry& entry : entries) {
        const std::string file = std::to_string(number++) + ".npy";
        write_checkpoint((folder / file).string(), std::span(&entry, 1));
        tell(file, entry);
    }
    for (const bool with_text : {false, true}) {
        const std::string file = with_text ? "metadata.npz" : "plain.npz";
        write_checkpoint((folder / file).string(), entries, with_text ? metadata : checkpoint_metadata{});
        for (const tensor_entry& entry : entries) tell(file, entry);
    }
    std::erase_if(entries, [](const tensor_entry& it) { return it.type == element_type::complex128; });
    write_checkpoint((folder / "metadata.safetensors").string(), entries, metadata);
    for (const tensor_entry& entry : entries) tell("metadata.safetensors", entry);
    // Members, offsets and counts in the fields of 64 bits, which files of under 4 GiB do not have.
    struct {
        std::string text;
        void write(std::span<const std::byte> bytes) {
            text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        }
    } output;
    zip_writer archive(output, 1);
    for (const tensor_entry& entry : entries) {
        const std::string start = npy_start_text(entry.type, entry.extents);
        archive.add(entry.name + ".npy", {std::as_bytes(std::span(start)), entry.bytes});
        tell("large.npz", entry);
    }
    archive.finish();
    put(folder / "large.npz", output.text);
    const auto large = open_checkpoint((folder / "large.npz").string());
    CHECK(large->tensors().size() == entries.size());
    for (const tensor_entry& entry : entries)
        CHECK(hexadecimal(read_bytes(*large, entry.name)) == hexadecimal(entry.bytes));
}
