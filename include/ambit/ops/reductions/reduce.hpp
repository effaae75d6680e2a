// SPDX-License-Identifier: BSL-1.0
// Reductions over some axes, or over all of them: sum, mean, maximum and minimum. Others:
// ops/reductions/reduce_prod.hpp, ops/reductions/reduce_logical.hpp, ops/reductions/reduce_logsumexp.hpp,
// ops/reductions/moments.hpp.
//
//     tensor loss  = reduce_mean(errors);                                      // a scalar
//     tensor total = reduce_sum(x, {.axes = {0, 1}});                          // [2, 3, 4] -> [4]
//     tensor peak  = reduce_max(x, {.axes = -1, .keep_dims = true});           // [2, 3, 4] -> [2, 3, 1]
//
// A maximum or minimum is NaN if any element is. Sums run in the kernel's order.
#pragma once

#include <ambit/contract/reductions.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/comparison/where_greater.hpp>
#include <ambit/ops/reductions.hpp>

#include <concepts>

namespace AMBIT_NAMESPACE::op_parts {

/// What all reductions share.
struct reduce_op : compute_op {
    struct attributes {
        std::int64_t count;           // of axes; 0 for all
        std::int64_t axis[max_rank];
        std::int64_t keep_dims;
    };

    static constexpr inferred infer(const op_call& call) {
        if (call.type(0) == dtype::boolean)
            return refuses(mistake::op_dtype, "the operand must be a number", call.operand(0));
        return reduced(call);
    }

    /// The result of an operand of any dtype.
    static constexpr inferred reduced(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const auto a = call.attributes<attributes>();
        bool is_reduced[max_rank] = {};
        for (std::int64_t i = 0; i < a.count; ++i) {
            const int axis = normalize_axis(a.axis[i], x.extents.rank());
            if (axis < 0) return refuses(mistake::op_option, "an axis lies outside of the operand", x);
            if (is_reduced[axis]) return refuses(mistake::op_option, "an axis is given twice", x);
            is_reduced[axis] = true;
        }
        tensor_spec result{{}, x.type};
        for (int axis = 0; axis < x.extents.rank(); ++axis) {
            if (a.count > 0 && !is_reduced[axis]) result.extents.append(x.extents[axis]);
            else if (a.keep_dims != 0) result.extents.append(1);
        }
        return yields(result);
    }

    /// Neighbouring axes of a kind are merged, extents of 1 left out.
    static constexpr reduce_geometry geometry(const op_call& call, const tensor_spec&) {
        const shape& x = call.extents(0);
        const auto a = call.attributes<attributes>();
        bool is_reduced[max_rank] = {};
        for (int axis = 0; axis < x.rank(); ++axis) is_reduced[axis] = a.count == 0;
        for (std::int64_t i = 0; i < a.count; ++i) is_reduced[normalize_axis(a.axis[i], x.rank())] = true;
        reduce_geometry g;
        for (int axis = 0; axis < x.rank(); ++axis) {
            if (x[axis] == 1) continue;
            const std::int64_t flag = is_reduced[axis] ? 1 : 0;
            if (g.rank > 0 && g.reduced[g.rank - 1] == flag) {
                g.extent[g.rank - 1] *= x[axis];
            } else {
                g.extent[g.rank] = x[axis];
                g.reduced[g.rank] = flag;
                ++g.rank;
            }
        }
        return g;
    }

    static constexpr attributes attributes_from(const reduce_options& options) {
        attributes a{};
        a.count = options.axes.size();
        for (int i = 0; i < options.axes.size(); ++i) a.axis[i] = options.axes[i];
        a.keep_dims = options.keep_dims ? 1 : 0;
        return a;
    }
};

/// The sum of elements over some axes, or over all.
struct reduce_sum_op : reduce_op {
    static constexpr std::string_view name = "reduce_sum";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::sum;
};
inline constexpr op_info reduce_sum_info = describe<reduce_sum_op>();

/// The mean of elements over some axes, or over all.
struct reduce_mean_op : reduce_op {
    static constexpr std::string_view name = "reduce_mean";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::mean;

    static constexpr inferred infer(const op_call& call) {
        const inferred result = reduce_op::infer(call);
        if (result.fault == mistake::none && !is_floating(call.type(0)))
            return refuses(mistake::op_dtype, "the operand must be float32 or float64", result.result);
        return result;
    }
};
inline constexpr op_info reduce_mean_info = describe<reduce_mean_op>();

/// The largest of elements over some axes, or over all.
struct reduce_max_op : reduce_op {
    static constexpr std::string_view name = "reduce_max";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::maximum;
};
inline constexpr op_info reduce_max_info = describe<reduce_max_op>();

/// The smallest of elements over some axes, or over all.
struct reduce_min_op : reduce_op {
    static constexpr std::string_view name = "reduce_min";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::minimum;
};
inline constexpr op_info reduce_min_info = describe<reduce_min_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::reduce_sum_info> {
    using type = op_parts::reduce_sum_op;
};
template <> struct op_of<&op_parts::reduce_mean_info> {
    using type = op_parts::reduce_mean_op;
};
template <> struct op_of<&op_parts::reduce_max_info> {
    using type = op_parts::reduce_max_op;
};
template <> struct op_of<&op_parts::reduce_min_info> {
    using type = op_parts::reduce_min_op;
};

constexpr tensor reduce_sum(const tensor& x, const reduce_options& options, const location& at) {
    return make_op(op_parts::reduce_sum_info, {x}, op_parts::reduce_op::attributes_from(options), {options.name}, at);
}

constexpr tensor reduce_mean(const tensor& x, const reduce_options& options, const location& at) {
    return make_op(op_parts::reduce_mean_info, {x}, op_parts::reduce_op::attributes_from(options), {options.name}, at);
}

constexpr tensor reduce_max(const tensor& x, const reduce_options& options, const location& at) {
    return make_op(op_parts::reduce_max_info, {x}, op_parts::reduce_op::attributes_from(options), {options.name}, at);
}

constexpr tensor reduce_min(const tensor& x, const reduce_options& options, const location& at) {
    return make_op(op_parts::reduce_min_info, {x}, op_parts::reduce_op::attributes_from(options), {options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// A value of a reduction's result for each element of its operand.
constexpr tensor spread(const gradient_call& call, const tensor& value) {
    const shape extents = call.operand(0).shape();
    const auto a = call.attributes<reduce_op::attributes>();
    shape kept = extents;
    for (int axis = 0; axis < extents.rank(); ++axis)
        if (a.count == 0) kept.set(axis, 1);
    for (std::int64_t i = 0; i < a.count; ++i) kept.set(normalize_axis(a.axis[i], extents.rank()), 1);
    const tensor aligned = value.shape() == kept ? value : reshape(value, kept);
    return kept == extents ? aligned : broadcast_to(aligned, extents);
}

constexpr void reduce_sum_op::gradient(gradient_call& call) { call.give(0, spread(call, call.upstream())); }

constexpr void reduce_mean_op::gradient(gradient_call& call) {
    const double count =
        static_cast<double>(call.operand(0).shape().elements()) / static_cast<double>(call.result().shape().elements());
    const tensor share = mul(call.upstream(), 1 / count);
    call.give(0, spread(call, share));
}

/// The gradient of an extreme, shared equally by all elements that are it; `is_extreme` has 1 for them, else 0.
constexpr void share_of_extreme(gradient_call& call, const tensor& is_extreme) {
    const tensor count = make_op(reduce_sum_info, {is_extreme}, call.attributes<reduce_op::attributes>(), {}, {});
    const tensor share = div(call.upstream(), count);
    call.give(0, mul(is_extreme, spread(call, share)));
}

constexpr void reduce_max_op::gradient(gradient_call& call) {
    const tensor x = call.operand(0);
    const tensor one = x.builder()->constant(1, x.dtype());
    const tensor largest = spread(call, call.result());
    share_of_extreme(call, where_greater_equal(x, largest, one));
}

constexpr void reduce_min_op::gradient(gradient_call& call) {
    const tensor x = call.operand(0);
    const tensor one = x.builder()->constant(1, x.dtype());
    const tensor least = spread(call, call.result());
    share_of_extreme(call, where_greater_equal(least, x, one));
}

}  // namespace ambit::op_parts
