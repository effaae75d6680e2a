// SPDX-License-Identifier: BSL-1.0
#include <ambit/graph/module.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

struct of_two {
    constexpr tensor operator()(scope& s, const tensor& a, const tensor& b) const {
        return matmul(a, b) + s.get_variable("bias", {4});
    }
};
struct returns_int {
    constexpr int operator()(scope&, const tensor&) const { return 1; }
};
struct by_value {
    constexpr std::array<tensor, 2> operator()(scope&, tensor a) const { return {a, a}; }
};

struct sets_some {
    struct outputs { tensor logits, auxiliary; operation train; };
    constexpr outputs operator()(scope&, const tensor& x) const {
        outputs set;
        set.logits = relu(x);
        return set;
    }
};
struct sets_half {
    constexpr std::array<tensor, 4> operator()(scope&, const tensor& x) const { return {x, x}; }
};
struct sets_nothing {
    constexpr tensor operator()(scope&, const tensor&) const { return {}; }
};
struct returns_another_graph {
    struct outputs { tensor own, other; };
    constexpr outputs operator()(scope&, const tensor& x) const {
        const module_run<of_two, 2> other(of_two{}, {spec(float32, {2, 3}), spec(float32, {3, 4})});
        return {x, other.result()};
    }
};

template <class Module> constexpr reports told_of_one_input() {
    return check(Module{}, {spec(float32, {2})});
}
std::string facts(const reports& all, int index) { return std::string(facts_of(all, index).view()); }

}  // namespace

TEST_CASE("a module is a callable over a scope and tensors", "[graph]") {
    STATIC_REQUIRE(module<of_two, 2>);
    STATIC_REQUIRE_FALSE(module<of_two, 1>);
    STATIC_REQUIRE_FALSE(module<of_two, 3>);
    STATIC_REQUIRE_FALSE(module<returns_int, 1>);
    STATIC_REQUIRE_FALSE(module<int, 1>);
    STATIC_REQUIRE(module<by_value, 1>);
    STATIC_REQUIRE(std::is_same_v<outputs_of<of_two, 2>, tensor>);
    STATIC_REQUIRE(std::is_same_v<outputs_of<by_value, 1>, std::array<tensor, 2>>);
}

TEST_CASE("a module runs at run time", "[graph]") {
    const module_run run(of_two{}, {spec(float32, {2, 3}), spec(float32, {3, 4})});
    CHECK(run.result().shape() == shape{2, 4});
    CHECK(run.builder().variable_count() == 1);
    CHECK(run.builder().mistakes().empty());
    const module_run lambda([](scope&, const tensor& x) { return relu(x); }, {spec(int32, {5})});
    CHECK(lambda.result().dtype() == int32);
}

TEST_CASE("the first mistake is thrown, or all are collected", "[graph]") {
    const tensor_spec unfit[] = {spec(float32, {2, 3}), spec(float32, {4, 4})};
    CHECK_THROWS_AS((module_run<of_two, 2>(of_two{}, {unfit[0], unfit[1]})), model_error);
    CHECK(check(of_two{}, {unfit[0], unfit[1]}).size() == 1);
    STATIC_REQUIRE(check(of_two{}, {spec(float32, {2, 3}), spec(float32, {3, 4})}).empty());
    STATIC_REQUIRE(check(of_two{}, {spec(float32, {2, 3}), spec(float64, {3, 4})}).size() == 1);
}

TEST_CASE("a scope mistake that a destructor finds is thrown at the end", "[graph]") {
    const auto out_of_order = [](scope& s, const tensor& x) {
        auto* outer = new scope(s.variable_scope("outer"));
        auto inner = outer->variable_scope("inner");
        delete outer;  // before the scope inside of it
        return relu(x);
    };
    CHECK_THROWS_AS((module_run(out_of_order, {spec(float32, {2})})), model_error);
    CHECK(check(out_of_order, {spec(float32, {2})})[0].kind == mistake::scope_out_of_order);
}

TEST_CASE("every output is set, in the module's own graph", "[graph]") {
    const reports some = told_of_one_input<sets_some>();
    REQUIRE(some.size() == 2);
    CHECK(some[0].kind == mistake::foreign_tensor);
    CHECK(facts(some, 0).find("output 1\n") == 0);
    CHECK(facts(some, 0).find("sets_some::outputs::auxiliary was never set") != std::string::npos);
    CHECK(facts(some, 1).find("sets_some::outputs::train was never set") != std::string::npos);
    const reports half = told_of_one_input<sets_half>();
    REQUIRE(half.size() == 2);
    CHECK(facts(half, 1) == "output 3\nelement 3 of the array that the module returns was never set");
    CHECK(facts(told_of_one_input<sets_nothing>(), 0) == "output 0\nthe tensor that the module returns was never set");
    const reports foreign = told_of_one_input<returns_another_graph>();
    REQUIRE(foreign.size() == 1);
    CHECK(facts(foreign, 0).find("returns_another_graph::outputs::other belongs to another graph") != std::string::npos);
    STATIC_REQUIRE(told_of_one_input<sets_some>().size() == 2);
    STATIC_REQUIRE(told_of_one_input<sets_half>().size() == 2);
    STATIC_REQUIRE(told_of_one_input<sets_nothing>().size() == 1);
    STATIC_REQUIRE(told_of_one_input<returns_another_graph>().size() == 1);
    CHECK_THROWS_AS((module_run<sets_some, 1>(sets_some{}, {spec(float32, {2})})), model_error);
}

TEST_CASE("what stands for an output that was never set does nothing, and is of its kind", "[graph]") {
    const module_run<sets_some, 1> run(sets_some{}, {spec(float32, {2})}, on_mistake::collect);
    CHECK(run.builder().node_at(run.output_nodes()[0]).op->name == "relu");
    CHECK(run.builder().is_inert(run.output_nodes()[1]));
    CHECK(run.builder().node_at(run.output_nodes()[2]).op->role == op_role::group);
}
