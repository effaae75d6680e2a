// SPDX-License-Identifier: BSL-1.0
// What a model is expected to be, said next to it: each is a static_assert that explains itself when it fails.
//
//     static_assert(expect_variables<net, "dense/weights", "dense/biases">());     // these, in any order
//     static_assert(expect_shared<net, "dense/weights", 2>());                     // two calls returned it
//     static_assert(expect_parameters<net, 61'706>() && expect_arena<net, 256_KiB>());
//     static_assert(expect_none_unread<net>() && expect_none_untrained<net>());
//
// `net` is a model, or the `graph_of` a module: then no kernel is compiled.
#pragma once

#include <ambit/core/fixed_string.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/plan/plan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

inline namespace size_literals {
consteval std::int64_t operator""_KiB(unsigned long long count) { return static_cast<std::int64_t>(count * 1024); }
consteval std::int64_t operator""_MiB(unsigned long long count) { return static_cast<std::int64_t>(count * 1048576); }
}  // namespace size_literals

}  // namespace ambit

namespace AMBIT_NAMESPACE::lint_parts {

/// The graph of a model; of a graph it is that graph.
template <class Net> struct graph_behind {};
template <class Net>
    requires requires { typename Net::graph::run; }
struct graph_behind<Net> {
    using type = typename Net::graph;
};
template <class Module, class... Inputs> struct graph_behind<graph_of<Module, Inputs...>> {
    using type = graph_of<Module, Inputs...>;
};

template <class Net>
concept model_or_graph = requires { typename graph_behind<Net>::type; };

/// Looks a graph over. What it finds is told with the place that made each variable, which the frozen graph has not
/// kept: the module runs once more, but only when there is something to tell.
template <class Graph> class lints {
public:
    using graph = Graph;
    static constexpr int variables = Graph::counts.variables;
    using flags = std::array<bool, static_cast<std::size_t>(variables)>;

    static constexpr bool lists(const flags& chosen) {
        for (const bool is_chosen : chosen)
            if (is_chosen) return true;
        return false;
    }

    /// Variables that no output depends on: none reads them, and no operation among the outputs changes them.
    static constexpr flags unread = [] {
        flags chosen{};
        chosen.fill(true);
        const graph_view graph = view_of(Graph::value, Graph::input_count);
        const buffer<bool> needed = needed_nodes(graph, all_outputs);
        for (int n = 0; n < graph.node_count; ++n)
            if (needed[n] && (graph.role(n) == op_role::read || graph.role(n) == op_role::assign))
                chosen[static_cast<std::size_t>(graph.word(n, 0))] = false;
        return chosen;
    }();

    /// Trainable variables that no gradient reaches.
    static constexpr flags untrained = [] {
        flags chosen{};
        for (int v = 0; v < variables; ++v) {
            const frozen_variable& known = Graph::value.variables[v];
            chosen[static_cast<std::size_t>(v)] = known.trainable != 0 && known.gradients == 0;
        }
        return chosen;
    }();

    template <const flags& Chosen> static constexpr auto paths() {
        constexpr std::size_t count = [] {
            std::size_t chosen = 0;
            for (const bool is_chosen : Chosen) chosen += is_chosen ? 1 : 0;
            return chosen;
        }();
        std::array<std::string_view, count> list{};
        for (std::size_t v = 0, next = 0; v < Chosen.size(); ++v)
            if (Chosen[v]) list[next++] = Graph::value.path(static_cast<int>(v));
        return list;
    }

    static constexpr int find(std::string_view path) {
        for (int v = 0; v < variables; ++v)
            if (Graph::value.path(v) == path) return v;
        return -1;
    }

    static constexpr int uses(int v) { return Graph::value.variables[v].uses; }

    static constexpr std::int64_t parameter_count() {
        std::int64_t count = 0;
        for (int v = 0; v < variables; ++v) {
            const frozen_variable& known = Graph::value.variables[v];
            if (known.local == 0) count += known.spec.extents.elements();
        }
        return count;
    }

    static constexpr std::int64_t arena_bytes() { return layout_of<Graph>::value.arena_bytes; }

    // ---- what is told -------------------------------------------------------------------------------------------

    template <fixed_string... Paths> static constexpr bool are_exactly() {
        if (sizeof...(Paths) != static_cast<std::size_t>(variables)) return false;
        // Lists mostly stand in the order of creation: the search goes on behind the last find.
        flags listed{};
        int next = 0;
        [[maybe_unused]] const auto take = [&](std::string_view path) {
            for (int i = 0; i < variables; ++i) {
                const int v = next + i < variables ? next + i : next + i - variables;
                if (Graph::value.path(v) != path) continue;
                next = v + 1;
                const bool is_first = !listed[static_cast<std::size_t>(v)];
                listed[static_cast<std::size_t>(v)] = true;
                return is_first;
            }
            return false;
        };
        return (true && ... && take(Paths.view()));
    }

    /// Listed paths that are no variables, then variables that are not listed. A misspelt path is one mistake: the
    /// variable that it is nearest to counts as listed.
    template <fixed_string... Paths> static constexpr reports differing() {
        const auto built = Graph::build();
        const std::array<std::string_view, sizeof...(Paths)> listed{Paths.view()...};
        flags met{};
        for (const std::string_view path : listed)
            if (const int v = find(path); v >= 0) met[static_cast<std::size_t>(v)] = true;
        reports mistakes;
        for (const std::string_view path : listed) {
            if (find(path) >= 0) continue;
            const int nearest = nearest_to(path, met);
            report_unknown(mistakes, path, nearest);
            if (nearest >= 0) met[static_cast<std::size_t>(nearest)] = true;
        }
        for (bool& is_met : met) is_met = !is_met;
        tell(mistakes, mistake::variable_unlisted, met, built.builder());
        return mistakes;
    }

    template <fixed_string Path> static constexpr reports unknown() {
        reports mistakes;
        report_unknown(mistakes, Path.view(), nearest_to(Path.view(), {}));
        return mistakes;
    }

    template <fixed_string Path, std::int64_t Calls> static constexpr reports shared_otherwise() {
        const auto built = Graph::build();
        const int v = find(Path.view());
        reports mistakes;
        mistakes.begin(mistake::variable_uses);
        mistakes.add(detail_tag::path, Path.view());
        short_text had;
        mistake_parts::append_grouped(had, uses(v));
        had += uses(v) == 1 ? " call of get_variable" : " calls of get_variable";
        short_text asked;
        mistake_parts::append_grouped(asked, Calls);
        mistakes.add(detail_tag::had, had);
        mistakes.add(detail_tag::asked, asked);
        add_origin(mistakes, v, built.builder());
        return mistakes;
    }

    /// The sum, and the variables that make up most of it.
    template <std::int64_t Count> static constexpr reports other_parameters() {
        reports mistakes;
        mistakes.begin(mistake::parameter_count);
        short_text had;
        mistake_parts::append_grouped(had, parameter_count());
        had += " parameters";
        short_text asked;
        mistake_parts::append_grouped(asked, Count);
        mistakes.add(detail_tag::had, had);
        mistakes.add(detail_tag::asked, asked);
        constexpr int most_named = 6;
        flags named{};
        for (int i = 0; i < variables && i < most_named; ++i) {
            int largest = -1;
            for (int v = 0; v < variables; ++v)
                if (!named[static_cast<std::size_t>(v)] && (largest < 0 || elements(v) > elements(largest)))
                    largest = v;
            named[static_cast<std::size_t>(largest)] = true;
            short_text line(Graph::value.path(largest));
            line += ' ';
            line += words_of(Graph::value.variables[largest].spec);
            line += ": ";
            mistake_parts::append_grouped(line, elements(largest));
            mistakes.add(detail_tag::rule, line);
        }
        add_more(mistakes, variables - most_named);
        return mistakes;
    }

    /// The bytes, and the largest value that the plan stores.
    template <std::int64_t Most> static constexpr reports larger_arena() {
        const auto built = Graph::build();
        reports mistakes;
        mistakes.begin(mistake::arena_size);
        short_text had, asked("at most ");
        mistake_parts::append_bytes(had, arena_bytes());
        mistake_parts::append_bytes(asked, Most);
        mistakes.add(detail_tag::had, had);
        mistakes.add(detail_tag::asked, asked);
        if (const int node = largest_value(); node >= 0) {
            const tensor_spec& spec = Graph::value.nodes[node].result;
            short_text line("largest value: ");
            line += built.builder().all_names().path(built.builder().node_at(node).name);
            line += ' ';
            line += words_of(spec);
            line += ", ";
            mistake_parts::append_bytes(line, spec.bytes());
            mistakes.add(detail_tag::rule, line);
        }
        return mistakes;
    }

    template <mistake Kind, const flags& Chosen> static constexpr reports chosen() {
        const auto built = Graph::build();
        reports mistakes;
        tell(mistakes, Kind, Chosen, built.builder());
        return mistakes;
    }

    /// True, or a compile error for each report that `Make` makes. A graph with mistakes has told them; nothing is
    /// expected of it.
    template <bool Holds, auto Make> static constexpr auto settle() {
        if constexpr (Graph::mistakes.size > 0) return refused_parts::no_mistakes_in<Graph>;
        else if constexpr (!Holds) return refused_parts::no_mistakes_in<refused_parts::made_reports<Make>>;
        else return true;
    }

private:
    static constexpr std::int64_t elements(int v) { return Graph::value.variables[v].spec.extents.elements(); }
    static constexpr std::int64_t bytes(int node) { return Graph::value.nodes[node].result.bytes(); }

    static constexpr int nearest_to(std::string_view path, const flags& met) {
        nearest_name search(path);
        for (int v = 0; v < variables; ++v)
            if (!met[static_cast<std::size_t>(v)]) search.consider(v, Graph::value.path(v));
        return search.best();
    }

    static constexpr void report_unknown(reports& mistakes, std::string_view path, int nearest) {
        mistakes.begin(mistake::variable_unknown);
        mistakes.add(detail_tag::path, path);
        if (nearest >= 0) mistakes.add(detail_tag::did_you_mean, Graph::value.path(nearest));
    }

    static constexpr void tell(reports& mistakes, mistake kind, const flags& chosen, const graph_builder& builder) {
        int told = 0, left = 0;
        for (const bool is_chosen : chosen) left += is_chosen ? 1 : 0;
        for (int v = 0; v < variables && told < most_told; ++v) {
            if (!chosen[static_cast<std::size_t>(v)]) continue;
            mistakes.begin(kind);
            mistakes.add(detail_tag::path, Graph::value.path(v));
            add_origin(mistakes, v, builder);
            ++told;
        }
        if (left > told) mistakes.add_more(left - told);
    }

    /// Where a variable was made, and in which scope.
    static constexpr void add_origin(reports& mistakes, int v, const graph_builder& builder) {
        const variable_record& made = builder.variable_at(v);
        mistakes.add(detail_tag::created_at, made.made);
        if (made.scope == scope_stack::root_scope) return;
        const scope_record& scope = builder.scopes().scope_at(made.scope);
        const int name = scope.op_scope != names::root ? scope.op_scope : scope.prefix;
        mistakes.add(detail_tag::in_scope, builder.all_names().path(name));
        mistakes.add(detail_tag::opened_at, scope.opened);
    }

    /// The node with the most bytes in the arena, outputs included; -1 if none is there.
    static constexpr int largest_value() {
        int largest = -1;
        const auto consider = [&](int node) {
            if (largest < 0 || bytes(node) > bytes(largest)) largest = node;
        };
        for (int n = 0; n < Graph::counts.nodes; ++n)
            if (layout_of<Graph>::value.offset[n] >= 0) consider(n);
        for (int k = 0; k < Graph::counts.outputs; ++k)
            if (is_value(layout_of<Graph>::graph, k)) consider(Graph::value.outputs[k]);
        return largest;
    }
};

template <model_or_graph Net> using lints_of = lints<typename graph_behind<Net>::type>;

/// `net::unread`: paths of the variables that no output depends on, in order of creation.
template <class Graph> inline constexpr auto unread_variables = lints<Graph>::template paths<lints<Graph>::unread>();

/// `net::untrained`: paths of the trainable variables that no gradient reaches, in order of creation.
template <class Graph>
inline constexpr auto untrained_variables = lints<Graph>::template paths<lints<Graph>::untrained>();

}  // namespace ambit::lint_parts

namespace AMBIT_NAMESPACE {

/// The model has these variables and no others; the order does not matter.
template <lint_parts::model_or_graph Net, fixed_string... Paths> constexpr auto expect_variables() {
    using all = lint_parts::lints_of<Net>;
    return all::template settle<all::template are_exactly<Paths...>(), &all::template differing<Paths...>>();
}

/// So many calls of `get_variable` returned this variable, the one that created it included.
template <lint_parts::model_or_graph Net, fixed_string Path, std::int64_t Calls> constexpr auto expect_shared() {
    using all = lint_parts::lints_of<Net>;
    constexpr int v = all::find(Path.view());
    if constexpr (v < 0) return all::template settle<false, &all::template unknown<Path>>();
    else return all::template settle<all::uses(v) == Calls, &all::template shared_otherwise<Path, Calls>>();
}

/// The variables have so many elements together.
template <lint_parts::model_or_graph Net, std::int64_t Count> constexpr auto expect_parameters() {
    using all = lint_parts::lints_of<Net>;
    return all::template settle<all::parameter_count() == Count, &all::template other_parameters<Count>>();
}

/// The temporary memory of a call is at most this: `expect_arena<net, 256_KiB>()`.
template <lint_parts::model_or_graph Net, std::int64_t Most> constexpr auto expect_arena() {
    using all = lint_parts::lints_of<Net>;
    static_assert(!requires { all::graph::number_count; },
                  "[ambit] expect_arena: the arena of a model with any_size depends on its largest batch: "
                  "static_assert(net::arena_bytes(64) <= 256_KiB)");
    return all::template settle<all::arena_bytes() <= Most, &all::template larger_arena<Most>>();
}

/// Some output depends on each variable.
template <lint_parts::model_or_graph Net> constexpr auto expect_none_unread() {
    using all = lint_parts::lints_of<Net>;
    return all::template settle<!all::lists(all::unread),
                                &all::template chosen<mistake::variable_unread, all::unread>>();
}

/// A gradient reaches each trainable variable.
template <lint_parts::model_or_graph Net> constexpr auto expect_none_untrained() {
    using all = lint_parts::lints_of<Net>;
    return all::template settle<!all::lists(all::untrained),
                                &all::template chosen<mistake::variable_untrained, all::untrained>>();
}

}  // namespace ambit
