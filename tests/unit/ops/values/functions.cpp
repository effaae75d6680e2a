// SPDX-License-Identifier: BSL-1.0
// More elementwise functions of one operand, as a model computes them, against the C library in a wider type.
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

constexpr std::size_t count_of_functions = 20;

struct functions {
    using outputs = std::array<tensor, count_of_functions>;
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {ambit::sin(x),   ambit::cos(x),   ambit::erf(x),  ambit::expm1(x), ambit::log1p(x),
                rsqrt(x),        reciprocal(x),   ambit::floor(x), ambit::ceil(x), ambit::round(x),
                sign(x),         relu6(x),        leaky_relu(x, {.alpha = 0.25}),  elu(x, {.alpha = 0.5}),
                selu(x),         softplus(x),     softsign(x),    swish(x),        gelu(x),
                gelu(x, {.approximate = true})};
    }
};
constexpr std::array names{"sin",  "cos",   "erf",  "expm1", "log1p",      "rsqrt", "reciprocal",
                           "floor", "ceil", "round", "sign", "relu6",      "leaky_relu", "elu",
                           "selu", "softplus", "softsign", "swish", "gelu", "approximate gelu"};

// Every function of one element in a wider type, in the order of the outputs.
template <class Wide, class T> std::array<Wide, count_of_functions> reference(T element) {
    const Wide x = element, zero = 0, one = 1;
    const Wide below = x > 0 ? zero : std::expm1(x);
    const Wide scale = 1.0507009873554804934, alpha = 1.6732632423543772848;
    const Wide root = std::sqrt(2 / std::acos(-one)), cubic = 0.044715;
    const bool is_far = std::fabs(x) > 1e4;  // where products with 0 and quotients of infinities lie in the way
    return {std::sin(x),
            std::cos(x),
            std::erf(x),
            std::expm1(x),
            std::log1p(x),
            1 / std::sqrt(x),
            1 / x,
            std::floor(x),
            std::ceil(x),
            std::nearbyint(x),
            x != x ? x : Wide(x > 0) - Wide(x < 0),
            x != x ? x : std::fmin(std::fmax(x, zero), Wide(6)),
            x > 0 ? x : x / 4,
            x > 0 ? x : below / 2,
            x > 0 ? scale * x : scale * alpha * below,
            (x > 0 ? x : zero) + std::log1p(std::exp(-std::fabs(x))) + (x != x ? x : zero),
            is_far ? std::copysign(std::fabs(x) > 1e19 ? one : std::fabs(x) / (1 + std::fabs(x)), x) : x / (1 + std::fabs(x)),
            is_far ? std::fmax(x, zero) : x / (1 + std::exp(-x)),
            is_far ? std::fmax(x, zero) : x / 2 * std::erfc(-x / std::sqrt(Wide(2))),
            is_far ? std::fmax(x, zero) : x / 2 * (1 + std::tanh(root * (x + cubic * x * x * x)))};
}

// Largest distance from the rounded reference in ulp. The last two subtract what may be nearly equal: theirs is that of
// the operand.
constexpr std::array<std::int64_t, count_of_functions> bounds{2, 2, 3, 2, 2, 1, 0, 0, 0, 0,
                                                              0, 0, 0, 3, 3, 3, 1, 4, 4, 8};
constexpr std::size_t first_relative_to_operand = 18;

template <class T> std::vector<T> special_values() {
    using limits = std::numeric_limits<T>;
    const T infinity = limits::infinity();
    return {limits::quiet_NaN(), infinity, -infinity, T(0),    T(-0.0), limits::max(), limits::lowest(), limits::min(),
            -limits::min(),      T(1),     T(-1),     T(2.5),  T(-1.5), T(0.5),        T(-0.5),          T(3.5),
            T(1e-20),            T(-1e-20), T(1e10),  T(-1e10), T(80),  T(-80),        T(8388609.5),     T(-40),
            T(0.49999997),       T(6),     T(-6.5),   T(-0.999), T(1e-7)};
}

template <class T> std::vector<std::vector<T>> operands(std::int64_t count) {
    std::vector<std::vector<T>> all{numbers<T>(count, 1), numbers<T>(count, 2, -20, 20), numbers<T>(count, 3, 0, 1e-3),
                                    numbers<T>(count, 4, 0, 1e4), numbers<T>(count, 5, -1, 1)};
    for (const std::vector<T>& x : in_every_place(special_values<T>(), count)) all.push_back(x);
    return all;
}

template <class T, std::int64_t Count> void check() {
    using wide = std::conditional_t<std::is_same_v<T, float>, double, long double>;
    model<functions, input<T, Count>> net(seed{});
    for (const std::vector<T>& x : operands<T>(Count)) {
        const auto results = net(x);
        const auto computed = [&]<std::size_t... K>(std::index_sequence<K...>) {
            return std::array{elements(std::get<K>(results))...};
        }(std::make_index_sequence<count_of_functions>{});
        for (std::size_t i = 0; i < static_cast<std::size_t>(Count); ++i) {
            const std::array<wide, count_of_functions> wanted = reference<wide>(x[i]);
            for (std::size_t f = 0; f < count_of_functions; ++f) {
                const T is = computed[f][i], should = static_cast<T>(wanted[f]);
                const bool tiny = std::fabs(should) <= std::numeric_limits<T>::min() &&
                                  std::fabs(is) <= std::numeric_limits<T>::min() && bounds[f] > 0;
                if (tiny || ulps(is, should) <= bounds[f]) continue;
                const T unit = std::fabs(x[i]) * std::numeric_limits<T>::epsilon();
                if (f >= first_relative_to_operand && std::fabs(is - should) <= static_cast<T>(bounds[f]) * unit) continue;
                FAIL_CHECK(names[f] << '(' << x[i] << ") is " << is << ", should be " << should << ", element " << i
                                    << " of " << Count << ", " << ulps(is, should) << " ulp");
            }
        }
    }
    SUCCEED();
}

}  // namespace

TEST_CASE("more functions of one float32", "[ops]") {
    check<float, 1>();
    check<float, 3>();
    check<float, 17>();
    check<float, 33>();
}

TEST_CASE("more functions of one float64", "[ops]") {
    check<double, 1>();
    check<double, 9>();
    check<double, 33>();
}

TEST_CASE("signs of zero in more functions", "[ops]") {
    model<functions, input<float, 2>> net(seed{});
    const auto results = net(std::array<float, 2>{0.0F, -0.0F});
    const auto negative = [](const auto& view) { return std::array{std::signbit(view(0)), std::signbit(view(1))}; };
    const std::array kept{false, true};
    CHECK(negative(std::get<0>(results)) == kept);   // sin
    CHECK(negative(std::get<2>(results)) == kept);   // erf
    CHECK(negative(std::get<3>(results)) == kept);   // expm1
    CHECK(negative(std::get<4>(results)) == kept);   // log1p
    CHECK(negative(std::get<6>(results)) == kept);   // reciprocal, of infinities
    CHECK(negative(std::get<7>(results)) == kept);   // floor
    CHECK(negative(std::get<8>(results)) == kept);   // ceil
    CHECK(negative(std::get<9>(results)) == kept);   // round
    CHECK(negative(std::get<12>(results)) == kept);  // leaky_relu
    CHECK(negative(std::get<16>(results)) == kept);  // softsign
}

namespace {

constexpr std::size_t count_of_angles = 14;

struct angles {
    using outputs = std::array<tensor, count_of_angles>;
    constexpr outputs operator()(scope&, const tensor& x, const tensor& y) const {
        return {ambit::asin(x),  ambit::acos(x),  ambit::atan(x),  ambit::sinh(x), ambit::cosh(x),
                ambit::asinh(x), ambit::acosh(x), ambit::atanh(x), ambit::atan2(y, x),
                hard_sigmoid(x), hard_swish(x),   mish(x),         log_sigmoid(x), celu(x, {.alpha = 0.5})};
    }
};
constexpr std::array names_of_angles{"asin",  "acos",  "atan",         "sinh",       "cosh", "asinh",       "acosh",
                                     "atanh", "atan2", "hard_sigmoid", "hard_swish", "mish", "log_sigmoid", "celu"};
// In ulp. What adds to 1/2 is off by its rounding, near its zero by more ulp than it is worth: see below.
constexpr std::array<std::int64_t, count_of_angles> bounds_of_angles{5, 5, 5, 5, 5, 5, 5, 5, 5, 3, 4, 6, 4, 4};

template <class Wide, class T> std::array<Wide, count_of_angles> reference_of_angles(T element, T other) {
    const Wide x = element, y = other, one = 1, zero = 0;
    const Wide share = x != x ? x : std::fmin(std::fmax(x / 6 + one / 2, zero), one);
    const Wide soft = std::fmax(x, zero) + std::log1p(std::exp(-std::fabs(x)));
    return {std::asin(x),
            std::acos(x),
            std::atan(x),
            std::sinh(x),
            std::cosh(x),
            std::asinh(x),
            std::acosh(x),
            std::atanh(x),
            std::atan2(y, x),
            share,
            x < -3 ? zero : x * share,
            x < -1e4 ? zero : x * std::tanh(soft),
            x != x ? x : std::fmin(x, zero) - std::log1p(std::exp(-std::fabs(x))),
            x > 0 ? x : std::expm1(2 * x) / 2};
}

template <class T, std::int64_t Count> void check_angles() {
    using wide = std::conditional_t<std::is_same_v<T, float>, double, long double>;
    model<angles, input<T, Count>, input<T, Count>> net(seed{});
    const std::vector<std::vector<T>> all = operands<T>(Count);
    for (std::size_t k = 0; k < all.size(); ++k) {
        const std::vector<T>&x = all[k], &y = all[(k + 7) % all.size()];
        const auto results = net(x, y);
        const auto computed = [&]<std::size_t... K>(std::index_sequence<K...>) {
            return std::array{elements(std::get<K>(results))...};
        }(std::make_index_sequence<count_of_angles>{});
        for (std::size_t i = 0; i < static_cast<std::size_t>(Count); ++i) {
            const std::array<wide, count_of_angles> wanted = reference_of_angles<wide>(x[i], y[i]);
            for (std::size_t f = 0; f < count_of_angles; ++f) {
                const T is = computed[f][i], should = static_cast<T>(wanted[f]);
                const bool tiny = std::fabs(should) <= std::numeric_limits<T>::min() &&
                                  std::fabs(is) <= std::numeric_limits<T>::min();
                if (tiny || (is != is && should != should) || ulps(is, should) <= bounds_of_angles[f]) continue;
                const bool is_hard = f == 9 || f == 10;
                const T size = f == 9 ? T(1) : std::fabs(x[i]);
                if (is_hard && std::fabs(is - should) <= size * std::numeric_limits<T>::epsilon()) continue;
                FAIL_CHECK(names_of_angles[f] << '(' << x[i] << ") is " << is << ", should be " << should << ", y "
                                              << y[i] << ", element " << i << " of " << Count << ", "
                                              << ulps(is, should) << " ulp");
            }
        }
    }
    SUCCEED();
}

}  // namespace

TEST_CASE("angles, hyperbolic functions and units made of several", "[ops]") {
    check_angles<float, 3>();
    check_angles<float, 33>();
    check_angles<double, 17>();
}

TEST_CASE("signs of zero of angles", "[ops]") {
    model<angles, input<float, 2>, input<float, 2>> net(seed{});
    const auto results = net(std::array<float, 2>{0.0F, -0.0F}, std::array<float, 2>{0.0F, -0.0F});
    const auto negative = [](const auto& view) { return std::array{std::signbit(view(0)), std::signbit(view(1))}; };
    const std::array kept{false, true};
    CHECK(negative(std::get<0>(results)) == kept);  // asin
    CHECK(negative(std::get<2>(results)) == kept);  // atan
    CHECK(negative(std::get<3>(results)) == kept);  // sinh
    CHECK(negative(std::get<5>(results)) == kept);  // asinh
    CHECK(negative(std::get<7>(results)) == kept);  // atanh
    CHECK(negative(std::get<8>(results)) == kept);  // atan2
}

namespace {

struct small_parts {
    struct outputs {
        tensor ceil, round;
    };
    constexpr outputs operator()(scope&, const tensor& x) const { return {ambit::ceil(x), ambit::round(x)}; }
};

}  // namespace

TEST_CASE("what is rounded to zero keeps its sign", "[ops]") {
    model<small_parts, input<double, 3>> net(seed{});
    const auto [up, near] = net(std::array{-0.75, -0.5, -0.25});
    for (const double x : elements(up)) CHECK((x == 0 && std::signbit(x)));
    CHECK(elements(near) == std::vector<double>{-1, 0, 0});
    CHECK(std::signbit(near(1)));
    CHECK(std::signbit(near(2)));
}

namespace {

struct composed {
    struct outputs {
        tensor relu6, difference, integers, reciprocal, silu;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& i) const {
        return {relu6(x), squared_difference(x, 2), squared_difference(i, i * 2), reciprocal(x), silu(x, {.name = "gate"})};
    }
};

}  // namespace

TEST_CASE("functions made of ops have their own names, and values", "[ops]") {
    using net = model<composed, input<float, 3>, input<std::int32_t, 2>>;
    const auto run = net::graph::build();
    const auto& named = run.result();
    CHECK(named.relu6.name() == "relu6:0");
    CHECK(named.difference.name() == "squared_difference:0");
    CHECK(named.integers.name() == "squared_difference_1:0");
    CHECK(named.reciprocal.name() == "reciprocal:0");
    CHECK(named.silu.name() == "gate:0");
    net n(seed{});
    const auto [capped, difference, integers, inverse, gated] =
        n(std::array{-1.0F, 4.0F, 8.0F}, std::array<std::int32_t, 2>{3, -4});
    CHECK(elements(capped) == std::vector<float>{0, 4, 6});
    CHECK(elements(difference) == std::vector<float>{9, 4, 36});
    CHECK(elements(integers) == std::vector<std::int32_t>{9, 16});
    CHECK(elements(inverse) == std::vector<float>{-1, 0.25F, 0.125F});
    CHECK(gated(1) == Approx(4 / (1 + std::exp(-4.0))));
}

namespace {

// Ops that take pairs of batches among ops that do not, with numbers and masks.
struct gates {
    constexpr tensor operator()(scope&, const tensor& x, const tensor& y) const {
        const tensor open = greater(x, y);
        const tensor gate = sigmoid(x) * tanh(y) + silu(x - y);
        return where(open, gate, exp(maximum(x, -3)) + y);
    }
};

template <std::int64_t Extent> void check_gates() {
    constexpr auto count = static_cast<std::size_t>(Extent);
    model<gates, input<float, Extent>, input<float, Extent>> net(seed{});
    std::array<float, count> x{}, y{};
    for (std::size_t i = 0; i < count; ++i) {
        x[i] = static_cast<float>(i % 13) - 6.25F;
        y[i] = static_cast<float>(i % 7) * 0.5F - 1.5F;
    }
    const std::vector<float> found = elements(net(x, y));
    for (std::size_t i = 0; i < count; ++i) {
        CAPTURE(count, i);
        const double a = static_cast<double>(x[i]), b = static_cast<double>(y[i]), between = a - b;
        const double gate = std::tanh(b) / (1 + std::exp(-a)) + between / (1 + std::exp(-between));
        CHECK(found[i] == Approx(a > b ? gate : std::exp(std::fmax(a, -3)) + b).margin(1e-6));
    }
}

}  // namespace

TEST_CASE("two batches at a time, one more, and a part of one", "[ops]") {
    check_gates<16>();
    check_gates<83>();
    check_gates<48>();
}
