// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>

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

TEST_CASE("softmax_cross_entropy has one loss a row", "[ops]") {
    using op = softmax_cross_entropy_op;
    STATIC_REQUIRE(gives<op>({f32(2, 3), f32(2, 3)}, {}, f32(2)));
    STATIC_REQUIRE(gives<op>({f64(5, 2, 3), f64(5, 2, 3)}, {}, f64(5, 2)));
    STATIC_REQUIRE(gives<op>({f32(3), f32(3)}, {}, f32()));
    constexpr auto dtypes = "labels must be probabilities of the logits' dtype";
    constexpr auto shapes = "logits and labels are both [..., classes]";
    STATIC_REQUIRE(refuses<op>({i32(2, 3), i32(2, 3)}, {}, op_dtype, "logits must be float32 or float64"));
    STATIC_REQUIRE(refuses<op>({f32(2, 3), f64(2, 3)}, {}, op_dtype, dtypes));
    STATIC_REQUIRE(refuses<op>({f32(2, 3), i32(2)}, {}, op_dtype, dtypes));
    STATIC_REQUIRE(refuses<op>({f32(2, 3), f32(3)}, {}, op_shape, shapes));
    STATIC_REQUIRE(refuses<op>({f32(), f32()}, {}, op_shape, shapes));
}

TEST_CASE("labels of the other cross-entropy are sent there", "[ops]") {
    using dense_labels = softmax_cross_entropy_op;
    using sparse_labels = sparse_softmax_cross_entropy_op;
    STATIC_REQUIRE(infer<dense_labels>({f32(2, 3), i32(2)}, {}).hint ==
                   "sparse_softmax_cross_entropy takes the number of a class a row");
    STATIC_REQUIRE(infer<dense_labels>({f32(2, 3), i32(2, 3)}, {}).hint == "cast(labels, float32) makes 0 and 1 of one-hot rows");
    STATIC_REQUIRE(infer<dense_labels>({f32(2, 3), f32(2)}, {}).hint ==
                   "sparse_softmax_cross_entropy takes the number of a class a row, cast to int32");
    STATIC_REQUIRE(infer<sparse_labels>({f32(2, 3), f32(2, 3)}, {}).hint ==
                   "softmax_cross_entropy takes a probability for each class");
    STATIC_REQUIRE(infer<sparse_labels>({f32(2, 3), f32(2)}, {}).hint == "cast(labels, int32) makes numbers of classes whole");
    STATIC_REQUIRE(infer<sparse_labels>({f32(2, 3), i32(2, 3)}, {}).hint ==
                   "softmax_cross_entropy takes a label for each class, cast to float32");
    STATIC_REQUIRE(infer<sparse_labels>({f32(2, 3), i32(3)}, {}).hint.empty());
}

namespace {

template <class T, std::int64_t Rows, std::int64_t Classes> struct rows {
    struct outputs {
        tensor losses, by_logits, by_labels;
    };
    constexpr outputs operator()(scope& s, const tensor& weights) const {
        const variable logits = s.get_variable("logits", {Rows, Classes}, {.dtype = dtype_of<T>});
        const variable labels = s.get_variable("labels", {Rows, Classes}, {.dtype = dtype_of<T>});
        const tensor losses = softmax_cross_entropy(logits, labels);
        const tensor loss = reduce_sum(losses * weights);
        const buffer<tensor> by = gradients(loss, s.trainable_variables());
        return {losses, by[0], by[1]};
    }
};

template <class T, std::int64_t Rows, std::int64_t Classes> void check(double tolerance) {
    model<rows<T, Rows, Classes>, input<T, Rows>> net(seed{1});
    const auto logits = numbers<T>(shape{Rows, Classes}, 3, -30, 30);
    const auto labels = numbers<T>(shape{Rows, Classes}, 5, 0, 1);
    const auto weights = numbers<T>(shape{Rows}, 4, -2, 2);
    net.template set<"logits">(logits);
    net.template set<"labels">(labels);
    const auto [losses, by_logits, by_labels] = net(weights);
    for (std::int64_t r = 0; r < Rows; ++r) {
        const auto x = [&](std::int64_t c) { return static_cast<long double>(logits[std::size_t(r * Classes + c)]); };
        const auto z = [&](std::int64_t c) { return static_cast<long double>(labels[std::size_t(r * Classes + c)]); };
        const long double weight = weights[std::size_t(r)];
        long double largest = x(0), total = 0, given = 0, loss = 0;
        for (std::int64_t c = 1; c < Classes; ++c) largest = std::max(largest, x(c));
        for (std::int64_t c = 0; c < Classes; ++c) total += std::exp(x(c) - largest), given += z(c);
        for (std::int64_t c = 0; c < Classes; ++c) loss += z(c) * (std::log(total) + largest - x(c));
        CHECK(static_cast<double>(losses(r)) == Approx(static_cast<double>(loss)).epsilon(tolerance).margin(tolerance));
        for (std::int64_t c = 0; c < Classes; ++c) {
            const long double log_share = x(c) - largest - std::log(total);
            const long double slope = (std::exp(log_share) * given - z(c)) * weight;
            CHECK(static_cast<double>(by_logits(r, c)) ==
                  Approx(static_cast<double>(slope)).epsilon(tolerance).margin(tolerance * double(Classes)));
            CHECK(static_cast<double>(by_labels(r, c)) ==
                  Approx(static_cast<double>(-log_share * weight)).epsilon(tolerance).margin(tolerance));
        }
    }
}

}  // namespace

TEST_CASE("the loss by probabilities and both of its gradients", "[ops]") {
    check<float, 5, 10>(4e-6);
    check<float, 3, 1>(4e-6);
    check<float, 2, 33>(4e-6);
    check<double, 4, 17>(1e-14);
}

TEST_CASE("what has no probability adds nothing, NaN stays in its row", "[ops]") {
    model<rows<float, 3, 3>, input<float, 3>> net(seed{1});
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
    net.set<"logits">(std::array<float, 9>{0, 0, -infinity, 1, 2, not_a_number, 1, 1, 1});
    net.set<"labels">(std::array<float, 9>{0.25f, 0.75f, 0, 1, 0, 0, 0, 0, not_a_number});
    const auto [losses, by_logits, by_labels] = net(std::array<float, 3>{1, 1, 1});
    CHECK(losses(0) == Approx(std::log(2.0)));
    CHECK(by_logits(0, 0) == Approx(0.25));
    CHECK(by_logits(0, 2) == 0);
    CHECK(std::isnan(losses(1)));
    CHECK(std::isnan(losses(2)));
}
