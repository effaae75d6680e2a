// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/names.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit::core_parts;

TEST_CASE("a name is a component below a parent", "[names]") {
    STATIC_REQUIRE([] {
        names all;
        const int conv1 = all.intern(names::root, "conv1"), weights = all.intern(conv1, "weights");
        return all.parent(weights) == conv1 && all.component(weights) == "weights" &&
               all.parent(conv1) == names::root && all.path(weights) == "conv1/weights" &&
               all.path(conv1) == "conv1" && all.path(names::root).empty();
    }());
}

TEST_CASE("the same name is interned once", "[names]") {
    STATIC_REQUIRE([] {
        names all;
        const int a = all.intern(names::root, "a"), ab = all.intern(a, "b"), b = all.intern(names::root, "b");
        const int before = all.size();
        return a != b && ab != b && all.intern(names::root, "a") == a && all.intern(a, "b") == ab &&
               all.size() == before;
    }());
}

TEST_CASE("a path is interned component by component", "[names]") {
    STATIC_REQUIRE([] {
        names all;
        const int abc = all.intern_path(names::root, "a/b/c");
        const int ab = all.intern_path(names::root, "a/b");
        return all.parent(abc) == ab && all.intern(ab, "c") == abc && all.intern_path(ab, "") == ab &&
               all.intern_path(ab, "c") == abc && all.path(abc) == "a/b/c" && all.path_length(abc) == 5 &&
               all.path_length(names::root) == 0;
    }());
}

TEST_CASE("a numbered name is the one that its text names", "[names]") {
    STATIC_REQUIRE([] {
        names all;
        const int a = all.intern(names::root, "a"), add = all.intern(a, "add"), add_17 = all.intern_numbered(add, 17);
        const int mul_100 = all.intern(a, "mul_100"), mul = all.intern(a, "mul");
        const int before = all.size();
        return all.path(add_17) == "a/add_17" && all.path_length(add_17) == 8 && all.component(add_17) == "add_17" &&
               all.parent(add_17) == a && all.intern(a, "add_17") == add_17 && all.find(a, "add_17") == add_17 &&
               all.intern_path(names::root, "a/add_17") == add_17 && all.intern_numbered(add, 17) == add_17 &&
               all.intern_numbered(mul, 100) == mul_100 && all.find(a, "add_1") == names::none && all.size() == before;
    }());
    STATIC_REQUIRE([] {  // of one that is numbered or was written out, below another parent, and as a parent
        names all;
        const int x = all.intern(names::root, "x"), x_1 = all.intern_numbered(x, 1), x_1_2 = all.intern_numbered(x_1, 2);
        const int y_1 = all.intern(names::root, "y_1"), y_1_2 = all.intern_numbered(y_1, 2);
        const int below = all.intern_numbered(all.intern(x_1, "x"), 1);
        return all.path(x_1_2) == "x_1_2" && all.intern(names::root, "x_1_2") == x_1_2 &&
               all.intern_numbered(all.intern_numbered(all.intern(names::root, "y"), 1), 2) == y_1_2 &&
               all.path(below) == "x_1/x_1" && below != x_1 && all.path_length(below) == 7 &&
               all.find(x_1, "x_1") == below;
    }());
}

TEST_CASE("a name that is not there is not found, nor made", "[names]") {
    STATIC_REQUIRE([] {
        names all;
        const int a = all.intern(names::root, "a");
        const int before = all.size();
        return all.find(names::root, "b") == names::none && all.find(a, "a") == names::none &&
               all.find(names::root, "a") == a && all.size() == before;
    }());
}

TEST_CASE("thousands of names stay apart", "[names]") {
    names all;
    std::set<int> ids;
    for (int layer = 0; layer < 300; ++layer) {
        const int scope = all.intern(names::root, "layer_" + std::to_string(layer));
        for (const char* leaf : {"weights", "biases", "weights_1", "w", ""})
            ids.insert(all.intern(scope, leaf));
    }
    REQUIRE(ids.size() == 1500);
    for (int layer = 0; layer < 300; ++layer) {
        const std::string name = "layer_" + std::to_string(layer);
        const int id = all.find(all.find(names::root, name), "weights");
        REQUIRE(all.path(id) == name + "/weights");
    }
}

TEST_CASE("a whole path is appended", "[names]") {
    STATIC_REQUIRE([] {
        names all;
        const int id = all.intern_path(names::root, "x/yy/zzz");
        short_text text("at ");
        all.append_path(id, text.characters());
        return text == "at x/yy/zzz";
    }());
}

namespace {

// The most looks that finding one of these names takes, and the mean of all.
struct looks {
    double mean = 0;
    int most = 0;
};
template <class Make> looks looks_of(const Make& make, int count = 100'000) {
    names all;
    std::vector<int> ids;
    while (all.size() < count) ids.push_back(make(all, static_cast<int>(ids.size())));
    looks found;
    double sum = 0;
    for (const int id : ids) {
        const int number = all.looks_for(all.parent(id), all.component(id));
        sum += number;
        found.most = std::max(found.most, number);
    }
    found.mean = sum / static_cast<double>(ids.size());
    return found;
}

}  // namespace

TEST_CASE("a hundred thousand names are found at once, wherever they stand", "[names]") {
    const auto is_short = [](const looks& found) { return found.mean < 4 && found.most < 100; };
    const auto number = [](int i) { return std::to_string(i); };
    CHECK(is_short(looks_of([&](names& all, int i) { return all.intern(names::root, "w_" + number(i)); })));
    CHECK(is_short(looks_of([&](names& all, int i) { return all.intern(names::root, "v_" + number(i) + "_kernel"); })));
    CHECK(is_short(looks_of([&](names& all, int i) { return all.intern_numbered(all.intern(names::root, "add"), i + 1); })));
    CHECK(is_short(looks_of([&](names& all, int i) {  // a parent for two of them
        return all.intern(all.intern(names::root, "layer_" + number(i / 2)), i % 2 == 0 ? "weights" : "biases");
    })));
    CHECK(is_short(looks_of([&](names& all, int i) {  // a hundred parents
        return all.intern(all.intern(names::root, "part_" + number(i % 100)), number(i / 100));
    })));
    CHECK(is_short(looks_of([&](names& all, int i) {  // one below the other, from 500 on again
        int parent = names::root;
        for (int depth = i % 500; depth > 0 && parent == names::root; --depth) parent = all.size() - 1;
        return all.intern(parent, "block_" + number(i % 7));
    })));
}

TEST_CASE("names that differ in their last characters do not stand in one another's way", "[names]") {
    const auto count = GENERATE(2'000, 8'000, 20'000, 100'000);
    CAPTURE(count);
    const auto padded = [](int i, int base, int digits) {
        std::string text(static_cast<std::size_t>(digits), '0');
        for (int at = digits - 1; at >= 0; --at, i /= base)
            text[static_cast<std::size_t>(at)] = "0123456789abcdefghijklmnopqrstuvwxyz"[i % base];
        return text;
    };
    const auto mean = [&](const auto& name) {
        return looks_of([&](names& all, int i) { return all.intern(names::root, name(i)); }, count).mean;
    };
    CHECK(mean([&](int i) { return "v" + std::to_string(i); }) < 3);
    CHECK(mean([&](int i) { return "layer_" + padded(i, 10, 6); }) < 3);
    CHECK(mean([&](int i) { return padded(i, 16, 5); }) < 3);
    CHECK(mean([&](int i) { return padded(i, 36, 4); }) < 3);
    CHECK(mean([&](int i) { return "g" + std::to_string(i ^ i >> 1); }) < 3);
    CHECK(mean([&](int i) { return "at_" + std::to_string(i / 100) + "_" + std::to_string(i % 100); }) < 3);
}

TEST_CASE("names stay what they are when the table grows", "[names]") {
    names all;
    std::vector<int> ids;
    for (int i = 0; i < 20'000; ++i) ids.push_back(all.intern(i % 3 == 0 ? names::root : ids.back(), "n" + std::to_string(i % 9'999)));
    for (int i = 0; i < 20'000; ++i) {
        const int id = ids[static_cast<std::size_t>(i)];
        REQUIRE(all.find(all.parent(id), all.component(id)) == id);
        REQUIRE(all.component(id) == "n" + std::to_string(i % 9'999));
    }
}
