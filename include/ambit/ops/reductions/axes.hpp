// SPDX-License-Identifier: BSL-1.0
// A list of axes as an option: `.axes = {0, -1}`, or one axis, `.axes = 1`. Negative axes count from the last.
#pragma once

#include <ambit/core/refuses.hpp>
#include <ambit/core/shape.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE {

class axes {
public:
    constexpr axes() = default;
    template <std::integral... Axis>
        requires(sizeof...(Axis) > 0 && sizeof...(Axis) <= static_cast<std::size_t>(core_parts::max_rank))
    constexpr axes(Axis... list) : axis_{static_cast<std::int64_t>(list)...}, count_(sizeof...(Axis)) {}
    template <class... Axis>
        requires((std::is_arithmetic_v<Axis> && ...) && (std::floating_point<Axis> || ...))
    AMBIT_REFUSES("axes and places are numbered, by integers: {.axes = {0, 1}}") constexpr axes(Axis... list)
        : axes(static_cast<std::int64_t>(list)...) {}

    constexpr void append(std::int64_t axis) { axis_[count_++] = axis; }

    constexpr int size() const { return static_cast<int>(count_); }
    constexpr std::int64_t operator[](int index) const { return axis_[index]; }

private:
    std::int64_t axis_[core_parts::max_rank] = {};
    std::int64_t count_ = 0;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// The same kind of list, with a place on each axis: `.begin = {0, -3}`.
using axis_places = axes;

}  // namespace ambit::op_parts
