// SPDX-License-Identifier: BSL-1.0

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

// The greatest common divisor, as Euclid subtracted.
struct euclid {
    struct pair {
        tensor a, b;
    };
    constexpr pair operator()(scope& s, const tensor& a, const tensor& b) const {
        return while_loop(
            s, [](scope&, const pair& p) { return not_equal(p.a, p.b); },
            [](scope&, const pair& p) {
                const tensor smaller = minimum(p.a, p.b), larger = maximum(p.a, p.b);
                return pair{smaller, larger - smaller};
            },
            pair{a, b});
    }
};

// Newton's method for the square roots of a vector, to a tolerance or a number of steps.
template <std::int64_t Limit> struct roots {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable tolerance = s.variable("tolerance", 1e-5f);
        return while_loop(
            s,
            [&](scope&, const tensor& y) { return greater(reduce_max(ambit::abs(y * y - x)), tolerance); },
            [&](scope&, const tensor& y) { return (y + x / y) * 0.5; }, x, {.maximum_iterations = Limit});
    }
};

// How often each of four numbers is halved until it is below 1: a loop in a scan.
struct halvings {
    constexpr tensor operator()(scope& s, const tensor& xs) const {
        const tensor zero = xs.builder()->constant(0, float32);
        return scan(s, [](scope& in, const tensor&, const tensor& x) {
            const tensor none = x.builder()->constant(0, float32);
            const auto last = while_loop(
                in, [](scope&, const std::array<tensor, 2>& h) { return greater_equal(h[0], 1); },
                [](scope&, const std::array<tensor, 2>& h) { return std::array{h[0] * 0.5, h[1] + 1}; },
                std::array{x, none});
            return last[1];
        }, xs, zero);
    }
};

template <class Module> constexpr mistake only_mistake_of(const Module& module) {
    const reports all = check(module, {tensor_spec{{3}, float32}});
    return all.size() == 1 ? all[0].kind : mistake::none;
}

}  // namespace

TEST_CASE("a loop runs as long as its condition holds, and not at all if it never does", "[ops]") {
    model<euclid, input<std::int32_t>, input<std::int32_t>> gcd(seed{});
    const auto of = [&](std::int32_t a, std::int32_t b) { return std::get<0>(gcd(a, b)); };
    CHECK(of(12, 18) == 6);
    CHECK(of(17, 5) == 1);
    CHECK(of(7, 7) == 7);
    CHECK(of(1, 100000) == 1);
    CHECK(of(7, 7) == 7);
    CHECK(std::get<1>(gcd(9, 9)) == 9);
}

TEST_CASE("a loop ends at its maximum of iterations", "[ops]") {
    const std::vector<float> x{2, 9, 100, 0.25f};
    model<roots<50>, input<float, 4>> whole(seed{});
    const auto y = whole(x);
    for (int i = 0; i < 4; ++i) CHECK(y(i) == Approx(std::sqrt(x[std::size_t(i)])).epsilon(1e-5));
    model<roots<1>, input<float, 4>> one(seed{});
    const auto first = one(x);
    for (int i = 0; i < 4; ++i) CHECK(first(i) == (x[std::size_t(i)] + 1) * 0.5f);
    // The condition reads the variable as it is: a model that is satisfied at once returns what it was given.
    whole.set<"tolerance">(1e9f);
    CHECK(elements(whole(x)) == x);
    STATIC_REQUIRE(noexcept(whole(std::array<float, 4>{})));
    STATIC_REQUIRE(decltype(whole)::arena_bytes == decltype(one)::arena_bytes);
}

TEST_CASE("a loop that runs from a table, and in a scan", "[ops]") {
    model<halvings, input<float, 4>> n(seed{});
    CHECK(elements(n(std::array{0.5f, 1.0f, 1000.0f, 3.0f})) == std::vector<float>{0, 1, 10, 2});
    struct deep {
        constexpr tensor operator()(scope& s, tensor x) const {
            for (int i = 0; i < 10; ++i) x = softmax(x * 2);
            const tensor sum = while_loop(
                s, [](scope&, const tensor& h) { return less(reduce_sum(h), 10); },
                [](scope&, tensor h) {
                    for (int i = 0; i < 5; ++i) h = softmax(h) + h;
                    return h;
                },
                x);
            return softmax(sum);
        }
    };
    using net = model<deep, input<float, 5>>;
    STATIC_REQUIRE(plan_of<net::graph, all_outputs>::counts.steps > model_parts::most_inline_steps);
    net d(seed{});
    const auto y = elements(d(numbers<float>(5)));
    float total = 0;
    for (const float p : y) total += p;
    CHECK(total == Approx(1));
}

TEST_CASE("a condition is a bool scalar, and a maximum at least 1", "[ops]") {
    constexpr auto body = [](scope&, const tensor& h) { return h * 2; };
    constexpr auto of_floats = [=](scope& s, const tensor& x) {
        return while_loop(s, [](scope&, const tensor& h) { return reduce_sum(h); }, body, x);
    };
    STATIC_REQUIRE(only_mistake_of(of_floats) == mistake::op_dtype);
    constexpr auto of_three = [=](scope& s, const tensor& x) {
        return while_loop(s, [](scope&, const tensor& h) { return less(h, 3); }, body, x);
    };
    STATIC_REQUIRE(only_mistake_of(of_three) == mistake::op_shape);
    constexpr auto small = [](scope&, const tensor& h) { return less(reduce_sum(h), 3); };
    constexpr auto none = [=](scope& s, const tensor& x) { return while_loop(s, small, body, x, {.maximum_iterations = 0}); };
    STATIC_REQUIRE(only_mistake_of(none) == mistake::op_option);
    constexpr auto another = [=](scope& s, const tensor& x) {
        return while_loop(s, small, [](scope&, const tensor& h) { return reduce_sum(h); }, x);
    };
    STATIC_REQUIRE(only_mistake_of(another) == mistake::loop_state);
    constexpr auto fine = [=](scope& s, const tensor& x) { return while_loop(s, small, body, x); };
    STATIC_REQUIRE(only_mistake_of(fine) == mistake::none);
}

TEST_CASE("there is no gradient through a loop whose length is not known", "[ops]") {
    const auto module = [](scope& s, const tensor& x) {
        const variable v = s.get_variable("v", {3});
        const tensor y = while_loop(s, [](scope&, const tensor& h) { return less(reduce_sum(h), 3); },
                                    [&](scope&, const tensor& h) { return h * v; }, x);
        return gradients(reduce_sum(y), s.trainable_variables())[0];
    };
    const reports all = check(module, {tensor_spec{{3}, float32}});
    REQUIRE(all.size() == 1);
    CHECK(all[0].kind == mistake::not_differentiable);
    const std::string text = to_string(all, 0);
    CHECK(text.find("op while/loop") != std::string::npos);
    CHECK(text.find("cuts off v") != std::string::npos);
    CHECK(text.find("how often it runs is not known before: use scan") != std::string::npos);
}
