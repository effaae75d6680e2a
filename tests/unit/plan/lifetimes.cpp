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

TEST_CASE("a view whose elements lie side by side is read where they lie", "[plan]") {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input({{1, 4}, float32}), y = builder.input({{2, 4}, float32});
    const variable w = s.get_variable("w", {8, 16});
    const tensor rows = slice(w, {4, 0}, {4, 16}), product = matmul(x, rows);
    const auto [a, b] = split<2>(product, -1);
    const tensor later = matmul(y, rows);
    const auto [columns, more] = split<2>(later, -1);
    const tensor few = slice(product, {0, 3}, {1, 1}), kept = slice(product, {0, 0}, {1, 8});
    const operation changed = assign(w, w * 2);
    const tensor after = slice(w, {0, 0}, {4, 16});
    const built_graph g(builder, {(a + b).id(), (columns * more).id(), (few + x).id(), kept.id(), changed.id(),
                                  relu(after).id()});
    const graph_view view = g.view();
    const auto begin = [&](const tensor& value, views_in_place views) {
        const layout plan = lay_out(view, {.views = views});
        return plan.groups.base[value.id()] == value.id() ? -1
                                                          : begin_in_base(view, plan.groups.base.begin(), value.id());
    };
    using enum views_in_place;
    CHECK(begin(rows, all) == 4 * 16 * 4);
    CHECK(begin(a, all) == 0);
    CHECK(begin(b, all) == 8 * 4);
    CHECK(begin(columns, all) == -1);  // of two rows
    CHECK(begin(few, all) == -1);      // of what would take sixteen times its memory
    CHECK(begin(kept, all) == -1);     // an output is written to the memory of the caller
    CHECK(begin(rows, of_variables) == 4 * 16 * 4);
    CHECK(begin(a, of_variables) == -1);
    CHECK(begin(after, all) == 0);
    CHECK(begin(after, of_variables) == -1);  // not the variable's before the call
}
