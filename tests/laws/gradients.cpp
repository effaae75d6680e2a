// SPDX-License-Identifier: BSL-1.0
// The law of gradients: what the rule of an op gives is how much the loss changes, for every differentiable op, at
// random shapes, broadcast patterns and attributes, in float64, to 1e-6; for values and variables that are used
// several times; for random chains of ops; and for gradients of gradients.
#include "../support/gradient_laws.hpp"
#include "../support/op_sources.hpp"
#include "../support/smooth_chain.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;

namespace {

// The number of checks of each op's gradient, and of the gradient of that.
constexpr unsigned rounds = 400, rounds_of_second = 100;
constexpr unsigned chains = 2000, chains_of_second = 300, chains_with_loops = 600, chains_with_loops_of_second = 60;

// The gradient of Σ f(x) where x is this.
std::vector<double> gradient_at(tensor (*f)(const tensor&), const std::vector<double>& x) {
    graph_builder builder(on_mistake::raise);
    scope s(builder);
    const variable v = s.get_variable("v", {static_cast<std::int64_t>(x.size())}, {.dtype = float64});
    const buffer<tensor> by = gradients(reduce_sum(f(v)), s.trainable_variables());
    const built_graph graph(builder, {by[0].id()});
    bytes memory(x.size() * sizeof(double));
    interpreter_detail::store(memory.data(), x);
    const meaning all = unplanned(graph.view(), {}, {memory});
    return interpreter_detail::load<double>(all.values[static_cast<std::size_t>(by[0].id())].data(),
                                            v.shape().elements());
}

// Two aliases with wrong rules.
struct slightly_off_op : identity_op {
    static constexpr std::string_view name = "slightly_off";
    static constexpr void gradient(gradient_call& call) { call.give(0, mul(call.upstream(), 1.00001)); }
};
constexpr op_info slightly_off_info = describe<slightly_off_op>();
struct without_shape_op : identity_op {
    static constexpr std::string_view name = "without_shape";
    static constexpr void gradient(gradient_call& call) { call.give(0, reduce_mean(call.upstream())); }
};
constexpr op_info without_shape_info = describe<without_shape_op>();

}  // namespace

TEST_CASE("every differentiable op has its law of gradients", "[laws][autodiff]") {
    const std::filesystem::path here = __FILE__;
    const auto ops = ops_in(here.parent_path() / "../../include/ambit/ops");
    std::set<std::string> held;
    for (const gradient_law& it : gradient_laws) {
        CAPTURE(it.op);
        REQUIRE(it.info->name == it.op);
        REQUIRE(it.info->is_differentiable == 1);
        REQUIRE(held.insert(std::string(it.op)).second);
        REQUIRE(ops.count(std::string(it.op)) == 1);
    }
    for (const auto& [name, has_gradient] : ops) {
        CAPTURE(name);
        CHECK((held.count(name) == 1) == has_gradient);
    }
}

TEST_CASE("the gradient of an op is how much its result changes", "[laws][autodiff]") {
    for (const gradient_law& it : gradient_laws) {
        for (unsigned round = 0; round < rounds; ++round) {
            CAPTURE(it.op, round);
            gradient_check c(round);
            const tensor y = it.use(c);
            REQUIRE(c.has(it.op));
            REQUIRE_NOTHROW(c.holds(c.weighed(y)));
        }
    }
}

TEST_CASE("the gradient of a gradient is how much the gradient changes", "[laws][autodiff]") {
    for (const gradient_law& it : gradient_laws) {
        if (!it.has_second) continue;
        for (unsigned round = 0; round < rounds_of_second; ++round) {
            CAPTURE(it.op, round);
            gradient_check c(1000 + round);
            const tensor y = it.use(c);
            const tensor slope = c.slope_of(c.weighed(y));
            REQUIRE_NOTHROW(c.holds(slope));
        }
    }
}

TEST_CASE("what is used several times gets the sum over its uses", "[laws][autodiff]") {
    const std::pair<std::string_view, tensor (*)(gradient_check&)> uses[] = {
        {"one read, both operands",
         [](gradient_check& c) {
             const tensor x = c.parameter({2, 3});
             return x * x;
         }},
        {"two reads",
         [](gradient_check& c) {
             const variable v = c.variable({2, 3});
             const tensor first = v, second = v;
             return first * second + second;
         }},
        {"shared by name",
         [](gradient_check& c) {
             const variable v = c.variable({3, 3});
             c.root().reuse_variables();
             const variable shared = c.root().get_variable("v0", {3, 3}, {.dtype = float64});
             return matmul(v, shared) + ambit::exp(shared);
         }},
        {"a value with three readers",
         [](gradient_check& c) {
             const tensor t = ambit::tanh(c.parameter({3, 2}));
             const tensor m = matmul(t, t, {.transpose_b = true});
             return reduce_sum(m) + t * softmax(t);
         }},
        {"under several shapes",
         [](gradient_check& c) {
             const tensor x = c.parameter({2, 2});
             const tensor row = reshape(x, {1, 4}), column = reshape(x, {4, 1});
             return row * column + reduce_sum(transpose(x) * x);
         }},
        {"wide and narrow",
         [](gradient_check& c) {
             const tensor x = c.parameter({4});
             return bias_add(broadcast_to(x, {3, 4}) * reshape(x, {1, 4}), x);
         }},
        {"read again after an assignment that nobody asks for",
         [](gradient_check& c) {
             const variable v = c.variable({3});
             const tensor before = v;
             static_cast<void>(assign(v, before * 2));
             return before * v;
         }},
    };
    for (const auto& [name, use] : uses) {
        for (unsigned round = 0; round < 50; ++round) {
            CAPTURE(name, round);
            gradient_check c(round);
            const tensor y = use(c);
            REQUIRE_NOTHROW(c.holds(c.weighed(y)));
            gradient_check again(round);
            const tensor z = use(again);
            const tensor slope = again.slope_of(again.weighed(z));
            REQUIRE_NOTHROW(again.holds(slope));
        }
    }
}

TEST_CASE("gradients go through random chains of ops", "[laws][autodiff]") {
    for (unsigned seed = 0; seed < chains; ++seed) {
        CAPTURE(seed);
        gradient_check c(seed);
        smooth_chain ops(c, c.pick(3, 14));
        const tensor loss = ops.loss();
        REQUIRE_NOTHROW(c.holds(loss));
    }
    for (unsigned seed = 0; seed < chains_of_second; ++seed) {
        CAPTURE(seed);
        gradient_check c(1000 + seed);
        smooth_chain ops(c, c.pick(2, 6));
        const tensor slope = c.slope_of(ops.loss());
        REQUIRE_NOTHROW(c.holds(slope));
    }
}

TEST_CASE("gradients go through random scans, stored and recomputed", "[laws][autodiff]") {
    int scans = 0;
    for (unsigned seed = 0; seed < chains_with_loops; ++seed) {
        CAPTURE(seed);
        gradient_check c(seed);
        smooth_chain ops(c, c.pick(3, 10), true);
        const tensor loss = ops.loss();
        REQUIRE_NOTHROW(c.holds(loss));
        scans += ops.scans();
    }
    CHECK(scans > static_cast<int>(chains_with_loops));
    for (unsigned seed = 0; seed < chains_with_loops_of_second; ++seed) {
        CAPTURE(seed);
        gradient_check c(1000 + seed);
        smooth_chain ops(c, c.pick(2, 4), true);
        const tensor slope = c.slope_of(ops.loss());
        REQUIRE_NOTHROW(c.holds(slope));
    }
}

TEST_CASE("at a kink each op gives one of the slopes beside it, or a share", "[laws][autodiff]") {
    using all = std::vector<double>;
    CHECK(gradient_at([](const tensor& x) { return relu(x); }, {-1, 0, 2}) == all{0, 0, 1});
    CHECK(gradient_at([](const tensor& x) { return ambit::abs(x); }, {-1, 0, 2}) == all{-1, 0, 1});
    CHECK(gradient_at([](const tensor& x) { return clip(x, -1, 2); }, {-2, -1, 0, 2, 3}) ==
          all{0, 1, 1, 1, 0});
    CHECK(gradient_at([](const tensor& x) { return maximum(x, 1); }, {0, 1, 2}) == all{0, 1, 1});
    CHECK(gradient_at([](const tensor& x) { return maximum(1, x); }, {0, 1, 2}) == all{0, 0, 1});
    CHECK(gradient_at([](const tensor& x) { return minimum(x, 1); }, {0, 1, 2}) == all{1, 1, 0});
    CHECK(gradient_at([](const tensor& x) { return minimum(1, x); }, {0, 1, 2}) == all{1, 0, 0});
    // Two equal operands share one whole between them.
    CHECK(gradient_at([](const tensor& x) { return maximum(x, x); }, {3}) == all{1});
    CHECK(gradient_at([](const tensor& x) { return minimum(x, x); }, {3}) == all{1});
    CHECK(gradient_at([](const tensor& x) { return reduce_max(x) * 3; }, {7, 2, 7, 7}) == all{1, 0, 1, 1});
    CHECK(gradient_at([](const tensor& x) { return reduce_min(x) * 3; }, {2, 7, 2, 2}) == all{1, 0, 1, 1});
    CHECK(gradient_at([](const tensor& x) { return huber(x, 2); }, {-3, -2, 0, 2, 3}) == all{-2, -2, 0, 2, 2});
    CHECK(gradient_at([](const tensor& x) { return top_k(x, 2).values; }, {5, 5, 5}) == all{1, 1, 0});
    CHECK(gradient_at([](const tensor& x) { return leaky_relu(x, {.alpha = 0.5}); }, {-1, 0, 2}) ==
          all{0.5, 0.5, 1});
    CHECK(gradient_at([](const tensor& x) { return prelu(x, 0.5); }, {-1, 0, 2}) == all{0.5, 0.5, 1});
    CHECK(gradient_at([](const tensor& x) { return elu(x, {.alpha = 0.5}); }, {0, 2}) == all{0.5, 1});
    CHECK(gradient_at([](const tensor& x) { return relu6(x); }, {-1, 0, 3, 6, 7}) == all{0, 1, 1, 1, 0});
    CHECK(gradient_at([](const tensor& x) { return softsign(x); }, {0}) == all{1});
    CHECK(gradient_at([](const tensor& x) { return where(x > 1, x, -x); }, {0, 1, 2}) == all{-1, -1, 1});
    CHECK(gradient_at([](const tensor& x) { return where_greater(x, 1, x); }, {0, 1, 2}) == all{0, 0, 1});
    CHECK(gradient_at([](const tensor& x) { return where_greater_equal(x, 1, x); }, {0, 1, 2}) ==
          all{0, 1, 1});
}

TEST_CASE("no gradient passes steps, masks and where it is stopped", "[laws][autodiff]") {
    using all = std::vector<double>;
    CHECK(gradient_at([](const tensor& x) { return ambit::floor(x) * x; }, {1.5, -0.5}) == all{1, -1});
    CHECK(gradient_at([](const tensor& x) { return ambit::round(x) + x; }, {0.5, 1}) == all{1, 1});
    CHECK(gradient_at([](const tensor& x) { return sign(x) * x; }, {-3, 0, 2}) == all{-1, 0, 1});
    CHECK(gradient_at([](const tensor& x) { return stop_gradient(x) * x; }, {3, 4}) == all{3, 4});
    CHECK(gradient_at([](const tensor& x) { return cast(x > 1, float64) * x; }, {0, 1, 2}) == all{0, 0, 1});
    CHECK(gradient_at([](const tensor& x) { return zeros_like(x) + x; }, {3}) == all{1});
}

TEST_CASE("powers have gradients at a base of 0, and below", "[laws][autodiff]") {
    using all = std::vector<double>;
    CHECK(gradient_at([](const tensor& x) { return ambit::pow(x, 2); }, {0, -3}) == all{0, -6});
    CHECK(gradient_at([](const tensor& x) { return ambit::pow(x, 1); }, {0, -3}) == all{1, 1});
    CHECK(gradient_at([](const tensor& x) { return ambit::pow(x, 0); }, {0, -3}) == all{0, 0});
    CHECK(gradient_at([](const tensor& x) { return ambit::pow(0, x); }, {2, 0.5, 0}) == all{0, 0, 0});
    CHECK(gradient_at([](const tensor& x) { return ambit::pow(-2, x); }, {2, 3}) == all{0, 0});
}

TEST_CASE("differences find a gradient that is off by a hundred-thousandth, or of another shape",
          "[laws][autodiff]") {
    gradient_check c(1);
    const tensor x = c.parameter({3});
    REQUIRE_NOTHROW(c.holds(c.weighed(square(x))));
    const tensor off = make_op(slightly_off_info, {square(x)}, no_attributes{}, {}, {});
    REQUIRE_THROWS_WITH(c.holds(c.weighed(off)), Catch::StartsWith("element 0 of variable 0: gradient "));
    const tensor scalar = make_op(without_shape_info, {x}, no_attributes{}, {}, {});
    REQUIRE_THROWS_WITH(c.holds(c.weighed(scalar)), "a gradient of another shape or dtype");
}
