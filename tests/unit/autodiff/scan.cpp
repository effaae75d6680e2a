// SPDX-License-Identifier: BSL-1.0
// Gradients through scans: against differences, against the program written out, and in memory that is as large as
// what is kept.
#include <ambit/autodiff/gradients.hpp>

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>

#include "../../support/gradient_check.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string_view>
#include <utility>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

using scan_case = tensor (*)(gradient_check&, loop_memory);

constexpr std::pair<std::string_view, scan_case> cases[] = {
    {"a running product",
     [](gradient_check& c, loop_memory memory) {
         const tensor xs = c.parameter({3, 2}), h = c.parameter({2});
         return scan(c.root(), [](scope&, const tensor& s, const tensor& x) { return s * x; }, xs, h,
                     {.reverse = c.coin(), .memory = memory});
     }},
    {"a recurrent cell with shared weights",
     [](gradient_check& c, loop_memory memory) {
         const tensor xs = c.parameter({3, 2, 2}), h = c.parameter({2, 3});
         const variable w = c.variable({3, 3}), u = c.variable({2, 3});
         return scan(c.root(), [&](scope&, const tensor& s, const tensor& x) {
             return ambit::tanh(matmul(x, u) + matmul(s, w));
         }, xs, h, {.reverse = c.coin(), .memory = memory});
     }},
    {"products in one scan in another, with weights of both",
     [](gradient_check& c, loop_memory memory) {
         const tensor xs = c.parameter({2, 3, 2, 2}, -1, 1), h = c.parameter({2, 2});
         const variable w = c.variable({2, 2}), u = c.variable({2, 2}), b = c.variable({2});
         const bool reverse = c.coin();
         return scan(c.root(), [&](scope& s, const tensor& t, const tensor& rows) {
             const tensor end = scan(s, [&](scope&, const tensor& q, const tensor& x) {
                 const tensor next = ambit::tanh(matmul(x, u) + matmul(q, w) + b);
                 return scan_step{next, q};
             }, rows, t, {.reverse = reverse, .memory = memory}).state;
             return matmul(end, w, {.transpose_b = true}) + b;
         }, xs, h, {.memory = memory});
     }},
    {"by the number of the iteration",
     [](gradient_check& c, loop_memory memory) {
         const tensor h = c.parameter({3});
         return scan(c.root(), [](scope&, const tensor& s, const tensor& i) {
             return sigmoid(s) * (cast(i, float64) + 1);
         }, 4, h, {.reverse = c.coin(), .memory = memory});
     }},
    {"two states that change places, and an output",
     [](gradient_check& c, loop_memory memory) {
         const tensor xs = c.parameter({3, 2}), h = c.parameter({2}), g = c.parameter({2});
         const tensor k = c.parameter({2}) * 2;
         const auto r = scan(c.root(), [&](scope&, const std::array<tensor, 2>& s, const tensor& x) {
             return scan_step{std::array{s[1], s[0]}, ambit::exp(s[0] * 0.25) * x * k};
         }, xs, std::array{h, g}, {.memory = memory});
         return r.state[0] * r.state[1] + reduce_sum(r.outputs);
     }},
    {"gates that are parts of one product, and rows looked up by the iteration",
     [](gradient_check& c, loop_memory memory) {
         const tensor table = c.parameter({3, 2}), h = c.parameter({1, 2});
         const variable w = c.variable({4, 4});
         return scan(c.root(), [&](scope&, const tensor& s, const tensor& i) {
             const tensor row = gather(table, expand_dims(i, 0));
             const auto [gate, update] = split<2>(matmul(concat({row, s}, 1), w), -1);
             return sigmoid(gate) * s + reverse(update, {1}) * 0.5;
         }, 3, h, {.reverse = c.coin(), .memory = memory});
     }},
    {"one scan in another, which shares a weight with it",
     [](gradient_check& c, loop_memory memory) {
         const tensor xs = c.parameter({3, 2}), h = c.parameter({});
         const variable w = c.variable({}), v = c.variable({2});
         const auto r = scan(c.root(), [&](scope& s, const tensor& t, const tensor& row) {
             const tensor scaled = row * t * v;
             const auto inner = scan(s, [&](scope&, const tensor& q, const tensor& x) {
                 const tensor next = ambit::tanh(q * w + x * t);
                 return scan_step{next, next * q * reduce_sum(row)};
             }, scaled, t, {.memory = memory});
             return scan_step{inner.state + reduce_sum(inner.outputs) * w * 0.25, inner.outputs};
         }, xs, h, {.memory = memory});
         return r.state * reduce_sum(r.outputs, {.axes = 0});
     }},
    {"one scan behind another",
     [](gradient_check& c, loop_memory memory) {
         const tensor xs = c.parameter({3, 2}), h = c.parameter({2});
         const auto body = [&](scope&, const tensor& s, const tensor& x) { return ambit::tanh(s * x + h); };
         const tensor first = scan(c.root(), body, xs, h, {.memory = memory});
         return scan(c.root(), body, first, first.builder()->constant(0, float64) + h, {.reverse = true, .memory = memory});
     }},
    {"the last state alone, of elements that are also used whole",
     [](gradient_check& c, loop_memory memory) {
         const tensor xs = c.parameter({4, 2});
         const tensor start = reduce_mean(xs, {.axes = 0});
         return scan(c.root(), [&](scope&, const tensor& s, const tensor& x) {
             return scan_step{s * sigmoid(x) + reduce_sum(softmax(xs) * x), s};
         }, xs, start, {.memory = memory}).state;
     }},
};

}  // namespace

TEST_CASE("gradients go through scans, stored and recomputed, twice", "[autodiff]") {
    for (const auto& [name, use] : cases) {
        for (const loop_memory memory : {loop_memory::store, loop_memory::recompute}) {
            for (unsigned round = 0; round < 10; ++round) {
                CAPTURE(name, static_cast<int>(memory), round);
                gradient_check c(round);
                const tensor y = use(c, memory);
                REQUIRE_NOTHROW(c.holds(c.weighed(y)));
                gradient_check again(100 + round);
                const tensor z = use(again, memory);
                const tensor slope = again.slope_of(again.weighed(z));
                REQUIRE_NOTHROW(again.holds(slope));
            }
        }
    }
}

namespace {

template <int Time, loop_memory Memory> struct trainer {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& xs, const tensor& targets) const {
        const tensor zero = broadcast_to(xs.builder()->constant(0, float32), {2, 8});
        const auto [last, states] = scan(s, [](scope& in, const tensor& h, const tensor& x) {
            auto cell = in.variable_scope("cell");
            const tensor w = cell.get_variable("w", {8, 8}, {.initializer = random_normal({.standard_deviation = 0.3})});
            const tensor u = cell.get_variable("u", {3, 8}, {.initializer = random_normal({.standard_deviation = 0.3})});
            const tensor b = cell.get_variable("b", {8}, {.initializer = zeros()});
            const tensor from_input = matmul(x, u), from_state = matmul(h, w);
            const tensor next = ambit::tanh(from_input + from_state + b);
            return scan_step{next, next};
        }, xs, zero, {.memory = Memory});
        const tensor v = s.get_variable("v", {8, 1}, {.initializer = random_normal({.standard_deviation = 0.3})});
        const tensor error = matmul(last, v) - targets;
        const tensor loss = reduce_mean(square(error));
        return {loss, minimize(s, loss, sgd{.learning_rate = 0.05})};
    }
};
template <int Time, loop_memory Memory = loop_memory::store>
using trainer_of = model<trainer<Time, Memory>, input<float, Time, 2, 3>, input<float, 2, 1>>;
template <class Net> using whole = plan_of<typename Net::graph, all_outputs>;

}  // namespace

TEST_CASE("a trainer of a recurrent net learns, and recomputed gradients are the stored ones", "[autodiff]") {
    using out = trainer<6, loop_memory::store>::outputs;
    using recomputed = trainer<6, loop_memory::recompute>::outputs;
    trainer_of<6> a(seed{3});
    trainer_of<6, loop_memory::recompute> b(seed{3});
    const auto xs = numbers<float>(36), targets = numbers<float>(2, 7, -1, 1);
    const float first = a.run<&out::loss>(xs, targets);
    float loss = first;
    for (int step = 0; step < 100; ++step) {
        loss = a.run<&out::loss, &out::train>(xs, targets);
        const float recomputed_loss = b.run<&recomputed::loss, &recomputed::train>(xs, targets);
        REQUIRE(loss == Approx(recomputed_loss).epsilon(1e-4).margin(1e-7));
    }
    CHECK(loss < 0.01f * first);
}

TEST_CASE("a trainer has as many steps and kernels however long its sequence is", "[autodiff]") {
    STATIC_REQUIRE(whole<trainer_of<6>>::counts.steps == whole<trainer_of<600>>::counts.steps);
    STATIC_REQUIRE(whole<trainer_of<6>>::counts.loops == 2);
    STATIC_REQUIRE(trainer_of<6>::graph::counts.nodes == trainer_of<600>::graph::counts.nodes);
    // Stored: the state that each iteration found, the one that it returned and the gradient that comes to it.
    // Recomputed: the first alone.
    using stored = trainer_of<600>;
    using recomputed = trainer_of<600, loop_memory::recompute>;
    CHECK(stored::arena_bytes > recomputed::arena_bytes);
    CHECK(stored::arena_bytes - trainer_of<300>::arena_bytes <= 300 * (3 * 2 * 8 + 2 * 3) * 4 + 4 * arena_alignment);
    CHECK(recomputed::arena_bytes - trainer_of<300, loop_memory::recompute>::arena_bytes <=
          300 * (2 * 8 + 2 * 3) * 4 + 4 * arena_alignment);
}

namespace {

/// The products in one loop of a plan.
template <class Plan> constexpr int products_in_loop(int loop) {
    int products = 0;
    for (int step = Plan::value.loops[loop].begin; step < Plan::value.loops[loop].end; ++step)
        products += Plan::value.steps[step].kind == step_kind::compute ? 1 : 0;
    return products;
}
template <class Plan> constexpr int products_of() {
    int products = 0;
    for (int step = 0; step < Plan::counts.steps; ++step)
        products += Plan::value.steps[step].kind == step_kind::compute ? 1 : 0;
    return products;
}

}  // namespace

TEST_CASE("gradients by weights are products behind the loop, unless their rows are computed again", "[autodiff]") {
    // Forward x u, h w; backward g wᵀ. By u and w: in the loop if recomputed, and by b a sum of rows.
    using stored = whole<trainer_of<6>>;
    using recomputed = whole<trainer_of<6, loop_memory::recompute>>;
    STATIC_REQUIRE(products_in_loop<stored>(0) == 2);
    STATIC_REQUIRE(products_in_loop<stored>(1) == 1);
    STATIC_REQUIRE(products_in_loop<recomputed>(1) >= 4);
    STATIC_REQUIRE(products_of<stored>() < products_of<recomputed>());
}

namespace {

template <class Module> reports mistakes_of(const Module& module) {
    return check(module, {tensor_spec{{3, 2}, float32}});
}

}  // namespace

TEST_CASE("what no gradient reaches in a scan is missed as elsewhere", "[autodiff]") {
    // The second state never comes to the loss.
    const auto unused = [](scope& s, const tensor& xs) {
        const tensor zero = xs.builder()->constant(0, float32);
        const auto [last, all] = scan(s, [](scope& in, const std::array<tensor, 2>& h, const tensor& x) {
            const tensor v = in.get_variable("v", {2}), w = in.get_variable("w", {2});
            return scan_step{std::array{h[0] + reduce_sum(x * v), h[1] + reduce_sum(x * w) + h[0]}, h[0]};
        }, xs, std::array{zero, zero});
        return gradients(last[0] + reduce_sum(all), s.trainable_variables())[0];
    };
    const reports all = mistakes_of(unused);
    REQUIRE(all.size() == 1);
    CHECK(all[0].kind == mistake::gradient_missing);
    CHECK(to_string(all, 0).find("w") != std::string::npos);
}

TEST_CASE("an op without a gradient in a body is named", "[autodiff]") {
    const auto peaks = [](scope& s, const tensor& xs) {
        const tensor zero = xs.builder()->constant(0, float32);
        const tensor all = scan(s, [](scope& in, const tensor& h, const tensor& x) {
            const tensor v = in.get_variable("v", {2});
            return h + cast(argmax(x * v, 0), float32);
        }, xs, zero);
        return gradients(reduce_sum(all), s.trainable_variables())[0];
    };
    const reports all = mistakes_of(peaks);
    REQUIRE(all.size() == 1);
    CHECK(all[0].kind == mistake::not_differentiable);
    CHECK(to_string(all, 0).find("op scan/argmax\n  at scan.cpp:") != std::string::npos);
}

TEST_CASE("there is no gradient back through iterations that are still to come, nor by a hidden loss", "[autodiff]") {
    const auto inside = [](scope& s, const tensor& xs) {
        const variable v = s.get_variable("v", {2});
        return scan(s, [&](scope& in, const tensor& h, const tensor& x) {
            const tensor loss = reduce_sum(h * x);
            return h - gradients(loss, in.trainable_variables())[0];
        }, xs, identity(v));
    };
    const reports all = mistakes_of(inside);
    REQUIRE(all.size() == 1);
    CHECK(all[0].kind == mistake::not_differentiable);
    CHECK(to_string(all, 0).find("op scan/state") != std::string::npos);
    const auto hidden = [](scope& s, const tensor& xs) {
        const variable v = s.get_variable("v", {2});
        tensor loss;
        static_cast<void>(scan(s, [&](scope&, const tensor& h, const tensor& x) {
            return loss = h + reduce_sum(v * x);
        }, xs, reduce_sum(xs)));
        return gradients(loss, s.trainable_variables())[0];
    };
    const reports told = mistakes_of(hidden);
    REQUIRE(told.size() == 1);
    CHECK(told[0].kind == mistake::body_value);
}

TEST_CASE("a gradient within a body, by what it uses from outside", "[autodiff]") {
    struct steps {
        constexpr tensor operator()(scope& s, const tensor& xs) const {
            const variable v = s.variable("v", std::array{2.0f, 3.0f});
            // d/dv Σ x v² = 2 x v
            return scan(s, [&](scope&, const tensor& h, const tensor& x) {
                const tensor loss = reduce_sum(x * square(v));
                return h + gradients(loss, std::array{v})[0];
            }, xs, identity(v) * 0);
        }
    };
    model<steps, input<float, 3, 2>> m(seed{});
    CHECK(elements(m(std::vector<float>{1, 10, 2, 20, 3, 30})) == std::vector<float>{4, 60, 12, 180, 24, 360});
}

TEST_CASE("a variable that changes between the loop and the way back is differentiated as it was", "[autodiff]") {
    struct changed {
        struct outputs {
            tensor by;
            operation change;
        };
        constexpr outputs operator()(scope& s, const tensor& xs) const {
            const variable v = s.variable("v", 3.0f);
            const tensor product = scan(s, [&](scope&, const tensor& h, const tensor& x) {
                return scan_step{h * x * v, h};
            }, xs, xs.builder()->constant(1, float32)).state;
            const operation change = assign(v, 100);
            return {gradients(product, std::array{v})[0], change};
        }
    };
    model<changed, input<float, 2>> m(seed{});
    // d/dv (x0 x1 v²) = 2 x0 x1 v
    const float by = m.run<&changed::outputs::by, &changed::outputs::change>(std::array{5.0f, 7.0f});
    CHECK(by == 210);
}
