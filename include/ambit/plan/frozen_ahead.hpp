// SPDX-License-Identifier: BSL-1.0
// A model that was frozen ahead. A program that CMake's `ambit_freeze` builds has run the module and planned its graph;
// what it found stands in a header that it wrote, as constants:
//
//     template <> struct frozen_ahead<key_of<trainer>> { … };        // the graph and where its values lie
//     template <> struct planned_ahead<key_of<trainer>, 3> { … };    // the steps of a call for outputs 0 and 1
//
// With that header the compiler takes them from there, and evaluates neither module nor passes.
#pragma once

#include <ambit/core/hash.hpp>
#include <ambit/core/spelling.hpp>
#include <ambit/plan/kernel_numbers.hpp>
#include <ambit/plan/plan.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::plan_parts {

/// What a module with inputs is frozen under.
template <class Module, class... Inputs> struct frozen_key {
    using module = Module;
    using graph = graph_of<Module, Inputs...>;
    static constexpr std::array<tensor_spec, sizeof...(Inputs)> inputs{Inputs::spec...};

    /// The hash of the module's name, which has the values of a `configured` one, and of the inputs.
    static constexpr std::uint64_t fingerprint() {
        std::uint64_t hash = core_parts::fnv1a(core_parts::spelling_of<Module>::value);
        for (const tensor_spec& input : inputs) hash = with(hash, input);
        return hash;
    }
    static constexpr std::uint64_t with(std::uint64_t hash, const tensor_spec& spec) {
        hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(spec.type));
        hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(spec.extents.rank()));
        for (int axis = 0; axis < spec.extents.rank(); ++axis)
            hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(spec.extents[axis]));
        return hash;
    }
};

/// Specialized by the headers that `ambit_freeze` has written.
template <class Key> struct frozen_ahead;
template <class Key, std::uint64_t Selected, plan_part Part = plan_part::all> struct planned_ahead;

template <class Key>
concept is_frozen_ahead = requires { frozen_ahead<Key>::fingerprint; };

/// The mistake of a frozen graph whose model is another one by now.
template <class Key> constexpr reports staleness() {
    reports mistakes;
    if (frozen_ahead<Key>::fingerprint == Key::fingerprint()) return mistakes;
    mistakes.begin(mistake::frozen_stale);
    mistakes.add(mistake_parts::detail_tag::module, core_parts::spelling_of<typename Key::module>::value);
    for (std::size_t i = 0; i < Key::inputs.size(); ++i) {
        mistakes.add(mistake_parts::detail_tag::input, static_cast<std::int64_t>(i));
        mistakes.add(mistake_parts::detail_tag::asked, Key::inputs[i]);
    }
    return mistakes;
}

/// The hash of all that a graph is: what differs between two runs of a module that is not the same one any more.
template <class Graph> constexpr std::uint64_t fingerprint_of(const Graph& graph) {
    using core_parts::fnv1a_with;
    std::uint64_t hash = core_parts::fnv1a_of_nothing;
    const auto add = [&hash](auto word) { hash = fnv1a_with(hash, static_cast<std::uint64_t>(word)); };
    const auto add_spec = [&add](const tensor_spec& spec) {
        add(spec.type);
        add(spec.extents.rank());
        for (int axis = 0; axis < spec.extents.rank(); ++axis) add(spec.extents[axis]);
    };
    for (int i = 0; i < graph.nodes.size(); ++i) {
        const frozen_node& node = graph.nodes[i];
        add(node.op->id);
        add_spec(node.result);
        add(node.operand_count);
        add(node.word_count);
        add(node.region);
    }
    for (int i = 0; i < graph.operands.size(); ++i) add(graph.operands[i]);
    for (int i = 0; i < graph.words.size(); ++i) add(graph.words[i]);
    for (int i = 0; i < graph.outputs.size(); ++i) add(graph.outputs[i]);
    for (int i = 0; i < graph.characters.size(); ++i) add(static_cast<unsigned char>(graph.characters[i]));
    for (int i = 0; i < graph.values.size(); ++i) add(std::bit_cast<std::uint64_t>(graph.values[i]));
    for (int i = 0; i < graph.variables.size(); ++i) {
        const frozen_variable& variable = graph.variables[i];
        const initializer& begins = variable.initializer;
        add_spec(variable.spec);
        for (const int word : {variable.path_length, variable.value_count, variable.trainable, variable.local,
                               static_cast<int>(variable.role), variable.begins_as, static_cast<int>(begins.kind),
                               static_cast<int>(begins.mode), static_cast<int>(begins.distribution), begins.has_seed})
            add(word);
        add(begins.seed);
        add(std::bit_cast<std::uint64_t>(begins.first));
        add(std::bit_cast<std::uint64_t>(begins.second));
    }
    return hash;
}

}  // namespace ambit::plan_parts

namespace AMBIT_NAMESPACE {

template <class Module, class... Inputs>
    requires plan_parts::is_frozen_ahead<plan_parts::frozen_key<Module, Inputs...>>
struct graph_of<Module, Inputs...> {
    using key = plan_parts::frozen_key<Module, Inputs...>;
    using ahead = plan_parts::frozen_ahead<key>;
    static_assert(refused_parts::no_mistakes_in<refused_parts::made_reports<&plan_parts::staleness<key>>>);

    using built = graph_parts::compiled_run<Module, Inputs...>;
    static constexpr bool is_of_the_module = true;
    using run = typename built::run;
    using outputs = typename run::outputs;
    static constexpr int input_count = static_cast<int>(sizeof...(Inputs));
    static constexpr std::string_view module_name() { return core_parts::spelling_of<Module>::value; }

    static constexpr graph_parts::graph_counts counts = ahead::graph.counts;
    static constexpr const auto& value = ahead::graph;
    static constexpr const auto& mistakes = value.mistakes;

    static constexpr run build() { return built::build(); }

    /// Runs the module in the program, whose unit then has all that builds graphs. Throws a `model_error` of kind
    /// `frozen_stale` if that is another graph than the one that was frozen.
    static void refuse_stale() {
        using kept = graph_parts::kept_arrays<core_parts::buffer>;
        const run again(Module{}, {Inputs::spec...}, mistake_parts::on_mistake::collect);
        if (plan_parts::fingerprint_of(kept(again.builder(), again.output_nodes())) == ahead::fingerprint_of_graph)
            return;
        reports stale;
        stale.begin(mistake::frozen_stale);
        stale.add(mistake_parts::detail_tag::module, core_parts::spelling_of<Module>::value);
        mistake_parts::raise(stale, 0);
    }
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::plan_parts {

template <class Graph>
concept frozen_graph_of = requires { typename Graph::ahead; };

template <frozen_graph_of Graph> struct layout_of<Graph> {
    static constexpr bool is_there = true;
    static constexpr graph_view graph = view_of(Graph::value, Graph::input_count);
    static constexpr const auto& value = Graph::ahead::layout;
    static constexpr layout_view view = value.view();
};

/// The outputs whose bits are set, of those that there are.
template <class Graph> constexpr std::uint64_t among_outputs(std::uint64_t selected) {
    return selected & ((std::uint64_t{1} << Graph::counts.outputs) - 1);
}

template <class Graph, std::uint64_t Selected, plan_part Part>
concept frozen_plan_of = frozen_graph_of<Graph> &&
                         requires { planned_ahead<typename Graph::key, among_outputs<Graph>(Selected), Part>::plan; };

}  // namespace ambit::plan_parts

namespace AMBIT_NAMESPACE {

template <class Graph, std::uint64_t Selected, plan_parts::plan_part Part>
    requires plan_parts::frozen_plan_of<Graph, Selected, Part>
class plan_of<Graph, Selected, Part> {
    using ahead = plan_parts::planned_ahead<typename Graph::key, plan_parts::among_outputs<Graph>(Selected), Part>;

public:
    using graph = Graph;
    static constexpr const plan_parts::graph_view& view = plan_parts::layout_of<Graph>::graph;
    static constexpr plan_parts::plan_counts counts = ahead::plan.counts;
    static constexpr const auto& value = ahead::plan;
    static constexpr const auto& kernels = ahead::kernels;
};

}  // namespace ambit
