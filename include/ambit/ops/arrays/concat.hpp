// SPDX-License-Identifier: BSL-1.0
// Arrays joined along an axis that they have, or along a new one. Any number of them, any dtype.
//
//     tensor both = concat({left, right}, -1);                  // [4, 3] and [4, 5] -> [4, 8]
//     tensor all  = stack(steps, 1);                            // five of [32, 10] -> [32, 5, 10]
//
// A kernel joins eight arrays; of more than that, neighbours are joined first.
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/core/list_view.hpp>
#include <ambit/ops/arrays.hpp>

#include <concepts>
#include <initializer_list>
#include <span>

namespace AMBIT_NAMESPACE::op_parts {

struct concat_op : compute_op {
    static constexpr std::string_view name = "concat";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::concat;
    struct attributes {
        std::int64_t axis;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& first = call.operand(0);
        const int axis = normalize_axis(call.attributes<attributes>().axis, first.extents.rank());
        if (axis < 0) return refuses(mistake::op_option, "the axis lies outside of the operands", first);
        tensor_spec result = first;
        for (int i = 1; i < call.operand_count; ++i) {
            tensor_spec next = call.operand(i);
            if (next.type != first.type) return refuses(mistake::op_dtype, "all operands must have one dtype", first);
            const bool same_rank = next.extents.rank() == first.extents.rank();
            const std::int64_t extent = same_rank ? next.extents[axis] : 0;
            if (same_rank) next.extents.set(axis, first.extents[axis]);
            if (next.extents != first.extents)
                return refuses(mistake::op_shape, "extents must be equal, but along the axis", first);
            result.extents.set(axis, result.extents[axis] + extent);
        }
        return yields_below_a_terabyte(result, first);
    }

    static constexpr concat_geometry geometry(const op_call& call, const tensor_spec&) {
        const int axis = normalize_axis(call.attributes<attributes>().axis, call.extents(0).rank());
        concat_geometry g;
        g.count = call.operand_count;
        for (int i = 0; i < call.operand_count; ++i) {
            const axis_geometry along = along_axis(call.extents(i), axis);
            g.outer = along.outer;
            g.run[i] = along.extent * along.inner;
        }
        return g;
    }
};
static_assert(max_joined == graph_builder::max_operands);
inline constexpr op_info concat_info = describe<concat_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::concat_info> {
    using type = op_parts::concat_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr tensor concat_list(list_view<tensor> parts, whole_number axis, const op_options& options,
                             const location& at) {
    const concat_op::attributes a{axis};
    const auto words = to_words(a);
    const auto join = [&](const tensor* first, std::size_t count, const op_options& name) {
        return append_op(concat_info, first, count, words.data(), words.size(), name, at);
    };
    constexpr std::size_t most = contract_parts::max_joined;
    if (parts.size() <= most) return join(parts.data(), parts.size(), options);
    // As few as possible are copied twice: groups of neighbours from the front on, until eight are left.
    buffer<tensor> left;
    for (std::size_t next = 0; next < parts.size();) {
        const std::size_t ahead = parts.size() - next, whole = static_cast<std::size_t>(left.size()) + ahead;
        std::size_t count = whole > most ? whole - most + 1 : 1;
        if (count > most) count = most;
        if (count > ahead) count = ahead;
        left.push_back(count > 1 ? join(parts.data() + next, count, {}) : parts[next]);
        next += count;
    }
    return concat_list(left, axis, options, at);
}

constexpr tensor stack_list(list_view<tensor> parts, whole_number axis, const op_options& options, const location& at) {
    buffer<tensor> expanded;
    for (const tensor& part : parts) expanded.push_back(expand_dims(part, axis, {}, at));
    return concat_list(expanded, axis, {options.name.empty() ? "stack" : options.name}, at);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor concat(std::span<const tensor> parts, core_parts::whole_number axis, const op_options& options,
                        const location& at) {
    return op_parts::concat_list(parts, axis, options, at);
}
constexpr tensor concat(std::initializer_list<tensor> parts, core_parts::whole_number axis, const op_options& options,
                        const location& at) {
    return op_parts::concat_list({parts.begin(), parts.size()}, axis, options, at);
}
constexpr tensor concat(const core_parts::buffer<tensor>& parts, core_parts::whole_number axis,
                        const op_options& options, const location& at) {
    return op_parts::concat_list(parts, axis, options, at);
}

constexpr tensor stack(std::span<const tensor> parts, core_parts::whole_number axis, const op_options& options,
                       const location& at) {
    return op_parts::stack_list(parts, axis, options, at);
}
constexpr tensor stack(std::initializer_list<tensor> parts, core_parts::whole_number axis, const op_options& options,
                       const location& at) {
    return op_parts::stack_list({parts.begin(), parts.size()}, axis, options, at);
}
constexpr tensor stack(const core_parts::buffer<tensor>& parts, core_parts::whole_number axis,
                       const op_options& options, const location& at) {
    return op_parts::stack_list(parts, axis, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void concat_op::gradient(gradient_call& call) {
    const shape whole = call.result().shape();
    const int axis = normalize_axis(call.attributes<attributes>().axis, whole.rank());
    shape begin = whole;
    for (int i = 0; i < whole.rank(); ++i) begin.set(i, 0);
    for (int i = 0; i < call.operand_count(); ++i) {
        const shape part = call.operand(i).shape();
        if (call.wants(i)) call.give(i, slice(call.upstream(), begin, part));
        begin.set(axis, begin[axis] + part[axis]);
    }
}

}  // namespace ambit::op_parts
