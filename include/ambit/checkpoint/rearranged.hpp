// SPDX-License-Identifier: BSL-1.0
// Elements of a tensor in another order: one row of it, its axes permuted, gates of its last axis chosen.
//
//     const auto extents = extents_of_layout(stored.extents, layout);       // nothing if it has no such layout
//     rearrange(bytes, stored.extents, layout, sizeof(float), variable);
#pragma once

#include <ambit/checkpoint/rules.hpp>
#include <ambit/core/later.hpp>
#include <ambit/core/standard.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// Extents and strides, in elements, as a layout walks through them.
struct walked_axes {
    std::vector<std::int64_t> extents, strides;
    std::int64_t begin = 0;
};

/// Nothing if a tensor of these extents cannot be walked so: too few rows, axes of another rank.
template <class Caller = void>
std::optional<later<walked_axes, Caller>> walked(std::span<const later<std::int64_t, Caller>> stored,
                                                 const tensor_layout& layout) {
    std::vector<later<std::int64_t, Caller>> strides(stored.size());
    std::int64_t stride = 1;
    for (std::size_t axis = stored.size(); axis-- > 0;) {
        strides[axis] = stride;
        stride *= stored[axis];
    }
    later<walked_axes, Caller> result;
    std::size_t first = 0;
    if (layout.row >= 0) {
        if (stored.empty() || layout.row >= stored[0]) return std::nullopt;
        result.begin = layout.row * strides[0];
        first = 1;
    }
    const std::size_t rank = stored.size() - first;
    if (!layout.is_reversed && layout.axes.size > 0 && static_cast<std::size_t>(layout.axes.size) != rank)
        return std::nullopt;
    for (std::size_t k = 0; k < rank; ++k) {
        const std::size_t axis = first + (layout.is_reversed     ? rank - 1 - k
                                          : layout.axes.size > 0 ? static_cast<std::size_t>(layout.axes.at[k])
                                                                 : k);
        result.extents.push_back(stored[axis]);
        result.strides.push_back(strides[axis]);
    }
    if (layout.gates.size > 0 && (rank == 0 || result.extents.back() % layout.gates_in_file != 0)) return std::nullopt;
    return result;
}

/// The extents of what a layout makes of a tensor.
template <class Caller = void>
std::optional<std::vector<later<std::int64_t, Caller>>> extents_of_layout(
    std::span<const later<std::int64_t, Caller>> stored, const tensor_layout& layout) {
    auto axes = walked<Caller>(stored, layout);
    if (!axes) return std::nullopt;
    if (layout.gates.size > 0) axes->extents.back() = axes->extents.back() / layout.gates_in_file * layout.gates.size;
    return std::move(axes->extents);
}

template <std::size_t Size>
void rearrange_elements(const std::byte* from, const auto& axes, const tensor_layout& layout, std::byte* to) {
    const std::size_t rank = axes.extents.size();
    for (const std::int64_t extent : axes.extents)
        if (extent == 0) return;
    const std::int64_t last = rank == 0 ? 1 : axes.extents.back(), step = rank == 0 ? 0 : axes.strides.back();
    const bool chooses = layout.gates.size > 0;
    const std::int64_t of_a_gate = chooses ? last / layout.gates_in_file : last;
    auto index = axes.extents;
    for (auto& number : index) number = 0;
    std::int64_t row = axes.begin;
    for (;;) {
        for (int g = 0; g < (chooses ? layout.gates.size : 1); ++g) {
            const std::int64_t gate = chooses ? layout.gates.at[g] : 0;
            const std::byte* source = from + static_cast<std::size_t>(row + gate * of_a_gate * step) * Size;
            for (std::int64_t j = 0; j < of_a_gate; ++j) {
                std::memcpy(to, source, Size);
                to += Size;
                source += static_cast<std::size_t>(step) * Size;
            }
        }
        std::size_t axis = rank == 0 ? 0 : rank - 1;
        for (; axis > 0; --axis) {
            const std::size_t k = axis - 1;
            row += axes.strides[k];
            if (++index[k] < axes.extents[k]) break;
            row -= axes.strides[k] * axes.extents[k];
            index[k] = 0;
        }
        if (axis == 0) return;
    }
}

/// Preconditions: `extents_of_layout` gives something; elements have 1, 4 or 8 bytes.
template <class Caller = void>
void rearrange(const std::byte* from, std::span<const later<std::int64_t, Caller>> stored, const tensor_layout& layout,
               std::int64_t element_bytes, std::byte* to) {
    const later<walked_axes, Caller> axes = *walked<Caller>(stored, layout);
    if (element_bytes == 1) rearrange_elements<1>(from, axes, layout, to);
    else if (element_bytes == 4) rearrange_elements<4>(from, axes, layout, to);
    else rearrange_elements<8>(from, axes, layout, to);
}

}  // namespace ambit::checkpoint_parts
