// SPDX-License-Identifier: BSL-1.0
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("what a float is, is bool", "[ops]") {
    STATIC_REQUIRE(gives<is_nan_op>({f32(2, 3)}, {}, flags(2, 3)));
    STATIC_REQUIRE(gives<is_inf_op>({f64()}, {}, flags()));
    STATIC_REQUIRE(gives<is_finite_op>({f32(5)}, {}, flags(5)));
    STATIC_REQUIRE(refuses<is_nan_op>({i32(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<is_finite_op>({flags(3)}, {}, op_dtype, "the operand must be float32 or float64"));
}

namespace {

struct classifies {
    struct outputs {
        tensor nan, infinite, finite, safe;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {is_nan(x), is_inf(x), is_finite(x), where(is_finite(x), x, 0)};
    }
};

template <class T> void check() {
    using limits = std::numeric_limits<T>;
    model<classifies, input<T, 37>> n(seed{});
    std::vector<T> x = numbers<T>(37);
    const T special[] = {limits::quiet_NaN(), limits::infinity(), -limits::infinity(), limits::max(), limits::lowest(),
                         limits::denorm_min(), -limits::quiet_NaN(), T(0)};
    for (std::size_t i = 0; i < 37; i += 2) x[i] = special[i / 2 % 8];
    const auto [nan, infinite, finite, safe] = n(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
        CAPTURE(i, x[i]);
        CHECK(nan.data()[i] == std::isnan(x[i]));
        CHECK(infinite.data()[i] == std::isinf(x[i]));
        CHECK(finite.data()[i] == std::isfinite(x[i]));
        CHECK(safe.data()[i] == (std::isfinite(x[i]) ? x[i] : T(0)));
    }
}

}  // namespace

TEST_CASE("NaN and infinities are found", "[ops]") {
    check<float>();
    check<double>();
}
