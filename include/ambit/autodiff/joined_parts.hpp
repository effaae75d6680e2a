// SPDX-License-Identifier: BSL-1.0
// Gradients by the parts of a value, put together: each slice of it gives its gradient between zeros, and the sum of
// those is what `concat` makes of them, which is written once instead of once a part.
//
//     const tensor sum = add(add(by_first, by_second), by_third);     // of split(x, 3, 0)
//     joined_parts(sum);                                              // concat({…, …, …}, 0)
#pragma once

#include <ambit/ops/all.hpp>

#include <utility>

namespace AMBIT_NAMESPACE::graph_parts {

/// A value between zeros along one axis.
struct padded_part {
    int node = -1;  // what is padded
    int axis = -1;
    std::int64_t begin = 0, end = 0;
};

/// What a node pads; `axis` is -1 if it is no such padding.
constexpr padded_part part_of(const graph_builder& builder, int id) {
    padded_part part;
    const node& entry = builder.node_at(id);
    if (entry.op->id != op_parts::pad_info.id || entry.op->role != op_role::compute) return part;
    const auto a = from_words<op_parts::pad_op::attributes>(builder.value().words.begin() + entry.first_word);
    part.node = builder.value().operand(id, 0);
    const shape inside = builder.node_at(part.node).result.extents;
    if (!math::equals(a.value, 0)) return part;
    for (int axis = 0; axis < inside.rank(); ++axis) {
        const auto [before, after] = a.around[axis];
        if (a.between[axis] == 0 && before == 0 && after == 0) continue;
        if (a.between[axis] != 0 || part.axis >= 0) return {};
        part = {part.node, axis, before, before + inside[axis]};
    }
    return part;
}

/// The terms of a sum of gradients, which are added up from the left, the last one first.
constexpr buffer<int> terms_of(const graph_builder& builder, int sum) {
    buffer<int> terms;
    for (int left = sum;;) {
        const node& entry = builder.node_at(left);
        const auto operand = [&](int index) { return builder.value().operand(left, index); };
        if (entry.op->id != op_parts::add_info.id || entry.operand_count != 2 ||
            builder.node_at(operand(0)).result != entry.result || builder.node_at(operand(1)).result != entry.result) {
            terms.push_back(left);
            return terms;
        }
        terms.push_back(operand(1));
        left = operand(0);
    }
}

/// A sum of which two or more terms are neighbouring parts between zeros, with these joined; any other value as it is.
/// Of parts along several axes, those that are the most.
constexpr tensor joined_parts(const tensor& sum) {
    graph_builder& builder = *sum.builder();
    if (builder.node_at(sum.id()).op->id != op_parts::add_info.id) return sum;
    const buffer<int> terms = terms_of(builder, sum.id());
    if (terms.size() < 2) return sum;
    int parts_along[max_rank] = {}, axis = 0;
    for (const int term : terms)
        if (const padded_part part = part_of(builder, term); part.axis >= 0) ++parts_along[part.axis];
    for (int i = 1; i < max_rank; ++i)
        if (parts_along[i] > parts_along[axis]) axis = i;

    buffer<padded_part> parts;  // by their place along the axis
    buffer<tensor> others;
    for (const int term : terms) {
        const padded_part part = part_of(builder, term);
        if (part.axis != axis) {
            others.push_back({&builder, term});
            continue;
        }
        parts.push_back(part);
        for (int i = parts.size() - 1; i > 0 && parts[i].begin < parts[i - 1].begin; --i)
            std::swap(parts[i], parts[i - 1]);
    }
    if (parts.size() < 2) return sum;
    for (int i = 1; i < parts.size(); ++i)
        if (parts[i].begin != parts[i - 1].end) return sum;

    buffer<tensor> values;
    for (const padded_part& part : parts) values.push_back({&builder, part.node});
    tensor all = op_parts::concat_list(values, axis, {}, {});
    const shape whole = sum.shape();
    if (all.shape() != whole) {
        op_parts::pad_op::attributes a{};
        for (int i = 0; i < whole.rank(); ++i)
            a.around.append(i == axis ? pad_extents{parts[0].begin, whole[axis] - parts.back().end} : pad_extents{});
        all = make_op(op_parts::pad_info, {all}, a, {}, {});
    }
    for (int i = others.size() - 1; i >= 0; --i) all = add(others[i], all);
    return all;
}

}  // namespace ambit::graph_parts
