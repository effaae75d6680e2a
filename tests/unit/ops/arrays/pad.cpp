// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr pad_op::attributes around(const paddings& list, pad_mode mode = pad_mode::constant, double value = 0) {
    return {list, {}, value, mode};
}
constexpr auto reflected = [](const paddings& list, pad_mode mode) {
    return [list, mode](scope&, auto& x) { return pad(x[0], list, {.mode = mode}); };
};

}  // namespace

TEST_CASE("pad adds places to both ends of each axis", "[ops]") {
    STATIC_REQUIRE(gives<pad_op>({f32(2, 3)}, around({{1, 2}, {0, 4}}), f32(5, 7)));
    STATIC_REQUIRE(gives<pad_op>({flags(2)}, around({{0, 0}}), flags(2)));
    STATIC_REQUIRE(gives<pad_op>({u8()}, around({}), u8()));
    STATIC_REQUIRE(gives<pad_op>({i64(3)}, around({{1, 0}}, pad_mode::constant, -7), i64(4)));
    STATIC_REQUIRE(gives<pad_op>({f32(3)}, {{{1, 1}}, {2}, 0, pad_mode::constant}, f32(9)));
    STATIC_REQUIRE(spec_of(reflected({{2, 2}, {0, 3}}, pad_mode::reflect), {f32(3, 4)}) == f32(7, 7));
    STATIC_REQUIRE(spec_of(reflected({{3, 2}, {0, 0}}, pad_mode::symmetric), {u8(3, 4)}) == u8(8, 4));
    STATIC_REQUIRE(spec_of(reflected({{0, 0}}, pad_mode::reflect), {f32(3)}) == f32(3));
}

TEST_CASE("padding is of each axis, not negative, and a value of the dtype", "[ops]") {
    constexpr auto each = "padding has a pair {before, after} for each axis";
    STATIC_REQUIRE(refuses<pad_op>({f32(2, 3)}, around({{1, 2}}), op_option, each));
    STATIC_REQUIRE(refuses<pad_op>({f32()}, around({{0, 0}}), op_option, each));
    STATIC_REQUIRE(refuses<pad_op>({f32(2)}, around({{0, 0}, {}, {}, {}, {}, {}, {}, {}, {}, {}}), op_option, each));
    STATIC_REQUIRE(refuses<pad_op>({f32(2)}, around({{-1, 3}}), op_option, "padding is at least 0"));
    STATIC_REQUIRE(refuses<pad_op>({u8(2)}, around({{1, 1}}, pad_mode::constant, 256), op_option,
                                   "constant_value is 256, not a value of uint8"));
    STATIC_REQUIRE(refuses<pad_op>({i32(2)}, around({{1, 1}}, pad_mode::constant, 0.5), op_option,
                                   "constant_value is 0.5, not a value of int32"));
}

TEST_CASE("a padded array is no larger than a terabyte", "[ops]") {
    constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();
    constexpr auto rule = "the result would exceed a terabyte";
    STATIC_REQUIRE(refuses<pad_op>({f32(2)}, around({{huge, huge}}), op_shape, rule));
    STATIC_REQUIRE(refuses<pad_op>({f32(2, 2)}, around({{1 << 20, 0}, {0, 1 << 20}}), op_shape, rule));
}

TEST_CASE("what is reflected lies within the operand", "[ops]") {
    using Catch::Contains;
    constexpr auto rule = "reflected places lie within the operand";
    CHECK_THAT(refusal(reflected({{3, 0}}, pad_mode::reflect), {f32(3)}), Contains(rule) && Contains("op pad("));
    CHECK_THAT(refusal(reflected({{0, 3}}, pad_mode::reflect), {f32(3)}), Contains(rule));
    CHECK_THAT(refusal(reflected({{0, 4}}, pad_mode::symmetric), {f32(3)}), Contains(rule));
    CHECK_THAT(refusal(reflected({{0, -1}}, pad_mode::symmetric), {f32(3)}), Contains("padding is at least 0"));
    STATIC_REQUIRE(mistakes_of(reflected({{0, 4}, {9, 9}}, pad_mode::symmetric), {f32(3, 3)}) == 1);
}

TEST_CASE("axes that are not padded belong to the one before them", "[ops]") {
    constexpr auto geometry = [](const shape& x, const paddings& list) {
        const tensor_spec operand{x, float32};
        const auto words = to_words(around(list));
        return pad_op::geometry({&operand, 1, words.data()}, {});
    };
    STATIC_REQUIRE(geometry({2, 3, 4}, {{1, 0}, {0, 0}, {0, 0}}) == pad_geometry{1, {24}, {12}, {}, {0}, 0});
    STATIC_REQUIRE(geometry({2, 3, 4}, {{0, 0}, {1, 2}, {0, 0}}) == pad_geometry{2, {2, 12}, {0, 4}, {}, {0, 8}, 0});
    STATIC_REQUIRE(geometry({}, {}) == pad_geometry{});
}
