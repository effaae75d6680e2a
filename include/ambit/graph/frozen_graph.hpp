// SPDX-License-Identifier: BSL-1.0
// A graph in arrays of exact size, so that it can be a constexpr variable: what the compiler keeps of a module.
// The module runs twice, once to count and once to freeze. Names and places stay behind, but for paths of variables
// and texts of mistakes. No struct has padding: clang 16 writes padded constants out again at every use.
#pragma once

#include <ambit/diagnostics/explain.hpp>
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
    std::int32_t uses = 0;         ///< get_variable calls that returned it, the creating one included
    std::int32_t local = 0;        ///< of one model: not in its parameters, not saved
    scope_parts::variable_role role = scope_parts::variable_role::weight;
    std::int32_t filler = 0;
    ambit::initializer initializer;  ///< its list, if it has one, lies in the model

    constexpr std::int64_t elements() const { return extents.elements(); }
    constexpr std::int64_t bytes() const { return elements() * size_of(dtype); }
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

struct frozen_node {
    const op_info* op = nullptr;
    tensor_spec result;
    std::int32_t first_operand = 0;
    std::int32_t operand_count = 0;
    std::int32_t first_word = 0;
    std::int32_t word_count = 0;
    std::int32_t region = 0;
    std::int32_t filler = 0;
};

struct frozen_variable {
    std::int32_t path_begin = 0;
    std::int32_t path_length = 0;
    std::int32_t first_value = 0;
    std::int32_t value_count = 0;
    std::int32_t trainable = 1;
    std::int32_t uses = 0;
    std::int32_t gradients = 0;  ///< gradients that reach it
    std::int32_t local = 0;
    variable_role role = variable_role::weight;
    std::int32_t begins_as = 0;  ///< the variable whose path its random initial values depend on: itself, most often
    tensor_spec spec;
    ambit::initializer initializer;
};

struct graph_counts {
    int nodes = 0, operands = 0, words = 0, regions = 0, variables = 0, characters = 0, values = 0, outputs = 0;
    int mistakes = 0, mistake_details = 0, mistake_characters = 0;
};

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

    constexpr std::string_view path(int variable) const {
        return {characters.elements + variables[variable].path_begin,
                static_cast<std::size_t>(variables[variable].path_length)};
    }
};

constexpr graph_counts count(const graph_builder& builder, int outputs) {
    graph_counts c;
    c.nodes = builder.value().nodes.size();
    c.operands = builder.value().operands.size();
    c.words = builder.value().words.size();
    c.regions = builder.value().regions.size();
    c.variables = builder.variable_count();
    for (int v = 0; v < c.variables; ++v) c.characters += builder.all_names().path_length(builder.variable_at(v).name);
    c.values = builder.values().size();
    c.outputs = outputs;
    c.mistakes = builder.mistakes().size();
    c.mistake_details = builder.mistakes().details();
    c.mistake_characters = builder.mistakes().characters().size();
    return c;
}

template <graph_counts Counts>
constexpr frozen_graph<Counts> freeze(const graph_builder& builder, const auto& output_ids) {
    frozen_graph<Counts> frozen;
    const graph& from = builder.value();
    for (int i = 0; i < Counts.nodes; ++i) {
        const node& n = from.nodes[i];
        frozen.nodes[i] = {n.op, n.result, n.first_operand, n.operand_count, n.first_word, n.word_count, n.region};
    }
    for (int i = 0; i < Counts.operands; ++i) frozen.operands[i] = from.operands[i];
    for (int i = 0; i < Counts.words; ++i) frozen.words[i] = from.words[i];
    for (int i = 0; i < Counts.regions; ++i) frozen.regions[i] = from.regions[i];
    for (int i = 0; i < Counts.values; ++i) frozen.values[i] = builder.values()[i];
    for (int i = 0; i < Counts.outputs; ++i) frozen.outputs[i] = output_ids[static_cast<std::size_t>(i)];
    buffer<char> characters;
    for (int i = 0; i < Counts.variables; ++i) {
        const variable_record& v = builder.variable_at(i);
        const int begin = characters.size();
        builder.all_names().append_path(v.name, characters);
        frozen_variable& kept = frozen.variables[i];
        kept.path_begin = begin;
        kept.path_length = characters.size() - begin;
        kept.first_value = v.first_value;
        kept.value_count = v.value_count;
        kept.trainable = v.trainable ? 1 : 0;
        kept.uses = v.uses;
        kept.local = v.local ? 1 : 0;
        kept.role = v.role;
        kept.begins_as = v.begins_as < 0 ? i : v.begins_as;
        kept.gradients = builder.gradients_of(i);
        kept.spec = v.spec;
        kept.initializer = builder.initializer_of(i);
    }
    const char* const paths = characters.begin();
    for (int i = 0; i < Counts.characters; ++i) frozen.characters.elements[i] = paths[i];
    frozen.mistakes =
        frozen_reports<Counts.mistakes, Counts.mistake_details, Counts.mistake_characters>(builder.mistakes());
    return frozen;
}

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

/// An input of a model: `input<float, 32, 784>`.
template <tensor_element T, std::int64_t... Extents> struct input {
    using element_type = T;
    static constexpr tensor_spec spec{shape{Extents...}, dtype_of<T>};
};

namespace graph_parts {
template <class... Inputs> inline constexpr bool are_inputs = (true && ... && requires { tensor_spec(Inputs::spec); });
}  // namespace graph_parts

namespace refused {
/// In the place of a model one of whose inputs is `float` or an array.
template <class... Inputs> struct type_that_is_no_input {
    static constexpr bool is_told() {
        static_assert(sizeof...(Inputs) > 4096,
                      "[ambit] an input of a model is input<element type, extents...>: "
                      "model<mlp, input<float, 32, 784>>");
        return true;
    }
};
}  // namespace refused

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

/// Runs a module with these inputs in the compiler.
template <class Module, class... Inputs> struct compiled_run {
    using run = module_run<Module, sizeof...(Inputs)>;
    static constexpr int any_number = (std::numeric_limits<int>::max)();
    static constexpr run build(int most = any_number) {
        return run(Module{}, {Inputs::spec...}, on_mistake::collect, most);
    }
    static constexpr graph_counts count(int most = any_number) {
        const run built = build(most);
        return ambit::graph_parts::count(built.builder(), static_cast<int>(output_count<typename run::outputs>));
    }
    /// Runs the module on inert tensors and variables, which costs a small part: what stops it then is in the module. A
    /// loop without an end does.
    static constexpr bool runs_on_nothing() {
        graph_builder builder(on_mistake::collect);
        builder.scopes().name_nothing();
        builder.scopes().end_after(AMBIT_MOST_OPS);
        scope root(builder);
        static_cast<void>(Module{}(root, builder.inert(Inputs::spec)...));
        return true;
    }
};

template <class Run, graph_counts Counts> struct counted_run : Run {
    static constexpr graph_counts counts = Counts;
};

// One evaluation finds out whether a module runs and counts what it leaves: if the template argument is no constant,
// the other overload is taken, without a word.
template <class Run, bool Runs = Run::runs_on_nothing()> std::true_type evaluates_on_nothing(int);
template <class Run> std::false_type evaluates_on_nothing(long);

// How much a module may build before the compiler looks whether it ever ends, on nothing, which is faster.
inline constexpr int ops_until_a_look = AMBIT_MOST_OPS / 5 * 2;

// A module that ends is run once more, without a bound. One that does not run then has met a limit of the compiler.
template <class Run, class Limited, graph_counts Counts = Run::count()>
std::type_identity<counted_run<Run, Counts>> counted_whole(int);
template <class Run, class Limited> std::type_identity<counted_run<Limited, Limited::count()>> counted_whole(long);

/// The run of a large module, or what reports of one that does not run.
template <class Run, class Limited, class Refused, bool Ends = decltype(evaluates_on_nothing<Run>(0))::value>
struct stopped_run {
    using type = typename decltype(counted_whole<Run, Limited>(0))::type;
};
template <class Run, class Limited, class Refused> struct stopped_run<Run, Limited, Refused, false> {
    using type = counted_run<Refused, Refused::count()>;
};

template <class Run, class Limited, class Refused, graph_counts Counts = Run::count(ops_until_a_look)>
std::type_identity<counted_run<Run, Counts>> counted(int);
template <class Run, class Limited, class Refused> stopped_run<Run, Limited, Refused> counted(long);

/// The run of a module, or of what reports in its place that it is none.
template <class Module, class... Inputs> constexpr auto chosen_run() {
    using refused = compiled_run<refused_module<Module, sizeof...(Inputs)>, Inputs...>;
    using limited = compiled_run<refused_module<Module, sizeof...(Inputs), mistake::compiler_limit>, Inputs...>;
    if constexpr (module<Module, sizeof...(Inputs)> && made_by_default<Module>)
        return std::type_identity<typename decltype(counted<compiled_run<Module, Inputs...>, limited, refused>(
            0))::type>{};
    else return std::type_identity<counted_run<refused, refused::count()>>{};
}

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

/// The graph that the compiler built of a module with these inputs.
template <class Module, class... Inputs> struct graph_of {
    using built = typename decltype(graph_parts::chosen_run<Module, Inputs...>())::type;
    using run = typename built::run;
    using outputs = typename run::outputs;
    static constexpr int input_count = static_cast<int>(sizeof...(Inputs));

    static constexpr graph_parts::graph_counts counts = built::counts;
    static constexpr graph_parts::frozen_graph<counts> value = [] {
        const run it = built::build();
        return graph_parts::freeze<counts>(it.builder(), it.output_nodes());
    }();
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

    /// Runs the module for the compiler to say what stops it, if it cannot run at all.
    static constexpr bool runs_to_its_end() { return graph_parts::compiled_run<Module, Inputs...>::runs_on_nothing(); }
};

/// Checks a module without building a model of it, and so without kernels: a compile error for each mistake.
///
///     static_assert(expect_valid<two_images, input<float, 1, 32, 32, 32>, input<float, 1, 32, 32, 32>>());
template <class Module, class... Inputs> constexpr auto expect_valid() {
    if constexpr (!graph_parts::are_inputs<Inputs...>) return refused::type_that_is_no_input<Inputs...>::is_told();
    else return refused::no_mistakes_in<graph_of<Module, Inputs...>>;
}

}  // namespace ambit
