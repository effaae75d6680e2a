// SPDX-License-Identifier: BSL-1.0
#include <ambit/math/constexpr_math.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>

using namespace ambit;

namespace {

constexpr double inf = math::infinity, no_number = math::not_a_number;
constexpr double least = std::numeric_limits<double>::denorm_min(),
                 smallest = std::numeric_limits<double>::min(), largest = std::numeric_limits<double>::max();

constexpr bool same(double a, double b) {
    return a != a ? b != b : std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// ---- one table of arguments and functions, evaluated by the compiler and again at run time ----

constexpr std::array arguments = {0.0,
                                  -0.0,
                                  1.0,
                                  -1.0,
                                  0.5,
                                  -0.5,
                                  2.0,
                                  0.1,
                                  -0.7,
                                  3.0,
                                  1.5707963267948966,
                                  0.785,
                                  0.786,
                                  1e-5,
                                  -1e-9,
                                  1e-30,
                                  1e-300,
                                  5e-324,
                                  2.5e-308,
                                  0.875,
                                  0.99999,
                                  1.00001,
                                  2.125,
                                  5.9,
                                  6.0,
                                  -12.5,
                                  19.9,
                                  25.0,
                                  100.25,
                                  -300.5,
                                  709.78,
                                  -708.5,
                                  -744.9,
                                  1e5,
                                  1e15,
                                  1e16,
                                  -1e22,
                                  1e100,
                                  1e300,
                                  1.7e308,
                                  0.35,
                                  -0.346,
                                  0.34657359,
                                  1.4142135623730951,
                                  0.70710,
                                  123456.0,
                                  -7654.25,
                                  0.0009765,
                                  1.0e-17,
                                  33.3,
                                  4.4e-4,
                                  -0.03125,
                                  0.2718281,
                                  1.6180339};

struct results {
    double exp, log, sqrt, tanh, sin, cos, erf, floor, power, turns;
};

constexpr results results_at(double x) {
    const double size = math::fabs(x);
    const math::sine_cosine turns = math::sin_cos_turns(size - math::floor(size));
    return {math::exp(x),
            math::log(size),
            math::sqrt(size),
            math::tanh(x),
            math::sin(x),
            math::cos(x),
            math::erf(x),
            math::floor(x),
            math::pow(size, 1.0 / 3),
            turns.sine + turns.cosine};
}

constexpr auto compiled = [] {
    std::array<results, arguments.size()> all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = results_at(arguments[i]);
    return all;
}();

// ---- pi to 1,344 bits, to check the table that large angles are reduced with ----

// A fixed-point number: words of 32 bits, the first before the binary point.
using fixed = std::array<std::uint32_t, 43>;

constexpr fixed divided(fixed x, std::uint32_t by) {
    std::uint64_t rest = 0;
    for (std::uint32_t& word : x) {
        rest = (rest << 32) | word;
        word = static_cast<std::uint32_t>(rest / by);
        rest %= by;
    }
    return x;
}

constexpr void add(fixed& sum, const fixed& x, bool negative) {
    std::uint64_t carry = negative;
    for (std::size_t i = sum.size(); i-- > 0;) {
        carry += std::uint64_t{sum[i]} + (negative ? ~x[i] : x[i]);
        sum[i] = static_cast<std::uint32_t>(carry);
        carry >>= 32;
    }
}

// sum += or -= factor * arctan(1 / x)
constexpr void add_arctan(fixed& sum, std::uint32_t factor, std::uint32_t x, bool negative) {
    fixed power{factor};
    power = divided(power, x);
    for (std::uint32_t n = 1; power != fixed{}; n += 2, negative = !negative) {
        add(sum, divided(power, n), negative);
        power = divided(power, x * x);
    }
}

// ---- dense sweeps against libm ----

// |r - exact| in units of the last place of a double of that size.
long double error_of(double r, long double exact) {
    if (std::isnan(exact) || std::isinf(static_cast<double>(exact)))
        return same(r, static_cast<double>(exact)) ? 0 : 1e9L;
    int exponent = 0;
    std::frexp(static_cast<double>(exact), &exponent);
    return std::fabs(static_cast<long double>(r) - exact) / std::ldexp(1.0L, std::max(exponent, -1021) - 53);
}

// How many doubles further.
std::int64_t steps_between(double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b) ? 0 : std::int64_t{1} << 62;
    const auto place = [](double x) {
        const auto bits = std::bit_cast<std::int64_t>(x);
        return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
    };
    return std::abs(place(a) - place(b));
}

struct generator {
    std::uint64_t state = 0x2545F4914F6CDD1D;
    std::uint64_t bits() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state;
    }
    double any() {  // every exponent alike
        const double x = std::bit_cast<double>(bits());
        return std::isfinite(x) ? x : any();
    }
    // g++ 12 with FMA gave two users of one contracted sum different values: hence `product`.
    double between(double low, double high) {
        return low + math::product(high - low, static_cast<double>(bits() >> 11) * 0x1p-53);
    }
};

struct worst {
    long double error = 0;   // of ours, in ulp
    std::int64_t steps = 0;  // from libm
    double at = 0;
    void see(double x, double ours, double libm, long double exact) {
        if (const long double e = error_of(ours, exact); e > error) error = e, at = x;
        steps = std::max(steps, steps_between(ours, libm));
    }
};

#define AMBIT_TEST_SWEEP(function, argument)                                                              \
    [] {                                                                                                  \
        generator random;                                                                                 \
        worst seen;                                                                                       \
        for (int i = 0; i < 150'000; ++i) {                                                               \
            const double x = argument;                                                                    \
            seen.see(x, math::function(x), std::function(x), std::function(static_cast<long double>(x))); \
        }                                                                                                 \
        return seen;                                                                                      \
    }()

void require_within(const worst& seen, long double ulp, std::int64_t steps) {
    CAPTURE(seen.at, seen.error, seen.steps);
    CHECK(seen.error < ulp);
    CHECK(seen.steps <= steps);
}

}  // namespace

TEST_CASE("special values", "[core][constexpr_math]") {
    STATIC_REQUIRE(same(math::exp(0.0), 1));
    STATIC_REQUIRE(same(math::exp(-inf), 0));
    STATIC_REQUIRE(same(math::exp(inf), inf));
    STATIC_REQUIRE(same(math::exp(no_number), no_number));
    STATIC_REQUIRE(math::exp(709.782712893384) < inf);
    STATIC_REQUIRE(math::exp(709.7827128933841) == inf);
    STATIC_REQUIRE(math::exp(-745.13) == least);
    STATIC_REQUIRE(math::exp(-745.14) == 0);

    STATIC_REQUIRE(same(math::log(1.0), 0));
    STATIC_REQUIRE(math::log(0.0) == -inf);
    STATIC_REQUIRE(math::log(-0.0) == -inf);
    STATIC_REQUIRE(same(math::log(-1.0), no_number));
    STATIC_REQUIRE(math::log(inf) == inf);
    STATIC_REQUIRE(same(math::log(no_number), no_number));

    STATIC_REQUIRE(same(math::sqrt(-0.0), -0.0));
    STATIC_REQUIRE(math::sqrt(inf) == inf);
    STATIC_REQUIRE(same(math::sqrt(-1.0), no_number));
    STATIC_REQUIRE(math::sqrt(144.0) == 12);
    STATIC_REQUIRE(math::sqrt(0x1p-1074) == 0x1p-537);
    STATIC_REQUIRE(math::sqrt(largest) == 0x1.fffffffffffffp+511);

    STATIC_REQUIRE(same(math::tanh(-0.0), -0.0));
    STATIC_REQUIRE(math::tanh(inf) == 1);
    STATIC_REQUIRE(math::tanh(-inf) == -1);
    STATIC_REQUIRE(math::tanh(least) == least);
    STATIC_REQUIRE(same(math::tanh(no_number), no_number));

    STATIC_REQUIRE(same(math::sin(-0.0), -0.0));
    STATIC_REQUIRE(same(math::sin(inf), no_number));
    STATIC_REQUIRE(same(math::cos(-inf), no_number));
    STATIC_REQUIRE(math::cos(0.0) == 1);
    STATIC_REQUIRE(math::sin(smallest) == smallest);

    STATIC_REQUIRE(same(math::erf(-0.0), -0.0));
    STATIC_REQUIRE(math::erf(inf) == 1);
    STATIC_REQUIRE(math::erf(-inf) == -1);

    STATIC_REQUIRE(math::floor(2.5) == 2);
    STATIC_REQUIRE(math::floor(-2.5) == -3);
    STATIC_REQUIRE(same(math::floor(-0.0), -0.0));
    STATIC_REQUIRE(math::floor(-0.1) == -1);
    STATIC_REQUIRE(math::floor(0x1p52 - 0.5) == 0x1p52 - 1);
    STATIC_REQUIRE(math::floor(-inf) == -inf);
    STATIC_REQUIRE(same(math::fabs(-0.0), 0.0));
    STATIC_REQUIRE(math::abs(-3) == 3);
    STATIC_REQUIRE(math::abs(std::numeric_limits<std::int32_t>::min()) ==
                   std::numeric_limits<std::int32_t>::min());
    STATIC_REQUIRE(math::abs(std::uint8_t{200}) == 200);
    STATIC_REQUIRE(math::abs(-2.5f) == 2.5f);
}

TEST_CASE("powers keep C's special cases", "[core][constexpr_math]") {
    STATIC_REQUIRE(math::pow(2.0, 10.0) == 1024);
    STATIC_REQUIRE(math::pow(no_number, 0.0) == 1);
    STATIC_REQUIRE(math::pow(1.0, no_number) == 1);
    STATIC_REQUIRE(math::pow(-2.0, 3.0) == -8);
    STATIC_REQUIRE(same(math::pow(-2.0, 0.5), no_number));
    STATIC_REQUIRE(math::pow(2.0, -1074.0) == least);
    STATIC_REQUIRE(math::pow(2.0, 1024.0) == inf);

    // Every pair of special values agrees with libm.
    const double values[] = {0.0,    -0.0,       1,      -1,          2,          -2,      3,
                             -3,     0.5,        -0.5,   1.5,         1e300,      -1e300,  inf,
                             -inf,   no_number,  least,  -least,      smallest,   largest, -largest,
                             0x1p53, 0x1p53 - 1, 0x1p64, 1 - 0x1p-53, 1 + 0x1p-52};
    for (const double x : values)
        for (const double y : values) {
            CAPTURE(x, y);
            const double ours = math::pow(x, y), libm = std::pow(x, y);
            CHECK(steps_between(ours, libm) <= 1);
            CHECK((std::isnan(libm) || std::signbit(ours) == std::signbit(libm)));
        }
}

TEST_CASE("known values", "[core][constexpr_math]") {
    STATIC_REQUIRE(math::exp(1.0) == 2.718281828459045);
    STATIC_REQUIRE(math::log(10.0) == 2.302585092994046);
    STATIC_REQUIRE(math::sqrt(2.0) == 1.4142135623730951);
    STATIC_REQUIRE(math::tanh(1.0) == 0.7615941559557649);
    STATIC_REQUIRE(math::erf(1.0) == 0.8427007929497149);
    STATIC_REQUIRE(math::pow(2.0, 0.5) == 1.4142135623730951);
    STATIC_REQUIRE(math::sin(1e22) == -0.8522008497671888);
    // The double whose quotient by pi/2 is closest to an integer (J.-M. Muller, "Elementary functions",
    // 2006).
    STATIC_REQUIRE(math::fabs(math::cos(6381956970095103 * 0x1p797)) == 4.68716592425462761112e-19);

    STATIC_REQUIRE(math::exp(1.0f) == 2.7182817f);
    STATIC_REQUIRE(math::exp(89.0f) == std::numeric_limits<float>::infinity());
    STATIC_REQUIRE(math::pow(2.0f, -149.0f) == std::numeric_limits<float>::denorm_min());
    STATIC_REQUIRE(math::pow(10.0f, 39.0f) == std::numeric_limits<float>::infinity());
    STATIC_REQUIRE(math::sqrt(2.0f) == 1.41421354f);
    STATIC_REQUIRE(math::tanh(0.5f) == 0.46211717f);

    constexpr math::sine_cosine eighth = math::sin_cos_turns(0.125),
                                three_quarters = math::sin_cos_turns(0.75);
    STATIC_REQUIRE(math::fabs(eighth.sine - 0.7071067811865476) < 0x1p-52);
    STATIC_REQUIRE(math::fabs(eighth.cosine - 0.7071067811865476) < 0x1p-52);
    STATIC_REQUIRE(three_quarters.sine == -1);
    STATIC_REQUIRE(three_quarters.cosine == 0);
}

TEST_CASE("the table of 2/pi times pi is 2", "[core][constexpr_math]") {
    fixed pi{};  // Machin's formula
    add_arctan(pi, 16, 5, false);
    add_arctan(pi, 4, 239, true);
    REQUIRE(pi[0] == 3);
    REQUIRE(pi[1] == 0x243f6a88);

    // The product is below 2 by at most pi in the last place of the table.
    std::array<std::uint32_t, 40 + 43> product{};
    for (std::size_t i = 40; i-- > 0;) {
        const std::uint64_t pair = math::detail::two_over_pi[i / 2];
        const std::uint64_t word = i % 2 == 0 ? pair >> 32 : pair & 0xffffffff;
        std::uint64_t carry = 0;
        for (std::size_t j = pi.size(); j-- > 0;) {
            carry += word * pi[j] + product[i + j];
            product[i + j] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        if (i > 0) product[i - 1] = static_cast<std::uint32_t>(carry);
    }
    // The table's point is after two words, pi's after one: the words 1 of both are the units.
    CHECK(product[0] == 0);
    CHECK(product[1] == 1);
    for (std::size_t i = 2; i < 39; ++i) CHECK(product[i] == 0xffffffff);
    CHECK(~product[39] <= 4);
}

TEST_CASE("the compiler and the program compute the same bits", "[core][constexpr_math]") {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        volatile double hidden = arguments[i];
        const double x = hidden;
        const results now = results_at(x);
        CAPTURE(x);
        CHECK(same(now.exp, compiled[i].exp));
        CHECK(same(now.log, compiled[i].log));
        CHECK(same(now.sqrt, compiled[i].sqrt));
        CHECK(same(now.tanh, compiled[i].tanh));
        CHECK(same(now.sin, compiled[i].sin));
        CHECK(same(now.cos, compiled[i].cos));
        CHECK(same(now.erf, compiled[i].erf));
        CHECK(same(now.floor, compiled[i].floor));
        CHECK(same(now.power, compiled[i].power));
        CHECK(same(now.turns, compiled[i].turns));
    }
}

// The exact value is libm's of a longer type, where there is one.
TEST_CASE("within one unit of the last place, everywhere", "[core][constexpr_math]") {
    if (std::numeric_limits<long double>::digits < 64) return;

    require_within(AMBIT_TEST_SWEEP(exp, random.any()), 0.65L, 1);
    require_within(AMBIT_TEST_SWEEP(exp, random.between(-746, 710)), 0.65L, 1);
    require_within(AMBIT_TEST_SWEEP(exp, random.between(-746, -707)), 0.65L, 1);  // subnormal results
    require_within(AMBIT_TEST_SWEEP(exp, random.between(-1, 1)), 0.65L, 1);
    require_within(AMBIT_TEST_SWEEP(log, std::fabs(random.any())), 0.85L, 1);
    require_within(AMBIT_TEST_SWEEP(log, random.between(0.5, 2)), 0.85L, 1);
    require_within(
        AMBIT_TEST_SWEEP(log, 1 + std::ldexp(random.between(-1, 1), -static_cast<int>(random.bits() % 50))),
        0.85L, 1);
    require_within(AMBIT_TEST_SWEEP(log, random.between(0, 3e-308)), 0.85L, 1);
    require_within(AMBIT_TEST_SWEEP(sqrt, std::fabs(random.any())), 0.5001L, 0);
    // glibc's own tanh is up to 1.6 units off.
    require_within(AMBIT_TEST_SWEEP(tanh, random.any()), 0.8L, 2);
    require_within(AMBIT_TEST_SWEEP(tanh, random.between(-20, 20)), 0.8L, 2);
    require_within(AMBIT_TEST_SWEEP(tanh, random.between(-1, 1)), 0.8L, 2);
    require_within(AMBIT_TEST_SWEEP(sin, random.any()), 0.8L, 1);
    require_within(AMBIT_TEST_SWEEP(sin, random.between(-7, 7)), 0.8L, 1);
    require_within(AMBIT_TEST_SWEEP(sin, 1.5707963267948966 * static_cast<double>(random.bits() % 1'000'000)),
                   0.8L, 1);
    require_within(AMBIT_TEST_SWEEP(cos, random.any()), 0.8L, 1);
    require_within(AMBIT_TEST_SWEEP(cos, random.between(-7, 7)), 0.8L, 1);
    require_within(AMBIT_TEST_SWEEP(cos, 1.5707963267948966 * static_cast<double>(random.bits() % 1'000'000)),
                   0.8L, 1);
    require_within(AMBIT_TEST_SWEEP(erf, random.any()), 1.0L, 1);
    require_within(AMBIT_TEST_SWEEP(erf, random.between(-6.5, 6.5)), 1.0L, 1);
    require_within(AMBIT_TEST_SWEEP(erf, random.between(-1, 1)), 1.0L, 1);
    require_within(AMBIT_TEST_SWEEP(floor, random.any()), 0.0001L, 0);
    require_within(AMBIT_TEST_SWEEP(floor, random.between(-5, 5)), 0.0001L, 0);
}

TEST_CASE("powers within one unit of the last place", "[core][constexpr_math]") {
    if (std::numeric_limits<long double>::digits < 64) return;
    generator random;
    worst seen;
    for (int i = 0; i < 300'000; ++i) {
        double x = random.between(0, 10), y = random.between(-300, 300);
        if (i % 3 == 1) {  // all sizes of base and result
            x = std::fabs(random.any());
            y = random.between(-1100, 1100) / std::log2(x);
        } else if (i % 3 == 2) {  // bases near 1 with large exponents
            x = 1 + std::ldexp(random.between(-1, 1), -static_cast<int>(random.bits() % 50));
            y = random.between(-745, 710) / std::log(x);
        }
        if (!std::isfinite(y)) continue;
        seen.see(x, math::pow(x, y), std::pow(x, y),
                 std::pow(static_cast<long double>(x), static_cast<long double>(y)));
    }
    require_within(seen, 0.75L, 1);
}

TEST_CASE("two words are an integer of 128 bits", "[core][constexpr_math]") {
    using math::wide;
    const auto same = [](wide whole, const math::two_words& words) {
        return static_cast<std::uint64_t>(whole) == static_cast<std::uint64_t>(words) &&
               static_cast<std::uint64_t>(whole >> 64) == static_cast<std::uint64_t>(words >> 64);
    };
    generator random;
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t all = ~std::uint64_t{0};
        const std::uint64_t a = i % 7 == 0 ? all : random.bits() >> random.bits() % 64;
        const std::uint64_t b = i % 5 == 0 ? all : random.bits();
        const wide whole = wide{a} * b + (wide{b} << 64);
        const math::two_words words = math::two_words{a} * b + (math::two_words{b} << 64);
        REQUIRE(same(whole, words));
        REQUIRE(same(whole * b, words * b));
        REQUIRE(same(whole + a, words + a));
        REQUIRE(same(~whole + 1, ~words + 1));
        const int by = static_cast<int>(random.bits() % 128);
        REQUIRE(same(whole << by, words << by));
        REQUIRE(same(whole >> by, words >> by));
        REQUIRE(((whole >> by) != 0) == ((words >> by) != 0));
    }
}

TEST_CASE("floats are rounded once from double", "[core][constexpr_math]") {
    generator random;
    for (int i = 0; i < 20'000; ++i) {
        const auto x = static_cast<float>(random.between(-80, 80));
        REQUIRE(math::exp(x) == static_cast<float>(math::exp(static_cast<double>(x))));
        REQUIRE(std::fabs(static_cast<double>(math::sin(x)) - std::sin(static_cast<double>(x))) <= 0x1p-25);
        REQUIRE(math::sqrt(std::fabs(x)) == std::sqrt(std::fabs(x)));
    }
}
