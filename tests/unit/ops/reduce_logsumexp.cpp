// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/reduce_logsumexp.hpp>

#include <ambit/model/model.hpp>

#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>

using namespace ambit;
using namespace ambit_test;
using enum mistake;

TEST_CASE("reduce_logsumexp is of floats", "[ops]") {
    constexpr auto over = [](const axes& list, bool keep = false) {
        return reduce_op::attributes_from({.axes = list, .keep_dims = keep});
    };
    using op = reduce_logsumexp_op;
    STATIC_REQUIRE(gives<op>({f32(2, 3, 4)}, over({1}), f32(2, 4)));
    STATIC_REQUIRE(gives<op>({f64(2, 3)}, over({}, true), f64(1, 1)));
    STATIC_REQUIRE(refuses<op>({i32(2)}, over({}), op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<op>({f32(2)}, over({1}), op_option, "an axis lies outside of the operand"));
}

namespace {

struct evidence {
    struct outputs {
        tensor rows, columns, all;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {reduce_logsumexp(x, {.axes = -1}), reduce_logsumexp(x, {.axes = 0}), reduce_logsumexp(x)};
    }
};

}  // namespace

TEST_CASE("reduce_logsumexp, as a model computes it", "[ops]") {
    model<evidence, input<double, 2, 2>> net(seed{});
    const std::array<double, 4> x{std::log(1.0), std::log(2.0), std::log(3.0), std::log(4.0)};
    const auto [rows, columns, all] = net(x);
    CHECK(rows(0) == Approx(std::log(3.0)).epsilon(1e-15));
    CHECK(rows(1) == Approx(std::log(7.0)).epsilon(1e-15));
    CHECK(columns(0) == Approx(std::log(4.0)).epsilon(1e-15));
    CHECK(columns(1) == Approx(std::log(6.0)).epsilon(1e-15));
    CHECK(all == Approx(std::log(10.0)).epsilon(1e-15));
}
