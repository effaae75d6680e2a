// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/normalize.hpp>

#include <ambit/ambit.hpp>

#include "../../support/gradient_check.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;

namespace {

struct all_kinds {
    struct outputs {
        tensor plain, scaled, moved, both;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& gamma, const tensor& beta) const {
        auto [mean, variance] = moments(x, {.axes = 0});
        return {normalize(x, mean, variance, {.epsilon = 0}),
                normalize(x, mean, variance, {.gamma = gamma, .epsilon = 0}),
                normalize(x, mean, variance, {.beta = beta, .epsilon = 0}),
                normalize(x, mean, variance, {.gamma = gamma, .beta = beta, .epsilon = 5})};
    }
};

}  // namespace

TEST_CASE("values are moved to mean 0 and variance 1, then scaled and moved", "[nn][normalize]") {
    model<all_kinds, input<float, 2, 2>, input<float, 2>, input<float, 2>> net(seed{});
    // Columns 1, 5 and 10, 14: mean 3 and 12, variance 4.
    const auto [plain, scaled, moved, both] =
        net(std::array<float, 4>{1, 10, 5, 14}, std::array<float, 2>{2, 6}, std::array<float, 2>{10, -1});
    CHECK(elements(plain) == std::vector<float>{-1, -1, 1, 1});
    CHECK(elements(scaled) == std::vector<float>{-2, -6, 2, 6});
    CHECK(elements(moved) == std::vector<float>{9, -2, 11, 0});
    // sqrt(4 + 5) = 3
    const std::vector<float> expected{10 - 4.f / 3, -5, 10 + 4.f / 3, 3};
    for (std::size_t i = 0; i < 4; ++i) CHECK(both.data()[i] == Approx(expected[i]).epsilon(1e-6));
}

TEST_CASE("values whose variance is no value of the dtype are not normalized to 0", "[nn][normalize]") {
    model<all_kinds, input<float, 2, 2>, input<float, 2>, input<float, 2>> net(seed{});
    const auto [plain, scaled, moved, both] =
        net(std::array<float, 4>{1e20F, 10, -2e20F, 14}, std::array<float, 2>{2, 6}, std::array<float, 2>{10, -1});
    for (std::size_t i = 0; i < 2; ++i) {
        for (const auto& of : {plain, scaled, moved, both}) CHECK(std::isnan(of(i, 0)));
        CHECK(plain(i, 1) == (i == 0 ? -1 : 1));
    }
}

TEST_CASE("the last op has the name", "[nn][normalize]") {
    graph_builder builder;
    const tensor x = builder.input(spec(float32, {4, 2})), v = builder.input(spec(float32, {2}));
    const tensor wide = builder.input(spec(float32, {4, 1}));
    CHECK(normalize(x, v, v, {.name = "a"}).op_name() == "a");
    CHECK(normalize(x, v, v, {.gamma = v, .name = "b"}).op_name() == "b");
    CHECK(normalize(x, v, v, {.beta = v, .name = "c"}).op_name() == "c");
    CHECK(normalize(x, wide, wide, {.gamma = v, .name = "d"}).op_name() == "d");
    CHECK(normalize(x, wide, wide, {.gamma = v, .beta = v, .name = "e"}).op_name() == "e");
}

TEST_CASE("gradients of normalized values, through their moments too", "[nn][normalize]") {
    for (unsigned round = 0; round < 8; ++round) {
        CAPTURE(round);
        gradient_check c(round);
        const bool is_batch = c.coin();
        const shape extents{c.pick(2, 4), c.pick(1, 2), c.pick(2, 3)};
        const tensor x = c.parameter(extents);
        normalize_options by{.epsilon = 0.1};
        if (c.coin()) by.gamma = c.parameter({extents[2]});
        if (c.coin()) by.beta = c.parameter({extents[2]});
        const mean_and_variance of =
            is_batch ? moments(x, {.axes = {0, 1}}) : moments(x, {.axes = -1, .keep_dims = true});
        REQUIRE_NOTHROW(c.holds(c.weighed(normalize(x, of.mean, of.variance, by))));
    }
}

namespace {

struct all_layers {
    struct outputs {
        tensor batch, layer, group;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor image = reshape(x, {8, 3, 4, 12});
        return {batch_normalization(s, "batch", x, {.epsilon = 0, .training = true}),
                layer_normalization(s, "layer", x, {.epsilon = 0}),
                group_normalization(s, "group", image, {.groups = 4, .epsilon = 0})};
    }
};

// What a layer makes of the elements of one mean beside what double precision does. The mean has a rounding of its own,
// which moves all of them alike; the distances between them know nothing of it.
void check_alike(const std::vector<float>& x, const std::vector<float>& y) {
    const auto n = static_cast<double>(x.size());
    double mean = 0, squares = 0, moved = 0;
    for (const float e : x) mean += e / n;
    for (const float e : x) squares += (e - mean) * (e - mean) / n;
    for (const float e : y) moved += e / n;
    CHECK(std::fabs(moved) < 0.1);
    for (std::size_t i = 0; i < x.size(); ++i)
        CHECK(std::fabs(y[i] - moved - (x[i] - mean) / std::sqrt(squares)) < 3e-6);
}

}  // namespace

TEST_CASE("layers keep the digits of values a million times their deviation", "[nn][normalize]") {
    constexpr std::size_t rows = 96, columns = 12;
    std::vector<float> x = numbers<float>(rows * columns);
    for (float& e : x) e = 1e6f + 3 * e;
    model<all_layers, input<float, rows, columns>> net(seed{});
    const auto [batch, layer, group] = net(x);
    for (std::size_t c = 0; c < columns; ++c) {
        std::vector<float> in, out;
        for (std::size_t r = 0; r < rows; ++r) in.push_back(x[r * columns + c]), out.push_back(batch(r, c));
        check_alike(in, out);
    }
    for (std::size_t r = 0; r < rows; ++r) {
        std::vector<float> out;
        for (std::size_t c = 0; c < columns; ++c) out.push_back(layer(r, c));
        check_alike({x.begin() + std::ptrdiff_t(r * columns), x.begin() + std::ptrdiff_t((r + 1) * columns)}, out);
    }
    for (std::size_t n = 0; n < 8; ++n)
        for (std::size_t g = 0; g < 4; ++g) {
            std::vector<float> in, out;
            for (std::size_t p = 0; p < 12; ++p)
                for (std::size_t c = 3 * g; c < 3 * g + 3; ++c) {
                    in.push_back(x[(n * 12 + p) * columns + c]);
                    out.push_back(group(n, p / 4, p % 4, c));
                }
            check_alike(in, out);
        }
}
