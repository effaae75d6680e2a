// SPDX-License-Identifier: BSL-1.0
// Random tensors, other ones at each call. (Without a scope, `random_normal(…)` is an initializer.)
//
//     tensor noise = random_normal(s, {32, 100}, {.standard_deviation = 0.1});
//     tensor rows  = random_uniform(s, {32}, {.high = 60000, .dtype = int32});
//
// What a call draws depends on the model's seed, the op's path, its own seed if it has one, and how often the model has
// drawn from it: on no other op, and not on the order of anything. So one seed gives one sequence of calls, bit for
// bit, and two models over the same parameters draw different numbers if their seeds differ: `net(parameters,
// seed{2})`.
//
// Each op has a local variable `<op>/state`, int64 [2]: a key, drawn when the model is made, and the number of the
// call. Both go up by one when, and only when, a call computes the op: so no two states that come from different keys
// or calls are ever the same. `net.reset()` starts the sequence again; a saved file does not have it. None of these ops
// has a gradient: there is nothing that they could pass one to. The body of a scan assigns to nothing, and so draws
// nothing: draw for all iterations before it, and let it go over them.
#pragma once

#include <ambit/contract/random.hpp>
#include <ambit/ops/control.hpp>
#include <ambit/ops/control/identity.hpp>
#include <ambit/ops/random.hpp>

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

/// Base of ops that draw: one operand, the state, int64 [2].
struct random_op : compute_op {
    using kernel = kernel_tag::random;
    struct attributes {
        double first, second;
        std::int64_t type, rank;
        std::int64_t extent[max_rank];
    };

    static constexpr random_geometry geometry_of(random_kind kind, const op_call& call, const tensor_spec& result) {
        const attributes by = call.attributes<attributes>();
        return {result.extents.elements(), kind, std::bit_cast<std::int64_t>(by.first),
                std::bit_cast<std::int64_t>(by.second)};
    }

    static constexpr inferred infer(const op_call& call) {
        const attributes by = call.attributes<attributes>();
        tensor_spec result{{}, static_cast<dtype>(by.type)};
        for (std::int64_t i = 0; i < by.rank; ++i) result.extents.append(by.extent[i]);
        if (!is_legal(result.extents))
            return refuses(mistake::op_shape, "every extent is at least 1 and the whole tensor stays below a terabyte",
                           {{}, result.type});
        if (call.operand(0) != tensor_spec{{2}, dtype::int64})
            return refuses(mistake::op_dtype, "the state is int64 [2]", result);
        return yields(result);
    }
    static constexpr inferred infer_floating(const op_call& call) {
        const inferred drawn = infer(call);
        if (drawn.fault == mistake::none && !is_floating(drawn.result.type))
            return refuses(mistake::op_dtype, "the dtype is float32 or float64", drawn.result);
        return drawn;
    }
    /// A parameter outside of its range. Any number that is drawn stays far from the end of the dtype's range.
    static constexpr option_fault parameter_fault(initializer_kind kind, const op_call& call, dtype type) {
        const attributes by = call.attributes<attributes>();
        return scope_parts::initializer_fault({.kind = kind, .first = by.first, .second = by.second}, type);
    }
};

/// Uniform in [low, high), other numbers at each call.
struct random_uniform_op : random_op {
    static constexpr std::string_view name = "random_uniform";
    static constexpr random_geometry geometry(const op_call& call, const tensor_spec& result) {
        return geometry_of(random_kind::uniform, call, result);
    }
    static constexpr inferred infer(const op_call& call) {
        const inferred drawn = random_op::infer(call);
        if (drawn.fault != mistake::none) return drawn;
        const dtype type = drawn.result.type;
        const attributes by = call.attributes<attributes>();
        if (type != dtype::int32 && type != dtype::int64 && !is_floating(type))
            return refuses(mistake::op_dtype, "the dtype is float32, float64, int32 or int64", drawn.result);
        if (const option_fault off = parameter_fault(initializer_kind::random_uniform, call, type))
            return refuses(off, drawn.result);
        // high itself is not drawn; beyond 2^53 a double is not every integer.
        const double limit = type == dtype::int32 ? 0x1p31 : 0x1p53;
        const auto is_integer = [](double x) { return math::equals(math::floor(x), x); };
        if (!is_floating(type) &&
            !(by.first >= -limit && by.second <= limit && is_integer(by.first) && is_integer(by.second)))
            return refuses(mistake::op_option, "low and high must be integers of the dtype, at most 2^53",
                           drawn.result);
        return drawn;
    }
};

/// Normal distributions, cut off or not.
struct normal_op : random_op {
    static constexpr inferred infer(const op_call& call) {
        const inferred drawn = infer_floating(call);
        if (drawn.fault != mistake::none) return drawn;
        if (const option_fault off = parameter_fault(initializer_kind::random_normal, call, drawn.result.type))
            return refuses(off, drawn.result);
        return drawn;
    }
};
/// Normal, other numbers at each call.
struct random_normal_op : normal_op {
    static constexpr std::string_view name = "random_normal";
    static constexpr random_geometry geometry(const op_call& call, const tensor_spec& result) {
        return geometry_of(random_kind::normal, call, result);
    }
};
/// Normal within two standard deviations of the mean, other numbers at each call.
struct truncated_normal_op : normal_op {
    static constexpr std::string_view name = "truncated_normal";
    static constexpr random_geometry geometry(const op_call& call, const tensor_spec& result) {
        return geometry_of(random_kind::truncated_normal, call, result);
    }
};

/// 0 with probability `rate`, else 1 / (1 - rate), for dropout to multiply by.
struct dropout_mask_op : random_op {
    static constexpr std::string_view name = "dropout_mask";
    static constexpr random_geometry geometry(const op_call& call, const tensor_spec& result) {
        return geometry_of(random_kind::mask, call, result);
    }
    static constexpr inferred infer(const op_call& call) { return infer_floating(call); }
};

inline constexpr op_info random_uniform_info = describe<random_uniform_op>();

inline constexpr op_info random_normal_info = describe<random_normal_op>();

inline constexpr op_info truncated_normal_info = describe<truncated_normal_op>();

inline constexpr op_info dropout_mask_info = describe<dropout_mask_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::random_uniform_info> {
    using type = op_parts::random_uniform_op;
};
template <> struct op_of<&op_parts::random_normal_info> {
    using type = op_parts::random_normal_op;
};
template <> struct op_of<&op_parts::truncated_normal_info> {
    using type = op_parts::truncated_normal_op;
};
template <> struct op_of<&op_parts::dropout_mask_info> {
    using type = op_parts::dropout_mask_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// The state's initial values: 53 random bits, and 0 calls.
constexpr double first_random_state(const shape&, std::int64_t element, random_stream& stream) {
    return element == 0 ? stream.uniform() * 0x1p53 : 0;
}

/// Draws, and moves the state on in calls that do.
constexpr tensor draw(scope& s, const op_info& info, double first, double second, const tensor_spec& result,
                      std::optional<std::uint64_t> seed, const op_options& options, const location& at) {
    graph_builder& builder = *s.builder();
    if (!builder.may_be_named(options.name, at)) return builder.inert(result);
    const auto name = builder.reserve_op_name(options.name.empty() ? info.name : options.name);
    const name_scope around(&builder.scopes(),
                            builder.scopes().open_name_scope(builder.scopes().innermost_scope(), name.around, at));
    const auto below_name = [&](std::string_view part) {
        short_text path = name.path;
        path += part;
        return path;
    };
    initializer initial = custom(&first_random_state);
    initial.has_seed = seed.has_value();
    initial.seed = seed.value_or(0);
    const variable state =
        s.variable(below_name("/state"), {2}, {.initializer = initial, .dtype = dtype::int64, .local = true}, at);
    random_op::attributes by{first, second, static_cast<std::int64_t>(result.type), result.extents.rank(), {}};
    for (int i = 0; i < result.extents.rank(); ++i) by.extent[i] = result.extents[i];
    const tensor drawn = make_op(info, {state}, by, {below_name("/draw")}, at);
    const operation step = assign_add(state, 1, {below_name("/step")}, at);
    return builder.depend(identity_info, drawn, {&step, 1}, {}, at, name.id);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor random_uniform(scope& s, const shape& extents, const uniform_draw_options& o, const location& at) {
    return op_parts::draw(s, op_parts::random_uniform_info, o.low, o.high, {extents, o.dtype}, o.seed, {o.name}, at);
}

constexpr tensor random_normal(scope& s, const shape& extents, const normal_draw_options& o, const location& at) {
    return op_parts::draw(s, op_parts::random_normal_info, o.mean, o.standard_deviation, {extents, o.dtype}, o.seed,
                          {o.name}, at);
}

constexpr tensor truncated_normal(scope& s, const shape& extents, const normal_draw_options& o, const location& at) {
    return op_parts::draw(s, op_parts::truncated_normal_info, o.mean, o.standard_deviation, {extents, o.dtype}, o.seed,
                          {o.name}, at);
}

}  // namespace ambit
