// SPDX-License-Identifier: BSL-1.0
// A graph whose batch is known at run time only. The compiler builds the module at batches 2, 3 and 1021: if all three
// have the same ops, operands and options, and every extent and option is affine in the batch, n -> a + b n, the module
// is legal for all of them, and its graph at any batch is known without running it.
//
//     using graph = graph_of<mlp, input<float, any_size, 784>>;
//     graph::at(32).nodes[3].result == spec(float32, {32, 500});
//
// Numbers that the module computes of the batch (1 / n in the gradient of a mean) become inputs of their own, behind
// the module's: what a call puts there is known from `graph::number_at(i, n)`.
#pragma once

#include <ambit/graph/batch_comparison.hpp>
#include <ambit/graph/frozen_graph.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::graph_parts {

constexpr bool has_any_size(const tensor_spec& spec) {
    for (int axis = 0; axis < spec.extents.rank(); ++axis)
        if (spec.extents[axis] == any_size) return true;
    return false;
}

/// Whether any of some inputs has a batch that is known at run time only.
template <class... Inputs> inline constexpr bool have_any_size = (false || ... || has_any_size(Inputs::spec));
template <class... Inputs>
concept any_batch_inputs = are_inputs<Inputs...> && have_any_size<Inputs...>;

constexpr tensor_spec at_batch(tensor_spec spec, std::int64_t batch) {
    for (int axis = 0; axis < spec.extents.rank(); ++axis)
        if (spec.extents[axis] == any_size) spec.extents.set(axis, batch);
    return spec;
}

/// An input at one batch.
template <class Input, std::int64_t Batch> struct input_at_batch {
    using element_type = typename Input::element_type;
    static constexpr tensor_spec spec = at_batch(Input::spec, Batch);
};
template <class Input, std::int64_t Batch> inline constexpr bool is_at_one_batch<input_at_batch<Input, Batch>> = true;

/// Three samples of a graph that agree: the graph at any batch.
template <class First, class Second, class Third> struct batch_samples {
    const First& first;
    const Second& second;
    const Third& third;

    /// Whether a node is a number that the module computes of the batch.
    constexpr bool is_number(int n) const {
        if (first.nodes[n].op->role != op_role::constant) return false;
        const int last = first.nodes[n].word_count - 1;
        const std::int64_t word = first.words[first.nodes[n].first_word + last];
        return last >= 0 && (word != second.words[second.nodes[n].first_word + last] ||
                             word != third.words[third.nodes[n].first_word + last]);
    }
    constexpr int number_count() const {
        int count = 0;
        for (int n = 0; n < first.counts.nodes; ++n) count += is_number(n) ? 1 : 0;
        return count;
    }
    constexpr batch_number number_at(int n) const {
        const int last = first.nodes[n].word_count - 1;
        const std::int64_t words[3] = {first.words[first.nodes[n].first_word + last],
                                       second.words[second.nodes[n].first_word + last],
                                       third.words[third.nodes[n].first_word + last]};
        batch_number found = number_from(words, first.nodes[n].result.type);
        found.node = n;
        return found;
    }

    constexpr tensor_spec spec_at(int n, std::int64_t batch) const {
        tensor_spec spec = first.nodes[n].result;
        for (int axis = 0; axis < spec.extents.rank(); ++axis)
            spec.extents.set(axis, grown(spec.extents[axis], second.nodes[n].result.extents[axis], batch));
        return spec;
    }
    constexpr std::int64_t word_at(int n, int index, std::int64_t batch) const {
        return grown(first.words[first.nodes[n].first_word + index], second.words[second.nodes[n].first_word + index],
                     batch);
    }

    /// The graph at a batch, to be planned: numbers of the batch are inputs behind the module's. Fills what is as large
    /// as the graph of the first sample.
    constexpr void put_at(std::int64_t batch, int inputs, auto& graph) const {
        for (int n = 0; n < first.counts.nodes; ++n) {
            graph.nodes[n].result = spec_at(n, batch);
            const int words = first.nodes[n].first_word;
            if (is_number(n)) {
                frozen_node& node = graph.nodes[n];
                node.op = &input_info;
                node.word_count = 1;
                node.region = 0;  // of no iteration, wherever the module computes it
                graph.words[words] = inputs++;
            } else if (first.nodes[n].op->role != op_role::constant) {
                for (int i = 0; i < first.nodes[n].word_count; ++i) graph.words[words + i] = word_at(n, i, batch);
            }
        }
    }

    /// The first op whose rule of shapes does not allow a batch, or -1.
    constexpr int first_unfit(std::int64_t batch) const {
        tensor_spec specs[graph_builder::max_operands] = {};
        buffer<std::int64_t> words;
        for (int n = 0; n < first.counts.nodes; ++n) {
            const frozen_node& made = first.nodes[n];
            if (!is_legal(spec_at(n, batch).extents)) return n;
            if (made.op->role != op_role::elementwise && made.op->role != op_role::compute &&
                made.op->role != op_role::alias)
                continue;
            for (int i = 0; i < made.operand_count; ++i) specs[i] = spec_at(first.operands[made.first_operand + i], batch);
            words.clear();
            for (int i = 0; i < made.word_count; ++i) words.push_back(word_at(n, i, batch));
            const inferred answer = made.op->infer({specs, made.operand_count, words.begin()});
            if (answer.fault != mistake::none || answer.result != spec_at(n, batch)) return n;
        }
        return -1;
    }
};

/// A graph in three samples.
template <class First, class Second, class Third> struct compared_graphs {
    using about = batch_difference::about;
    using samples_type =
        batch_samples<std::remove_cvref_t<decltype(First::value)>, std::remove_cvref_t<decltype(Second::value)>,
                      std::remove_cvref_t<decltype(Third::value)>>;
    static constexpr samples_type samples{First::value, Second::value, Third::value};
    static constexpr int inputs = First::input_count;

    static constexpr batch_difference difference =
        batch_comparison<std::remove_cvref_t<decltype(First::value)>, std::remove_cvref_t<decltype(Second::value)>,
                         std::remove_cvref_t<decltype(Third::value)>>{First::value, Second::value, Third::value,
                                                                      std::is_same_v<Second, Third>}
            .find();
    static constexpr bool agree = difference.what == batch_difference::about::nothing;

    static constexpr bool is_number(int n) { return agree && samples.is_number(n); }
    static constexpr int number_count = agree ? samples.number_count() : 0;
    static constexpr frozen_array<batch_number, number_count> numbers = [] {
        frozen_array<batch_number, number_count> found;
        int next = 0;
        for (int n = 0; n < First::counts.nodes; ++n)
            if (is_number(n)) found[next++] = samples.number_at(n);
        return found;
    }();

    static constexpr tensor_spec spec_at(int n, std::int64_t batch) { return samples.spec_at(n, batch); }
    static constexpr std::int64_t word_at(int n, int index, std::int64_t batch) {
        return samples.word_at(n, index, batch);
    }
    static constexpr void put_at(std::int64_t batch, auto& graph) { samples.put_at(batch, inputs, graph); }
    static constexpr int first_unfit(std::int64_t batch) { return samples.first_unfit(batch); }

    /// What the first difference is, with what was at two samples.
    static constexpr reports dependence() {
        reports mistakes;
        batch_difference found = difference;
        if (found.what == about::nothing && !std::is_same_v<Second, Third>)
            if (const int unfit = first_unfit(1); unfit >= 0) found = {about::at_one, unfit, 0, 1};
        if (found.what == about::nothing) return mistakes;
        // Each run by itself: g++ ends the life of a conditional one twice.
        const auto built = First::build();
        mistakes.begin(mistake::batch_dependence);
        const bool is_variable = found.what == about::variable;
        if (found.at < (is_variable ? First::counts.variables : First::counts.nodes)) {
            add_subject(mistakes, found, built);
        } else if (found.sample == 1) {
            add_subject(mistakes, found, Second::build());
        } else {
            add_subject(mistakes, found, Third::build());
        }
        if (found.what == about::at_one) {
            mistakes.add(detail_tag::rule, "its rule of shapes refuses a batch of 1");
        } else {
            add_sample(mistakes, found, built, 0);
            // What is affine at two batches may not be so at the third.
            const bool is_uneven = found.what == about::extent || found.what == about::size ||
                                   found.what == about::value || found.what == about::option;
            if (found.sample == 1 || is_uneven) add_sample(mistakes, found, Second::build(), 1);
            if (found.sample == 2 || is_uneven) add_sample(mistakes, found, Third::build(), 2);
            if (found.what == about::size) mistakes.add(detail_tag::rule, "the batch is in two of its extents");
        }
        return mistakes;
    }

private:
    static constexpr void add_subject(reports& mistakes, const batch_difference& found, const auto& run) {
        if (found.what == about::variable) {
            const short_text path = run.builder().path_of(found.at);
            mistakes.add(detail_tag::path, path.view());
            return;
        }
        const node& unlike = run.builder().node_at(found.at);
        const short_text path(run.builder().all_names().path(unlike.name));
        mistakes.add(detail_tag::op, path.view().empty() ? unlike.op->name : path.view());
        if (unlike.made.line > 0) mistakes.add(detail_tag::at, unlike.made);
    }
    static constexpr void add_sample(reports& mistakes, const batch_difference& found, const auto& run, int sample) {
        short_text line;
        if (found.what == about::variable) {
            if (found.at < run.builder().variable_count()) append_spec(line, run.builder().variable_at(found.at).spec);
            else line += "no such variable";
        } else if (found.at >= run.builder().value().nodes.size()) {
            line += "no such op";
        } else {
            append_node(line, found, run.builder());
        }
        line += " at a batch of ";
        append_number(line, sample_batches[sample]);
        mistakes.add(detail_tag::rule, line.view());
    }
    static constexpr void append_node(short_text& line, const batch_difference& found, const graph_builder& builder) {
        const node& culprit = builder.node_at(found.at);
        if (found.what == about::op) {
            line += culprit.op->name;
            line += ' ';
        }
        if (found.what != about::option && found.what != about::value) return append_spec(line, culprit.result);
        line += found.what == about::option ? "an option of " : "the value ";
        const std::int64_t word = builder.value().words[culprit.first_word + found.index];
        if (found.what == about::value && is_floating(culprit.result.type))
            append_real(line, std::bit_cast<double>(word));
        else append_number(line, word);
    }
    static constexpr void append_spec(short_text& line, const tensor_spec& spec) {
        const short_text words = words_of(spec);
        line += words.view();
    }
};

/// What a module says at one batch and not at the first: told as one mistake.
template <class Graph, std::int64_t Batch> struct mistakes_at_batch {
    static constexpr reports make() {
        reports mistakes;
        mistakes.begin(mistake::batch_dependence);
        short_text line("legal at a batch of ");
        append_number(line, sample_batches[0]);
        line += ", not at one of ";
        append_number(line, Batch);
        mistakes.add(detail_tag::rule, line);
        line = short_text(name_of(Graph::mistakes[0].kind));
        mistakes.add(detail_tag::rule, line);
        const short_text facts = mistake_parts::facts_of(Graph::mistakes, 0);
        for (std::size_t begin = 0; begin < facts.view().size();) {
            std::size_t end = begin;
            while (end < facts.view().size() && facts.view()[end] != '\n') ++end;
            mistakes.add(detail_tag::rule, facts.view().substr(begin, end - begin));
            begin = end + 1;
        }
        return mistakes;
    }
};

/// Where the mistakes of a graph with any batch are: of its samples, or of what they differ in.
template <class First, class Second, class Third> constexpr auto mistakes_of_samples() {
    if constexpr (First::mistakes.size > 0) {
        return std::type_identity<First>{};
    } else if constexpr (Second::mistakes.size > 0) {
        return std::type_identity<refused_parts::made_reports<&mistakes_at_batch<Second, sample_batches[1]>::make>>{};
    } else if constexpr (!compared_graphs<First, Second, Second>::agree) {
        return std::type_identity<refused_parts::made_reports<&compared_graphs<First, Second, Second>::dependence>>{};
    } else if constexpr (Third::mistakes.size > 0) {
        return std::type_identity<refused_parts::made_reports<&mistakes_at_batch<Third, sample_batches[2]>::make>>{};
    } else {
        return std::type_identity<refused_parts::made_reports<&compared_graphs<First, Second, Third>::dependence>>{};
    }
}

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

/// The graph of a module whose batch is known at run time only. Variables, names and mistakes are those of every batch;
/// the extents of `value` are those at the first sample. Inputs of its own follow the module's.
template <class Module, class... Inputs>
    requires graph_parts::any_batch_inputs<Inputs...>
struct graph_of<Module, Inputs...> {
    template <int Sample>
    using sample = graph_of<Module, graph_parts::input_at_batch<Inputs, graph_parts::sample_batches[Sample]>...>;
    using first = sample<0>;
    using samples_with_mistakes =
        typename decltype(graph_parts::mistakes_of_samples<first, sample<1>, sample<2>>())::type;

    using built = typename first::built;
    static constexpr bool is_of_the_module = first::is_of_the_module;
    using run = typename first::run;
    using outputs = typename first::outputs;
    static constexpr const auto& mistakes = samples_with_mistakes::mistakes;

    /// After a mistake the graph is that of the first sample.
    using compared = graph_parts::compared_graphs<first, std::conditional_t<(mistakes.size > 0), first, sample<1>>,
                                                  std::conditional_t<(mistakes.size > 0), first, sample<2>>>;
    static constexpr graph_parts::graph_counts counts = first::counts;
    static constexpr int number_count = compared::number_count;
    static constexpr int input_count = first::input_count + number_count;
    static constexpr std::string_view module_name() { return first::module_name(); }

    /// The graph at a batch.
    static constexpr graph_parts::frozen_graph<counts> at(std::int64_t batch) {
        graph_parts::frozen_graph<counts> graph = first::value;
        if (mistakes.size == 0) compared::put_at(batch, graph);
        return graph;
    }
    static constexpr graph_parts::frozen_graph<counts> value = at(graph_parts::sample_batches[0]);

    static constexpr int first_unfit(std::int64_t batch) { return compared::first_unfit(batch); }
    /// Whether an input of the module has the batch.
    static constexpr bool is_of_batch(int input) {
        constexpr bool has[] = {graph_parts::has_any_size(Inputs::spec)...};
        return has[input];
    }
    static constexpr bool has_batch(int node) {
        return spec_at(node, graph_parts::sample_batches[0]) != spec_at(node, graph_parts::sample_batches[1]);
    }
    /// Whether anything of a node depends on the batch.
    static constexpr bool depends_on_batch(int node) {
        bool depends = has_batch(node) || compared::is_number(node);
        if (first::value.nodes[node].op->role != op_role::constant)
            for (int i = 0; i < first::value.nodes[node].word_count; ++i)
                depends = depends || word_at(node, i, graph_parts::sample_batches[0]) !=
                                         word_at(node, i, graph_parts::sample_batches[1]);
        return depends;
    }
    static constexpr tensor_spec spec_at(int node, std::int64_t batch) { return compared::spec_at(node, batch); }
    /// With `any_size` where an extent is the batch itself.
    static constexpr tensor_spec declared_spec(int node) {
        tensor_spec spec = spec_at(node, graph_parts::sample_batches[0]);
        const tensor_spec other = spec_at(node, graph_parts::sample_batches[1]);
        for (int axis = 0; axis < spec.extents.rank(); ++axis)
            if (spec.extents[axis] == graph_parts::sample_batches[0] &&
                other.extents[axis] == graph_parts::sample_batches[1])
                spec.extents.set(axis, any_size);
        return spec;
    }
    static constexpr std::int64_t word_at(int node, int index, std::int64_t batch) {
        return compared::word_at(node, index, batch);
    }
    /// What an input behind the module's is at a batch: a word, and its dtype.
    static constexpr const auto& numbers = compared::numbers;

    static constexpr run build() { return first::build(); }
};

}  // namespace ambit
