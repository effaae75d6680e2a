// SPDX-License-Identifier: BSL-1.0
// A graph in arrays of exact size, so that it can be a constexpr variable: what the compiler keeps of a module, which
// it runs once (graph/kept_run.hpp).
#pragma once

#include <ambit/diagnostics/explain.hpp>
#include <ambit/graph/kept.hpp>
#include <ambit/graph/kept_run.hpp>
#include <ambit/graph/module.hpp>
#include <ambit/graph/module_mistakes.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE {

/// A variable of a model: `net::variables` lists them in order of creation.
struct variable_info {
    std::string_view path;
    shape extents;
    ambit::dtype dtype = ambit::dtype::none;
    std::int32_t trainable = 1;
    std::int32_t uses = 0;  ///< get_variable calls that returned it, the creating one included
    std::int32_t local = 0;  ///< of one model: not in its parameters, not saved
    scope_parts::variable_role role = scope_parts::variable_role::weight;
    std::int32_t filler = 0;
    ambit::initializer initializer;  ///< its list, if it has one, lies in the model

    constexpr std::int64_t elements() const { return extents.elements(); }
    constexpr std::int64_t bytes() const { return elements() * size_of(dtype); }
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

template <class T, int Size> struct frozen_array {
    T elements[static_cast<std::size_t>(Size > 0 ? Size : 1)] = {};
    static constexpr int size() { return Size; }
    constexpr T& operator[](int index) { return elements[index]; }
    constexpr const T& operator[](int index) const { return elements[index]; }
};

template <graph_counts Counts> struct frozen_graph {
    static constexpr graph_counts counts = Counts;
    frozen_array<frozen_node, Counts.nodes> nodes;
    frozen_array<std::int64_t, Counts.words> words;
    frozen_array<frozen_variable, Counts.variables> variables;
    frozen_array<double, Counts.values> values;
    frozen_array<std::int32_t, Counts.operands> operands;
    frozen_array<region, Counts.regions> regions;
    frozen_array<int, Counts.outputs> outputs;
    frozen_array<char, Counts.characters> characters;
    frozen_reports<Counts.mistakes, Counts.mistake_details, Counts.mistake_characters> mistakes;

    static constexpr frozen_graph of(const kept_run& from) {
        frozen_graph graph;
        copy(from.nodes, graph.nodes);
        copy(from.words, graph.words);
        copy(from.variables, graph.variables);
        copy(from.values, graph.values);
        copy(from.operands, graph.operands);
        copy(from.regions, graph.regions);
        copy(from.outputs, graph.outputs);
        copy(from.characters, graph.characters);
        graph.mistakes = decltype(graph.mistakes)(from.mistakes);
        return graph;
    }

    constexpr std::string_view path(int variable) const {
        return {characters.elements + variables[variable].path_begin,
                static_cast<std::size_t>(variables[variable].path_length)};
    }

private:
    template <class T, int Size> static constexpr void copy(const roomy_array<T>& from, frozen_array<T, Size>& to) {
        from.copy_to(to.elements, Size);
    }
};

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

/// An input of a model: `input<float, 32, 784>`. One of what no tensor holds is none: what takes inputs says so.
template <class T, std::int64_t... Extents> struct input {};
template <tensor_element T, std::int64_t... Extents> struct input<T, Extents...> {
    using element_type = T;
    static constexpr tensor_spec spec{shape{Extents...}, dtype_of<T>};
};

namespace graph_parts {
template <class... Inputs> inline constexpr bool are_inputs = (true && ... && requires { tensor_spec(Inputs::spec); });
}  // namespace graph_parts

namespace refused_parts {
template <class Type> inline constexpr bool is_of_no_elements = false;
template <class T, std::int64_t... Extents>
inline constexpr bool is_of_no_elements<input<T, Extents...>> = !tensor_element<T>;

/// In the place of a model one of whose inputs is `float` or an array, or of elements that no tensor has.
template <class... Inputs> struct type_that_is_no_input {
    static constexpr bool is_told() {
        if constexpr ((false || ... || is_of_no_elements<Inputs>))
            static_assert(sizeof...(Inputs) > 4096,
                          "[ambit] no tensor has elements of this type: an input's are float, double, std::int32_t, "
                          "std::int64_t, std::uint8_t or bool, as in input<float, 32, 784>");
        else
            static_assert(sizeof...(Inputs) > 4096,
                          "[ambit] an input of a model is input<element type, extents...>: "
                          "model<mlp, input<float, 32, 784>>");
        return true;
    }
};
}  // namespace refused_parts

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

/// Whether an input is one of several batches that a module runs at.
template <class Input> inline constexpr bool is_at_one_batch = false;

/// Runs a module with these inputs in the compiler.
template <class Module, class... Inputs> struct compiled_run {
    using run = module_run<Module, sizeof...(Inputs)>;
    static constexpr run build(int most = (std::numeric_limits<int>::max)()) {
        return run(Module{}, {Inputs::spec...}, on_mistake::collect, most, (false || ... || is_at_one_batch<Inputs>));
    }
    static constexpr kept_run keep() {
        refuse_run_time();
        return kept_of(build(AMBIT_MOST_OPS));
    }
    // An argument: what a variable with a destructor is initialized with clang evaluates once more where it reads it.
    static constexpr kept_run kept_of(const run& built) { return kept_run(built.builder(), built.output_nodes()); }
    /// Runs the module on inert tensors and variables, which costs a small part: what stops it then is in the module. A
    /// loop without an end does.
    static constexpr bool runs_on_nothing() {
        refuse_run_time();
        graph_builder builder(on_mistake::collect);
        builder.scopes().name_nothing();
        builder.scopes().end_after(AMBIT_MOST_OPS);
        scope root(builder);
        static_cast<void>(Module{}(root, builder.inert(Inputs::spec)...));
        return true;
    }
};

// Why a module was not kept: the compiler itself says here, once, what stops the module; if nothing does, a limit has.
template <class Run> struct second_look {
    static constexpr bool the_module_runs_in_the_compiler = Run::runs_on_nothing();
};
template <class Run, bool Runs = second_look<Run>::the_module_runs_in_the_compiler> std::true_type meets_a_limit(int);
template <class Run> std::false_type meets_a_limit(long);

/// The run of a module, or of what reports in its place that it is none.
template <class Module, class... Inputs> constexpr auto chosen_run() {
    using whole = compiled_run<Module, Inputs...>;
    using refused = compiled_run<refused_module<Module, sizeof...(Inputs)>, Inputs...>;
    using limited = compiled_run<refused_module<Module, sizeof...(Inputs), mistake::compiler_limit>, Inputs...>;
    if constexpr (!module<Module, sizeof...(Inputs)> || !made_by_default<Module>) return std::type_identity<refused>{};
    else if constexpr (is_kept<whole>) return std::type_identity<whole>{};
    else if constexpr (decltype(meets_a_limit<whole>(0))::value) return std::type_identity<limited>{};
    else return std::type_identity<refused>{};
}

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

/// The graph that the compiler built of a module with these inputs.
template <class Module, class... Inputs> struct graph_of {
    using built = typename decltype(graph_parts::chosen_run<Module, Inputs...>())::type;
    static constexpr bool is_of_the_module = std::is_same_v<built, graph_parts::compiled_run<Module, Inputs...>>;
    using run = typename built::run;
    using outputs = typename run::outputs;
    static constexpr int input_count = static_cast<int>(sizeof...(Inputs));
    static constexpr std::string_view module_name() { return core_parts::spelling_of<Module>::value; }

    static constexpr graph_parts::graph_counts counts = graph_parts::kept<built>().counts();
    static constexpr auto value = graph_parts::frozen_graph<counts>::of(graph_parts::kept<built>());
    static constexpr const auto& mistakes = value.mistakes;

    /// The module once more, for messages that say what the frozen graph has not kept.
    static constexpr run build() { return built::build(); }

    /// Runs the module up to its first mistake, which no constant evaluation can pass: the compiler then prints who
    /// called whom. Used with -DAMBIT_BACKTRACE.
    static constexpr bool runs_without_mistakes()
        requires graph_parts::module<Module, sizeof...(Inputs)> && graph_parts::made_by_default<Module>
    {
        graph_builder builder(mistake_parts::on_mistake::stop);
        scope root(builder);
        const outputs returned = Module{}(root, builder.input(Inputs::spec)...);
        builder.finish();
        static_cast<void>(graph_parts::checked_outputs(builder, returned));
        return builder.mistakes().empty();
    }
};

/// Checks a module without building a model of it, and so without kernels: a compile error for each mistake.
///
///     static_assert(expect_valid<two_images, input<float, 1, 32, 32, 32>, input<float, 1, 32, 32, 32>>());
template <class Module, class... Inputs> constexpr auto expect_valid() {
    if constexpr (!graph_parts::are_inputs<Inputs...>)
        return refused_parts::type_that_is_no_input<Inputs...>::is_told();
    else return refused_parts::no_mistakes_in<graph_of<Module, Inputs...>>;
}

}  // namespace ambit
