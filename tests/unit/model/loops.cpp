// SPDX-License-Identifier: BSL-1.0
// Loops in models: what they compute is what the unrolled program computes, from one body, in memory that does not
// grow with their length.
#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <set>
#include <span>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

using list = std::vector<float>;

constexpr tensor cell(scope& s, const tensor& h, const tensor& x) {
    auto layer = s.variable_scope("cell");
    const tensor w = layer.get_variable("w", {4, 4}, {.initializer = random_normal()});
    const tensor u = layer.get_variable("u", {3, 4}, {.initializer = random_normal()});
    const tensor b = layer.get_variable("b", {4}, {.initializer = random_normal()});
    const tensor recurrent = matmul(h, w);
    return ambit::tanh(matmul(x, u) + recurrent + b);
}

template <int Time> struct recurrent {
    struct outputs {
        tensor states, last;
    };
    constexpr outputs operator()(scope& s, const tensor& xs, const tensor& start) const {
        auto [last, states] = scan(s, [](scope& in, const tensor& h, const tensor& x) {
            const tensor next = cell(in, h, x);
            return scan_step{next, next};
        }, xs, start);
        return {states, last};
    }
};

// The same, written out: rows of xs are taken out by products with ones and zeros, which changes no bit of them.
template <int Time> struct unrolled {
    constexpr tensor operator()(scope& s, const tensor& x0, const tensor& x1, const tensor& x2, const tensor& start) const {
        tensor h = cell(s, start, x0);
        s.reuse_variables();
        h = cell(s, h, x1);
        return cell(s, h, x2);
    }
};

template <int Time> using recurrent_net = model<recurrent<Time>, input<float, Time, 2, 3>, input<float, 2, 4>>;
template <class Net, std::uint64_t Selected = all_outputs>
using plan_type = plan_of<typename Net::graph, Selected>;

template <class Plan> std::set<model_parts::kernel_function> set_of_kernels() {
    return []<int... Step>(std::integer_sequence<int, Step...>) {
        return std::set<model_parts::kernel_function>{model_parts::kernel_of<Plan, Step>::find()...};
    }(std::make_integer_sequence<int, Plan::counts.steps>{});
}

}  // namespace

TEST_CASE("a scan computes what the unrolled program computes, bit for bit", "[model]") {
    using unrolled_net = model<unrolled<3>, input<float, 2, 3>, input<float, 2, 3>, input<float, 2, 3>, input<float, 2, 4>>;
    recurrent_net<3> looped(seed{7});
    unrolled_net straight(seed{7});
    const list xs = numbers<float>(18), start = numbers<float>(8, 2);
    const auto row = [&](int t) { return list(xs.begin() + 6 * t, xs.begin() + 6 * (t + 1)); };
    const list wanted = elements(straight(row(0), row(1), row(2), start));
    const auto [states, last] = looped(xs, start);
    CHECK(same_bits(elements(last), wanted));
    const list all = elements(states);
    CHECK(same_bits(list(all.begin() + 16, all.end()), wanted));
    for (int again = 0; again < 3; ++again) CHECK(same_bits(elements(std::get<1>(looped(xs, start))), wanted));
}

TEST_CASE("a loop has as many steps and kernels as its body, however often it runs", "[model]") {
    using short_plan = plan_type<recurrent_net<10>>;
    using long_plan = plan_type<recurrent_net<1000>>;
    STATIC_REQUIRE(short_plan::counts.steps == long_plan::counts.steps);
    STATIC_REQUIRE(short_plan::counts.steps <= 6);
    STATIC_REQUIRE(short_plan::counts.loops == 1);
    STATIC_REQUIRE(recurrent_net<10>::graph::counts.nodes == recurrent_net<1000>::graph::counts.nodes);
    CHECK(set_of_kernels<short_plan>() == set_of_kernels<long_plan>());
    // One product for the input and one for the state, however often they run.
    STATIC_REQUIRE(long_plan::value.loops[0].trips == 1000);
    STATIC_REQUIRE(long_plan::value.loops[0].end - long_plan::value.loops[0].begin <= 5);
}

namespace {
template <int Time> struct last_state {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return scan(s, [&](scope& in, const tensor& h, const tensor& t) {
            const tensor next = cell(in, h, x) + cast(t, float32);
            return scan_step{next, next};
        }, Time, broadcast_to(reduce_sum(x), {2, 4})).state;
    }
};
template <int Time> using last_state_net = model<last_state<Time>, input<float, 2, 3>>;
}  // namespace

TEST_CASE("memory does not grow with the length of a loop but by what is stacked", "[model]") {
    STATIC_REQUIRE(last_state_net<2>::arena_bytes == last_state_net<100000>::arena_bytes);
    constexpr std::int64_t of_ten = recurrent_net<10>::arena_bytes, of_twenty = recurrent_net<20>::arena_bytes;
    STATIC_REQUIRE(of_twenty - of_ten == aligned(20 * 2 * 4 * 4) - aligned(10 * 2 * 4 * 4) +  // states
                                             aligned(20 * 2 * 3 * 4) - aligned(10 * 2 * 3 * 4));  // the input, if it is copied
}

namespace {

struct fibonacci {
    struct outputs {
        tensor first, second, numbers;
    };
    constexpr outputs operator()(scope& s, const tensor& a, const tensor& b) const {
        struct pair {
            tensor older, newer;
        };
        const auto [last, all] = scan(s, [](scope&, const pair& p, const tensor&) {
            return scan_step{pair{p.newer, p.older + p.newer}, p.older};
        }, 10, pair{a, b});
        return {last.older, last.newer, all};
    }
};

struct exchange {
    struct outputs {
        tensor a, b, c, kept;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& y, const tensor& z) const {
        const auto [last, all] = scan(s, [](scope&, const std::array<tensor, 4>& h, const tensor&) {
            return scan_step{std::array{h[1], identity(h[2]), h[0], h[3]}, h[0]};
        }, 5, std::array{x, y, z, x});
        return {last[0], last[1], all, last[3]};
    }
};

struct directions {
    struct outputs {
        tensor forward, backward, counted;
    };
    constexpr outputs operator()(scope& s, const tensor& xs) const {
        const tensor zero = xs.builder()->constant(0, float32);
        const auto sum = [](scope&, const tensor& h, const tensor& x) { return h + x; };
        const tensor forward = scan(s, sum, xs, zero);
        const tensor backward = scan(s, sum, xs, zero, {.reverse = true, .name = "back"});
        const tensor counted = scan(s, [](scope&, const tensor& h, const tensor& t) { return h * 10 + cast(t, float32); }, 5,
                                    zero, {.reverse = true});
        return {forward, backward, counted};
    }
};

}  // namespace

TEST_CASE("all states change at once", "[model]") {
    model<fibonacci, input<float>, input<float>> f(seed{});
    const auto [first, second, all] = f(0.0f, 1.0f);
    CHECK(first == 55);
    CHECK(second == 89);
    CHECK(elements(all) == list{0, 1, 1, 2, 3, 5, 8, 13, 21, 34});
    model<exchange, input<float, 2>, input<float, 2>, input<float, 2>> e(seed{});
    const auto [a, b, c, kept] = e(list{1, 2}, list{3, 4}, list{5, 6});
    CHECK(elements(a) == list{5, 6});  // five turns are two
    CHECK(elements(b) == list{1, 2});
    CHECK(elements(c) == list{1, 2, 3, 4, 5, 6, 1, 2, 3, 4});
    CHECK(elements(kept) == list{1, 2});
}

TEST_CASE("a scan goes from either end, and results lie beside their elements", "[model]") {
    model<directions, input<float, 5>> d(seed{});
    const auto [forward, backward, counted] = d(list{1, 2, 3, 4, 5});
    CHECK(elements(forward) == list{1, 3, 6, 10, 15});
    CHECK(elements(backward) == list{15, 14, 12, 9, 5});
    CHECK(elements(counted) == list{43210, 4321, 432, 43, 4});
}

namespace {

// Sums of products along a table, row by row: an inner loop for each row, over its columns.
struct table {
    struct outputs {
        tensor running, rows, columns;
    };
    constexpr outputs operator()(scope& s, const tensor& xs) const {
        const tensor zero = xs.builder()->constant(0, float32);
        const auto [last, rows] = scan(s, [&](scope& outer, const tensor& total, const tensor& row) {
            const auto [sum, running] = scan(outer, [&](scope&, const tensor& h, const tensor& x) {
                const tensor next = h + x * total;
                return scan_step{next, next * 2};
            }, row, zero);
            return scan_step{sum + 1, running};
        }, xs, reduce_sum(xs) * 0 + 1);
        const tensor columns = scan(s, [](scope&, const tensor& h, const tensor& column) { return h + reduce_sum(column); },
                                    transpose(xs), zero);
        return {rows, last, columns};
    }
};

// Many steps before, in and behind a loop, so that the plan runs from a table.
struct long_body {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        tensor h = softmax(x);
        for (int i = 0; i < 5; ++i) h = softmax(h * 2);
        h = scan(s, [](scope& in, tensor inner, const tensor&) {
            for (int i = 0; i < 6; ++i) inner = softmax(inner * 3);
            const tensor zero = inner.builder()->constant(0, float32);
            const tensor total = scan(in, [](scope&, const tensor& t, const tensor& e) { return t + e; }, inner, zero);
            return softmax(inner + total);
        }, 3, h);
        for (int i = 0; i < 5; ++i) h = softmax(h * 2);
        return h;
    }
};
struct long_body_unrolled {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        tensor h = softmax(x), all[3];
        for (int i = 0; i < 5; ++i) h = softmax(h * 2);
        for (tensor& it : all) {
            for (int i = 0; i < 6; ++i) h = softmax(h * 3);
            const tensor zero = h.builder()->constant(0, float32);
            const tensor total = scan(s, [](scope&, const tensor& t, const tensor& e) { return t + e; }, h, zero);
            h = softmax(h + total);
            it = h;
        }
        return all[2];
    }
};
struct last_of_long_body {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        tensor h = softmax(x);
        for (int i = 0; i < 5; ++i) h = softmax(h * 2);
        return scan(s, [](scope& in, tensor inner, const tensor&) {
            for (int i = 0; i < 6; ++i) inner = softmax(inner * 3);
            const tensor zero = inner.builder()->constant(0, float32);
            const tensor total = scan(in, [](scope&, const tensor& t, const tensor& e) { return t + e; }, inner, zero);
            const tensor next = softmax(inner + total);
            return scan_step{next, next};
        }, 3, h).state;
    }
};

}  // namespace

TEST_CASE("loops lie in each other", "[model]") {
    model<table, input<float, 2, 3>> t(seed{});
    const auto [rows, last, columns] = t(list{1, 2, 3, 4, 5, 6});
    // total 1: 1, 3, 6; then total 7: 28, 63, 105.
    CHECK(elements(rows) == list{2, 6, 12, 56, 126, 210});
    CHECK(last == 106);
    CHECK(elements(columns) == list{5, 12, 21});
}

TEST_CASE("loops in a plan that runs from a table compute the same", "[model]") {
    using looped = model<last_of_long_body, input<float, 9>>;
    using straight = model<long_body_unrolled, input<float, 9>>;
    STATIC_REQUIRE(plan_type<looped>::counts.steps > model_parts::most_inline_steps);
    STATIC_REQUIRE(plan_type<looped>::counts.loops == 2);
    looped a(seed{});
    straight b(seed{});
    const list x = numbers<float>(9);
    const list wanted = elements(b(x));
    CHECK(same_bits(elements(a(x)), wanted));
    CHECK(same_bits(elements(a(x)), wanted));
    model<long_body, input<float, 9>> behind(seed{});
    CHECK(elements(behind(x)).size() == 27);
}

namespace {
struct updates {
    struct outputs {
        tensor sums, before, after;
        operation keep;
    };
    constexpr outputs operator()(scope& s, const tensor& xs) const {
        const variable total = s.variable("total", 10.0f);
        const tensor before = identity(total);
        const tensor sums = scan(s, [&](scope&, const tensor& h, const tensor& x) { return h + x * total; }, xs, before);
        const tensor last = scan(s, [&](scope&, const tensor& h, const tensor& x) { return scan_step{maximum(h, x), h}; }, sums,
                                 before).state;
        const operation keep = assign(total, last);
        return {sums, before, identity(total), keep};
    }
};
}  // namespace

TEST_CASE("a body reads variables as they are at its place in the program", "[model]") {
    using out = updates::outputs;
    model<updates, input<float, 3>> u(seed{});
    const list x{1, 2, 3};
    for (float total = 10; total < 10000;) {
        auto [sums, before, after] =
            u.run<&out::sums, &out::before, &out::after, &out::keep>(x);
        CHECK(elements(sums) == list{2 * total, 4 * total, 7 * total});
        CHECK(before == total);
        CHECK(after == 7 * total);
        total = 7 * total;
        CHECK(u.get<"total">()() == total);
    }
    CHECK(noexcept(u.run<&out::sums>(std::array<float, 3>{})));
}

TEST_CASE("only what is asked for of a loop is computed", "[model]") {
    using net = recurrent_net<10>;
    STATIC_REQUIRE(plan_type<net, 0b10>::counts.places == plan_type<net, 0b11>::counts.places);  // the state is written there
    struct two {
        struct outputs {
            tensor cheap, dear;
        };
        constexpr outputs operator()(scope& s, const tensor& xs) const {
            const tensor zero = xs.builder()->constant(0, float32);
            const auto [last, all] = scan(s, [](scope&, const std::array<tensor, 2>& h, const tensor& x) {
                return scan_step{std::array{h[0] + reduce_sum(x), h[1] + reduce_sum(softmax(x))}, softmax(x)};
            }, xs, std::array{zero, zero});
            return {last[0], reduce_sum(all) + last[1]};
        }
    };
    using both = model<two, input<float, 4, 5>>;
    STATIC_REQUIRE(plan_type<both, 0b01>::counts.steps < plan_type<both, 0b10>::counts.steps);
    both b(seed{});
    const list x = numbers<float>(20);
    float sum = 0;
    for (std::size_t row = 0; row < 4; ++row) {
        float one = 0;
        for (std::size_t i = 0; i < 5; ++i) one += x[row * 5 + i];
        sum += one;
    }
    CHECK(b.run<&two::outputs::cheap>(x) == Approx(sum).epsilon(1e-5));
    CHECK(b.run<&two::outputs::dear>(x) == Approx(8).epsilon(1e-5));
}

TEST_CASE("a state may go on where the last call left it", "[model]") {
    struct running {
        constexpr tensor operator()(scope& s, const tensor& xs, const tensor& start) const {
            return scan(s, [](scope&, const tensor& h, const tensor& x) { return scan_step{h + x, h}; }, xs, start).state;
        }
    };
    model<running, input<float, 3, 2>, input<float, 2>> r(seed{});
    const list xs{1, 10, 2, 20, 3, 30};
    // Into the memory that the state comes from, and from the memory that it was left in.
    std::array<float, 2> state{100, 1000};
    r.run_into(std::span(state), xs, state);
    CHECK(state == std::array<float, 2>{106, 1060});
    r.run_into(std::span(state), xs, state);
    CHECK(state == std::array<float, 2>{112, 1120});
    const auto left = r(xs, state);  // in the memory of the model
    CHECK(elements(r(xs, std::span<const float, 2>(left.data(), 2))) == list{124, 1240});
}

namespace {

// Two layers, each adding up what it is given, in states of states. All numbers are small and whole: sums are exact.
struct adder {
    tensor sum, sum_of_sums;
};
struct adders {
    std::array<adder, 2> layers;
    std::pair<tensor, std::array<std::array<tensor, 1>, 2>> others;
};

struct adding_layers {
    struct outputs {
        tensor last, counted, turned, stacked, loss, slope_0, slope_1;
    };
    constexpr outputs operator()(scope& s, const tensor& xs, const tensor& start) const {
        const variable w0 = s.get_variable("w0", {}, {.initializer = constant(2)});
        const variable w1 = s.get_variable("w1", {}, {.initializer = constant(3)});
        const tensor none = constant(s, 0.0f);
        const adders begin{{{{start, none}, {start, none}}}, {none, {{{start}, {none}}}}};
        const auto [last, all] = scan(s, [&](scope&, const adders& state, const tensor& x) {
            adders next = state;
            tensor given = x;
            const std::array<tensor, 2> weights{w0, w1};
            for (std::size_t i = 0; i < 2; ++i) {
                next.layers[i].sum = state.layers[i].sum + given * weights[i];
                next.layers[i].sum_of_sums = state.layers[i].sum_of_sums + next.layers[i].sum;
                given = next.layers[i].sum_of_sums;
            }
            next.others = {state.others.first + 1, {state.others.second[1], state.others.second[0]}};
            return scan_step{next, std::pair{next.layers, x}};
        }, xs, begin);
        const tensor loss = last.layers[1].sum_of_sums;
        const auto slopes = gradients(loss, std::array{w0, w1});
        return {loss, last.others.first, last.others.second[1][0], all.first[1].sum_of_sums,
                loss, slopes[0],         slopes[1]};
    }
};

float added(float w0, float w1, std::span<const float> xs, float start, list* all = nullptr) {
    const std::array<float, 2> weights{w0, w1};
    std::array<float, 2> sum{start, start}, sum_of_sums{};
    for (float given : xs) {
        for (std::size_t i = 0; i < 2; ++i) given = sum_of_sums[i] += sum[i] += given * weights[i];
        if (all != nullptr) all->push_back(given);
    }
    return sum_of_sums[1];
}

}  // namespace

TEST_CASE("a state may be made of structs and arrays of states", "[model]") {
    model<adding_layers, input<float, 3>, input<float>> net(seed{});
    const list xs{1, 4, 2};
    const auto [last, counted, turned, stacked, loss, slope_0, slope_1] = net(xs, 5.0f);
    list all;
    CHECK(last == added(2, 3, xs, 5, &all));
    CHECK(elements(stacked) == all);
    CHECK(counted == 3);
    CHECK(turned == 5);
    // Along each weight the loss is a straight line.
    CHECK(slope_0 == added(3, 3, xs, 5) - added(2, 3, xs, 5));
    CHECK(slope_1 == added(2, 4, xs, 5) - added(2, 3, xs, 5));
}

TEST_CASE("what a while_loop carries and a cond returns may be made of structs and arrays, too", "[model]") {
    struct chosen {
        constexpr std::array<tensor, 3> operator()(scope& s, const tensor& x) const {
            const std::array<adder, 1> begin{{{x, x * 10}}};
            const auto last = while_loop(s, [](scope&, const std::array<adder, 1>& a) { return a[0].sum < 100.0f; },
                                         [](scope&, const std::array<adder, 1>& a) {
                                             return std::array<adder, 1>{{{a[0].sum * 2, a[0].sum}}};
                                         }, begin);
            const auto taken = cond(s, x > 0.0f, [&](scope&) { return std::pair{last[0], x}; },
                                    [&](scope&) { return std::pair{begin[0], x}; });
            return {last[0].sum, last[0].sum_of_sums, taken.first.sum_of_sums};
        }
    };
    model<chosen, input<float>> net(seed{});
    const auto [sum, before, taken] = net(7.0f);
    CHECK(sum == 112);
    CHECK(before == 56);
    CHECK(taken == 56);
    CHECK(std::get<2>(net(200.0f)) == 2000);
}
