// SPDX-License-Identifier: BSL-1.0
// The values that an initializer stands for: the same bits from the compiler and at run time.
//
//     std::array<float, 6> weights;
//     fill(glorot_uniform(), shape{2, 3}, philox_key(42, "dense/weights"), std::span<float>(weights));
//     float third = initial_value<float>(glorot_uniform(), shape{2, 3}, philox_key(42, "dense/weights"), 2);
#pragma once

#include <ambit/math/constexpr_math.hpp>
#include <ambit/core/dtype.hpp>
#include <ambit/math/philox.hpp>
#include <ambit/core/shape.hpp>
#include <ambit/scope/initializer.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>

namespace AMBIT_NAMESPACE::scope_parts {

/// How many elements feed one output and are fed by one input. A matrix is [in, out]; anything larger is a
/// window (such as HW) of matrices: HWIO.
struct fans {
    std::int64_t in = 1, out = 1;
    friend constexpr bool operator==(const fans&, const fans&) = default;
};

constexpr fans fans_of(const shape& extents) {
    if (extents.rank() == 0) return {1, 1};
    if (extents.rank() == 1) return {extents[0], extents[0]};
    std::int64_t window = 1;
    for (int axis = 0; axis < extents.rank() - 2; ++axis) window *= extents[axis];
    return {window * extents[-2], window * extents[-1]};
}

namespace initial {

/// The nearest value of the dtype: integers saturate (NaN is 0), floats overflow to infinity.
template <tensor_element T> constexpr T element_from(double value) {
    if constexpr (std::is_same_v<T, double>) return value;
    else if constexpr (std::is_same_v<T, float>) return math::to_float(value);
    else if constexpr (std::is_same_v<T, bool>) return !math::equals(value, 0);
    else {
        if (!(value > static_cast<double>((std::numeric_limits<T>::min)())))
            return math::isnan(value) ? T{0} : (std::numeric_limits<T>::min)();
        if (value >= static_cast<double>((std::numeric_limits<T>::max)())) return (std::numeric_limits<T>::max)();
        return static_cast<T>(value);
    }
}

/// Variance scaling as the plain distribution that it means for a shape; others as they are.
constexpr initializer resolved(const initializer& init, const shape& extents) {
    if (init.kind != initializer_kind::variance_scaling) return init;
    const fans fan = fans_of(extents);
    const double in = static_cast<double>(fan.in), out = static_cast<double>(fan.out);
    const double size = init.mode == fan_mode::fan_in ? in : init.mode == fan_mode::fan_out ? out : (in + out) / 2;
    const double variance = init.first / size;
    initializer plain = init;
    switch (init.distribution) {
        case random_distribution::uniform:
            plain.kind = initializer_kind::random_uniform;
            plain.second = math::sqrt(3 * variance);
            plain.first = -plain.second;
            break;
        case random_distribution::untruncated_normal:
            plain.kind = initializer_kind::random_normal;
            plain.first = 0;
            plain.second = math::sqrt(variance);
            break;
        case random_distribution::truncated_normal:
            plain.kind = initializer_kind::truncated_normal;
            plain.first = 0;
            plain.second = math::sqrt(variance) / 0.87962566103423978;  // what is left of 1 after cutting at 2
            break;
    }
    return plain;
}

constexpr philox_key key_for(const initializer& init, philox_key variable) {
    return init.has_seed != 0 ? variable.with(init.seed) : variable;
}

/// Kinds of initializers, a bit each: a program that knows which it has gets no code for the others.
using kind_set = std::uint32_t;
constexpr kind_set set_of(initializer_kind kind) { return kind_set{1} << static_cast<int>(kind); }
inline constexpr kind_set every_kind = ~kind_set{};

/// One element; `init` is resolved, not orthogonal and one of `Kinds`, `key` is final.
template <tensor_element T, kind_set Kinds = every_kind>
constexpr T element_of(const initializer& init, const shape& extents, philox_key key, std::int64_t element) {
    using kind = initializer_kind;
    if constexpr ((Kinds & set_of(kind::list)) != 0)
        if (init.kind == kind::list) return element_from<T>(init.list[element]);
    if constexpr ((Kinds & set_of(kind::identity)) != 0)
        if (init.kind == kind::identity)
            return element_from<T>(element / extents[-1] == element % extents[-1] ? init.first : 0);
    if constexpr ((Kinds & set_of(kind::random_uniform)) != 0)
        if (init.kind == kind::random_uniform) {
            random_stream stream(key, element);
            const double width = init.second - init.first;
            const T value = element_from<T>(init.first + math::product(width, stream.uniform()));
            // Rounding, to float above all, may reach the upper bound, which is no part of the interval.
            return static_cast<double>(value) < init.second ? value : element_from<T>(init.first);
        }
    if constexpr ((Kinds & (set_of(kind::random_normal) | set_of(kind::truncated_normal))) != 0)
        if (init.kind == kind::random_normal || init.kind == kind::truncated_normal) {
            random_stream stream(key, element);
            double normal = stream.normal();
            while (init.kind == kind::truncated_normal && !(math::fabs(normal) < 2)) normal = stream.normal();
            return element_from<T>(init.first + math::product(init.second, normal));
        }
    if constexpr ((Kinds & set_of(kind::custom)) != 0)
        if (init.kind == kind::custom) {
            random_stream stream(key, element);
            return element_from<T>(init.function(extents, element, stream));
        }
    return element_from<T>(init.first);
}

/// Memory for the columns of a matrix. (clang 16 refuses `std::vector<double>(n)` of libstdc++ 12 in constant
/// evaluation.)
struct scratch {
    explicit constexpr scratch(std::int64_t size) : data(new double[static_cast<std::size_t>(size)]{}) {}
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    constexpr ~scratch() { delete[] data; }
    double* data;
};

/// The sum of a[i] * b[i] in a fixed order, four sums side by side.
constexpr double dot(const double* a, const double* b, std::int64_t size) {
    double sums[4] = {};
    const std::int64_t even = size - size % 4;
    for (std::int64_t i = 0; i < even; i += 4)
        for (int lane = 0; lane < 4; ++lane) sums[lane] += math::product(a[i + lane], b[i + lane]);
    for (std::int64_t i = even; i < size; ++i) sums[0] += math::product(a[i], b[i]);
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/// The orthogonal factor of a normal random matrix, unique because the triangular one has a positive
/// diagonal. Gram-Schmidt, every column twice: after that they are orthogonal to the last bits. Source: L.
/// Giraud, J. Langou, M. Rozloznik, J. van den Eshof, "Rounding error analysis of the classical Gram-Schmidt
/// orthogonalization process", 2005.
template <tensor_element T>
constexpr void fill_orthogonal(const initializer& init, const shape& extents, philox_key key, std::span<T> out) {
    const std::int64_t columns = extents[-1], rows = extents.elements() / columns;
    const std::int64_t count = rows < columns ? rows : columns, size = rows < columns ? columns : rows;
    scratch basis(count * size);  // `count` vectors of `size` each
    for (std::int64_t i = 0; i < size; ++i)
        for (std::int64_t j = 0; j < count; ++j) basis.data[j * size + i] = random_stream(key, i * count + j).normal();
    for (std::int64_t j = 0; j < count; ++j) {
        double* const vector = basis.data + j * size;
        for (int pass = 0; pass < 2; ++pass)
            for (std::int64_t before = 0; before < j; ++before) {
                const double* const direction = basis.data + before * size;
                const double along = dot(direction, vector, size);
                for (std::int64_t i = 0; i < size; ++i) vector[i] -= math::product(along, direction[i]);
            }
        const double length = math::sqrt(dot(vector, vector, size));
        for (std::int64_t i = 0; i < size; ++i) vector[i] /= length;
    }
    const std::int64_t row_step = rows < columns ? size : 1, column_step = rows < columns ? 1 : size;
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t column = 0; column < columns; ++column)
            out[static_cast<std::size_t>(row * columns + column)] =
                element_from<T>(math::product(init.first, basis.data[row * row_step + column * column_step]));
}

/// All elements; `init` is resolved and one of `Kinds`, `key` is final.
template <tensor_element T, kind_set Kinds = every_kind>
constexpr void fill_resolved(const initializer& init, const shape& extents, philox_key key, std::span<T> out) {
    if constexpr ((Kinds & set_of(initializer_kind::orthogonal)) != 0)
        if (init.kind == initializer_kind::orthogonal) return fill_orthogonal(init, extents, key, out);
    std::int64_t element = 0;
    for (T& value : out) value = element_of<T, Kinds>(init, extents, key, element++);
}

}  // namespace initial

}  // namespace ambit::scope_parts

namespace AMBIT_NAMESPACE {

/// All elements of a variable, row-major; `out` has exactly as many and `fits` holds. `key` is made of the
/// model's seed and the variable's path.
template <tensor_element T>
constexpr void fill(const initializer& init, const shape& extents, math_parts::philox_key key, std::span<T> out) {
    namespace initial = scope_parts::initial;
    initial::fill_resolved(initial::resolved(init, extents), extents, initial::key_for(init, key), out);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::scope_parts {

/// One element of what `fill` gives for the same T. An orthogonal matrix is computed as a whole for it.
template <tensor_element T = double>
constexpr T initial_value(const initializer& init, const shape& extents, philox_key key, std::int64_t element) {
    if (init.kind == initializer_kind::orthogonal) {
        const initial::scratch all(extents.elements());
        fill(init, extents, key, std::span<double>(all.data, static_cast<std::size_t>(extents.elements())));
        return initial::element_from<T>(all.data[element]);
    }
    return initial::element_of<T>(initial::resolved(init, extents), extents, initial::key_for(init, key), element);
}

}  // namespace ambit::scope_parts

namespace AMBIT_NAMESPACE {

using scope_parts::initial_value;

}  // namespace ambit
