// SPDX-License-Identifier: BSL-1.0
// What a variable holds before anything is assigned to it, as a value.
//
//     s.get_variable("weights", {5, 5, 32, 32}, {.initializer = random_normal({.standard_deviation = 0.1})});
//     s.get_variable("biases", {32}, {.initializer = constant(0)});
//     s.get_variable("blur", {3}, {.initializer = constant({0.25, 0.5, 0.25})});
//
// The values themselves: `fill` in scope/initial_values.hpp. Random values depend on the key (seed and path
// of the variable), the initializer's own seed if it has one, and the element's index: neither on the order
// of creation nor on whether they are computed by the compiler or at run time. Formulas and fans are those of
// TensorFlow 1's `tf.initializers`.
#pragma once

#include <ambit/core/choice.hpp>
#include <ambit/core/list_view.hpp>
#include <ambit/math/constexpr_math.hpp>
#include <ambit/core/dtype.hpp>
#include <ambit/contract/option_range.hpp>
#include <ambit/math/philox.hpp>
#include <ambit/core/shape.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::scope_parts {

enum class initializer_kind : std::int32_t {
    constant,          // every element is `first`; `second` says what rounds it: 0 nothing, 1 float32, 2 double, too
    list,              // the elements of `values()`; `second` the same of the worst of them
    random_uniform,    // in [first, second)
    random_normal,     // mean `first`, standard deviation `second`
    truncated_normal,  // the same, drawn again when further than two standard deviations from the mean
    variance_scaling,  // scale `first`; how wide follows from the shape
    orthogonal,        // gain `first`
    identity,          // gain `first`
    custom             // a function of the user
};

}  // namespace ambit::scope_parts

namespace AMBIT_NAMESPACE {

/// Which number of connections the variance is divided by.
enum class fan_mode : std::int32_t { fan_in, fan_out, fan_avg };

/// The distribution that variance scaling draws from.
enum class random_distribution : std::int32_t { truncated_normal, untruncated_normal, uniform };

/// The `.mode` and the `.distribution` of variance scaling.
class fan_mode_option : public core_parts::choice<fan_mode> {
public:
    using choice::choice;
    template <core_parts::mistaken_for<fan_mode> Other>
    AMBIT_REFUSES("a mode is fan_mode::fan_in, fan_mode::fan_out or fan_mode::fan_avg: {.mode = fan_mode::fan_avg}")
    constexpr fan_mode_option(Other) : choice(fan_mode::fan_in) {}
};
class distribution_option : public core_parts::choice<random_distribution> {
public:
    using choice::choice;
    template <core_parts::mistaken_for<random_distribution> Other>
    AMBIT_REFUSES("a distribution is truncated_normal, untruncated_normal or uniform: "
                  "{.distribution = random_distribution::uniform}")
    constexpr distribution_option(Other) : choice(random_distribution::truncated_normal) {}
};

/// The user's own initializer: the value of one element, which is cast to the variable's dtype. Constexpr, if
/// the value is wanted in constant evaluation.
using initializer_function = double (*)(const shape&, std::int64_t element, random_stream&);

/// Made by the functions below; a flat value without padding. A list's elements are the caller's: they live
/// to the end of the full expression if they were written in place, so whoever keeps an initializer copies
/// them and keeps `with_values(copy)`.
struct initializer {
    scope_parts::initializer_kind kind = scope_parts::initializer_kind::constant;
    fan_mode mode = fan_mode::fan_in;
    random_distribution distribution = random_distribution::truncated_normal;
    std::int32_t has_seed = 0;
    std::uint64_t seed = 0;
    double first = 0;
    double second = 0;
    const double* list = nullptr;
    std::int64_t list_size = 0;
    initializer_function function = nullptr;

    constexpr core_parts::list_view<double> values() const { return {list, static_cast<std::size_t>(list_size)}; }

    /// The same with its list elsewhere. The old address is never copied: g++ 12 would not let the result be
    /// frozen.
    constexpr initializer with_values(core_parts::list_view<double> moved) const {
        const auto size = static_cast<std::int64_t>(moved.size());
        return {kind, mode, distribution, has_seed, seed, first, second, moved.data(), size, function};
    }

    /// Equal if they are made of equal values, bit by bit: 0 differs from -0, lists are compared by their
    /// elements. (g++ with -fsanitize=undefined compares two functions at run time only.)
    friend constexpr bool operator==(const initializer& a, const initializer& b) {
        const auto alike = [](double x, double y) {
            return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
        };
        if (a.kind != b.kind || a.mode != b.mode || a.distribution != b.distribution || a.has_seed != b.has_seed ||
            a.seed != b.seed || !alike(a.first, b.first) || !alike(a.second, b.second) || a.list_size != b.list_size)
            return false;
        for (std::int64_t i = 0; i < a.list_size; ++i)
            if (!alike(a.list[i], b.list[i])) return false;
        return a.kind != scope_parts::initializer_kind::custom || a.function == b.function;
    }
};
static_assert(sizeof(void*) != 8 ||
              sizeof(initializer) == 4 * sizeof(std::int32_t) + 4 * sizeof(std::int64_t) + sizeof(const double*) +
                                         sizeof(initializer_function));

}  // namespace ambit

namespace AMBIT_NAMESPACE::scope_parts {

/// First member of an options type: lets it be made from nothing or from named members, never from `{1, 2}`,
/// which is a shape.
struct named_members_only {
    explicit constexpr named_members_only() = default;
};

}  // namespace ambit::scope_parts

namespace AMBIT_NAMESPACE {

struct random_uniform_options {
    scope_parts::named_members_only only_named{};
    double low = 0;
    AMBIT_NO_OPTION(minval, "the option is .low = 0")
    double high = 1;
    AMBIT_NO_OPTION(maxval, "the option is .high = 1")
    std::optional<std::uint64_t> seed{};
};

struct random_normal_options {
    scope_parts::named_members_only only_named{};
    double mean = 0;
    double standard_deviation = 1;
    AMBIT_NO_OPTION(stddev, "the option is .standard_deviation = 1")
    std::optional<std::uint64_t> seed{};
};

struct variance_scaling_options {
    scope_parts::named_members_only only_named{};
    double scale = 1;
    fan_mode_option mode = fan_mode::fan_in;
    distribution_option distribution = random_distribution::truncated_normal;
    std::optional<std::uint64_t> seed{};
};

struct seed_options {
    scope_parts::named_members_only only_named{};
    std::optional<std::uint64_t> seed{};
};

struct orthogonal_options {
    scope_parts::named_members_only only_named{};
    double gain = 1;
    std::optional<std::uint64_t> seed{};
};

struct identity_options {
    scope_parts::named_members_only only_named{};
    double gain = 1;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::scope_parts {

constexpr initializer constant_list(core_parts::list_view<double> values) {
    return initializer{.kind = initializer_kind::list}.with_values(values);
}

}  // namespace ambit::scope_parts

namespace AMBIT_NAMESPACE {

/// Every element is `value`. It is kept as a double: a whole number that is none is refused by integer variables.
template <class Number>
    requires std::is_arithmetic_v<Number>
constexpr initializer constant(Number value) {
    const math_parts::number given(value);
    return {.first = given.real(), .second = given.rounding()};
}

/// Element by element in row-major order; exactly as many as the shape has.
constexpr initializer constant(std::span<const double> values) { return scope_parts::constant_list(values); }
constexpr initializer constant(std::initializer_list<double> values) {
    return scope_parts::constant_list({values.begin(), values.size()});
}

constexpr initializer zeros() { return constant<double>(0); }
constexpr initializer ones() { return constant<double>(1); }

}  // namespace ambit

namespace AMBIT_NAMESPACE::scope_parts {

constexpr initializer random(initializer_kind kind, double first, double second, std::optional<std::uint64_t> seed) {
    return {.kind = kind, .has_seed = seed.has_value(), .seed = seed.value_or(0), .first = first, .second = second};
}

}  // namespace ambit::scope_parts

namespace AMBIT_NAMESPACE {

/// Uniform in [low, high).
constexpr initializer random_uniform(random_uniform_options o = {}) {
    return scope_parts::random(scope_parts::initializer_kind::random_uniform, o.low, o.high, o.seed);
}
template <class... Number>
    requires(sizeof...(Number) > 0 && (std::is_arithmetic_v<Number> && ...))
AMBIT_REFUSES("the limits are options: random_uniform({.low = -0.1, .high = 0.1})")
constexpr initializer random_uniform(Number...) { return random_uniform(); }
constexpr initializer random_normal(random_normal_options o = {}) {
    return scope_parts::random(scope_parts::initializer_kind::random_normal, o.mean, o.standard_deviation, o.seed);
}
template <class... Number>
    requires(sizeof...(Number) > 0 && (std::is_arithmetic_v<Number> && ...))
AMBIT_REFUSES("mean and deviation are options: random_normal({.mean = 0, .standard_deviation = 0.1})")
constexpr initializer random_normal(Number...) { return random_normal(); }
/// Normal, but within two standard deviations of the mean. `standard_deviation` is that of the normal
/// distribution before it is cut; what is left has 0.8796 of it.
constexpr initializer truncated_normal(random_normal_options o = {}) {
    return scope_parts::random(scope_parts::initializer_kind::truncated_normal, o.mean, o.standard_deviation, o.seed);
}
template <class... Number>
    requires(sizeof...(Number) > 0 && (std::is_arithmetic_v<Number> && ...))
AMBIT_REFUSES("mean and deviation are options: truncated_normal({.mean = 0, .standard_deviation = 0.1})")
constexpr initializer truncated_normal(Number...) { return truncated_normal(); }

/// Mean 0 and variance scale / fan.
constexpr initializer variance_scaling(variance_scaling_options o = {}) {
    initializer result = scope_parts::random(scope_parts::initializer_kind::variance_scaling, o.scale, 0, o.seed);
    result.mode = o.mode;
    result.distribution = o.distribution;
    return result;
}

/// Source: X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks",
/// 2010.
constexpr initializer glorot_uniform(seed_options o = {}) {
    return variance_scaling({.mode = fan_mode::fan_avg, .distribution = random_distribution::uniform, .seed = o.seed});
}
constexpr initializer glorot_normal(seed_options o = {}) {
    return variance_scaling({.mode = fan_mode::fan_avg, .seed = o.seed});
}

/// Source: K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", 2015.
constexpr initializer he_uniform(seed_options o = {}) {
    return variance_scaling({.scale = 2, .distribution = random_distribution::uniform, .seed = o.seed});
}
constexpr initializer he_normal(seed_options o = {}) { return variance_scaling({.scale = 2, .seed = o.seed}); }

/// All axes but the last flattened into rows: orthonormal columns, or orthonormal rows if there are fewer of
/// them, times the gain. Uniformly distributed over such matrices. Source: A. M. Saxe, J. L. McClelland, S.
/// Ganguli, "Exact solutions to the nonlinear dynamics of learning", 2013.
constexpr initializer orthogonal(orthogonal_options o = {}) {
    return scope_parts::random(scope_parts::initializer_kind::orthogonal, o.gain, 0, o.seed);
}

/// `gain` where row and column agree, 0 elsewhere; a matrix, square or not.
constexpr initializer identity(identity_options o = {}) {
    return {.kind = scope_parts::initializer_kind::identity, .first = o.gain};
}

constexpr initializer custom(initializer_function function) {
    return {.kind = scope_parts::initializer_kind::custom, .function = function};
}

/// What a variable gets when neither its call nor its scope says anything.
constexpr initializer default_initializer(dtype type) { return is_floating(type) ? glorot_uniform() : zeros(); }

}  // namespace ambit

namespace AMBIT_NAMESPACE::scope_parts {

/// Why an initializer cannot fill a variable.
enum class initializer_mismatch : std::int32_t {
    none,
    /// A list needs exactly as many values as the shape has elements.
    list_has_another_size,
    /// A constant that the dtype cannot hold: 0.5 as an integer, 300 as uint8, 1e300 as float32.
    value_does_not_fit,
    /// A whole number that the dtype does not have, or no double is.
    value_is_rounded,
    /// Random numbers, scaled and orthogonal ones included, for an integer or bool.
    random_needs_a_float,
    /// A low that is not below the high, a negative standard deviation, a scale not above 0, anything not finite or
    /// near the end of the dtype's range: `initializer_fault` says which.
    parameter_is_out_of_range,
    /// Rank 2.
    identity_needs_a_matrix,
    /// Rank 2 or more.
    orthogonal_needs_two_axes
};

/// Whether a whole number would not stay what it is.
constexpr bool is_rounded(const initializer& init, dtype type) {
    return init.second >= (type == dtype::float32 ? 1 : 2);
}

/// The value that is none of the dtype, or the parameter of a distribution that lies outside of its range, if one does.
constexpr contract_parts::option_fault initializer_fault(const initializer& init, dtype type) {
    using kind = initializer_kind;
    using namespace core_parts;
    const double limit = type == dtype::float32 ? 0x1p120 : 0x1p1000;  // far enough from overflow for any draw
    const option_range moderate = range_of::above_to_below(-limit, limit);
    switch (init.kind) {
        case kind::constant: return outside("an element", init.first, range_of::values_of(type));
        case kind::list:
            for (const double value : init.values())
                if (const option_fault off = outside("an element", value, range_of::values_of(type))) return off;
            return {};
        case kind::identity:
            if (const option_fault off = outside("gain", init.first, range_of::finite())) return off;
            return outside("gain", init.first, range_of::values_of(type));
        case kind::random_uniform: {
            if (const option_fault off = outside("low", init.first, moderate)) return off;
            if (const option_fault off = outside("high", init.second, moderate)) return off;
            return outside("low", init.first, range_of::below(init.second));
        }
        case kind::random_normal:
        case kind::truncated_normal: {
            if (const option_fault off = outside("mean", init.first, moderate)) return off;
            return outside("standard_deviation", init.second, range_of::from_to_below(0, limit));
        }
        case kind::variance_scaling: return outside("scale", init.first, range_of::above_to_below(0, limit));
        case kind::orthogonal: return outside("gain", init.first, moderate);
        default: return {};
    }
}

/// What is wrong, `none` if nothing is. Precondition: the shape is legal, the dtype is known.
constexpr initializer_mismatch mismatch(const initializer& init, const shape& extents, dtype type) {
    using enum initializer_mismatch;
    using kind = initializer_kind;
    switch (init.kind) {
        case kind::list:
            if (init.list_size != extents.elements()) return list_has_another_size;
            if (is_rounded(init, type)) return value_is_rounded;
            return initializer_fault(init, type) ? value_does_not_fit : none;
        case kind::constant:
            if (is_rounded(init, type)) return value_is_rounded;
            return initializer_fault(init, type) ? value_does_not_fit : none;
        case kind::identity:
            if (extents.rank() != 2) return identity_needs_a_matrix;
            return initializer_fault(init, type) ? value_does_not_fit : none;
        case kind::custom: return none;
        default: break;
    }
    if (!is_floating(type)) return random_needs_a_float;
    if (initializer_fault(init, type)) return parameter_is_out_of_range;
    return init.kind == kind::orthogonal && extents.rank() < 2 ? orthogonal_needs_two_axes : none;
}

/// A mismatch in words; empty where `initializer_fault` says more.
constexpr std::string_view rule_of(initializer_mismatch why) {
    using enum initializer_mismatch;
    switch (why) {
        case none:
        case value_does_not_fit:
        case parameter_is_out_of_range: return "";
        case list_has_another_size: return "a list has exactly as many values as the shape has elements";
        case value_is_rounded: return "a whole number would be rounded: initial values are doubles";
        case random_needs_a_float: return "random values need float32 or float64";
        case identity_needs_a_matrix: return "identity needs a matrix";
        case orthogonal_needs_two_axes: return "orthogonal needs two axes or more";
    }
    return "";
}

constexpr bool fits(const initializer& init, const shape& extents, dtype type) {
    return mismatch(init, extents, type) == initializer_mismatch::none;
}

}  // namespace ambit::scope_parts
