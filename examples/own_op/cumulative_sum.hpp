// SPDX-License-Identifier: BSL-1.0
// A user's own op with a kernel of its own: running totals along the last axis, [..., n] -> [..., n].
//
//     ambit::tensor totals = neural::cumulative_sum(x);                  // {1, 2, 3} -> {1, 3, 6}
#pragma once

#include <ambit/ops/op.hpp>

#include <cstdint>
#include <string_view>

namespace neural {

struct cumulative_sum_op : ambit::compute_op {
    static constexpr std::string_view name = "cumulative_sum";
    using kernel = ambit::kernel_tag::custom;

    static constexpr ambit::inferred infer(const ambit::op_call& call) {
        const ambit::tensor_spec& x = call.operand(0);
        if (!ambit::is_floating(x.type))
            return ambit::refuses(ambit::mistake::op_dtype, "the operand must be float32 or float64", x);
        if (x.extents.rank() < 1)
            return ambit::refuses(ambit::mistake::op_shape, "the operand needs an axis to sum along", x);
        return ambit::yields(x);
    }

    /// The kernel: addresses of the result and of each operand. `Call::value` has their specs, known to the
    /// compiler.
    template <class Call, class T> static void run(T* out, const T* in) noexcept {
        constexpr ambit::shape extents = Call::value.operands[0].extents;
        for (std::int64_t row = 0; row < extents.elements() / extents[-1]; ++row) {
            T total = 0;
            for (std::int64_t i = 0; i < extents[-1]; ++i) *out++ = total += *in++;
        }
    }
};
inline constexpr ambit::op_info cumulative_sum_info = ambit::describe<cumulative_sum_op>();

constexpr ambit::tensor cumulative_sum(const ambit::tensor& x, const ambit::op_options& options = {},
                                       const ambit::location& at = ambit::location::current()) {
    return ambit::make_op(cumulative_sum_info, {x}, ambit::no_attributes{}, options, at);
}

}  // namespace neural

template <> struct ambit::op_of<&neural::cumulative_sum_info> { using type = neural::cumulative_sum_op; };
