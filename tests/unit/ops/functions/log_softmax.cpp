// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include <ambit/model/model.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("log_softmax has the spec of its operand: floats, and an axis of them", "[ops]") {
    STATIC_REQUIRE(gives<log_softmax_op>({f32(2, 3)}, {-1}, f32(2, 3)));
    STATIC_REQUIRE(gives<log_softmax_op>({f64(2, 3)}, {0}, f64(2, 3)));
    STATIC_REQUIRE(refuses<log_softmax_op>({i32(3)}, {0}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<log_softmax_op>({f32(2, 3)}, {2}, op_option, "the axis lies outside of the operand"));
    STATIC_REQUIRE(refuses<log_softmax_op>({f32()}, {-1}, op_option, "the axis lies outside of the operand"));
}

namespace {

struct both_axes {
    struct outputs {
        tensor rows, columns;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {log_softmax(x), log_softmax(x, {.axis = 0})};
    }
};

}  // namespace

TEST_CASE("log_softmax, as a model computes it", "[ops]") {
    model<both_axes, input<double, 2, 2>> net(seed{});
    // Powers in the ratio 1 : 3 along rows, 1 : 7 along columns.
    const auto [rows, columns] = net(std::array<double, 4>{0, std::log(3.0), std::log(7.0), std::log(21.0)});
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(rows(i, 0) == Approx(std::log(0.25)).epsilon(1e-15));
        CHECK(rows(i, 1) == Approx(std::log(0.75)).epsilon(1e-14));
        CHECK(columns(0, i) == Approx(std::log(0.125)).epsilon(1e-15));
        CHECK(columns(1, i) == Approx(std::log(0.875)).epsilon(1e-14));
    }
}
