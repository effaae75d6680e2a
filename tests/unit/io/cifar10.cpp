// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/batches.hpp>
#include <ambit/io/cifar10.hpp>

#include <catch2/catch.hpp>

#include "../../support/make_gzip.hpp"
#include "../../support/temporary_directory.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit::io_parts;
using namespace ambit_test;

namespace {

constexpr std::size_t record_bytes = 3073;

/// Pixel (y, x) has red x, green 32 + y, blue 200 + label.
std::string record(int label) {
    std::string bytes(1, static_cast<char>(label));
    for (int channel = 0; channel < 3; ++channel)
        for (int y = 0; y < 32; ++y)
            for (int x = 0; x < 32; ++x)
                bytes += static_cast<char>(channel == 0 ? x : channel == 1 ? 32 + y : 200 + label);
    return bytes;
}

std::optional<file_error> error_of(const std::filesystem::path& file, std::uint64_t limit = max_cifar10_bytes) {
    try {
        read_cifar10(file, limit);
        return std::nullopt;
    } catch (const file_error& e) {
        return e;
    }
}

}  // namespace

TEST_CASE("pictures of CIFAR-10 have their channels together", "[io]") {
    temporary_directory directory;
    put(directory / "one", record(9) + record(0));
    put(directory / "two", make_gzip(record(4)));
    const labelled_images set = read_cifar10({directory / "one", directory / "two"});
    REQUIRE(set.size() == 3);
    REQUIRE(set.labels == std::vector<std::uint8_t>{9, 0, 4});
    REQUIRE(set.pixels.size() == 3 * 3072);
    for (std::size_t index = 0; index < 3; ++index)
        for (std::size_t y = 0; y < 32; ++y)
            for (std::size_t x = 0; x < 32; ++x) {
                const auto pixel = set.image(index).subspan((y * 32 + x) * 3, 3);
                REQUIRE(pixel[0] == x);
                REQUIRE(pixel[1] == 32 + y);
                REQUIRE(pixel[2] == 200 + set.labels[index]);
            }
    REQUIRE(cifar10_classes[set.labels[2]] == "deer");

    const labelled_images part = set.part(1, 3);
    REQUIRE(part.channels == 3);
    REQUIRE(part.image(1)[2] == 204);

    std::size_t count = 0;
    for (const auto& batch : batches<2, 32, 32, 3>(set, {.last = last_batch::padded}).epoch())
        for (std::size_t i = 0; i < batch.count; ++i, ++count) {
            REQUIRE(batch.images(i, 3, 5, 0) == 5.0F / 255.0F);
            REQUIRE(batch.images(i, 3, 5, 1) == 35.0F / 255.0F);
            REQUIRE(batch.labels(i) == int{set.labels[count]});
        }
    REQUIRE(count == 3);
    REQUIRE_THROWS_WITH((batches<2, 32, 32, 1>(set)),
                        Catch::Contains("have 32 x 32 pixels of 3 channels, and the batch takes 1024"));
}

TEST_CASE("a file of CIFAR-10 that is too short, too long, or damaged", "[io]") {
    temporary_directory directory;
    const std::filesystem::path file = directory / "a";
    const std::string whole = record(1) + record(2);
    // Within a label's or a picture's bytes, at and beside each end.
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{2}, record_bytes - 1, record_bytes + 1,
                                     record_bytes + 2, 2 * record_bytes - 1}) {
        CAPTURE(length);
        put(file, whole.substr(0, length));
        const auto e = error_of(file);
        REQUIRE(e);
        REQUIRE(e->kind() == file_fault::wrong_size);
        REQUIRE(e->file() == file);
        REQUIRE_THAT(e->what(),
                     Catch::Contains("the file has " + std::to_string(length) + " bytes, which is no multiple"));
        put(file, make_gzip(whole.substr(0, length)));
        REQUIRE(error_of(file)->kind() == file_fault::wrong_size);
    }
    put(file, whole + "x");
    REQUIRE(error_of(file)->kind() == file_fault::wrong_size);

    put(file, whole);
    REQUIRE_FALSE(error_of(file, 2 * record_bytes));
    REQUIRE_FALSE(error_of(file, UINT64_MAX));
    REQUIRE(error_of(file, 2 * record_bytes - 1)->kind() == file_fault::too_large);
    // A file that unpacks to more than is read costs no more than that.
    put(file, make_gzip(std::string(5'000'000, '\0')));
    REQUIRE(error_of(file, 1'000'000)->kind() == file_fault::too_large);

    const std::string compressed = make_gzip(whole);
    put(file, compressed.substr(0, compressed.size() - 3));
    REQUIRE(error_of(file)->kind() == file_fault::corrupt);
    // Behind whole records, too, damage is damage.
    put(file, compressed + std::string(record_bytes, 'x'));
    REQUIRE(error_of(file)->kind() == file_fault::corrupt);
    put(file, compressed + compressed.substr(0, compressed.size() - 3));
    REQUIRE(error_of(file)->kind() == file_fault::corrupt);
    REQUIRE(error_of(directory / "missing")->kind() == file_fault::cannot_open);
    // One file that is wrong among right ones is named.
    put(directory / "right", whole);
    put(file, whole.substr(1));
    try {
        read_cifar10({directory / "right", file});
        FAIL("accepted");
    } catch (const file_error& e) {
        REQUIRE(e.file() == file);
    }
}

TEST_CASE("labels of CIFAR-10 are below ten", "[io]") {
    temporary_directory directory;
    const int label = GENERATE(10, 16, 128, 255);
    put(directory / "a", record(3) + record(label));
    const auto e = error_of(directory / "a");
    REQUIRE(e);
    REQUIRE(e->kind() == file_fault::illegal_value);
    REQUIRE_THAT(e->what(), Catch::Contains("label 1 is " + std::to_string(label) + ", and labels are below 10"));
}
