// SPDX-License-Identifier: BSL-1.0

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>

#include "../../../support/gradient_check.hpp"
#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;

namespace {

using list = std::vector<float>;

struct chosen {
    struct outputs {
        tensor value, twice;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& limit) const {
        const tensor value = cond(
            s, less(reduce_sum(x), limit), [&](scope& in) { return x * in.get_variable("w", {3}, {.initializer = constant(10)}); },
            [&](scope&) { return softmax(x); });
        return {value, value * 2};
    }
};

// A body that never ends, and one that does: only the chosen one runs.
struct one_runs {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return cond(
            s, less(x, 0),
            [&](scope& in) {
                return while_loop(in, [](scope&, const tensor& h) { return less(h * 0, 1); },
                                  [](scope&, const tensor& h) { return h; }, x);
            },
            [&](scope&) { return x + 1; });
    }
};

struct pair {
    tensor a, b;
};
struct swapped {
    constexpr pair operator()(scope& s, const tensor& x, const tensor& y) const {
        return cond(s, greater(x, y), [&](scope&) { return pair{y, x}; }, [&](scope&) { return pair{x, y}; });
    }
};

// The sum of the positive elements and of the squares of the others, one cond an iteration, itself with one inside.
struct in_a_scan {
    constexpr tensor operator()(scope& s, const tensor& xs) const {
        const tensor zero = xs.builder()->constant(0, float32);
        return scan(s, [](scope& outer, const tensor& h, const tensor& x) {
            return cond(outer, greater(x, 0), [&](scope& in) {
                return cond(in, greater(x, 100), [&](scope&) { return h; }, [&](scope&) { return h + x; });
            }, [&](scope&) { return h + square(x); });
        }, xs, zero);
    }
};

struct trained {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable v = s.variable("v", 2.0f), w = s.variable("w", 3.0f);
        const tensor y = cond(s, greater(x, 0), [&](scope&) { return x * v; }, [&](scope&) { return x * w; });
        return {square(y), minimize(s, square(y), sgd{.learning_rate = 0.5})};
    }
};

template <class Module> constexpr mistake only_mistake_of(const Module& module) {
    const reports all = check(module, {tensor_spec{{3}, float32}});
    return all.size() == 1 ? all[0].kind : mistake::none;
}

}  // namespace

TEST_CASE("a cond is the body that its predicate chooses", "[ops]") {
    model<chosen, input<float, 3>, input<float>> m(seed{});
    const list x{1, 2, 3};
    for (int again = 0; again < 3; ++again) {
        const auto [value, twice] = m(x, 7.0f);
        CHECK(elements(value) == list{10, 20, 30});
        CHECK(elements(twice) == list{20, 40, 60});
        const auto [other, other_twice] = m(x, 6.0f);
        CHECK(other(0) + other(1) + other(2) == Approx(1));
        CHECK(other_twice(2) == 2 * other(2));
        CHECK(other(2) / other(1) == Approx(std::exp(1.0f)));
    }
}

TEST_CASE("only the chosen body of a cond runs", "[ops]") {
    model<one_runs, input<float>> m(seed{});
    CHECK(m(1.0f) == 2);
    CHECK(m(0.0f) == 1);
}

TEST_CASE("a cond returns a struct of what is around it", "[ops]") {
    model<swapped, input<float>, input<float>> m(seed{});
    const auto check = [&](float x, float y) {
        const auto [a, b] = m(x, y);
        CHECK(a == std::min(x, y));
        CHECK(b == std::max(x, y));
    };
    check(1, 2);
    check(2, 1);
    check(3, 3);
}

TEST_CASE("conds lie in scans and in each other", "[ops]") {
    model<in_a_scan, input<float, 5>> m(seed{});
    CHECK(elements(m(list{2, -3, 1000, 4, -1})) == list{2, 11, 11, 15, 16});
}

TEST_CASE("gradients go through the body that runs", "[ops]") {
    model<trained, input<float>> m(seed{});
    // d(xv)²/dv = 2 x² v
    CHECK((m.run<&trained::outputs::loss, &trained::outputs::train>(1.0f)) == 4);
    CHECK(m.get<"v">()() == 0);
    CHECK(m.get<"w">()() == 3);
    CHECK((m.run<&trained::outputs::loss, &trained::outputs::train>(-1.0f)) == 9);
    CHECK(m.get<"v">()() == 0);
    CHECK(m.get<"w">()() == 0);
    for (unsigned round = 0; round < 40; ++round) {
        CAPTURE(round);
        gradient_check c(round);
        const tensor xs = c.parameter({3, 2}), h = c.parameter({2}), flags = c.data({3});
        const auto body = [&](scope& in, const tensor& state, const std::array<tensor, 2>& e) {
            return cond(in, greater(e[1], 0), [&](scope&) { return ambit::tanh(state * e[0]); },
                        [&](scope& inner) {
                            const auto turns = [&](scope&, const tensor& t, const tensor&) { return sigmoid(t + h) * e[0]; };
                            return reduce_sum(scan(inner, turns, 2, state), {.axes = 0});
                        });
        };
        const tensor y = scan(c.root(), body, std::array{xs, flags}, h,
                              {.memory = round % 2 == 0 ? loop_memory::store : loop_memory::recompute});
        REQUIRE_NOTHROW(c.holds(c.weighed(y)));
    }
}

TEST_CASE("both bodies of a cond return one shape and dtype, and a predicate is a bool scalar", "[ops]") {
    constexpr auto shapes = [](scope& s, const tensor& x) {
        return cond(s, less(reduce_sum(x), 1), [&](scope&) { return x; }, [&](scope&) { return reduce_sum(x); });
    };
    STATIC_REQUIRE(only_mistake_of(shapes) == mistake::op_shape);
    constexpr auto dtypes = [](scope& s, const tensor& x) {
        return cond(s, less(reduce_sum(x), 1), [&](scope&) { return x; }, [&](scope&) { return cast(x, int32); });
    };
    STATIC_REQUIRE(only_mistake_of(dtypes) == mistake::op_dtype);
    constexpr auto number = [](scope& s, const tensor& x) {
        return cond(s, reduce_sum(x), [&](scope&) { return x; }, [&](scope&) { return x; });
    };
    STATIC_REQUIRE(only_mistake_of(number) == mistake::op_dtype);
    constexpr auto many = [](scope& s, const tensor& x) {
        return cond(s, less(x, 1), [&](scope&) { return x; }, [&](scope&) { return x; });
    };
    STATIC_REQUIRE(only_mistake_of(many) == mistake::op_shape);
    constexpr auto leaks = [](scope& s, const tensor& x) {
        tensor inside;
        const tensor y = cond(s, less(reduce_sum(x), 1), [&](scope&) { return inside = x * 2; }, [&](scope&) { return x; });
        return y + inside;
    };
    STATIC_REQUIRE(only_mistake_of(leaks) == mistake::body_value);
}
