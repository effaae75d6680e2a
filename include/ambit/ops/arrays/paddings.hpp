// SPDX-License-Identifier: BSL-1.0
// What `pad` is told: how many places around each axis, and what stands there.
//
//     paddings around{{0, 0}, {1, 2}};                          // nothing before and after rows; columns: 1 and 2
#pragma once

#include <ambit/core/choice.hpp>
#include <ambit/core/shape.hpp>
#include <ambit/core/whole_number.hpp>

#include <cstdint>
#include <initializer_list>

namespace AMBIT_NAMESPACE {

/// reflect leaves out the outermost element, symmetric repeats it.
enum class pad_mode : std::int64_t { constant, reflect, symmetric };

/// The `.mode` of `pad`.
class pad_mode_option : public core_parts::choice<pad_mode> {
public:
    using choice::choice;
    template <core_parts::mistaken_for<pad_mode> Other>
    AMBIT_REFUSES("a mode is pad_mode::constant, pad_mode::reflect or pad_mode::symmetric: {.mode = pad_mode::reflect}")
    constexpr pad_mode_option(Other) : choice(pad_mode::constant) {}
};

/// Places before and after an axis.
struct pad_extents {
    core_parts::whole_number before = 0;
    core_parts::whole_number after = 0;
};

/// A pair for each axis: `{{0, 0}, {1, 2}}`.
class paddings {
public:
    constexpr paddings() = default;
    constexpr paddings(std::initializer_list<pad_extents> list) {
        for (const pad_extents& extents : list) append(extents);
    }
    /// More than a tensor has axes are counted, and so refused.
    constexpr void append(const pad_extents& extents) {
        if (count_++ < core_parts::max_rank) axis_[count_ - 1] = extents;
    }
    constexpr std::int64_t size() const { return count_; }
    constexpr const pad_extents& operator[](int axis) const { return axis_[axis]; }

private:
    pad_extents axis_[core_parts::max_rank] = {};
    std::int64_t count_ = 0;
};

}  // namespace ambit
