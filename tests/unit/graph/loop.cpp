// SPDX-License-Identifier: BSL-1.0
// Loops as parts of a graph: where their nodes stand, what sees what, and what is refused.
#include <ambit/graph/loop.hpp>

#include <ambit/graph/frozen_graph.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/nn/regularizers.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

// The kinds of the mistakes of a module with one input, as one number: no kind twice in a row.
template <class Module> constexpr buffer<mistake> mistakes_of(const Module& module, const tensor_spec& input) {
    const reports all = check(module, {input});
    buffer<mistake> kinds;
    for (int i = 0; i < all.size(); ++i) kinds.push_back(all[i].kind);
    return kinds;
}
template <class Module> constexpr bool makes(const Module& module, mistake kind, const tensor_spec& input = {{3, 2}, float32}) {
    const buffer<mistake> kinds = mistakes_of(module, input);
    return kinds.size() == 1 && kinds[0] == kind;
}

constexpr bool nodes_of_a_body_know_their_region() {
    graph_builder builder(on_mistake::raise);
    const tensor x = builder.input({{4, 3}, float32}), start = builder.input({{3}, float32});
    loop_builder loop(builder, 4);
    const tensor state = loop.carried(start), one = loop.slice(x, false), again = loop.slice(x, false);
    const tensor backwards = loop.slice(x, true), count = loop.iteration(false);
    const tensor sum = state + one, twice = sum * 2;
    loop.set_next(state, sum, {});
    const int end = loop.close();
    const tensor last = loop_builder::final_of(builder, end, state);
    const tensor all = loop_builder::stacked(builder, end, twice, true, {});
    const graph& g = builder.value();
    const int begin = g.operand(end, 0);
    return g.regions.size() == 2 && g.regions[1].parent == 0 && g.regions[1].begin == begin && g.regions[1].end == end &&
           one == again && !(one == backwards) && one.shape() == shape{3} && count.spec() == tensor_spec{{}, int32} &&
           g.nodes[state.id()].region == 1 && g.nodes[sum.id()].region == 1 && g.nodes[end].region == 0 &&
           g.nodes[begin].region == 0 && g.operand(state.id(), 0) == start.id() && g.operand(state.id(), 1) == sum.id() &&
           g.nodes[last.id()].region == 0 && last.shape() == shape{3} && all.shape() == shape{4, 3} &&
           loop_builder::stacked(builder, end, twice, true, {}) == all && !builder.is_visible(sum.id()) &&
           builder.is_visible(last.id()) && builder.nodes().open_region() == 0;
}

constexpr bool a_number_in_a_body_belongs_to_the_module() {
    graph_builder builder(on_mistake::raise);
    const tensor start = builder.input({{}, float32});
    loop_builder loop(builder, 2);
    const tensor state = loop.carried(start), two = builder.constant(2, float32);
    loop.set_next(state, state * two, {});
    const int end = loop.close();
    static_cast<void>(loop_builder::final_of(builder, end, state) + two);
    return builder.value().nodes[two.id()].region == 0;
}

struct sums {
    constexpr tensor operator()(scope& s, const tensor& xs) const {
        auto layer = s.variable_scope("layer");
        const tensor zero = xs.builder()->constant(0, float32);
        return scan(layer, [](scope& in, const tensor& total, const tensor& x) {
            const tensor w = in.get_variable("w", {2}, {.regularizer = l2_regularizer(0.5)});
            return total + reduce_sum(x * w);
        }, xs, zero);
    }
};

}  // namespace

TEST_CASE("the nodes of a body know their region, and results lie outside of it", "[graph]") {
    STATIC_REQUIRE(nodes_of_a_body_know_their_region());
    STATIC_REQUIRE(a_number_in_a_body_belongs_to_the_module());
}

TEST_CASE("a body has its variables and names once, below its name scope", "[graph]") {
    const module_run run(sums{}, {spec(float32, {5, 2})});
    const graph_builder& b = run.builder();
    REQUIRE(b.variable_count() == 1);
    CHECK(b.path_of(0).view() == "layer/w");
    CHECK(run.result().shape() == shape{5});
    CHECK(run.result().op_name().view() == "layer/scan/stacked");
    int added = 0;
    for (const node& n : b.value().nodes) {
        const short_text name = b.all_names().path(n.name);
        if (n.op->role == op_role::carried) CHECK(name.view() == "layer/scan/state");
        if (n.op->role == op_role::slice) CHECK(name.view() == "layer/scan/element");
        if (name.view() == "layer/scan/add") added += n.region == 1 ? 1 : 0;
    }
    CHECK(added == 1);
}

TEST_CASE("the loss of a regularizer in a body belongs to the module", "[graph]") {
    struct losses {
        constexpr tensor operator()(scope& s, const tensor& xs) const {
            const tensor states = sums{}(s, xs);
            const buffer<tensor> all = s.regularization_losses();
            return reduce_sum(states) + all[0] * static_cast<double>(all.size());
        }
    };
    const module_run run(losses{}, {spec(float32, {5, 2})});
    CHECK(run.result().shape() == shape{});
}

TEST_CASE("a body that changes the shape or dtype of its state is refused", "[graph]") {
    constexpr auto wider = [](scope& s, const tensor& xs) {
        return scan(s, [](scope&, const tensor& h, const tensor& x) { return h + reshape(x, {1, 2}); }, xs, reduce_sum(xs));
    };
    STATIC_REQUIRE(makes(wider, mistake::loop_state));
    constexpr auto another = [](scope& s, const tensor& xs) {
        return scan(s, [](scope&, const tensor& h, const tensor&) { return cast(h, int32); }, xs, reduce_sum(xs));
    };
    STATIC_REQUIRE(makes(another, mistake::loop_state));
    const reports all = check(wider, {tensor_spec{{3, 2}, float32}});
    const std::string text = to_string(all, 0);
    CHECK(text.find("op scan/state(given float32[], returned float32[1, 2])") != std::string::npos);
    CHECK(text.find("at loop.cpp:") != std::string::npos);
}

TEST_CASE("a body assigns to nothing", "[graph]") {
    constexpr auto counts = [](scope& s, const tensor& xs) {
        const variable count = s.variable("count", 0.0f);
        return scan(s, [&](scope&, const tensor& h, const tensor&) {
            static_cast<void>(assign_add(count, 1));
            return h * 2;
        }, xs, reduce_sum(xs));
    };
    STATIC_REQUIRE(makes(counts, mistake::loop_assignment));
    constexpr auto trains = [](scope& s, const tensor& xs) {
        const variable v = s.get_variable("v", {2}), w = s.get_variable("w", {2});
        return scan(s, [&](scope& in, const tensor& h, const tensor& x) {
            static_cast<void>(minimize(in, reduce_sum(x * v * w), sgd{}));
            return h * 2;
        }, xs, reduce_sum(xs));
    };
    STATIC_REQUIRE(makes(trains, mistake::loop_assignment));
    // What keeps a finding or a state of its own assigns, too.
    constexpr auto checks = [](scope& s, const tensor& xs) {
        return scan(s, [](scope&, const tensor& h, const tensor& x) { return check_finite(h + reduce_sum(x)); }, xs,
                    reduce_sum(xs));
    };
    STATIC_REQUIRE(makes(checks, mistake::loop_assignment));
    constexpr auto draws = [](scope& s, const tensor& xs) {
        return scan(s, [](scope& in, const tensor& h, const tensor&) { return h + random_normal(in, {}); }, xs, reduce_sum(xs));
    };
    STATIC_REQUIRE(makes(draws, mistake::loop_assignment));
}

TEST_CASE("a value of a body is not used outside of it", "[graph]") {
    constexpr auto leaks = [](scope& s, const tensor& xs) {
        tensor inside;
        const tensor all = scan(s, [&](scope&, const tensor& h, const tensor& x) {
            inside = h + reduce_sum(x);
            return inside;
        }, xs, reduce_sum(xs));
        return reduce_sum(all) + inside;
    };
    STATIC_REQUIRE(makes(leaks, mistake::body_value));
    constexpr auto hands_out = [](scope& s, const tensor& xs) {
        tensor inside;
        static_cast<void>(scan(s, [&](scope&, const tensor& h, const tensor&) { return inside = h * 2; }, xs, reduce_sum(xs)));
        return inside;
    };
    STATIC_REQUIRE(makes(hands_out, mistake::body_value));
    constexpr auto assigned = [](scope& s, const tensor& xs) {
        const variable v = s.variable("v", 0.0f);
        tensor inside;
        const tensor all = scan(s, [&](scope&, const tensor& h, const tensor&) { return inside = h * 2; }, xs, reduce_sum(xs));
        static_cast<void>(assign(v, inside));
        return all;
    };
    STATIC_REQUIRE(makes(assigned, mistake::body_value));
    // From one body to the next, as a state and as an element.
    constexpr auto passed_on = [](scope& s, const tensor& xs) {
        tensor inside;
        const auto body = [&](scope&, const tensor& h, const tensor& x) {
            inside = h + x;
            return inside;
        };
        static_cast<void>(scan(s, body, xs, reduce_sum(xs, {.axes = 0})));
        return scan(s, body, xs, inside);
    };
    STATIC_REQUIRE(makes(passed_on, mistake::body_value));
}

TEST_CASE("a body uses the values around it, and inner bodies those of outer ones", "[graph]") {
    constexpr auto nested = [](scope& s, const tensor& xs) {
        return scan(s, [&](scope& outer, const tensor& h, const tensor& row) {
            return scan_step{h + 1, scan(outer, [&](scope&, const tensor& g, const tensor& x) {
                return g + x * h + reduce_sum(row) + reduce_max(xs);
            }, row, h)};
        }, xs, reduce_sum(xs)).outputs;
    };
    STATIC_REQUIRE(mistakes_of(nested, {{3, 2}, float32}).empty());
}

TEST_CASE("elements have one leading extent, and a scan runs at least once", "[graph]") {
    constexpr auto ragged = [](scope& s, const tensor& xs) {
        return scan(s, [](scope&, const tensor& h, std::array<tensor, 2> x) { return h + reduce_sum(x[0]) + reduce_sum(x[1]); },
                    std::array{xs, transpose(xs)}, reduce_sum(xs));
    };
    STATIC_REQUIRE(makes(ragged, mistake::op_shape));
    constexpr auto scalar = [](scope& s, const tensor& xs) {
        return scan(s, [](scope&, const tensor& h, const tensor& x) { return h + x; }, reduce_sum(xs), reduce_sum(xs));
    };
    STATIC_REQUIRE(makes(scalar, mistake::op_shape));
    constexpr auto never = [](scope& s, const tensor& xs) {
        return scan(s, [](scope&, const tensor& h, const tensor&) { return h * 2; }, 0, reduce_sum(xs));
    };
    STATIC_REQUIRE(makes(never, mistake::op_option));
    constexpr auto too_often = [](scope& s, const tensor& xs) {
        return scan(s, [](scope&, const tensor& h, const tensor&) { return h * 2; }, std::int64_t{1} << 31, reduce_sum(xs));
    };
    STATIC_REQUIRE(makes(too_often, mistake::op_option));
    constexpr auto too_large = [](scope& s, const tensor& xs) {
        return scan(s, [](scope&, const tensor& h, const tensor&) { return h * 2; }, (std::int64_t{1} << 31) - 1,
                    broadcast_to(reduce_sum(xs), {1024}));
    };
    STATIC_REQUIRE(makes(too_large, mistake::op_shape));
}

TEST_CASE("a mistake before a loop, or in it, silences what it reaches", "[graph]") {
    constexpr auto before = [](scope& s, const tensor& xs) {
        const tensor wrong = matmul(xs, xs);
        return scan(s, [](scope&, const tensor& h, const tensor& x) { return h + x; }, wrong, reduce_sum(wrong));
    };
    STATIC_REQUIRE(makes(before, mistake::op_shape));
    constexpr auto inside = [](scope& s, const tensor& xs) {
        return scan(s, [](scope&, const tensor& h, const tensor& x) { return h + reduce_sum(matmul(x, x)); }, xs, reduce_sum(xs));
    };
    STATIC_REQUIRE(makes(inside, mistake::op_shape));
}

TEST_CASE("an exception in a body leaves the builder as it was", "[graph]") {
    graph_builder builder(on_mistake::raise);
    scope s(builder);
    const tensor xs = builder.input({{3, 2}, float32});
    const tensor start = reduce_sum(xs);
    const auto broken = [](scope& in, const tensor& h, const tensor& x) {
        auto layer = in.variable_scope("layer");
        return h + matmul(x, x);
    };
    CHECK_THROWS_AS(scan(s, broken, xs, start), model_error);
    CHECK(builder.nodes().open_region() == 0);
    const tensor after = scan(s, [](scope&, const tensor& h, const tensor& x) { return h + reduce_sum(x); }, xs, start);
    CHECK(builder.is_visible(after.id()));
    CHECK(s.current().name().empty());
}

TEST_CASE("a frozen graph keeps its regions", "[graph]") {
    using graph = graph_of<sums, input<float, 5, 2>>;
    STATIC_REQUIRE(graph::counts.regions == 2);
    STATIC_REQUIRE(graph::mistakes.size == 0);
    STATIC_REQUIRE(graph::value.regions[1].parent == 0);
    STATIC_REQUIRE(graph::value.nodes[graph::value.regions[1].begin].op->role == op_role::loop_begin);
    STATIC_REQUIRE(graph::value.nodes[graph::value.regions[1].end].op->role == op_role::loop_end);
    STATIC_REQUIRE(graph::value.nodes[graph::value.regions[1].end - 1].region == 1);
}
