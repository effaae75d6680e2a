// SPDX-License-Identifier: BSL-1.0
// What each op means, for float64, int32 and bool at run time: the one implementation that both ways of
// tests/support/interpreter.hpp share.
//
//     const double y = interpreter_detail::apply<double>(relu_info, words, &x);
#pragma once

#include <ambit/kernels/vectors/scalar.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/plan/kernel_keys.hpp>

#include "numbers.hpp"
#include "op_meaning/arrays.hpp"
#include "op_meaning/convolutions.hpp"
#include "op_meaning/reductions.hpp"
#include "op_meaning/elementwise.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace ambit_test {

namespace interpreter_detail {

struct plain_sum {
    template <class A> static constexpr A identity() { return A(0); }
    template <class A> constexpr A operator()(A a, A b) const { return a + b; }
    template <class A> static constexpr A finish(A value, std::int64_t) { return value; }
};
struct plain_mean : plain_sum {
    template <class A> static constexpr A finish(A value, std::int64_t count) {
        return value / static_cast<A>(count);
    }
};
struct plain_maximum {
    template <class A> static constexpr A identity() { return std::numeric_limits<A>::lowest(); }
    template <class A> constexpr A operator()(A a, A b) const { return a > b || a != a ? a : b; }
    template <class A> static constexpr A finish(A value, std::int64_t) { return value; }
};

/// One elementwise op; values of bool are 0 and 1 of T. Not inlined: every use has the same instructions, hence the
/// same NaN.
template <class T>
[[gnu::noinline]] T apply(const ambit::op_info& op, const std::int64_t* words, const T* x) {
    using namespace ambit;
    using namespace ambit::op_parts;
    switch (op.id) {
        case op_id("add"): return add_op::apply(x[0], x[1]);
        case op_id("bias_add"): return bias_add_op::apply(x[0], x[1]);
        case op_id("sub"): return sub_op::apply(x[0], x[1]);
        case op_id("mul"): return mul_op::apply(x[0], x[1]);
        case op_id("maximum"): return maximum_op::apply(x[0], x[1]);
        case op_id("minimum"): return minimum_op::apply(x[0], x[1]);
        case op_id("relu"): return relu_op::apply(x[0]);
        case op_id("neg"): return neg_op::apply(x[0]);
        case op_id("abs"): return abs_op::apply(x[0]);
        case op_id("square"): return square_op::apply(x[0]);
        case op_id("clip"): return clip_op::apply(from_words<clip_op::attributes>(words), x[0]);
        case op_id("snapshot"): return snapshot_op::apply(x[0]);
        case op_id("broadcast_to"): return broadcast_to_op::apply(x[0]);
        case op_id("where_greater"): return where_greater_op::apply(x[0], x[1], x[2]);
        case op_id("where_greater_equal"): return where_greater_equal_op::apply(x[0], x[1], x[2]);
        default: break;
    }
    if (const std::optional<T> result = apply_elementwise(op, words, x)) return *result;
    if constexpr (std::is_floating_point_v<T>) {
        switch (op.id) {
            case op_id("div"): return div_op::apply(x[0], x[1]);
            case op_id("exp"): return exp_op::apply(x[0]);
            case op_id("huber"): return huber_op::apply(from_words<huber_op::attributes>(words), x[0]);
            case op_id("log"): return log_op::apply(x[0]);
            case op_id("moving_average"):
                return moving_average_op::apply(from_words<moving_average_op::attributes>(words), x[0], x[1]);
            case op_id("sigmoid_cross_entropy"): return sigmoid_cross_entropy_op::apply(x[0], x[1]);
            case op_id("sigmoid"): return sigmoid_op::apply(x[0]);
            case op_id("sqrt"): return sqrt_op::apply(x[0]);
            case op_id("tanh"): return tanh_op::apply(x[0]);
            default: break;
        }
    }
    throw std::logic_error("no such op in the interpreter: " + std::string(op.name));
}

template <class T> std::vector<T> load(const std::byte* from, std::int64_t count) {
    std::vector<T> values(static_cast<std::size_t>(count));
    std::memcpy(values.data(), from, values.size() * sizeof(T));
    return values;
}

/// The loss of each row, or the gradient of that by the logits. A label outside of the row makes it NaN, and the gradient
/// if anything depends on the row.
inline std::vector<double> cross_entropy(const ambit::op_info& op, const ambit::op_call& call,
                                         const std::vector<const std::byte*>& operands) {
    const auto classes = static_cast<std::size_t>(call.extents(0)[-1]);
    const std::int64_t rows = call.extents(1).elements();
    const std::vector<double> logits = load<double>(operands[0], call.extents(0).elements());
    const std::vector<std::int32_t> labels = load<std::int32_t>(operands[1], rows);
    std::vector<double> losses, slopes;
    for (std::size_t row = 0; row < labels.size(); ++row) {
        const double* const x = logits.data() + row * classes;
        const double largest = *std::max_element(x, x + classes);
        double sum = 0;
        for (std::size_t c = 0; c < classes; ++c) sum += std::exp(x[c] - largest);
        const bool is_outside = labels[row] < 0 || static_cast<std::size_t>(labels[row]) >= classes;
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        losses.push_back(is_outside ? nan : std::log(sum) - (x[labels[row]] - largest));
        if (operands.size() < 3) continue;
        const double upstream = load<double>(operands[2], rows)[row];
        for (std::size_t c = 0; c < classes; ++c) {
            const double hit = labels[row] == static_cast<std::int32_t>(c) ? 1 : 0;
            const double slope = upstream * (std::exp(x[c] - largest) / sum - hit);
            slopes.push_back(!is_outside ? slope : upstream < 0 || upstream > 0 ? nan : 0);
        }
    }
    return op.id == ambit::graph_parts::op_id("sparse_softmax_cross_entropy") ? losses : slopes;
}

/// Convolution, pooling and their gradients; false for other ops.
inline bool compute_windows(const ambit::op_info& op, const ambit::op_call& call, const ambit::tensor_spec& result,
                            const double* a, const double* b, double* out) {
    using namespace ambit;
    using namespace ambit::op_parts;
    namespace scalar = kernel_parts::scalar;
    switch (op.id) {
        case op_id("conv2d"): scalar::conv2d<double>(conv2d_op::geometry(call, result), a, b, out); return true;
        case op_id("conv2d_image_gradient"):
            scalar::conv2d_image_gradient(conv2d_image_gradient_op::geometry(call, result), a, b, out);
            return true;
        case op_id("conv2d_kernel_gradient"):
            scalar::conv2d_kernel_gradient(conv2d_kernel_gradient_op::geometry(call, result), a, b, out);
            return true;
        case op_id("conv1d"): scalar::conv2d<double>(conv1d_op::geometry(call, result), a, b, out); return true;
        case op_id("conv1d_image_gradient"):
            scalar::conv2d_image_gradient(conv1d_image_gradient_op::geometry(call, result), a, b, out);
            return true;
        case op_id("conv1d_kernel_gradient"):
            scalar::conv2d_kernel_gradient(conv1d_kernel_gradient_op::geometry(call, result), a, b, out);
            return true;
        case op_id("max_pool"):
            scalar::pool<double>(max_pool_op::geometry(call, result), a, out, plain_maximum{});
            return true;
        case op_id("avg_pool"):
            scalar::pool<double>(avg_pool_op::geometry(call, result), a, out, plain_mean{});
            return true;
        case op_id("max_pool_gradient"):
            scalar::max_pool_gradient(max_pool_gradient_op::geometry(call, result), a, b, out);
            return true;
        case op_id("max_pool_pick"):
            scalar::max_pool_pick(max_pool_pick_op::geometry(call, result), a, b, out);
            return true;
        case op_id("avg_pool_gradient"):
            scalar::mean_pool_gradient(avg_pool_gradient_op::geometry(call, result), a, out);
            return true;
        default: return compute_convolutions(op, call, result, a, b, out);
    }
}

/// One op with a kernel of its own; the operands are whole tensors.
template <class Result, class T>
std::vector<Result> compute(const ambit::op_info& op, const ambit::op_call& call,
                            const ambit::tensor_spec& result, const std::vector<const std::byte*>& operands) {
    using namespace ambit;
    using namespace ambit::op_parts;
    namespace scalar = kernel_parts::scalar;
    const auto value = [&](std::size_t i) {
        return load<T>(operands[i], call.extents(static_cast<int>(i)).elements());
    };
    std::vector<Result> out(static_cast<std::size_t>(result.extents.elements()));
    const std::vector<T> x = value(0);
    using accumulator = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;
    if constexpr (std::is_same_v<Result, T>) {
        switch (op.id) {
            case op_id("matmul"):
                scalar::gemm<accumulator>(matmul_op::geometry(call, result), x.data(), value(1).data(),
                                          out.data());
                return out;
            case op_id("reduce_sum"):
                scalar::reduce<accumulator>(reduce_op::geometry(call, result), x.data(), out.data(),
                                            plain_sum{});
                return out;
            case op_id("reduce_max"):
                scalar::reduce<T>(reduce_op::geometry(call, result), x.data(), out.data(), plain_maximum{});
                return out;
            case op_id("reduce_mean"):
                scalar::reduce<T>(reduce_op::geometry(call, result), x.data(), out.data(), plain_mean{});
                return out;
            case op_id("softmax"):
                if constexpr (std::is_floating_point_v<T>) {
                    scalar::softmax(softmax_op::geometry(call, result), x.data(), out.data(),
                                    [](T exponent) { return std::exp(exponent); });
                    return out;
                }
                break;
            case op_id("sparse_softmax_cross_entropy"):
            case op_id("softmax_cross_entropy_gradient"):
                if constexpr (std::is_floating_point_v<T>) return cross_entropy(op, call, operands);
                break;
            case op_id("transpose"):
                scalar::transpose(transpose_op::geometry(call, result), x.data(), out.data());
                return out;
            default: break;
        }
    }
    if constexpr (std::is_same_v<Result, double> && std::is_same_v<T, double>) {
        const std::vector<T> second = call.operand_count > 1 && call.type(1) == float64 ? value(1) : std::vector<T>();
        if (compute_windows(op, call, result, x.data(), second.data(), out.data())) return out;
    }
    if constexpr (std::is_same_v<Result, std::int32_t>) {
        if (op.id == op_id("argmax")) {
            scalar::argmax(argmax_op::geometry(call, result), x.data(), out.data());
            return out;
        }
    }
    const auto integers = [&](std::size_t i) {
        return load<std::int32_t>(operands[i], call.extents(static_cast<int>(i)).elements());
    };
    const auto floats = [&](std::size_t i) {
        return load<double>(operands[i], call.extents(static_cast<int>(i)).elements());
    };
    if (compute_reductions<Result, T>(op, call, result, value, integers, floats, out)) return out;
    if (op.id != op_id("cast"))
        throw std::logic_error("no such op in the interpreter: " + std::string(op.name));
    for (std::size_t i = 0; i < out.size(); ++i) {
        if constexpr (std::is_same_v<Result, std::int32_t> && std::is_floating_point_v<T>)
            out[i] =
                x[i] != x[i] ? 0 : static_cast<Result>(std::min(std::max(x[i], -2147483648.0), 2147483647.0));
        else out[i] = static_cast<Result>(result.type == boolean ? x[i] != T(0) : x[i]);
    }
    return out;
}

template <class F> void with_type(ambit::dtype type, F&& f) {
    if (type == ambit::float64) f.template operator()<double>();
    else if (type == ambit::int32) f.template operator()<std::int32_t>();
    else if (type == ambit::boolean) f.template operator()<std::uint8_t>();
    else throw std::logic_error("the interpreter knows float64, int32 and bool");
}

/// Runs an op with a kernel of its own into `to`, in either dtype.
template <class Result>
std::vector<Result> compute_any(const ambit::plan_parts::graph_view& graph, int node,
                                const std::vector<const std::byte*>& operands) {
    const ambit::plan_parts::root_call specs = ambit::plan_parts::call_of(graph, node);
    const ambit::op_call call{specs.specs, specs.count, graph.words + graph.node(node).first_word};
    if (auto moved = array_meaning<Result>(*graph.node(node).op, call, graph.node(node).result, operands)) return *moved;
    std::vector<Result> result;
    with_type(specs.specs[0].type, [&]<class T>() {
        result = compute<Result, T>(*graph.node(node).op, call, graph.node(node).result, operands);
    });
    return result;
}

template <class T> void store(std::byte* to, const std::vector<T>& values) {
    std::memcpy(to, values.data(), values.size() * sizeof(T));
}

}  // namespace interpreter_detail

}  // namespace ambit_test
