// SPDX-License-Identifier: BSL-1.0
// Updates run early and in place; what a plan computes is a law (tests/laws/random_plans.cpp).
#include <ambit/plan/order.hpp>

#include <ambit/autodiff/gradients.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/plan/plan.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

// Two layers: the gradient of the first is computed after that of the second.
struct learner {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor h = relu(matmul(x, s.get_variable("first", {64, 64})));
        const tensor y = matmul(h, s.get_variable("second", {64, 64}));
        const tensor loss = reduce_mean(square(y));
        return {loss, minimize(s, loss, adam{})};
    }
};
using graph = graph_of<learner, input<float, 8, 64>>;
using plan = plan_of<graph, all_outputs>;

constexpr int variable_named(std::string_view path) {
    for (int v = 0; v < graph::counts.variables; ++v)
        if (graph::value.path(v) == path) return v;
    return -1;
}

/// The step that writes a variable; -1 if none does.
constexpr int writer_of(std::string_view path) {
    for (int s = 0; s < plan::counts.steps; ++s) {
        const plan_step& step = plan::value.steps[s];
        for (int i = 0; i < step.outputs; ++i) {
            const value_place& at = plan::value.operands[step.first_operand + i];
            if (at.space == memory_space::variable && at.index == variable_named(path)) return s;
        }
    }
    return -1;
}

}  // namespace

TEST_CASE("an update is the end of the kernel that computes its gradient", "[plan]") {
    constexpr int step = writer_of("second");
    STATIC_REQUIRE(step >= 0);
    STATIC_REQUIRE(step == writer_of("second/adam/m"));
    STATIC_REQUIRE(step == writer_of("second/adam/v"));
    STATIC_REQUIRE(plan::value.steps[step].kind == step_kind::compute);
    STATIC_REQUIRE(plan::value.steps[step].outputs == 3);
    STATIC_REQUIRE(writer_of("first") == writer_of("first/adam/v"));
}

TEST_CASE("nothing is copied into variables, and no gradient of a matrix has memory", "[plan]") {
    int copies = 0, matrices = 0;
    for (int s = 0; s < plan::counts.steps; ++s) {
        const plan_step& step = plan::value.steps[s];
        if (step.kind == step_kind::copy) ++copies;
        for (int i = 0; i < step.outputs && step.kind != step_kind::copy; ++i) {
            const int node = plan::value.nodes[step.first_node + step.ops + step.inputs + i];
            const bool is_temporary = plan::value.operands[step.first_operand + i].space == memory_space::arena;
            if (is_temporary && plan::view.extents(node) == shape{64, 64}) ++matrices;
        }
    }
    CHECK(copies == 0);
    CHECK(matrices == 0);
}

TEST_CASE("a variable is updated before the graph ends, once its old value is not needed", "[plan]") {
    STATIC_REQUIRE(writer_of("second") < writer_of("first"));
    STATIC_REQUIRE(writer_of("adam/beta1_correction") < writer_of("second"));
}
