// SPDX-License-Identifier: BSL-1.0
// What the ops mean that move elements, one element at a time, for the interpreter.
//
//     if (auto moved = array_meaning<double>(slice_info, call, result, operands)) return *moved;
#pragma once

#include <ambit/ops/all.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

namespace ambit_test {

namespace interpreter_detail {

/// The place of an element on each axis, and back.
using place_in_array = std::array<std::int64_t, ambit::core_parts::max_rank>;

inline place_in_array place_of(const ambit::shape& extents, std::int64_t element) {
    place_in_array at{};
    for (int axis = extents.rank() - 1; axis >= 0; --axis) {
        at[static_cast<std::size_t>(axis)] = element % extents[axis];
        element /= extents[axis];
    }
    return at;
}
inline std::size_t element_at(const ambit::shape& extents, const place_in_array& at) {
    std::int64_t element = 0;
    for (int axis = 0; axis < extents.rank(); ++axis)
        element = element * extents[axis] + at[static_cast<std::size_t>(axis)];
    return static_cast<std::size_t>(element);
}

/// The places of an axis that `strided_slice` takes, found by walking.
inline std::vector<std::int64_t> walked(const ambit::op_parts::strided_slice_op::attributes& a, int axis,
                                        std::int64_t extent) {
    const auto said = [&](const ambit::op_parts::axis_places& list, std::int64_t otherwise) {
        return axis < list.size() ? list[axis] : otherwise;
    };
    const std::int64_t stride = said(a.strides, 1);
    std::int64_t begin = said(a.begin, ambit::unbounded), end = said(a.end, ambit::unbounded);
    const auto from_front = [&](std::int64_t place) {
        return place < 0 ? std::max<std::int64_t>(place + extent, -1) : std::min(place, extent);
    };
    begin = begin == ambit::unbounded ? (stride > 0 ? 0 : extent - 1) : from_front(begin);
    end = end == ambit::unbounded ? (stride > 0 ? extent : -1) : from_front(end);
    if (stride < 0) begin = std::min(begin, extent - 1);
    else begin = std::max<std::int64_t>(begin, 0);
    std::vector<std::int64_t> places;
    for (std::int64_t i = begin; stride > 0 ? i < end : i > end; i += stride) places.push_back(i);
    return places;
}

/// The place of the operand that a place of the result comes from.
inline std::optional<place_in_array> source_in_view(const ambit::op_info& op, const ambit::op_call& call,
                                                    place_in_array at) {
    using namespace ambit;
    using namespace ambit::op_parts;
    const shape& x = call.extents(0);
    const auto on = [&](int axis) -> std::int64_t& { return at[static_cast<std::size_t>(axis)]; };
    switch (op.id) {
        case op_id("slice"): {
            const auto a = call.attributes<slice_op::attributes>();
            for (int axis = 0; axis < x.rank(); ++axis) on(axis) += a.begin[axis];
            return at;
        }
        case op_id("strided_slice"): {
            const auto a = call.attributes<strided_slice_op::attributes>();
            for (int axis = 0; axis < x.rank(); ++axis)
                on(axis) = walked(a, axis, x[axis])[static_cast<std::size_t>(on(axis))];
            return at;
        }
        case op_id("split"): {
            const auto a = call.attributes<split_op::attributes>();
            const int axis = normalize_axis(a.axis, x.rank());
            on(axis) += a.parts > 0 ? x[axis] / a.parts * a.index : a.begin;
            return at;
        }
        case op_id("reverse"): {
            const auto a = call.attributes<reverse_op::attributes>();
            for (int i = 0; i < a.axes.size(); ++i) {
                const int axis = normalize_axis(a.axes[i], x.rank());
                on(axis) = x[axis] - 1 - on(axis);
            }
            return at;
        }
        case op_id("tile"):
            for (int axis = 0; axis < x.rank(); ++axis) on(axis) %= x[axis];
            return at;
        case op_id("diag_part"): on(x.rank() - 1) = on(x.rank() - 2); return at;
        case op_id("space_to_depth"): {
            const std::int64_t block = call.attributes<space_to_depth_op::attributes>().block;
            const std::int64_t channel = at[3];
            return place_in_array{at[0], at[1] * block + channel / x[3] / block,
                                  at[2] * block + channel / x[3] % block, channel % x[3]};
        }
        case op_id("depth_to_space"): {
            const std::int64_t block = call.attributes<space_to_depth_op::attributes>().block;
            const std::int64_t channels = x[3] / block / block;
            return place_in_array{at[0], at[1] / block, at[2] / block,
                                  (at[1] % block * block + at[2] % block) * channels + at[3]};
        }
        default: return std::nullopt;
    }
}

/// The place of the result that a place of the operand goes to, and what stands elsewhere.
struct destination {
    place_in_array at;
    double elsewhere;
};
inline std::optional<destination> destination_of(const ambit::op_info& op, const ambit::op_call& call,
                                                 place_in_array at) {
    using namespace ambit;
    using namespace ambit::op_parts;
    const shape& x = call.extents(0);
    switch (op.id) {
        case ambit::graph_parts::op_id("pad"): {
            const auto a = call.attributes<ambit::op_parts::pad_op::attributes>();
            for (int axis = 0; axis < x.rank(); ++axis) {
                std::int64_t& place = at[static_cast<std::size_t>(axis)];
                place = a.around[axis].before + place * (a.between[axis] + 1);
            }
            return destination{at, a.value};
        }
        case ambit::graph_parts::op_id("diag"): {
            const auto last = static_cast<std::size_t>(x.rank() - 1);
            at[last + 1] = at[last];
            return destination{at, 0};
        }
        default: return std::nullopt;
    }
}

/// The axes before, at and behind one of them, for an array whose axis `axis` is replaced by those of positions.
struct around_positions {
    std::int64_t outer = 1, extent = 1, inner = 1, count = 1;
    around_positions(const ambit::shape& whole, std::int64_t axis, const ambit::shape& positions) {
        const int at = static_cast<int>(axis < 0 ? axis + whole.rank() : axis);
        for (int i = 0; i < whole.rank(); ++i) (i < at ? outer : i == at ? extent : inner) *= whole[i];
        count = positions.elements();
    }
    /// `f(element of the array or -1, element of the slices)` for each element of the slices.
    template <class F> void each(const std::vector<std::int32_t>& positions, F&& f) const {
        for (std::int64_t o = 0; o < outer; ++o)
            for (std::int64_t i = 0; i < count; ++i)
                for (std::int64_t e = 0; e < inner; ++e) {
                    const std::int64_t place = positions[static_cast<std::size_t>(i)];
                    const std::int64_t element = (o * extent + place) * inner + e;
                    f(place < 0 || place >= extent ? -1 : element,
                      static_cast<std::size_t>((o * count + i) * inner + e));
                }
    }
};

/// The result of an op that moves elements; nothing for other ops. Positions are int32.
template <class T>
std::optional<std::vector<T>> array_meaning(const ambit::op_info& op, const ambit::op_call& call,
                                            const ambit::tensor_spec& result,
                                            const std::vector<const std::byte*>& operands) {
    using namespace ambit;
    using namespace ambit::op_parts;
    const auto load = [&]<class E>(std::size_t i, E) {
        std::vector<E> values(static_cast<std::size_t>(call.extents(static_cast<int>(i)).elements()));
        std::memcpy(values.data(), operands[i], values.size() * sizeof(E));
        return values;
    };
    std::vector<T> out(static_cast<std::size_t>(result.extents.elements()));
    const auto elements = static_cast<std::int64_t>(out.size());
    switch (op.id) {
        case ambit::graph_parts::op_id("range"): {
            const auto a = call.attributes<ambit::op_parts::range_op::attributes>();
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] = static_cast<T>(a.start + static_cast<double>(i) * a.delta);
            return out;
        }
        case ambit::graph_parts::op_id("linspace"): {
            const auto a = call.attributes<ambit::op_parts::linspace_op::attributes>();
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] = static_cast<T>(i == 0 ? a.start
                                               : a.start + (a.stop - a.start) * static_cast<double>(i) /
                                                               static_cast<double>(out.size() - 1));
            return out;
        }
        case ambit::graph_parts::op_id("concat"): {
            const auto axis = static_cast<std::size_t>(
                normalize_axis(call.attributes<ambit::op_parts::concat_op::attributes>().axis, result.extents.rank()));
            std::int64_t before = 0;
            for (int i = 0; i < call.operand_count; ++i) {
                const std::vector<T> part = load(static_cast<std::size_t>(i), T());
                for (std::size_t e = 0; e < part.size(); ++e) {
                    place_in_array at = place_of(call.extents(i), static_cast<std::int64_t>(e));
                    at[axis] += before;
                    out[element_at(result.extents, at)] = part[e];
                }
                before += call.extents(i)[static_cast<int>(axis)];
            }
            return out;
        }
        case ambit::graph_parts::op_id("gather"): {
            const std::vector<T> x = load(0, T());
            const around_positions where(call.extents(0),
                                         call.attributes<ambit::op_parts::gather_op::attributes>().axis,
                                         call.extents(1));
            where.each(load(1, std::int32_t()), [&](std::int64_t from, std::size_t to) {
                out[to] = from < 0 ? T(0) : x[static_cast<std::size_t>(from)];
            });
            return out;
        }
        case ambit::graph_parts::op_id("scatter"):
        case ambit::graph_parts::op_id("scatter_add"): {
            const bool into_zeros = op.id == ambit::graph_parts::op_id("scatter");
            if (!into_zeros) out = load(0, T());
            const std::vector<T> updates = load(into_zeros ? 0 : 2, T());
            const std::int64_t axis = into_zeros ? call.attributes<ambit::op_parts::scatter_op::attributes>().axis : 0;
            const around_positions where(result.extents, axis, call.extents(1));
            where.each(load(1, std::int32_t()), [&](std::int64_t to, std::size_t from) {
                if (to >= 0) out[static_cast<std::size_t>(to)] += updates[from];
            });
            return out;
        }
        case ambit::graph_parts::op_id("scatter_update"): {
            out = load(0, T());
            const std::vector<T> updates = load(2, T());
            const around_positions where(result.extents, 0, call.extents(1));
            where.each(load(1, std::int32_t()), [&](std::int64_t to, std::size_t from) {
                if (to >= 0) out[static_cast<std::size_t>(to)] = updates[from];
            });
            return out;
        }
        case ambit::graph_parts::op_id("one_hot"): {
            const auto a = call.attributes<ambit::op_parts::one_hot_op::attributes>();
            const auto axis = static_cast<std::size_t>(normalize_axis(a.axis, result.extents.rank()));
            const std::vector<std::int32_t> positions = load(0, std::int32_t());
            for (std::int64_t e = 0; e < elements; ++e) {
                place_in_array at = place_of(result.extents, e);
                const std::int64_t depth = at[axis];
                std::copy(at.begin() + static_cast<std::ptrdiff_t>(axis) + 1, at.end(),
                          at.begin() + static_cast<std::ptrdiff_t>(axis));
                out[static_cast<std::size_t>(e)] =
                    static_cast<T>(positions[element_at(call.extents(0), at)] == depth ? a.on : a.off);
            }
            return out;
        }
        case ambit::graph_parts::op_id("reverse_sequence"): {
            const auto a = call.attributes<reverse_sequence_op::attributes>();
            const auto sequence = static_cast<std::size_t>(normalize_axis(a.sequence_axis, result.extents.rank()));
            const auto batch = static_cast<std::size_t>(normalize_axis(a.batch_axis, result.extents.rank()));
            const std::vector<T> x = load(0, T());
            const std::vector<std::int32_t> lengths = load(1, std::int32_t());
            for (std::int64_t e = 0; e < elements; ++e) {
                place_in_array at = place_of(result.extents, e);
                const std::int64_t length = lengths[static_cast<std::size_t>(at[batch])];
                if (length < 0 || length > result.extents[static_cast<int>(sequence)]) continue;
                if (at[sequence] < length) at[sequence] = length - 1 - at[sequence];
                out[static_cast<std::size_t>(e)] = x[element_at(result.extents, at)];
            }
            return out;
        }
        default: break;
    }
    if (call.operand_count == 0) return std::nullopt;
    if (source_in_view(op, call, {})) {
        const std::vector<T> x = load(0, T());
        for (std::int64_t e = 0; e < elements; ++e)
            out[static_cast<std::size_t>(e)] =
                x[element_at(call.extents(0), *source_in_view(op, call, place_of(result.extents, e)))];
        return out;
    }
    if (const auto elsewhere = destination_of(op, call, {})) {
        std::fill(out.begin(), out.end(), static_cast<T>(elsewhere->elsewhere));
        const std::vector<T> x = load(0, T());
        for (std::size_t e = 0; e < x.size(); ++e)
            out[element_at(result.extents,
                           destination_of(op, call, place_of(call.extents(0), static_cast<std::int64_t>(e)))->at)] =
                x[e];
        return out;
    }
    return std::nullopt;
}

}  // namespace interpreter_detail

}  // namespace ambit_test
