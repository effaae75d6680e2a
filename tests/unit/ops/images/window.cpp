// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/images/window.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;

namespace {
constexpr bool are(window_places places, std::int64_t count, std::int64_t before) {
    return places.count == count && places.before == before;
}
}  // namespace

TEST_CASE("valid places of a window lie inside", "[ops]") {
    STATIC_REQUIRE(are(places_of_window(5, 3, 1, valid), 3, 0));
    STATIC_REQUIRE(are(places_of_window(5, 3, 2, valid), 2, 0));
    STATIC_REQUIRE(are(places_of_window(6, 3, 2, valid), 2, 0));  // the last pixel is not seen
    STATIC_REQUIRE(are(places_of_window(5, 5, 7, valid), 1, 0));
    STATIC_REQUIRE(are(places_of_window(4, 5, 1, valid), 0, 0));
    STATIC_REQUIRE(are(places_of_window(1, 1, 1, valid), 1, 0));
}

TEST_CASE("explicit pads are places that a window may lie on", "[ops]") {
    STATIC_REQUIRE(are(places_of_window(8, 3, 2, explicit_pads(1)), 4, 1));  // same gives {4, 0}, valid {3, 0}
    STATIC_REQUIRE(are(places_of_window(224, 7, 2, explicit_pads(3)), 112, 3));  // the first layer of ResNet in PyTorch
    STATIC_REQUIRE(are(places_of_window(5, 3, 1, explicit_pads(2, 0)), 5, 2));   // causal
    STATIC_REQUIRE(are(places_of_window(5, 3, 1, explicit_pads(0, 2)), 5, 0));
    STATIC_REQUIRE(are(places_of_window(2, 5, 1, explicit_pads(1, 1)), 0, 1));
    STATIC_REQUIRE(are(places_of_window(2, 5, 1, explicit_pads(1, 2)), 1, 1));
    STATIC_REQUIRE(are(places_of_window(1, 2, 3, explicit_pads(7)), 5, 7));  // places that see padding only
    STATIC_REQUIRE(padding_option(explicit_pads(1)) == padding_option(explicit_pads(1, 1, 1, 1)));
    STATIC_REQUIRE(padding_option(explicit_pads(1, 2, 3, 4)).lines() == line_padding_option(explicit_pads(1, 2)));
    STATIC_REQUIRE(padding_option(explicit_pads(1, 2, 3, 4)).columns() == line_padding_option(explicit_pads(3, 4)));
    STATIC_REQUIRE(padding_option(same).lines() == line_padding_option(same));
    STATIC_REQUIRE(padding_option::of_columns(explicit_pads(3, 4)) == padding_option(explicit_pads(0, 0, 3, 4)));
}

TEST_CASE("places rounded up begin within the image or the padding before it", "[ops]") {
    STATIC_REQUIRE(are(places_of_window(6, 3, 2, valid, true), 3, 0));
    STATIC_REQUIRE(are(places_of_window(7, 3, 2, valid, true), 3, 0));  // nothing to round
    STATIC_REQUIRE(are(places_of_window(5, 2, 3, valid, true), 2, 0));
    STATIC_REQUIRE(are(places_of_window(4, 1, 4, valid, true), 1, 0));  // the next would begin behind the image
    STATIC_REQUIRE(are(places_of_window(6, 3, 3, explicit_pads(1), true), 3, 1));
    STATIC_REQUIRE(are(places_of_window(5, 2, 3, explicit_pads(1), true), 2, 1));  // it would begin in the padding
    STATIC_REQUIRE(are(places_of_window(4, 2, 3, explicit_pads(0, 1), true), 2, 0));
    STATIC_REQUIRE(are(places_of_window(3, 2, 3, explicit_pads(0, 1), true), 1, 0));  // it would begin in the padding
    STATIC_REQUIRE(are(places_of_window(6, 3, 2, same, true), 3, 0));
}

TEST_CASE("same places are one for each stride, padded evenly, the odd one behind", "[ops]") {
    STATIC_REQUIRE(are(places_of_window(5, 3, 1, same), 5, 1));
    STATIC_REQUIRE(are(places_of_window(5, 2, 1, same), 5, 0));
    STATIC_REQUIRE(are(places_of_window(5, 4, 1, same), 5, 1));
    STATIC_REQUIRE(are(places_of_window(5, 5, 1, same), 5, 2));
    STATIC_REQUIRE(are(places_of_window(5, 3, 2, same), 3, 1));
    STATIC_REQUIRE(are(places_of_window(6, 3, 2, same), 3, 0));
    STATIC_REQUIRE(
        are(places_of_window(224, 7, 2, same), 112, 2));  // the first layer of ResNet in TensorFlow
    STATIC_REQUIRE(are(places_of_window(1, 9, 1, same), 1, 4));
    STATIC_REQUIRE(are(places_of_window(7, 1, 3, same), 3, 0));
    STATIC_REQUIRE(are(places_of_window(7, 2, 5, same), 2, 0));
}
