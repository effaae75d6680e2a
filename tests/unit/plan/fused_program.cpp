// SPDX-License-Identifier: BSL-1.0
#include <ambit/plan/fused_program.hpp>

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

template <class... Step> constexpr bool strides_are(const shape& operand, const shape& result, Step... step) {
    const broadcast_strides s = strides_in(operand, result);
    const std::int64_t wanted[] = {static_cast<std::int64_t>(step)..., -1};
    for (int axis = 0; axis < max_rank; ++axis)
        if (s.axis[axis] != (axis < static_cast<int>(sizeof...(Step)) ? wanted[axis] : 0)) return false;
    return true;
}

constexpr bool rows_are(const shape& operand, const shape& result, std::int64_t row, std::int64_t column) {
    const row_access access = rows_of(operand, result);
    return access.fits && access.row == row && access.column == column;
}
constexpr bool has_no_rows(const shape& operand, const shape& result) {
    return !rows_of(operand, result).fits;
}

}  // namespace

TEST_CASE("strides of an operand in the result it is broadcast to", "[plan]") {
    STATIC_REQUIRE(strides_are({}, {}));
    STATIC_REQUIRE(strides_are({5}, {5}, 1));
    STATIC_REQUIRE(strides_are({2, 3, 4}, {2, 3, 4}, 12, 4, 1));

    // An axis of extent 1 does not move, and neither do axes that the operand lacks.
    STATIC_REQUIRE(strides_are({}, {2, 3}, 0, 0));
    STATIC_REQUIRE(strides_are({3}, {2, 3}, 0, 1));
    STATIC_REQUIRE(strides_are({2, 1}, {2, 3}, 1, 0));
    STATIC_REQUIRE(strides_are({1, 3}, {2, 3}, 0, 1));
    STATIC_REQUIRE(strides_are({2, 1, 4}, {2, 3, 4}, 4, 0, 1));
    STATIC_REQUIRE(strides_are({3, 1}, {2, 3, 4}, 0, 1, 0));
    STATIC_REQUIRE(strides_are({1, 1, 1}, {2, 3, 4}, 0, 0, 0));

    // Extents of 1 in the result itself do not move either.
    STATIC_REQUIRE(strides_are({2, 1, 4}, {2, 1, 4}, 4, 0, 1));
    STATIC_REQUIRE(
        strides_are({2, 2, 2, 2, 2, 2, 2, 2}, {2, 2, 2, 2, 2, 2, 2, 2}, 128, 64, 32, 16, 8, 4, 2, 1));
}

TEST_CASE("an operand as rows of the result's last axis", "[plan]") {
    STATIC_REQUIRE(rows_are({6, 4}, {6, 4}, 4, 1));
    STATIC_REQUIRE(rows_are({4}, {6, 4}, 0, 1));      // the same row again and again: a bias
    STATIC_REQUIRE(rows_are({6, 1}, {6, 4}, 1, 0));   // one number a row
    STATIC_REQUIRE(rows_are({}, {6, 4}, 0, 0));
    STATIC_REQUIRE(rows_are({1, 1}, {6, 4}, 0, 0));
    STATIC_REQUIRE(rows_are({1}, {1}, 0, 0));
    STATIC_REQUIRE(rows_are({4}, {4}, 0, 1));

    // Several leading axes that move as one.
    STATIC_REQUIRE(rows_are({2, 3, 4}, {2, 3, 4}, 4, 1));
    STATIC_REQUIRE(rows_are({2, 3, 1}, {2, 3, 4}, 1, 0));
    STATIC_REQUIRE(rows_are({1, 1, 4}, {2, 3, 4}, 0, 1));
    STATIC_REQUIRE(rows_are({1, 3, 4}, {1, 3, 4}, 4, 1));
    STATIC_REQUIRE(rows_are({2, 1, 4}, {2, 1, 4}, 4, 1));  // an axis of extent 1 in the result is none
    STATIC_REQUIRE(rows_are({2, 5, 7, 32}, {2, 5, 7, 32}, 32, 1));

    // Leading axes that do not: one of them stands still while another moves.
    STATIC_REQUIRE(has_no_rows({3, 4}, {2, 3, 4}));
    STATIC_REQUIRE(has_no_rows({2, 1, 4}, {2, 3, 4}));
    STATIC_REQUIRE(has_no_rows({3, 1}, {2, 3, 4}));
    STATIC_REQUIRE(has_no_rows({2, 1, 3, 4}, {2, 5, 3, 4}));
    STATIC_REQUIRE(has_no_rows({2, 5, 1, 4}, {2, 5, 3, 4}));
}

TEST_CASE("values of a program are numbered: accumulator, inputs, ops", "[plan]") {
    STATIC_REQUIRE(fused_program{.has_accumulator = 0, .inputs = 3}.first_op() == 3);
    STATIC_REQUIRE(fused_program{.has_accumulator = 1, .inputs = 0}.first_op() == 1);
    STATIC_REQUIRE(fused_program{.has_accumulator = 1, .inputs = 2}.first_op() == 3);
    // Every op may be stored, and the accumulator.
    STATIC_REQUIRE(std::size(fused_program{}.output) == max_fused_ops + 1);
}
