// SPDX-License-Identifier: BSL-1.0
// A model that was frozen ahead beside the same one that the compiler has built: the same graph, layout, plans and
// results. What a program runs natively is what the compiler evaluates. What is stale, and what has a mistake, is
// refused.
#include "../../examples/image_filter/filter.hpp"
#include "../../examples/mnist/classifier.hpp"
#include "frozen.hpp"

#include <ambit/freeze/frozen_file.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

using namespace ambit;

namespace {

/// The same module under another name: of this one the compiler makes what it runs.
struct built_here {
    using outputs = ahead::recurrent::outputs;
    constexpr outputs operator()(scope& s, const tensor& sequence, const tensor& wanted) const {
        return ahead::recurrent{.rate = 0.05}(s, sequence, wanted);
    }
};
using built = model<built_here, input<float, 3, 2, 4>, input<float, 2, 1>>;
constexpr std::uint64_t loss_and_train = built::selection<&ahead::recurrent::outputs::loss,
                                                          &ahead::recurrent::outputs::train>();

template <class Model>
concept is_frozen = requires { typename Model::graph::ahead; };
static_assert(is_frozen<ahead::trainer> && !is_frozen<built>);
template <class Plan>
concept is_planned_ahead = requires { Plan::kernels; };
static_assert(is_planned_ahead<plan_of<ahead::trainer::graph, plan_parts::all_outputs>>);
static_assert(!is_planned_ahead<plan_of<ahead::trainer::graph, 1>>);  // which is read off the layout

/// Elements have no padding.
template <class A, class B> bool are_equal(const A& a, const B& b) {
    using element = std::remove_cvref_t<decltype(a[0])>;
    if (a.size() != b.size()) return false;
    for (int i = 0; i < a.size(); ++i)
        if (std::memcmp(&a[i], &b[i], sizeof(element)) != 0) return false;
    return true;
}

template <class A, class B> void compare_graphs(const A& a, const B& b) {
    CHECK(are_equal(a.nodes, b.nodes));
    CHECK(are_equal(a.operands, b.operands));
    CHECK(are_equal(a.words, b.words));
    CHECK(are_equal(a.variables, b.variables));
    CHECK(are_equal(a.values, b.values));
    CHECK(are_equal(a.regions, b.regions));
    CHECK(are_equal(a.outputs, b.outputs));
    CHECK(are_equal(a.characters, b.characters));
    CHECK(plan_parts::fingerprint_of(a) == plan_parts::fingerprint_of(b));
}

template <class A, class B> void compare_plans(const A& a, const B& b) {
    CHECK(a.arena_bytes == b.arena_bytes);
    CHECK(are_equal(a.steps, b.steps));
    CHECK(are_equal(a.operands, b.operands));
    CHECK(are_equal(a.constants, b.constants));
    CHECK(are_equal(a.loops, b.loops));
    CHECK(are_equal(a.places, b.places));
    CHECK(are_equal(a.counters, b.counters));
    CHECK(are_equal(a.input_offsets, b.input_offsets));
    CHECK(are_equal(a.output_offsets, b.output_offsets));
    CHECK(are_equal(a.nodes, b.nodes));
    CHECK(are_equal(a.input_used, b.input_used));
}

/// Runs a module as a program of `ambit_freeze` does, and compares that with what the compiler has evaluated.
template <class Module, class... Inputs> void compare(plan_parts::frozen_key<Module, Inputs...>) {
    using graph = graph_of<Module, Inputs...>;
    const graph_parts::module_run<Module, sizeof...(Inputs)> run(Module{}, {Inputs::spec...});
    const graph_parts::kept_arrays<core_parts::buffer> native(run.builder(), run.output_nodes());
    compare_graphs(graph::value, native);
    const plan_parts::graph_view view{native.nodes.begin(),   native.operands.begin(), native.words.begin(),
                                      native.outputs.begin(), native.regions.begin(),  native.nodes.size(),
                                      native.outputs.size(),  graph::input_count,      native.regions.size()};
    const plan_parts::layout laid_out = plan_parts::lay_out(view, plan_parts::layout_in_static_models);
    const plan_parts::layout_view places = laid_out.view();
    const plan_parts::step_writer steps(view, places, plan_parts::all_outputs, plan_parts::plan_part::all);
    compare_plans(plan_of<graph, plan_parts::all_outputs>::value,
                  plan_parts::value_plan(steps, graph::input_count, native.outputs.size()));
}

}  // namespace

TEST_CASE("a program runs the modules of the examples as the compiler does") {
    compare(freeze_parts::key_named<image_filter::filter>{});
    compare(freeze_parts::key_named<mnist::trainer<mnist::dense_net>>{});
    compare(freeze_parts::key_named<mnist::trainer<mnist::conv_net>>{});
    compare(freeze_parts::key_named<mnist::evaluator<mnist::conv_net>>{});
}

TEST_CASE("a frozen model is the one that the compiler would have built") {
    using frozen = ahead::trainer::graph;
    using here = built::graph;
    compare_graphs(frozen::value, here::value);
    const auto &layout = plan_parts::layout_of<frozen>::value, &layout_here = plan_parts::layout_of<here>::value;
    STATIC_REQUIRE(std::is_same_v<decltype(layout), decltype(layout_here)>);
    CHECK(std::memcmp(&layout, &layout_here, sizeof layout) == 0);
    using plan_parts::plan_part;
    compare_plans(plan_of<frozen, plan_parts::all_outputs>::value, plan_of<here, plan_parts::all_outputs>::value);
    STATIC_REQUIRE(is_planned_ahead<plan_of<frozen, loss_and_train, plan_part::before_effects>>);
    STATIC_REQUIRE(is_planned_ahead<plan_of<frozen, loss_and_train, plan_part::effects>>);
    compare_plans(plan_of<frozen, loss_and_train, plan_part::before_effects>::value,
                  plan_of<here, loss_and_train, plan_part::before_effects>::value);
    compare_plans(plan_of<frozen, loss_and_train, plan_part::effects>::value,
                  plan_of<here, loss_and_train, plan_part::effects>::value);
    compare_plans(plan_of<frozen, 1>::value, plan_of<here, 1>::value);
}

TEST_CASE("a frozen model computes what the compiler's computes") {
    ahead::trainer frozen(seed{3});
    built here(seed{3});
    std::array<float, 24> sequence;
    for (std::size_t i = 0; i < sequence.size(); ++i) sequence[i] = static_cast<float>(i % 5) / 4 - 0.5f;
    const std::array<float, 2> wanted{1, -1};
    using outputs = ahead::recurrent::outputs;
    float first = 0, last = 0;
    for (int step = 0; step < 20; ++step) {
        last = frozen.run<&outputs::loss, &outputs::train>(sequence, wanted);
        CHECK(last == here.run<&outputs::loss, &outputs::train>(sequence, wanted));
        if (step == 0) first = last;
    }
    CHECK(last < first);
    CHECK(frozen.run<&outputs::seen, &outputs::count>() == 1);
    CHECK((frozen.run<&outputs::last>(sequence) == here.run<&outputs::last>(sequence)));
    CHECK((frozen.get<"mix">() == here.get<"mix">()));
    CHECK((frozen.get<"scale">() == here.get<"scale">()));
}

// ---- What is refused -----------------------------------------------------------------------------------------------

namespace {

struct before {
    constexpr tensor operator()(scope& s, const tensor& x) const { return dense(s, "layer", x, 3); }
};
/// What became of it since its graph was frozen.
struct now {
    constexpr tensor operator()(scope& s, const tensor& x) const { return relu(dense(s, "layer", x, 3)); }
};
using graph_before = graph_of<before, input<float, 2, 4>>;
using key_now = plan_parts::frozen_key<now, input<float, 2, 4>>;

/// What a program of `ambit_freeze` says of a model.
template <class Model> std::pair<int, std::string> said_of(const std::string& file) {
    std::ostringstream said;
    std::streambuf* const terminal = std::cerr.rdbuf(said.rdbuf());
    frozen_file frozen("net.hpp");
    frozen.add<Model>("net");
    const int status = frozen.write(file);
    std::cerr.rdbuf(terminal);
    return {status, said.str()};
}

struct shares_by_mistake {
    static constexpr int line = __LINE__ + 3;
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const tensor first = dense(s, "layer", x, 4);
        return dense(s, "layer", first, 4);
    }
};
struct of_unnamed_op {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return x * s.get_variable("scale", {}, {.initializer = custom([](const shape&, std::int64_t, random_stream&) {
                                                    return 2.0;
                                                })});
    }
};

}  // namespace

template <> struct ambit::plan_parts::frozen_ahead<key_now> {
    static constexpr std::uint64_t fingerprint = key_now::fingerprint();
    static constexpr std::uint64_t fingerprint_of_graph = fingerprint_of(graph_before::value);
    static constexpr const auto& graph = graph_before::value;
};

TEST_CASE("a program refuses a frozen graph that its module does not build any more") {
    CHECK_NOTHROW(ahead::trainer::graph::refuse_stale());
    try {
        key_now::graph::refuse_stale();
        FAIL("it took a stale graph");
    } catch (const model_error& e) {
        CHECK(e.kind() == mistake::frozen_stale);
        CHECK(std::string(e.what()).find("::now\n") != std::string::npos);
    }
}

TEST_CASE("a mistake ends the program at the line that has it, and writes nothing") {
    const std::string file = "frozen_by_mistake.hpp";
    std::remove(file.c_str());
    const auto [status, said] = said_of<model<shares_by_mistake, input<float, 2, 4>>>(file);
    CHECK(status == 1);
    CHECK(said.starts_with(std::string(__FILE__) + ":" + std::to_string(shares_by_mistake::line) +
                           ": error: [ambit] variable_exists: layer/weights\n"));
    CHECK(said.find("\n  first at frozen.cpp:" + std::to_string(shares_by_mistake::line - 1)) != std::string::npos);
    CHECK(said.find("set reuse on the scope, or give the variable another name") != std::string::npos);
    CHECK(!std::ifstream(file));
    const auto [any_size_status, any_size_said] = said_of<model<before, input<float, any_size, 4>>>(file);
    CHECK(any_size_status == 1);
    CHECK(any_size_said.find("net.hpp: error: net: has any_size among its inputs") == 0);
    const auto [call_status, call_said] = said_of<model<before, input<float, 2, 4>, input<float, 2, 4>>>(file);
    CHECK(call_status == 1);
    CHECK(call_said.find("net.hpp: error: [ambit] module_call: ") == 0);
    const auto [unnamed_status, unnamed_said] = said_of<model<of_unnamed_op, input<float, 2>>>(file);
    CHECK(unnamed_status == 1);
    CHECK(unnamed_said.find("net.hpp: error: net: an initializer is a function without a name") == 0);
    CHECK(!std::ifstream(file));
}
