// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/buffer.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <numeric>
#include <utility>

using namespace ambit;
using namespace ambit::core_parts;

namespace {

constexpr buffer<int> counted_to(int count) {
    buffer<int> b;
    for (int i = 0; i < count; ++i) b.push_back(i);
    return b;
}
constexpr int sum(const buffer<int>& b) {
    int total = 0;
    for (const int x : b) total += x;
    return total;
}

}  // namespace

TEST_CASE("a buffer grows", "[buffer]") {
    STATIC_REQUIRE(buffer<int>{}.empty());
    STATIC_REQUIRE(buffer<int>{}.begin() == buffer<int>{}.end());
    STATIC_REQUIRE(counted_to(1).size() == 1);
    STATIC_REQUIRE(counted_to(100).size() == 100);
    STATIC_REQUIRE(counted_to(100)[99] == 99);
    STATIC_REQUIRE(counted_to(100).back() == 99);
    STATIC_REQUIRE(sum(counted_to(1000)) == 499500);
}

TEST_CASE("an element of a buffer may be pushed into it", "[buffer]") {
    STATIC_REQUIRE([] {
        buffer<int> b;
        b.push_back(7);
        for (int i = 0; i < 100; ++i) b.push_back(b[0]);  // moves the elements now and then
        return sum(b);
    }() == 707);
}

TEST_CASE("elements of elsewhere are appended", "[buffer]") {
    STATIC_REQUIRE([] {
        const int more[] = {1, 2, 3};
        buffer<int> b = counted_to(15);
        b.append(more, 3);
        b.append(more, 0);
        b.append(nullptr, 0);
        return b.size() == 18 && b[14] == 14 && b[15] == 1 && b[17] == 3;
    }());
    STATIC_REQUIRE([] {
        const buffer<int> many = counted_to(500);
        buffer<int> b;
        b.append(many.begin(), many.size());
        return b.size() == 500 && b[499] == 499;
    }());
}

TEST_CASE("a buffer is resized, truncated and cleared", "[buffer]") {
    STATIC_REQUIRE([] {
        buffer<int> b;
        b.resize(3, 5);
        b.resize(5, 6);
        const bool grown = b.size() == 5 && b[2] == 5 && b[3] == 6 && b[4] == 6;
        b.resize(1);
        b.resize(2);
        return grown && b.size() == 2 && b[0] == 5 && b[1] == 0;  // new elements, not what lay there
    }());
    STATIC_REQUIRE([] {
        buffer<int> b = counted_to(10);
        b.truncate(4);
        b.pop_back();
        const bool shortened = b.size() == 3 && b.back() == 2;
        b.clear();
        return shortened && b.empty();
    }());
    STATIC_REQUIRE([] {
        buffer<int> b = counted_to(3);
        b.reserve(100);
        b.reserve(10);
        return b.size() == 3 && b[2] == 2;
    }());
}

TEST_CASE("copies are their own, moves take", "[buffer]") {
    STATIC_REQUIRE([] {
        const buffer<int> a = counted_to(20);
        buffer<int> b = a;
        b[0] = 9;
        b.push_back(20);
        return a.size() == 20 && a[0] == 0 && b.size() == 21;
    }());
    STATIC_REQUIRE([] {
        buffer<int> a = counted_to(20);
        const buffer<int> b = std::move(a);
        return b.size() == 20 && b[19] == 19;
    }());
    STATIC_REQUIRE([] {
        buffer<int> a = counted_to(20), b = counted_to(3);
        a = b;
        b = counted_to(5);
        a = *&a;
        return a.size() == 3 && b.size() == 5;
    }());
    STATIC_REQUIRE([] {
        buffer<int> a = counted_to(20), b = counted_to(3);
        a.swap(b);
        return a.size() == 3 && b.size() == 20;
    }());
    STATIC_REQUIRE([] {
        buffer<buffer<int>> nested;
        for (int i = 0; i < 40; ++i) nested.push_back(counted_to(i));
        return nested[39].size() == 39 && sum(nested[10]) == 45;
    }());
}

TEST_CASE("elements that only move grow, too", "[buffer]") {
    buffer<std::unique_ptr<int>> b;
    for (int i = 0; i < 50; ++i) b.push_back(std::make_unique<int>(i));
    CHECK(std::accumulate(b.begin(), b.end(), 0, [](int s, const auto& p) { return s + *p; }) == 1225);
}
