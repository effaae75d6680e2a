// SPDX-License-Identifier: BSL-1.0
// Places added around an array: of one value, or a reflection of what is inside, as TensorFlow's `pad`.
//
//     tensor framed = pad(image, {{0, 0}, {1, 1}, {1, 1}, {0, 0}});           // a border of zeros, 1 wide
//     tensor edge   = pad(x, {{2, 2}}, {.mode = pad_mode::reflect});          // 1 2 3 -> 3 2 1 2 3 2 1
//     tensor twice  = pad(x, {{2, 2}}, {.mode = pad_mode::symmetric});        // 1 2 3 -> 2 1 1 2 3 3 2
//
// Any dtype. A pair of extents, before and after, for each axis.
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/arrays/concat.hpp>
#include <ambit/ops/arrays/slice.hpp>
#include <ambit/ops/arrays/view.hpp>

#include <bit>
#include <initializer_list>

namespace AMBIT_NAMESPACE::op_parts {

struct pad_op : compute_op {
    static constexpr std::string_view name = "pad";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::pad;
    struct attributes {
        paddings around;
        std::int64_t between[max_rank];  // places between two elements of an axis: what gradients of strides need
        double value;
        pad_mode mode;  // constant; the others are refused here or made of slices by `pad`
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const auto a = call.attributes<attributes>();
        if (a.around.size() != x.extents.rank())
            return refuses(mistake::op_option, "padding has a pair {before, after} for each axis", x);
        if (const option_fault off = outside("constant_value", a.value, range_of::doubles_of(x.type)))
            return refuses(off, x);
        tensor_spec result{{}, x.type};
        for (int axis = 0; axis < x.extents.rank(); ++axis) {
            const auto [before, after] = a.around[axis];
            if (before < 0 || after < 0) return refuses(mistake::op_option, "padding is at least 0", x);
            const std::int64_t most = x.extents[axis] - (a.mode == pad_mode::reflect ? 1 : 0);
            if (a.mode != pad_mode::constant && (before > most || after > most))
                return refuses(mistake::op_shape, "reflected places lie within the operand", x);
            if (before > max_tensor_bytes || after > max_tensor_bytes ||
                a.between[axis] > max_tensor_bytes / x.extents[axis])
                return exceeds_a_terabyte(x);
            result.extents.append(before + x.extents[axis] + (x.extents[axis] - 1) * a.between[axis] + after);
        }
        return yields_below_a_terabyte(result, x);
    }

    /// An axis that is taken as it is belongs to the one before it.
    static constexpr pad_geometry geometry(const op_call& call, const tensor_spec&) {
        const shape& x = call.extents(0);
        const auto a = call.attributes<attributes>();
        pad_geometry g;
        g.value = std::bit_cast<std::int64_t>(a.value);
        g.rank = 0;
        for (int axis = 0; axis < x.rank(); ++axis) {
            const auto [before, after] = a.around[axis];
            const std::int64_t between = x[axis] > 1 ? a.between[axis] : 0;
            if (g.rank > 0 && before == 0 && after == 0 && between == 0 && g.between[g.rank - 1] == 0) {
                g.extent[g.rank - 1] *= x[axis];
                g.before[g.rank - 1] *= x[axis];
                g.after[g.rank - 1] *= x[axis];
                continue;
            }
            g.extent[g.rank] = x[axis];
            g.before[g.rank] = before;
            g.between[g.rank] = between;
            g.after[g.rank++] = after;
        }
        if (g.rank == 0) g.rank = 1;
        return g;
    }
};
inline constexpr op_info pad_info = describe<pad_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::pad_info> {
    using type = op_parts::pad_op;
};

/// With a reflection: of each padded axis two reversed slices, joined with what is between them.
constexpr tensor pad(const tensor& x, const paddings& around, const pad_options& options, const location& at) {
    const op_parts::pad_op::attributes a{around, {}, options.constant_value, options.mode};
    bool is_plain = options.mode == pad_mode::constant || x.builder() == nullptr;
    if (!is_plain) {
        // What the rule refuses is refused as `pad`.
        const tensor_spec x_spec = x.spec();
        const auto words = core_parts::to_words(a);
        is_plain = op_parts::pad_op::infer({&x_spec, 1, words.data()}).fault != mistake::none;
    }
    if (is_plain) return make_op(op_parts::pad_info, {x}, a, {options.name}, at);

    const op_options joined{options.name.empty() ? op_parts::pad_op::name : options.name};
    const std::int64_t skipped = options.mode == pad_mode::reflect ? 1 : 0;
    tensor padded = x;
    for (int axis = 0; axis < x.shape().rank(); ++axis) {
        const auto [before, after] = around[axis];
        if (before == 0 && after == 0) continue;
        // Places `first`, `first - 1`, … of this axis, and all of the others.
        const auto reversed = [&](std::int64_t first, std::int64_t count) {
            op_parts::strided_slice_op::attributes taken{};
            for (int i = 0; i <= axis; ++i) {
                taken.begin.append(i == axis ? first : unbounded);
                taken.end.append(i == axis && first >= count ? first - count : unbounded);
                taken.strides.append(i == axis ? -1 : 1);
            }
            return make_op(op_parts::strided_slice_info, {padded}, taken, {}, at);
        };
        core_parts::buffer<tensor> parts;
        if (before > 0) parts.push_back(reversed(skipped + before - 1, before));
        parts.push_back(padded);
        if (after > 0) parts.push_back(reversed(x.shape()[axis] - 1 - skipped, after));
        padded = op_parts::concat_list(parts, axis, joined, at);
    }
    return padded;
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void pad_op::gradient(gradient_call& call) {
    const shape x = call.operand(0).shape();
    const auto a = call.attributes<attributes>();
    strided_slice_op::attributes inside{};
    for (int axis = 0; axis < x.rank(); ++axis) {
        const std::int64_t step = a.between[axis] + 1;
        inside.begin.append(a.around[axis].before);
        inside.end.append(a.around[axis].before + (x[axis] - 1) * step + 1);
        inside.strides.append(step);
    }
    call.give(0, make_op(strided_slice_info, {call.upstream()}, inside, {}, {}));
}

constexpr tensor unview(const tensor& upstream, const view_steps& steps, const shape& x) {
    pad_op::attributes a{};
    axes reversed;
    for (int axis = 0; axis < x.rank(); ++axis) {
        const axis_steps& selected = steps.axis[axis];
        const std::int64_t last = selected.first + (selected.count - 1) * selected.step;
        if (selected.count > 1 && selected.step < 0) reversed.append(axis);
        if (selected.count > 1) a.between[axis] = (selected.step < 0 ? -selected.step : selected.step) - 1;
        a.around.append(selected.step < 0 ? pad_extents{last, x[axis] - 1 - selected.first}
                                    : pad_extents{selected.first, x[axis] - 1 - last});
    }
    const tensor forward = reversed.size() > 0 ? reverse(upstream, reversed) : upstream;
    return make_op(pad_info, {forward}, a, {}, {});
}

}  // namespace ambit::op_parts
