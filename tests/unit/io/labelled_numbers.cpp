// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/batches.hpp>
#include <ambit/io/labelled_numbers.hpp>

#include <catch2/catch.hpp>

#include "../../support/temporary_directory.hpp"

#include <cstdint>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

constexpr csv_options with_header{.header = csv_header::present};

}  // namespace

TEST_CASE("rows of numbers with their labels", "[io]") {
    temporary_directory directory;
    put(directory / "last", "length,width,class\n1.5,2,0\n3,4,2\n5,6,1\n");
    const labelled_numbers last = read_labelled_csv(directory / "last", label_column::last, 3, with_header);
    REQUIRE(last.size() == 3);
    REQUIRE(last.names == std::vector<std::string>{"length", "width"});
    REQUIRE(last.labels == std::vector<std::int32_t>{0, 2, 1});
    REQUIRE((last.values == xt::xtensor<float, 2>{{1.5F, 2}, {3, 4}, {5, 6}}));

    put(directory / "first", "0,1.5,2\n2,3,4\n1,5,6\n");
    const labelled_numbers first = read_labelled_csv(directory / "first", label_column::first, 3);
    REQUIRE(first.names.empty());
    REQUIRE(first.labels == last.labels);
    REQUIRE((first.values == last.values));
}

TEST_CASE("batches of rows of numbers", "[io]") {
    temporary_directory directory;
    put(directory / "a", "0,1,2\n1,3,4\n0,5,6\n");
    const labelled_numbers set = read_labelled_csv(directory / "a", label_column::first, 2);
    std::vector<float> seen, masks;
    std::vector<std::int32_t> labels;
    for (const auto& batch : batches<2, 2>(set, {.last = last_batch::padded}).epoch()) {
        seen.insert(seen.end(), batch.images.begin(), batch.images.end());
        labels.insert(labels.end(), batch.labels.begin(), batch.labels.end());
        masks.insert(masks.end(), batch.mask.begin(), batch.mask.end());
    }
    REQUIRE(seen == std::vector<float>{1, 2, 3, 4, 5, 6, 0, 0});
    REQUIRE(labels == std::vector<std::int32_t>{0, 1, 0, 0});
    REQUIRE(masks == std::vector<float>{1, 1, 1, 0});
    REQUIRE_THROWS_WITH((batches<2, 3>(set)), Catch::Contains("the rows have 2 numbers, and the batch takes 3"));
}

TEST_CASE("labels that are none, and rows without numbers", "[io]") {
    temporary_directory directory;
    struct mistake {
        std::string text;
        file_fault kind;
        std::string words;
    };
    const mistake it = GENERATE(
        mistake{"1,0\n2,3\n", file_fault::illegal_value,
                "line 2, column 2: \"3\" is no label: they are from 0 to below 3"},
        mistake{"1,-1\n", file_fault::illegal_value, "line 1, column 2: \"-1\" is no label"},
        mistake{"1,1.5\n", file_fault::not_a_number, "line 1, column 2: \"1.5\" is not an integer of 32 bits"},
        mistake{"1,9999999999\n", file_fault::out_of_range, "is too large for an integer of 32 bits"},
        mistake{"x,1\n", file_fault::not_a_number, "line 1, column 1: \"x\" is no number"},
        mistake{"1\n2\n", file_fault::wrong_size, "the rows have a label and no numbers"});
    put(directory / "a", it.text);
    try {
        read_labelled_csv(directory / "a", label_column::last, 3);
        FAIL("accepted: " << it.text);
    } catch (const file_error& e) {
        REQUIRE(e.kind() == it.kind);
        REQUIRE_THAT(e.what(), Catch::Contains(it.words));
    }
}
