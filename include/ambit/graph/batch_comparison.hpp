// SPDX-License-Identifier: BSL-1.0
// What differs between samples of one graph, at batches 2, 3 and 1021: whether its extents, options and numbers are
// affine in the batch.
#pragma once

#include <ambit/graph/frozen_graph.hpp>
#include <ambit/math/number.hpp>

#include <bit>
#include <cstdint>

namespace AMBIT_NAMESPACE::graph_parts {

/// The batches that a module is built at: the third one is so large that what is bounded by a number shows.
inline constexpr std::int64_t sample_batches[3] = {2, 3, 1021};

/// Whether three numbers, one for each sample, are a + b n.
constexpr bool is_affine(std::int64_t first, std::int64_t second, std::int64_t third) {
    constexpr std::int64_t most = std::int64_t{1} << 40;
    const std::int64_t growth = second - first;
    return growth < most && growth > -most && first < most * 1024 && first > -most * 1024
               ? third - first == growth * (sample_batches[2] - sample_batches[0])
               : first == second && first == third;
}

constexpr std::int64_t grown(std::int64_t first, std::int64_t second, std::int64_t batch) {
    return first == second ? first : first + (second - first) * (batch - sample_batches[0]);
}

/// A number of the module that depends on the batch: a + b n, or a / (b n).
struct batch_number {
    double a = 0, b = 0;
    std::int64_t whole_a = 0, whole_b = 0;
    std::int32_t node = 0;
    std::int32_t is_share = 0;
    dtype type = dtype::none;
    std::int32_t fits = 0;

    /// As the word of a constant.
    constexpr std::int64_t word(std::int64_t batch) const {
        if (!is_floating(type)) return whole_a + whole_b * batch;
        const auto n = static_cast<double>(batch);
        return std::bit_cast<std::int64_t>(is_share != 0 ? a / math::product(b, n) : a + math::product(b, n));
    }
};

constexpr bool is_same_element(std::int64_t a, std::int64_t b, dtype type) {
    if (type == dtype::float32)
        return std::bit_cast<std::int32_t>(math::to_float(std::bit_cast<double>(a))) ==
               std::bit_cast<std::int32_t>(math::to_float(std::bit_cast<double>(b)));
    return a == b;
}

/// How the words of a constant at the three samples come from the batch; `fits` is 0 if that is not known.
constexpr batch_number number_from(const std::int64_t (&words)[3], dtype type) {
    batch_number found;
    found.type = type;
    const auto holds = [&] {
        for (int i = 0; i < 3; ++i)
            if (!is_same_element(found.word(sample_batches[i]), words[i], type)) return false;
        return true;
    };
    if (!is_floating(type)) {
        found.whole_b = words[1] - words[0];
        found.whole_a = words[0] - found.whole_b * sample_batches[0];
        found.fits = holds() ? 1 : 0;
        return found;
    }
    const double first = std::bit_cast<double>(words[0]), second = std::bit_cast<double>(words[1]);
    found.b = second - first;
    found.a = first - math::product(found.b, static_cast<double>(sample_batches[0]));
    found.fits = holds() ? 1 : 0;
    if (found.fits != 0 || math::equals(first, 0)) return found;
    // A share of the batch, r / (s n) with small r and whole s, as the gradients of means and variances have it: then s
    // is found exactly, and so is every other share. Else c / n.
    found.is_share = 1;
    const double of_one = math::product(first, static_cast<double>(sample_batches[0]));
    for (const double r : {1.0, 2.0}) {
        found.a = r;
        found.b = math::floor(r / of_one + 0.5);
        if (!math::equals(found.b, 0) && holds()) found.fits = 1;
        if (found.fits != 0) return found;
    }
    found.a = of_one;
    found.b = 1;
    found.fits = holds() ? 1 : 0;
    return found;
}

/// The first thing in which two samples differ otherwise than by a + b n.
struct batch_difference {
    enum class about : std::int32_t { nothing, variable, op, extent, size, option, value, at_one };
    about what = about::nothing;
    std::int32_t at = 0;  ///< the node, or the variable
    std::int32_t index = 0;  ///< the axis, or the option
    std::int32_t sample = 1;  ///< the one that differs from the first
};

/// Looks through three samples of a graph, `frozen_graph`s; or through two, the third one being the second.
template <class First, class Second, class Third> struct batch_comparison {
    using about = batch_difference::about;
    const First& first;
    const Second& second;
    const Third& third;
    bool are_two = false;

    constexpr batch_difference find() const {
        if (const batch_difference of_variables = among_variables(); of_variables.what != about::nothing)
            return of_variables;
        const int nodes = least(first.counts.nodes, second.counts.nodes, third.counts.nodes);
        for (int n = 0; n < nodes; ++n)
            if (const batch_difference of_node = at_node(n); of_node.what != about::nothing) return of_node;
        if (first.counts.nodes != second.counts.nodes) return {about::op, nodes, 0, 1};
        if (first.counts.nodes != third.counts.nodes) return {about::op, nodes, 0, 2};
        for (int k = 0; k < first.counts.outputs; ++k) {
            if (first.outputs[k] != second.outputs[k]) return {about::op, first.outputs[k], 0, 1};
            if (first.outputs[k] != third.outputs[k]) return {about::op, first.outputs[k], 0, 2};
        }
        return {};
    }

private:
    static constexpr int least(int a, int b, int c) { return a < b ? (a < c ? a : c) : (b < c ? b : c); }

    constexpr batch_difference among_variables() const {
        const int variables = least(first.counts.variables, second.counts.variables, third.counts.variables);
        for (int v = 0; v < variables; ++v) {
            if (!is_same_variable(first, second, v)) return {about::variable, v, 0, 1};
            if (!is_same_variable(first, third, v)) return {about::variable, v, 0, 2};
        }
        if (first.counts.variables != second.counts.variables) return {about::variable, variables, 0, 1};
        if (first.counts.variables != third.counts.variables) return {about::variable, variables, 0, 2};
        return {};
    }
    static constexpr bool is_same_variable(const auto& a, const auto& b, int v) {
        return a.path(v) == b.path(v) && a.variables[v].spec == b.variables[v].spec &&
               a.variables[v].local == b.variables[v].local;
    }

    constexpr batch_difference at_node(int n) const {
        if (!is_same_op(first, second, n)) return {about::op, n, 0, 1};
        if (!is_same_op(first, third, n)) return {about::op, n, 0, 2};
        const shape &a = first.nodes[n].result.extents, &b = second.nodes[n].result.extents,
                    &c = third.nodes[n].result.extents;
        if (are_two) return {};
        for (int axis = 0; axis < a.rank(); ++axis)
            if (!is_affine(a[axis], b[axis], c[axis])) return {about::extent, n, axis, a[axis] != b[axis] ? 1 : 2};
        if (!is_affine(a.elements(), b.elements(), c.elements())) return {about::size, n, 0, 1};
        return among_words(n);
    }
    static constexpr bool is_same_op(const auto& a, const auto& b, int n) {
        const frozen_node &x = a.nodes[n], &y = b.nodes[n];
        if (x.op->id != y.op->id || x.op->role != y.op->role || x.result.type != y.result.type ||
            x.result.extents.rank() != y.result.extents.rank() || x.operand_count != y.operand_count ||
            x.word_count != y.word_count || x.region != y.region)
            return false;
        for (int i = 0; i < x.operand_count; ++i)
            if (a.operands[x.first_operand + i] != b.operands[y.first_operand + i]) return false;
        return true;
    }

    constexpr batch_difference among_words(int n) const {
        const frozen_node &x = first.nodes[n], &y = second.nodes[n], &z = third.nodes[n];
        const op_role role = x.op->role;
        for (int i = 0; i < x.word_count; ++i) {
            const std::int64_t words[3] = {first.words[x.first_word + i], second.words[y.first_word + i],
                                           third.words[z.first_word + i]};
            if (words[0] == words[1] && words[0] == words[2]) continue;
            if (role == op_role::constant) {
                // One number under whatever shape; a list of them is in the plan.
                if (x.result.extents.elements() != 1 || i + 1 != x.word_count ||
                    number_from(words, x.result.type).fits == 0)
                    return {about::value, n, i, words[0] != words[1] ? 1 : 2};
            } else if (i < x.op->fused_words && role == op_role::elementwise) {
                return {about::option, n, i, words[0] != words[1] ? 1 : 2};
            } else if (!is_affine(words[0], words[1], words[2])) {
                return {about::option, n, i, words[0] != words[1] ? 1 : 2};
            }
        }
        return {};
    }
};

}  // namespace ambit::graph_parts
