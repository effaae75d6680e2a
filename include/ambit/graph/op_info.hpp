// SPDX-License-Identifier: BSL-1.0
// What a graph knows of an op: its name, its role, and how to compute the shape and dtype of its result. A node holds
// a pointer to a constexpr op_info, and `op_of<&info>::type` leads back from the pointer to the op's type, which has
// the meaning and the kernel. So a user's own op, in the user's own header, is an op like all others.
#pragma once

#include <ambit/core/attributes.hpp>
#include <ambit/contract/option_range.hpp>
#include <ambit/core/hash.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/diagnostics/kinds.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

/// How the plan treats an op. Passes look at the role and the id, never at addresses: g++ with
/// -fsanitize=undefined refuses to compare them in constant evaluation.
enum class op_role : std::int32_t {
    input,        ///< a value that the caller hands in; word 0 is its position
    constant,     ///< its elements are its last words (math/number.hpp)
    read,         ///< the value of a variable at this point; word 0 is the variable
    elementwise,  ///< each element of the result from one element of each operand, with broadcasting
    alias,        ///< the same elements in the same order under another shape
    compute,      ///< anything else: a kernel of its own
    assign,       ///< operand 0 becomes the value of a variable, word 0; no result
    group,        ///< all its operands, which are assignments and groups; no result
    inert,        ///< stands for a value that a mistake kept from being made
    // Loops (graph/loop.hpp). Word 0 of the first two is the region of the body.
    loop_begin,   ///< where a loop begins; word 1 is the most iterations that it runs
    loop_end,     ///< operand 0 is its begin, operand 1 its test if it has one
    loop_test,    ///< the iteration goes on if operand 0, a bool, is true; else the loop ends
    carried,  ///< the value of an iteration that operand 0 is before the first (itself: anything) and operand 1 after each
    slice,  ///< one element of operand 0 along axis 0, another in each iteration; word 0: the last one first
    iteration,  ///< the number of the iteration, int32; word 0: counted down
    final,  ///< what operand 0, a carried value, is after the last iteration of operand 1
    stacked  ///< operand 0 of every iteration of operand 1 along a new axis 0; word 0: the last one first
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

/// Whether a node is something done rather than a value.
constexpr bool is_operation(op_role role) { return role == op_role::assign || role == op_role::group; }

/// The most operands and 64-bit words of options that an elementwise op has.
inline constexpr int max_fused_operands = 4;
inline constexpr int max_fused_words = 4;

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

/// The operands and options of one use of an op, as its shape rule sees them.
struct op_call {
    const tensor_spec* operands = nullptr;
    int operand_count = 0;
    const std::int64_t* words = nullptr;

    constexpr const tensor_spec& operand(int index) const { return operands[index]; }
    constexpr const shape& extents(int index) const { return operands[index].extents; }
    constexpr dtype type(int index) const { return operands[index].type; }
    template <core_parts::attribute_struct Attributes> constexpr Attributes attributes() const {
        return core_parts::from_words<Attributes>(words);
    }
};

/// What a shape rule answers: a result, or a fault with the rule that was broken or the option that lies outside of its
/// range. After a fault the result is the best guess, so that the code behind it can go on without further noise.
struct inferred {
    tensor_spec result;
    mistake fault = mistake::none;
    std::string_view rule;
    contract_parts::option_fault off = {};
    std::string_view hint = {};  // what would fit, where that shows
};

/// What every op takes after its operands: `relu(x, {.name = "activation"})`.
struct op_options {
    std::string_view name = {};  ///< else the op's own name; made unique within the open name scope
};

class gradient_call;

namespace graph_parts {
/// Of an op without a kernel: no memory, no work. A pass calls it; g++'s sanitizer does not let constant evaluation
/// compare a function's address with null.
constexpr std::int64_t none_needed(const op_call&, const tensor_spec&) { return 0; }
}  // namespace graph_parts

/// Bytes of weights that are kept as their kernel reads them, and of the scratch memory that it needs then.
struct packed_memory {
    std::int64_t weights = 0;  ///< 0: they are not
    std::int64_t scratch = 0;
};

struct op_info {
    std::string_view name;  ///< `matmul`; default name of its nodes
    std::uint64_t id = 0;  ///< hash of the name: tells ops apart in passes
    op_role role = op_role::compute;
    std::int32_t takes_epilogue = 0;  ///< its kernel can end in elementwise ops
    inferred (*infer)(const op_call&) = nullptr;
    /// Bytes of scratch memory that its kernel needs.
    std::int64_t (*scratch)(const op_call&, const tensor_spec& result) = nullptr;
    /// How a loss changes with the operands (graph/gradient_call.hpp), if the op is differentiable.
    void (*gradient)(gradient_call&) = nullptr;
    std::int32_t is_differentiable = 0;
    std::int32_t fused_words = 0;  ///< words of options that its meaning takes; a shape rule may read more
    std::int32_t has_scratch = 0;  ///< its kernel may need scratch memory, at some shape
    std::int32_t in_place = 0;  ///< its kernel may write the result over operand 0, and leaves what stays
    std::int32_t in_variable = 0;  ///< and so where that is what a variable holds, as soon as nothing else reads it
    std::int32_t early = 0;  ///< runs as soon as its operands are there: it begins what goes on beside the call
    /// How many floating-point operations it takes.
    std::int64_t (*flops)(const op_call&, const tensor_spec& result) = &graph_parts::none_needed;
    /// What it needs where its weights, operand 1, are kept packed.
    packed_memory (*packed)(const op_call&, const tensor_spec& result) = nullptr;
    std::int32_t takes_packed_weights = 0;  ///< its kernel can, at some shape
    std::int32_t side_by_side = 0;  ///< its result lies in block `word 0`, from byte `word 1` on, with all of its kind
    std::int32_t repeated = 0;  ///< runs again behind each kernel, until its result is read: it helps what goes on
    std::int32_t is_view = 0;  ///< its result is elements of operand 0, which may lie side by side
    /// The element of operand 0 with which a view begins whose elements lie there side by side; -1 where they do not.
    std::int64_t (*begins_at)(const op_call&, const tensor_spec& result) = &graph_parts::none_needed;
    /// How many elements of operand 0, side by side, make one of the result; 0 where those of one lie apart.
    std::int64_t (*reduced_row)(const op_call&, const tensor_spec& result) = &graph_parts::none_needed;
    std::int32_t takes_loop = 0;  ///< its kernel can take such rows from the loop that computes them
    std::int32_t looks_again = 0;  ///< and may have some of them computed twice
    std::int32_t heavy = 0;  ///< of an elementwise op: its code is long
    std::int32_t filler = 0;
};

/// Leads from an op_info back to the type of the op; each op specializes it: `using type = …`.
template <const op_info* Info> struct op_of;

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

/// What tells ops apart: the hash of their names.
constexpr std::uint64_t op_id(std::string_view name) { return core_parts::fnv1a(name); }

constexpr std::int64_t one_for_each_element(const op_call&, const tensor_spec& result) {
    return result.extents.elements();
}

/// Of an op that has a kernel: what it says itself, or what its geometry is known for. Moving elements is no work.
template <class Op> constexpr std::int64_t flops_of_op(const op_call& call, const tensor_spec& result) {
    if constexpr (requires { Op::flops(call, result); }) return Op::flops(call, result);
    else if constexpr (requires { flops(Op::geometry(call, result)); }) return flops(Op::geometry(call, result));
    else return 0;
}

/// Memory of an op that has a kernel with packed weights.
template <class Op> constexpr packed_memory packed_memory_of(const op_call& call, const tensor_spec& result) {
    const auto geometry = Op::geometry(call, result);
    const bool is_floating = result.type == dtype::float32 || result.type == dtype::float64;
    if (!is_floating || !prefers_packed_weights(geometry)) return {};
    const std::int64_t size = size_of(result.type);
    return {packed_elements(geometry) * size, scratch_elements(with_packed_weights(geometry)) * size};
}

/// Where a view begins. Axes that are one run are one axis of its geometry.
template <class Op> constexpr std::int64_t begin_of_view(const op_call& call, const tensor_spec& result) {
    const auto geometry = Op::geometry(call, result);
    const bool is_run = geometry.rank == 1 && (geometry.stride[0] == 1 || geometry.extent[0] == 1);
    return is_run ? geometry.start : -1;
}

/// The length of the rows that a reduction of an op's kernel puts together.
template <class Op> constexpr std::int64_t reduced_row_of(const op_call& call, const tensor_spec& result) {
    return reduced_row(Op::geometry(call, result));
}

/// Scratch memory of an op that has a kernel.
template <class Op> constexpr std::int64_t scratch_of(const op_call& call, const tensor_spec& result) {
    if constexpr (requires { Op::scratch_bytes(call, result); }) return Op::scratch_bytes(call, result);
    // Found beside the geometry: its page of contract/ is included by the op alone.
    else if constexpr (requires { scratch_elements(Op::geometry(call, result)); })
        return scratch_elements(Op::geometry(call, result)) * size_of(result.type);
    else return 0;
}

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

/// The op_info of an op type: one with `name`, `role` and a static function `infer`, and with a `kernel` if it is no
/// elementwise op.
template <class Op> constexpr op_info describe() {
    if constexpr (Op::role == op_role::elementwise)
        static_assert(core_parts::word_count<typename Op::attributes> <= graph_parts::max_fused_words,
                      "[ambit] an elementwise op has at most 4 attributes: give this one a kernel of its own");
    op_info info{Op::name, graph_parts::op_id(Op::name), Op::role, 0, &Op::infer, nullptr};
    info.fused_words = core_parts::word_count<typename Op::attributes>;
    if constexpr (requires(gradient_call& call) { Op::gradient(call); }) {
        info.gradient = &Op::gradient;
        info.is_differentiable = 1;
    }
    if constexpr (Op::role == op_role::elementwise) {
        info.flops = &graph_parts::one_for_each_element;
        info.heavy = Op::heavy ? 1 : 0;
    } else if constexpr (Op::role == op_role::compute) {
        info.flops = &graph_parts::flops_of_op<Op>;
    }
    if constexpr (requires { typename Op::kernel; }) {
        info.takes_epilogue = Op::kernel::takes_epilogue ? 1 : 0;
        info.scratch = &graph_parts::scratch_of<Op>;
        info.has_scratch = requires(const op_call& call, const tensor_spec& result) {
            Op::scratch_bytes(call, result);
        } || requires(const op_call& call, const tensor_spec& result) {
            scratch_elements(Op::geometry(call, result));
        } ? 1 : 0;
        if constexpr (requires { Op::kernel::takes_packed_weights; }) {
            info.packed = &graph_parts::packed_memory_of<Op>;
            info.takes_packed_weights = 1;
        }
        if constexpr (requires { Op::kernel::is_view; }) {
            info.is_view = 1;
            info.begins_at = &graph_parts::begin_of_view<Op>;
        }
        if constexpr (requires { Op::kernel::takes_loop; }) {
            info.takes_loop = 1;
            info.looks_again = Op::kernel::looks_again ? 1 : 0;
            info.reduced_row = &graph_parts::reduced_row_of<Op>;
        }
    } else {
        info.scratch = &graph_parts::none_needed;
    }
    if constexpr (requires { Op::in_place; }) info.in_place = Op::in_place ? 1 : 0;
    if constexpr (requires { Op::in_variable; }) info.in_variable = Op::in_variable ? 1 : 0;
    if constexpr (requires { Op::early; }) info.early = Op::early ? 1 : 0;
    if constexpr (requires { Op::side_by_side; }) info.side_by_side = Op::side_by_side ? 1 : 0;
    if constexpr (requires { Op::repeated; }) info.repeated = Op::repeated ? 1 : 0;
    return info;
}

}  // namespace ambit
