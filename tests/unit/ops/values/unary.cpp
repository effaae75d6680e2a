// SPDX-License-Identifier: BSL-1.0
// Elementwise ops of one operand, as a model computes them, against the C library in a wider type.
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <string>

using namespace ambit;
using namespace ambit_test;

namespace {

struct floating_functions {
    struct outputs {
        tensor exp, log, sigmoid, tanh, sqrt, abs, neg, relu, square, clip;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {ambit::exp(x),  ambit::log(x), ambit::sigmoid(x), ambit::tanh(x),   ambit::sqrt(x),
                ambit::abs(x), -x,            ambit::relu(x),    ambit::square(x), ambit::clip(x, -1.5, 2)};
    }
};

// Every function of one element in a wider type, in the order of the outputs; but the square root, which IEEE
// defines to the last bit and which rounding twice would spoil.
template <class Wide, class T> std::array<Wide, 10> reference(T element) {
    const Wide x = element;
    return {std::exp(x),  std::log(x),
            1 / (1 + std::exp(-x)),
            std::tanh(x), std::sqrt(element),
            std::fabs(x), -x,
            x != x ? x : x > 0 ? x : Wide(0),
            x * x,        x != x ? x : x < Wide(-1.5) ? Wide(-1.5) : x > 2 ? Wide(2) : x};
}

// Largest distance from the rounded reference in ulp: the functions of xsimd are approximations, all else is
// exact.
constexpr std::array<std::int64_t, 10> bounds{2, 2, 4, 3, 0, 0, 0, 0, 0, 0};
constexpr std::array names{"exp", "log", "sigmoid", "tanh", "sqrt", "abs", "neg", "relu", "square", "clip"};

template <class T> std::vector<T> special_values() {
    using limits = std::numeric_limits<T>;
    const T infinity = limits::infinity();
    return {limits::quiet_NaN(), infinity,       -infinity, T(0),   T(-0.0), limits::max(), limits::lowest(),
            limits::min(),       -limits::min(), T(1),      T(-1),  T(2),    T(-1.5),       T(1e-20),
            T(-1e-20),           T(1e10),        T(-1e10),  T(80),  T(-80),  T(0.5),        T(-0.5),
            T(1.0000001),        T(0.9999999),   T(40),     T(-40), T(20),   T(-20)};
}

template <class T> std::vector<std::vector<T>> operands(std::int64_t count) {
    std::vector<std::vector<T>> all{numbers<T>(count, 1), numbers<T>(count, 2, -20, 20),
                                    numbers<T>(count, 3, 0, 1e-3), numbers<T>(count, 4, 0, 1e6)};
    for (const std::vector<T>& x : in_every_place(special_values<T>(), count)) all.push_back(x);
    return all;
}

template <class T, std::int64_t Count> void check() {
    using wide = std::conditional_t<std::is_same_v<T, float>, double, long double>;
    model<floating_functions, input<T, Count>> net(seed{});
    for (const std::vector<T>& x : operands<T>(Count)) {
        const auto results = net(x);
        const auto computed = [&]<std::size_t... K>(std::index_sequence<K...>) {
            return std::array{elements(std::get<K>(results))...};
        }(std::make_index_sequence<10>{});
        for (std::size_t i = 0; i < static_cast<std::size_t>(Count); ++i) {
            const std::array<wide, 10> wanted = reference<wide>(x[i]);
            for (std::size_t f = 0; f < 10; ++f) {
                const T is = computed[f][i], should = static_cast<T>(wanted[f]);
                // Results too small for a normal number may be zero.
                const bool tiny = std::fabs(should) <= std::numeric_limits<T>::min() &&
                                  std::fabs(is) <= std::numeric_limits<T>::min() && bounds[f] > 0;
                if (tiny || ulps(is, should) <= bounds[f]) continue;
                FAIL_CHECK(names[f] << '(' << x[i] << ") is " << is << ", should be " << should
                                    << ", element " << i << " of " << Count << ", " << ulps(is, should)
                                    << " ulp");
            }
        }
    }
    SUCCEED();
}

}  // namespace

TEST_CASE("functions of one float32", "[ops]") {
    check<float, 1>();
    check<float, 3>();
    check<float, 15>();
    check<float, 16>();
    check<float, 33>();
}

TEST_CASE("functions of one float64", "[ops]") {
    check<double, 8>();
    check<double, 15>();
    check<double, 33>();
}

TEST_CASE("signs of zero", "[ops]") {
    model<floating_functions, input<float, 2>> net(seed{});
    const std::array<float, 2> zeros{0.0F, -0.0F};
    const auto results = net(zeros);
    const auto signs = [&](std::size_t, const auto& view) {
        return std::array{std::signbit(view(0)), std::signbit(view(1))};
    };
    CHECK(signs(4, std::get<4>(results)) == std::array{false, true});   // sqrt keeps it
    CHECK(signs(5, std::get<5>(results)) == std::array{false, false});  // abs drops it
    CHECK(signs(6, std::get<6>(results)) == std::array{true, false});   // neg turns it
    CHECK(signs(8, std::get<8>(results)) == std::array{false, false});
}

namespace {

struct integer_functions {
    struct outputs {
        tensor abs, neg, relu, square, clip;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {abs(x), -x, relu(x), square(x), clip(x, -3, 7)};
    }
};

struct unsigned_functions {
    struct outputs {
        tensor abs, relu, square, clip;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {abs(x), relu(x), square(x), clip(x, 3, 200)};
    }
};

template <std::int64_t Count> void check_int32() {
    model<integer_functions, input<std::int32_t, Count>> net(seed{});
    std::vector<std::int32_t> x = numbers<std::int32_t>(Count, 5, -100, 100);
    x[0] = std::numeric_limits<std::int32_t>::min();
    x.back() = Count == 1 ? x[0] : std::numeric_limits<std::int32_t>::max();
    auto [magnitude, negative, positive, squared, clipped] = net(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::int64_t wide = x[i];
        CAPTURE(Count, i, wide);
        CHECK(magnitude(i) ==
              static_cast<std::int32_t>(wide < 0 ? -wide : wide));  // wraps around at the lowest
        CHECK(negative(i) == static_cast<std::int32_t>(-wide));
        CHECK(positive(i) == std::max<std::int64_t>(wide, 0));
        CHECK(squared(i) == static_cast<std::int32_t>(wide * wide));
        CHECK(clipped(i) == std::min<std::int64_t>(std::max<std::int64_t>(wide, -3), 7));
    }
}

}  // namespace

TEST_CASE("functions of one int32", "[ops]") {
    check_int32<1>();
    check_int32<3>();
    check_int32<8>();
    check_int32<15>();
    check_int32<16>();
    check_int32<33>();
}

TEST_CASE("functions of one int64", "[ops]") {
    model<integer_functions, input<std::int64_t, 5>> net(seed{});
    const std::array<std::int64_t, 5> x{-5'000'000'000, 5'000'000'000,
                                        std::numeric_limits<std::int64_t>::min(), 3, -3};
    auto [magnitude, negative, positive, squared, clipped] = net(x);
    CHECK(elements(magnitude) == std::vector<std::int64_t>{5'000'000'000, 5'000'000'000, x[2], 3, 3});
    CHECK(elements(negative) == std::vector<std::int64_t>{5'000'000'000, -5'000'000'000, x[2], -3, 3});
    CHECK(elements(positive) == std::vector<std::int64_t>{0, 5'000'000'000, 0, 3, 0});
    CHECK(elements(squared) ==
          std::vector<std::int64_t>{6'553'255'926'290'448'384, 6'553'255'926'290'448'384, 0, 9, 9});
    CHECK(elements(clipped) == std::vector<std::int64_t>{-3, 7, -3, 3, -3});
}

TEST_CASE("functions of one uint8", "[ops]") {
    model<unsigned_functions, input<std::uint8_t, 256>> net(seed{});
    std::vector<std::uint8_t> x(256);
    for (std::size_t i = 0; i < 256; ++i) x[i] = static_cast<std::uint8_t>(i);
    auto [magnitude, positive, squared, clipped] = net(x);
    CHECK(elements(magnitude) == x);
    CHECK(elements(positive) == x);
    for (std::size_t i = 0; i < 256; ++i) {
        CHECK(squared(i) == i * i % 256);
        CHECK(clipped(i) == std::min<std::size_t>(std::max<std::size_t>(i, 3), 200));
    }
}
