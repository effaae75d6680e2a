// SPDX-License-Identifier: BSL-1.0
// Functions that are made of several ops: their gradients against central differences, and numbers that were worked out
// by hand, with extents of the call and of the compiler.
#include "../support/gradient_laws.hpp"
#include "../support/numbers.hpp"

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/registry/dynamic_model.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

template <class F> void for_rounds(F f) {
    for (unsigned round = 0; round < 12; ++round) {
        CAPTURE(round);
        gradient_check c(round);
        const tensor y = f(c);
        REQUIRE_NOTHROW(c.holds(c.weighed(y)));
    }
}

using list = std::vector<float>;
constexpr float no_number = std::numeric_limits<float>::quiet_NaN();

bool equal_but_nan(const list& a, const list& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!(a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i])))) return false;
    return true;
}

struct lookups {
    using outputs = std::array<tensor, 7>;
    constexpr outputs operator()(scope&, const tensor& x, const tensor& tuples, const tensor& rows) const {
        const tensor picked = gather_nd(x, tuples);
        const tensor lines = gather_nd(x, rows);
        const tensor sums = scatter_nd(tuples, picked + 1, {3, 2});
        const tensor at = reshape(rows, {4});
        const tensor replaced = scatter_update(x, at, lines * 10);
        const tensor loss = negative_log_likelihood(x, reshape(rows, {4})) ;
        return {picked, lines, sums, replaced, loss, gather(x, at), scatter(at, lines, {4, 2})};
    }
};

}  // namespace

TEST_CASE("gradients of lookups and bands made of several ops", "[laws][autodiff]") {
    for_rounds([](gradient_check& c) {
        const tensor x = c.parameter({3, 2, 2});
        const tensor tuples = c.labels({4, 2}, 4);  // some outside
        return gather_nd(square(x), tuples);
    });
    for_rounds([](gradient_check& c) {
        const tensor updates = c.parameter({5, 2});
        return scatter_nd(c.labels({5, 2}, 4), square(updates), {3, 2, 2});
    });
    for_rounds([](gradient_check& c) {
        const tensor x = c.parameter({2, 3, 4});
        return band_part(square(x), c.pick(-1, 2), c.pick(-1, 3));
    });
    for_rounds([](gradient_check& c) {
        const tensor logits = c.parameter({2, 3, 4});
        return negative_log_likelihood(log_softmax(logits), c.labels({2, 3}, 4));
    });
}

TEST_CASE("gradients of units made of several ops", "[laws][autodiff]") {
    for_rounds([](gradient_check& c) { return mish(c.parameter(c.any_shape())); });
    for_rounds([](gradient_check& c) { return hard_swish(c.parameter(c.any_shape(), -4, 4)); });
    for_rounds([](gradient_check& c) { return log_sigmoid(c.parameter(c.any_shape(), -4, 4)); });
    for_rounds([](gradient_check& c) { return celu(c.parameter(c.any_shape()), {.alpha = 0.5}); });
    for_rounds([](gradient_check& c) { return ambit::tan(c.parameter(c.any_shape(), -1, 1)); });
}

TEST_CASE("lookups of a few numbers, inside of the array and outside", "[laws]") {
    model<lookups, input<float, 4, 2>, input<std::int32_t, 3, 2>, input<std::int32_t, 4, 1>> known(seed{});
    const list x{1, 2, 3, 4, 5, 6, 7, 8};
    const std::vector<std::int32_t> tuples{2, 1, 0, 2, -1, 0}, rows{1, -1, 4, 1};
    const auto results = known(x, tuples, rows);
    const std::array<list, 7> wanted{
        list{6, 0, 0},                                // the others lie outside of one axis each
        list{3, 4, 0, 0, 0, 0, 3, 4},                 // -1 does not count from the end
        list{0, 0, 0, 0, 0, 7},
        list{1, 2, 30, 40, 5, 6, 7, 8},
        list{-2, no_number, no_number, -8},
        list{3, 4, 0, 0, 0, 0, 3, 4},
        list{0, 0, 6, 8, 0, 0, 0, 0}};
    registry reg(seed{});
    dynamic_model late(reg, lookups{}, {spec(float32, {4, 2}), spec(int32, {3, 2}), spec(int32, {4, 1})});
    const auto again = late(x, tuples, rows);
    [&]<std::size_t... K>(std::index_sequence<K...>) {
        (
            [&] {
                CAPTURE(K);
                CHECK(equal_but_nan(elements(std::get<K>(results)), wanted[K]));
                const auto late_elements = again[K].template elements<float>();
                CHECK(equal_but_nan(list(late_elements.begin(), late_elements.end()), wanted[K]));
            }(),
            ...);
    }(std::make_index_sequence<7>{});
}

TEST_CASE("the last of several updates of a place stays, and gets the gradient", "[laws]") {
    registry reg(seed{});
    const auto module = [](scope& s, const tensor& updates) {
        const tensor x = ones(s, {3, 2});
        return scatter_update(x, constant(s, {2, 0, 2, 7}, {4}), updates);
    };
    dynamic_model net(reg, module, {spec(float32, {4, 2})});
    const auto y = net(list{1, 2, 3, 4, 5, 6, 7, 8});
    const auto got = y.elements<float>();
    CHECK(list(got.begin(), got.end()) == list{3, 4, 1, 1, 5, 6});
    for_rounds([](gradient_check& c) {
        const tensor x = c.parameter({3, 2}), updates = c.parameter({6, 2});
        return scatter_update(square(x), c.labels({6}, 4), square(updates));
    });
}

TEST_CASE("bands of a few numbers", "[laws]") {
    struct module {
        using outputs = std::array<tensor, 5>;
        constexpr outputs operator()(scope&, const tensor& x) const {
            return {band_part(x, -1, 0), band_part(x, 0, -1), band_part(x, 0, 0), band_part(x, 1, 1),
                    band_part(x, -1, -1)};
        }
    };
    model<module, input<float, 3, 4>> net(seed{});
    const auto [lower, upper, diagonal, three, all] = net(list{1, 2, 3, 4, 5, 6, 7, 8, 9, no_number, 11, 12});
    CHECK(equal_but_nan(elements(lower), {1, 0, 0, 0, 5, 6, 0, 0, 9, no_number, 11, 0}));
    CHECK(elements(upper) == list{1, 2, 3, 4, 0, 6, 7, 8, 0, 0, 11, 12});  // no NaN where a zero comes
    CHECK(elements(diagonal) == list{1, 0, 0, 0, 0, 6, 0, 0, 0, 0, 11, 0});
    CHECK(equal_but_nan(elements(three), {1, 2, 0, 0, 5, 6, 7, 0, 0, no_number, 11, 12}));
    CHECK(equal_but_nan(elements(all), {1, 2, 3, 4, 5, 6, 7, 8, 9, no_number, 11, 12}));
}
