// SPDX-License-Identifier: BSL-1.0
// Values that are looked at while a call runs: if one is not as it should be, the call throws.
//
//     tensor logits = check_finite(dense(s, "logits", h, 10), {.name = "logits_are_numbers"});
//     tensor labels = check_range(given, {.high = 10});         // 0 <= label < 10
//
// Both give what they are given, and the gradient passes through. The check is done when, and only when, a call
// computes the op, or a gradient that has passed through it: a step along the slope of a checked loss needs the check,
// though not the loss. All checks of a call are done before any of its assignments takes effect, and the first op of
// the program that finds something is the one that is thrown (diagnostics/check_error.hpp). So after a throw every
// variable is as it was before the call. The price: in a model with checks no variable is updated in place; new values
// lie in the arena until all checks are done. A call that does any check is not `noexcept`. The body of a scan has no
// checks: check what goes in and what comes out.
#pragma once

#include <ambit/contract/control.hpp>
#include <ambit/math/constexpr_math.hpp>
#include <ambit/ops/control.hpp>
#include <ambit/ops/control/identity.hpp>

#include <bit>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

/// Base of checks: the result is a check_finding, int64 [3].
struct check_op : compute_op {
    using kernel = kernel_tag::check;
    static constexpr inferred found() { return yields({{3}, dtype::int64}); }
};

/// The operand, gradients included; a call that finds NaN or an infinity in it throws.
struct check_finite_op : check_op {
    static constexpr std::string_view name = "check_finite";
    static constexpr inferred infer(const op_call& call) {
        if (!is_floating(call.type(0)))
            return refuses(mistake::op_dtype, "the operand must be float32 or float64", found().result);
        return found();
    }
    static constexpr check_geometry geometry(const op_call& call, const tensor_spec&) {
        return {call.extents(0).elements(), check_kind::finite, 0, 0};
    }
};
inline constexpr op_info check_finite_info = describe<check_finite_op>();

/// The operand, gradients included; a call that finds an element of it below `low` or not below `high` throws.
struct check_range_op : check_op {
    static constexpr std::string_view name = "check_range";
    struct attributes {
        double low, high;
    };
    static constexpr inferred infer(const op_call& call) {
        const auto [low, high] = call.attributes<attributes>();
        if (call.type(0) == dtype::boolean)
            return refuses(mistake::op_dtype, "the operand must be a number", found().result);
        // Beyond 2^53 doubles do not tell integers apart.
        if (call.type(0) == dtype::int64 && math::fabs(low) >= 0x1p53 && math::is_finite(low))
            return refuses(option_fault{"low", low, range_of::above_to_below(-0x1p53, 0x1p53)}, found().result);
        if (call.type(0) == dtype::int64 && math::fabs(high) >= 0x1p53 && math::is_finite(high))
            return refuses(option_fault{"high", high, range_of::above_to_below(-0x1p53, 0x1p53)}, found().result);
        if (!(low < high)) return refuses(option_fault{"low", low, range_of::below(high)}, found().result);
        return found();
    }
    static constexpr check_geometry geometry(const op_call& call, const tensor_spec&) {
        const attributes by = call.attributes<attributes>();
        return {call.extents(0).elements(), check_kind::range, std::bit_cast<std::int64_t>(by.low),
                std::bit_cast<std::int64_t>(by.high)};
    }
};
inline constexpr op_info check_range_info = describe<check_range_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::check_finite_info> {
    using type = op_parts::check_finite_op;
};
template <> struct op_of<&op_parts::check_range_info> {
    using type = op_parts::check_range_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// `x`, which needs the check, whose finding goes to a local variable below the op's name.
template <class Attributes>
constexpr tensor checked(const op_info& info, const tensor& x, const Attributes& by, std::string_view given_name,
                         const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    graph_builder& builder = *x.builder();
    if (!builder.may_be_named(given_name, at)) return x;
    const auto name = builder.reserve_op_name(given_name.empty() ? info.name : given_name);
    const name_scope around(&builder.scopes(),
                            builder.scopes().open_name_scope(builder.scopes().innermost_scope(), name.around, at));
    const auto below_name = [&](std::string_view part) {
        short_text path = name.path;
        path += part;
        return path;
    };
    const tensor found = make_op(info, {x}, by, {below_name("/check")}, at);
    if (builder.is_inert(found.id())) return x;
    const int id = builder.variables().make_variable(builder.scopes().innermost_scope(), below_name("/found"), {3},
                                                     {.dtype = dtype::int64, .local = true}, at);
    const operation kept = builder.keep_finding({&builder.variables(), id}, found, {below_name("/keep")}, at);
    return builder.depend(identity_info, x, {&kept, 1}, {}, at, name.id);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor check_finite(const tensor& x, const op_options& options, const location& at) {
    return op_parts::checked(op_parts::check_finite_info, x, no_attributes{}, options.name, at);
}

constexpr tensor check_range(const tensor& x, const check_range_options& o, const location& at) {
    return op_parts::checked(op_parts::check_range_info, x, op_parts::check_range_op::attributes{o.low, o.high}, o.name,
                             at);
}

}  // namespace ambit
