// SPDX-License-Identifier: BSL-1.0
// What an op is made of: name, shape rule, meaning or kernel, gradient rule, and the function that users call. Here
// these functions are declared in the page of their family (ops/images.hpp), each once, with default arguments and
// documentation, and defined behind it (ops/images/conv2d.hpp), one file an op. Files of ops/ include the pages whose
// functions they call; everybody else includes ops/all.hpp, which has all pages and all definitions. So gradient rules
// call what they like, and no header includes itself. A user's own op has the same parts, in one file:
//
//     struct cosh_op : ambit::floating_unary_op {
//         static constexpr std::string_view name = "cosh";
//         template <class V> static constexpr V apply(V x) {
//             using ambit::math::exp;
//             return V(0.5f) * (exp(x) + exp(-x));
//         }
//     };
//     inline constexpr ambit::op_info cosh_info = ambit::describe<cosh_op>();
//     template <> struct ambit::op_of<&cosh_info> { using type = cosh_op; };
//
//     constexpr ambit::tensor cosh(const ambit::tensor& x, const ambit::op_options& options = {},
//                                  const std::source_location& at = std::source_location::current()) {
//         return ambit::make_op(cosh_info, {x}, ambit::no_attributes{}, options, at);
//     }
//
// An elementwise op has `apply`, one template over scalars and SIMD batches; it is fused with its neighbours. Operands
// and result have one dtype, and beside it there may be bool: of such an operand `apply` gets a bool or a mask of
// lanes, for such a result it gives one, as comparisons of batches do. If it has options, `attributes` is a struct of
// `std::int64_t` and `double` members, and `apply` takes it first. Any other op has `kernel` (a tag) and
// `geometry`, which stand in its family's page of contract/, or the tag `custom` and a kernel of its own:
//
//     template <class Call, class T> static void run(T* out, const T* in) noexcept;   // a pointer for each operand
//
// where `Call::value.result`, `Call::value.operands[i]` and `Call::value.attributes<A>()` are known to the compiler,
// and every array is contiguous and row-major. An op with a static function `scratch_bytes(const op_call&, const
// tensor_spec& result)` gets a last argument, `std::byte*`, 64-byte aligned: memory for the length of the call.
// An op says its work, where that is more than moving elements, by `flops(const op_call&, const tensor_spec& result)`.
// `examples/own_op` has one of each kind. A kernel written as `run(const custom_call& call, T* out, const T* in)`
// (model/custom_call.hpp) runs in dynamic models, too; registry/run_time_op.hpp says how ops join them. With
// `static constexpr bool in_place = true` a kernel may find its first operand's memory in the place of the result's.
//
// A differentiable op has `static constexpr void gradient(gradient_call&)` (graph/gradient_call.hpp).
#pragma once

#include <ambit/core/attributes.hpp>
#include <ambit/contract/kernel_tags.hpp>
#include <ambit/contract/rows.hpp>
#include <ambit/graph/builder.hpp>
#include <ambit/graph/gradient_call.hpp>
#include <ambit/graph/line_of_call.hpp>

#include <source_location>
#include <string_view>

namespace AMBIT_NAMESPACE {

using location = std::source_location;

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// Sums over the axes that broadcasting made of `extents` (ops/arithmetic/sum_to.hpp): what the gradient rules of
/// broadcasting ops end in.
constexpr tensor sum_to(const tensor& x, const shape& extents);

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// The result of an op whose rule holds.
///
///     return yields(spec(float32, {call.operand(0).extents[0]}));       // [n, …] -> [n]
constexpr inferred yields(const tensor_spec& result) { return {result, mistake::none, {}}; }

/// That of one whose rule is broken: the mistake, the rule, and the best guess of a result.
///
///     if (call.type(0) == dtype::boolean)
///         return refuses(mistake::op_dtype, "the operand must be a number", call.operand(0));
constexpr inferred refuses(mistake fault, std::string_view rule, const tensor_spec& guess) {
    return {guess, fault, rule};
}
/// The same of an option that is not what it may be: the message gives its value and the range.
constexpr inferred refuses(const contract_parts::option_fault& off, const tensor_spec& guess) {
    return {guess, mistake::op_option, {}, off};
}

/// The refusal of a result that no tensor may be, and the result where it may.
///
///     if (call.operand(0).extents.elements() > most) return exceeds_a_terabyte(call.operand(0));
constexpr inferred exceeds_a_terabyte(const tensor_spec& guess) {
    return refuses(mistake::op_shape, "the result would exceed a terabyte", guess);
}
constexpr inferred yields_below_a_terabyte(const tensor_spec& result, const tensor_spec& guess) {
    return core_parts::is_legal(result.extents) ? yields(result) : exceeds_a_terabyte(guess);
}

/// A broken rule, with what would fit.
///
///     return hinted(refuses(mistake::op_shape, "rows must agree", call.operand(0)), "transpose the operand");
constexpr inferred hinted(inferred refusal, std::string_view hint) {
    refusal.hint = hint;
    return refusal;
}

/// Base of elementwise ops. An op says `heavy` if its code is long, so that loops around it are not expanded,
/// `vectorizable = false` if its `apply` takes scalars only, and `interleaves` if its `apply` takes pairs of batches of
/// floats, too (kernels/vectors/pair.hpp): that pays for many steps one behind the other.
struct elementwise_op {
    static constexpr op_role role = op_role::elementwise;
    using attributes = no_attributes;
    static constexpr bool heavy = false;
    static constexpr bool vectorizable = true;
    static constexpr bool interleaves = false;
};

/// One operand of any dtype but bool.
struct unary_op : elementwise_op {
    static constexpr inferred infer(const op_call& call) {
        if (call.type(0) == dtype::boolean)
            return refuses(mistake::op_dtype, "the operand must be a number", call.operand(0));
        return yields(call.operand(0));
    }
};

/// One operand, float32 or float64.
struct floating_unary_op : elementwise_op {
    static constexpr inferred infer(const op_call& call) {
        if (!is_floating(call.type(0)))
            return refuses(mistake::op_dtype, "the operand must be float32 or float64", call.operand(0));
        return yields(call.operand(0));
    }
};

/// Two operands of one dtype, broadcast as NumPy does.
struct binary_op : elementwise_op {
    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& a = call.operand(0);
        if (a.type == dtype::boolean && call.type(1) == dtype::boolean)
            return refuses(mistake::op_dtype, "the operands must be numbers", a);
        return infer_of_any(call);
    }
    /// The same for every dtype.
    static constexpr inferred infer_of_any(const op_call& call) {
        const tensor_spec& a = call.operand(0);
        const tensor_spec& b = call.operand(1);
        if (a.type != b.type) return refuses(mistake::op_dtype, "both operands must have one dtype", a);
        if (!core_parts::are_broadcastable(a.extents, b.extents))
            return refuses(mistake::op_shape, "extents must be equal, or 1, from the last axis on",
                           a.extents.rank() >= b.extents.rank() ? a : b);
        const tensor_spec result{core_parts::broadcast(a.extents, b.extents), a.type};
        // Broadcasting multiplies extents: {1000000, 1} and {1000000} make a terabyte.
        return yields_below_a_terabyte(result, a);
    }
};

/// Two floats of one dtype, broadcast as NumPy does.
struct floating_binary_op : binary_op {
    static constexpr inferred infer(const op_call& call) {
        const inferred result = binary_op::infer(call);
        if (result.fault == mistake::none && !is_floating(result.result.type))
            return refuses(mistake::op_dtype, "the operands must be float32 or float64", result.result);
        return result;
    }
};

/// Base of ops with a kernel of their own.
struct compute_op {
    static constexpr op_role role = op_role::compute;
    using attributes = no_attributes;
};

/// An axis counted from either end as one counted from the front, or -1 if there is none such.
///
///     const int axis = normalize_axis(-1, call.operand(0).extents.rank());      // the last one
constexpr int normalize_axis(std::int64_t axis, int rank) {
    if (axis < -rank || axis >= rank) return -1;
    return static_cast<int>(axis < 0 ? axis + rank : axis);
}

/// A row-major array seen along one axis.
///
///     const auto rows = along_axis(call.operand(0).extents, 1);  // of [8, 32, 10]: outer 8, extent 32, inner 10
constexpr contract_parts::axis_geometry along_axis(const shape& extents, int axis) {
    contract_parts::axis_geometry g{1, extents[axis], 1};
    for (int i = 0; i < axis; ++i) g.outer *= extents[i];
    for (int i = axis + 1; i < extents.rank(); ++i) g.inner *= extents[i];
    return g;
}

}  // namespace ambit
