// SPDX-License-Identifier: BSL-1.0
// Work is counted, not timed: this file is compiled with -fsanitize-coverage=trace-pc, which calls a function of ours
// at each basic block that runs. It is a program of its own, since the linker would take functions of other files.
#include <ambit/graphs.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/plan/step_writer.hpp>

#include "../support/built_graph.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>

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
    const layout places = lay_out(view);
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
