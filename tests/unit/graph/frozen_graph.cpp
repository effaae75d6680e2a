// SPDX-License-Identifier: BSL-1.0
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

struct layer {
    int units = 4;
    struct outputs {
        tensor hidden, sum;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        auto dense = s.variable_scope("dense");
        const variable w = dense.get_variable("w", {3, units}, {.initializer = random_normal()});
        const variable b =
            dense.get_variable("b", {units}, {.initializer = constant({1, 2, 3, 4}), .trainable = false});
        dense.reuse_variables();
        const variable again = dense.get_variable("w");
        const tensor h = matmul(x, w) + b;
        return {h, reduce_sum(again)};
    }
};
using graph_type = graph_of<layer, input<float, 2, 3>>;
constexpr const auto& g = graph_type::value;

}  // namespace

TEST_CASE("a frozen graph has what the module built", "[graph]") {
    STATIC_REQUIRE(graph_type::input_count == 1);
    STATIC_REQUIRE(graph_type::counts.variables == 2);
    STATIC_REQUIRE(graph_type::counts.outputs == 2);
    STATIC_REQUIRE(graph_type::mistakes.size == 0);
    STATIC_REQUIRE(g.nodes[0].op->role == op_role::input);
    STATIC_REQUIRE(g.nodes[0].result == tensor_spec{{2, 3}, float32});
    STATIC_REQUIRE(g.nodes[g.outputs[0]].op->name == "add");
    STATIC_REQUIRE(g.nodes[g.outputs[0]].result.extents == shape{2, 4});
    STATIC_REQUIRE(g.nodes[g.outputs[1]].result.extents == shape{});
    STATIC_REQUIRE(g.operands[g.nodes[g.outputs[0]].first_operand]< g.outputs[0]);
}

TEST_CASE("variables keep path, spec, initializer, trainable and uses", "[graph]") {
    STATIC_REQUIRE(g.path(0) == "dense/w");
    STATIC_REQUIRE(g.path(1) == "dense/b");
    STATIC_REQUIRE(g.variables[0].spec == tensor_spec{{3, 4}, float32});
    STATIC_REQUIRE(g.variables[0].initializer.kind == initializer_kind::random_normal);
    STATIC_REQUIRE(g.variables[0].trainable == 1);
    STATIC_REQUIRE(g.variables[0].uses == 2);
    STATIC_REQUIRE(g.variables[1].trainable == 0);
    STATIC_REQUIRE(g.variables[1].uses == 1);
    STATIC_REQUIRE(g.variables[1].value_count == 4);
    STATIC_REQUIRE(g.values[g.variables[1].first_value + 3] == 4);
}

TEST_CASE("an input is a type", "[graph]") {
    STATIC_REQUIRE(input<float, 32, 784>::spec == tensor_spec{{32, 784}, float32});
    STATIC_REQUIRE(input<std::int32_t>::spec == tensor_spec{{}, int32});
    STATIC_REQUIRE(std::is_same_v<input<double, 3>::element_type, double>);
}

TEST_CASE("a configured module carries its value", "[graph]") {
    struct bare {
        int units = 4;
        constexpr tensor operator()(scope& s, const tensor& x) const {
            return matmul(x, s.get_variable("w", {3, units}));
        }
    };
    using wide = graph_of<configured<bare{.units = 9}>, input<float, 2, 3>>;
    STATIC_REQUIRE(wide::value.variables[0].spec.extents == shape{3, 9});
}

namespace {

struct mistaken {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const tensor bad = matmul(x, x);
        s.get_variable("a b", {2});
        return bad + 1;
    }
};

}  // namespace

TEST_CASE("mistakes are frozen, all of them", "[graph]") {
    using refused = graph_of<mistaken, input<float, 2, 3>>;
    STATIC_REQUIRE(refused::mistakes.size == 2);
    STATIC_REQUIRE(refused::mistakes.all[0].kind == mistake::op_shape);
    STATIC_REQUIRE(refused::mistakes.all[1].kind == mistake::invalid_name);
}

TEST_CASE("frozen structs have no padding", "[graph]") {
    STATIC_REQUIRE(sizeof(tensor_spec) == sizeof(shape) + 8);
    STATIC_REQUIRE(sizeof(frozen_node) == sizeof(void*) + sizeof(tensor_spec) + 24);
    STATIC_REQUIRE(sizeof(frozen_variable) == 40 + sizeof(tensor_spec) + sizeof(initializer));
}
