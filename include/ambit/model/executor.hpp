// SPDX-License-Identifier: BSL-1.0
// Joins plan and kernels: each step becomes a call of a kernel whose geometry and fused ops are template arguments and
// whose operands are addresses.
#pragma once

#include <ambit/contract/arithmetic.hpp>
#include <ambit/contract/kernel_tags.hpp>
#include <ambit/kernels/lookup/argmax.hpp>
#include <ambit/kernels/products/batch_gemm.hpp>
#include <ambit/kernels/arrays/cast.hpp>
#include <ambit/kernels/control/check.hpp>
#include <ambit/kernels/vectors/combine.hpp>
#include <ambit/kernels/arrays/concat.hpp>
#include <ambit/kernels/losses/confusion_matrix.hpp>
#include <ambit/kernels/images/conv2d.hpp>
#include <ambit/kernels/images/conv2d_image_gradient.hpp>
#include <ambit/kernels/images/conv2d_kernel_gradient.hpp>
#include <ambit/kernels/reductions/cumulative.hpp>
#include <ambit/kernels/images/depthwise_conv2d.hpp>
#include <ambit/kernels/arithmetic/elementwise.hpp>
#include <ambit/kernels/lookup/first_positions.hpp>
#include <ambit/kernels/lookup/gather.hpp>
#include <ambit/kernels/products/gemm.hpp>
#include <ambit/kernels/losses/in_top_k.hpp>
#include <ambit/kernels/functions/log_softmax.hpp>
#include <ambit/kernels/lookup/one_hot.hpp>
#include <ambit/kernels/arrays/pad.hpp>
#include <ambit/kernels/images/pool.hpp>
#include <ambit/kernels/images/pool_gradient.hpp>
#include <ambit/kernels/arrays/range.hpp>
#include <ambit/kernels/random/random.hpp>
#include <ambit/kernels/reductions/reduce.hpp>
#include <ambit/kernels/reductions/reduce_chain.hpp>
#include <ambit/kernels/reductions/reduce_shifted.hpp>
#include <ambit/kernels/images/resize.hpp>
#include <ambit/kernels/images/resize_cubic.hpp>
#include <ambit/kernels/arrays/reverse_sequence.hpp>
#include <ambit/kernels/control/schedule.hpp>
#include <ambit/kernels/functions/softmax.hpp>
#include <ambit/kernels/losses/softmax_cross_entropy.hpp>
#include <ambit/kernels/arrays/tile_array.hpp>
#include <ambit/kernels/lookup/top_k.hpp>
#include <ambit/kernels/arrays/transpose.hpp>
#include <ambit/kernels/arrays/view.hpp>
#include <ambit/kernels/images/window_sum.hpp>
#include <ambit/model/custom_call.hpp>
#include <ambit/model/fused_body.hpp>
#include <ambit/model/kernels_of.hpp>
#include <ambit/model/run_steps.hpp>
#include <ambit/plan/kernel_keys.hpp>
#include <ambit/plan/kernel_numbers.hpp>
#ifdef AMBIT_NAMED_KERNELS
#include <ambit/model/named_kernel.hpp>
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::model_parts {

/// Kernels only write to what the plan lists as an output, so inputs may travel as plain addresses.
[[gnu::always_inline]] inline std::byte* resolve(const model_memory& memory, const value_place& at) noexcept {
    switch (at.space) {
        case memory_space::arena: return memory.arena + at.offset;
        case memory_space::variable: return memory.variables[at.index] + at.offset;
        case memory_space::constant: return const_cast<std::byte*>(memory.constants) + at.offset;
        case memory_space::input: return const_cast<std::byte*>(memory.inputs[at.index]) + at.offset;
        case memory_space::output: return memory.outputs[at.index] + at.offset;
        case memory_space::packed: return memory.packed + at.offset;
        case memory_space::moving: return memory.moving[at.index] + at.offset;
    }
    return nullptr;
}

/// Operands of a step as addresses: outputs, the root's operands, inputs of the elementwise part, scratch memory.
using addresses = std::byte* const*;
using kernel_function = void (*)(addresses) noexcept;

template <class T> [[gnu::always_inline]] inline T* as(std::byte* address) noexcept {
    return reinterpret_cast<T*>(address);
}

/// A fused loop over a geometry that may be known late.
template <class T, class Geometry, fused_program Program> struct fused_loop {
    [[gnu::always_inline]] static void run(Geometry geometry, addresses at) noexcept {
        call(geometry, at, std::make_index_sequence<std::size_t(Program.inputs)>{},
             std::make_index_sequence<std::size_t(Program.outputs)>{});
    }

private:
    template <std::size_t... I, std::size_t... O>
    [[gnu::always_inline]] static void call(Geometry geometry, addresses at, std::index_sequence<I...>,
                                            std::index_sequence<O...>) noexcept {
        kernel_parts::elementwise<T>(geometry,
                                     std::tuple<const element_of_value<T, Program, I>*...>(
                                         as<const element_of_value<T, Program, I>>(at[sizeof...(O) + I])...),
                                     std::tuple<element_of_value<T, Program, std::size_t(Program.output[O])>*...>(
                                         as<element_of_value<T, Program, std::size_t(Program.output[O])>>(at[O])...),
                                     loop_body<Program>{});
    }
};

/// The same over one axis of any length.
template <class T, class Geometry, fused_program Program>
[[gnu::noinline]] inline void run_loop_of_length(std::int64_t length, addresses at) noexcept {
    fused_loop<T, Geometry, Program>::run(Geometry{length}, at);
}

/// A fused loop whose extents the compiler knows.
template <class T, elementwise_geometry Geometry, fused_program Program> struct loop_kernel {
    static void run(addresses at) noexcept {
        if constexpr (is_shared) run_loop_of_length<T, any_length, Program>(Geometry.extent[0], at);
        else fused_loop<T, static_value<Geometry>, Program>::run({}, at);
    }

    /// Rows of the first axis, or runs of elements of the only one.
    static constexpr std::int64_t part_extent = Geometry.rank == 1 ? 1024 : 1;
    static constexpr std::int64_t parts() {
        return Geometry.rank == 0 ? 1 : (Geometry.extent[0] + part_extent - 1) / part_extent;
    }
    static void run_parts(addresses at, std::byte*, std::int64_t first, std::int64_t last) noexcept {
        const std::int64_t begin = first * part_extent;
        const std::int64_t end = (std::min)(last * part_extent, Geometry.extent[0]);
        move_and_run(at, begin, end - begin, std::make_index_sequence<std::size_t(Program.inputs)>{},
                     std::make_index_sequence<std::size_t(Program.outputs)>{});
    }

private:
    template <std::size_t... I, std::size_t... O>
    static void move_and_run(addresses at, std::int64_t begin, std::int64_t count, std::index_sequence<I...>,
                             std::index_sequence<O...>) noexcept {
        constexpr std::int64_t elements_of_row = [] {
            std::int64_t elements = 1;
            for (std::int64_t axis = 1; axis < Geometry.rank; ++axis) elements *= Geometry.extent[axis];
            return elements;
        }();
        std::byte* const moved[] = {
            (at[O] + begin * elements_of_row *
                         std::int64_t{sizeof(element_of_value<T, Program, std::size_t(Program.output[O])>)})...,
            (at[sizeof...(O) + I] +
             begin * Geometry.stride[I][0] * std::int64_t{sizeof(element_of_value<T, Program, I>)})...};
        fused_loop<T, any_length, Program>::run(any_length{count}, moved);
    }

    // Cheap ops over one axis with several results or a long chain, as optimizers have them for each variable, are
    // compiled once for all lengths: an extent would save them little. What is shared has no name of its own.
#ifdef AMBIT_NAMED_KERNELS
    static constexpr bool is_shared = false;
#else
    static constexpr bool is_shared =
        Geometry.rank == 1 && (is_long<Program> || Program.outputs > 1) && !loop_body<Program>::heavy;
#endif
    static constexpr elementwise_geometry with_extent(elementwise_geometry geometry, std::int64_t extent) {
        geometry.extent[0] = extent;
        return geometry;
    }
    using any_length = batch_value<with_extent(Geometry, 0), with_extent({}, 1)>;
};

/// A fused loop that ends in a reduction: value `Program.output[0]` is put together in rows.
template <class Tag, class T, auto Geometry, fused_program Program, epilogue_layout Layout> struct reducing_kernel {
    static void run(addresses at) noexcept { run_rows(at, 0, parts()); }

    /// Rows.
    static constexpr std::int64_t parts() { return kernel_parts::reduced_rows(Geometry); }
    static void run_parts(addresses at, std::byte*, std::int64_t first, std::int64_t last) noexcept {
        run_rows(at, first, last);
    }

private:
    static constexpr std::size_t outputs = static_cast<std::size_t>(Program.outputs);
    template <std::size_t Output> using stored = element_of_value<T, Program, std::size_t(Program.output[Output + 1])>;

    [[gnu::always_inline]] static void run_rows(addresses at, std::int64_t first, std::int64_t last) noexcept {
        call(at, first, last, std::make_index_sequence<std::size_t(Program.inputs)>{},
             std::make_index_sequence<outputs - 1>{});
    }
    template <std::size_t... I, std::size_t... O>
    [[gnu::always_inline]] static void call(addresses at, std::int64_t first, std::int64_t last,
                                            std::index_sequence<I...>, std::index_sequence<O...>) noexcept {
        using combination = typename kernel_parts::entry<Tag>::combination;
        using chain = kernel_parts::chain_in_rows<loop_body<Program>,
                                                  std::tuple<const element_of_value<T, Program, I>*...>,
                                                  std::tuple<stored<O>*...>,
                                                  std::integer_sequence<std::int64_t, Layout.row[I]...>,
                                                  std::integer_sequence<std::int64_t, Layout.column[I]...>>;
        kernel_parts::reduce_chain(static_value<Geometry>{},
                                   chain{{as<const element_of_value<T, Program, I>>(at[outputs + I])...},
                                         {as<stored<O>>(at[1 + O])...}},
                                   as<T>(at[0]), first, last, combination{});
    }
};

/// Packs weights again if they are of an older value of their variable.
template <class Tag, auto Geometry, class T>
[[gnu::always_inline]] inline const T* packed_of(const T* weights, std::byte* memory) noexcept {
    auto* const header = reinterpret_cast<plan_parts::packed_header*>(memory);
    T* const packed = as<T>(memory + plan_parts::arena_alignment);
    if (header->current == nullptr || header->generation != *header->current) {
        kernel_parts::entry<Tag>::pack(static_value<Geometry>{}, weights, packed);
        if (header->current != nullptr) header->generation = *header->current;
    }
    return packed;
}

/// In how many parts that do not depend on each other a kernel can be run; 1 if it cannot.
template <class Tag, class T, auto Geometry> constexpr std::int64_t parts_of_entry() {
    using entry = kernel_parts::entry<Tag>;
    if constexpr (requires { entry::template parts<T, Geometry>(); }) return entry::template parts<T, Geometry>();
    else return 1;
}

/// A kernel that ends in an epilogue. `Root` counts the root's operands.
template <class Tag, class T, auto Geometry, int Root, fused_program Program, epilogue_layout Layout, bool Scratch,
          bool Packed>
struct epilogue_kernel {
    static void run(addresses at) noexcept {
        epilogue_type epilogue = epilogue_at(at);
        T* const scratch = Scratch ? as<T>(at[behind]) : nullptr;
        const T* const left = as<const T>(at[epilogue_type::outputs]);
        const T* right = as<const T>(at[epilogue_type::outputs + 1]);
        if constexpr (Packed) right = packed_of<Tag, Geometry>(right, at[behind + (Scratch ? 1 : 0)]);
        kernel_parts::entry<Tag>::run(static_value<Geometry>{}, left, right, scratch, epilogue);
    }

    // ---- in parts (parallel/split_steps.hpp) ----------------------------------------------------------------------

    using entry = kernel_parts::entry<Tag>;
    static constexpr std::int64_t parts() { return parts_of_entry<Tag, T, Geometry>(); }
    /// Whether scratch memory is filled once, for all parts.
    static constexpr bool prepares =
        requires(T* memory) { entry::prepare(static_value<Geometry>{}, memory, memory, memory); };

    static void prepare(addresses at) noexcept {
        const T* const right = as<const T>(at[epilogue_type::outputs + 1]);
        if constexpr (Packed) packed_of<Tag, Geometry>(right, at[behind + (Scratch ? 1 : 0)]);
        if constexpr (prepares)
            entry::prepare(static_value<Geometry>{}, as<const T>(at[epilogue_type::outputs]), right,
                           Scratch ? as<T>(at[behind]) : nullptr);
    }
    static void run_parts(addresses at, std::byte* scratch, std::int64_t first, std::int64_t last) noexcept {
        const T* const left = as<const T>(at[epilogue_type::outputs]);
        const T* right = as<const T>(at[epilogue_type::outputs + 1]);
        if constexpr (Packed) right = as<const T>(at[behind + (Scratch ? 1 : 0)] + plan_parts::arena_alignment);
        if constexpr (prepares && Scratch) scratch = at[behind];
        entry::run_parts(static_value<Geometry>{}, left, right, as<T>(scratch), epilogue_at(at), first, last);
    }

private:
    using epilogue_type = fused_epilogue<Program, static_value<Layout>, T>;
    static constexpr std::size_t behind = epilogue_type::outputs + Root + epilogue_type::inputs;

    [[gnu::always_inline]] static epilogue_type epilogue_at(addresses at) noexcept {
        epilogue_type epilogue;
        AMBIT_UNROLL for (std::size_t i = 0; i < epilogue_type::outputs; ++i) epilogue.out[i] = at[i];
        AMBIT_UNROLL for (std::size_t i = 0; i < epilogue_type::inputs; ++i) epilogue.in[i] =
            at[epilogue_type::outputs + Root + i];
        epilogue.columns = kernel_parts::entry<Tag>::columns(Geometry);
        return epilogue;
    }
};

/// Any other kernel of ambit's own.
template <class Tag, auto Geometry, bool Scratch, class Result, class... Operands> struct plain_kernel {
    static void run(addresses at) noexcept { call(at, std::index_sequence_for<Operands...>{}); }

    using entry = kernel_parts::entry<Tag>;
    static constexpr std::int64_t parts() { return parts_of_entry<Tag, Result, Geometry>(); }
    static void run_parts(addresses at, std::byte* scratch, std::int64_t first, std::int64_t last) noexcept {
        call_parts(at, scratch, first, last, std::index_sequence_for<Operands...>{});
    }

private:
    template <std::size_t... I>
    static void call_parts(addresses at, [[maybe_unused]] std::byte* scratch, std::int64_t first, std::int64_t last,
                           std::index_sequence<I...>) noexcept {
        Result* const out = as<Result>(at[0]);
        if constexpr (Scratch)
            entry::run_parts(static_value<Geometry>{}, out, as<const Operands>(at[1 + I])..., first, last, scratch);
        else entry::run_parts(static_value<Geometry>{}, out, as<const Operands>(at[1 + I])..., first, last);
    }
    template <std::size_t... I>
    [[gnu::always_inline]] static void call(addresses at, std::index_sequence<I...>) noexcept {
        Result* const out = as<Result>(at[0]);
        if constexpr (Scratch)
            kernel_parts::entry<Tag>::run(static_value<Geometry>{}, out, as<const Operands>(at[1 + I])...,
                                          at[1 + sizeof...(I)]);
        else kernel_parts::entry<Tag>::run(static_value<Geometry>{}, out, as<const Operands>(at[1 + I])...);
    }
};

/// A user's own kernel: `run(call, out, operands…)`, or `run<Call>(out, operands…)`, which finds the call in
/// `Call::value`.
template <class Op, custom_call Call, bool Scratch, class Indices> struct custom_kernel;
template <class Op, custom_call Call, bool Scratch, std::size_t... I>
struct custom_kernel<Op, Call, Scratch, std::index_sequence<I...>> {
    static void run(addresses at) noexcept {
        auto* const out = as<element_t<Call.result.type>>(at[0]);
        const auto run_on = [&](auto... scratch) {
            constexpr bool takes_call =
                requires { Op::run(Call, out, as<const element_t<Call.operands[I].type>>(at[1 + I])..., scratch...); };
            if constexpr (takes_call)
                Op::run(Call, out, as<const element_t<Call.operands[I].type>>(at[1 + I])..., scratch...);
            else
                Op::template run<static_value<Call>>(out, as<const element_t<Call.operands[I].type>>(at[1 + I])...,
                                                     scratch...);
        };
        if constexpr (Scratch) run_on(at[1 + sizeof...(I)]);
        else run_on();
    }
};

template <std::int64_t Bytes> struct copy_kernel {
    static void run(addresses at) noexcept { std::memmove(at[0], at[1], static_cast<std::size_t>(Bytes)); }
};

constexpr int operand_count(const plan_step* steps, int step, int all_steps, int all_operands) {
    return (step + 1 < all_steps ? steps[step + 1].first_operand : all_operands) - steps[step].first_operand;
}

/// The kernel of one step.
template <class Plan, int Step> struct kernel_of {
    static constexpr const plan_step& step = Plan::value.steps[Step];
    static constexpr const std::int32_t* nodes = Plan::value.nodes.elements + step.first_node;
    static constexpr const graph_view& graph = Plan::view;
    static constexpr const frozen_node& root_node = graph.node(step.root >= 0 ? step.root : 0);

    /// As a type; void is a part of a loop.
    static constexpr auto kernel() {
        if constexpr (step.kind == step_kind::copy) {
            return std::type_identity<copy_kernel<graph.node(step.root).result.bytes()>>{};
        } else if constexpr (step.kind == step_kind::reduction) {
            using op = op_type<root_node.op>;
            return std::type_identity<
                reducing_kernel<typename op::kernel, element_t<root_node.result.type>,
                                op::geometry(call(), root_node.result), program_of(graph, step, nodes),
                                rows_of_reduction(graph, step, nodes)>>{};
        } else if constexpr (step.kind != step_kind::compute && step.kind != step_kind::elementwise) {
            return std::type_identity<void>{};
        } else if constexpr (step.kind == step_kind::elementwise) {
            return std::type_identity<loop_kernel<element_t<loop_type(graph, step, nodes)>,
                                                  loop_geometry(graph, step, nodes), program_of(graph, step, nodes)>>{};
        } else {
            using op = op_type<root_node.op>;
            using tag = typename op::kernel;
            constexpr bool scratch = root_node.op->scratch(call(), root_node.result) > 0;
            if constexpr (std::is_same_v<tag, kernel_tag::custom>) {
                return std::type_identity<
                    custom_kernel<op, custom(), scratch, std::make_index_sequence<std::size_t(step.root_operands)>>>{};
            } else if constexpr (has_packed_weights()) {
                constexpr bool needs_scratch = root_node.op->packed(call(), root_node.result).scratch > 0;
                return std::type_identity<epilogue_kernel<
                    tag, element_t<root_node.result.type>, with_packed_weights(op::geometry(call(), root_node.result)),
                    step.root_operands, program_of(graph, step, nodes), epilogue_layout_of(graph, step, nodes),
                    needs_scratch, true>>{};
            } else if constexpr (tag::takes_epilogue) {
                return std::type_identity<epilogue_kernel<
                    tag, element_t<root_node.result.type>, op::geometry(call(), root_node.result), step.root_operands,
                    program_of(graph, step, nodes), epilogue_layout_of(graph, step, nodes), scratch, false>>{};
            } else {
                return plain<tag, scratch>(std::make_index_sequence<std::size_t(step.root_operands)>{});
            }
        }
    }
    static constexpr kernel_function find() {
        using type = typename decltype(kernel())::type;
        if constexpr (std::is_void_v<type>) return nullptr;
#ifdef AMBIT_NAMED_KERNELS
        else return kernel_named<typename Plan::graph, Plan, Step, &type::run>;
#else
        else return &type::run;
#endif
    }

    /// How many bytes into its first operand a kernel begins to read. Views that differ in nothing else, as the steps
    /// of a sequence do, share one kernel.
    static constexpr std::int64_t begins_at() {
        if constexpr (is_view()) {
            using op = op_type<root_node.op>;
            return op::geometry(call(), root_node.result).start * size_of(root_node.result.type);
        } else {
            return 0;
        }
    }

private:
    static constexpr bool has_packed_weights() {
        constexpr int count =
            operand_count(Plan::value.steps.elements, Step, Plan::counts.steps, Plan::counts.operands);
        return count > 0 && Plan::value.operands[step.first_operand + count - 1].space == memory_space::packed;
    }
    static constexpr bool is_view() {
        if constexpr (step.kind == step_kind::compute)
            return std::is_same_v<typename op_type<root_node.op>::kernel, kernel_tag::view>;
        else return false;
    }
    template <class Op> static constexpr auto geometry() {
        auto found = Op::geometry(call(), root_node.result);
        if constexpr (is_view()) found.start = 0;
        return found;
    }
    template <class Tag, bool Scratch, std::size_t... I> static constexpr auto plain(std::index_sequence<I...>) {
        return std::type_identity<plain_kernel<Tag, geometry<op_type<root_node.op>>(), Scratch,
                                               element_t<root_node.result.type>, element_t<specs.specs[I].type>...>>{};
    }
    static constexpr root_call specs = [] {
        if constexpr (step.kind == step_kind::compute || step.kind == step_kind::reduction)
            return call_of(graph, step.root);
        else return root_call{};
    }();
    static constexpr op_call call() {
        return {specs.specs, specs.count, graph.words + graph.node(step.root).first_word};
    }
    static constexpr custom_call custom() { return custom_call(call(), root_node.result, root_node.word_count); }
};

/// The kernels of some steps. (clang reads no array without a bound before it is used elsewhere.)
template <class Plan, int... Step> struct kernels_of_steps {
    static constexpr kernel_function kernels[sizeof...(Step)] = {kernel_of<Plan, Step>::find()...};
    static constexpr std::int64_t begins_at[sizeof...(Step)] = {kernel_of<Plan, Step>::begins_at()...};
};

/// The kernels of all steps of a plan, each of which was looked for once.
template <class Plan> struct kernel_table {
    static constexpr int steps = Plan::counts.steps;
    static constexpr const auto& numbers = plan_parts::kernel_numbers_of<Plan>;
    template <int... Number>
    static auto different(std::integer_sequence<int, Number...>) -> kernels_of_steps<Plan, numbers.first[Number]...>;
    using found = decltype(different(std::make_integer_sequence<int, numbers.count>{}));

    static constexpr frozen_array<kernel_function, steps> kernels = [] {
        frozen_array<kernel_function, steps> all;
        for (int s = 0; s < steps; ++s) all[s] = found::kernels[numbers.number[s]];
        return all;
    }();
    static constexpr frozen_array<std::int64_t, steps> begins_at = [] {
        frozen_array<std::int64_t, steps> all;
        for (int s = 0; s < steps; ++s) all[s] = found::begins_at[numbers.number[s]];
        return all;
    }();
    static constexpr bool has_views = [] {
        for (const std::int64_t bytes : found::begins_at)
            if (bytes != 0) return true;
        return false;
    }();
};

inline constexpr int most_operands_of_a_step =
    max_fused_outputs + static_cast<int>(graph_builder::max_operands) + max_fused_inputs + 2;

/// The steps of a plan whose extents the compiler knows.
template <class Plan> struct static_steps {
    using plan = Plan;
    using memory = model_memory;

    template <int Step> [[gnu::always_inline]] static void run(const model_memory& memory) noexcept {
        constexpr int first = Plan::value.steps[Step].first_operand;
        constexpr int count =
            operand_count(Plan::value.steps.elements, Step, Plan::counts.steps, Plan::counts.operands);
        std::byte* at[static_cast<std::size_t>(count)];
        AMBIT_UNROLL for (int i = 0; i < count; ++i) at[i] = resolve(memory, Plan::value.operands[first + i]);
        constexpr std::int64_t begins_at = kernel_of<Plan, Step>::begins_at();
        if constexpr (begins_at != 0) at[Plan::value.steps[Step].outputs] += begins_at;
        constexpr kernel_function kernel = kernel_of<Plan, Step>::find();
        kernel(at);
    }
    static void run_from_table(const model_memory& memory, int s) noexcept {
        using table = kernel_table<Plan>;
        std::byte* at[most_operands_of_a_step];
        const int first = Plan::value.steps[s].first_operand;
        const int count = operand_count(Plan::value.steps.elements, s, Plan::counts.steps, Plan::counts.operands);
        for (int i = 0; i < count; ++i) at[i] = resolve(memory, Plan::value.operands[first + i]);
        if constexpr (table::has_views)
            if (table::begins_at[s] != 0) at[Plan::value.steps[s].outputs] += table::begins_at[s];
        table::kernels[s](at);
    }
    [[gnu::always_inline]] static std::int64_t trips_of(const model_memory&, const plan_loop& loop) noexcept {
        return loop.trips;
    }
    [[gnu::always_inline]] static std::int64_t stride_of(const model_memory&, int place) noexcept {
        return Plan::value.places[place].stride;
    }
};

/// A call whose steps run as `Steps` says (model/run_steps.hpp).
template <template <class> class Steps, class Graph, std::uint64_t Selected, class Memory>
[[gnu::always_inline]] inline void run_call_by(const Memory& memory) noexcept(!has_checks<Graph, Selected>) {
    if constexpr (has_checks<Graph, Selected>) {
        run_all<Steps<plan_of<Graph, Selected, plan_part::before_effects>>>(memory);
        look_at_findings<Graph, Selected>(memory.variables);
        run_all<Steps<plan_of<Graph, Selected, plan_part::effects>>>(memory);
    } else {
        run_all<Steps<plan_of<Graph, Selected>>>(memory);
    }
}

template <class Graph, std::uint64_t Selected>
[[gnu::always_inline]] inline void run_call(const model_memory& memory) noexcept(!has_checks<Graph, Selected>) {
    run_call_by<static_steps, Graph, Selected>(memory);
}

}  // namespace ambit::model_parts

namespace AMBIT_NAMESPACE {

template <class Model, std::uint64_t Selected>
void kernels_of<Model, Selected>::run(const model_parts::model_memory& memory) noexcept(
    !model_parts::has_checks<typename Model::graph, Selected>) {
    model_parts::run_call<typename Model::graph, Selected>(memory);
}

}  // namespace ambit
