// SPDX-License-Identifier: BSL-1.0
// What shape rules say of operands in a graph.
#pragma once

#include <ambit/graph/graph.hpp>
#include <ambit/graph/tensor.hpp>
#include <ambit/graph/unlike_axis.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace AMBIT_NAMESPACE::graph_parts {

/// The most operands of an op.
inline constexpr std::size_t max_operands = 8;

constexpr std::array<tensor_spec, max_operands> specs_of(const graph& of, std::span<const tensor> operands) {
    std::array<tensor_spec, max_operands> specs;
    for (std::size_t i = 0; i < operands.size(); ++i) specs[i] = of.nodes[operands[i].id()].result;
    return specs;
}

/// What a shape rule says of operands of this graph. Most ops have one or two, whose specs are copied once at most.
constexpr inferred infer(const graph& of, const op_info& info, std::span<const tensor> operands,
                         const std::int64_t* words) {
    const node* const nodes = of.nodes.begin();
    const tensor* const given = operands.data();
    if (operands.size() == 1) return info.infer({&nodes[given[0].id()].result, 1, words});
    if (operands.size() == 2) {
        const tensor_spec specs[] = {nodes[given[0].id()].result, nodes[given[1].id()].result};
        return info.infer({specs, 2, words});
    }
    const auto specs = specs_of(of, operands);
    return info.infer({specs.data(), static_cast<int>(operands.size()), words});
}

/// What would fit, or the axis at which operands of an elementwise op do not.
constexpr short_text hint_of(const graph& of, const op_info& info, const inferred& refusal,
                             std::span<const tensor> operands) {
    short_text hint(refusal.hint);
    if (info.role == op_role::elementwise && refusal.fault == mistake::op_shape) {
        const auto specs = specs_of(of, operands);
        hint += unlike_axis({specs.data(), operands.size()});
    }
    return hint;
}

}  // namespace ambit::graph_parts
