// SPDX-License-Identifier: BSL-1.0
// Laws of plans, on random graphs at run time: a plan computes what the graph means, for every choice of
// outputs, in memory that is never overwritten while it is needed, and leaves in the variables what the program
// says.
#include "../support/interpreter.hpp"
#include "../support/random_graph.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

constexpr unsigned graphs = 12000;

struct operands_of_graph {
    std::vector<bytes> inputs, variables;
    operands_of_graph(const random_graph& g, const graph_view& view, unsigned seed) {
        for (int i = 0; i < view.input_count; ++i)
            inputs.push_back(
                random_bytes(view.node(g.input_node(i)).result, seed + static_cast<unsigned>(i)));
        for (int v = 0; v < g.variable_count(); ++v)
            variables.push_back(random_bytes(g.variable_spec(v), seed + 100 + static_cast<unsigned>(v)));
    }
};

// The chosen outputs, all of them or some.
std::vector<std::uint64_t> selections(const graph_view& view, std::mt19937& engine) {
    std::vector<std::uint64_t> all{all_outputs};
    const std::uint64_t every = (std::uint64_t{1} << view.output_count) - 1;
    for (int i = 0; i < 6; ++i)
        if (const std::uint64_t some = engine() & every; some != 0) all.push_back(some);
    return all;
}
bool is_chosen(std::uint64_t selected, int output) { return (selected >> output & 1) != 0; }

// What the chosen outputs depend on, found by walking from them.
std::set<int> reached(const graph_view& view, std::uint64_t selected) {
    std::set<int> found;
    std::vector<int> next;
    for (int k = 0; k < view.output_count; ++k)
        if (is_chosen(selected, k)) next.push_back(view.outputs[k]);
    while (!next.empty()) {
        const int n = next.back();
        next.pop_back();
        if (!found.insert(n).second) continue;
        for (int i = 0; i < view.node(n).operand_count; ++i) next.push_back(view.operand(n, i));
    }
    return found;
}

// Whose memory a value is: behind its aliases, and behind the reads of a variable that was given a value before
// by an assignment that happens.
int base_of(const graph_view& view, int n, const std::set<int>& happening) {
    for (;;) {
        if (view.role(n) == op_role::alias || view.role(n) == op_role::final) {
            n = view.operand(n, 0);
        } else if (view.role(n) == op_role::read) {
            int given = -1;
            for (const int m : happening)
                if (m < n && view.role(m) == op_role::assign && view.word(m, 0) == view.word(n, 0))
                    given = view.operand(m, 0);
            if (given < 0) return n;
            n = given;
        } else {
            return n;
        }
    }
}

bool same_place(const value_place& a, const value_place& b) {
    return a.space == b.space && a.index == b.index && a.offset == b.offset;
}

std::int64_t kernels(const run_time_plan& p) {
    return std::count_if(p.steps.elements.begin(), p.steps.elements.end(),
                         [](const plan_step& step) { return step.kind != step_kind::copy; });
}

// Where each stored node lies, the first place if it is stored in two; what moves with a loop, where that begins.
std::map<int, value_place> places(const run_time_plan& p) {
    const auto first_of = [&](value_place at) {
        while (at.space == memory_space::moving) at = p.places[at.index].first;
        return at;
    };
    std::map<int, value_place> found;
    for (const plan_step& step : p.steps.elements) {
        if (step.kind == step_kind::copy) continue;
        for (int i = 0; i < step.outputs; ++i)
            found.emplace(p.nodes_of(step)[step.ops + step.inputs + i], first_of(p.operands[step.first_operand + i]));
    }
    return found;
}

}  // namespace

TEST_CASE("a plan computes what the graph means and leaves variables as it says", "[laws]") {
    for (unsigned seed = 0; seed < graphs; ++seed) {
        CAPTURE(seed);
        const random_graph g(seed);
        const graph_view view = g.view();
        const operands_of_graph operands(g, view, seed);
        std::mt19937 engine(seed);
        // One call after another: each finds the variables as the last one left them.
        std::vector<bytes> variables = operands.variables;
        for (const std::uint64_t selected : selections(view, engine)) {
            const meaning wanted = unplanned(view, operands.inputs, variables, selected);
            const reductions ends = seed % 4 == 0 ? reductions::alone : reductions::in_loops;
            const run_time_plan p = plan(view, selected, plan_part::all, ends);
            bytes arena(static_cast<std::size_t>(p.arena_bytes), std::byte{0xAA});
            std::vector<bytes> inputs = operands.inputs;
            run_time_memory memory;
            memory.arena = arena.data();
            for (bytes& v : variables) memory.variables.push_back(v.data());
            std::vector<bytes> own(static_cast<std::size_t>(view.output_count));
            const bool into_arena = engine() % 2 == 0, staged = engine() % 2 == 0;
            for (int k = 0; k < view.output_count; ++k) {
                bytes& mine = own[static_cast<std::size_t>(k)];
                mine.resize(static_cast<std::size_t>(view.node(view.outputs[k]).result.bytes()));
                memory.outputs.push_back(into_arena ? arena.data() + p.output_offsets[k] : mine.data());
            }
            for (int i = 0; i < view.input_count; ++i) {
                bytes& x = inputs[static_cast<std::size_t>(i)];
                if (staged && p.input_used[i] != 0) {
                    std::memcpy(arena.data() + p.input_offsets[i], x.data(), x.size());
                    memory.inputs.push_back(arena.data() + p.input_offsets[i]);
                } else {
                    memory.inputs.push_back(x.data());
                }
            }
            CAPTURE(selected, into_arena, staged);
            run(view, p, memory);
            for (int k = 0; k < view.output_count; ++k) {
                if (!is_chosen(selected, k) || is_operation(view.role(view.outputs[k]))) continue;
                const bytes& value = wanted.values[static_cast<std::size_t>(view.outputs[k])];
                CAPTURE(k);
                REQUIRE(std::memcmp(memory.outputs[static_cast<std::size_t>(k)], value.data(), value.size()) == 0);
            }
            REQUIRE(variables == wanted.variables);
            REQUIRE(inputs == operands.inputs);
        }
    }
}

TEST_CASE("a plan computes every needed value once, before it is read, and writes a variable once at most", "[laws]") {
    for (unsigned seed = 0; seed < graphs; ++seed) {
        CAPTURE(seed);
        const random_graph g(seed);
        const graph_view view = g.view();
        std::mt19937 engine(seed);
        for (const std::uint64_t selected : selections(view, engine)) {
            const run_time_plan p = plan(view, selected);
            const std::set<int> needed = reached(view, selected);
            std::set<int> computed, written, begun;  // nodes, variables, loops
            const auto is_there = [&](int n) {
                int base = base_of(view, n, needed);
                while (view.node(base).op->is_view != 0 && computed.count(base) == 0)
                    base = base_of(view, view.operand(base, 0), needed);  // read where it lies
                const op_role role = view.role(base);
                const bool is_of_loop = role == op_role::carried || role == op_role::slice ||
                                        role == op_role::iteration || role == op_role::stacked;
                return role == op_role::input || role == op_role::read || role == op_role::constant ||
                       computed.count(base) == 1 || (is_of_loop && begun.count(view.body_of(base)) == 1);
            };
            for (const plan_step& step : p.steps.elements) {
                const std::int32_t* nodes = p.nodes_of(step);
                for (int i = 0; i < step.outputs; ++i)
                    if (const value_place& to = p.operands[step.first_operand + i]; to.space == memory_space::variable)
                        REQUIRE(written.insert(to.index).second);
                if (step.kind == step_kind::copy) {
                    REQUIRE(is_there(step.root));
                    continue;
                }
                if (step.kind == step_kind::loop_begin)
                    for (int n = 0; n < view.node_count; ++n)
                        if (view.role(n) == op_role::loop_begin && needed.count(n) == 1 &&
                            begun.count(view.body_of(n)) == 0) {
                            begun.insert(view.body_of(n));
                            break;
                        }
                const bool reduces = step.kind == step_kind::reduction;
                if (step.kind != step_kind::compute && step.kind != step_kind::elementwise && !reduces) continue;
                REQUIRE(step.ops <= max_fused_ops);
                REQUIRE(step.inputs <= max_fused_inputs);
                REQUIRE(step.outputs >= 1);
                REQUIRE((step.root >= 0) == (step.kind != step_kind::elementwise));
                for (int i = 0; i < step.inputs; ++i) REQUIRE(is_there(nodes[step.ops + i]));
                const auto take = [&](int n) {
                    REQUIRE(needed.count(n) == 1);
                    for (int i = 0; i < view.node(n).operand_count; ++i)
                        REQUIRE(is_there(view.operand(n, i)));
                    REQUIRE(computed.insert(n).second);
                };
                if (step.root >= 0 && !reduces) take(step.root);
                for (int i = 0; i < step.ops; ++i) take(nodes[i]);
                if (reduces) take(step.root);
            }
            for (const int n : needed)
                if (view.role(n) == op_role::compute || view.role(n) == op_role::elementwise)
                    REQUIRE((computed.count(n) == 1 || view.node(n).op->is_view != 0));
            for (int i = 0; i < view.input_count; ++i)
                REQUIRE((p.input_used[i] != 0) == (needed.count(g.input_node(i)) == 1));
        }
    }
}

TEST_CASE("values that are alive together never overlap", "[laws]") {
    struct range {
        std::int64_t begin, end;
        int first, last;  // steps
    };
    for (unsigned seed = 0; seed < graphs; ++seed) {
        CAPTURE(seed);
        const random_graph g(seed);
        if (g.has_loops()) continue;  // what a loop reuses lives on: where that goes wrong, it computes something else
        const graph_view view = g.view();
        const run_time_plan p = plan(view);
        const int end = p.steps.size();
        std::vector<range> ranges;
        // What lies at an offset in the arena now: the latest range of which it is a part.
        const auto there_now = [&](std::int64_t offset) -> range& {
            for (std::size_t i = ranges.size(); i > 0; --i)
                if (ranges[i - 1].begin <= offset && offset < ranges[i - 1].end) return ranges[i - 1];
            throw std::logic_error("nothing lies where a step reads");
        };
        for (int k = 0; k < view.output_count; ++k)
            ranges.push_back({p.output_offsets[k],
                              p.output_offsets[k] + view.node(view.outputs[k]).result.bytes(), -1, end});
        std::vector<int> staging(static_cast<std::size_t>(view.input_count), -1);
        for (int i = 0; i < view.input_count; ++i) {
            if (p.input_used[i] == 0) continue;
            staging[static_cast<std::size_t>(i)] = static_cast<int>(ranges.size());
            ranges.push_back(
                {p.input_offsets[i], p.input_offsets[i] + view.node(g.input_node(i)).result.bytes(), -1, -1});
        }
        for (int s = 0; s < end; ++s) {
            const plan_step& step = p.steps[s];
            const std::int32_t* nodes = p.nodes_of(step);
            const int first_read = step.first_operand + step.outputs,
                      last_read = first_read + step.root_operands + step.inputs;
            for (int i = first_read; i < last_read; ++i) {
                const value_place& at = p.operands[i];
                if (at.space == memory_space::arena) there_now(at.offset).last = s;
                if (at.space == memory_space::input)
                    ranges[static_cast<std::size_t>(staging[static_cast<std::size_t>(at.index)])].last = s;
            }
            for (int i = 0; i < step.outputs && step.kind != step_kind::copy; ++i) {
                const value_place& at = p.operands[step.first_operand + i];
                REQUIRE((at.space == ambit::plan_parts::memory_space::arena || at.space == memory_space::output ||
                         at.space == memory_space::variable));
                if (at.space != memory_space::arena) continue;
                ranges.push_back({at.offset,
                                  at.offset + view.node(nodes[step.ops + step.inputs + i]).result.bytes(), s,
                                  s});
            }
            if (last_read < step.first_operand + p.operand_count(s)) {
                const root_call specs = call_of(view, step.root);
                const std::int64_t size = view.node(step.root).op->scratch(
                    {specs.specs, specs.count, view.words + view.node(step.root).first_word},
                    view.node(step.root).result);
                ranges.push_back({p.operands[last_read].offset, p.operands[last_read].offset + size, s, s});
            }
        }
        for (std::size_t a = 0; a < ranges.size(); ++a) {
            REQUIRE(ranges[a].begin % arena_alignment == 0);
            REQUIRE(ranges[a].begin >= 0);
            REQUIRE(ranges[a].end <= p.arena_bytes);
            for (std::size_t b = 0; b < a; ++b) {
                const bool together = ranges[a].first <= ranges[b].last && ranges[b].first <= ranges[a].last;
                const bool apart = ranges[a].end <= ranges[b].begin || ranges[b].end <= ranges[a].begin;
                REQUIRE((!together || apart));
            }
        }
    }
}

TEST_CASE("a plan for some outputs stores some of the same values at the same places", "[laws]") {
    for (unsigned seed = 0; seed < graphs; ++seed) {
        CAPTURE(seed);
        const random_graph g(seed);
        const graph_view view = g.view();
        const run_time_plan whole = plan(view);
        const std::map<int, value_place> all = places(whole);
        std::mt19937 engine(seed);
        for (const std::uint64_t selected : selections(view, engine)) {
            const run_time_plan part = plan(view, selected);
            CHECK(part.arena_bytes == whole.arena_bytes);
            CHECK(part.input_offsets.elements == whole.input_offsets.elements);
            CHECK(part.output_offsets.elements == whole.output_offsets.elements);
            // What the last loop of one stores in two places may be copied in the other one.
            REQUIRE(kernels(part) <= kernels(whole));
            for (const auto& [node, at] : places(part)) {
                REQUIRE(all.count(node) == 1);
                REQUIRE(same_place(all.at(node), at));
            }
        }
    }
}

TEST_CASE("random graphs have what plans are about", "[laws]") {
    // The laws above would hold for graphs without epilogues, broadcasting, aliases, copies, assignments and loops, too.
    int epilogues = 0, several_outputs = 0, copies = 0, scratch = 0, chains = 0, reused = 0;
    int written_in_place = 0, over_what_is_read = 0, given_copies = 0, given_an_input = 0, given_an_output = 0;
    int assigned_twice = 0, read_before_and_after = 0, left_out = 0, trained = 0;
    int masks_in_registers = 0, masks_stored = 0, masks_read = 0, only_masks = 0, masks_in_epilogues = 0;
    int views_in_place = 0, views_copied = 0, reductions_in_loops = 0, storing_reductions = 0;
    int loops = 0, nested = 0, in_stacks = 0, over_states = 0, state_copies = 0, stack_copies = 0, counted = 0, tested = 0;
    for (unsigned seed = 0; seed < graphs; ++seed) {
        const random_graph g(seed);
        const run_time_plan p = plan(g.view());
        std::int64_t apart = 0;  // bytes, if nothing shared memory
        for (int k = 0; k < g.view().output_count; ++k)
            apart += aligned(g.view().node(g.view().outputs[k]).result.bytes());
        for (int i = 0; i < g.view().input_count; ++i)
            if (p.input_used[i] != 0) apart += aligned(g.view().node(g.input_node(i)).result.bytes());
        for (int s = 0; s < p.steps.size(); ++s) {
            const plan_step& step = p.steps[s];
            if (step.kind == step_kind::loop_begin || step.kind == step_kind::loop_end) continue;
            epilogues += step.kind == step_kind::compute && step.ops > 0 ? 1 : 0;
            views_copied += step.kind == step_kind::compute && g.view().node(step.root).op->is_view != 0 ? 1 : 0;
            reductions_in_loops += step.kind == step_kind::reduction ? 1 : 0;
            storing_reductions += step.kind == step_kind::reduction && step.outputs > 1 ? 1 : 0;
            several_outputs += step.outputs > 1 ? 1 : 0;
            copies += step.kind == step_kind::copy ? 1 : 0;
            chains += step.ops >= 5 ? 1 : 0;
            scratch += p.operand_count(s) > step.outputs + step.root_operands + step.inputs ? 1 : 0;
            const value_place* const at = &p.operands[step.first_operand];
            const int reads = step.root_operands + step.inputs;
            const std::int32_t* const nodes = p.nodes_of(step);
            const auto bools = [&](int from, int count) {
                return std::count_if(nodes + from, nodes + from + count,
                                     [&](int n) { return g.view().type(n) == boolean; });
            };
            if (step.kind != step_kind::copy && bools(0, step.ops + step.inputs) > 0) {
                const bool has_numbers = step.root >= 0 || loop_type(g.view(), step, nodes) != boolean;
                masks_in_registers += has_numbers && bools(0, step.ops) > 0 ? 1 : 0;
                masks_stored += has_numbers && bools(step.ops + step.inputs, step.outputs) > 0 ? 1 : 0;
                masks_read += has_numbers && bools(step.ops, step.inputs) > 0 ? 1 : 0;
                only_masks += has_numbers ? 0 : 1;
                masks_in_epilogues += step.kind == step_kind::compute ? 1 : 0;
            }
            if (step.kind == step_kind::copy && at[0].space == memory_space::variable) {
                ++given_copies;
                given_an_input += at[1].space == memory_space::input ? 1 : 0;
                given_an_output += at[1].space == memory_space::output ? 1 : 0;
            }
            for (int i = 0; i < step.outputs && step.kind == step_kind::elementwise; ++i) {
                if (at[i].space != memory_space::variable) continue;
                ++written_in_place;
                over_what_is_read += std::any_of(at + step.outputs, at + step.outputs + reads,
                                                 [&](const value_place& read) { return same_place(read, at[i]); })
                                         ? 1
                                         : 0;
            }
            for (int i = 0; i < step.outputs; ++i)
                if (p.operands[step.first_operand + i].space == memory_space::arena)
                    apart +=
                        aligned(g.view().node(p.nodes_of(step)[step.ops + step.inputs + i]).result.bytes());
        }
        for (int l = 0; l < p.loops.size(); ++l) {
            ++loops;
            counted += p.loops[l].counters;
            tested += p.loops[l].test >= 0 ? 1 : 0;
            for (int outer = 0; outer < l; ++outer) nested += p.loops[outer].end > p.loops[l].end ? 1 : 0;
            for (int s = p.loops[l].begin + 1; s < p.loops[l].end; ++s) {
                const plan_step& step = p.steps[s];
                if (step.kind == step_kind::loop_begin || step.kind == step_kind::loop_end) continue;
                const value_place* const at = &p.operands[step.first_operand];
                if (step.kind == step_kind::copy)
                    ++(at[0].space == memory_space::moving ? stack_copies : state_copies);
                if (step.kind == step_kind::copy || step.kind == step_kind::loop_test) continue;
                for (int i = 0; i < step.outputs; ++i) {
                    in_stacks += at[i].space == memory_space::moving ? 1 : 0;
                    for (int j = step.outputs; j < step.outputs + step.root_operands + step.inputs; ++j)
                        over_states += same_place(at[i], at[j]) ? 1 : 0;
                }
            }
        }
        reused += apart > p.arena_bytes ? 1 : 0;
        const std::set<int> needed = reached(g.view(), all_outputs);
        trained += g.is_trained() ? 1 : 0;
        for (const int n : needed) views_in_place += g.view().node(n).op->is_view != 0 ? 1 : 0;
        for (int v = 0; v < g.variable_count(); ++v) {
            int assignments = 0, before = 0, after = 0;
            for (int n = 0; n < g.view().node_count; ++n) {
                const op_role role = g.view().role(n);
                if ((role != op_role::assign && role != op_role::read) || g.view().word(n, 0) != v) continue;
                const bool happens = needed.count(n) == 1;
                if (role == op_role::assign) ++(happens ? assignments : left_out);
                else if (happens) ++(assignments == 0 ? before : after);
            }
            assigned_twice += assignments > 1 ? 1 : 0;
            read_before_and_after += assignments > 0 && before > 0 && after > 0 ? 1 : 0;
        }
    }
    CHECK(epilogues > 100);
    CHECK(several_outputs > 100);
    CHECK(copies > 100);
    CHECK(reductions_in_loops > 20);
    CHECK(storing_reductions > 5);
    CHECK(scratch > 50);
    CHECK(chains > 20);
    CHECK(reused > 100);
    CHECK(written_in_place > 100);
    CHECK(over_what_is_read > 100);
    CHECK(given_copies > 100);
    CHECK(given_an_input > 50);
    CHECK(given_an_output > 50);
    CHECK(assigned_twice > 100);
    CHECK(read_before_and_after > 100);
    CHECK(left_out > 100);
    CHECK(trained > 100);
    CHECK(masks_in_registers > 100);
    CHECK(masks_stored > 100);
    CHECK(masks_read > 100);
    CHECK(only_masks > 100);
    CHECK(masks_in_epilogues > 50);
    views_in_place -= views_copied;
    CHECK(views_in_place > 100);
    CHECK(views_copied > 100);
    CHECK(loops > 1000);
    CHECK(nested > 100);
    CHECK(in_stacks > 100);
    CHECK(over_states > 100);
    CHECK(state_copies > 100);
    CHECK(stack_copies > 100);
    CHECK(counted > 100);
    CHECK(tested > 100);
}
