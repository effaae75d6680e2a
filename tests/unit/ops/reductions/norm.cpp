// SPDX-License-Identifier: BSL-1.0

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

struct lengths {
    struct outputs {
        tensor all, rows, units, columns, slopes;
    };
    constexpr outputs operator()(scope& s) const {
        const variable x = s.get_variable("x", {3, 2}, {.dtype = float64});
        const tensor units = l2_normalize(x);
        const tensor loss = reduce_sum(units);
        return {norm(x), norm(x, {.axes = -1, .keep_dims = true}), units, l2_normalize(x, {.axes = 0}),
                gradients(loss, s.trainable_variables())[0]};
    }
};

}  // namespace

TEST_CASE("lengths, and vectors of length 1", "[ops]") {
    model<lengths> net(seed{1});
    net.set<"x">(std::array<double, 6>{3, 4, 0, 0, 0, 12});
    const auto [all, rows, units, columns, slopes] = net();
    CHECK(all == 13);
    CHECK(elements(rows) == std::vector<double>{5, 0, 12});
    CHECK(elements(units) == std::vector<double>{3.0 / 5, 4.0 / 5, 0, 0, 0, 1});
    CHECK(columns(0, 0) == 1);
    CHECK(columns(2, 1) == Approx(12 / std::sqrt(160.0)));
    // (1 - u Σu) / length; 1 / sqrt(epsilon) where the vector is 0.
    const std::vector<double> wanted{(1 - 0.6 * 1.4) / 5, (1 - 0.8 * 1.4) / 5, 1e6, 1e6, 1.0 / 12, 0};
    for (std::size_t i = 0; i < 6; ++i) CHECK(slopes.data()[i] == Approx(wanted[i]).margin(1e-12));
}

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

template <class T> struct one_vector {
    struct outputs {
        tensor length, unit, slope, slopes_of_unit;
    };
    constexpr outputs operator()(scope& s) const {
        const variable x = s.get_variable("x", {2}, {.dtype = dtype_of<T>});
        const tensor length = norm(x), unit = l2_normalize(x);
        return {length, unit, gradients(length, std::array{x})[0], gradients(reduce_sum(unit), std::array{x})[0]};
    }
};

template <class T> struct vector_seen {
    double length;
    std::array<double, 2> unit, slope, slopes_of_unit;
};
template <class T> vector_seen<T> seen(double first, double second) {
    model<one_vector<T>> net(seed{1});
    net.template set<"x">(std::array<T, 2>{static_cast<T>(first), static_cast<T>(second)});
    const auto [length, unit, slope, slopes] = net();
    return {length, {unit(0), unit(1)}, {slope(0), slope(1)}, {slopes(0), slopes(1)}};
}

}  // namespace

TEMPLATE_TEST_CASE("lengths whose squares are no values of the dtype", "[ops]", float, double) {
    const double near = sizeof(TestType) == 4 ? 1e-6 : 1e-14;
    for (const double scale : {sizeof(TestType) == 4 ? 3e37 : 3e307, 1e20, 1.0, 1e-3}) {
        INFO("scale " << scale);
        const auto got = seen<TestType>(3 * scale, -4 * scale);
        CHECK(got.length == Approx(5 * scale).epsilon(near));
        CHECK(got.unit[0] == Approx(0.6).epsilon(near));
        CHECK(got.unit[1] == Approx(-0.8).epsilon(near));
        CHECK(got.slope[0] == Approx(0.6).epsilon(near));
        CHECK(got.slope[1] == Approx(-0.8).epsilon(near));
        // (1 - u Σu) / length with Σu = -0.2
        CHECK(got.slopes_of_unit[0] * scale == Approx(1.12 / 5).epsilon(4 * near));
        CHECK(got.slopes_of_unit[1] * scale == Approx(0.84 / 5).epsilon(4 * near));
    }
    const double tiny = sizeof(TestType) == 4 ? 1e-30 : 1e-300;
    const auto small = seen<TestType>(3 * tiny, -4 * tiny);
    CHECK(small.length == Approx(5 * tiny).epsilon(near));
    CHECK(small.slope[1] == Approx(-0.8).epsilon(near));
    CHECK(small.unit[0] == Approx(3 * tiny * 1e6).epsilon(near));  // divided by the root of epsilon
}

TEST_CASE("a length of 0 has the slope 0; what is not finite is seen", "[ops]") {
    const auto zero = seen<float>(0, 0);
    CHECK(zero.length == 0);
    CHECK(zero.unit == std::array<double, 2>{0, 0});
    CHECK(zero.slope == std::array<double, 2>{0, 0});
    CHECK(zero.slopes_of_unit[0] == Approx(1e6));
    const auto infinite = seen<float>(-inf, 2);
    CHECK(infinite.length == inf);
    CHECK(std::isnan(infinite.unit[0]));
    CHECK(std::isnan(infinite.unit[1]));
    const auto no_number = seen<double>(1, std::numeric_limits<double>::quiet_NaN());
    CHECK(std::isnan(no_number.length));
    CHECK(std::isnan(no_number.unit[0]));
    CHECK(std::isnan(no_number.slope[0]));
}
