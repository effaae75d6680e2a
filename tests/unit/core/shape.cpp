// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/shape.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

using namespace ambit;
using namespace ambit::core_parts;

namespace {

template <shape Shape> struct keyed_by_shape {};

template <std::size_t... Axis> constexpr bool constructible_of_rank(std::index_sequence<Axis...>) {
    return std::is_constructible_v<shape, decltype(static_cast<int>(Axis))...>;
}
template <std::size_t Rank>
constexpr bool constructible_from = constructible_of_rank(std::make_index_sequence<Rank>{});

constexpr shape with(shape s, int axis, std::int64_t extent) {
    s.set(axis, extent);
    return s;
}

constexpr shape counted_up(int rank) {
    shape s;
    for (int axis = 0; axis < rank; ++axis) s.append(axis + 1);
    return s;
}

// Broadcasting does not depend on the order of the operands.
constexpr bool agree(const shape& a, const shape& b, const shape& expected) {
    return are_broadcastable(a, b) && broadcast(a, b) == expected && are_broadcastable(b, a) &&
           broadcast(b, a) == expected;
}
constexpr bool refuse(const shape& a, const shape& b) {
    return !are_broadcastable(a, b) && !are_broadcastable(b, a);
}

}  // namespace

TEST_CASE("a shape is written as its extents", "[shape]") {
    STATIC_REQUIRE(shape{}.rank() == 0);
    STATIC_REQUIRE(shape{1}.rank() == 1);
    STATIC_REQUIRE(shape{1, 2}.rank() == 2);
    STATIC_REQUIRE(shape{1, 2, 3, 4, 5, 6, 7, 8}.rank() == max_rank);

    // Any integers, also mixed ones.
    STATIC_REQUIRE(shape{std::int64_t{32}, 784U, static_cast<unsigned char>(3)} == shape{32, 784, 3});

    // Braces are enough where a shape is asked for.
    constexpr auto rank_of = [](const shape& s) { return s.rank(); };
    STATIC_REQUIRE(rank_of({}) == 0);
    STATIC_REQUIRE(rank_of({5}) == 1);
    STATIC_REQUIRE(rank_of({5, 5, 32, 32}) == 4);
}

// Numbers with a fraction are refused in words (compile_fail), so they seem to be taken.
TEST_CASE("a shape takes up to eight integers and no text", "[shape]") {
    STATIC_REQUIRE(constructible_from<0>);
    STATIC_REQUIRE(constructible_from<1>);
    STATIC_REQUIRE(constructible_from<8>);
    STATIC_REQUIRE_FALSE(constructible_from<9>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<shape, const char*>);
}

TEST_CASE("axes count from both ends", "[shape]") {
    constexpr shape s{32, 28, 14, 3};

    STATIC_REQUIRE(s[0]  == 32);
    STATIC_REQUIRE(s[3]  == 3);
    STATIC_REQUIRE(s[-1] == 3);
    STATIC_REQUIRE(s[-4] == 32);

    STATIC_REQUIRE(with(s,  0, 1) == shape{1, 28, 14, 3});
    STATIC_REQUIRE(with(s, -1, 1) == shape{32, 28, 14, 1});
    STATIC_REQUIRE(counted_up(0) == shape{});
    STATIC_REQUIRE(counted_up(3) == shape{1, 2, 3});
    STATIC_REQUIRE(counted_up(8) == shape{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("elements are the product of the extents", "[shape]") {
    STATIC_REQUIRE(shape{}.elements() == 1);
    STATIC_REQUIRE(shape{7}.elements() == 7);
    STATIC_REQUIRE(shape{32, 28, 28, 1}.elements() == 25'088);
    STATIC_REQUIRE(shape{4, 0, 3}.elements() == 0);
    STATIC_REQUIRE(shape{std::int64_t{1} << 20, std::int64_t{1} << 16}.elements() == std::int64_t{1} << 36);
}

TEST_CASE("shapes are equal when rank and extents are", "[shape]") {
    STATIC_REQUIRE(shape{2, 3} == shape{2, 3});
    STATIC_REQUIRE(shape{2, 3} != shape{3, 2});
    STATIC_REQUIRE(shape{2, 3} != shape{2, 3, 1});
    STATIC_REQUIRE(shape{1}    != shape{});
}

TEST_CASE("a shape keys a template", "[shape]") {
    STATIC_REQUIRE(std::is_same_v<keyed_by_shape<counted_up(3)>, keyed_by_shape<shape{1, 2, 3}>>);
    STATIC_REQUIRE_FALSE(std::is_same_v<keyed_by_shape<shape{2, 3}>, keyed_by_shape<shape{3, 2}>>);
    STATIC_REQUIRE(std::is_trivially_copyable_v<shape>);
    STATIC_REQUIRE(sizeof(shape) == (max_rank + 1) * sizeof(std::int64_t));
}

TEST_CASE("a legal shape has positive extents and fits the address space", "[shape]") {
    constexpr std::int64_t most = max_tensor_bytes / 8;
    constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();

    STATIC_REQUIRE(is_legal(shape{}));
    STATIC_REQUIRE(is_legal(shape{1}));
    STATIC_REQUIRE(is_legal(shape{1, 1, 1, 1, 1, 1, 1, 1}));
    STATIC_REQUIRE(is_legal(shape{most}));
    STATIC_REQUIRE(is_legal(shape{most / 2, 2}));

    STATIC_REQUIRE_FALSE(is_legal(shape{0}));
    STATIC_REQUIRE_FALSE(is_legal(shape{-1}));
    STATIC_REQUIRE_FALSE(is_legal(shape{-1, -1}));
    STATIC_REQUIRE_FALSE(is_legal(shape{3, 0, 3}));
    STATIC_REQUIRE_FALSE(is_legal(shape{most + 1}));
    STATIC_REQUIRE_FALSE(is_legal(shape{most, 2}));
    STATIC_REQUIRE_FALSE(is_legal(shape{2, most}));
    STATIC_REQUIRE_FALSE(is_legal(shape{huge, huge}));
    STATIC_REQUIRE_FALSE(is_legal(shape{std::int64_t{1} << 32, std::int64_t{1} << 32}));
    STATIC_REQUIRE_FALSE(is_legal(shape{0, huge, huge}));
}

TEST_CASE("broadcasting aligns at the last axis", "[shape]") {
    STATIC_REQUIRE(agree({},        {},        {}));
    STATIC_REQUIRE(agree({},        {3},       {3}));
    STATIC_REQUIRE(agree({},        {2, 3},    {2, 3}));
    STATIC_REQUIRE(agree({1},       {3},       {3}));
    STATIC_REQUIRE(agree({3},       {3},       {3}));
    STATIC_REQUIRE(agree({1},       {1, 1},    {1, 1}));
    STATIC_REQUIRE(agree({2, 3},    {3},       {2, 3}));
    STATIC_REQUIRE(agree({2, 1},    {3},       {2, 3}));
    STATIC_REQUIRE(agree({2, 1},    {1, 3},    {2, 3}));
    STATIC_REQUIRE(agree({8, 1, 6}, {7, 1},    {8, 7, 6}));
    STATIC_REQUIRE(agree({8, 1, 6, 1}, {7, 1, 5}, {8, 7, 6, 5}));
    STATIC_REQUIRE(agree({32, 28, 28, 3}, {3}, {32, 28, 28, 3}));
    STATIC_REQUIRE(agree({1, 2, 3, 4, 5, 6, 7, 8}, {8}, {1, 2, 3, 4, 5, 6, 7, 8}));

    STATIC_REQUIRE(refuse({2},    {3}));
    STATIC_REQUIRE(refuse({2, 3}, {2}));
    STATIC_REQUIRE(refuse({2, 3}, {2, 1, 2}));
    STATIC_REQUIRE(refuse({4, 3}, {2, 3}));
    STATIC_REQUIRE(refuse({8, 2, 6}, {7, 1, 6}));
}

TEST_CASE("any_shape is a word of its own", "[shape]") {
    // `{}` means the scalar shape, so it must not turn into `any_shape`.
    STATIC_REQUIRE_FALSE(std::is_convertible_v<any_shape_t, shape>);
    constexpr auto is_scalar = [](const shape& s) { return s == shape{}; };
    STATIC_REQUIRE(is_scalar({}));
}
