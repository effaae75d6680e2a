// SPDX-License-Identifier: BSL-1.0

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
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

namespace {

// Slopes of Σ weight · logsumexp over all, over the last axis and over both ends of [2, 3, 2].
struct slopes {
    struct outputs {
        tensor all, last, ends;
    };
    constexpr outputs operator()(scope& s) const {
        const variable x = s.get_variable("x", {2, 3, 2});
        const tensor last = reduce_logsumexp(x, {.axes = -1, .keep_dims = true});
        const tensor ends = reduce_logsumexp(x, {.axes = {0, 2}});
        return {gradients(reduce_logsumexp(x), std::array{x})[0], gradients(reduce_sum(last) * 3, std::array{x})[0],
                gradients(reduce_sum(ends), std::array{x})[0]};
    }
};

}  // namespace

TEST_CASE("the gradient of reduce_logsumexp is softmax wherever the values lie", "[ops]") {
    model<slopes> net(seed{1});
    for (const float offset : {0.0f, -1e3f, 1e4f, 1e8f, -1e30f, 3e38f}) {
        INFO("offset " << offset);
        std::array<float, 12> x{};
        x.fill(offset);
        net.set<"x">(x);
        const auto [all, last, ends] = net();
        for (std::size_t i = 0; i < 12; ++i) {
            CHECK(all.data()[i] == Approx(1.0 / 12).epsilon(1e-6));
            CHECK(last.data()[i] == Approx(1.5).epsilon(1e-6));
            CHECK(ends.data()[i] == Approx(0.25).epsilon(1e-6));
        }
    }
    const float none = -std::numeric_limits<float>::infinity();
    net.set<"x">(std::array<float, 12>{none, 5, 1, 1, none, none, 5, none, 1, 3, 2, none});
    const auto [all, last, ends] = net();
    CHECK(last(0, 0, 0) == 0);
    CHECK(last(0, 0, 1) == Approx(3));
    CHECK(std::isnan(last(0, 2, 0)));  // of nothing but -∞, as softmax
    CHECK(ends(0, 0, 1) == Approx(0.5));
    CHECK(ends(1, 0, 0) == Approx(0.5));
    CHECK(ends(1, 2, 0) == 1);
    CHECK(ends(0, 2, 1) == 0);
    CHECK(all(0, 2, 0) == 0);
}
