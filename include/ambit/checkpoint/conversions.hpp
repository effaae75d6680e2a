// SPDX-License-Identifier: BSL-1.0
// Elements of files as elements of ambit's dtypes.
//
//     static_assert(cast_between(element_type::float16, float32) == cast_kind::exact);
//     convert_elements(element_type::float16, stored, float32, std::as_writable_bytes(std::span(weights)));
//
// Sources: IEEE 754-2019 for float16; Micikevicius et al., "FP8 Formats for Deep Learning", 2022, for those of 8.
#pragma once

#include <ambit/checkpoint/element_type.hpp>
#include <ambit/core/dtype.hpp>
#include <ambit/math/bfloat16.hpp>
#include <ambit/math/constexpr_math.hpp>
#include <ambit/math/scalar.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE {

/// What a conversion does to values. `narrowing`: to a floating dtype it rounds to the nearest, but never a number to
/// infinity; to integers and bools it takes only values that these have.
enum class cast_kind { unchanged, exact, narrowing, impossible };

constexpr cast_kind cast_between(element_type from, dtype to) {
    struct range {
        int digits;  ///< bits of an integer without its sign, or of a significand
        bool is_signed, is_floating;
    };
    const auto range_of = [](element_type type) -> range {
        switch (type) {
            case element_type::boolean: return {1, false, false};
            case element_type::uint8: return {8, false, false};
            case element_type::uint16: return {16, false, false};
            case element_type::uint32: return {32, false, false};
            case element_type::uint64: return {64, false, false};
            case element_type::int8: return {7, true, false};
            case element_type::int16: return {15, true, false};
            case element_type::int32: return {31, true, false};
            case element_type::int64: return {63, true, false};
            case element_type::float8_e4m3: return {4, true, true};
            case element_type::float8_e5m2: return {3, true, true};
            case element_type::float16: return {11, true, true};
            case element_type::bfloat16: return {8, true, true};
            case element_type::float32: return {24, true, true};
            case element_type::float64: return {53, true, true};
            case element_type::complex64:
            case element_type::complex128:
            case element_type::other: break;
        }
        return {0, false, false};
    };
    if (to != dtype::none && dtype_from(from) == to) return cast_kind::unchanged;
    const range source = range_of(from), target = range_of(element_type_from(to));
    if (source.digits == 0 || target.digits == 0) return cast_kind::impossible;
    const bool fits = source.digits <= target.digits && (!source.is_signed || target.is_signed) &&
                      (!source.is_floating || target.is_floating);
    return fits ? cast_kind::exact : cast_kind::narrowing;
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// A floating number of few bits as float32, exactly: sign, `Exponent` bits, `Significand` bits. Payloads of NaN stay.
/// Without infinities, only the greatest of all patterns is NaN.
template <int Exponent, int Significand, bool HasInfinities> constexpr float from_small_float(std::uint32_t bits) {
    constexpr std::uint32_t exponents = (1U << Exponent) - 1, significands = (1U << Significand) - 1;
    constexpr int bias = static_cast<int>(exponents / 2);
    const std::uint32_t sign = bits >> (Exponent + Significand) << 31;
    const std::uint32_t exponent = bits >> Significand & exponents;
    const std::uint32_t significand = bits & significands;
    const std::uint32_t shifted = significand << (23 - Significand);
    const bool is_special = exponent == exponents && (HasInfinities || significand == significands);
    if (is_special) return std::bit_cast<float>(sign | 0x7F80'0000U | shifted);
    if (exponent > 0)
        return std::bit_cast<float>(sign | (exponent + static_cast<std::uint32_t>(127 - bias)) << 23 | shifted);
    // Subnormal: a whole number of the smallest step, a power of two.
    constexpr float step = std::bit_cast<float>(static_cast<std::uint32_t>(127 + 1 - bias - Significand) << 23);
    const float size = static_cast<float>(significand) * step;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(size) | sign);
}

constexpr float from_float16(std::uint16_t bits) { return from_small_float<5, 10, true>(bits); }
constexpr float from_float8_e4m3(std::uint8_t bits) { return from_small_float<4, 3, false>(bits); }
constexpr float from_float8_e5m2(std::uint8_t bits) { return from_small_float<5, 2, true>(bits); }

/// `To` has this value, or one that it is rounded to. A NaN is no integer.
template <class To, class From> constexpr bool has_value(From value) {
    if constexpr (std::is_same_v<To, float> && std::is_same_v<From, double>) {
        return !math::is_finite(value) || math::is_finite(static_cast<double>(math::to_float(value)));
    } else if constexpr (std::is_floating_point_v<To>) {
        return true;
    } else if constexpr (std::is_same_v<To, bool>) {
        return math::equals(value, From{0}) || math::equals(value, From{1});
    } else if constexpr (std::is_floating_point_v<From>) {
        // The bounds are powers of two, or 0: floating numbers have them.
        const From end = static_cast<From>((std::numeric_limits<To>::max)() / 2 + 1) * 2;
        return value >= static_cast<From>((std::numeric_limits<To>::min)()) && value < end &&
               math::equals(value, static_cast<From>(static_cast<To>(value)));
    } else {
        return std::in_range<To>(value);
    }
}

/// Elements of type `Wide`, which holds the file's, as those of `To`; the number of those before the first that `To`
/// lacks.
template <class Wide, class To> std::size_t narrow(std::span<const Wide> from, std::byte* into) {
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (!has_value<To>(from[i])) return i;
        To value;
        if constexpr (std::is_same_v<To, bool>) value = math::equals(from[i], Wide{1});
        else value = static_cast<To>(from[i]);
        std::memcpy(into + i * sizeof(To), &value, sizeof(To));
    }
    return from.size();
}

/// Converts all elements: `widen` makes one of `Wide` of one `Stored`. The loops are one for each pair of a wide type
/// and a dtype, not of a stored one and a dtype.
template <class Stored, class Wide, class Widen>
std::optional<std::size_t> convert_through(std::span<const std::byte> from, dtype to, std::span<std::byte> into,
                                           Widen widen) {
    constexpr std::size_t chunk = 512;
    Wide wide[chunk];
    const std::size_t count = from.size() / sizeof(Stored);
    const auto size = static_cast<std::size_t>(size_of(to));
    for (std::size_t begin = 0; begin < count; begin += chunk) {
        const std::size_t length = (std::min)(chunk, count - begin);
        for (std::size_t i = 0; i < length; ++i) {
            Stored stored;
            std::memcpy(&stored, from.data() + (begin + i) * sizeof(Stored), sizeof(Stored));
            wide[i] = widen(stored);
        }
        const std::span<const Wide> all(wide, length);
        std::byte* const place = into.data() + begin * size;
        std::size_t done = 0;
        switch (to) {
            case dtype::none: break;
            case dtype::float32: done = narrow<Wide, float>(all, place); break;
            case dtype::float64: done = narrow<Wide, double>(all, place); break;
            case dtype::int32: done = narrow<Wide, std::int32_t>(all, place); break;
            case dtype::int64: done = narrow<Wide, std::int64_t>(all, place); break;
            case dtype::uint8: done = narrow<Wide, std::uint8_t>(all, place); break;
            case dtype::boolean: done = narrow<Wide, bool>(all, place); break;
        }
        if (done < length) return begin + done;
    }
    return std::nullopt;
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// Converts elements as they lie in files. The number of the first that `to` does not have, an int64 of 2^40 as int32,
/// 1e300 as float32 or 0.5 as any integer; nothing if all were converted. Preconditions: `cast_between` is not
/// `impossible`, and `into` takes as many elements as `from` has.
inline std::optional<std::size_t> convert_elements(element_type from, std::span<const std::byte> stored, dtype to,
                                                   std::span<std::byte> into) {
    using checkpoint_parts::convert_through;
    const auto as = [&]<class Stored, class Wide>(Stored, Wide) {
        return convert_through<Stored, Wide>(stored, to, into, [](Stored value) { return static_cast<Wide>(value); });
    };
    const auto few_bits = [&]<class Stored>(Stored, auto widen) {
        return convert_through<Stored, float>(stored, to, into, widen);
    };
    if (dtype_from(from) == to) {
        if (!stored.empty()) std::memcpy(into.data(), stored.data(), stored.size());
        return std::nullopt;
    }
    switch (from) {
        case element_type::boolean:
        case element_type::uint8: return as(std::uint8_t{}, std::uint64_t{});
        case element_type::uint16: return as(std::uint16_t{}, std::uint64_t{});
        case element_type::uint32: return as(std::uint32_t{}, std::uint64_t{});
        case element_type::uint64: return as(std::uint64_t{}, std::uint64_t{});
        case element_type::int8: return as(std::int8_t{}, std::int64_t{});
        case element_type::int16: return as(std::int16_t{}, std::int64_t{});
        case element_type::int32: return as(std::int32_t{}, std::int64_t{});
        case element_type::int64: return as(std::int64_t{}, std::int64_t{});
        case element_type::float32: return as(float{}, float{});
        case element_type::float64: return as(double{}, double{});
        case element_type::float16: return few_bits(std::uint16_t{}, checkpoint_parts::from_float16);
        case element_type::bfloat16: return few_bits(std::uint16_t{}, math::from_bfloat16);
        case element_type::float8_e4m3: return few_bits(std::uint8_t{}, checkpoint_parts::from_float8_e4m3);
        case element_type::float8_e5m2: return few_bits(std::uint8_t{}, checkpoint_parts::from_float8_e5m2);
        case element_type::complex64:
        case element_type::complex128:
        case element_type::other: break;
    }
    return 0;
}

}  // namespace ambit
