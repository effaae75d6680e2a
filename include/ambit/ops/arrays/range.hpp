// SPDX-License-Identifier: BSL-1.0
// Numbers at equal distances, known to the compiler and written where they are needed.
//
//     tensor places = range(s, 10);                                             // int32: 0 1 … 9
//     tensor odd    = range(s, 1, 10, 2);                                       // 1 3 5 7 9
//     tensor down   = range(s, 1, 0, -0.25);                                    // float32: 1 0.75 0.5 0.25
//     tensor grid   = linspace(s, -1, 1, 5);                                    // float32: -1 -0.5 0 0.5 1
//
// Whole numbers make int32, others float32, unless a dtype is asked for. Computed in float64, then rounded.
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/graph/option_ranges.hpp>
#include <ambit/math/constexpr_math.hpp>
#include <ambit/ops/arrays.hpp>

#include <bit>
#include <concepts>
#include <type_traits>

namespace AMBIT_NAMESPACE::op_parts {

/// Numbers from a first one on, at equal distances, before a limit.
struct range_op : compute_op {
    static constexpr std::string_view name = "range";
    using kernel = kernel_tag::range;
    struct attributes {
        double start, limit, delta;
        std::int64_t type;
    };

    static constexpr inferred infer(const op_call& call) {
        const auto a = call.attributes<attributes>();
        const auto type = static_cast<dtype>(a.type);
        const tensor_spec guess{{1}, type};
        if (type == dtype::boolean) return refuses(mistake::op_dtype, "a range is of numbers", guess);
        if (!is_moderate(a.start) || !is_moderate(a.limit) || !is_moderate(a.delta) || math::equals(a.delta, 0))
            return refuses(mistake::op_option, "start, limit and delta are finite, and delta is not 0", guess);
        const std::int64_t count = count_of(a);
        if (count < 1) return refuses(mistake::op_option, "the range would be empty", guess);
        if (!is_legal(shape{count})) return exceeds_a_terabyte(guess);
        const double second = count == 1 ? a.start : a.start + a.delta, last = element(a, count - 1);
        if (const option_fault off = outside("start", a.start, range_of::doubles_of(type))) return refuses(off, guess);
        if (const option_fault off = outside("the second number", second, range_of::doubles_of(type)))
            return refuses(off, guess);
        if (const option_fault off = outside("the last number", last, range_of::doubles_of(type)))
            return refuses(off, guess);
        return yields({{count}, type});
    }

    static constexpr range_geometry geometry(const op_call& call, const tensor_spec& result) {
        const auto a = call.attributes<attributes>();
        return {result.extents[0], std::bit_cast<std::int64_t>(a.start), std::bit_cast<std::int64_t>(a.delta),
                std::bit_cast<std::int64_t>(element(a, result.extents[0] - 1))};
    }

private:
    /// Finite, and far enough from overflow for the sums below, which would end a constant evaluation.
    static constexpr bool is_moderate(double x) { return math::is_finite(x) && math::fabs(x) < 0x1p1000; }

    static constexpr double element(const attributes& a, std::int64_t index) {
        return a.start + math::product(static_cast<double>(index), a.delta);
    }

    /// ceil((limit - start) / delta), exactly for whole numbers; what is far too many is as many as can be told.
    static constexpr std::int64_t count_of(const attributes& a) {
        if (a.delta > 0 ? !(a.limit > a.start) : !(a.limit < a.start)) return 0;
        constexpr double most = static_cast<double>(max_tensor_bytes);
        if (math::fabs(a.limit - a.start) / most > math::fabs(a.delta)) return max_tensor_bytes;
        const double way = (a.limit - a.start) / a.delta, whole = math::floor(way);
        const auto count = static_cast<std::int64_t>(whole);
        // Rounding may have made the quotient a whole number: whether there is one more, the next element tells.
        const double next = element(a, count);
        return !math::equals(whole, way) || (a.delta > 0 ? next < a.limit : next > a.limit) ? count + 1 : count;
    }
};
inline constexpr op_info range_info = describe<range_op>();

/// Numbers at equal distances, both ends included.
struct linspace_op : compute_op {
    static constexpr std::string_view name = "linspace";
    using kernel = kernel_tag::range;
    struct attributes {
        double start, stop;
        std::int64_t count, type;
    };

    static constexpr inferred infer(const op_call& call) {
        const auto a = call.attributes<attributes>();
        const auto type = static_cast<dtype>(a.type);
        const tensor_spec guess{{1}, type};
        if (!is_floating(type)) return refuses(mistake::op_dtype, "numbers of linspace are float32 or float64", guess);
        if (!math::is_finite(a.start) || !math::is_finite(a.stop) || !(math::fabs(a.stop / 2 - a.start / 2) < 0x1p1022))
            return refuses(mistake::op_option, "start and stop are finite", guess);
        if (const option_fault off = outside("start", a.start, range_of::doubles_of(type))) return refuses(off, guess);
        if (const option_fault off = outside("stop", a.stop, range_of::doubles_of(type))) return refuses(off, guess);
        if (const option_fault off = outside("count", a.count, range_of::from(1))) return refuses(off, guess);
        if (!is_legal(shape{a.count})) return exceeds_a_terabyte(guess);
        return yields({{a.count}, type});
    }

    static constexpr range_geometry geometry(const op_call& call, const tensor_spec&) {
        const auto a = call.attributes<attributes>();
        const double step = a.count > 1 ? (a.stop - a.start) / static_cast<double>(a.count - 1) : 0.0;
        return {a.count, std::bit_cast<std::int64_t>(a.start), std::bit_cast<std::int64_t>(step),
                std::bit_cast<std::int64_t>(a.count > 1 ? a.stop : a.start)};
    }
};
inline constexpr op_info linspace_info = describe<linspace_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::range_info> {
    using type = op_parts::range_op;
};
template <> struct op_of<&op_parts::linspace_info> {
    using type = op_parts::linspace_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// What counts places of an axis.
constexpr dtype type_of_places(std::int64_t extent) {
    return extent <= (std::numeric_limits<std::int32_t>::max)() ? dtype::int32 : dtype::int64;
}

/// 0, 1, … before `limit`, in the graph of another tensor.
constexpr tensor numbers_below(std::int64_t limit, const tensor& beside, dtype type) {
    const range_op::attributes a{0, static_cast<double>(limit), 1, static_cast<std::int64_t>(type)};
    return beside.builder()->make(range_info, {}, to_words(a), {}, {});
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor range(scope& s, const op_parts::range_number& start, const op_parts::range_number& limit,
                       const op_parts::range_number& delta, const range_options& options, const location& at) {
    const bool is_whole = start.is_whole() && limit.is_whole() && delta.is_whole();
    const dtype type = options.dtype.otherwise(is_whole ? int32 : float32);
    graph_builder& builder = *s.builder();
    graph_parts::option_ranges ranges(builder, options.name.empty() ? op_parts::range_op::name : options.name, at);
    start.expect_exact(ranges, "start");
    limit.expect_exact(ranges, "limit");
    delta.expect_exact(ranges, "delta");
    if (!ranges.all_fit()) return builder.inert({{1}, type});
    const op_parts::range_op::attributes a{start.real(), limit.real(), delta.real(), static_cast<std::int64_t>(type)};
    return builder.make(op_parts::range_info, {}, core_parts::to_words(a), {options.name}, at);
}

constexpr tensor range(scope& s, const op_parts::range_number& start, const op_parts::range_number& limit,
                       const range_options& options, const location& at) {
    return range(s, start, limit, 1, options, at);
}

constexpr tensor range(scope& s, const op_parts::range_number& limit, const range_options& options,
                       const location& at) {
    return range(s, 0, limit, 1, options, at);
}

constexpr tensor linspace(scope& s, const op_parts::range_number& start, const op_parts::range_number& stop,
                          core_parts::whole_number count, const range_options& options, const location& at) {
    const dtype type = options.dtype.otherwise(float32);
    const op_parts::linspace_op::attributes a{start.real(), stop.real(), count, static_cast<std::int64_t>(type)};
    return s.builder()->make(op_parts::linspace_info, {}, core_parts::to_words(a), {options.name}, at);
}

}  // namespace ambit
