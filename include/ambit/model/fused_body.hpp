// SPDX-License-Identifier: BSL-1.0
// A fused program as something that kernels call: the body of an elementwise loop, or the epilogue of a gemm.
// Values of the chain live in registers; only what the program lists as outputs is stored.
#pragma once

#include <ambit/kernels/simd.hpp>
#include <ambit/plan/fused_program.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace ambit::detail {

/// A number of a program, in every lane.
template <fused_program Program, std::size_t Immediate, class V> [[gnu::always_inline]] inline V immediate() noexcept {
    using T = kernels::element_of<V>;
    return kernels::fill<V>(static_cast<T>(std::bit_cast<double>(Program.immediate[Immediate])));
}

/// The op at one place of a program.
template <const op_info* Info> using op_type = typename op_of<Info>::type;

template <fused_program Program, std::size_t Op, class V, std::size_t... Operand>
[[gnu::always_inline]] inline V apply_op(const V* values, std::index_sequence<Operand...>) noexcept {
    static constexpr const fused_op& it = Program.op[Op];
    using op = op_type<it.op>;
    if constexpr (std::is_empty_v<typename op::attributes>)
        return op::apply(values[it.operand[Operand]]...);
    else
        return op::apply(from_words<typename op::attributes>(it.words), values[it.operand[Operand]]...);
}

/// Computes every op of a program; `values` holds accumulator and inputs already.
template <fused_program Program, class V, std::size_t... Immediate, std::size_t... Op>
[[gnu::always_inline]] inline void evaluate([[maybe_unused]] V* values, std::index_sequence<Immediate...>,
                                            std::index_sequence<Op...>) noexcept {
    ((values[static_cast<std::size_t>(Program.first_immediate()) + Immediate] = immediate<Program, Immediate, V>()), ...);
    ((values[static_cast<std::size_t>(Program.first_op()) + Op] =
          apply_op<Program, Op>(values, std::make_index_sequence<static_cast<std::size_t>(Program.op[Op].operands)>{})),
     ...);
}
template <fused_program Program, class V> [[gnu::always_inline]] inline void evaluate(V* values) noexcept {
    evaluate<Program>(values, std::make_index_sequence<static_cast<std::size_t>(Program.immediates)>{},
                      std::make_index_sequence<static_cast<std::size_t>(Program.ops)>{});
}

template <fused_program Program> inline constexpr std::size_t op_count = static_cast<std::size_t>(Program.ops);
template <fused_program Program>
inline constexpr std::size_t value_count = static_cast<std::size_t>(Program.first_op() + Program.ops);

template <fused_program Program, std::size_t... Op> constexpr bool any_heavy(std::index_sequence<Op...>) {
    return (false || ... || op_type<Program.op[Op].op>::heavy);
}
template <fused_program Program, std::size_t... Op> constexpr bool all_vectorizable(std::index_sequence<Op...>) {
    return (true && ... && op_type<Program.op[Op].op>::vectorizable);
}

/// The body of a fused loop.
template <fused_program Program> struct loop_body {
    static constexpr std::size_t inputs = static_cast<std::size_t>(Program.inputs);
    static constexpr std::size_t outputs = static_cast<std::size_t>(Program.outputs);
    static constexpr bool heavy = any_heavy<Program>(std::make_index_sequence<op_count<Program>>{});
    static constexpr bool vectorizable = all_vectorizable<Program>(std::make_index_sequence<op_count<Program>>{});

    template <class V> [[gnu::always_inline]] std::array<V, outputs> operator()(const std::array<V, inputs>& in) const noexcept {
        V values[value_count<Program>];
        AMBIT_UNROLL for (std::size_t i = 0; i < inputs; ++i) values[i] = in[i];
        evaluate<Program>(values);
        std::array<V, outputs> out;
        AMBIT_UNROLL for (std::size_t i = 0; i < outputs; ++i) out[i] = values[Program.output[i]];
        return out;
    }
};

/// The epilogue of a kernel that computes `columns` elements a row.
template <fused_program Program, epilogue_layout Layout, class T> struct fused_epilogue {
    static constexpr std::size_t inputs = static_cast<std::size_t>(Program.inputs);
    static constexpr std::size_t outputs = static_cast<std::size_t>(Program.outputs);
    static constexpr bool heavy = any_heavy<Program>(std::make_index_sequence<op_count<Program>>{});

    const T* in[inputs > 0 ? inputs : 1];
    T* out[outputs];
    std::int64_t columns;

    template <class V>
    [[gnu::always_inline]] void operator()(const V& accumulator, std::int64_t row, std::int64_t column) const noexcept {
        V values[value_count<Program>];
        values[0] = accumulator;
        load(values, row, column, std::make_index_sequence<inputs>{});
        evaluate<Program>(values);
        AMBIT_UNROLL for (std::size_t i = 0; i < outputs; ++i)
            kernels::store_vector(out[i] + row * columns + column, values[Program.output[i]]);
    }

private:
    template <class V, std::size_t... I>
    [[gnu::always_inline]] void load([[maybe_unused]] V* values, [[maybe_unused]] std::int64_t row,
                                     [[maybe_unused]] std::int64_t column, std::index_sequence<I...>) const noexcept {
        ((values[I + 1] = load_one<V, I>(row, column)), ...);
    }
    template <class V, std::size_t I>
    [[gnu::always_inline]] V load_one(std::int64_t row, std::int64_t column) const noexcept {
        const T* const from = in[I] + row * Layout.row[I];
        if constexpr (Layout.column[I] != 0) return kernels::load_vector<V>(from + column);
        else return kernels::fill<V>(*from);
    }
};

}  // namespace ambit::detail
