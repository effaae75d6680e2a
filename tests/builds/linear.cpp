// SPDX-License-Identifier: BSL-1.0
// Work is counted, not timed: this file is compiled with -fsanitize-coverage=trace-pc, which calls a function of ours
// at each basic block that runs. It is a program of its own, since the linker would take functions of other files.
#include <ambit/graphs.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/plan/step_writer.hpp>
#include <ambit/registry/build.hpp>

#include "../support/built_graph.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <string>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {
std::int64_t blocks_run = 0;
}

#ifdef __clang__
extern "C" __attribute__((no_sanitize("coverage"))) void __sanitizer_cov_trace_pc();
#else
extern "C" __attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_pc();
#endif
void __sanitizer_cov_trace_pc() { ++blocks_run; }

namespace {

/// The basic blocks that each pass runs.
struct costs {
    int nodes = 0;
    std::array<std::int64_t, 4> blocks{};  // graph, gradients and updates, layout, steps
};

/// A trainer of a recurrent net whose steps are unrolled, with new variables every sixteen steps.
costs costs_of(int steps) {
    costs found;
    std::size_t passes = 0;
    blocks_run = 0;
    const auto pass_ends = [&] {
        found.blocks[passes++] = blocks_run;
        blocks_run = 0;
    };
    graph_builder builder(mistake_parts::on_mistake::raise);
    scope s(builder);
    tensor x = builder.input(spec(float32, {8, 16}));
    variable weights;
    for (int i = 0; i < steps; ++i) {
        if (i % 16 == 0) weights = s.variable("weights", {16, 16});
        x = sigmoid(matmul(x, weights) * 0.5f + x);
    }
    const tensor loss = reduce_mean(square(x));
    pass_ends();
    const operation train = minimize(s, loss, adam{});
    pass_ends();
    const ambit_test::built_graph graph(builder, {loss.id(), train.id()});
    const graph_view view = graph.view();
    const layout places = lay_out(view, layout_in_static_models);
    pass_ends();
    const layout_view where = places.view();
    CHECK(step_writer(view, where, all_outputs, plan_part::all).counts().steps > steps);
    pass_ends();
    found.nodes = view.node_count;
    return found;
}

}  // namespace

// Ten times the nodes take ten times the work, and up to twice that where an array that doubles has just grown. What
// looked through all nodes for each of them would take a hundred times.
TEST_CASE("every pass is linear in the nodes, up to a hundred thousand", "[plan]") {
    const costs many = costs_of(7000), few = costs_of(700);
    CHECK(few.nodes > 10'000);
    CHECK(many.nodes > 100'000);
    for (std::size_t pass = 0; pass < 4; ++pass) {
        INFO("pass " << pass << ": " << few.blocks[pass] << " and " << many.blocks[pass] << " blocks");
        CHECK(few.blocks[pass] > few.nodes);
        CHECK(many.blocks[pass] < 20 * few.blocks[pass]);
    }
}

namespace {

struct trained {
    tensor loss;
    operation train;
};

/// The basic blocks that a registry takes for `towers` models, each of `scopes` with so many variables.
std::int64_t blocks_of_towers(int towers, int scopes, int variables) {
    registry reg(seed{1});
    blocks_run = 0;
    for (int t = 0; t < towers; ++t) {
        const auto tower = [&](scope& s) {
            auto own = s.variable_scope("tower_" + std::to_string(t));
            tensor sum = zeros(s, {});
            for (int i = 0; i < scopes; ++i) {
                auto layer = own.variable_scope("layer_" + std::to_string(i));
                for (int v = 0; v < variables; ++v)
                    sum = sum + reduce_sum(layer.get_variable("w" + std::to_string(v), {1}));
            }
            return trained{sum, minimize(own, sum, adam{})};
        };
        registry_parts::build(reg, tower, std::array<tensor_spec, 0>{});
    }
    const std::int64_t blocks = blocks_run;
    CHECK(reg.size() >= 3 * towers * scopes * variables);
    return blocks;
}

}  // namespace

TEST_CASE("a model in a registry costs what it has itself, however many are there", "[registry]") {
    const std::int64_t few = blocks_of_towers(20, 2, 2), many = blocks_of_towers(400, 2, 2);
    INFO(few << " and " << many << " blocks");
    CHECK(few > 20 * 100);
    CHECK(many < 20 * few + 20 * few / 2);
}

TEST_CASE("a registry takes variables in time linear in their number", "[registry]") {
    const std::int64_t few = blocks_of_towers(1, 20, 50), many = blocks_of_towers(1, 200, 50);
    INFO(few << " and " << many << " blocks");
    CHECK(many < 20 * few);
}
