// SPDX-License-Identifier: BSL-1.0
// Runs the plan of a graph whose batch is known at run time only (plan/any_batch.hpp). A kernel's geometry is a
// `batch_value`: what does not grow with the batch is a constant in it, as it is in a model of one batch.
#pragma once

#include <ambit/core/refuses.hpp>
#include <ambit/model/executor.hpp>
#include <ambit/plan/any_batch.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <utility>

namespace AMBIT_NAMESPACE::model_parts {

/// Base addresses of one call, and its batch. Offsets in the arena are slots.
struct batch_memory {
    std::byte* const* blocks = nullptr;
    const std::byte* constants = nullptr;
    std::byte* const* variables = nullptr;
    const std::byte* const* inputs = nullptr;
    std::byte* const* outputs = nullptr;
    std::int64_t batch = 1;
    std::byte** moving = nullptr;
};

[[gnu::always_inline]] inline std::byte* resolve(const batch_memory& memory, const value_place& at) noexcept {
    switch (at.space) {
        case memory_space::arena: return memory.blocks[at.offset];
        case memory_space::variable: return memory.variables[at.index] + at.offset;
        case memory_space::constant: return const_cast<std::byte*>(memory.constants) + at.offset;
        case memory_space::input: return const_cast<std::byte*>(memory.inputs[at.index]);
        case memory_space::output: return memory.outputs[at.index];
        case memory_space::moving: return memory.moving[at.index];
        case memory_space::packed: break;  // there are none
    }
    return nullptr;
}

using batch_kernel_function = void (*)(addresses, std::int64_t batch) noexcept;

/// Whether a struct of words, one for each sample of a graph, is affine in the batch.
template <class T> constexpr bool grows_evenly(const T& first, const T& second, const T& third) {
    using array = std::array<std::int64_t, sizeof(T) / 8>;
    const auto a = std::bit_cast<array>(first), b = std::bit_cast<array>(second), c = std::bit_cast<array>(third);
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!graph_parts::is_affine(a[i], b[i], c[i])) return false;
    return true;
}

/// Growth for one more example, word by word, and what is left at none.
template <class T> constexpr T growth_of(const T& first, const T& second) {
    using array = std::array<std::int64_t, sizeof(T) / 8>;
    auto a = std::bit_cast<array>(first), b = std::bit_cast<array>(second);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = b[i] - a[i];
    return std::bit_cast<T>(a);
}
template <class T> constexpr T fixed_part(const T& first, const T& second) {
    using array = std::array<std::int64_t, sizeof(T) / 8>;
    auto a = std::bit_cast<array>(first), b = std::bit_cast<array>(second);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] -= (b[i] - a[i]) * graph_parts::sample_batches[0];
    return std::bit_cast<T>(a);
}

template <class T, class Geometry, fused_program Program> struct batch_loop {
    static void run(addresses at, std::int64_t batch) noexcept {
        fused_loop<T, Geometry, Program>::run(Geometry{batch}, at);
    }
};

template <class Tag, class T, class Geometry, int Root, fused_program Program, class Layout, bool Scratch>
struct batch_epilogue_kernel {
    static void run(addresses at, std::int64_t batch) noexcept {
        using epilogue_type = fused_epilogue<Program, Layout, T>;
        epilogue_type epilogue;
        if constexpr (!is_static<Layout>) epilogue.layout.batch = batch;
        AMBIT_UNROLL for (std::size_t i = 0; i < epilogue_type::outputs; ++i) epilogue.out[i] = at[i];
        AMBIT_UNROLL for (std::size_t i = 0; i < epilogue_type::inputs; ++i) epilogue.in[i] =
            at[epilogue_type::outputs + Root + i];
        T* const scratch = Scratch ? as<T>(at[epilogue_type::outputs + Root + epilogue_type::inputs]) : nullptr;
        const T* const left = as<const T>(at[epilogue_type::outputs]);
        const T* const right = as<const T>(at[epilogue_type::outputs + 1]);
        epilogue.columns = kernel_parts::entry<Tag>::columns(Geometry{batch});
        kernel_parts::entry<Tag>::run(Geometry{batch}, left, right, scratch, epilogue);
    }
};

template <class Tag, class Geometry, bool Scratch, class Result, class... Operands> struct batch_plain_kernel {
    static void run(addresses at, std::int64_t batch) noexcept {
        call(at, batch, std::index_sequence_for<Operands...>{});
    }

private:
    template <std::size_t... I>
    [[gnu::always_inline]] static void call(addresses at, std::int64_t batch, std::index_sequence<I...>) noexcept {
        using entry = kernel_parts::entry<Tag>;
        Result* const out = as<Result>(at[0]);
        constexpr bool takes_scratch =
            Scratch && requires { entry::run(Geometry{batch}, out, as<const Operands>(at[1 + I])..., at[0]); };
        if constexpr (takes_scratch)
            entry::run(Geometry{batch}, out, as<const Operands>(at[1 + I])..., at[1 + sizeof...(I)]);
        else entry::run(Geometry{batch}, out, as<const Operands>(at[1 + I])...);
    }
};

template <class Op, class Call, class Result, bool Scratch, class... Operands> struct batch_custom_kernel {
    static void run(addresses at, std::int64_t batch) noexcept {
        run_on(at, batch, std::index_sequence_for<Operands...>{});
    }
    template <std::size_t... I>
    static void run_on(addresses at, std::int64_t batch, std::index_sequence<I...>) noexcept {
        const custom_call call = Call{batch};
        if constexpr (Scratch) Op::run(call, as<Result>(at[0]), as<const Operands>(at[1 + I])..., at[1 + sizeof...(I)]);
        else Op::run(call, as<Result>(at[0]), as<const Operands>(at[1 + I])...);
    }
};

/// A user's kernel whose shapes do not grow with the batch.
template <class Op, custom_call Call, bool Scratch, class Indices> struct settled_custom_kernel {
    static void run(addresses at, std::int64_t) noexcept { custom_kernel<Op, Call, Scratch, Indices>::run(at); }
};

template <class Bytes> struct batch_copy_kernel {
    static void run(addresses at, std::int64_t batch) noexcept {
        std::memmove(at[0], at[1], static_cast<std::size_t>(Bytes{batch}.value()));
    }
};

/// A graph with any batch at one of its samples.
template <class Graph, int Sample> struct sampled_graph {
    static constexpr graph_parts::frozen_graph<Graph::counts> value = Graph::at(graph_parts::sample_batches[Sample]);
    static constexpr graph_view view = plan_parts::view_of(value, Graph::input_count);
};

/// The kernel of one step. `Plan` is the `plan_of` a `planned_graph<Graph>`.
template <class Graph, class Plan, int Step> struct batch_kernel_of {
    static constexpr const plan_step& step = Plan::value.steps[Step];
    static constexpr const std::int32_t* nodes = Plan::value.nodes.elements + step.first_node;
    static constexpr const graph_view& graph = Plan::view;
    template <int Sample> static constexpr const graph_view& at = sampled_graph<Graph, Sample>::view;
    static constexpr int root = step.root >= 0 ? step.root : 0;
    static constexpr const frozen_node& root_node = graph.node(root);

    static constexpr batch_kernel_function find() {
#ifdef AMBIT_NAMED_KERNELS
        if constexpr (kernel() != nullptr) return kernel_named<Graph, Plan, Step, kernel()>;
#endif
        return kernel();
    }
    static constexpr batch_kernel_function kernel() {
        if constexpr (step.kind == step_kind::copy) {
            return &batch_copy_kernel<decltype(grown<&bytes_at>())>::run;
        } else if constexpr (step.kind != step_kind::compute && step.kind != step_kind::elementwise) {
            return nullptr;  // a part of a loop
        } else if constexpr (step.kind == step_kind::elementwise) {
            return &batch_loop<element_t<loop_type(graph, step, nodes)>, decltype(grown<&loop_at>()),
                               program_of(graph, step, nodes)>::run;
        } else {
            using op = op_type<root_node.op>;
            using tag = typename op::kernel;
            if constexpr (std::is_same_v<tag, kernel_tag::custom>) {
                return custom<op>(std::make_index_sequence<std::size_t(step.root_operands)>{});
            } else if constexpr (tag::takes_epilogue) {
                return &batch_epilogue_kernel<tag, element_t<root_node.result.type>,
                                              decltype(grown<&geometry_at<op>>()), step.root_operands,
                                              program_of(graph, step, nodes), decltype(layout()), has_scratch>::run;
            } else {
                return plain<op>(std::make_index_sequence<std::size_t(step.root_operands)>{});
            }
        }
    }

    /// Whether the kernel takes extents that are known at run time only, if it is given such.
    static constexpr bool is_able() {
        if constexpr (step.kind == step_kind::compute) {
            using op = op_type<root_node.op>;
            if constexpr (std::is_same_v<typename op::kernel, kernel_tag::custom>)
                return takes_call<op>(std::make_index_sequence<std::size_t(step.root_operands)>{}) ||
                       is_settled<&custom_at>();
        }
        return true;
    }
    static constexpr reports refusal(std::string_view rule) {
        const auto built = Graph::build();
        const auto& node = built.builder().node_at(step.root >= 0 ? step.root : nodes[0]);
        reports mistakes;
        mistakes.begin(mistake::batch_dependence);
        const short_text path(built.builder().all_names().path(node.name));
        mistakes.add(detail_tag::op, path.view().empty() ? node.op->name : path.view());
        if (node.made.line > 0) mistakes.add(detail_tag::at, node.made);
        mistakes.add(detail_tag::rule, rule);
        return mistakes;
    }

private:
    static constexpr bool has_scratch = plan_parts::may_need_scratch(graph, step.root);

    static constexpr std::int64_t bytes_at(const graph_view& g) { return g.node(root).result.bytes(); }
    static constexpr elementwise_geometry loop_at(const graph_view& g) { return loop_geometry(g, step, nodes); }
    static constexpr epilogue_layout epilogue_at(const graph_view& g) { return epilogue_layout_of(g, step, nodes); }
    template <class Op> static constexpr auto geometry_at(const graph_view& g) {
        const root_call call = call_of(g, root);
        return Op::geometry(op_call{call.specs, call.count, g.words + g.node(root).first_word}, g.node(root).result);
    }
    static constexpr custom_call custom_at(const graph_view& g) {
        const root_call call = call_of(g, root);
        return custom_call(op_call{call.specs, call.count, g.words + g.node(root).first_word}, g.node(root).result,
                           root_node.word_count);
    }

    /// What `Make` gives at any batch.
    template <auto Make> static constexpr auto grown() {
        constexpr auto first = Make(at<0>), second = Make(at<1>), third = Make(at<2>);
        if constexpr (!grows_evenly(first, second, third)) static_assert(refused_parts::no_mistakes_in<uneven>);
        return core_parts::batch_value<fixed_part(first, second), growth_of(first, second)>{};
    }
    template <auto Make> static constexpr bool is_settled() {
        using array = std::array<std::int64_t, sizeof(Make(at<0>)) / 8>;
        return std::bit_cast<array>(Make(at<0>)) == std::bit_cast<array>(Make(at<1>)) &&
               std::bit_cast<array>(Make(at<0>)) == std::bit_cast<array>(Make(at<2>));
    }

    static constexpr auto layout() {
        if constexpr (is_settled<&epilogue_at>()) return static_value<epilogue_at(at<0>)>{};
        else return grown<&epilogue_at>();
    }

    template <class Op, std::size_t... I> static constexpr batch_kernel_function plain(std::index_sequence<I...>) {
        return &batch_plain_kernel<typename Op::kernel, decltype(grown<&geometry_at<Op>>()), has_scratch,
                                   element_t<root_node.result.type>,
                                   element_t<graph.type(graph.operand(root, I))>...>::run;
    }
    template <class Op, std::size_t... I> static constexpr bool takes_call(std::index_sequence<I...>) {
        return requires(std::byte* any) {
            Op::run(custom_call{}, as<element_t<root_node.result.type>>(any),
                    as<const element_t<graph.type(graph.operand(root, I))>>(any)...);
        } || requires(std::byte* any) {
            Op::run(custom_call{}, as<element_t<root_node.result.type>>(any),
                    as<const element_t<graph.type(graph.operand(root, I))>>(any)..., any);
        };
    }
    template <class Op, std::size_t... I> static constexpr batch_kernel_function custom(std::index_sequence<I...> all) {
        if constexpr (!is_able()) {
            return nullptr;
        } else if constexpr (!takes_call<Op>(all)) {
            constexpr bool scratch = scratch_bytes(at<0>, root) > 0;
            return &settled_custom_kernel<Op, custom_at(at<0>), scratch, std::index_sequence<I...>>::run;
        } else {
            return &batch_custom_kernel<Op, decltype(grown<&custom_at>()), element_t<root_node.result.type>,
                                        has_scratch, element_t<graph.type(graph.operand(root, I))>...>::run;
        }
    }
    static constexpr reports of_uneven() {
        return refusal("its kernel does not run with a batch that is known at run time only: not all is a + b * batch");
    }
    using uneven = refused_parts::made_reports<&of_uneven>;
};

template <class Graph, class Plan, class Steps> struct batch_kernel_table;
template <class Graph, class Plan, int... Step>
struct batch_kernel_table<Graph, Plan, std::integer_sequence<int, Step...>> {
    static constexpr batch_kernel_function kernels[] = {batch_kernel_of<Graph, Plan, Step>::find()...};
};

/// The first kernel of a plan that does not run with any batch, told; none if there is none.
template <class Graph, class Plan, int... Step> constexpr reports unable_kernels(std::integer_sequence<int, Step...>) {
    reports mistakes;
    const auto look_at = [&]<int S>(std::integral_constant<int, S>) {
        if constexpr (!batch_kernel_of<Graph, Plan, S>::is_able())
            if (mistakes.empty())
                mistakes = batch_kernel_of<Graph, Plan, S>::refusal(
                    "its kernel takes its shapes from the compiler: let it have run(const custom_call&, out, in...)");
    };
    (look_at(std::integral_constant<int, Step>{}), ...);
    return mistakes;
}

/// A number of 64 bits that is a + b n at a batch of n.
struct batch_line {
    std::int64_t at_none = 0, growth = 0;

    static constexpr batch_line through(std::int64_t first, std::int64_t second) {
        return {graph_parts::grown(first, second, 0), second - first};
    }
    constexpr std::int64_t at(std::int64_t batch) const { return at_none + growth * batch; }
};

/// The steps of the plan of a graph with any batch.
template <class Graph, class Plan> struct batch_steps {
    using plan = Plan;
    using memory = batch_memory;

    template <int Step> [[gnu::always_inline]] static void run(const batch_memory& memory) noexcept {
        constexpr int first = Plan::value.steps[Step].first_operand;
        constexpr int count =
            operand_count(Plan::value.steps.elements, Step, Plan::counts.steps, Plan::counts.operands);
        std::byte* at[static_cast<std::size_t>(count)];
        AMBIT_UNROLL for (int i = 0; i < count; ++i) at[i] = resolve(memory, Plan::value.operands[first + i]);
        constexpr batch_kernel_function kernel = batch_kernel_of<Graph, Plan, Step>::find();
        kernel(at, memory.batch);
    }
    static void run_from_table(const batch_memory& memory, int s) noexcept {
        using table = batch_kernel_table<Graph, Plan, std::make_integer_sequence<int, Plan::counts.steps>>;
        std::byte* at[most_operands_of_a_step];
        const int first = Plan::value.steps[s].first_operand;
        const int count = operand_count(Plan::value.steps.elements, s, Plan::counts.steps, Plan::counts.operands);
        for (int i = 0; i < count; ++i) at[i] = resolve(memory, Plan::value.operands[first + i]);
        table::kernels[s](at, memory.batch);
    }
    [[gnu::always_inline]] static std::int64_t trips_of(const batch_memory& memory, const plan_loop& loop) noexcept {
        return Graph::word_at(loop.node, 1, memory.batch);
    }
    [[gnu::always_inline]] static std::int64_t stride_of(const batch_memory& memory, int place) noexcept {
        return strides[std::size_t(place)].at(memory.batch);
    }

private:
    static constexpr std::array<batch_line, std::size_t(Plan::counts.places)> strides = [] {
        std::array<batch_line, std::size_t(Plan::counts.places)> lines{};
        for (int i = 0; i < Plan::counts.places; ++i) {
            const moving_place& place = Plan::value.places[i];
            const auto bytes = [&](int sample) {
                const std::int64_t one = Graph::spec_at(place.value, graph_parts::sample_batches[sample]).bytes();
                return place.stride < 0 ? -one : one;
            };
            lines[std::size_t(i)] = batch_line::through(bytes(0), bytes(1));
        }
        return lines;
    }();
};

}  // namespace ambit::model_parts
