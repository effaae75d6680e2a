// SPDX-License-Identifier: BSL-1.0
// Reductions, softmax and normalizations.
#include "importing.hpp"

#include <numeric>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

using reduction = tensor (*)(const tensor&, const reduce_options&);

/// Axes are an attribute, from some opset on an input; none are all, or none with `noop_with_empty_axes`.
op_function reduce(reduction compute, bool in_float = false) {
    return [=](node_call& call) {
        tensor x = call.x(0);
        const integers given = call.has(1) ? call.known_integers(1) : call.list("axes");
        if (given.empty() && call.integer("noop_with_empty_axes", 0) != 0) return call.give(x);
        const dtype type = x.dtype();
        if (in_float && !is_floating(type)) x = cast(x, float64);
        const tensor result = compute(
            x, {.axes = axes_of(call.axes(given, call.rank(0))), .keep_dims = call.integer("keepdims", 1) != 0});
        call.give(narrowed(cast_to(result, type), call.type(0)));
    };
}

/// Before opset 13 softmax and its like saw a matrix: the axes before `axis`, and all others.
template <class Compute> op_function along_axis(const Compute& compute) {
    return [=](node_call& call) {
        const tensor x = call.x(0);
        if (call.opset() >= 13) return call.give(compute(call, x, call.axis(call.integer("axis", -1), call.rank(0))));
        const int axis = call.axis(call.integer("axis", 1), call.rank(0));
        std::int64_t rows = 1;
        for (int i = 0; i < axis; ++i) rows *= x.shape()[i];
        const tensor rows_of_x = reshape(x, shape{rows, std::int64_t{-1}});
        call.give(reshape(compute(call, rows_of_x, 1), x.shape()));
    };
}

/// 1 where the largest element along the axis stands, the first of equals.
tensor hardmax(const node_call&, const tensor& x, int axis) {
    return one_hot(argmax(x, axis), x.shape()[axis], {.axis = axis, .dtype = x.dtype()});
}

/// A vector of channels, as an array that is broadcast along axis 1 of `rank` axes.
tensor by_channel(const tensor& x, int rank) {
    integers extents(static_cast<std::size_t>(rank), 1);
    if (rank > 1) extents[1] = x.shape().elements();
    return reshape(x, shape_of(extents));
}

void batch_normalization(node_call& call) {
    const tensor x = call.x(0);
    const int rank = call.rank(0);
    const auto channel = [&](int i) { return by_channel(cast_to(call.x(i), x.dtype()), rank); };
    const auto epsilon = scalar_of(call.s(), call.number("epsilon", double{1e-5F}), x.dtype());
    if (call.integer("training_mode", 0) == 0) {
        const tensor scale = channel(1) * rsqrt(channel(4) + epsilon);
        return call.give((x - channel(3)) * scale + channel(2));
    }
    ambit::axes others;
    for (int axis = 0; axis < rank; ++axis)
        if (axis != 1) others.append(axis);
    const auto [mean, variance] = moments(x, {.axes = others, .keep_dims = true});
    call.give((x - mean) * rsqrt(variance + epsilon) * channel(1) + channel(2));
    const auto kept = scalar_of(call.s(), call.number("momentum", double{0.9F}), x.dtype());
    const auto running = [&](int i, const tensor& now) {
        const tensor before = cast_to(call.x(i), x.dtype());
        const tensor mixed = before * kept + reshape(now, before.shape()) * (1 - kept);
        call.give(cast_to(mixed, call.x(i).dtype()), call.type(i), i - 2);
    };
    running(3, mean);
    running(4, variance);
}

void instance_normalization(node_call& call) {
    const tensor x = call.x(0);
    const int rank = call.rank(0);
    ambit::axes places;
    for (int axis = 2; axis < rank; ++axis) places.append(axis);
    const auto epsilon = scalar_of(call.s(), call.number("epsilon", double{1e-5F}), x.dtype());
    const auto [mean, variance] = moments(x, {.axes = places, .keep_dims = true});
    call.give((x - mean) * rsqrt(variance + epsilon) * by_channel(call.x(1), rank) + by_channel(call.x(2), rank));
}

void layer_normalization_by(node_call& call) {
    const tensor x = call.x(0);
    const int rank = call.rank(0);
    ambit::axes last;
    for (int axis = call.axis(call.integer("axis", -1), rank); axis < rank; ++axis) last.append(axis);
    const auto [mean, variance] = moments(x, {.axes = last, .keep_dims = true});
    const tensor inverse = rsqrt(variance + scalar_of(call.s(), call.number("epsilon", double{1e-5F}), x.dtype()));
    tensor result = (x - mean) * inverse * call.x(1);
    if (call.has(2)) result = result + call.x(2);
    call.give(result);
    call.give(mean, call.type(0), 1);
    call.give(inverse, call.type(0), 2);
}

void mean_variance_normalization(node_call& call) {
    const tensor x = call.x(0);
    const std::vector<int> axes = call.axes(call.list("axes", {0, 2, 3}), call.rank(0));
    const auto [mean, variance] = moments(x, {.axes = axes_of(axes), .keep_dims = true});
    call.give((x - mean) / (sqrt(variance) + scalar_of(call.s(), 1e-9, x.dtype())));
}

void lp_normalization(node_call& call) {
    const tensor x = call.x(0);
    const int axis = call.axis(call.integer("axis", -1), call.rank(0));
    if (call.integer("p", 2) == 1) return call.give(x / reduce_sum(abs(x), {.axes = axis, .keep_dims = true}));
    call.give(x / norm(x, {.axes = axis, .keep_dims = true}));
}

}  // namespace

void add_reductions(op_table& table) {
    table.add("ReduceSum", reduce([](const tensor& x, const reduce_options& o) { return reduce_sum(x, o); }));
    table.add("ReduceMean", reduce([](const tensor& x, const reduce_options& o) { return reduce_mean(x, o); }, true));
    table.add("ReduceMax", reduce([](const tensor& x, const reduce_options& o) { return reduce_max(x, o); }));
    table.add("ReduceMin", reduce([](const tensor& x, const reduce_options& o) { return reduce_min(x, o); }));
    table.add("ReduceProd", reduce([](const tensor& x, const reduce_options& o) { return reduce_prod(x, o); }));
    table.add("ReduceL1", reduce([](const tensor& x, const reduce_options& o) { return reduce_sum(abs(x), o); }));
    table.add("ReduceL2",
              reduce([](const tensor& x, const reduce_options& o) { return norm(x, o); }, true));
    table.add("ReduceSumSquare",
              reduce([](const tensor& x, const reduce_options& o) { return reduce_sum(square(x), o); }));
    table.add("ReduceLogSum",
              reduce([](const tensor& x, const reduce_options& o) { return log(reduce_sum(x, o)); }, true));
    table.add("ReduceLogSumExp",
              reduce([](const tensor& x, const reduce_options& o) { return reduce_logsumexp(x, o); }, true));
    table.add("Softmax",
              along_axis([](const node_call&, const tensor& x, int axis) { return softmax(x, {.axis = axis}); }));
    table.add("LogSoftmax",
              along_axis([](const node_call&, const tensor& x, int axis) { return log_softmax(x, {.axis = axis}); }));
    table.add("Hardmax", along_axis(&hardmax));
    table.add("BatchNormalization", &batch_normalization);
    table.add("InstanceNormalization", &instance_normalization);
    table.add("LayerNormalization", &layer_normalization_by);
    table.add("MeanVarianceNormalization", &mean_variance_normalization);
    table.add("LpNormalization", &lp_normalization);
}

}  // namespace ambit::onnx_parts
