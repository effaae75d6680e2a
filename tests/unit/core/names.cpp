// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/names.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace ambit;

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
