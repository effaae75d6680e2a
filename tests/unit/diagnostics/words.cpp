// SPDX-License-Identifier: BSL-1.0
#include <ambit/diagnostics/words.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>

using namespace ambit;
using namespace ambit::mistake_parts;

namespace {

constexpr place at(int line) {
    place p;
    p.file = "src/filter.cpp";
    p.line = line;
    return p;
}

template <class F> constexpr bool says(F make, std::string_view words) {
    reports all;
    all.begin(mistake::op_shape);
    make(all);
    return facts_of(all, 0) == words;
}

constexpr bool number_says(std::int64_t number, std::string_view words) {
    short_text out;
    math_parts::append_number(out, number);
    return out == words;
}

constexpr bool real_says(double number, std::string_view words) {
    short_text out;
    math_parts::append_real(out, number);
    return out == words;
}

}  // namespace

TEST_CASE("specs in words") {
    STATIC_REQUIRE(words_of(spec(float32, {32, 784})) == "float32[32, 784]");
    STATIC_REQUIRE(words_of(spec(boolean, {1})) == "bool[1]");
    STATIC_REQUIRE(words_of(spec(int64, {})) == "int64[]");
    STATIC_REQUIRE(words_of(spec(float64, {0, -1})) == "float64[0, -1]");
    STATIC_REQUIRE(words_of(float64) == "float64");
    STATIC_REQUIRE(words_of(dtype::none) == "a type that no tensor holds");
}

TEST_CASE("numbers in words") {
    STATIC_REQUIRE(number_says(0, "0"));
    STATIC_REQUIRE(number_says(10, "10"));
    STATIC_REQUIRE(number_says(-7, "-7"));
    STATIC_REQUIRE(number_says(std::numeric_limits<std::int64_t>::max(), "9223372036854775807"));
    STATIC_REQUIRE(number_says(std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"));

    STATIC_REQUIRE(real_says(-0.25, "-0.25"));
    STATIC_REQUIRE(real_says(1e-300, "1e-300"));
    STATIC_REQUIRE(real_says(1e300, "1e300"));
    STATIC_REQUIRE(real_says(3e-5, "3e-5"));
    STATIC_REQUIRE(real_says(0x1.fffffffffffffp-1, "1"));
    STATIC_REQUIRE(real_says(std::numeric_limits<double>::infinity(), "infinity"));
    STATIC_REQUIRE(real_says(std::numeric_limits<double>::max(), "1.7976931348623e308"));
}

namespace {

constexpr bool grouped_says(std::int64_t number, std::string_view words) {
    short_text out;
    mistake_parts::append_grouped(out, number);
    return out == words;
}
constexpr bool bytes_say(std::int64_t bytes, std::string_view words) {
    short_text out;
    mistake_parts::append_bytes(out, bytes);
    return out == words;
}

}  // namespace

TEST_CASE("large numbers in groups of three digits") {
    STATIC_REQUIRE(grouped_says(0, "0"));
    STATIC_REQUIRE(grouped_says(999, "999"));
    STATIC_REQUIRE(grouped_says(1'000, "1,000"));
    STATIC_REQUIRE(grouped_says(61'706, "61,706"));
    STATIC_REQUIRE(grouped_says(-123'456, "-123,456"));
    STATIC_REQUIRE(grouped_says(1'000'000'007, "1,000,000,007"));
}

TEST_CASE("bytes also in KiB or MiB, rounded up to a tenth") {
    STATIC_REQUIRE(bytes_say(1023, "1,023 bytes"));
    STATIC_REQUIRE(bytes_say(1024, "1,024 bytes (1 KiB)"));
    STATIC_REQUIRE(bytes_say(262'144, "262,144 bytes (256 KiB)"));
    STATIC_REQUIRE(bytes_say(300'289, "300,289 bytes (293.3 KiB)"));
    STATIC_REQUIRE(bytes_say(1025, "1,025 bytes (1.1 KiB)"));
    STATIC_REQUIRE(bytes_say(2'047, "2,047 bytes (2 KiB)"));
    STATIC_REQUIRE(bytes_say(3 * 1024 * 1024 / 2, "1,572,864 bytes (1.5 MiB)"));
}

TEST_CASE("what is told of many ends with how many more there are") {
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::path, "w");
            add_more(r, 0);
        },
        "w"));
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::path, "w");
            add_more(r, 1'200);
        },
        "w\nand 1,200 more"));
}

TEST_CASE("a place is followed by its scope, and a scope by where it was opened") {
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::path, "conv1/weights");
            r.add(detail_tag::first_at, at(5));
            r.add(detail_tag::in_scope, "conv1");
            r.add(detail_tag::opened_at, at(12));
            r.add(detail_tag::again_at, at(5));
            r.add(detail_tag::in_scope, "conv1_1");
            r.add(detail_tag::opened_at, at(13));
        },
        "conv1/weights\n"
        "first at filter.cpp:5, in conv1, opened at filter.cpp:12\n"
        "again at filter.cpp:5, in conv1_1, opened at filter.cpp:13"));
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::name, "");
            r.add(detail_tag::asked_at, at(7));
            r.add(detail_tag::still_open, "outer/inner");
            r.add(detail_tag::opened_at, at(6));
            r.add(detail_tag::scope, "outer");
            r.add(detail_tag::opened_at, at(4));
        },
        "name (empty)\nscope outer, opened at filter.cpp:4\nasked at filter.cpp:7\n"
        "still open: outer/inner, opened at filter.cpp:6"));
}

TEST_CASE("an op is followed by its operands") {
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::op, "layer/add");
            r.add(detail_tag::operand, "x", spec(float32, {2, 4}));
            r.add(detail_tag::operand, spec(float32, {3}));
            r.add(detail_tag::rule, "extents must be equal");
            r.add(detail_tag::in_scope, "layer");
            r.add(detail_tag::opened_at, at(1));
        },
        "op layer/add(x float32[2, 4], float32[3])\nin layer, opened at filter.cpp:1\nextents must be equal"));
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::op, "relu");
            r.add(detail_tag::operand, "x", spec(boolean, {}));
        },
        "op relu(x bool[])"));
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::op, "relu");
            r.add(detail_tag::at, at(3));
        },
        "op relu\nat filter.cpp:3"));
}

TEST_CASE("what was had and what was asked stand in one line") {
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::input, std::int64_t{1});
            r.add(detail_tag::had, words_of(float64));
            r.add(detail_tag::asked, spec(float32, {2}));
        },
        "input 1: had float64, asked float32[2]"));
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::output, std::int64_t{0});
            r.add(detail_tag::had, spec(float32, {5}));
            r.add(detail_tag::asked, spec(float32, {2}));
        },
        "output 0: had float32[5], asked float32[2]"));
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::path, "w");
            r.add(detail_tag::asked, spec(float32, {2}));
            r.add(detail_tag::did_you_mean, "v");
        },
        "w\nasked float32[2]\ndid you mean v?"));
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::given, std::int64_t{1});
            r.add(detail_tag::wanted, std::int64_t{2});
        },
        "given 1, wanted 2"));
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::output, std::int64_t{1});
            r.add(detail_tag::asked, spec(float32, {2}));
            r.add(detail_tag::input, std::int64_t{0});
            r.add(detail_tag::asked, spec(int32, {}));
        },
        "output 1: asked float32[2]\ninput 0: asked int32[]"));
    STATIC_REQUIRE(says(
        [](reports& r) {
            r.add(detail_tag::module, "net");
            r.add(detail_tag::created_at, at(3));
            r.add(detail_tag::in_scope, "a");
        },
        "module net\ncreated at filter.cpp:3, in a"));
    STATIC_REQUIRE(says([](reports&) {}, ""));
}

namespace {

constexpr reports one_of_all_lines() {
    reports all;
    all.begin(mistake::shape_mismatch);
    all.add(detail_tag::did_you_mean, "near");
    all.add(detail_tag::had, spec(float32, {2}));
    all.add(detail_tag::asked, spec(float32, {3}));
    all.add(detail_tag::first_at, at(5));
    all.add(detail_tag::again_at, at(6));
    all.add(detail_tag::in_scope, "a_1");
    all.add(detail_tag::path, "far");
    all.add_more(1'200);
    return all;
}

}  // namespace

TEST_CASE("what, where, what was had and asked, what to do, what was meant, how many more: in this order") {
    STATIC_REQUIRE(facts_of(one_of_all_lines(), 0) ==
                   "far\nfirst at filter.cpp:5\nagain at filter.cpp:6, in a_1\nhad float32[2], asked float32[3]\n"
                   "did you mean near?\nand 1,200 more of this kind");
    STATIC_REQUIRE(message_of(one_of_all_lines(), 0) ==
                   "[ambit] shape_mismatch: far\n  first at filter.cpp:5\n  again at filter.cpp:6, in a_1\n"
                   "  had float32[2], asked float32[3]\n"
                   "  a variable keeps the shape it was created with: ask for that one, or for any_shape\n"
                   "  did you mean near?\n  and 1,200 more of this kind");
    const auto factless = [] {
        reports all;
        all.begin(mistake::foreign_handle);
        return all;
    };
    STATIC_REQUIRE(
        message_of(factless(), 0) ==
        "[ambit] foreign_handle: a handle leads back within its own graph: take one from a scope of this module");
}

TEST_CASE("a name cannot break its line") {
    STATIC_REQUIRE(says([](reports& r) { r.add(detail_tag::name, "two\nlines\x1b[31m"); }, "name two?lines?[31m"));
}
