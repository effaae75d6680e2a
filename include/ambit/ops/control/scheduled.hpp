// SPDX-License-Identifier: BSL-1.0
// The number that a schedule (optim/schedules.hpp) has at a step of training, as a tensor.
//
//     tensor rate = scheduled(exponential_decay({.initial = 0.1, .steps = 1000}), step);
#pragma once

#include <ambit/contract/schedule.hpp>
#include <ambit/ops/control.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

/// What is wrong with a schedule of a dtype; nothing, with the result, if nothing is.
constexpr inferred checked_schedule(const schedule& s, const tensor_spec& result) {
    using kind = schedule_kind;
    if (s.boundaries < 0)
        return refuses(mistake::op_option, "there are at most 8 boundaries, and one more value than boundaries",
                       result);
    option_fault off;
    const auto expect = [&off](std::string_view option, double value, const option_range& range) {
        if (!off) off = outside(option, value, range);
    };
    const auto expect_rate = [&](std::string_view option, double value) {
        expect(option, value, range_of::from(0));
        expect(option, value, range_of::values_of(result.type));
    };
    expect_rate("initial", s.initial);
    expect_rate("final", s.final);
    expect("steps", s.steps, range_of::above(0));
    expect("rate", s.rate, s.kind == kind::inverse_time ? range_of::from(0) : range_of::above(0));
    expect("power", s.power, range_of::above(0));
    expect("growth", s.growth, range_of::from(1));
    expect("shrink", s.shrink, range_of::above(0));
    expect("the count of a warm-up", s.warm_up, range_of::from(0));
    expect_rate("what a warm-up begins with", s.warm_up_from);
    for (std::int64_t i = 0; s.kind == kind::piecewise && i <= s.boundaries; ++i) {
        expect_rate("a value", s.value[i]);
        if (i < s.boundaries) expect("a boundary", s.boundary[i], range_of::finite());
    }
    if (off) return refuses(off, result);
    // Periods that hardly grow would be too many to count.
    if (s.growth > 1 && s.growth < 1.1)
        return refuses(mistake::op_option, "the growth of a period is 1, or at least 1.1", result);
    for (std::int64_t i = 1; i < s.boundaries; ++i)
        if (!(s.boundary[i - 1] < s.boundary[i])) return refuses(mistake::op_option, "boundaries go up", result);
    return yields(result);
}

struct schedule_op : compute_op {
    static constexpr std::string_view name = "scheduled";
    using kernel = kernel_tag::schedule;
    struct attributes {
        schedule of;
        std::int64_t type;
    };

    static constexpr inferred infer(const op_call& call) {
        const attributes by = call.attributes<attributes>();
        const tensor_spec result{{}, static_cast<dtype>(by.type)};
        if (!is_floating(result.type))
            return refuses(mistake::op_dtype, "the dtype is float32 or float64", {{}, float32});
        if (call.extents(0).rank() != 0) return refuses(mistake::op_shape, "the step is a scalar", result);
        if (call.type(0) == dtype::boolean) return refuses(mistake::op_dtype, "the step must be a number", result);
        return checked_schedule(by.of, result);
    }

    static constexpr schedule_geometry geometry(const op_call& call, const tensor_spec&) {
        schedule_geometry g;
        for (std::size_t i = 0; i < word_count<schedule>; ++i) g.words[i] = call.words[i];
        return g;
    }
};
inline constexpr op_info schedule_info = describe<schedule_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::schedule_info> {
    using type = op_parts::schedule_op;
};

constexpr tensor scheduled(const schedule& of, const tensor& step, const scheduled_options& o, const location& at) {
    return make_op(op_parts::schedule_info, {step},
                   op_parts::schedule_op::attributes{of, static_cast<std::int64_t>(dtype(o.dtype))}, {o.name}, at);
}

}  // namespace ambit
