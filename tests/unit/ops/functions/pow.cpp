// SPDX-License-Identifier: BSL-1.0
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("functions of numbers are numbers, in the compiler too", "[ops]") {
    STATIC_REQUIRE(ambit::sqrt(64.0) == 8);
    STATIC_REQUIRE(ambit::sqrt(2) == ambit::sqrt(2.0));
    STATIC_REQUIRE(ambit::exp(0L) + ambit::log(1U) == 1);
    STATIC_REQUIRE(ambit::sqrt(0.25F) == 0.5F);
    STATIC_REQUIRE(ambit::exp(0.0) == 1);
    STATIC_REQUIRE(ambit::log(1.0F) == 0);
    STATIC_REQUIRE(ambit::pow(2.0, -2.0) == 0.25);
}

TEST_CASE("pow broadcasts two floats", "[ops]") {
    STATIC_REQUIRE(gives<pow_op>({f32(2, 3), f32(3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<pow_op>({f64(), f64(2)}, {}, f64(2)));
    STATIC_REQUIRE(refuses<pow_op>({i32(2), i32(2)}, {}, op_dtype, "the operands must be float32 or float64"));
    STATIC_REQUIRE(refuses<pow_op>({f32(2), f64(2)}, {}, op_dtype, "both operands must have one dtype"));
    STATIC_REQUIRE(refuses<pow_op>({f32(2), f32(3)}, {}, op_shape, "extents must be equal, or 1, from the last axis on"));
}

namespace {

struct powers {
    struct outputs {
        tensor both, cubed, of_two;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& y) const {
        return {pow(x, y), pow(x, 3), pow(2, y)};
    }
};

template <class T> void check() {
    using limits = std::numeric_limits<T>;
    using wide = std::conditional_t<std::is_same_v<T, float>, double, long double>;
    std::vector<T> special{limits::quiet_NaN(), limits::infinity(), -limits::infinity(), T(0), T(-0.0), T(1), T(-1),
                           T(2), T(-2), T(3), T(0.5), T(-0.5), T(1e30), T(1e-30)};
    for (const T x : numbers<T>(19, 3, 0, 20)) special.push_back(x);
    static constexpr std::size_t count = 33;
    REQUIRE(special.size() == count);
    model<powers, input<T, count, 1>, input<T, count>> n(seed{});
    const auto [both, cubed, of_two] = n(special, special);
    for (std::size_t i = 0; i < count; ++i) {
        const wide x = special[i];
        CHECK(ulps(cubed.data()[i], static_cast<T>(std::pow(x, wide(3)))) <= 1);
        CHECK(ulps(of_two.data()[i], static_cast<T>(std::pow(wide(2), x))) <= 1);
        for (std::size_t j = 0; j < count; ++j) {
            CAPTURE(i, j, special[i], special[j]);
            CHECK(ulps(both.data()[i * count + j], static_cast<T>(std::pow(x, wide(special[j])))) <= 1);
        }
    }
}

}  // namespace

TEST_CASE("powers of all kinds of numbers", "[ops]") {
    check<float>();
    check<double>();
}
