// SPDX-License-Identifier: BSL-1.0
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("where broadcasts a condition and two values", "[ops]") {
    STATIC_REQUIRE(gives<where_op>({flags(2, 3), f32(2, 3), f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<where_op>({flags(), f64(2, 3), f64(3)}, {}, f64(2, 3)));
    STATIC_REQUIRE(gives<where_op>({flags(4, 1, 1), i32(2, 1), i32(3)}, {}, i32(4, 2, 3)));
    STATIC_REQUIRE(gives<where_op>({flags(3), u8(), u8()}, {}, u8(3)));
    STATIC_REQUIRE(gives<where_op>({flags(3), flags(3), flags()}, {}, flags(3)));
    constexpr auto rule = "extents must be equal, or 1, from the last axis on";
    STATIC_REQUIRE(refuses<where_op>({flags(2), f32(3), f32()}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<where_op>({flags(), f32(3), f32(2)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<where_op>({flags(1000000, 1), f32(1000000), f32()}, {}, op_shape,
                                     "the result would exceed a terabyte"));
    STATIC_REQUIRE(refuses<where_op>({f32(3), f32(3), f32(3)}, {}, op_dtype, "the condition must be bool"));
    STATIC_REQUIRE(refuses<where_op>({flags(3), f32(3), f64(3)}, {}, op_dtype, "both values must have one dtype"));
}

namespace {

struct chooses {
    struct outputs {
        tensor values, number, numbers, integers, flags;
    };
    constexpr outputs operator()(scope&, const tensor& c, const tensor& a, const tensor& b) const {
        return {where(c, a, b), where(c, 0, b), where(c, 0.5, 2), where(c, -3, 7), where(c, a > b, c)};
    }
};

template <class T, std::int64_t Rows, std::int64_t Columns> void check() {
    constexpr shape whole{Rows, Columns};
    model<chooses, input<bool, Columns>, input<T, Rows, Columns>, input<T, Rows, 1>> n(seed{});
    static_assert(decltype(n)::graph::mistakes.size == 0);
    std::array<bool, std::size_t(Columns)> c{};
    for (std::size_t i = 0; i < c.size(); ++i) c[i] = i % 3 == 1;
    std::vector<T> a = numbers<T>(whole, 1, 0, 9), b = numbers<T>(Rows, 2, 0, 9);
    if constexpr (std::is_floating_point_v<T>) a[0] = std::numeric_limits<T>::quiet_NaN();
    const auto [values, number, both, integers, flags] = n(c, a, b);
    for (std::int64_t i = 0; i < whole.elements(); ++i) {
        const bool holds = c[std::size_t(i % Columns)];
        const T x = a[std::size_t(i)], y = b[std::size_t(i / Columns)];
        CAPTURE(i);
        CHECK(values.data()[i] == (holds ? x : y));
        CHECK(number.data()[i] == (holds ? T(0) : y));
        CHECK(flags.data()[i] == (holds ? x > y : holds));
    }
    for (std::size_t i = 0; i < c.size(); ++i) {
        CHECK(both.data()[i] == (c[i] ? 0.5F : 2.0F));
        CHECK(integers.data()[i] == (c[i] ? -3 : 7));
    }
}

}  // namespace

TEST_CASE("where chooses between values, numbers and flags", "[ops]") {
    check<float, 3, 17>();
    check<float, 1, 1>();
    check<double, 2, 9>();
    check<std::int32_t, 3, 5>();
    check<std::int64_t, 2, 7>();
    check<std::uint8_t, 2, 33>();
}

TEST_CASE("where is vector code that leaves out what is not chosen", "[ops]") {
    STATIC_REQUIRE(where_op::apply(true, 1.5F, std::numeric_limits<float>::quiet_NaN()) == 1.5F);
    STATIC_REQUIRE(where_op::apply(false, 1, 2) == 2);
    STATIC_REQUIRE(where_op::apply(true, false, true) == false);
    STATIC_REQUIRE(where_op::apply(false, false, true) == true);
}
