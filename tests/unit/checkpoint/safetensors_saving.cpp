// SPDX-License-Identifier: BSL-1.0
// Saving where something fails: no room, a device with errors, a process that is killed.
#include "known_safetensors.hpp"

#include "../../support/child_process.hpp"
#include "../../support/failing_calls.hpp"
#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sched.h>
#include <sys/mount.h>

using namespace ambit;
using namespace ambit::checkpoint_parts;
using namespace ambit_test;
using fault = checkpoint_fault;

TEST_CASE("no room for the new file: an error that says so, and the old file") {
    temporary_directory directory;
    put(directory / "m", known_file);
    const std::vector<std::byte> bytes(100'000);
    const std::vector<tensor_entry> entries = {{"large", uint8, {100'000}, bytes}};
    for (int limit : {0, 1, 8, 50, 100, 4096, 99'999, 100'000}) {
        CAPTURE(limit);
        const child_result child = in_child([&] {
            limit_file_size(static_cast<std::uint64_t>(limit), true);
            const auto e = error_of([&] { write_safetensors(directory / "m", entries); });
            if (!e) return 1;
            if (e->kind() != fault::disk_full) return 2;
            const std::string_view text = e->what();
            if (text.find("cannot write: File too large; free some space") == text.npos) return 3;
            return 0;
        });
        REQUIRE(child.exit_code == 0);
        REQUIRE(contents(directory / "m") == known_file);
        REQUIRE(directory.names() == std::vector<std::string>{"m"});
    }
}

TEST_CASE("each failure of the device has its kind; only after the last is the new file in place") {
    temporary_directory directory;
    struct row {
        const char* function;
        int error, passing;
        fault kind;
        const char* words;
    };
    for (const row& r : {row{"write", ENOSPC, 1, fault::disk_full, "; free some space"},
                         row{"write", EDQUOT, 0, fault::disk_full, "is unchanged"},
                         row{"pwrite", EIO, 0, fault::cannot_write, "check the directory"},
                         row{"fsync", ENOSPC, 0, fault::disk_full, "is unchanged"},
                         row{"close", EDQUOT, 0, fault::disk_full, "is unchanged"},
                         row{"fsync", EIO, 0, fault::cannot_write, "check the directory"},
                         row{"renameat", EACCES, 0, fault::cannot_write, "check the directory"},
                         row{"fsync", EIO, 1, fault::not_durable, "the new file is in place, but"},
                         row{"fsync", ENOSPC, 1, fault::not_durable, "check the device and save again"}}) {
        CAPTURE(r.function, r.error, r.passing);
        put(directory / "m", known_file);
        {
            const failing_call plan(r.function, r.error, r.passing);
            require_error(r.kind, {r.words}, [&] { write_safetensors(directory / "m", {}); });
        }
        REQUIRE((contents(directory / "m") == known_file) == (r.kind != fault::not_durable));
        REQUIRE(directory.names() == std::vector<std::string>{"m"});
    }
    REQUIRE(safetensors_file(directory / "m").tensors().empty());
}

TEST_CASE("a file in many parts, and a system that takes less than it was given or no hints, is the same", "[checkpoint]") {
    temporary_directory directory;
    std::vector<std::byte> bytes(std::size_t{20} << 20);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * i >> 8);
    const std::vector<tensor_entry> entries{
        {"b", element_type::uint8, {20, 1 << 20}, bytes},
        {"a", element_type::float32, {100'001}, std::span(bytes).first(400'004)},
        {"none", element_type::float64, {0}, {}}};
    write_safetensors(directory / "m", entries, {{"step", "7"}});
    const std::string whole = contents(directory / "m");
    const auto again = [&](const char* function, int error, int times) {
        const failing_call plan(function, error, 0, times);
        write_safetensors(directory / "m", entries, {{"step", "7"}});
        REQUIRE(plan.calls() > 0);
        REQUIRE(contents(directory / "m") == whole);
    };
    again("write", 0, 100);
    again("pwrite", 0, 3);
    again("pwrite", EINTR, 1);
    again("sync_file_range", ENOSYS, 100);
    const safetensors_file file(directory / "m");
    for (const tensor_entry& entry : entries) {  // with their checksums
        std::vector<std::byte> read(entry.bytes.size());
        file.read(*file.find(entry.name), read);
        REQUIRE(std::ranges::equal(read, entry.bytes));
    }
}

TEST_CASE("a device that is really full") {
    temporary_directory directory;
    const child_result child = in_child([&] {
        // A file system of 64 KiB that only this child sees.
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", directory.path().c_str(), "tmpfs", 0, "size=64k") != 0)
            return 77;
        put(directory / "m", known_file);
        const std::vector<std::byte> bytes(100'000);
        const std::vector<tensor_entry> entries = {{"large", uint8, {100'000}, bytes}};
        const auto e = error_of([&] { write_safetensors(directory / "m", entries); });
        if (!e || e->kind() != fault::disk_full) return 1;
        if (std::string_view(e->what()).find("No space left on device") == std::string_view::npos) return 2;
        if (contents(directory / "m") != known_file || directory.names().size() != 1) return 3;
        write_safetensors(directory / "m", known_entries());
        return safetensors_file(directory / "m").tensors().size() == 2 ? 0 : 4;
    });
    if (child.exit_code == 77) WARN("skipped: mounting a small file system is not permitted here");
    else REQUIRE(child.exit_code == 0);
}

TEST_CASE("killed while saving: the old file is intact, the next save works") {
    temporary_directory directory;
    put(directory / "m", known_file);
    const std::vector<std::byte> bytes(100'000);
    const std::vector<tensor_entry> entries = {{"large", uint8, {100'000}, bytes}};
    for (int limit : {4, 30, 100, 4096, 99'999}) {
        CAPTURE(limit);
        const child_result child = in_child([&] {
            limit_file_size(static_cast<std::uint64_t>(limit), false);
            write_safetensors(directory / "m", entries);
            return 0;
        });
        REQUIRE(child.signal == SIGXFSZ);
        REQUIRE(contents(directory / "m") == known_file);
    }
    write_safetensors(directory / "m", entries);
    REQUIRE(safetensors_file(directory / "m").tensors()[0].bytes == 100'000);
}

TEST_CASE("killed at any moment, 500 times: the file is one of those that were saved, complete") {
    temporary_directory directory;
    const std::vector<std::byte> zeros(30'000), ones(30'000, std::byte{1});
    const std::vector<tensor_entry> first = {{"x", uint8, {30'000}, zeros}},
                                    second = {{"x", uint8, {30'000}, ones}};
    using clock = std::chrono::steady_clock;
    const auto begin = clock::now();
    for (int i = 0; i < 10; ++i) write_safetensors(directory / "m", i % 2 == 0 ? first : second);
    // Rounds are as long as one save to three, so that all parts of one are met, on slow devices and on fast ones.
    const auto a_save = (std::min)(clock::duration(std::chrono::milliseconds(4)), (clock::now() - begin) / 10);
    std::uint32_t state = 1;
    bool was_left = false;
    for (int round = 0; round < 500; ++round) {
        const pid_t child = start_child([&] {
            for (;;) {
                write_safetensors(directory / "m", second);
                write_safetensors(directory / "m", first);
            }
            return 0;
        });
        state = state * 1664525 + 1013904223;
        std::this_thread::sleep_for(a_save + a_save * static_cast<int>(state >> 22) / 512);
        REQUIRE(::kill(child, SIGKILL) == 0);
        REQUIRE(wait_for(child).signal == SIGKILL);
        // Reading compares the checksum, too.
        const auto bytes = read_tensor(safetensors_file(directory / "m"), "x");
        REQUIRE((same_bytes(bytes, zeros) || same_bytes(bytes, ones)));
        const std::size_t files = directory.names().size();
        REQUIRE(files <= 2);
        was_left = was_left || files == 2;
    }
    REQUIRE(was_left);
    write_safetensors(directory / "m", first);
    REQUIRE(directory.names() == std::vector<std::string>{"m"});
}
