// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/labelled_images.hpp>

#include <catch2/catch.hpp>

#include "../../support/make_gzip.hpp"
#include "../../support/make_idx.hpp"
#include "../../support/temporary_directory.hpp"

#include <string>
#include <vector>

using namespace ambit;
using namespace ambit_test;
using namespace std::string_literals;

TEST_CASE("pictures with their labels", "[io]") {
    temporary_directory directory;
    put(directory / "images", make_gzip(make_idx(0x08, {3, 1, 2}, "aAbBcC")));
    put(directory / "labels", make_idx(0x08, {3}, "\x00\x02\x01"s));
    const labelled_images set = read_labelled_images(directory / "images", directory / "labels", 3);
    REQUIRE(set.size() == 3);
    REQUIRE(set.height == 1);
    REQUIRE(set.width == 2);
    REQUIRE(set.labels == std::vector<std::uint8_t>{0, 2, 1});
    REQUIRE(std::string(set.image(1).begin(), set.image(1).end()) == "bB");

    const labelled_images part = set.part(1, 3);
    REQUIRE(part.size() == 2);
    REQUIRE(part.width == 2);
    REQUIRE(part.labels == std::vector<std::uint8_t>{2, 1});
    REQUIRE(std::string(part.image(1).begin(), part.image(1).end()) == "cC");
    REQUIRE(set.part(2, 100).size() == 1);
    REQUIRE(set.part(5, 2).size() == 0);
}

TEST_CASE("pictures and labels that do not fit each other", "[io]") {
    temporary_directory directory;
    const std::string images = make_idx(0x08, {2, 1, 1}, "ab"), labels = make_idx(0x08, {2}, "\x00\x01"s);
    struct mistake {
        std::string images, labels, file, words;
        file_fault kind;
    };
    const mistake it = GENERATE_COPY(
        mistake{images, make_idx(0x08, {3}, "\x00\x01\x00"s), "images", "2 pictures, and", file_fault::disagreement},
        mistake{images, make_idx(0x08, {1}, "\x00"s), "images", "holds 1 labels", file_fault::disagreement},
        mistake{labels, images, "labels", "an array of 2 x 1 x 1, and labels have one extent", file_fault::unsupported},
        mistake{labels, labels, "images", "pictures have count, height and width", file_fault::unsupported},
        mistake{images, make_idx(0x08, {2}, "\x00\x02"s), "labels", "label 1 is 2, and labels are below 2",
                file_fault::illegal_value},
        mistake{images, make_idx(0x08, {2}, "\xFF\x01"s), "labels", "label 0 is 255", file_fault::illegal_value},
        mistake{images.substr(0, images.size() - 1), labels, "images", "there are 1 bytes", file_fault::wrong_size});
    put(directory / "images", it.images);
    put(directory / "labels", it.labels);
    try {
        read_labelled_images(directory / "images", directory / "labels", 2);
        FAIL("accepted: " << it.words);
    } catch (const file_error& e) {
        REQUIRE(e.kind() == it.kind);
        REQUIRE(e.file() == directory / it.file);
        REQUIRE_THAT(e.what(), Catch::Contains(it.words));
    }
}
