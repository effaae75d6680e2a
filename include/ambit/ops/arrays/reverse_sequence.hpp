// SPDX-License-Identifier: BSL-1.0
// The first elements of each sequence in reverse, as many as the sequence is long; what follows stays in place.
//
//     tensor backwards = reverse_sequence(x, lengths);          // [batch, time, ...] by int32[batch]
//     tensor backwards = reverse_sequence(x, lengths, {.sequence_axis = 0, .batch_axis = 1});   // [time, batch, ...]
//
// Any dtype; lengths are int32 or int64. A sequence whose length lies outside of [0, time] becomes zeros.
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/ops/arrays.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct reverse_sequence_op : compute_op {
    static constexpr std::string_view name = "reverse_sequence";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::reverse_sequence;
    struct attributes {
        std::int64_t sequence_axis, batch_axis;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const auto a = call.attributes<attributes>();
        const int sequence = normalize_axis(a.sequence_axis, x.extents.rank());
        const int batch = normalize_axis(a.batch_axis, x.extents.rank());
        if (sequence < 0 || batch < 0) return refuses(mistake::op_option, "the axes lie outside of the operand", x);
        if (sequence == batch) return refuses(mistake::op_option, "the axes of sequence and batch differ", x);
        if (call.type(1) != dtype::int32 && call.type(1) != dtype::int64)
            return refuses(mistake::op_dtype, "lengths are int32 or int64", x);
        if (call.extents(1) != shape{x.extents[batch]}) return refuses(mistake::op_shape, "one length a sequence", x);
        return yields(x);
    }

    static constexpr sequence_geometry geometry(const op_call& call, const tensor_spec&) {
        const shape& x = call.extents(0);
        const auto a = call.attributes<attributes>();
        const int sequence = normalize_axis(a.sequence_axis, x.rank()), batch = normalize_axis(a.batch_axis, x.rank());
        const bool batch_first = batch < sequence;
        const axis_geometry first = along_axis(x, batch_first ? batch : sequence);
        const axis_geometry second = along_axis(x, batch_first ? sequence : batch);
        return {first.outer,   first.extent, first.inner / (second.extent * second.inner),
                second.extent, second.inner, batch_first ? 1 : 0};
    }
};
inline constexpr op_info reverse_sequence_info = describe<reverse_sequence_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::reverse_sequence_info> {
    using type = op_parts::reverse_sequence_op;
};

constexpr tensor reverse_sequence(const tensor& x, const tensor& lengths, const reverse_sequence_options& options,
                                  const location& at) {
    const op_parts::reverse_sequence_op::attributes a{options.sequence_axis, options.batch_axis};
    return make_op(op_parts::reverse_sequence_info, {x, lengths}, a, {options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void reverse_sequence_op::gradient(gradient_call& call) {
    const auto a = call.attributes<attributes>();
    if (call.wants(0)) call.give(0, make_op(reverse_sequence_info, {call.upstream(), call.operand(1)}, a, {}, {}));
}

}  // namespace ambit::op_parts
