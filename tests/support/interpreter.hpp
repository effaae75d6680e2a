// SPDX-License-Identifier: BSL-1.0
// Two slow ways to compute a graph of float64 and int32 at run time. `unplanned` runs each node on its own,
// every value in memory of its own. `run` follows a plan step by step in one arena, with the descriptors that
// kernels are instantiated with, and spoils whatever memory a kernel may spoil: what it writes before it has
// read anything, scratch memory after it is done. Both use one implementation of each op, so that equal means
// equal bits.
#pragma once

#include <ambit/kernels/scalar.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/plan/kernel_keys.hpp>

#include "numbers.hpp"

#include <cstddef>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <vector>

namespace ambit_test {

using bytes = std::vector<std::byte>;

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
    growing<ambit::plan_step> steps;
    growing<ambit::value_place> operands;
    growing<std::uint64_t> constants;
    growing<std::int64_t> input_offsets;
    growing<std::int64_t> output_offsets;
    growing<std::int32_t> nodes;
    growing<std::int32_t> input_used;

    const std::int32_t* nodes_of(const ambit::plan_step& step) const {
        return nodes.elements.data() + step.first_node;
    }
    int operand_count(int step) const {
        return (step + 1 < steps.size() ? steps[step + 1].first_operand : operands.size()) -
               steps[step].first_operand;
    }
};

inline run_time_plan plan(const ambit::graph_view& graph,
                          std::uint64_t selected = ambit::detail::planner::all_outputs) {
    return ambit::detail::planner(graph, selected).frozen<run_time_plan>();
}

namespace interpreter_detail {

struct plain_sum {
    template <class A> static constexpr A identity() { return A(0); }
    template <class A> constexpr A operator()(A a, A b) const { return a + b; }
    template <class A> static constexpr A finish(A value, std::int64_t) { return value; }
};
struct plain_maximum {
    template <class A> static constexpr A identity() { return std::numeric_limits<A>::lowest(); }
    template <class A> constexpr A operator()(A a, A b) const { return a > b || a != a ? a : b; }
    template <class A> static constexpr A finish(A value, std::int64_t) { return value; }
};

/// One elementwise op. Not inlined: every use has the same instructions, hence the same NaN.
template <class T>
[[gnu::noinline]] T apply(const ambit::op_info& op, const std::int64_t* words, const T* x) {
    using namespace ambit;
    switch (op.id) {
        case op_id("add"): return add_op::apply(x[0], x[1]);
        case op_id("bias_add"): return bias_add_op::apply(x[0], x[1]);
        case op_id("sub"): return sub_op::apply(x[0], x[1]);
        case op_id("mul"): return mul_op::apply(x[0], x[1]);
        case op_id("maximum"): return maximum_op::apply(x[0], x[1]);
        case op_id("minimum"): return minimum_op::apply(x[0], x[1]);
        case op_id("relu"): return relu_op::apply(x[0]);
        case op_id("neg"): return neg_op::apply(x[0]);
        case op_id("abs"): return abs_op::apply(x[0]);
        case op_id("square"): return square_op::apply(x[0]);
        case op_id("clip"): return clip_op::apply(from_words<clip_op::attributes>(words), x[0]);
        default: throw std::logic_error("no such op in the interpreter: " + std::string(op.name));
    }
}

template <class T> std::vector<T> load(const std::byte* from, std::int64_t count) {
    std::vector<T> values(static_cast<std::size_t>(count));
    std::memcpy(values.data(), from, values.size() * sizeof(T));
    return values;
}

/// One op with a kernel of its own; the operands are whole tensors.
template <class Result, class T>
std::vector<Result> compute(const ambit::op_info& op, const ambit::op_call& call,
                            const ambit::tensor_spec& result, const std::vector<const std::byte*>& operands) {
    using namespace ambit;
    namespace scalar = kernels::scalar;
    const auto value = [&](std::size_t i) {
        return load<T>(operands[i], call.extents(static_cast<int>(i)).elements());
    };
    std::vector<Result> out(static_cast<std::size_t>(result.extents.elements()));
    const std::vector<T> x = value(0);
    using accumulator = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;
    if constexpr (std::is_same_v<Result, T>) {
        switch (op.id) {
            case op_id("matmul"):
                scalar::gemm<accumulator>(matmul_op::geometry(call, result), x.data(), value(1).data(),
                                          out.data());
                return out;
            case op_id("conv2d"):
                scalar::conv2d<accumulator>(conv2d_op::geometry(call, result), x.data(), value(1).data(),
                                            out.data());
                return out;
            case op_id("reduce_sum"):
                scalar::reduce<accumulator>(reduce_op::geometry(call, result), x.data(), out.data(),
                                            plain_sum{});
                return out;
            case op_id("reduce_max"):
                scalar::reduce<T>(reduce_op::geometry(call, result), x.data(), out.data(), plain_maximum{});
                return out;
            case op_id("transpose"):
                scalar::transpose(transpose_op::geometry(call, result), x.data(), out.data());
                return out;
            default: break;
        }
    }
    if constexpr (std::is_same_v<Result, std::int32_t>) {
        if (op.id == op_id("argmax")) {
            scalar::argmax(argmax_op::geometry(call, result), x.data(), out.data());
            return out;
        }
    }
    if (op.id != op_id("cast"))
        throw std::logic_error("no such op in the interpreter: " + std::string(op.name));
    for (std::size_t i = 0; i < out.size(); ++i) {
        if constexpr (std::is_integral_v<Result> && std::is_floating_point_v<T>)
            out[i] =
                x[i] != x[i] ? 0 : static_cast<Result>(std::min(std::max(x[i], -2147483648.0), 2147483647.0));
        else out[i] = static_cast<Result>(x[i]);
    }
    return out;
}

template <class F> void with_type(ambit::dtype type, F&& f) {
    if (type == ambit::float64) f.template operator()<double>();
    else if (type == ambit::int32) f.template operator()<std::int32_t>();
    else throw std::logic_error("the interpreter knows float64 and int32");
}

/// Runs an op with a kernel of its own into `to`, in either dtype.
template <class Result>
std::vector<Result> compute_any(const ambit::graph_view& graph, int node,
                                const std::vector<const std::byte*>& operands) {
    const ambit::root_call specs = ambit::call_of(graph, node);
    const ambit::op_call call{specs.specs, specs.count, graph.words + graph.node(node).first_word};
    std::vector<Result> result;
    with_type(specs.specs[0].type, [&]<class T>() {
        result = compute<Result, T>(*graph.node(node).op, call, graph.node(node).result, operands);
    });
    return result;
}

template <class T> void store(std::byte* to, const std::vector<T>& values) {
    std::memcpy(to, values.data(), values.size() * sizeof(T));
}

}  // namespace interpreter_detail

/// Every node's value. `inputs` and `variables` by position.
inline std::vector<bytes> unplanned(const ambit::graph_view& graph, const std::vector<bytes>& inputs,
                                    const std::vector<bytes>& variables) {
    namespace in = interpreter_detail;
    std::vector<bytes> values(static_cast<std::size_t>(graph.node_count));
    const auto value = [&](int n) -> bytes& { return values[static_cast<std::size_t>(n)]; };
    for (int n = 0; n < graph.node_count; ++n) {
        const ambit::frozen_node& node = graph.node(n);
        value(n).resize(static_cast<std::size_t>(node.result.bytes()));
        switch (graph.role(n)) {
            case ambit::op_role::input:
                value(n) = inputs.at(static_cast<std::size_t>(graph.word(n, 0)));
                break;
            case ambit::op_role::read:
                value(n) = variables.at(static_cast<std::size_t>(graph.word(n, 0)));
                break;
            case ambit::op_role::alias: value(n) = value(graph.operand(n, 0)); break;
            case ambit::op_role::constant:
                in::with_type(graph.type(n), [&]<class T>() {
                    in::store(value(n).data(),
                              std::vector<T>{static_cast<T>(std::bit_cast<double>(graph.word(n, 0)))});
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
                in::with_type(graph.type(n), [&]<class T>() {
                    std::vector<T> result;
                    for (std::int64_t e = 0; e < graph.extents(n).elements(); ++e) {
                        T x[ambit::max_fused_operands] = {};
                        for (int i = 0; i < node.operand_count; ++i) {
                            const int operand = graph.operand(n, i);
                            const std::int64_t from = source_of(graph.extents(operand), graph.extents(n), e);
                            std::memcpy(&x[i],
                                        value(operand).data() + static_cast<std::size_t>(from) * sizeof(T),
                                        sizeof(T));
                        }
                        result.push_back(in::apply<T>(*node.op, graph.words + node.first_word, x));
                    }
                    in::store(value(n).data(), result);
                });
                break;
            default: throw std::logic_error("an inert node");
        }
    }
    return values;
}

/// Base addresses during one run of a plan.
struct run_time_memory {
    std::byte* arena = nullptr;
    std::vector<const std::byte*> inputs;
    std::vector<const std::byte*> variables;
    std::vector<std::byte*> outputs;
};

inline void run(const ambit::graph_view& graph, const run_time_plan& plan, const run_time_memory& memory) {
    namespace in = interpreter_detail;
    const auto resolve = [&](const ambit::value_place& at) -> std::byte* {
        const auto index = static_cast<std::size_t>(at.index);
        switch (at.space) {
            case ambit::memory_space::arena: return memory.arena + at.offset;
            case ambit::memory_space::variable: return const_cast<std::byte*>(memory.variables.at(index));
            case ambit::memory_space::input: return const_cast<std::byte*>(memory.inputs.at(index));
            case ambit::memory_space::output: return memory.outputs.at(index);
            case ambit::memory_space::constant:
                return reinterpret_cast<std::byte*>(
                           const_cast<std::uint64_t*>(plan.constants.elements.data())) +
                       at.offset;
        }
        throw std::logic_error("no such memory");
    };
    for (int s = 0; s < plan.steps.size(); ++s) {
        const ambit::plan_step& step = plan.steps[s];
        const std::int32_t* nodes = plan.nodes_of(step);
        std::vector<std::byte*> at;
        for (int i = 0; i < plan.operand_count(s); ++i)
            at.push_back(resolve(plan.operands[step.first_operand + i]));
        if (step.kind == ambit::step_kind::copy) {
            std::memmove(at.at(0), at.at(1), static_cast<std::size_t>(graph.node(step.root).result.bytes()));
            continue;
        }
        const int result_node = step.kind == ambit::step_kind::compute ? step.root : nodes[0];
        const ambit::tensor_spec& result = graph.node(result_node).result;
        const auto outputs = static_cast<std::size_t>(step.outputs),
                   roots = static_cast<std::size_t>(step.root_operands),
                   inputs = static_cast<std::size_t>(step.inputs);
        const std::size_t known = outputs + roots + inputs;
        const auto scratch_size = [&]() -> std::size_t {
            if (step.kind != ambit::step_kind::compute) return 0;
            const ambit::root_call specs = ambit::call_of(graph, step.root);
            return static_cast<std::size_t>(graph.node(step.root).op->scratch(
                {specs.specs, specs.count, graph.words + graph.node(step.root).first_word}, result));
        }();
        if (at.size() != known + (scratch_size > 0 ? 1 : 0))
            throw std::logic_error("a step with a wrong number of operands");
        for (std::size_t i = 0; i < outputs; ++i)
            std::memset(at[i], 0xDD, static_cast<std::size_t>(result.bytes()));
        if (scratch_size > 0) std::memset(at[known], 0xCC, scratch_size);

        const ambit::fused_program program = ambit::program_of(graph, step, nodes);
        in::with_type(result.type, [&]<class T>() {
            std::vector<T> accumulators;
            if (step.kind == ambit::step_kind::compute)
                accumulators = in::compute_any<T>(
                    graph, step.root,
                    {at.begin() + step.outputs, at.begin() + step.outputs + step.root_operands});
            std::vector<std::vector<T>> stored(outputs);
            const ambit::elementwise_geometry loop = step.kind == ambit::step_kind::elementwise
                                                         ? ambit::loop_geometry(graph, step, nodes)
                                                         : ambit::elementwise_geometry{};
            const ambit::epilogue_layout layout = step.kind == ambit::step_kind::compute && step.inputs > 0
                                                      ? ambit::layout_of(graph, step, nodes)
                                                      : ambit::epilogue_layout{};
            const std::int64_t columns = result.extents.rank() > 0 ? result.extents[-1] : 1;
            for (std::int64_t e = 0; e < result.extents.elements(); ++e) {
                T values[1 + ambit::max_fused_inputs + ambit::max_fused_ops] = {};
                if (program.has_accumulator != 0) values[0] = accumulators.at(static_cast<std::size_t>(e));
                for (std::size_t i = 0; i < inputs; ++i) {
                    std::int64_t from = 0;
                    if (step.kind == ambit::step_kind::compute) {
                        from = e / columns * layout.row[i] + e % columns * layout.column[i];
                    } else {
                        std::int64_t left = e;
                        for (std::int64_t axis = loop.rank - 1; axis >= 0; --axis) {
                            from += left % loop.extent[axis] * loop.stride[i][axis];
                            left /= loop.extent[axis];
                        }
                    }
                    std::memcpy(&values[static_cast<std::size_t>(program.has_accumulator) + i],
                                at[outputs + roots + i] + from * std::int64_t(sizeof(T)), sizeof(T));
                }
                for (int k = 0; k < program.ops; ++k) {
                    T x[ambit::max_fused_operands] = {};
                    for (int j = 0; j < program.op[k].operands; ++j) x[j] = values[program.op[k].operand[j]];
                    values[program.first_op() + k] = in::apply<T>(*program.op[k].op, program.op[k].words, x);
                }
                for (std::size_t k = 0; k < outputs; ++k) stored[k].push_back(values[program.output[k]]);
            }
            for (std::size_t k = 0; k < outputs; ++k) in::store(at[k], stored[k]);
        });
        if (scratch_size > 0) std::memset(at[known], 0xEE, scratch_size);
    }
}

}  // namespace ambit_test
