// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/short_text.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace ambit;
using namespace ambit::core_parts;

TEST_CASE("text is put together", "[short_text]") {
    STATIC_REQUIRE(short_text{}.empty());
    STATIC_REQUIRE(short_text{}.view() == "");
    STATIC_REQUIRE(short_text("abc").view() == "abc");
    STATIC_REQUIRE([] {
        short_text t("conv1");
        t += '/';
        t += "weights";
        t += "";
        t += std::string_view(":0");
        return t == "conv1/weights:0" && !t.empty();
    }());
}

TEST_CASE("texts are equal by their characters", "[short_text]") {
    STATIC_REQUIRE(short_text("a") == short_text("a"));
    STATIC_REQUIRE(short_text("a") == "a");
    STATIC_REQUIRE_FALSE(short_text("a") == short_text("b"));
    STATIC_REQUIRE_FALSE(short_text("a") == "ab");
    STATIC_REQUIRE(short_text() == "");
}

TEST_CASE("text is long if it has to be, and converts to a view", "[short_text]") {
    short_text t;
    for (int i = 0; i < 1000; ++i) t += "0123456789";
    const std::string_view view = t;
    CHECK(view.size() == 10000);
    CHECK(view.substr(9990) == "0123456789");
    CHECK(std::string(short_text("copied").view()) == "copied");
}
