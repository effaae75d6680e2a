// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/prefetch.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace ambit;

TEST_CASE("items arrive in order, each once, whoever is faster", "[io]") {
    const auto slots = GENERATE(as<std::size_t>{}, 0, 1, 2, 3, 50);
    const bool slow_caller = GENERATE(false, true);
    int made = 0;
    prefetch<int> items(slots, [&made](int& item) {
        item = made;
        return made++ < 200;
    });
    for (int wanted = 0; wanted < 200; ++wanted) {
        const int* const item = items.next();
        REQUIRE(item != nullptr);
        if (slow_caller) std::this_thread::yield();
        REQUIRE(*item == wanted);  // and nobody wrote over it meanwhile
    }
    REQUIRE(items.next() == nullptr);
    REQUIRE(items.next() == nullptr);
}

TEST_CASE("the caller's item is left alone until the next call", "[io]") {
    std::atomic<int> calls = 0;
    prefetch<int> items(3, [&](int& item) {
        item = ++calls;
        return true;
    });
    const int* const item = items.next();
    while (calls < 3) std::this_thread::yield();  // the two other slots
    for (int pause = 0; pause < 1000; ++pause) std::this_thread::yield();
    REQUIRE(calls == 3);
    REQUIRE(*item == 1);
    REQUIRE(*items.next() == 2);
    while (calls < 4) std::this_thread::yield();
}

TEST_CASE("what the producer throws reaches the caller, behind the items before it", "[io]") {
    int made = 0;
    prefetch<int> items(4, [&](int& item) -> bool {
        if (made == 3) throw std::runtime_error("no fourth item");
        item = made++;
        return true;
    });
    for (int wanted = 0; wanted < 3; ++wanted) REQUIRE(*items.next() == wanted);
    REQUIRE_THROWS_WITH(items.next(), "no fourth item");
    REQUIRE_THROWS_WITH(items.next(), "no fourth item");
}

TEST_CASE("items that nobody takes do not hold up the end", "[io]") {
    std::atomic<bool> filling = false;
    std::atomic<int> alive = 0;
    struct counted {
        std::atomic<int>* alive;
        explicit counted(std::atomic<int>& a) : alive(&a) { ++*alive; }
        counted(counted&& other) noexcept : alive(other.alive) { ++*alive; }
        ~counted() { --*alive; }
    };
    for (int taken : {0, 1, 2}) {
        {
            prefetch<int> items(2, [&, count = counted(alive)](int&) {
                filling = true;
                return true;
            });
            for (int i = 0; i < taken; ++i) REQUIRE(items.next() != nullptr);
        }
        REQUIRE(alive == 0);  // the thread is over, and with it all that it held
        if (taken > 0) REQUIRE(filling);
    }
}
