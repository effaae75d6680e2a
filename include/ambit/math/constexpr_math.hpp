// SPDX-License-Identifier: BSL-1.0
// Elementary functions that give the same bits in constant evaluation and at run time, with every compiler
// option we accept.
//
//     constexpr double root = sqrt(2.0);
//     static_assert(exp(0.0) == 1.0);
//     using exp; return exp(x);               // in an op: this one for scalars, xsimd's for batches
//
// Domain: every double, infinities, signed zeros, subnormals and NaN included; rounding to nearest. Error:
// below 1 unit in the last place of the exact value; sqrt, floor and abs are exact. Float versions compute in
// double and round once. They never call libm, at run time either: initial values must not depend on where
// they were computed.
//
// Constants are the coefficients of the functions' own series wherever a series is short enough.
#pragma once

#include <ambit/core/build.hpp>
#include <ambit/math/double_double.hpp>
#include <ambit/math/scalar.hpp>
#include <ambit/math/wide.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace AMBIT_NAMESPACE::math {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

namespace detail {

constexpr std::uint64_t bits_of(double x) { return std::bit_cast<std::uint64_t>(x); }
constexpr double from_bits(std::uint64_t bits) { return std::bit_cast<double>(bits); }

inline constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;
inline constexpr std::uint64_t mantissa_mask = (std::uint64_t{1} << 52) - 1;

/// `c0 + x * (c1 + x * (c2 + …))`, of a double or a batch of them.
template <class V> constexpr V polynomial(const V&, double c) { return V(c); }
template <class V, class... Rest> constexpr V polynomial(const V& x, double c, Rest... rest) {
    if constexpr (scalar<V>) return c + product(x, polynomial(x, rest...));
    else return V(c) + x * polynomial(x, rest...);
}

/// 2^n for -1022 <= n <= 1023.
constexpr double power_of_two(int n) { return from_bits(static_cast<std::uint64_t>(n + 1023) << 52); }

inline constexpr double ln2_high = 0x1.62e42fefa3800p-1;  // 42 bits: its product with an exponent is exact
inline constexpr double ln2_low = 0x1.ef35793c76730p-45;

/// `(1 + fraction) * 2^exponent`
struct exponential {
    double_double fraction;
    int exponent = 0;
};

/// e^x for |x| < 800: x = exponent ln 2 + r with |r| < 0.347, then the series of e^r - 1.
constexpr exponential exponential_of(double_double x) {
    const double shift = 0x1.8p52;  // adding it rounds to an integer
    const double exponent = (product(x.high, 0x1.71547652b82fep+0) + shift) - shift;
    const double_double r = quick_two_sum(x.high - product(exponent, ln2_high), x.low - product(exponent, ln2_low));
    const double square = product(r.high, r.high);
    const double tail = polynomial(r.high, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320,
                                   1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800);
    return {quick_two_sum(r.high, r.low + (product(square, tail) + product(r.high, r.low))),
            static_cast<int>(exponent)};
}

/// The nearest double to `(1 + fraction) * 2^exponent`; infinity or a subnormal where it ends there.
constexpr double rounded(const exponential& e) {
    const double_double one_plus = quick_two_sum(1.0, e.fraction.high);
    const double low = one_plus.low + e.fraction.low;
    const double value = one_plus.high + low;
    if (e.exponent > -1022 || (e.exponent == -1022 && value >= 1)) {
        if (e.exponent < 1023) return value * power_of_two(e.exponent);
        const double quarter = value * power_of_two(e.exponent - 2);
        return quarter < 0x1p1022 ? quarter * 4 : infinity;
    }
    // A subnormal is rounded once, at its own last place, which is the last bit of the shift.
    if (e.exponent < -1076) return 0;
    const double shift = power_of_two(-1074 + 52 - e.exponent);
    const double_double sum = two_sum(shift, one_plus.high);
    const double units = (sum.high + (sum.low + low)) - shift;
    return units * power_of_two(-1022) * power_of_two(e.exponent + 1022);
}

/// `x = (1 + f) * 2^exponent` with 1 + f between sqrt(1/2) and sqrt(2), f exact; x positive and finite.
struct near_one {
    double f = 0;
    int exponent = 0;
};

constexpr near_one near_one_of(double x) {
    const bool subnormal = x < (std::numeric_limits<double>::min)();
    const std::uint64_t bits = bits_of(subnormal ? x * 0x1p54 : x);
    const int exponent = static_cast<int>(static_cast<std::int64_t>(bits - bits_of(0x1.6a09e667f3bcdp-1)) >> 52);
    const double mantissa = from_bits(bits - (static_cast<std::uint64_t>(exponent) << 52));
    return {mantissa - 1.0, subnormal ? exponent - 54 : exponent};
}

/// log x to about 2^-68 of its size: log(1 + f) = 2 artanh(s) with s = f / (2 + f), the first terms of the
/// series in double-double.
constexpr double_double extended_log(double x) {
    const auto [f, exponent] = near_one_of(x);
    const double_double s = double_double{f, 0} / quick_two_sum(2.0, f);
    const double_double z = s * s;
    const double tail = polynomial(z.high, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21,
                                   2.0 / 23, 2.0 / 25);
    const double_double fifth = double_double{0x1.999999999999ap-2, -0x1.999999999999ap-56}  // 2/5
                                + z * double_double{tail, 0};
    const double_double third = double_double{0x1.5555555555555p-1, 0x1.5555555555555p-55} + z * fifth;  // 2/3
    const double_double series = double_double{2 * s.high, 2 * s.low} + s * (z * third);
    const double k = exponent;
    return quick_two_sum(product(k, ln2_high), product(k, ln2_low)) + series;
}

/// The first 1216 bits of 2/pi, after a word of zeros that stands before the binary point. The largest double
/// needs 1184 of them.
inline constexpr std::uint64_t two_over_pi[20] = {
    0x0000000000000000, 0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041, 0xFE5163ABDEBBC561,
    0xB7246E3A424DD2E0, 0x06492EEA09D1921C, 0xFE1DEB1CB129A73E, 0xE88235F52EBB4484, 0xE99C7026B45F7E41,
    0x3991D639835339F4, 0x9C845F8BBDF9283B, 0x1FF897FFDE05980F, 0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7,
    0x4F463F669E5FEA2D, 0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB,
};

/// An angle as a number of quarter turns (mod 4) and a rest of at most an eighth of a turn.
struct reduced_angle {
    double_double rest;
    int quarter_turns = 0;
};

/// Finite x, of either sign.
/// Source: M. H. Payne, R. N. Hanek, "Radian reduction for trigonometric functions", 1983: x times those bits
/// of 2/pi that matter modulo 4, as an integer of 192 bits.
constexpr reduced_angle reduce(double x) {
    const std::uint64_t magnitude = bits_of(x) & ~sign_bit;
    if (magnitude <= bits_of(0x1.921fb54442d18p-1)) return {{x, 0}, 0};

    // |x| = mantissa * 2^(first - 62): the product starts at the bit of 2/pi that becomes the place of 2.
    const std::uint64_t mantissa = (magnitude & mantissa_mask) | (mantissa_mask + 1);
    const int first = static_cast<int>(magnitude >> 52) - 1075 + 62;
    const int word = first / 64, offset = first % 64;
    const auto window = [&](int i) {
        const std::uint64_t upper = two_over_pi[word + i] << offset;
        return offset == 0 ? upper : upper | (two_over_pi[word + i + 1] >> (64 - offset));
    };
    const wide lowest = wide{mantissa} * window(2);
    const wide middle = wide{mantissa} * window(1) + (lowest >> 64);
    const wide sum = (wide{mantissa * window(0)} << 64) + middle;  // the upper two words of three

    const std::uint64_t top = static_cast<std::uint64_t>(sum >> 64);
    const int quarter_turns = static_cast<int>(((top >> 61) + 1) >> 1);
    // What is left after the nearest quarter turn is a fraction with 126 bits and a sign.
    wide fraction = sum << 2;
    const bool negative = (fraction >> 127) != 0;
    if (negative) fraction = ~fraction + 1;
    const std::uint64_t upper = static_cast<std::uint64_t>(fraction >> 64);
    const int zeros = upper != 0 ? std::countl_zero(upper) : 64;
    fraction <<= zeros;
    const double unit = power_of_two(-64 - zeros);
    const double high = static_cast<double>(static_cast<std::uint64_t>(fraction >> 75)) * (unit * 2048);
    const double low = static_cast<double>(static_cast<std::uint64_t>((fraction << 53) >> 64)) * (unit * 0x1p-53);
    const double_double rest = double_double{high, low} * double_double{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
    const bool flip = negative != (bits_of(x) >= sign_bit);
    return {flip ? double_double{-rest.high, -rest.low} : rest,
            (bits_of(x) >= sign_bit ? 4 - quarter_turns : quarter_turns) & 3};
}

/// |r| at most pi/4.
constexpr double sine_near_zero(double_double r) {
    const double z = product(r.high, r.high);
    const double series = polynomial(z, -1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800,
                                     1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000);
    return r.high + (product(product(z, r.high), series) + product(r.low, 1.0 - z / 2));
}

constexpr double cosine_near_zero(double_double r) {
    const double z = product(r.high, r.high), half = z / 2, leading = 1.0 - half;
    const double series = polynomial(z, 1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600,
                                     -1.0 / 87178291200, 1.0 / 20922789888000, -1.0 / 6402373705728000);
    return leading + (((1.0 - leading) - half) + (product(product(z, z), series) - product(r.high, r.low)));
}

constexpr double sine_of(const reduced_angle& angle) {
    const double value = (angle.quarter_turns & 1) != 0 ? cosine_near_zero(angle.rest) : sine_near_zero(angle.rest);
    return angle.quarter_turns >= 2 ? -value : value;
}

/// erf x / x - 1 for |x| < 7/8, of the square of x: the series, with 1 taken out of its first coefficient.
template <class V> constexpr V erf_series(const V& square) {
    return polynomial(square, 0x1.06eba8214db69p-3, -0x1.812746b0379e7p-2, 0x1.ce2f21a042be2p-4, -0x1.b82ce31288b51p-6,
                      0x1.565bcd0e6a53fp-8, -0x1.c02db40040b86p-11, 0x1.f9a326f9b89b7p-14, -0x1.f4d25c3e0c2ebp-17,
                      0x1.b9e6c9dc651a3p-20, -0x1.5f742ec43e71ap-23, 0x1.fcc5720624c1cp-27, -0x1.51d7181c5d36dp-30,
                      0x1.9e6ad5e55a730p-34, -0x1.d8453cb0c46eap-38, 0x1.f683ae4a97007p-42, -0x1.f56f071a885cfp-46,
                      0x1.d70b3537f4765p-50);
}

/// 1 - erf x for 7/8 <= x <= 17/8: a Chebyshev fit in x - 3/2; error below 1e-18.
template <class V> constexpr V erfc_middle(const V& x) {
    return polynomial(x - V(1.5), 0x1.15aaa8ec85205p-5, -0x1.e723726b824a9p-4, 0x1.6d5a95d0a1b76p-3,
                      -0x1.1c2a02beb6aacp-3, 0x1.6d5a95d0a277ap-5, 0x1.e723726b7e3c3p-7, -0x1.3ca3d72c78deep-6,
                      0x1.36d73a62e5db8p-8, 0x1.35ae4e52c439dp-9, -0x1.c0380c7ed4dc1p-10, 0x1.85b5d6f0b67d6p-14,
                      0x1.0acf02d7d3ec0p-12, -0x1.45da57e38be07p-14, -0x1.2d4124e906883p-16, 0x1.d8c96095b0ccap-17,
                      -0x1.3df44b18a9818p-21, -0x1.9a1398f0454d0p-20, 0x1.614bef31bc11bp-22, 0x1.a7edcd24e0c30p-24,
                      -0x1.612c9d76ba1fcp-25);
}

/// e^(x^2) (1 - erf x) for 17/8 <= x <= 6: a Chebyshev fit in 3 / (3 + x); error of 1 - erf x below 1e-19.
template <class V> constexpr V scaled_erfc(const V& x) {
    return polynomial(V(3.0) / (V(3.0) + x) - V(0.453125), 0x1.3422d3c594e10p-3, 0x1.22ba5acc69268p-1,
                      0x1.a7de50e3a71bdp-1, 0x1.00a4267cf2a10p+0, 0x1.f22bd23087fcfp-1, 0x1.669abcc2f40acp-1,
                      0x1.2cdc99a88b6b6p-2, -0x1.25d8a427bb9fap-5, -0x1.18cc4548b78e2p-3, -0x1.99ea5acfb4ce2p-5,
                      0x1.88df00bc3155ap-5, 0x1.458030f54cff7p-5, -0x1.4ab65fba80930p-6);
}

}  // namespace detail

/// Rounded to float; beyond its range infinity, which a plain conversion may not give in constant evaluation.
constexpr float to_float(double x) {
    if (x > -0x1.ffffffp127 && x < 0x1.ffffffp127) return static_cast<float>(x);
    if (isnan(x)) return std::numeric_limits<float>::quiet_NaN();
    return x > 0 ? std::numeric_limits<float>::infinity() : -std::numeric_limits<float>::infinity();
}

constexpr bool is_finite(double x) { return (detail::bits_of(x) & ~detail::sign_bit) < detail::bits_of(infinity); }

/// |x|; of the least integer, which has none, the least integer.
template <std::floating_point T> constexpr T abs(T x) {
    return static_cast<T>(detail::from_bits(detail::bits_of(static_cast<double>(x)) & ~detail::sign_bit));
}
template <std::signed_integral T> constexpr T abs(T x) {
    using bits = std::make_unsigned_t<T>;
    return x < 0 ? static_cast<T>(static_cast<bits>(bits{0} - static_cast<bits>(x))) : x;
}
template <std::unsigned_integral T> constexpr T abs(T x) { return x; }
constexpr double fabs(double x) { return abs(x); }
constexpr float fabs(float x) { return abs(x); }

/// The largest integer not above x.
constexpr double floor(double x) {
    if (!(fabs(x) < 0x1p52) || equals(x, 0)) return x;  // already an integer, an infinity, or no number
    const auto toward_zero = static_cast<double>(static_cast<std::int64_t>(x));
    return toward_zero > x ? toward_zero - 1.0 : toward_zero;
}

/// The square root, correctly rounded, as the processor's own instruction is.
constexpr double sqrt(double x) {
    if (!(x > 0) || equals(x, infinity)) return x < 0 ? not_a_number : x;
    if (!std::is_constant_evaluated()) return __builtin_sqrt(x);

    const bool subnormal = x < (std::numeric_limits<double>::min)();
    const std::uint64_t bits = detail::bits_of(subnormal ? x * 0x1p54 : x);
    const int exponent = static_cast<int>(bits >> 52) - 1023, half = exponent >> 1, odd = exponent & 1;
    const std::uint64_t mantissa = (bits & detail::mantissa_mask) | (detail::mantissa_mask + 1);
    const double scaled = static_cast<double>(mantissa << odd) * 0x1p-52;  // in [1, 4)
    double root = detail::from_bits((detail::bits_of(scaled) >> 1) + (std::uint64_t{1023} << 51));
    root = (root + scaled / root) / 2;  // Heron's rule doubles the right bits: 4, 8, 16, 32, 64
    root = (root + scaled / root) / 2;
    root = (root + scaled / root) / 2;
    root = (root + scaled / root) / 2;
    // Now right but perhaps for the last bit. The remainder is small: its lower 64 bits tell all.
    auto integer = static_cast<std::uint64_t>(root * 0x1p52);
    const auto remainder = static_cast<std::int64_t>((mantissa << (52 + odd)) - integer * integer);
    if (remainder > static_cast<std::int64_t>(integer)) ++integer;
    else if (remainder <= -static_cast<std::int64_t>(integer)) --integer;
    return static_cast<double>(integer) * detail::power_of_two(half - 52 - (subnormal ? 27 : 0));
}

constexpr double exp(double x) {
    if (isnan(x)) return x;
    if (x > 0x1.62e42fefa39efp+9) return infinity;
    if (x < -746) return 0;
    return detail::rounded(detail::exponential_of({x, 0}));
}

/// The natural logarithm; -infinity of zero, NaN of negative numbers.
constexpr double log(double x) {
    if (!(x > 0) || equals(x, infinity)) return equals(x, 0) ? -infinity : x < 0 ? not_a_number : x;
    const auto [f, exponent] = detail::near_one_of(x);
    // log(1 + f) = 2 artanh(s) with s = f / (2 + f), written as f minus something small, since f is exact.
    const double s = f / (2 + f), z = product(s, s), half_square = product(f, f) / 2;
    const double series = product(z, detail::polynomial(z, 2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13,
                                                        2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21));
    const double k = exponent;
    const double_double sum = two_sum(product(k, detail::ln2_high), f);
    const double rest = product(s, half_square + series) + (product(k, detail::ln2_low) + sum.low);
    return sum.high + (rest - half_square);
}

/// x to the power of y, with the special cases of C's Annex F.
constexpr double pow(double x, double y) {
    if (equals(y, 0) || equals(x, 1)) return 1;
    if (isnan(x) || isnan(y)) return not_a_number;
    const double size = fabs(x);
    const bool integer_y = equals(floor(y), y);  // true of infinities
    const bool odd_y = integer_y && fabs(y) < 0x1p53 && (static_cast<std::int64_t>(y) & 1) != 0;
    const double sign = odd_y && detail::bits_of(x) >= detail::sign_bit ? -1 : 1;
    if (!is_finite(y)) return equals(size, 1) ? 1 : (size > 1) == (y > 0) ? infinity : 0;
    if (equals(x, 0)) return y < 0 ? sign * infinity : sign * 0;
    if (!is_finite(x)) return y < 0 ? sign * 0 : sign * infinity;
    if (x < 0 && !integer_y) return not_a_number;
    if (equals(size, 1)) return sign;
    // Beyond 2^64 even the neighbours of 1 overflow or vanish; below 2^-65 the result is 1.
    if (fabs(y) >= 0x1p64) return (size > 1) == (y > 0) ? sign * infinity : sign * 0;
    if (fabs(y) < 0x1p-65) return sign;
    const double_double exponent = detail::extended_log(size) * double_double{y, 0};
    if (exponent.high > 710) return sign * infinity;
    if (exponent.high < -746) return sign * 0;
    return sign * detail::rounded(detail::exponential_of(exponent));
}

/// (e^2x - 1) / (e^2x + 1)
constexpr double tanh(double x) {
    const double size = fabs(x);
    if (!(size >= 0x1p-28)) return x;
    const double sign = x < 0 ? -1 : 1;
    if (size > 20) return sign;
    const auto [fraction, exponent] = detail::exponential_of({2 * size, 0});
    const double scale = detail::power_of_two(exponent);
    const double_double scaled = {scale * fraction.high, scale * fraction.low};
    const double_double minus_1 = two_sum(scale, -1.0) + scaled;
    const double_double plus_1 = two_sum(scale, 1.0) + scaled;
    return sign * (minus_1 / plus_1).high;
}

/// The angle is in radians; NaN of an infinite one.
constexpr double sin(double x) {
    if (!is_finite(x)) return not_a_number;
    if (fabs(x) < 0x1p-27) return x;
    return detail::sine_of(detail::reduce(x));
}

constexpr double cos(double x) {
    if (!is_finite(x)) return not_a_number;
    auto angle = detail::reduce(x);
    angle.quarter_turns = (angle.quarter_turns + 1) & 3;
    return detail::sine_of(angle);
}

struct sine_cosine {
    double sine = 0, cosine = 0;
};

/// Sine and cosine of an angle counted in turns, 0 <= turns <= 1, to about 2 units in the last place.
constexpr sine_cosine sin_cos_turns(double turns) {
    const int quarter_turns = static_cast<int>(4 * turns + 0.5);
    const double rest = product(4 * turns - quarter_turns, 0x1.921fb54442d18p+0);
    const double sine = detail::sine_near_zero({rest, 0}), cosine = detail::cosine_near_zero({rest, 0});
    switch (quarter_turns & 3) {
        case 0: return {sine, cosine};
        case 1: return {cosine, -sine};
        case 2: return {-sine, -cosine};
        default: return {-cosine, sine};
    }
}

/// The error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x.
constexpr double erf(double x) {
    if (isnan(x)) return x;
    const double size = fabs(x), sign = x < 0 ? -1 : 1;
    if (size >= 6) return sign;
    const double square = product(x, x);
    if (size < 0.875) return x + product(x, detail::erf_series(square));
    if (size < 2.125) return sign * (1.0 - detail::erfc_middle(size));
    return sign * (1.0 - product(exp(-square), detail::scaled_erfc(size)));
}

constexpr float sqrt(float x) { return static_cast<float>(sqrt(static_cast<double>(x))); }
constexpr float floor(float x) { return static_cast<float>(floor(static_cast<double>(x))); }
constexpr float log(float x) { return static_cast<float>(log(static_cast<double>(x))); }
constexpr float tanh(float x) { return static_cast<float>(tanh(static_cast<double>(x))); }
constexpr float sin(float x) { return static_cast<float>(sin(static_cast<double>(x))); }
constexpr float cos(float x) { return static_cast<float>(cos(static_cast<double>(x))); }
constexpr float erf(float x) { return static_cast<float>(erf(static_cast<double>(x))); }
constexpr float exp(float x) { return to_float(exp(static_cast<double>(x))); }
constexpr float pow(float x, float y) { return to_float(pow(static_cast<double>(x), static_cast<double>(y))); }

}  // namespace ambit::math
