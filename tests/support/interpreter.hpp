// SPDX-License-Identifier: BSL-1.0
// Two slow ways to compute a graph of float64, int32 and bool at run time. `unplanned` runs each node on its own in
// program order, every value in memory of its own, variables in an environment that assignments change. `run`
// follows a plan step by step in one arena, with the descriptors that kernels are instantiated with, and
// spoils whatever memory a kernel may spoil: what it writes before it has read anything, scratch memory after
// it is done. Both use one implementation of each op (tests/support/op_meaning.hpp), so that equal means equal
// bits.
#pragma once

#include "numbers.hpp"
#include "op_meaning.hpp"

#include <ambit/plan/any_batch.hpp>
#include <ambit/plan/kernel_keys.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace ambit_test {

using bytes = std::vector<std::byte>;

/// Elements of float64, bool or int32.
inline bytes random_bytes(const ambit::tensor_spec& spec, unsigned seed) {
    bytes memory(static_cast<std::size_t>(spec.bytes()));
    const auto put = [&](const auto& values) { std::memcpy(memory.data(), values.data(), memory.size()); };
    if (spec.type == ambit::float64) put(numbers<double>(spec.extents, seed));
    else if (spec.type == ambit::boolean) put(numbers<std::uint8_t>(spec.extents, seed, 0, 1));
    else put(numbers<std::int32_t>(spec.extents, seed, -9, 9));
    return memory;
}

/// A plan whose arrays grow, as the planner fills one.
struct run_time_plan {
    template <class T> struct growing {
        std::vector<T> elements;
        T& operator[](int index) {
            if (index >= size()) elements.resize(static_cast<std::size_t>(index) + 1);
            return elements[static_cast<std::size_t>(index)];
        }
        const T& operator[](int index) const { return elements.at(static_cast<std::size_t>(index)); }
        int size() const { return static_cast<int>(elements.size()); }
    };
    std::int64_t arena_bytes = 0;
    growing<ambit::plan_parts::plan_step> steps;
    growing<ambit::plan_parts::value_place> operands;
    growing<std::uint64_t> constants;
    growing<ambit::plan_parts::plan_loop> loops;
    growing<ambit::plan_parts::moving_place> places;
    growing<ambit::plan_parts::loop_counter> counters;
    growing<std::int64_t> input_offsets;
    growing<std::int64_t> output_offsets;
    growing<std::int32_t> nodes;
    growing<std::int32_t> input_used;

    const std::int32_t* nodes_of(const ambit::plan_parts::plan_step& step) const {
        return nodes.elements.data() + step.first_node;
    }
    int operand_count(int step) const {
        return (step + 1 < steps.size() ? steps[step + 1].first_operand : operands.size()) -
               steps[step].first_operand;
    }
};

inline run_time_plan plan(const ambit::plan_parts::graph_view& graph,
                          std::uint64_t selected = ambit::plan_parts::all_outputs,
                          ambit::plan_parts::plan_part part = ambit::plan_parts::plan_part::all,
                          ambit::plan_parts::reductions ends = ambit::plan_parts::reductions::in_loops) {
    using ambit::plan_parts::second_stores;
    const bool in_loops = ends == ambit::plan_parts::reductions::in_loops;
    const ambit::plan_parts::layout layout = ambit::plan_parts::lay_out(
        graph, {.ends = ends, .second = in_loops ? second_stores::in_loops : second_stores::copied});
    const ambit::plan_parts::layout_view view = layout.view();
    run_time_plan written;
    ambit::plan_parts::step_writer(graph, view, selected, part).write(written);
    return written;
}

namespace interpreter_detail {
/// An element of a value, bool as 0 or 1.
template <class T>
T element(const ambit::plan_parts::graph_view& graph, int node, const std::byte* from, std::int64_t index) {
    if (graph.type(node) == ambit::boolean) return static_cast<T>(from[index]);
    T value;
    std::memcpy(&value, from + index * std::int64_t(sizeof(T)), sizeof(T));
    return value;
}
template <class T>
void put_element(const ambit::plan_parts::graph_view& graph, int node, std::byte* to, std::int64_t index, T value) {
    if (graph.type(node) == ambit::boolean) to[index] = std::byte(value != T(0));
    else std::memcpy(to + index * std::int64_t(sizeof(T)), &value, sizeof(T));
}
/// The dtype of the numbers among operands and result of an elementwise op.
inline ambit::dtype numbers_of(const ambit::plan_parts::graph_view& graph, int node) {
    ambit::dtype type = graph.type(node);
    for (int i = 0; i < graph.node(node).operand_count && type == ambit::boolean; ++i)
        type = graph.type(graph.operand(node, i));
    return type;
}
}  // namespace interpreter_detail

/// What a call means: the value of each node that runs, and what the variables hold afterwards.
struct meaning {
    std::vector<bytes> values;
    std::vector<bytes> variables;
};

/// The meaning of a call that asks for the chosen outputs (bit k: output k), or for all. Only what they need
/// runs; so only those assignments happen. `inputs` and `variables` by position.
inline meaning unplanned(const ambit::plan_parts::graph_view& graph, const std::vector<bytes>& inputs,
                         const std::vector<bytes>& variables, std::uint64_t selected = ~std::uint64_t{0}) {
    namespace in = interpreter_detail;
    std::vector<bool> runs(static_cast<std::size_t>(graph.node_count), false);
    for (int k = 0; k < graph.output_count; ++k)
        if ((selected >> k & 1) != 0) runs[static_cast<std::size_t>(graph.outputs[k])] = true;
    for (bool grows = true; grows;) {
        const std::vector<bool> before = runs;
        for (int n = graph.node_count - 1; n >= 0; --n)
            for (int i = 0; i < graph.node(n).operand_count && runs[static_cast<std::size_t>(n)]; ++i)
                runs[static_cast<std::size_t>(graph.operand(n, i))] = true;
        grows = runs != before;
    }

    meaning all{std::vector<bytes>(static_cast<std::size_t>(graph.node_count)), variables};
    const auto value = [&](int n) -> bytes& { return all.values[static_cast<std::size_t>(n)]; };
    const auto is_of = [&](int n, ambit::op_role role, int body) {
        return runs[static_cast<std::size_t>(n)] && graph.role(n) == role && graph.body_of(n) == body;
    };
    // Everything that stands between two nodes; a loop stands for all iterations of its body, and for its results.
    const std::function<void(int, int)> interpret = [&](int begin, int stop) {
    for (int n = begin; n < stop; ++n) {
        if (!runs[static_cast<std::size_t>(n)]) continue;
        const ambit::graph_parts::frozen_node& node = graph.node(n);
        if (graph.role(n) == ambit::op_role::loop_begin) {
            const int body = static_cast<int>(graph.word(n, 0)), end = graph.regions[body].end;
            const std::int64_t trips = graph.word(n, 1);
            int test = -1;
            std::vector<int> states, slices, counters, stacks;
            for (int m = 0; m < graph.node_count; ++m) {
                if (is_of(m, ambit::op_role::carried, body)) states.push_back(m);
                if (is_of(m, ambit::op_role::slice, body)) slices.push_back(m);
                if (is_of(m, ambit::op_role::iteration, body)) counters.push_back(m);
                if (is_of(m, ambit::op_role::stacked, body)) stacks.push_back(m);
                if (is_of(m, ambit::op_role::loop_test, body)) test = m;
            }
            for (const int m : states) {
                if (graph.operand(m, 0) != m) value(m) = value(graph.operand(m, 0));
                else value(m).assign(static_cast<std::size_t>(graph.node(m).result.bytes()), std::byte{0});
            }
            for (const int m : stacks) value(m).assign(static_cast<std::size_t>(graph.node(m).result.bytes()), std::byte{0});
            for (std::int64_t t = 0; t < trips; ++t) {
                const auto place_in = [&](int m) {
                    return static_cast<std::ptrdiff_t>(graph.word(m, 0) != 0 ? trips - 1 - t : t);
                };
                for (const int m : slices) {
                    const auto size = static_cast<std::ptrdiff_t>(graph.node(m).result.bytes());
                    const auto from = value(graph.operand(m, 0)).begin() + place_in(m) * size;
                    value(m).assign(from, from + size);
                }
                for (const int m : counters) {
                    value(m).resize(sizeof(std::int32_t));
                    in::store(value(m).data(), std::vector<std::int32_t>{static_cast<std::int32_t>(place_in(m))});
                }
                interpret(n + 1, test < 0 ? end : test);
                if (test >= 0 && value(graph.operand(test, 0)).at(0) == std::byte{0}) break;
                if (test >= 0) interpret(test + 1, end);
                // A stack of what an inner loop stacked has its node behind both.
                for (const int m : stacks) {
                    const bytes& one = value(graph.operand(m, 0));
                    std::copy(one.begin(), one.end(),
                              value(m).begin() + place_in(m) * static_cast<std::ptrdiff_t>(one.size()));
                }
                std::vector<bytes> next;
                for (const int m : states) next.push_back(value(graph.operand(m, 1)));
                for (std::size_t i = 0; i < states.size(); ++i) value(states[i]) = next[i];
            }
            n = end;
            continue;
        }
        if (graph.role(n) == ambit::op_role::stacked) continue;  // by its loop
        // The body of a loop refers to what the loop itself sets.
        value(n).resize(static_cast<std::size_t>(node.result.bytes()));
        switch (graph.role(n)) {
            case ambit::op_role::input:
                value(n) = inputs.at(static_cast<std::size_t>(graph.word(n, 0)));
                break;
            case ambit::op_role::read:
                value(n) = all.variables.at(static_cast<std::size_t>(graph.word(n, 0)));
                break;
            case ambit::op_role::assign:
                all.variables.at(static_cast<std::size_t>(graph.word(n, 0))) = value(graph.operand(n, 0));
                break;
            case ambit::op_role::group: break;
            case ambit::op_role::carried:
            case ambit::op_role::slice:
            case ambit::op_role::iteration: break;
            case ambit::op_role::final:
            case ambit::op_role::alias: value(n) = value(graph.operand(n, 0)); break;
            case ambit::op_role::constant:
                in::with_type(graph.type(n), [&]<class T>() {
                    std::vector<T> elements;
                    const int first_value = node.word_count - static_cast<int>(node.result.extents.elements());
                    for (int i = first_value; i < node.word_count; ++i)
                        elements.push_back(ambit::math_parts::element_of_word<T>(graph.word(n, i)));
                    in::store(value(n).data(), elements);
                });
                break;
            case ambit::op_role::compute:
                in::with_type(graph.type(n), [&]<class T>() {
                    std::vector<const std::byte*> operands;
                    for (int i = 0; i < node.operand_count; ++i)
                        operands.push_back(value(graph.operand(n, i)).data());
                    in::store(value(n).data(), in::compute_any<T>(graph, n, operands));
                });
                break;
            case ambit::op_role::elementwise:
                in::with_type(in::numbers_of(graph, n), [&]<class T>() {
                    for (std::int64_t e = 0; e < graph.extents(n).elements(); ++e) {
                        T x[ambit::graph_parts::max_fused_operands] = {};
                        for (int i = 0; i < node.operand_count; ++i) {
                            const int operand = graph.operand(n, i);
                            const std::int64_t from = source_of(graph.extents(operand), graph.extents(n), e);
                            x[i] = in::element<T>(graph, operand, value(operand).data(), from);
                        }
                        in::put_element<T>(graph, n, value(n).data(), e,
                                           in::apply<T>(*node.op, graph.words + node.first_word, x));
                    }
                });
                break;
            default: throw std::logic_error("an inert node");
        }
    }
    };
    interpret(0, graph.node_count);
    return all;
}

/// Base addresses during one run of a plan.
struct run_time_memory {
    std::byte* arena = nullptr;
    std::vector<const std::byte*> inputs;
    std::vector<std::byte*> variables;
    std::vector<std::byte*> outputs;
    mutable std::vector<std::byte*> moving = {};
};

inline void run(const ambit::plan_parts::graph_view& graph, const run_time_plan& plan, const run_time_memory& memory) {
    namespace in = interpreter_detail;
    const auto resolve = [&](const ambit::plan_parts::value_place& at) -> std::byte* {
        const auto index = static_cast<std::size_t>(at.index);
        switch (at.space) {
            case ambit::plan_parts::memory_space::arena: return memory.arena + at.offset;
            case ambit::plan_parts::memory_space::variable: return memory.variables.at(index) + at.offset;
            case ambit::plan_parts::memory_space::input:
                return const_cast<std::byte*>(memory.inputs.at(index)) + at.offset;
            case ambit::plan_parts::memory_space::output: return memory.outputs.at(index) + at.offset;
            case ambit::plan_parts::memory_space::constant:
                return reinterpret_cast<std::byte*>(
                           const_cast<std::uint64_t*>(plan.constants.elements.data())) +
                       at.offset;
            case ambit::plan_parts::memory_space::moving: return memory.moving.at(index) + at.offset;
            case ambit::plan_parts::memory_space::packed: break;  // nobody asked for them
        }
        throw std::logic_error("no such memory");
    };
    memory.moving.assign(static_cast<std::size_t>(plan.places.size()), nullptr);
    const std::function<void(int, int)> run_steps = [&](int first_step, int last_step) {
    for (int s = first_step; s < last_step; ++s) {
        const ambit::plan_parts::plan_step& step = plan.steps[s];
        if (step.kind == ambit::plan_parts::step_kind::loop_begin) {
            const ambit::plan_parts::plan_loop& loop = plan.loops[step.root];
            const auto counters = [&](const auto& change) {
                for (int i = loop.first_counter; i < loop.first_counter + loop.counters; ++i) {
                    std::int32_t count = 0;
                    std::memcpy(&count, resolve(plan.counters[i].at), sizeof(count));
                    count = change(count, plan.counters[i]);
                    std::memcpy(resolve(plan.counters[i].at), &count, sizeof(count));
                }
            };
            for (int i = loop.first_place; i < loop.first_place + loop.places; ++i)
                memory.moving.at(std::size_t(i)) =
                    resolve(plan.places[i].first) +
                    ambit::plan_parts::moving_place::offset(plan.places[i].stride, loop.trips);
            counters([&](std::int32_t, const ambit::plan_parts::loop_counter& c) { return c.first(loop.trips); });
            for (std::int64_t t = 0; t < loop.trips; ++t) {
                run_steps(s + 1, loop.test < 0 ? loop.end : loop.test);
                if (loop.test >= 0) {
                    if (*resolve(plan.operands[plan.steps[loop.test].first_operand]) == std::byte{0}) break;
                    run_steps(loop.test + 1, loop.end);
                }
                for (int i = loop.first_place; i < loop.first_place + loop.places; ++i)
                    memory.moving.at(std::size_t(i)) += plan.places[i].stride;
                counters([](std::int32_t n, const ambit::plan_parts::loop_counter& c) { return n + c.step; });
            }
            s = loop.end;
            continue;
        }
        const std::int32_t* nodes = plan.nodes_of(step);
        std::vector<std::byte*> at;
        for (int i = 0; i < plan.operand_count(s); ++i)
            at.push_back(resolve(plan.operands[step.first_operand + i]));
        if (step.kind == ambit::plan_parts::step_kind::copy) {
            std::memmove(at.at(0), at.at(1), static_cast<std::size_t>(graph.node(step.root).result.bytes()));
            continue;
        }
        const int result_node = step.kind == ambit::plan_parts::step_kind::compute ? step.root : nodes[0];
        const ambit::tensor_spec& result = graph.node(result_node).result;
        const auto outputs = static_cast<std::size_t>(step.outputs),
                   roots = static_cast<std::size_t>(step.root_operands),
                   inputs = static_cast<std::size_t>(step.inputs);
        const std::size_t known = outputs + roots + inputs;
        const auto scratch_size = [&]() -> std::size_t {
            if (step.kind != ambit::plan_parts::step_kind::compute) return 0;
            const ambit::plan_parts::root_call specs = ambit::plan_parts::call_of(graph, step.root);
            return static_cast<std::size_t>(graph.node(step.root).op->scratch(
                {specs.specs, specs.count, graph.words + graph.node(step.root).first_word}, result));
        }();
        // A plan for any batch has a place for scratch memory that a kernel needs at some of them.
        const bool may_need_scratch = ambit::plan_parts::may_need_scratch(graph, step.root);
        if (at.size() < known + (scratch_size > 0 ? 1 : 0) || at.size() > known + (may_need_scratch ? 1 : 0))
            throw std::logic_error("a step with a wrong number of operands");
        // A step may write over what it reads only where an elementwise op's result lies where an input of the
        // elementwise part does, element for element: a variable, or what a loop carries. Or its op says so.
        const auto is_state = [&](int n) {
            while (graph.role(n) == ambit::op_role::alias || graph.node(n).op->is_view != 0) n = graph.operand(n, 0);
            return graph.role(n) == ambit::op_role::carried;
        };
        const auto output_node = [&](std::size_t i) { return nodes[step.ops + step.inputs + static_cast<int>(i)]; };
        for (std::size_t i = 0; i < outputs; ++i) {
            const auto size = static_cast<std::size_t>(graph.node(output_node(i)).result.bytes());
            bool is_in_place = false;
            for (std::size_t j = outputs; j < known; ++j) {
                const int read = j < outputs + roots
                                     ? graph.operand(step.root, static_cast<int>(j - outputs))
                                     : nodes[static_cast<std::size_t>(step.ops) + j - outputs - roots];
                const std::byte* const end = at[j] + graph.node(read).result.bytes();
                if (!std::less<>()(at[j], at[i] + size) || !std::less<>()(at[i], end)) continue;
                is_in_place = true;
                if (step.kind == ambit::plan_parts::step_kind::compute && graph.node(step.root).op->in_place != 0 &&
                    j == outputs && at[i] == at[j] && graph.node(read).result == result)
                    continue;
                if (j < outputs + roots || at[i] != at[j] || graph.extents(read) != result.extents ||
                    !(is_state(read) || plan.operands[step.first_operand + static_cast<int>(i)].space ==
                                            ambit::plan_parts::memory_space::variable))
                    throw std::logic_error("a step writes over what it reads");
            }
            if (!is_in_place) std::memset(at[i], 0xDD, size);
        }
        if (scratch_size > 0) std::memset(at[known], 0xCC, scratch_size);

        const ambit::plan_parts::fused_program program = ambit::plan_parts::program_of(graph, step, nodes);
        const ambit::dtype type = step.kind == ambit::plan_parts::step_kind::compute
                                      ? result.type
                                      : ambit::plan_parts::loop_type(graph, step, nodes);
        in::with_type(type, [&]<class T>() {
            std::vector<T> accumulators;
            if (step.kind == ambit::plan_parts::step_kind::compute)
                accumulators = in::compute_any<T>(
                    graph, step.root,
                    {at.begin() + step.outputs, at.begin() + step.outputs + step.root_operands});
            const ambit::contract_parts::elementwise_geometry loop = step.kind == ambit::plan_parts::step_kind::elementwise
                                                         ? ambit::plan_parts::loop_geometry(graph, step, nodes)
                                                         : ambit::contract_parts::elementwise_geometry{};
            const ambit::plan_parts::epilogue_layout layout =
                step.kind == ambit::plan_parts::step_kind::compute && step.inputs > 0
                    ? ambit::plan_parts::epilogue_layout_of(graph, step, nodes)
                    : ambit::plan_parts::epilogue_layout{};
            const bool reduces = step.kind == ambit::plan_parts::step_kind::reduction;
            const ambit::plan_parts::epilogue_layout rows =
                reduces ? ambit::plan_parts::rows_of_reduction(graph, step, nodes)
                        : ambit::plan_parts::epilogue_layout{};
            std::vector<T> reduced;
            const std::int64_t columns = reduces ? result.extents.elements() / graph.extents(step.root).elements()
                                         : result.extents.rank() > 0 ? result.extents[-1]
                                                                     : 1;
            for (std::int64_t e = 0; e < result.extents.elements(); ++e) {
                T values[1 + ambit::contract_parts::max_fused_inputs + ambit::plan_parts::max_fused_immediates +
                         ambit::plan_parts::max_fused_ops] = {};
                if (program.has_accumulator != 0) values[0] = accumulators.at(static_cast<std::size_t>(e));
                for (std::size_t i = 0; i < inputs; ++i) {
                    std::int64_t from = 0;
                    if (step.kind == ambit::plan_parts::step_kind::compute) {
                        from = e / columns * layout.row[i] + e % columns * layout.column[i];
                    } else if (reduces) {
                        from = e / columns * rows.row[i] + e % columns * rows.column[i];
                    } else {
                        std::int64_t left = e;
                        for (std::int64_t axis = loop.rank - 1; axis >= 0; --axis) {
                            from += left % loop.extent[axis] * loop.stride[i][axis];
                            left /= loop.extent[axis];
                        }
                    }
                    values[static_cast<std::size_t>(program.has_accumulator) + i] =
                        in::element<T>(graph, nodes[static_cast<std::size_t>(step.ops) + i], at[outputs + roots + i], from);
                }
                for (int i = 0; i < program.immediates; ++i)
                    values[program.first_immediate() + i] = ambit::math_parts::element_of_word<T>(program.immediate[i]);
                for (int k = 0; k < program.ops; ++k) {
                    T x[ambit::graph_parts::max_fused_operands] = {};
                    for (int j = 0; j < program.op[k].operands; ++j) x[j] = values[program.op[k].operand[j]];
                    values[program.first_op() + k] = in::apply<T>(*program.op[k].op, program.op[k].words, x);
                }
                if (reduces) reduced.push_back(values[program.output[0]]);
                for (std::size_t k = reduces ? 1 : 0; k < outputs; ++k)
                    in::put_element<T>(graph, output_node(k), at[k], e, values[program.output[k]]);
            }
            if (!reduces) return;
            const std::vector<T> results =
                in::compute_any<T>(graph, step.root, {reinterpret_cast<const std::byte*>(reduced.data())});
            for (std::size_t e = 0; e < results.size(); ++e)
                in::put_element<T>(graph, step.root, at[0], static_cast<std::int64_t>(e), results[e]);
        });
        if (scratch_size > 0) std::memset(at[known], 0xEE, scratch_size);
    }
    };
    run_steps(0, plan.steps.size());
}

}  // namespace ambit_test
