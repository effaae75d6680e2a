// SPDX-License-Identifier: BSL-1.0
#include "../../support/built_graph.hpp"

#include <ambit/ops/all.hpp>
#include <ambit/plan/needed.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ambit;
using namespace ambit::plan_parts;
using ambit_test::built_graph;

namespace {

int count(const buffer<bool>& needed) { return static_cast<int>(std::count(needed.begin(), needed.end(), true)); }

}  // namespace

TEST_CASE("nodes that outputs depend on", "[plan]") {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input({{4}, float32});
    builder.input({{7}, float32});
    const tensor h = x + 1, left = relu(h), right = square(h), sum = left + right;
    const built_graph g(builder, {left.id(), sum.id()});
    CHECK(count(needed_nodes(g.view(), 0b01)) == 4);  // x, 1, h, left
    CHECK(count(needed_nodes(g.view(), 0b10)) == 6);
    CHECK(count(needed_nodes(g.view(), all_outputs)) == 6);
    CHECK(count(needed_nodes(g.view(), 0)) == 0);
}

TEST_CASE("all outputs of an array may be more than a selection has bits", "[plan]") {
    CHECK(is_selected(all_outputs, 63));
    CHECK(is_selected(all_outputs, 64));
    CHECK(is_selected(all_outputs, 1000));
    CHECK(is_selected(0b100, 2));
    CHECK_FALSE(is_selected(0b100, 3));
}

TEST_CASE("what a loop carries needs what it becomes, and all that this needs", "[plan]") {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input({{4}, float32}), scale = builder.input({{4}, float32}), other = builder.input({{4}, float32});
    tensor inside;
    const tensor last = while_loop(s, [](scope&, const tensor& h) { return less(reduce_sum(h), 100); },
                                   [&](scope&, const tensor& h) {
                                       inside = scale * 2;
                                       return h + inside;
                                   }, x);
    const tensor unused = other + 1;
    const built_graph g(builder, {last.id(), unused.id()});
    const buffer<bool> needed = needed_nodes(g.view(), 0b01);
    CHECK(needed[x.id()]);
    CHECK(needed[inside.id()]);
    CHECK(needed[scale.id()]);
    CHECK_FALSE(needed[other.id()]);
    CHECK_FALSE(needed[unused.id()]);
}
