// SPDX-License-Identifier: BSL-1.0
// The gradient by a table of which a step looks up some rows alone: these rows and where they stand, in place of a
// table of zeros around them.
//
//     const touched_rows touched = touched_rows_of(w, gradient);      // of gather(w, ids)
//     touched.gradient                                               // [ids, units], each row once
//     touched.indices                                                // where they stand, -1 for those that came before
//
// What several lookups pass back is one list. Where anything else does, a product with the table or a loss of its
// weights, there is a gradient by every row, and the list is empty.
#pragma once

#include <ambit/autodiff/joined_parts.hpp>
#include <ambit/graph/builder.hpp>
#include <ambit/ops/all.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::op_parts {

/// No tensors where every row has a gradient.
struct touched_rows {
    tensor gradient, indices;

    constexpr bool empty() const { return indices.builder() == nullptr; }
};

/// Whether a node adds rows to a table of zeros of this shape, as the gradient of a lookup does.
constexpr bool adds_rows(const graph_builder& builder, int id, const shape& table) {
    const graph_parts::node& scatter = builder.node_at(id);
    if (scatter.op->id != scatter_info.id || scatter.op->role != op_role::compute || scatter.result.extents != table)
        return false;
    const auto a = core_parts::from_words<scatter_op::attributes>(builder.value().words.begin() + scatter.first_word);
    return normalize_axis(a.axis, table.rank()) == 0;
}

/// The rows that the gradient by a variable is made of, each once: what several of one index pass back is summed up, in
/// their order. Empty if it is more than lookups, or if these are half as many as the variable has rows, or more.
constexpr touched_rows touched_rows_of(const variable& v, const tensor& gradient) {
    graph_builder& builder = *gradient.builder();
    const shape table = v.shape();
    if (table.rank() == 0 || builder.has_other_batches()) return {};
    const std::int64_t extent = table[0];
    const buffer<int> terms = graph_parts::terms_of(builder, gradient.id());
    std::int64_t count = 0;
    for (const int term : terms) {
        if (!adds_rows(builder, term, table)) return {};
        count += builder.node_at(builder.value().operand(term, 1)).result.extents.elements();
        if (count > extent / 2 || count > first_positions_op::most) return {};
    }

    buffer<tensor> all_rows, all_ids;
    bool are_wide = false;
    for (int i = terms.size() - 1; i >= 0; --i) {  // in the order in which they were added
        const tensor rows(&builder, builder.value().operand(terms[i], 0));
        const tensor ids(&builder, builder.value().operand(terms[i], 1));
        shape listed{ids.shape().elements()};
        all_ids.push_back(reshape(ids, listed));
        for (int axis = 1; axis < table.rank(); ++axis) listed.append(table[axis]);
        all_rows.push_back(reshape(rows, listed));
        are_wide = are_wide || ids.dtype() == dtype::int64;
    }
    for (tensor& ids : all_ids)
        if (are_wide && ids.dtype() != dtype::int64) ids = cast(ids, dtype::int64);
    const bool is_one = terms.size() == 1;
    const tensor ids = is_one ? all_ids[0] : concat_list(all_ids, 0, {}, {});
    const tensor rows = is_one ? all_rows[0] : concat_list(all_rows, 0, {}, {});
    const tensor first = first_positions(ids, extent);
    const tensor turn = numbers_below(count, ids, dtype::int32);
    return {scatter(first, rows, rows.shape(), {}, {}), where(equal(first, turn), ids, -1)};
}

}  // namespace ambit::op_parts
