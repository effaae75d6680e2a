// SPDX-License-Identifier: BSL-1.0
#include <ambit/diagnostics/nearest_name.hpp>

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace ambit;
using namespace ambit::mistake_parts;

TEST_CASE("edit distance counts insertions, deletions, substitutions and swaps of neighbours") {
    STATIC_REQUIRE(edit_distance("", "") == 0);
    STATIC_REQUIRE(edit_distance("weights", "weights") == 0);
    STATIC_REQUIRE(edit_distance("", "abc") == 3);
    STATIC_REQUIRE(edit_distance("abc", "") == 3);
    STATIC_REQUIRE(edit_distance("weights", "weight") == 1);
    STATIC_REQUIRE(edit_distance("weight", "weights") == 1);
    STATIC_REQUIRE(edit_distance("bias", "bins") == 1);
    STATIC_REQUIRE(edit_distance("wieghts", "weights") == 1);
    STATIC_REQUIRE(edit_distance("ab", "ba") == 1);
    STATIC_REQUIRE(edit_distance("kitten", "sitting") == 3);
    STATIC_REQUIRE(edit_distance("ca", "abc") == 3);  // a swap is not edited again: optimal string alignment
    STATIC_REQUIRE(edit_distance("saturday", "sunday") == 3);
}

namespace {
// By its definition, without a table: exponential, for short texts only.
int by_definition(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return static_cast<int>(a.size() + b.size());
    int best = by_definition(a.substr(1), b.substr(1)) + (a[0] == b[0] ? 0 : 1);
    best = std::min(best, by_definition(a.substr(1), b) + 1);
    best = std::min(best, by_definition(a, b.substr(1)) + 1);
    if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0])
        best = std::min(best, by_definition(a.substr(2), b.substr(2)) + 1);
    return best;
}
}  // namespace

TEST_CASE("edit distance agrees with its definition on random texts") {
    std::mt19937 random(7);
    for (int trial = 0; trial < 300; ++trial) {
        std::string a(random() % 6, 'a'), b(random() % 6, 'a');
        for (char& c : a) c = static_cast<char>('a' + random() % 3);
        for (char& c : b) c = static_cast<char>('a' + random() % 3);
        CAPTURE(a, b);
        CHECK(edit_distance(a, b) == by_definition(a, b));
        CHECK(edit_distance(b, a) == edit_distance(a, b));
    }
}

TEST_CASE("near are names of which a third at most differs, and two characters always") {
    STATIC_REQUIRE(is_near("ww", "w"));
    STATIC_REQUIRE(is_near("w", "abc") == false);
    STATIC_REQUIRE(is_near("dense/wieghts", "dense/weights"));
    STATIC_REQUIRE(is_near("conv1/weights", "conv2/weights"));
    STATIC_REQUIRE(!is_near("momentum", "weights"));
    STATIC_REQUIRE(is_near("abcdefghi", "abcdefxyz"));
    STATIC_REQUIRE(!is_near("abcdefghi", "abcdewxyz"));
}

namespace {
constexpr int nearest(std::string_view wanted, std::initializer_list<std::string_view> candidates) {
    nearest_name search(wanted);
    int id = 0;
    for (const std::string_view candidate : candidates) search.consider(id++, candidate);
    return search.best();
}
}  // namespace

TEST_CASE("the nearest name wins, the first of equals, none if none is near") {
    STATIC_REQUIRE(nearest("weights", {}) == -1);
    STATIC_REQUIRE(nearest("weights", {"biases", "kernel"}) == -1);
    STATIC_REQUIRE(nearest("wieghts", {"heights", "weights", "weight"}) == 1);
    STATIC_REQUIRE(nearest("layer3/w", {"layer1/w", "layer2/w"}) == 0);
    STATIC_REQUIRE(nearest("a", {"much/longer/than/that", "b"}) == 1);
}

TEST_CASE("a prefix that has moved is nearer than edits, and what ends alike is better than nothing") {
    STATIC_REQUIRE(alike_at_end("hidden/weights", "model/hidden/weights").is_all);
    STATIC_REQUIRE(alike_at_end("hidden/weights", "model/hidden/weights").names == 2);
    STATIC_REQUIRE(!alike_at_end("hidden/weights", "model/hidden2/weights").is_all);
    STATIC_REQUIRE(alike_at_end("hidden/weights", "model/hidden2/weights").names == 1);
    STATIC_REQUIRE(!alike_at_end("weights", "my_weights").is_all);
    STATIC_REQUIRE(alike_at_end("", "weights").names == 0);
    STATIC_REQUIRE(nearest("hidden/weights", {"hidden/biases", "hidden1/weights", "model/hidden/weights"}) == 2);
    STATIC_REQUIRE(nearest("model/hidden/weights", {"model/hidden/biases", "hidden/weights"}) == 1);
    STATIC_REQUIRE(nearest("hidden/weights", {"a/b/hidden/weights", "a/hidden/weights"}) == 1);
    STATIC_REQUIRE(nearest("w", {"generator/w", "v"}) == 0);
    STATIC_REQUIRE(nearest("a/b/hidden/weights", {"a/b/hidden/biases", "encoder/hidden/weights"}) == 0);
    STATIC_REQUIRE(nearest("decoder/out/weights", {"model/biases", "inference/out/weights"}) == 1);
    STATIC_REQUIRE(nearest("decoder/weights", {"inference/weights"}) == -1);
}

TEST_CASE("a search compares a bounded number of candidates") {
    nearest_name search("weights");
    for (int id = 0; id < 1000; ++id) search.consider(id, "wxxghts");
    search.consider(1000, "wieghts");
    CHECK(search.best() == 0);
    nearest_name lengths("weights");
    for (int id = 0; id < 1000; ++id)
        lengths.consider(id, "a name of quite another length");  // not compared at all
    lengths.consider(1000, "weight");
    CHECK(lengths.best() == 1000);
}
