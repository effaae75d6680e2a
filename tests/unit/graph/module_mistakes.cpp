// SPDX-License-Identifier: BSL-1.0
// What is told of a type that is no module, as reports; the compile errors are in tests/compile_fail/module.
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string>

using namespace ambit;
using namespace ambit::graph_parts;

namespace mistaken {

struct takes_two {
    constexpr tensor operator()(scope&, tensor x, tensor) const { return x; }
};
struct takes_two_or_four : takes_two {
    using takes_two::operator();
    constexpr tensor operator()(scope&, tensor x, tensor, tensor, tensor) const { return x; }
};
struct takes_none {
    constexpr tensor operator()(scope& s) const { return s.get_variable("w", {2}); }
};
struct not_const {
    constexpr tensor operator()(scope&, tensor x) { return x; }
};
struct by_reference {
    constexpr tensor operator()(scope&, tensor& x) const { return x; }
};
struct by_value {
    constexpr tensor operator()(scope, tensor x) const { return x; }
};
struct of_numbers {
    constexpr tensor operator()(int) const { return {}; }
};
struct nothing {};

struct returns_nothing {
    constexpr void operator()(scope&, tensor) const {}
};
struct returns_a_number {
    constexpr double operator()(scope&, tensor) const { return 1; }
};
struct returns_empty {
    struct outputs {};
    constexpr outputs operator()(scope&, tensor) const { return {}; }
};
struct returns_arrays {
    struct outputs { tensor x; tensor all[2]; };
    constexpr outputs operator()(scope&, tensor x) const { return {x, {x, x}}; }
};
struct of_a_size {
    constexpr explicit of_a_size(int n) : size(n) {}
    constexpr tensor operator()(scope&, tensor x) const { return x * size; }
    int size;
};
struct counts {
    struct outputs { tensor x, y; };
    outputs operator()(scope&, tensor x) const { return {x, x}; }
};
template <class T> struct of_a_type {
    constexpr T operator()(scope&) const { return {}; }
};

template <class Module> using graph_with_one_input = graph_of<Module, input<float, 2>>;

template <class Module> std::string told() {
    const auto& all = graph_with_one_input<Module>::mistakes;
    if (all.size != 1) return "not one mistake";
    return std::string(name_of(all[0].kind)) + "\n" + std::string(facts_of(all, 0).view());
}

}  // namespace mistaken

TEST_CASE("a module is called with a scope and a tensor for each input") {
    using namespace mistaken;
    const std::string module = "module_call\nmodule mistaken::";
    CHECK(told<takes_two>() == module + "takes_two\nits call operator takes 2 tensors, the model has 1 input");
    CHECK(told<takes_two_or_four>() ==
          module + "takes_two_or_four\nits call operator takes 2 tensors, the model has 1 input");
    CHECK(told<takes_none>() == module + "takes_none\nits call operator takes 0 tensors, the model has 1 input");
    CHECK(told<not_const>() == module + "not_const\nits call operator is not const");
    CHECK(told<by_reference>() == module + "by_reference\nits call operator takes tensor&, not tensor");
    CHECK(told<by_value>() == module + "by_value\nits call operator takes scope, not scope&");
    CHECK(told<of_numbers>() == module + "of_numbers\nit has no call operator that takes scope& and 1 tensor");
    CHECK(told<nothing>() == module + "nothing\nit has no call operator that takes scope& and 1 tensor");
    using three = graph_of<takes_two, input<float, 2>, input<float, 2>, input<float, 2>>;
    CHECK(facts_of(three::mistakes, 0) ==
          "module mistaken::takes_two\nits call operator takes 2 tensors, the model has 3 inputs");
    using configured_two = graph_of<configured<takes_two{}>, input<float, 2>>;
    CHECK(configured_two::mistakes[0].kind == mistake::module_call);
    STATIC_REQUIRE(graph_of<takes_two_or_four, input<float, 2>, input<float, 2>>::mistakes.size == 0);
}

TEST_CASE("a module returns tensors") {
    using namespace mistaken;
    const std::string module = "module_result\nmodule mistaken::";
    CHECK(told<returns_nothing>() == module + "returns_nothing\nit returns void");
    CHECK(told<returns_a_number>() == module + "returns_a_number\nit returns double");
    CHECK(told<returns_empty>() ==
          module + "returns_empty\nit returns mistaken::returns_empty::outputs, which has no members");
    CHECK(told<returns_arrays>() ==
          module + "returns_arrays\nit returns mistaken::returns_arrays::outputs, whose member 2 is no tensor");
}

TEST_CASE("a module has a default constructor, or is configured") {
    using namespace mistaken;
    CHECK(told<of_a_size>() == "module_value\nmodule mistaken::of_a_size\nit has no default constructor");
    STATIC_REQUIRE(graph_with_one_input<configured<of_a_size(3)>>::mistakes.size == 0);
    STATIC_REQUIRE(check(of_a_size(3), {spec(float32, {2})}).empty());
}

TEST_CASE("a module that the compiler cannot run is told, and its model has inert outputs") {
    using namespace mistaken;
    // What stands for it: that the compiler cannot run it is an error, which the refused programs look at.
    using refused_counts = refused_module<counts, 1>;
    CHECK(told<refused_counts>() == "module_not_constant\nmodule mistaken::counts");
    using broken = graph_with_one_input<refused_counts>;
    STATIC_REQUIRE(std::same_as<broken::outputs, counts::outputs>);
    STATIC_REQUIRE(broken::counts.outputs == 2);
    STATIC_REQUIRE(broken::value.nodes[broken::value.outputs[1]].op->role == op_role::inert);
    STATIC_REQUIRE(broken::counts.variables == 0);
}

TEST_CASE("types are spelled as the compiler spells them") {
    STATIC_REQUIRE(core_parts::spelling_of<int>::value == "int");
    STATIC_REQUIRE(core_parts::spelling_of<mistaken::nothing>::value == "mistaken::nothing");
    STATIC_REQUIRE(core_parts::spelling_of<mistaken::of_a_type<tensor>>::value ==
                   "mistaken::of_a_type<ambit::tensor>");
    STATIC_REQUIRE(core_parts::spelling_of<int[3]>::value == "int[3]" ||
                   core_parts::spelling_of<int[3]>::value == "int [3]");
}
