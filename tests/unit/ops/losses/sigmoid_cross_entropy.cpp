// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("sigmoid_cross_entropy is of floats of one dtype, broadcast", "[ops]") {
    using op = sigmoid_cross_entropy_op;
    STATIC_REQUIRE(gives<op>({f32(2, 3), f32(3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<op>({f64(2, 1), f64(3)}, {}, f64(2, 3)));
    STATIC_REQUIRE(refuses<op>({f32(2), f64(2)}, {}, op_dtype, "both operands must have one dtype"));
    STATIC_REQUIRE(refuses<op>({i32(2), i32(2)}, {}, op_dtype, "the operands must be float32 or float64"));
    STATIC_REQUIRE(refuses<op>({f32(2), f32(3)}, {}, op_shape, "extents must be equal, or 1, from the last axis on"));
}

namespace {

template <std::int64_t N> struct loss_and_slope {
    struct outputs {
        tensor losses, by_logits;
    };
    constexpr outputs operator()(scope& s, const tensor& labels) const {
        const variable logits = s.get_variable("logits", {N}, {.dtype = labels.dtype()});
        const tensor losses = sigmoid_cross_entropy(logits, labels);
        const tensor loss = reduce_sum(losses);
        return {losses, gradients(loss, s.trainable_variables())[0]};
    }
};

// Relative, or of the largest term where the loss is a difference of such.
template <class T> void check(double tolerance) {
    model<loss_and_slope<39>, input<T, 39>> net(seed{1});
    std::vector<T> logits = numbers<T>(39, 1, -20, 20), labels = numbers<T>(39, 2, 0, 1);
    const T extremes[] = {0, 0, 0, T(1e-3), 80, -80, 1e4f, -1e4f, 60, -60};
    for (std::size_t i = 0; i < std::size(extremes); ++i) {
        logits[i] = extremes[i];
        labels[i] = T(i % 3) / 2;
    }
    net.template set<"logits">(logits);
    const auto [losses, by_logits] = net(labels);
    for (std::size_t i = 0; i < 39; ++i) {
        CAPTURE(i, logits[i], labels[i]);
        const long double x = logits[i], z = labels[i];
        const long double power = std::exp(-std::fabs(x));
        const long double loss = (x > 0 ? x * (1 - z) : -x * z) + std::log1p(power);
        const long double size = std::max(x, 0.0L) + std::fabs(x * z) + std::log1p(power);
        CHECK(std::fabs(static_cast<long double>(losses(i)) - loss) <= tolerance * size);
        const long double probability = x >= 0 ? 1 / (1 + power) : power / (1 + power);
        CHECK(std::fabs(static_cast<long double>(by_logits(i)) - (probability - z)) <= tolerance);
    }
}

}  // namespace

TEST_CASE("sigmoid_cross_entropy and its slope, at 0 and at the ends as well", "[ops]") {
    check<float>(4e-7);
    check<double>(2e-15);
}

TEST_CASE("a small loss keeps its digits, NaN stays", "[ops]") {
    using op = sigmoid_cross_entropy_op;
    CHECK(op::apply(40.0f, 1.0f) == Approx(std::exp(-40.0)).epsilon(1e-6));
    CHECK(op::apply(-30.0, 0.0) == Approx(std::exp(-30.0)).epsilon(1e-12));
    const double not_a_number = std::numeric_limits<double>::quiet_NaN();
    CHECK(std::isnan(op::apply(not_a_number, 0.5)));
    CHECK(std::isnan(op::apply(1.0, not_a_number)));
}
