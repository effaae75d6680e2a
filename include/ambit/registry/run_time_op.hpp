// SPDX-License-Identifier: BSL-1.0
// Compiles an op for programs that plan at run time. A user's own op joins by a line beside its definition:
//
//     inline constexpr ambit::op_info swish_info = ambit::describe<swish_op>();
//     template <> struct ambit::op_of<&swish_info> { using type = swish_op; };
//     inline const ambit::at_run_time<&swish_info> swish_at_run_time;
//
// An elementwise op is compiled for all dtypes that its shape rule takes, a kernel of ambit's for those of
// registry/signatures.hpp. An op with a kernel of its own has to have it as
//
//     template <class T> static void run(const ambit::custom_call& call, T* out, const T* in) noexcept;
//
// which models of the compiler call as well; it is compiled for each dtype of all its operands and its result together,
// or for what it lists, the result's type first:
//
//     using signatures = ambit::run_time_signatures<ambit::run_time_signature<float, float, std::int32_t>>;
#pragma once

#include <ambit/kernels/arithmetic/block.hpp>
#include <ambit/kernels/vectors/block_epilogue.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/model/custom_call.hpp>
#include <ambit/registry/kernel_table.hpp>
#include <ambit/registry/signatures.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::registry_parts {

// ---- elementwise ops -----------------------------------------------------------------------------------------------

/// The meaning of an op, for a loop over blocks. Options are read once: what a loop stores might be they, for all that
/// the compiler knows.
template <class Op> struct op_body {
    static constexpr bool interleaves = Op::interleaves;
    typename Op::attributes with;

    explicit op_body([[maybe_unused]] const std::int64_t* words) noexcept
        : with(core_parts::from_words<typename Op::attributes>(words)) {}

    template <class V, class... In> [[gnu::always_inline]] auto operator()(const In&... in) const noexcept {
        if constexpr (std::is_empty_v<typename Op::attributes>) return Op::apply(in...);
        else return Op::apply(with, in...);
    }
};

/// One use of an elementwise op: a bit of `Masks` for each operand of bool, all others of type T.
template <class Op, class T, int Operands, unsigned Masks> struct elementwise_use {
    static constexpr std::size_t operands = static_cast<std::size_t>(Operands);
    template <std::size_t I> using operand = std::conditional_t<(Masks >> I & 1) != 0, bool, T>;

    static constexpr inferred answer() {
        std::array<tensor_spec, operands> specs{};
        for (std::size_t i = 0; i < operands; ++i)
            specs[i] = {shape{1}, (Masks >> i & 1) != 0 ? dtype::boolean : dtype_of<T>};
        const std::int64_t words[64] = {};
        return Op::infer({specs.data(), Operands, words});
    }
    template <std::size_t... I> static constexpr bool is_callable(std::index_sequence<I...>) {
        using attributes = typename Op::attributes;
        if constexpr (std::is_empty_v<attributes>) return requires(operand<I>... x) { Op::apply(x...); };
        else return requires(const attributes& with, operand<I>... x) { Op::apply(with, x...); };
    }
    // Numbers, if there are any, are of type T; whatever else the rule refuses is not about dtypes.
    static constexpr bool is_legal() {
        constexpr bool all_masks = Masks == (1U << operands) - 1;
        if constexpr (!is_callable(std::make_index_sequence<operands>{})) return false;
        else if constexpr (std::is_same_v<T, bool> && !all_masks) return false;
        else if constexpr (answer().fault == mistake::op_dtype) return false;
        else if constexpr (all_masks) return answer().result.type == dtype_of<T>;
        else return true;
    }

    template <class V> static constexpr block_function loop() {
        return []<std::size_t... I>(std::index_sequence<I...>) -> block_function {
            using result = std::conditional_t<answer().result.type == dtype::boolean, bool, T>;
            return [](const block_call& call) noexcept {
                kernel_parts::block_loop<V, result, operand<I>...>(call, op_body<Op>(call.words));
            };
        }(std::make_index_sequence<operands>{});
    }

    /// For rows of some length. The code of a short op means the same in batches of every width; that of long ones
    /// rounds here and there in another way.
    static block_function find([[maybe_unused]] std::int64_t row) {
        using full = kernel_parts::vector_of<T, kernel_parts::kernel_arch>;
        if constexpr (!Op::vectorizable || kernel_parts::lanes<full> == 1) {
            return loop<T>();
        } else if constexpr (!Op::heavy) {
            return loop<full>();
        } else {
            if (row == 0) return loop<T>();
            if (row <= 2) return loop<typename decltype(kernel_parts::fitting<T, kernel_parts::kernel_arch, 2>())::type>();
            if (row <= 4) return loop<typename decltype(kernel_parts::fitting<T, kernel_parts::kernel_arch, 4>())::type>();
            if (row <= 8) return loop<typename decltype(kernel_parts::fitting<T, kernel_parts::kernel_arch, 8>())::type>();
            return loop<full>();
        }
    }
};

template <class Op, class T, int Operands> block_function find_loop_of(unsigned masks, std::int64_t row) {
    block_function found = nullptr;
    const auto look_at = [&]<unsigned Masks>(std::integral_constant<unsigned, Masks>) {
        if constexpr (elementwise_use<Op, T, Operands, Masks>::is_legal())
            if (masks == Masks) found = elementwise_use<Op, T, Operands, Masks>::find(row);
    };
    [&]<unsigned... Masks>(std::integer_sequence<unsigned, Masks...>) {
        (look_at(std::integral_constant<unsigned, Masks>{}), ...);
    }(std::make_integer_sequence<unsigned, 1U << Operands>{});
    return found;
}

template <class Op> block_function find_loop(dtype type, int operands, unsigned masks, std::int64_t row) {
    block_function found = nullptr;
    with_types(every_type{}, [&]<class T>(std::type_identity<T>) {
        if (dtype_of<T> != type) return;
        if (operands == 1) found = find_loop_of<Op, T, 1>(masks, row);
        if (operands == 2) found = find_loop_of<Op, T, 2>(masks, row);
        if (operands == 3) found = find_loop_of<Op, T, 3>(masks, row);
        if (operands == 4) found = find_loop_of<Op, T, 4>(masks, row);
    });
    return found;
}

// ---- kernels -------------------------------------------------------------------------------------------------------

template <class Signature> struct use_of;
template <class Result, class... Operands> struct use_of<signature<Result, Operands...>> {
    static bool fits(const op_call& call, const tensor_spec& result) {
        if (result.type != dtype_of<Result> || call.operand_count != int{sizeof...(Operands)}) return false;
        int i = 0;
        return (true && ... && (call.type(i++) == dtype_of<Operands>));
    }

    template <class Tag, class Geometry> static void run(const void* geometry, step_addresses at) noexcept {
        run<Tag, Geometry>(geometry, at, std::index_sequence_for<Operands...>{});
    }
    template <class Tag, class Geometry, std::size_t... I>
    [[gnu::always_inline]] static void run(const void* geometry, step_addresses at,
                                           std::index_sequence<I...>) noexcept {
        using entry = kernel_parts::entry<Tag>;
        const Geometry& g = *static_cast<const Geometry*>(geometry);
        Result* const out = reinterpret_cast<Result*>(at[0]);
        const auto call = [&](auto... scratch) {
            entry::run(g, out, reinterpret_cast<const Operands*>(at[1 + I])..., scratch...);
        };
        if constexpr (requires { entry::run(g, out, static_cast<const Operands*>(nullptr)..., at[0]); })
            call(at[1 + sizeof...(I)]);
        else call();
    }

    template <class Op> static void run_custom(const void* geometry, step_addresses at) noexcept {
        run_custom<Op>(geometry, at, std::index_sequence_for<Operands...>{});
    }
    template <class Op, std::size_t... I>
    [[gnu::always_inline]] static void run_custom(const void* geometry, step_addresses at,
                                                  std::index_sequence<I...>) noexcept {
        const custom_call& call = *static_cast<const custom_call*>(geometry);
        Result* const out = reinterpret_cast<Result*>(at[0]);
        if constexpr (requires { Op::scratch_bytes(op_call{}, tensor_spec{}); })
            Op::run(call, out, reinterpret_cast<const Operands*>(at[1 + I])..., at[1 + sizeof...(I)]);
        else Op::run(call, out, reinterpret_cast<const Operands*>(at[1 + I])...);
    }
};

/// A kernel that joins any number of arrays of one type: the types of few are those of all.
template <class Tag, class Geometry, class T> struct joined_use {
    static bool fits(const op_call& call, const tensor_spec& result) {
        bool all = sizeof(T) == static_cast<std::size_t>(size_of(result.type));
        for (int i = 0; i < call.operand_count; ++i) all = all && call.type(i) == result.type;
        return all;
    }
    static void run(const void* geometry, step_addresses at) noexcept {
        kernel_parts::entry<Tag>::join(*static_cast<const Geometry*>(geometry),
                                       reinterpret_cast<const T* const*>(at + 1), reinterpret_cast<T*>(at[0]));
    }
};

template <class Op> using geometry_of = std::remove_cvref_t<decltype(Op::geometry(op_call{}, tensor_spec{}))>;

template <class Op> plain_function find_plain(const op_call& call, const tensor_spec& result) {
    using tag = typename Op::kernel;
    using geometry = geometry_of<Op>;
    plain_function found = nullptr;
    if constexpr (std::is_same_v<tag, kernel_tag::concat>) {
        const auto look_at = [&]<class T>(std::type_identity<T>) {
            if (joined_use<tag, geometry, T>::fits(call, result)) found = &joined_use<tag, geometry, T>::run;
        };
        with_types(type_list<std::uint8_t, std::int32_t, double>{}, look_at);
    } else {
        with_types(signatures_of<tag>{}, [&]<class Signature>(std::type_identity<Signature>) {
            if (found == nullptr && use_of<Signature>::fits(call, result))
                found = &use_of<Signature>::template run<tag, geometry>;
        });
    }
    return found;
}

template <class Tag, class Geometry, class T>
void run_root(const void* geometry, step_addresses at, std::byte* scratch, const block_sink& sink) noexcept {
    const kernel_parts::block_epilogue<T> epilogue(sink);
    kernel_parts::entry<Tag>::run(*static_cast<const Geometry*>(geometry), reinterpret_cast<const T*>(at[0]),
                                  reinterpret_cast<const T*>(at[1]), reinterpret_cast<T*>(scratch), epilogue);
    epilogue.finish();
}

template <class Op> root_function find_root(const op_call&, const tensor_spec& result) {
    root_function found = nullptr;
    with_types(root_types<typename Op::kernel>{}, [&]<class T>(std::type_identity<T>) {
        if (result.type == dtype_of<T>) found = &run_root<typename Op::kernel, geometry_of<Op>, T>;
    });
    return found;
}

template <class Geometry> std::size_t put_geometry(const Geometry& geometry, std::byte* to) {
    static_assert(std::is_trivially_copyable_v<Geometry> && sizeof(Geometry) <= most_geometry_bytes);
    new (to) Geometry(geometry);
    return sizeof(Geometry);
}

// ---- users' own kernels --------------------------------------------------------------------------------------------

template <class Op, class T, class Indices> inline constexpr bool runs_on = false;
template <class Op, class T, std::size_t... I>
inline constexpr bool runs_on<Op, T, std::index_sequence<I...>> =
    requires(const custom_call& call, T* out, std::byte* scratch) {
        Op::run(call, out, (static_cast<void>(I), static_cast<const T*>(out))...);
    } || requires(const custom_call& call, T* out, std::byte* scratch) {
        Op::run(call, out, (static_cast<void>(I), static_cast<const T*>(out))..., scratch);
    };
template <class T, std::size_t> using always = T;

template <class Op> plain_function find_custom(const op_call& call, const tensor_spec& result) {
    plain_function found = nullptr;
    const auto look_at = [&]<class Signature>(std::type_identity<Signature>) {
        if (use_of<Signature>::fits(call, result)) found = &use_of<Signature>::template run_custom<Op>;
    };
    if constexpr (requires { typename Op::signatures; }) {
        with_types(typename Op::signatures{}, look_at);
    } else {
        with_types(every_type{}, [&]<class T>(std::type_identity<T>) {
            const auto look_at_uses_of = [&]<std::size_t... I>(std::index_sequence<I...>) {
                if constexpr (runs_on<Op, T, std::index_sequence<I...>>)
                    look_at(std::type_identity<signature<T, always<T, I>...>>{});
            };
            look_at_uses_of(std::make_index_sequence<0>{});
            look_at_uses_of(std::make_index_sequence<1>{});
            look_at_uses_of(std::make_index_sequence<2>{});
            look_at_uses_of(std::make_index_sequence<3>{});
            look_at_uses_of(std::make_index_sequence<4>{});
        });
    }
    return found;
}

// ---- all of them ---------------------------------------------------------------------------------------------------

template <class Op> run_time_op compiled_op() {
    run_time_op op;
    if constexpr (Op::role == op_role::elementwise) {
        op.loop = &find_loop<Op>;
        op.is_vectorizable = Op::vectorizable;
    } else if constexpr (std::is_same_v<typename Op::kernel, kernel_tag::custom>) {
        op.plain = &find_custom<Op>;
        op.geometry = [](const op_call& call, const tensor_spec& result, std::byte* to) {
            return put_geometry(custom_call(call, result, int{core_parts::word_count<typename Op::attributes>}), to);
        };
    } else {
        op.geometry = [](const op_call& call, const tensor_spec& result, std::byte* to) {
            return put_geometry(Op::geometry(call, result), to);
        };
        if constexpr (Op::kernel::takes_epilogue) {
            op.root = &find_root<Op>;
            op.columns = [](const void* geometry) {
                return kernel_parts::entry<typename Op::kernel>::columns(
                    *static_cast<const geometry_of<Op>*>(geometry));
            };
        } else {
            op.plain = &find_plain<Op>;
        }
    }
    return op;
}

template <const op_info*... Infos> void add_ops(kernel_table& table) {
    (table.add(*Infos, compiled_op<typename op_of<Infos>::type>()), ...);
}

}  // namespace ambit::registry_parts

namespace AMBIT_NAMESPACE {

/// Element types of the result and the operands of a user's kernel, and a list of them.
template <class Result, class... Operands>
using run_time_signature = registry_parts::signature<Result, Operands...>;
template <class... Signatures> using run_time_signatures = registry_parts::type_list<Signatures...>;

/// Compiles an op for dynamic models, from the beginning of the program on.
template <const op_info* Info> struct at_run_time {
    at_run_time() { registry_parts::add_ops<Info>(registry_parts::kernel_table::of_program()); }
};

}  // namespace ambit
