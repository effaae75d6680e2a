// SPDX-License-Identifier: BSL-1.0
// What shape rules say of operands in a graph.
#pragma once

#include <ambit/core/list_view.hpp>
#include <ambit/graph/graph.hpp>
#include <ambit/graph/tensor.hpp>
#include <ambit/graph/unlike_axis.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace AMBIT_NAMESPACE::graph_parts {

/// The most operands of an op.
inline constexpr std::size_t max_operands = 8;

constexpr std::array<tensor_spec, max_operands> specs_of(const graph& of, list_view<tensor> operands) {
    std::array<tensor_spec, max_operands> specs;
    for (std::size_t i = 0; i < operands.size(); ++i) specs[i] = of.nodes[operands[i].id()].result;
    return specs;
}

/// What a shape rule says of operands among these nodes. Most ops have one or two, whose specs are copied once at most.
constexpr inferred infer(const node* nodes, const op_info& info, const std::int32_t* operands, int count,
                         const std::int64_t* words) {
    if (count == 1) return info.infer({&nodes[operands[0]].result, 1, words});
    if (count == 2) {
        const tensor_spec specs[] = {nodes[operands[0]].result, nodes[operands[1]].result};
        return info.infer({specs, 2, words});
    }
    tensor_spec specs[max_operands] = {};
    for (int i = 0; i < count; ++i) specs[i] = nodes[operands[i]].result;
    return info.infer({specs, count, words});
}

/// What would fit, or the axis at which operands of an elementwise op do not.
constexpr short_text hint_of(const graph& of, const op_info& info, const inferred& refusal,
                             list_view<tensor> operands) {
    short_text hint(refusal.hint);
    if (info.role == op_role::elementwise && refusal.fault == mistake::op_shape) {
        const auto specs = specs_of(of, operands);
        hint += unlike_axis({specs.data(), operands.size()});
    }
    return hint;
}

}  // namespace ambit::graph_parts
