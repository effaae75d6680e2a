// SPDX-License-Identifier: BSL-1.0
#include "../../support/built_graph.hpp"

#include <ambit/ops/all.hpp>
#include <ambit/plan/layout.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::plan_parts;
using ambit_test::built_graph;

TEST_CASE("only what is read elsewhere is stored, and only where a call asks for it", "[plan]") {
    graph_builder builder;
    const tensor x = builder.input({{4, 4}, float32});
    const tensor h = relu(x + 1), product = matmul(h, x), y = tanh(product);
    const built_graph g(builder, {h.id(), y.id()});
    const graph_view view = g.view();
    const layout plan = lay_out(view);
    const auto stored = [&](std::uint64_t selected) {
        return stored_values(view, plan.groups.group_of.begin(), plan.groups.base.begin(), needed_nodes(view, selected), selected);
    };
    CHECK(stored(0b01)[h.id()]);
    CHECK_FALSE(stored(0b01)[y.id()]);
    CHECK(stored(0b10)[h.id()]);  // the product reads it
    CHECK(stored(0b10)[y.id()]);
    CHECK_FALSE(stored(0b11)[product.id()]);  // its epilogue has it at hand
}

TEST_CASE("a value lives until its last reader has run, an output until the call ends", "[plan]") {
    graph_builder builder;
    const tensor x = builder.input({{4, 4}, float32});
    const tensor a = matmul(x, x), b = matmul(a, x), c = matmul(b, a), apart = exp(x);
    const built_graph g(builder, {c.id(), apart.id()});
    const layout plan = lay_out(g.view());
    const buffer<int> last = last_uses(g.view(), plan.groups, plan.history, plan.order);
    const auto time_of = [&](const tensor& value) {
        for (int i = 0; i < plan.order.size(); ++i)
            if (plan.order[i] == plan.groups.group_of[value.id()]) return i;
        return -1;
    };
    const int end = plan.groups.groups.size();
    CHECK(last[a.id()] == time_of(c));
    CHECK(last[b.id()] == time_of(c));
    CHECK(time_of(b) < time_of(c));
    CHECK(last[c.id()] == end);
    CHECK(last[apart.id()] == end);
}
