// SPDX-License-Identifier: BSL-1.0
// Kernels whose symbols say which ops of the user's they compute, for profilers: with -DAMBIT_NAMED_KERNELS each step
// has a function of its own, into which its kernel is expanded, and the paths of its ops are a template argument. The
// CMake function ambit_name_kernels defines the macro, and writes the paths into the program's symbols as text:
//
//     ambit:hidden/matmul+bias_add+relu          // what perf, gdb and callgrind then show
//
// Equal steps no longer share a kernel, and the module runs once more in the compiler: a build to look at.
#pragma once

#include <ambit/core/fixed_string.hpp>
#include <ambit/plan/plan.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::model_parts {

/// The paths of a graph's ops, one behind the other. A frozen graph has none: the module is run for them.
template <class Graph> struct paths_of_ops {
    static constexpr int nodes = Graph::counts.nodes;

    static constexpr std::string_view path(int node) {
        const int begin = node == 0 ? 0 : value.ends[node - 1];
        return {value.characters + begin, static_cast<std::size_t>(value.ends[node] - begin)};
    }

private:
    template <class Each> static constexpr void visit(const Each& each) {
        const auto run = Graph::build();
        for (int n = 0; n < nodes; ++n)
            each(n, run.builder().all_names().path(run.builder().value().nodes[n].name).view());
    }
    static constexpr int length = [] {
        int characters = 0;
        visit([&](int, std::string_view path) { characters += static_cast<int>(path.size()); });
        return characters;
    }();
    struct kept {
        char characters[static_cast<std::size_t>(length) + 1] = {};
        int ends[static_cast<std::size_t>(nodes)] = {};
    };
    static constexpr kept value = [] {
        kept all;
        int end = 0;
        visit([&](int n, std::string_view path) {
            for (const char c : path) all.characters[end++] = c;
            all.ends[n] = end;
        });
        return all;
    }();
};

/// The scope that an op lies in, with the slash behind it.
constexpr std::string_view scope_of_path(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
}

/// Hands on the characters of what a step is called: the path of its first op, the others behind it, without their
/// scope where that is the one before.
template <class Paths, class Put>
constexpr void spell_step(const plan_parts::plan_step& step, const std::int32_t* nodes, const Put& put) {
    std::string_view scope;
    bool is_first = true;
    const auto append = [&](int node) {
        const std::string_view path = Paths::path(node);
        const std::string_view own = scope_of_path(path);
        if (!is_first) put('+');
        for (const char c : !is_first && own == scope ? path.substr(own.size()) : path) put(c);
        scope = own;
        is_first = false;
    };
    const bool ends_in_root = step.kind == plan_parts::step_kind::reduction;
    if (step.root >= 0 && !ends_in_root) append(step.root);
    for (int i = 0; i < step.ops; ++i) append(nodes[i]);
    if (ends_in_root) append(step.root);
}

/// Longer names are cut: nobody reads them.
inline constexpr std::size_t most_characters_of_a_step = 200;

/// The same as a template argument.
template <class Paths, class Plan, int Step> constexpr auto name_of_step() {
    constexpr const plan_parts::plan_step& step = Plan::value.steps[Step];
    constexpr const std::int32_t* nodes = Plan::value.nodes.elements + step.first_node;
    constexpr std::size_t size = [] {
        std::size_t characters = 0;
        spell_step<Paths>(step, nodes, [&](char) { ++characters; });
        return characters < most_characters_of_a_step ? characters : most_characters_of_a_step;
    }();
    fixed_string<size + 1> name;
    std::size_t end = 0;
    spell_step<Paths>(step, nodes, [&](char c) {
        if (end < size) name.characters[end++] = c;
    });
    return name;
}

/// A kernel under the name of a step.
template <fixed_string Name, auto Kernel> struct named_kernel;
template <fixed_string Name, class... Arguments, void (*Kernel)(Arguments...) noexcept>
struct named_kernel<Name, Kernel> {
    [[gnu::noinline, gnu::flatten]] static void run(Arguments... arguments) noexcept { Kernel(arguments...); }
};

/// `Kernel`, which runs step `Step` of a plan, under its name.
template <class Graph, class Plan, int Step, auto Kernel>
inline constexpr auto kernel_named = &named_kernel<name_of_step<paths_of_ops<Graph>, Plan, Step>(), Kernel>::run;

}  // namespace ambit::model_parts
