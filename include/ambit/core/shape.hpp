// SPDX-License-Identifier: BSL-1.0
// A shape: the extents of a tensor, outermost first. `{}` is a scalar, `{1}` a vector of one element.
//
//     constexpr shape images{32, 28, 28, 1};
//     static_assert(images.rank() == 4 && images.elements() == 25'088);
//     static_assert(broadcast(shape{8, 1}, shape{3}) == shape{8, 3});
#pragma once

#include <ambit/core/namespaces.hpp>
#include <ambit/core/refuses.hpp>
#include <ambit/core/standard.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace AMBIT_NAMESPACE::core_parts {

/// The largest rank of a tensor.
inline constexpr int max_rank = 8;

}  // namespace ambit::core_parts

namespace AMBIT_NAMESPACE {

/// Extents of a tensor. A flat structural type, so that it can be a template argument and prints readably.
/// Extents are not checked here: `is_legal` says whether each is positive and the element count fits.
class shape {
public:
    constexpr shape() = default;

    /// `shape{32, 784}`. Any integers; more than `max_rank` of them do not compile.
    template <std::integral... Extent>
        requires(sizeof...(Extent) > 0 && sizeof...(Extent) <= static_cast<std::size_t>(core_parts::max_rank))
    constexpr shape(Extent... extents) : extents_{static_cast<std::int64_t>(extents)...}, rank_(sizeof...(Extent)) {}
    template <class... Extent>
        requires((std::is_arithmetic_v<Extent> && ...) && (std::floating_point<Extent> || ...))
    AMBIT_REFUSES("extents and places are counted, by integers: {2, 3}, and neither {2.0, 3} nor {1.5, 2}")
    constexpr shape(Extent... extents) : shape(static_cast<std::int64_t>(extents)...) {}

    constexpr int rank() const { return static_cast<int>(rank_); }

    /// Extent of an axis; negative axes count from the end, as in NumPy.
    constexpr std::int64_t operator[](int axis) const { return extents_[axis < 0 ? axis + rank() : axis]; }

    constexpr void set(int axis, std::int64_t extent) { extents_[axis < 0 ? axis + rank() : axis] = extent; }
    constexpr void append(std::int64_t extent) { extents_[rank_++] = extent; }

    /// Product of the extents: 1 for a scalar. Meaningful for legal shapes only.
    constexpr std::int64_t elements() const {
        std::int64_t count = 1;
        for (std::int64_t axis = 0; axis < rank_; ++axis) count *= extents_[axis];
        return count;
    }

    friend constexpr bool operator==(const shape& a, const shape& b) {
        if (a.rank_ != b.rank_) return false;
        for (std::int64_t axis = 0; axis < a.rank_; ++axis)
            if (a.extents_[axis] != b.extents_[axis]) return false;
        return true;
    }

    // Public because a structural type may have no private members.
    std::int64_t extents_[core_parts::max_rank] = {};
    std::int64_t rank_ = 0;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::core_parts {

/// The largest number of bytes one tensor may have: offsets and sizes of whole models stay far from overflow.
inline constexpr std::int64_t max_tensor_bytes = std::int64_t{1} << 40;

// Every op of a graph comes here, so that these read the extents themselves: a call for each would be charged to the
// evaluation's budget.

/// Each extent is positive and the elements, of up to 8 bytes each, stay below `max_tensor_bytes`.
constexpr bool is_legal(const shape& s) {
    std::int64_t left = max_tensor_bytes / 8;
    for (std::int64_t axis = 0; axis < s.rank_; ++axis) {
        const std::int64_t extent = s.extents_[axis];
        if (extent < 1) return false;
        left /= extent;
    }
    return left >= 1;
}

/// NumPy's rule: aligned at the last axis, extents are equal or one of them is 1.
constexpr bool are_broadcastable(const shape& a, const shape& b) {
    for (std::int64_t i = a.rank_ - 1, j = b.rank_ - 1; i >= 0 && j >= 0; --i, --j) {
        const std::int64_t of_a = a.extents_[i], of_b = b.extents_[j];
        if (of_a != of_b && of_a != 1 && of_b != 1) return false;
    }
    return true;
}

/// The shape of `a op b`. Precondition: `are_broadcastable(a, b)`.
constexpr shape broadcast(const shape& a, const shape& b) {
    const bool a_longer = a.rank_ >= b.rank_;
    shape result = a_longer ? a : b;
    const shape& other = a_longer ? b : a;
    for (std::int64_t i = result.rank_ - 1, j = other.rank_ - 1; j >= 0; --i, --j)
        if (result.extents_[i] == 1) result.extents_[i] = other.extents_[j];
    return result;
}

/// What `get_variable` takes in place of a shape when any shape will do. Not made from `{}`, which is the scalar shape.
struct any_shape_t {
    enum class only { any_shape };
    explicit constexpr any_shape_t(only) {}
};

}  // namespace ambit::core_parts

namespace AMBIT_NAMESPACE {

inline constexpr core_parts::any_shape_t any_shape{core_parts::any_shape_t::only::any_shape};

/// The extent of an input that a call says, its batch: `input<float, any_size, 784>`.
inline constexpr std::int64_t any_size = (std::numeric_limits<std::int64_t>::min)();

}  // namespace ambit
