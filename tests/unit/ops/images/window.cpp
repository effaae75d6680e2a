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
