// SPDX-License-Identifier: BSL-1.0
// An array in parts along an axis: equal ones, ones of given sizes, or its slices without the axis. Any dtype.
//
//     auto [i, f, g, o] = split<4>(gates, -1);                  // [32, 40] -> four of [32, 10]
//     buffer<tensor> thirds = split(x, 3, 0);
//     buffer<tensor> parts  = split(x, {1, 4, 2}, 0);           // sizes along the axis
//     buffer<tensor> steps  = unstack(sequence, 1);             // [32, 5, 10] -> five of [32, 10]
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/core/list_view.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/arrays/view.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>

namespace AMBIT_NAMESPACE::op_parts {

/// One of the parts of an array along an axis.
struct split_op : view_op {
    static constexpr std::string_view name = "split";
    static constexpr void gradient(gradient_call& call);
    struct attributes {
        std::int64_t axis;
        std::int64_t parts;  // equal ones; 0: sizes are given, which add up to `total`
        std::int64_t index, begin, size, total;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const auto a = call.attributes<attributes>();
        const int axis = normalize_axis(a.axis, x.extents.rank());
        if (axis < 0) return refuses(mistake::op_option, "the axis lies outside of the operand", x);
        if (a.parts == 0 && (a.size < 1 || a.total != x.extents[axis]))
            return refuses(mistake::op_option, "sizes are at least 1 and add up to the extent of the axis", x);
        if (a.parts < 0 || (a.parts > 0 && x.extents[axis] % a.parts != 0))
            return refuses(mistake::op_option, "the number of parts divides the extent of the axis", x);
        return yields({viewed_shape(steps_of(a, x.extents), x.extents.rank()), x.type});
    }
    static constexpr view_geometry geometry(const op_call& call, const tensor_spec&) {
        return viewed_geometry(steps_of(call.attributes<attributes>(), call.extents(0)), call.extents(0));
    }
    static constexpr view_steps steps_of(const attributes& a, const shape& x) {
        const int axis = normalize_axis(a.axis, x.rank());
        view_steps steps = whole_view(x);
        const std::int64_t size = a.parts > 0 ? x[axis] / a.parts : a.size;
        steps.axis[axis] = {a.parts > 0 ? a.index * size : a.begin, size, 1};
        return steps;
    }
};
inline constexpr op_info split_info = describe<split_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::split_info> {
    using type = op_parts::split_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// Parts one after the other; the first refusal stands for all.
class split_parts {
public:
    constexpr split_parts(const tensor& x, const op_options& options, const location& at)
        : x_(x), options_(options), at_(at) {}
    constexpr tensor next(const split_op::attributes& a) {
        if (!is_refused()) part_ = make_op(split_info, {x_}, a, options_, at_);
        return part_;
    }
    /// A refused number of parts may be any: the code behind a refusal finds as many as an array may have it name.
    constexpr bool may_go_on(std::int64_t made) const { return !is_refused() || made < 1024; }

private:
    constexpr bool is_refused() const { return part_.builder() != nullptr && part_.builder()->is_inert(part_.id()); }

    tensor x_;
    op_options options_;
    location at_;
    tensor part_;
};

constexpr buffer<tensor> split_by(const tensor& x, list_view<std::int64_t> sizes, whole_number axis,
                                  const op_options& options, const location& at) {
    buffer<tensor> parts;
    std::int64_t total = 0, begin = 0;
    for (const std::int64_t size : sizes)
        total = size < 1 || total < 0 || size > max_tensor_bytes - total ? -1 : total + size;
    split_parts made(x, options, at);
    for (const std::int64_t size : sizes) {
        parts.push_back(made.next({axis, 0, 0, begin, size, total}));
        if (total >= 0) begin += size;
    }
    return parts;
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <std::integral Count>
constexpr core_parts::buffer<tensor> split(const tensor& x, Count parts, core_parts::whole_number axis,
                                           const op_options& options, const location& at) {
    core_parts::buffer<tensor> all;
    op_parts::split_parts made(x, options, at);
    const std::int64_t count = parts > 0 ? static_cast<std::int64_t>(parts) : -1;  // 0 would mean sizes
    for (std::int64_t i = 0; i == 0 || (i < count && made.may_go_on(i)); ++i)
        all.push_back(made.next({axis, count, i, 0, 0, 0}));
    return all;
}

template <std::size_t Parts>
    requires(Parts > 0)
constexpr std::array<tensor, Parts> split(const tensor& x, core_parts::whole_number axis, const op_options& options,
                                          const location& at) {
    std::array<tensor, Parts> all;
    op_parts::split_parts made(x, options, at);
    std::int64_t index = 0;
    for (tensor& part : all) part = made.next({axis, static_cast<std::int64_t>(Parts), index++, 0, 0, 0});
    return all;
}

constexpr core_parts::buffer<tensor> split(const tensor& x, std::span<const std::int64_t> sizes,
                                           core_parts::whole_number axis, const op_options& options,
                                           const location& at) {
    return op_parts::split_by(x, sizes, axis, options, at);
}
constexpr core_parts::buffer<tensor> split(const tensor& x, std::initializer_list<std::int64_t> sizes,
                                           core_parts::whole_number axis, const op_options& options,
                                           const location& at) {
    return op_parts::split_by(x, {sizes.begin(), sizes.size()}, axis, options, at);
}

constexpr core_parts::buffer<tensor> unstack(const tensor& x, core_parts::whole_number axis, const op_options& options,
                                             const location& at) {
    if (refused_parts::is_without_graph({x})) return split(x, 1, axis, options, at);  // which refuses it
    const int from = normalize_axis(axis, x.shape().rank());
    const op_options named{options.name.empty() ? "unstack" : options.name};
    if (from < 0) return split(x, 1, axis, named, at);  // which refuses it
    core_parts::buffer<tensor> slices = split(x, x.shape()[from], axis, {}, at);
    for (tensor& slice : slices) slice = squeeze(slice, {axis.value}, named, at);
    return slices;
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void split_op::gradient(gradient_call& call) {
    const shape x = call.operand(0).shape();
    call.give(0, unview(call.upstream(), steps_of(call.attributes<attributes>(), x), x));
}

}  // namespace ambit::op_parts
