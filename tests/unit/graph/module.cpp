// SPDX-License-Identifier: BSL-1.0
#include <ambit/graph/module.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

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
