// SPDX-License-Identifier: BSL-1.0
#include <ambit/graphs.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/plan/step_writer.hpp>

#include "../../support/built_graph.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <ctime>

#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

/// What each pass takes of the processor, in seconds.
struct costs {
    int nodes = 0;
    std::array<double, 4> seconds{};  // graph, gradients and updates, layout, steps
};

/// A trainer of a recurrent net whose steps are unrolled, with new variables every sixteen steps.
costs costs_of(int steps) {
    costs found;
    std::size_t passes = 0;
    std::clock_t begin = std::clock();
    const auto pass_ends = [&] {
        const std::clock_t now = std::clock();
        found.seconds[passes++] = double(now - begin) / CLOCKS_PER_SEC;
        begin = now;
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

/// The least of several runs: the machine has other work, too.
costs least_of(int runs, int steps) {
    costs least = costs_of(steps);
    for (int again = 1; again < runs; ++again) {
        const costs found = costs_of(steps);
        for (std::size_t pass = 0; pass < 4; ++pass)
            least.seconds[pass] = std::min(least.seconds[pass], found.seconds[pass]);
    }
    return least;
}

}  // namespace

// What a pass does for a node is a fixed amount of work: ten times the nodes take ten times as long, and with caches
// that are too small for them somewhat more. What looked through all nodes for each would take a hundred times as long.
TEST_CASE("every pass is linear in the nodes, up to a hundred thousand", "[plan]") {
#ifdef __GLIBC__
    // Memory that goes back to the system in between would be measured as page faults.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
    const costs many = least_of(3, 7000), few = least_of(5, 700);
    CHECK(few.nodes > 10'000);
    CHECK(many.nodes > 100'000);
    for (std::size_t pass = 0; pass < 4; ++pass) {
        INFO("pass " << pass << ": " << few.seconds[pass] << " s and " << many.seconds[pass] << " s");
        CHECK(many.seconds[pass] < 40 * few.seconds[pass] + 0.01);
    }
}
