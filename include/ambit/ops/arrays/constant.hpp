// SPDX-License-Identifier: BSL-1.0
// Values that the source gives, as tensors.
//
//     tensor half   = constant(s, 0.5);                                         // a float32 scalar
//     tensor sevens = constant(s, 7, {2, 3});                                   // int32[2, 3]
//     tensor kernel = constant(s, {1, 2, 1, 2, 4, 2, 1, 2, 1}, {3, 3}, {.dtype = float32});
//     tensor matrix = constant(s, std::array{std::array{1.0F, 2.0F}, std::array{3.0F, 4.0F}});
//     tensor blank  = zeros(s, {32, 10});
//
// Without a scope, `constant(…)` is an initializer. One value for a whole shape takes no memory; a list lies in the
// program's read-only memory and is for small arrays: each value goes through the compiler. A value that the dtype does
// not have is refused; floats are rounded to theirs.
#pragma once

#include <ambit/graph/option_ranges.hpp>
#include <ambit/ops/arrays.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <initializer_list>
#include <span>
#include <type_traits>

namespace AMBIT_NAMESPACE::op_parts {

/// A list of values. The words behind these attributes are the values.
struct constant_op {
    static constexpr std::string_view name = "constant";
    static constexpr op_role role = op_role::constant;
    struct attributes {
        shape extents;
        std::int64_t type, given;  // how many values there are
    };

    static constexpr inferred infer(const op_call& call) {
        const auto a = call.attributes<attributes>();
        const tensor_spec result{a.extents, static_cast<dtype>(a.type)};
        if (!is_legal(a.extents))
            return refuses(mistake::op_option, "extents are at least 1 and stay below a terabyte", {{}, result.type});
        if (a.given != a.extents.elements())
            return refuses(mistake::op_option, "there are as many values as the shape has elements", result);
        return yields(result);
    }
};
inline constexpr op_info constant_op_info = describe<constant_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::constant_op_info> {
    using type = op_parts::constant_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

template <class Number> constexpr dtype literal_dtype() {
    if constexpr (std::same_as<Number, bool>) return boolean;
    else if constexpr (std::same_as<Number, std::uint8_t>) return uint8;
    else if constexpr (std::integral<Number>) return sizeof(Number) > 4 ? int64 : int32;
    else return float32;
}

/// Values on their way into the graph, and the first that the dtype does not have.
struct constant_list {
    dtype type = dtype::none;
    buffer<std::int64_t> words = {};
    option_fault off = {};

    template <constant_number Number> constexpr void append(Number value) {
        const number given(value);
        words.push_back(given.word(type));
        if (!off) off = outside("an element", given, range_of::values_of(type));
    }
    template <class T, std::size_t Size> constexpr void append(const std::array<T, Size>& values) {
        for (const T& inner : values) append(inner);
    }
};

constexpr tensor make_constant(scope& s, const constant_list& list, const shape& extents, const op_options& options,
                               const location& at) {
    graph_builder& builder = *s.builder();
    option_ranges ranges(builder, options.name.empty() ? constant_op::name : options.name, at);
    ranges.expect(list.off);
    if (!ranges.all_fit()) return builder.inert({extents, list.type});
    const constant_op::attributes a{extents, static_cast<std::int64_t>(list.type), list.words.size()};
    const auto header = to_words(a);
    buffer<std::int64_t> words;
    words.append(header.data(), static_cast<int>(header.size()));
    words.append(list.words.begin(), list.words.size());
    return builder.make(constant_op_info, {}, words, options, at);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <op_parts::constant_number Number>
constexpr tensor constant(scope& s, Number value, const shape& extents, const constant_options& options,
                          const location& at) {
    op_parts::constant_list list{options.dtype.otherwise(op_parts::literal_dtype<Number>())};
    list.append(value);
    const op_options named{options.name.empty() ? op_parts::constant_op::name : options.name};
    const tensor scalar = op_parts::make_constant(s, list, {}, named, at);
    return extents.rank() == 0 ? scalar : broadcast_to(scalar, extents, named, at);
}

template <op_parts::constant_number Number>
constexpr tensor constant(scope& s, std::initializer_list<Number> values, const shape& extents,
                          const constant_options& options, const location& at) {
    op_parts::constant_list list{options.dtype.otherwise(op_parts::literal_dtype<Number>())};
    for (const Number value : values) list.append(value);
    return op_parts::make_constant(s, list, extents, {options.name}, at);
}

template <op_parts::constant_number Number>
constexpr tensor constant(scope& s, std::initializer_list<Number> values, const location& at) {
    return constant(s, values, shape{values.size()}, {}, at);
}

template <scope_parts::variable_value Value>
    requires(!std::is_arithmetic_v<Value>)
constexpr tensor constant(scope& s, const Value& value, const constant_options& options, const location& at) {
    const tensor_spec given = scope_parts::spec_of_value(value);
    op_parts::constant_list list{options.dtype.otherwise(given.type)};
    list.append(value);
    return op_parts::make_constant(s, list, given.extents, {options.name}, at);
}

template <op_parts::constant_number Number>
constexpr tensor fill(scope& s, const shape& extents, Number value, const constant_options& options,
                      const location& at) {
    return constant(s, value, extents, {.dtype = options.dtype, .name = options.name.empty() ? "fill" : options.name},
                    at);
}

constexpr tensor zeros(scope& s, const shape& extents, const constant_options& options, const location& at) {
    return constant(s, 0.0F, extents, {.dtype = options.dtype, .name = options.name.empty() ? "zeros" : options.name},
                    at);
}

constexpr tensor ones(scope& s, const shape& extents, const constant_options& options, const location& at) {
    return constant(s, 1.0F, extents, {.dtype = options.dtype, .name = options.name.empty() ? "ones" : options.name},
                    at);
}

constexpr tensor zeros_like(const tensor& x, const op_options& options, const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    const tensor scalar = x.builder()->constant(0, x.dtype());
    return broadcast_to(scalar, x.shape(), {options.name.empty() ? "zeros_like" : options.name}, at);
}

constexpr tensor ones_like(const tensor& x, const op_options& options, const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    const tensor scalar = x.builder()->constant(1, x.dtype());
    return broadcast_to(scalar, x.shape(), {options.name.empty() ? "ones_like" : options.name}, at);
}

}  // namespace ambit
