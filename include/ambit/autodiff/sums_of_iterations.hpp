// SPDX-License-Identifier: BSL-1.0
// What every iteration of a loop on the way back adds to the gradient of one value around it, put off until behind the
// loop: the products of rows, as those by weights are, become one product over the rows of all iterations.
//
//     Σ_t  x_tᵀ · g_t          [k, m] · [m, n], in each of T iterations
//     Xᵀ · G                   [k, T m] · [T m, n], once: x and g stacked
//
// A sum over the rows of a value that is stacked for such a product, as that by biases is, is put off with it; and so
// are the rows that lookups pass back to a table, which would be added to all of it in each iteration.
#pragma once

#include <ambit/autodiff/joined_parts.hpp>
#include <ambit/graph/loop.hpp>
#include <ambit/ops/all.hpp>

#include <array>
#include <span>

namespace AMBIT_NAMESPACE::graph_parts {

class sums_of_iterations {
    struct term_of {
        int number, term;
    };

    /// clang 16 takes a template only that stands before its use.
    constexpr tensor take(int number, const tensor& sum, const auto& is_taken) {
        const buffer<int> terms = terms_of(*builder_, sum.id());
        buffer<int> left;
        for (int i = terms.size() - 1; i >= 0; --i)  // in the order in which they were added
            if (is_taken(terms[i])) put_off_.push_back({number, terms[i]});
            else left.push_back(terms[i]);
        if (left.size() == terms.size()) return sum;
        tensor rest;
        for (int i = 0; i < left.size(); ++i)
            rest = i == 0 ? tensor(builder_, left[i]) : add(rest, tensor(builder_, left[i]));
        return rest;
    }

public:
    /// Of the iterations of a loop that is being built.
    constexpr sums_of_iterations(graph_builder& builder, int region) : builder_(&builder), region_(region) {}

    /// Takes the products of rows out of what one iteration adds to the value of this number; returns what is left, of
    /// no graph if nothing is.
    constexpr tensor take_products(int number, const tensor& sum) {
        return take(number, sum, [this](int term) {
            if (!is_product_of_rows(term)) return false;
            note_rows(builder_->value().operand(term, 0));
            note_rows(builder_->value().operand(term, 1));
            return true;
        });
    }

    /// The same for sums over rows, after the products of all values: only of rows that these stack.
    constexpr tensor take_sums(int number, const tensor& sum) {
        return take(number, sum, [this](int term) { return is_sum_of_stacked_rows(term); });
    }

    /// The same for slices that are added to zeros along the first axis.
    constexpr tensor take_slices(int number, const tensor& sum) {
        return take(number, sum, [this](int term) {
            if (!are_slices(term)) return false;
            note_rows(builder_->value().operand(term, 0));
            note_rows(builder_->value().operand(term, 1));
            return true;
        });
    }

    /// What all iterations together add to the value of this number, behind the loop that ends at `end`; of no graph if
    /// nothing was put off.
    constexpr tensor total(int number, int end, const place& at) {
        tensor sum;
        for (int i = 0; i < put_off_.size(); ++i) {
            const term_of deferred = put_off_[i];
            if (deferred.number != number) continue;
            const tensor one = over_all_iterations(deferred.term, end, at);
            sum = sum.builder() == nullptr ? one : add(sum, one);
        }
        return sum;
    }

private:
    struct stacked_rows {
        int value = -1;
        tensor rows;  // [iterations * m, n], once they are asked for
    };

    constexpr bool is_of_the_body(int n) const { return builder_->node_at(n).region == region_; }

    /// aᵀ · b of two matrices that each iteration has its own of.
    constexpr bool is_product_of_rows(int n) const {
        const node& entry = builder_->node_at(n);
        if (entry.op->id != op_parts::matmul_info.id || entry.op->role != op_role::compute || !is_of_the_body(n))
            return false;
        const auto a = from_words<op_parts::matmul_op::attributes>(builder_->value().words.begin() + entry.first_word);
        return a.transpose_a != 0 && a.transpose_b == 0 && is_of_the_body(builder_->value().operand(n, 0)) &&
               is_of_the_body(builder_->value().operand(n, 1));
    }

    constexpr bool is_sum_of_stacked_rows(int n) const {
        const node& entry = builder_->node_at(n);
        if (entry.op->id != op_parts::reduce_sum_info.id || entry.op->role != op_role::compute || !is_of_the_body(n))
            return false;
        const auto a = from_words<op_parts::reduce_op::attributes>(builder_->value().words.begin() + entry.first_word);
        const int of = builder_->value().operand(n, 0);
        return a.count == 1 && a.axis[0] == 0 && a.keep_dims == 0 && builder_->node_at(of).result.extents.rank() == 2 &&
               index_of(of) >= 0;
    }

    constexpr bool are_slices(int n) const {
        const node& scatter = builder_->node_at(n);
        if (scatter.op->id != op_parts::scatter_info.id || scatter.op->role != op_role::compute || !is_of_the_body(n))
            return false;
        const auto a =
            from_words<op_parts::scatter_op::attributes>(builder_->value().words.begin() + scatter.first_word);
        return normalize_axis(a.axis, a.extents.rank()) == 0 && is_of_the_body(builder_->value().operand(n, 0)) &&
               is_of_the_body(builder_->value().operand(n, 1));
    }

    constexpr int index_of(int value) const {
        for (int i = 0; i < rows_.size(); ++i)
            if (rows_[i].value == value) return i;
        return -1;
    }
    constexpr void note_rows(int value) {
        if (index_of(value) < 0) rows_.push_back({value, {}});
    }

    constexpr tensor over_all_iterations(int term, int end, const place& at) {
        const node entry = builder_->node_at(term);
        std::array<tensor, 2> operands;
        for (int i = 0; i < entry.operand_count; ++i)
            operands[static_cast<std::size_t>(i)] = rows_of(builder_->value().operand(term, i), end, at);
        if (entry.op->id == op_parts::scatter_info.id) {
            shape listed{operands[1].shape().elements()};
            operands[1] = reshape(operands[1], listed);
            for (int axis = 1; axis < entry.result.extents.rank(); ++axis) listed.append(entry.result.extents[axis]);
            operands[0] = reshape(operands[0], listed);
        }
        buffer<std::int64_t> words;  // appending moves those of the graph
        words.append(builder_->value().words.begin() + entry.first_word, entry.word_count);
        return builder_->make(*entry.op, {operands.data(), static_cast<std::size_t>(entry.operand_count)},
                              {words.begin(), static_cast<std::size_t>(words.size())}, {}, at);
    }

    /// The rows of all iterations in the order of the way forward: the elements of a stack of it are there already.
    constexpr tensor rows_of(int value, int end, const place& at) {
        stacked_rows& known = rows_[index_of(value)];
        if (known.rows.builder() != nullptr) return known.rows;
        const node& entry = builder_->node_at(value);
        const bool is_element_backwards =
            entry.op->role == op_role::slice && builder_->value().words[entry.first_word] != 0;
        const tensor all = is_element_backwards ? tensor(builder_, builder_->value().operand(value, 0))
                                                : loop_builder::stacked(*builder_, end, {builder_, value}, true, at);
        const tensor rows = reshape(all, {-1, all.shape()[-1]});
        rows_[index_of(value)].rows = rows;
        return rows;
    }

    graph_builder* builder_;
    int region_;
    buffer<term_of> put_off_;
    buffer<stacked_rows> rows_;
};

}  // namespace ambit::graph_parts
