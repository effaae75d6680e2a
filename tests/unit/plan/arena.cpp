// SPDX-License-Identifier: BSL-1.0
#include <ambit/plan/arena.hpp>

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

struct request {
    int step;
    std::int64_t bytes;
    int last;
};

// Offsets of all requests, and at the end the size.
template <std::size_t Count>
constexpr std::array<std::int64_t, Count + 1> offsets(const std::array<request, Count>& requests) {
    arena_allocator arena;
    std::array<std::int64_t, Count + 1> result{};
    int step = 0;
    for (std::size_t i = 0; i < Count; ++i) {
        while (step < requests[i].step) arena.begin_step(++step);
        result[i] = arena.allocate(requests[i].bytes, requests[i].last);
    }
    result[Count] = arena.size();
    return result;
}
template <std::size_t Count> constexpr auto offsets(const request (&requests)[Count]) {
    return offsets(std::to_array(requests));
}

template <class... Offset> constexpr auto at(Offset... offset) {
    return std::array<std::int64_t, sizeof...(Offset)>{static_cast<std::int64_t>(offset)...};
}

}  // namespace

TEST_CASE("values are aligned to cache lines", "[plan]") {
    STATIC_REQUIRE(arena_alignment == 64);
    STATIC_REQUIRE(aligned(0) == 0);
    STATIC_REQUIRE(aligned(1) == 64);
    STATIC_REQUIRE(aligned(64) == 64);
    STATIC_REQUIRE(aligned(65) == 128);
    STATIC_REQUIRE(offsets({{0, 4, 0}, {0, 100, 0}, {0, 64, 0}}) == at(0, 64, 192, 256));
}

TEST_CASE("an arena without values has no size", "[plan]") { STATIC_REQUIRE(arena_allocator{}.size() == 0); }

TEST_CASE("what is alive shares no memory", "[plan]") {
    STATIC_REQUIRE(offsets({{0, 64, 2}, {1, 64, 2}, {2, 64, 2}}) == at(0, 64, 128, 192));
}

TEST_CASE("what was last used before a step is given back", "[plan]") {
    STATIC_REQUIRE(offsets({{0, 64, 0}, {1, 64, 1}, {2, 64, 2}}) == at(0, 0, 0, 64));
    // A chain: each value is read by the step that makes the next.
    STATIC_REQUIRE(offsets({{0, 64, 1}, {1, 64, 2}, {2, 64, 3}, {3, 64, 4}}) == at(0, 64, 0, 64, 128));
}

TEST_CASE("the first gap that is large enough is taken", "[plan]") {
    // After step 0: [0, 128) and [128, 192) and [192, 256); the first and the last die.
    STATIC_REQUIRE(offsets({{0, 128, 0}, {0, 64, 9}, {0, 64, 0}, {1, 64, 9}, {1, 64, 9}, {1, 64, 9}}) ==
                   at(0, 128, 192, 0, 64, 192, 256));
    // Too large for the gap in front: behind everything.
    STATIC_REQUIRE(offsets({{0, 64, 0}, {0, 64, 9}, {1, 128, 9}, {1, 64, 9}}) == at(0, 64, 128, 0, 256));
    // Neighbouring gaps are one.
    STATIC_REQUIRE(offsets({{0, 64, 0}, {0, 64, 0}, {0, 64, 9}, {1, 128, 9}}) == at(0, 64, 128, 0, 192));
}

TEST_CASE("the size is the highest end there ever was", "[plan]") {
    STATIC_REQUIRE(offsets({{0, 1000, 0}, {1, 64, 1}}) == at(0, 0, 1024));
}
