// SPDX-License-Identifier: BSL-1.0
// The steps of a plan, large ones in parts that the threads of a pool share (model/run_steps.hpp). A part is what a
// kernel would do anyway, panels of a product, lines of an image, with the same tiles and the same order of sums: how
// many parts a thread takes, and how many threads there are, changes no bit.
#pragma once

#include <ambit/model/executor.hpp>
#include <ambit/parallel/thread_pool.hpp>
#include <ambit/plan/flops.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::parallel_parts {

using model_parts::addresses;
using plan_parts::graph_view;
using plan_parts::plan_step;
using plan_parts::step_kind;

/// What a step has to do, in floating-point operations: an element that is read or written counts for 16.
constexpr std::int64_t work_of(const graph_view& graph, const plan_step& step, const std::int32_t* nodes) {
    std::int64_t flops = 0, elements = 0;
    const auto add_element_count = [&](int n) { elements += graph.extents(n).elements(); };
    if (step.root >= 0) {
        flops += plan_parts::flops_of_node(graph, step.root);
        for (int i = 0; i < step.root_operands; ++i) add_element_count(graph.operand(step.root, i));
    }
    for (int i = 0; i < step.ops; ++i) flops += plan_parts::flops_of_node(graph, nodes[i]);
    for (int i = 0; i < step.inputs + step.outputs; ++i) add_element_count(nodes[step.ops + i]);
    return flops + 16 * elements;
}

/// Steps of less work, about ten microseconds, are done before another thread has woken up; nor is a part of less than
/// a quarter of it worth handing over.
inline constexpr std::int64_t least_split_work = std::int64_t{1} << 20, least_work_of_range = least_split_work / 4;

/// How a step runs: as a whole, if it has one part; else in ranges of `grain` parts or more.
struct split_kernel {
    void (*whole)(addresses) noexcept = nullptr;
    void (*prepare)(addresses) noexcept = nullptr;
    void (*run_parts)(addresses, std::byte* scratch, std::int64_t first, std::int64_t last) noexcept = nullptr;
    std::int64_t parts = 1, grain = 1;
    std::int64_t begins_at = 0;
};

template <class Kernel>
concept kernel_of_parts = requires { Kernel::parts(); };

template <class Plan, int Step> constexpr split_kernel split_kernel_of() {
    using found = model_parts::kernel_of<Plan, Step>;
    using kernel = typename decltype(found::kernel())::type;
    split_kernel split;
    if constexpr (kernel_of_parts<kernel>) {
        constexpr std::int64_t parts = kernel::parts(), work = work_of(found::graph, found::step, found::nodes);
        if constexpr (parts > 1 && work >= least_split_work) {
            split.parts = parts;
            split.grain = (parts * least_work_of_range + work - 1) / work;
            split.run_parts = &kernel::run_parts;
            if constexpr (requires { &kernel::prepare; }) split.prepare = &kernel::prepare;
            return split;
        }
    }
    split.whole = found::find();
    split.begins_at = found::begins_at();
    return split;
}

template <class Plan, class Steps> struct split_kernels;
template <class Plan, int... Step> struct split_kernels<Plan, std::integer_sequence<int, Step...>> {
    static constexpr split_kernel of_step[sizeof...(Step)] = {split_kernel_of<Plan, Step>()...};
};

/// The most scratch memory that a node's kernel takes, in bytes: each thread has so much.
template <class Graph>
inline constexpr std::int64_t largest_scratch = [] {
    const graph_view graph = plan_parts::view_of(Graph::value, Graph::input_count);
    std::int64_t most = 0;
    for (int n = 0; n < graph.node_count; ++n) {
        if (graph.role(n) != op_role::compute) continue;
        const plan_parts::specs_of_operands operands(graph, n);
        const op_info& op = *graph.node(n).op;
        most = (std::max)(most, op.scratch(operands.call(), graph.node(n).result));
        if (op.takes_packed_weights != 0)
            most = (std::max)(most, op.packed(operands.call(), graph.node(n).result).scratch);
    }
    return plan_parts::aligned(most);
}();

struct split_memory : model_parts::model_memory {
    const thread_pool* pool = nullptr;
    std::byte* scratch = nullptr;  // of all threads
    std::int64_t scratch_bytes = 0;  // of one
};

template <class Plan> struct split_steps {
    using plan = Plan;
    using memory = split_memory;
    using steps = model_parts::static_steps<Plan>;

    template <int Step> static void run(const memory& memory) noexcept {
        static constexpr split_kernel kernel = split_kernel_of<Plan, Step>();
        if constexpr (kernel.parts > 1) run(memory, Step, kernel);
        else steps::template run<Step>(memory);
    }
    static void run_from_table(const memory& memory, int step) noexcept {
        using kernels = split_kernels<Plan, std::make_integer_sequence<int, Plan::counts.steps>>;
        run(memory, step, kernels::of_step[step]);
    }
    static std::int64_t trips_of(const memory& memory, const plan_parts::plan_loop& loop) noexcept {
        return steps::trips_of(memory, loop);
    }
    static std::int64_t stride_of(const memory& memory, int place) noexcept { return steps::stride_of(memory, place); }

private:
    static void run(const memory& memory, int step, const split_kernel& kernel) noexcept {
        std::byte* at[model_parts::most_operands_of_a_step];
        const int first = Plan::value.steps[step].first_operand;
        const int count =
            model_parts::operand_count(Plan::value.steps.elements, step, Plan::counts.steps, Plan::counts.operands);
        for (int i = 0; i < count; ++i) at[i] = model_parts::resolve(memory, Plan::value.operands[first + i]);
        if (kernel.parts == 1) {
            if (kernel.begins_at != 0) at[Plan::value.steps[step].outputs] += kernel.begins_at;
            kernel.whole(at);
            return;
        }
        if (kernel.prepare != nullptr) kernel.prepare(at);
        memory.pool->for_parts(kernel.parts, kernel.grain, [&](int thread, std::int64_t begin, std::int64_t end) {
            kernel.run_parts(at, memory.scratch + thread * memory.scratch_bytes, begin, end);
        });
    }
};

/// The kernels of a call, in the place of `run_call`.
template <class Graph, std::uint64_t Selected> struct split_call {
    thread_pool* pool;
    std::byte* scratch;

    void operator()(const model_parts::model_memory& memory) const {
        pool->enter([&] {
            model_parts::run_call_by<split_steps, Graph, Selected>(
                split_memory{memory, pool, scratch, largest_scratch<Graph>});
        });
    }
};

}  // namespace ambit::parallel_parts
