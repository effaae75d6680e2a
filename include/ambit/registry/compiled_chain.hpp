// SPDX-License-Identifier: BSL-1.0
// Chains of elementwise ops that programs have over and over, the updates of optimizers among them, compiled as one
// loop each: what the ops hand to each other stays in registers. Which chains those are is read off the plans of small
// modules. Their numbers and options are those of the plan that runs them.
//
//     add_chains_of<my_module, input<float, 3, 4>>(table);
#pragma once

#include <ambit/diagnostics/explain.hpp>
#include <ambit/kernels/arithmetic/block.hpp>
#include <ambit/model/fused_body.hpp>
#include <ambit/plan/kernel_keys.hpp>
#include <ambit/registry/kernel_table.hpp>
#include <ambit/registry/run_time_op.hpp>
#include <ambit/registry/signatures.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <utility>

namespace AMBIT_NAMESPACE::registry_parts {

template <fused_program Form, std::size_t Op> using op_of_chain = typename op_of<Form.op[Op].op>::type;

/// The meaning of a chain, its options and numbers read once.
template <class T, fused_program Form, class Ops = std::make_index_sequence<std::size_t(Form.ops)>> struct chain_body;
template <class T, fused_program Form, std::size_t... Op> struct chain_body<T, Form, std::index_sequence<Op...>> {
    static constexpr std::size_t immediates = static_cast<std::size_t>(Form.immediates);
    std::tuple<op_body<op_of_chain<Form, Op>>...> ops;
    T numbers[immediates > 0 ? immediates : 1] = {};

    explicit chain_body(const chain_call& call) noexcept
        : ops(op_body<op_of_chain<Form, Op>>(call.words + Op * max_fused_words)...) {
        for (std::size_t i = 0; i < immediates; ++i) std::memcpy(&numbers[i], call.numbers + 8 * i, sizeof(T));
    }

    template <class V, class... In> [[gnu::always_inline]] auto operator()(const In&... in) const noexcept {
        model_parts::fused_values<Form, V> values;
        take<V>(values, std::index_sequence_for<In...>{}, in...);
        fill_numbers<V>(values, std::make_index_sequence<immediates>{});
        (apply<V, Op>(values, std::make_index_sequence<std::size_t(Form.op[Op].operands)>{}), ...);
        return give<V>(values, std::make_index_sequence<std::size_t(Form.outputs)>{});
    }

private:
    template <class V> using values_of = model_parts::fused_values<Form, V>;

    template <class V, std::size_t... I, class... In>
    [[gnu::always_inline]] static void take(values_of<V>& values, std::index_sequence<I...>, const In&... in) noexcept {
        ((values.template at<I>() = in), ...);
    }
    template <class V, std::size_t... I>
    [[gnu::always_inline]] void fill_numbers([[maybe_unused]] values_of<V>& values,
                                             std::index_sequence<I...>) const noexcept {
        ((values.number[std::size_t(Form.first_immediate()) + I] = kernel_parts::fill<V>(numbers[I])), ...);
    }
    template <class V, std::size_t At, std::size_t... Operand>
    [[gnu::always_inline]] void apply(values_of<V>& values, std::index_sequence<Operand...>) const noexcept {
        values.template at<std::size_t(Form.first_op()) + At>() = std::get<At>(ops).template operator()<V>(
            values.template at<std::size_t(Form.op[At].operand[Operand])>()...);
    }
    template <class V, std::size_t... O>
    [[gnu::always_inline]] static auto give(values_of<V>& values, std::index_sequence<O...>) noexcept {
        return std::make_tuple(values.template at<std::size_t(Form.output[O])>()...);
    }
};

/// `Columns`: the strides along a row that its inputs mostly have, for which it has a loop of its own.
template <class T, fused_program Form, class Columns> struct chain_kernel;
template <class T, fused_program Form, int... Column>
struct chain_kernel<T, Form, std::integer_sequence<int, Column...>> {
    static void run(const chain_call& call) noexcept {
        run(call, std::make_index_sequence<sizeof...(Column)>{}, std::make_index_sequence<std::size_t(Form.outputs)>{});
    }

private:
    template <std::size_t... I, std::size_t... O>
    [[gnu::always_inline]] static void run(const chain_call& call, std::index_sequence<I...>,
                                           std::index_sequence<O...>) noexcept {
        using V = kernel_parts::vector_of<T, kernel_parts::kernel_arch>;
        using ins = std::tuple<model_parts::element_of_value<T, Form, I>*...>;
        using outs = std::tuple<model_parts::element_of_value<T, Form, std::size_t(Form.output[O])>*...>;
        using known = std::integer_sequence<int, Column...>;
        using unknown = std::integer_sequence<int, (static_cast<void>(Column), -1)...>;
        const chain_body<T, Form> body(call);
        if ((true && ... && (call.column[I] == Column))) kernel_parts::chain_loop<V, outs, ins, known>(call, body);
        else kernel_parts::chain_loop<V, outs, ins, unknown>(call, body);
    }
};

/// A chain without its numbers and options.
constexpr fused_program form_of(fused_program program) {
    for (std::int64_t& number : program.immediate) number = 0;
    for (fused_op& op : program.op)
        for (std::int64_t& word : op.words) word = 0;
    return program;
}

/// A chain that ends in a reduction as it is without: it stores what would be put together, in the order of its ops.
constexpr fused_program without_reduction(fused_program program) {
    const std::int32_t reduced = program.output[0];
    int at = 1;
    for (; at < program.outputs && program.output[at] < reduced; ++at) program.output[at - 1] = program.output[at];
    program.output[at - 1] = reduced;
    if (at == program.outputs || program.output[at] != reduced) return program;
    for (--program.outputs; at < program.outputs; ++at) program.output[at] = program.output[at + 1];
    program.output[program.outputs] = 0;
    return program;
}

/// Whether the code of a chain means the same in batches of every width, so that one will do.
template <fused_program Form> constexpr bool is_of_any_width() {
    return []<std::size_t... Op>(std::index_sequence<Op...>) {
        return (true && ... && (op_of_chain<Form, Op>::vectorizable && !op_of_chain<Form, Op>::heavy));
    }(std::make_index_sequence<std::size_t(Form.ops)>{});
}

/// The strides along a row of a step's inputs, that of an accumulator among them.
template <class Plan, int Step> constexpr auto columns_of() {
    constexpr const plan_step& step = Plan::value.steps[Step];
    constexpr const std::int32_t* nodes = Plan::value.nodes.elements + step.first_node;
    constexpr bool is_epilogue = step.kind == step_kind::compute;
    constexpr auto column = [](std::size_t i) {
        if (is_epilogue && i == 0) return 1;
        const int input = static_cast<int>(i) - (is_epilogue ? 1 : 0);
        if (is_epilogue) return static_cast<int>(epilogue_layout_of(Plan::view, step, nodes).column[input]);
        const elementwise_geometry loop = loop_geometry(Plan::view, step, nodes);
        return loop.rank > 0 ? static_cast<int>(loop.stride[input][loop.rank - 1]) : 0;
    };
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::integer_sequence<int, column(I)...>{};
    }(std::make_index_sequence<std::size_t((is_epilogue ? 1 : 0) + step.inputs)>{});
}

template <class Plan, int Step> void add_chain_of(kernel_table& table) {
    static constexpr const plan_step& step = Plan::value.steps[Step];
    static constexpr const std::int32_t* nodes = Plan::value.nodes.elements + step.first_node;
    constexpr bool reduces = step.kind == step_kind::reduction;
    if constexpr ((step.kind == step_kind::compute || step.kind == step_kind::elementwise || reduces) && step.ops > 0) {
        if constexpr (loop_type(Plan::view, step, nodes) == dtype::float32) {
            constexpr fused_program program = program_of(Plan::view, step, nodes);
            constexpr fused_program form = form_of(reduces ? without_reduction(program) : program);
            if constexpr (is_of_any_width<form>())
                with_types(floats{}, [&]<class T>(std::type_identity<T>) {
                    table.add_chain(form, dtype_of<T>, &chain_kernel<T, form, decltype(columns_of<Plan, Step>())>::run);
                });
        }
    }
}

/// Compiles the chains of a module of floats, for floats and doubles.
template <class Module, class... Inputs> void add_chains_of(kernel_table& table) {
    static_assert(refused_parts::no_mistakes_in<graph_of<Module, Inputs...>>);
    using plan = plan_of<graph_of<Module, Inputs...>, all_outputs>;
    [&]<int... Step>(std::integer_sequence<int, Step...>) {
        (add_chain_of<plan, Step>(table), ...);
    }(std::make_integer_sequence<int, plan::counts.steps>{});
}

}  // namespace ambit::registry_parts
