// SPDX-License-Identifier: BSL-1.0
// Sums of products whose axes have letters: einsum("bij,bjk->bik", {a, b}) is Σj a[b,i,j] b[b,j,k].
//
//     tensor scores = einsum("bqhd,bkhd->bhqk", {queries, keys});
//
// The formula is read while the model is built, and becomes transpose, reshape, matmul, mul, diag_part and reduce_sum,
// as few of them as do: gradients follow from theirs. Two operands at a time, from the left. Of two operands, axes that
// both have are a batch where the result has them, else they are summed over, as one inner axis of a product.
#pragma once

#include <ambit/core/short_text.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/control.hpp>
#include <ambit/ops/products.hpp>
#include <ambit/ops/reductions.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

/// The letters of a tensor's axes, in their order.
struct axis_letters {
    char letter[max_rank] = {};
    int count = 0;

    constexpr bool append(char c) {
        if (count == max_rank) return false;
        letter[count++] = c;
        return true;
    }
    constexpr int find(char c, int from = 0) const {
        for (int i = from; i < count; ++i)
            if (letter[i] == c) return i;
        return -1;
    }
    constexpr bool has(char c) const { return find(c) >= 0; }
    constexpr bool operator==(const axis_letters& other) const {
        if (count != other.count) return false;
        for (int i = 0; i < count; ++i)
            if (letter[i] != other.letter[i]) return false;
        return true;
    }
    constexpr axis_letters operator+(const axis_letters& more) const {
        axis_letters sum = *this;
        for (int i = 0; i < more.count; ++i) sum.append(more.letter[i]);
        return sum;
    }
};

/// A tensor whose axes have letters, no letter twice.
struct lettered_tensor {
    tensor value;
    axis_letters axes;

    constexpr std::int64_t extent(char c) const { return value.shape()[axes.find(c)]; }
    constexpr std::int64_t extent(const axis_letters& all) const {
        std::int64_t product = 1;
        for (int i = 0; i < all.count; ++i) product *= extent(all.letter[i]);
        return product;
    }
    /// The same with its axes in another order.
    constexpr tensor in_order(const axis_letters& order, std::string_view name = {}) const {
        if (order == axes) return value;
        ambit::axes permutation;
        for (int i = 0; i < order.count; ++i) permutation.append(axes.find(order.letter[i]));
        return transpose(value, permutation, {name});
    }
};

/// What a formula says: letters for each operand and for the result; or what is wrong with it, and where.
struct einsum_formula {
    static constexpr int most_operands = 8;
    axis_letters operand[most_operands];
    int operands = 0;
    axis_letters result;
    std::string_view wrong = {};
    std::size_t at = 0;

    constexpr explicit einsum_formula(std::string_view text) {
        axis_letters* into = &operand[operands++];
        bool has_arrow = false;
        for (std::size_t i = 0; i < text.size() && wrong.empty(); ++i) {
            const char c = text[i];
            if (c == ' ') continue;
            if (is_letter(c)) {
                if (has_arrow && result.has(c)) fail("the result has an axis twice", i);
                else if (has_arrow && !is_in_an_operand(c)) fail("the result has an axis that no operand has", i);
                else if (!into->append(c)) fail("a tensor has at most 8 axes", i);
            } else if (c == ',' && !has_arrow && operands < most_operands) {
                into = &operand[operands++];
            } else if (c == '-' && !has_arrow && i + 1 < text.size() && text[i + 1] == '>') {
                has_arrow = true;
                into = &result;
                ++i;
            } else {
                fail(c == '.' ? "axes have letters, all of them: there is no ..."
                              : "a formula is letters, commas and one ->, as in bij,bjk->bik",
                     i);
            }
        }
        if (!has_arrow && wrong.empty()) letters_of_one();
    }

    /// The formula with the place between > and <.
    constexpr short_text marked(std::string_view text) const {
        short_text line(text.substr(0, at));
        line += '>';
        line += text.substr(at, 1);
        line += '<';
        if (at < text.size()) line += text.substr(at + 1);
        return line;
    }

private:
    static constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
    constexpr void fail(std::string_view why, std::size_t where) {
        wrong = why;
        at = where;
    }
    constexpr bool is_in_an_operand(char c) const {
        for (int i = 0; i < operands; ++i)
            if (operand[i].has(c)) return true;
        return false;
    }
    /// Without an arrow, the result has the axes that are there once, in the order of the alphabet.
    constexpr void letters_of_one() {
        for (int c = 'A'; c <= 'z'; ++c) {
            int times = 0;
            for (int i = 0; i < operands; ++i)
                for (int k = 0; k < operand[i].count; ++k) times += operand[i].letter[k] == static_cast<char>(c);
            if (times == 1 && !result.append(static_cast<char>(c))) fail("a tensor has at most 8 axes", 0);
        }
    }
};

/// What is wrong with the operands of a formula; nothing, if it is empty.
constexpr short_text fault_of_operands(const einsum_formula& formula, const tensor* operands, int count) {
    short_text line;
    const auto number = [&](std::int64_t value) { append_number(line, value); };
    if (formula.operands != count) {
        line += "operands of the formula: ";
        number(formula.operands);
        line += ", of the call: ";
        number(count);
        return line;
    }
    for (int i = 0; i < count; ++i) {
        const axis_letters& letters = formula.operand[i];
        if (letters.count != operands[i].shape().rank()) {
            line += "operand ";
            number(i + 1);
            line += " has axes: ";
            number(operands[i].shape().rank());
            line += ", letters: ";
            number(letters.count);
            return line;
        }
        for (int k = 0; k < letters.count; ++k)
            for (int other = 0; other <= i; ++other) {
                const int place = formula.operand[other].find(letters.letter[k]);
                if (place < 0) continue;
                const std::int64_t here = operands[i].shape()[k], there = operands[other].shape()[place];
                if (here == there) continue;
                line += "axis ";
                line += letters.letter[k];
                line += " has extents ";
                number(there);
                line += " and ";
                number(here);
                return line;
            }
    }
    return line;
}

/// One operand with its letters once each: diagonals taken where it has one twice.
constexpr lettered_tensor with_diagonals(const tensor& x, const axis_letters& letters) {
    lettered_tensor result{x, letters};
    for (int k = 0; k < result.axes.count; ++k) {
        const int again = result.axes.find(result.axes.letter[k], k + 1);
        if (again < 0) continue;
        axes to_the_end;
        axis_letters left;
        for (int axis = 0; axis < result.axes.count; ++axis) {
            if (axis == k || axis == again) continue;
            to_the_end.append(axis);
            left.append(result.axes.letter[axis]);
        }
        to_the_end.append(k);
        to_the_end.append(again);
        left.append(result.axes.letter[k]);
        const bool is_in_order = again == result.axes.count - 1 && k == again - 1;
        const tensor turned = is_in_order ? result.value : transpose(result.value, to_the_end);
        result = {diag_part(turned), left};
        k = -1;
    }
    return result;
}

/// Summed over the axes that are not in `kept`.
constexpr lettered_tensor summed_to(const lettered_tensor& x, const axis_letters& kept, std::string_view name) {
    axes over;
    axis_letters left;
    for (int axis = 0; axis < x.axes.count; ++axis) {
        if (kept.has(x.axes.letter[axis])) left.append(x.axes.letter[axis]);
        else over.append(axis);
    }
    if (over.size() == 0) return x;
    return {reduce_sum(x.value, {.axes = over, .name = name}), left};
}

/// The product of two, with these letters of which either has each, summed over the others.
constexpr tensor contracted(const lettered_tensor& a, const lettered_tensor& b, const axis_letters& result,
                            std::string_view name) {
    axis_letters batch, inner, rows, columns;
    for (int i = 0; i < a.axes.count; ++i) {
        const char c = a.axes.letter[i];
        (!b.axes.has(c) ? rows : result.has(c) ? batch : inner).append(c);
    }
    for (int i = 0; i < b.axes.count; ++i)
        if (!a.axes.has(b.axes.letter[i])) columns.append(b.axes.letter[i]);
    shape front;
    for (int i = 0; i < batch.count; ++i) front.append(a.extent(batch.letter[i]));
    const auto as_matrices = [&](const tensor& x, std::int64_t height, std::int64_t width) {
        shape extents = front;
        extents.append(height);
        extents.append(width);
        return x.shape() == extents ? x : reshape(x, extents);
    };
    const lettered_tensor made{{}, batch + rows + columns};
    shape whole = front;
    for (int i = 0; i < rows.count; ++i) whole.append(a.extent(rows.letter[i]));
    for (int i = 0; i < columns.count; ++i) whole.append(b.extent(columns.letter[i]));
    const std::int64_t m = a.extent(rows), n = b.extent(columns), k = a.extent(inner);
    shape matrices = front;
    matrices.append(m);
    matrices.append(n);
    const bool turns = !(made.axes == result), reshapes = matrices != whole;
    const std::string_view name_of_product = turns || reshapes ? std::string_view() : name;

    // Transposed as they stand, operands need not be copied.
    const bool transpose_a = inner.count > 0 && a.axes == batch + inner + rows;
    const bool transpose_b = inner.count > 0 && b.axes == batch + columns + inner;
    const tensor left = transpose_a ? as_matrices(a.value, k, m) : as_matrices(a.in_order(batch + rows + inner), m, k);
    const tensor right =
        transpose_b ? as_matrices(b.value, n, k) : as_matrices(b.in_order(batch + inner + columns), k, n);
    tensor product;
    if (inner.count == 0) product = mul(left, right, {name_of_product});
    else
        product =
            matmul(left, right, {.transpose_a = transpose_a, .transpose_b = transpose_b, .name = name_of_product});
    if (reshapes) product = reshape(product, whole, {turns ? std::string_view() : name});
    return lettered_tensor{product, made.axes}.in_order(result, name);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor einsum(std::string_view formula, std::initializer_list<tensor> operands, const op_options& options,
                        const location& at) {
    using namespace op_parts;
    const std::string_view name = options.name.empty() ? std::string_view("einsum") : options.name;
    const tensor* const x = operands.begin();
    const int count = static_cast<int>(operands.size());
    if (count == 0) return {};
    if (refused_parts::is_without_graph(operands)) return refused_parts::without_graph(operands);
    graph_builder& builder = *x[0].builder();
    for (int i = 0; i < count; ++i)
        if (builder.is_inert(x[i].id())) return builder.inert(x[0].spec());
    const einsum_formula wanted(formula);
    core_parts::short_text wrong(wanted.wrong);
    if (!wrong.empty()) {
        wrong += ": ";
        wrong += wanted.marked(formula);
    } else {
        wrong = fault_of_operands(wanted, x, count);
        if (!wrong.empty()) {
            wrong += ": ";
            wrong += formula;
        }
    }
    if (!wrong.empty()) {
        builder.refuse_call(wanted.wrong.empty() ? mistake::op_shape : mistake::op_option, name, wrong, at);
        return builder.inert(x[0].spec());
    }
    for (int i = 0; i < count; ++i)
        if (x[i].dtype() != x[0].dtype() || x[i].dtype() == boolean) {
            builder.refuse_call(mistake::op_dtype, name, "all operands must be numbers of one dtype", at);
            return builder.inert(x[0].spec());
        }

    const graph_parts::line_of_call here(x[0], at);
    // What the letters are that are needed behind the first `done` operands.
    const auto needed = [&](int done, char c) {
        if (wanted.result.has(c)) return true;
        for (int i = done; i < count; ++i)
            if (wanted.operand[i].has(c)) return true;
        return false;
    };
    lettered_tensor sum = with_diagonals(x[0], wanted.operand[0]);
    for (int i = 1; i < count; ++i) {
        const lettered_tensor next = with_diagonals(x[i], wanted.operand[i]);
        axis_letters kept_of_sum, kept_of_next, result;
        for (int k = 0; k < sum.axes.count; ++k) {
            const char c = sum.axes.letter[k];
            if (needed(i, c)) kept_of_sum.append(c);
            if (needed(i + 1, c)) result.append(c);
        }
        for (int k = 0; k < next.axes.count; ++k) {
            const char c = next.axes.letter[k];
            if (sum.axes.has(c) || needed(i + 1, c)) kept_of_next.append(c);
            if (!sum.axes.has(c) && needed(i + 1, c) && !result.append(c)) {
                builder.refuse_call(mistake::op_shape, name, "a product on the way has more than 8 axes", at);
                return builder.inert(x[0].spec());
            }
        }
        const lettered_tensor a = summed_to(sum, kept_of_sum, {}), b = summed_to(next, kept_of_next, {});
        const bool is_last = i + 1 == count;
        if (is_last) return contracted(a, b, wanted.result, name);
        sum = {contracted(a, b, result, {}), result};
    }
    const bool turns = sum.axes.count == wanted.result.count && !(sum.axes == wanted.result);
    if (sum.axes == wanted.result) return identity(sum.value, {name});
    if (turns) return sum.in_order(wanted.result, name);
    axis_letters left;
    for (int k = 0; k < sum.axes.count; ++k)
        if (wanted.result.has(sum.axes.letter[k])) left.append(sum.axes.letter[k]);
    const bool is_in_order = left == wanted.result;
    const lettered_tensor summed = summed_to(sum, wanted.result, is_in_order ? name : std::string_view());
    return summed.in_order(wanted.result, name);
}

}  // namespace ambit
