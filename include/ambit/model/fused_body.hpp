// SPDX-License-Identifier: BSL-1.0
// A fused program as something that kernels call: the body of an elementwise loop, or the epilogue of a gemm.
// Values of the chain live in registers; only what the program lists as outputs is stored.
#pragma once

#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/pair.hpp>
#include <ambit/plan/fused_program.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::model_parts {

/// A number of a program, in every lane.
template <fused_program Program, std::size_t Immediate, class V> [[gnu::always_inline]] inline V immediate() noexcept {
    using T = kernel_parts::element_of<V>;
    return kernel_parts::fill<V>(element_of_word<T>(Program.immediate[Immediate]));
}

/// The op at one place of a program.
template <const op_info* Info> using op_type = typename op_of<Info>::type;

/// The values of a program in registers, numbers and masks; each is one of the two.
template <fused_program Program, class V> struct fused_values {
    static constexpr auto count = static_cast<std::size_t>(Program.first_op()) + static_cast<std::size_t>(Program.ops);
    V number[count];
    kernel_parts::mask_of<V> mask[count];

    template <std::size_t Value> [[gnu::always_inline]] auto& at() noexcept {
        if constexpr (Program.is_mask(Value)) return mask[Value];
        else return number[Value];
    }
};

/// An op of numbers and masks; of pairs of batches, if it has no code for these, of one batch and then of the other.
template <class Op, class V, class... Argument>
[[gnu::always_inline]] inline auto apply_lanes(const Argument&... argument) noexcept {
    return Op::apply(argument...);
}
template <class Op, class V, class... Argument>
    requires(kernel_parts::is_pair<V> && !Op::interleaves)
[[gnu::always_inline]] inline auto apply_lanes(const Argument&... argument) noexcept {
    return kernel_parts::pair_of<kernel_parts::half_of<V>>(Op::apply(kernel_parts::first_of(argument)...),
                                                           Op::apply(kernel_parts::second_of(argument)...));
}

template <fused_program Program, std::size_t Op, class V, std::size_t... Operand>
[[gnu::always_inline]] inline auto apply_op(fused_values<Program, V>& values,
                                            std::index_sequence<Operand...>) noexcept {
    static constexpr const fused_op& fused = Program.op[Op];
    using op = op_type<fused.op>;
    if constexpr (std::is_empty_v<typename op::attributes>)
        return apply_lanes<op, V>(values.template at<std::size_t(fused.operand[Operand])>()...);
    else
        return apply_lanes<op, V>(from_words<typename op::attributes>(fused.words),
                                  values.template at<std::size_t(fused.operand[Operand])>()...);
}

/// Computes every op of a program; `values` holds accumulator and inputs already.
template <fused_program Program, class V, std::size_t... Immediate, std::size_t... Op>
[[gnu::always_inline]] inline void evaluate([[maybe_unused]] fused_values<Program, V>& values,
                                            std::index_sequence<Immediate...>, std::index_sequence<Op...>) noexcept {
    ((values.number[std::size_t(Program.first_immediate()) + Immediate] = immediate<Program, Immediate, V>()), ...);
    ((values.template at<std::size_t(Program.first_op()) + Op>() =
          apply_op<Program, Op>(values, std::make_index_sequence<std::size_t(Program.op[Op].operands)>{})),
     ...);
}
template <fused_program Program, class V>
[[gnu::always_inline]] inline void evaluate(fused_values<Program, V>& values) noexcept {
    evaluate(values, std::make_index_sequence<std::size_t(Program.immediates)>{},
             std::make_index_sequence<std::size_t(Program.ops)>{});
}

template <fused_program Program> inline constexpr std::size_t op_count = static_cast<std::size_t>(Program.ops);

/// A long chain, an optimizer's update for one.
template <fused_program Program> inline constexpr bool is_long = Program.ops > 4;

template <fused_program Program, std::size_t... Op> constexpr bool any_heavy(std::index_sequence<Op...>) {
    return (false || ... || op_type<Program.op[Op].op>::heavy);
}
template <fused_program Program, std::size_t... Op> constexpr bool any_interleaves(std::index_sequence<Op...>) {
    return (false || ... || op_type<Program.op[Op].op>::interleaves);
}
template <fused_program Program, std::size_t... Op> constexpr bool all_vectorizable(std::index_sequence<Op...>) {
    return (true && ... && op_type<Program.op[Op].op>::vectorizable);
}

/// The type in memory of one value of a program whose numbers are of type T.
template <class T, fused_program Program, std::size_t Value>
using element_of_value = std::conditional_t<Program.is_mask(Value), bool, T>;

/// The body of a fused loop.
template <fused_program Program> struct loop_body {
    static constexpr bool heavy = any_heavy<Program>(std::make_index_sequence<op_count<Program>>{});
    static constexpr bool is_short = !is_long<Program> && !heavy;
    static constexpr bool vectorizable = all_vectorizable<Program>(std::make_index_sequence<op_count<Program>>{});
    static constexpr bool interleaves = any_interleaves<Program>(std::make_index_sequence<op_count<Program>>{});

    template <class V, class... In> [[gnu::always_inline]] auto operator()(const In&... in) const noexcept {
        fused_values<Program, V> values;
        take(values, std::index_sequence_for<In...>{}, in...);
        evaluate(values);
        return give(values, std::make_index_sequence<std::size_t(Program.outputs)>{});
    }

private:
    template <class Values, std::size_t... I, class... In>
    [[gnu::always_inline]] static void take([[maybe_unused]] Values& values, std::index_sequence<I...>,
                                            const In&... in) noexcept {
        ((values.template at<I>() = in), ...);
    }
    template <class Values, std::size_t... O>
    [[gnu::always_inline]] static auto give(Values& values, std::index_sequence<O...>) noexcept {
        return std::make_tuple(values.template at<std::size_t(Program.output[O])>()...);
    }
};

/// The epilogue of a kernel that computes `columns` elements a row. `Layout` is an `epilogue_layout` as a type: whether
/// an input has columns is known to the compiler, how long its rows are may depend on a batch.
template <fused_program Program, class Layout, class T> struct fused_epilogue {
    static constexpr std::size_t inputs = static_cast<std::size_t>(Program.inputs);
    static constexpr std::size_t outputs = static_cast<std::size_t>(Program.outputs);
    // A long chain is expanded once a tile instead of once an accumulator.
    static constexpr bool heavy = is_long<Program> || any_heavy<Program>(std::make_index_sequence<op_count<Program>>{});

    const std::byte* in[inputs > 0 ? inputs : 1];
    std::byte* out[outputs];
    std::int64_t columns;
    [[no_unique_address]] Layout layout;

    template <class V>
    [[gnu::always_inline]] void operator()(const V& accumulator, std::int64_t row, std::int64_t column) const noexcept {
        fused_values<Program, V> values;
        values.number[0] = accumulator;
        load<V>(values, row, column, std::make_index_sequence<inputs>{});
        evaluate(values);
        store<V>(values, row * columns + column, std::make_index_sequence<outputs>{});
    }

private:
    template <std::size_t Input>
    static constexpr bool has_columns = [] {
        if constexpr (is_static<Layout>) return Layout::value.column[Input] != 0;
        else return Layout::fixed.column[Input] != 0;
    }();

    template <class V, std::size_t... I>
    [[gnu::always_inline]] void load([[maybe_unused]] fused_values<Program, V>& values,
                                     [[maybe_unused]] std::int64_t row, [[maybe_unused]] std::int64_t column,
                                     std::index_sequence<I...>) const noexcept {
        ((values.template at<I + 1>() = load_one<V, I>(row, column)), ...);
    }
    template <class V, std::size_t I>
    [[gnu::always_inline]] auto load_one(std::int64_t row, std::int64_t column) const noexcept {
        using element = element_of_value<T, Program, I + 1>;
        const element* const from = reinterpret_cast<const element*>(in[I]) + row * value_of(layout).row[I];
        if constexpr (!Program.is_mask(I + 1)) {
            if constexpr (has_columns<I>) return kernel_parts::load_vector<V>(from + column);
            else return kernel_parts::fill<V>(*from);
        } else {
            if constexpr (has_columns<I>) return kernel_parts::load_mask<V>(from + column);
            else return kernel_parts::mask_of<V>(*from);
        }
    }
    template <class V, std::size_t... O>
    [[gnu::always_inline]] void store(fused_values<Program, V>& values, std::int64_t at,
                                      std::index_sequence<O...>) const noexcept {
        (store_one<V, std::size_t(Program.output[O])>(values, out[O], at), ...);
    }
    template <class V, std::size_t Value>
    [[gnu::always_inline]] static void store_one(fused_values<Program, V>& values, std::byte* memory,
                                                 std::int64_t at) noexcept {
        auto* const to = reinterpret_cast<element_of_value<T, Program, Value>*>(memory) + at;
        if constexpr (Program.is_mask(Value)) kernel_parts::store_mask<V>(to, values.template at<Value>());
        else kernel_parts::store_vector(to, values.template at<Value>());
    }
};

}  // namespace ambit::model_parts
