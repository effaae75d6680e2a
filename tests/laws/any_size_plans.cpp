// SPDX-License-Identifier: BSL-1.0
// Laws of graphs whose batch is known at run time only, on random ones: what three samples say of any other batch is
// what the builder makes there, and the plan that is made once, in an arena placed for the largest batch, computes what
// the graph of each batch means, gradients and assignments included.
#include "../support/batch_graph.hpp"
#include "../support/interpreter.hpp"

#include <ambit/graph/any_batch.hpp>
#include <ambit/plan/any_batch.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

constexpr unsigned graphs = 1500;
constexpr std::int64_t batches[] = {1, 2, 3, 7, 8, 31, 32, 33}, largest = 33;

/// A graph as those of the compiler are kept.
struct kept_graph {
    struct {
        int nodes = 0, variables = 0, outputs = 0;
    } counts;
    core_parts::buffer<graph_parts::frozen_node> nodes;
    core_parts::buffer<std::int64_t> words;
    core_parts::buffer<std::int32_t> operands;
    core_parts::buffer<int> outputs;
    struct known_variable {
        tensor_spec spec;
        int local;
    };
    core_parts::buffer<known_variable> variables;
    std::vector<std::string> paths;
    core_parts::buffer<graph_parts::region> regions;
    int inputs = 0;

    explicit kept_graph(const batch_graph& g)
        : words(g.builder().value().words),
          operands(g.builder().value().operands),
          regions(g.builder().value().regions) {
        const graph_parts::graph& from = g.builder().value();
        for (const int n : g.outputs()) outputs.push_back(n);
        for (const graph_parts::node& n : from.nodes) {
            nodes.push_back({n.op, n.result, n.first_operand, n.operand_count, n.first_word, n.word_count, n.region});
            inputs += n.op->role == op_role::input ? 1 : 0;
        }
        for (int v = 0; v < g.builder().variable_count(); ++v) {
            variables.push_back({g.builder().variable_at(v).spec, g.builder().variable_at(v).local ? 1 : 0});
            paths.emplace_back(g.builder().path_of(v).view());
        }
        counts = {nodes.size(), variables.size(), outputs.size()};
    }
    std::string_view path(int v) const { return paths[static_cast<std::size_t>(v)]; }
    graph_view view() const {
        return {nodes.begin(), operands.begin(), words.begin(), outputs.begin(), regions.begin(),
                counts.nodes,  counts.outputs,   inputs,        regions.size()};
    }
};

using samples_type = graph_parts::batch_samples<kept_graph, kept_graph, kept_graph>;

/// What the samples say of a batch: numbers of the batch are inputs behind the others.
kept_graph at_batch(const samples_type& samples, std::int64_t batch) {
    kept_graph graph = samples.first;
    samples.put_at(batch, graph.inputs, graph);
    graph.inputs += samples.number_count();
    return graph;
}

/// The first node in which two graphs of one batch differ, or -1.
int first_difference(const samples_type& samples, const kept_graph& is, const kept_graph& should, std::int64_t batch) {
    const int nodes = std::min(is.counts.nodes, should.counts.nodes);
    for (int n = 0; n < nodes; ++n) {
        const auto& a = is.nodes[n];
        const auto& b = should.nodes[n];
        if (a.result != b.result || a.operand_count != b.operand_count) return n;
        for (int i = 0; i < a.operand_count; ++i)
            if (is.operands[a.first_operand + i] != should.operands[b.first_operand + i]) return n;
        if (samples.is_number(n)) {
            const std::int64_t word = should.words[b.first_word + b.word_count - 1];
            if (b.op->role != op_role::constant ||
                !graph_parts::is_same_element(samples.number_at(n).word(batch), word, b.result.type))
                return n;
            continue;
        }
        if (a.op->id != b.op->id || a.word_count != b.word_count || a.region != b.region) return n;
        for (int i = 0; i < a.word_count; ++i)
            if (is.words[a.first_word + i] != should.words[b.first_word + i]) return n;
    }
    return is.counts.nodes == should.counts.nodes &&
                   std::equal(is.outputs.begin(), is.outputs.end(), should.outputs.begin())
               ? -1
               : nodes;
}

/// `slots_of` a graph that is known at run time.
struct slots_at_run_time {
    static inline int inputs = 0, nodes = 0, scratch = 0, count = 0;
    static void choose(const kept_graph& graph) {
        inputs = graph.counts.outputs;
        nodes = inputs + graph.inputs;
        scratch = nodes + graph.counts.nodes;
        count = scratch + graph.counts.nodes;
    }
};

/// What of a layout says where slots lie.
struct placed_layout {
    const layout& from;
    const core_parts::buffer<int>&last_use = from.last_use, &order = from.order, &root = from.roots,
          &first_member = from.groups.first_member, &members = from.groups.members, &group_of = from.groups.group_of;
    const core_parts::buffer<std::int64_t>&offset = from.places.offset, &scratch = from.places.scratch;
    int group_count = from.groups.groups.size();
};

/// A plan that is made at a batch which no extent meets by chance, and where its slots lie for the largest batch.
struct any_batch_plan {
    run_time_plan steps;
    std::vector<std::int64_t> offset;
    std::int64_t bytes = 0;

    any_batch_plan(const samples_type& samples, std::uint64_t selected) {
        const kept_graph planned = at_batch(samples, 1'000'003);
        slots_at_run_time::choose(planned);
        const graph_view view = planned.view();
        const layout laid = laid_out_in_slots<slots_at_run_time>(view);
        step_writer(view, laid.view(), selected, plan_part::all).write(steps);
        offset.resize(static_cast<std::size_t>(slots_at_run_time::count), -1);
        struct {
            std::vector<std::int64_t>& all;
            std::int64_t& operator[](int slot) { return all[static_cast<std::size_t>(slot)]; }
        } offsets{offset};
        const auto spec_at = [&](int n, std::int64_t batch) { return samples.spec_at(n, batch); };
        const auto word_at = [&](int n, int index, std::int64_t batch) { return samples.word_at(n, index, batch); };
        bytes = place_slots<slots_at_run_time>(
            view, placed_layout{laid}, samples.first.inputs, offsets,
            [&](int n) { return samples.spec_at(n, largest).bytes(); },
            [&](int root) { return most_scratch_at(view, root, largest, spec_at, word_at); });
        const auto place = [&](value_place& at) {
            if (at.space == memory_space::arena) at.offset = offset.at(static_cast<std::size_t>(at.offset));
        };
        for (value_place& at : steps.operands.elements) place(at);
        for (moving_place& moving : steps.places.elements) place(moving.first);
        for (loop_counter& counter : steps.counters.elements) place(counter.at);
        for (std::int64_t& at : steps.input_offsets.elements) at = offset.at(static_cast<std::size_t>(at));
        for (std::int64_t& at : steps.output_offsets.elements) at = offset.at(static_cast<std::size_t>(at));
    }

    /// How far loops go, and how far what moves with them does, is what a call knows of its batch.
    void take_batch(const samples_type& samples, std::int64_t batch) {
        for (plan_loop& loop : steps.loops.elements) loop.trips = samples.word_at(loop.node, 1, batch);
        for (moving_place& place : steps.places.elements) {
            const std::int64_t bytes_of_one = samples.spec_at(place.value, batch).bytes();
            place.stride = place.stride < 0 ? -bytes_of_one : bytes_of_one;
        }
    }
};

}  // namespace

TEST_CASE("a graph of any batch is at each what the builder makes there, and its one plan computes what that means",
          "[laws]") {
    int trained = 0, numbers_of_batch = 0, loops = 0, assignments = 0, differs_at_one = 0, refused = 0;
    for (unsigned seed = 0; seed < graphs; ++seed) {
        CAPTURE(seed);
        const kept_graph kept[] = {kept_graph(batch_graph(seed, 2)), kept_graph(batch_graph(seed, 3)),
                                   kept_graph(batch_graph(seed, 1021))};
        const auto found =
            graph_parts::batch_comparison<kept_graph, kept_graph, kept_graph>{kept[0], kept[1], kept[2]}.find();
        if (found.what != graph_parts::batch_difference::about::nothing) {
            ++refused;
            continue;
        }
        const samples_type samples{kept[0], kept[1], kept[2]};
        numbers_of_batch += samples.number_count() > 0 ? 1 : 0;
        std::mt19937 engine(seed);
        const std::uint64_t every = (std::uint64_t{1} << kept[0].counts.outputs) - 1, some = engine() & every;
        for (const std::uint64_t selected : {all_outputs, some == 0 ? every : some}) {
            any_batch_plan plan(samples, selected);
            std::vector<std::byte> arena(static_cast<std::size_t>(plan.bytes), std::byte{0xAA});
            std::vector<bytes> variables;
            for (int v = 0; v < kept[0].counts.variables; ++v)
                variables.push_back(random_bytes(kept[0].variables[v].spec, seed + 100 + static_cast<unsigned>(v)));
            for (const std::int64_t batch : batches) {
                CAPTURE(batch, selected);
                const batch_graph built(seed, batch);
                const kept_graph should(built), is = at_batch(samples, batch);
                const int different = first_difference(samples, is, should, batch);
                // At a batch of 1 there is less to broadcast and to sum up again.
                if (batch > 1) REQUIRE(different == -1);
                else differs_at_one += different != -1 ? 1 : 0;

                std::vector<bytes> inputs;
                for (int n = 0; n < should.counts.nodes; ++n)
                    if (should.nodes[n].op->role == op_role::input)
                        inputs.push_back(random_bytes(should.nodes[n].result, seed + static_cast<unsigned>(n)));
                const meaning wanted = unplanned(should.view(), inputs, variables, selected);
                for (int n = 0; n < is.counts.nodes; ++n) {
                    if (!samples.is_number(n)) continue;
                    const std::uint64_t bits = element_bits(samples.number_at(n).word(batch), is.nodes[n].result.type);
                    inputs.emplace_back(sizeof bits);
                    std::memcpy(inputs.back().data(), &bits, sizeof bits);
                }
                run_time_memory memory;
                memory.arena = arena.data();
                for (bytes& v : variables) memory.variables.push_back(v.data());
                for (const bytes& x : inputs) memory.inputs.push_back(x.data());
                for (int k = 0; k < is.counts.outputs; ++k) {
                    const std::int64_t offset = plan.steps.output_offsets[k];  // -1 of what is nowhere
                    memory.outputs.push_back(offset < 0 ? nullptr : arena.data() + offset);
                }
                const graph_view view = is.view();
                plan.take_batch(samples, batch);
                run(view, plan.steps, memory);
                for (int k = 0; k < is.counts.outputs; ++k) {
                    if ((selected >> k & 1) == 0 || is_operation(view.role(view.outputs[k]))) continue;
                    CAPTURE(k);
                    const bytes& value = wanted.values[static_cast<std::size_t>(should.outputs[k])];
                    REQUIRE(std::memcmp(memory.outputs[static_cast<std::size_t>(k)], value.data(), value.size()) == 0);
                }
                REQUIRE(variables == wanted.variables);
                trained += built.is_trained() ? 1 : 0;
            }
        }
        for (const auto& n : kept[0].nodes) {
            loops += n.op->role == op_role::loop_begin ? 1 : 0;
            assignments += n.op->role == op_role::assign ? 1 : 0;
        }
    }
    CHECK(refused < 20);
    CHECK(trained > 1000);
    CHECK(numbers_of_batch > 500);
    CHECK(loops > 50);
    CHECK(assignments > 1000);
    CHECK(differs_at_one < 10000);
}
