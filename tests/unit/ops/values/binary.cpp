// SPDX-License-Identifier: BSL-1.0
// Elementwise ops of two operands, as a model computes them, in every pattern of broadcasting.
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>

using namespace ambit;
using namespace ambit::core_parts;
using namespace ambit_test;

namespace {

struct all_of_two {
    struct outputs {
        tensor add, sub, mul, maximum, minimum, div;
    };
    constexpr outputs operator()(scope&, const tensor& a, const tensor& b) const {
        return {a + b, a - b, a * b, maximum(a, b), minimum(a, b), a / b};
    }
};

struct integers_of_two {
    struct outputs {
        tensor add, sub, mul, maximum, minimum;
    };
    constexpr outputs operator()(scope&, const tensor& a, const tensor& b) const {
        return {a + b, a - b, a * b, maximum(a, b), minimum(a, b)};
    }
};

template <class T> T wrapped(std::uint64_t x) { return static_cast<T>(x); }

// Floats round once, so that the processor's own operation on one element is the reference; integers wrap
// around.
template <class T, std::size_t Count> std::array<T, Count> reference(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
        const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
        return {wrapped<T>(x + y), wrapped<T>(x - y), wrapped<T>(x * y), std::max(a, b), std::min(a, b)};
    } else {
        const T nan = std::numeric_limits<T>::quiet_NaN();
        const bool ordered = a == a && b == b;
        return {a + b, a - b, a * b, ordered ? std::max(a, b) : nan, ordered ? std::min(a, b) : nan, a / b};
    }
}

template <class T> inline constexpr std::size_t outputs = std::is_integral_v<T> ? 5 : 6;
template <class T> using output_elements = std::array<std::vector<T>, outputs<T>>;
template <class T>
using computation = output_elements<T> (*)(void* net, const std::vector<T>& a, const std::vector<T>& b);

// The only code for each pair of shapes.
template <class Net, class T>
output_elements<T> compute(void* net, const std::vector<T>& a, const std::vector<T>& b) {
    const auto results = (*static_cast<Net*>(net))(a, b);
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
        return output_elements<T>{elements(std::get<K>(results))...};
    }(std::make_index_sequence<outputs<T>>{});
}

template <class T> void check_of(const shape& left, const shape& right, computation<T> run, void* net) {
    const shape result = broadcast(left, right);
    std::vector<T> a = numbers<T>(left, 1, std::is_unsigned_v<T> ? 0 : -100, 200);
    std::vector<T> b = numbers<T>(right, 2, std::is_unsigned_v<T> ? 0 : -100, 200);
    for (int round = 0; round < 3; ++round) {
        // The second and third time with what is special, in all places of a and b in turn.
        if (round > 0) {
            const auto special = [] {
                using limits = std::numeric_limits<T>;
                if constexpr (std::is_integral_v<T>)
                    return std::array<T, 4>{limits::min(), limits::max(), T(0), T(1)};
                else
                    return std::array<T, 6>{limits::quiet_NaN(), limits::infinity(),
                                            -limits::infinity(), T(0),
                                            limits::max(),       T(1)};
            }();
            std::size_t i = static_cast<std::size_t>(round);
            for (T& x : a) x = special[i++ % special.size()];
            for (T& x : b) x = special[i++ / 2 % special.size()];
        }
        const output_elements<T> computed = run(net, a, b);
        for (const auto& each : computed) REQUIRE(each.size() == static_cast<std::size_t>(result.elements()));
        for (std::int64_t i = 0; i < result.elements(); ++i) {
            const T x = a[static_cast<std::size_t>(source_of(left, result, i))];
            const T y = b[static_cast<std::size_t>(source_of(right, result, i))];
            const auto wanted = reference<T, outputs<T>>(x, y);
            for (std::size_t f = 0; f < wanted.size(); ++f) {
                const T is = computed[f][static_cast<std::size_t>(i)];
                if (is == wanted[f] || (is != is && wanted[f] != wanted[f])) continue;
                FAIL_CHECK("output " << f << ", element " << i << ": " << +x << ", " << +y << " gives " << +is
                                     << ", should be " << +wanted[f]);
            }
        }
    }
    SUCCEED();
}

template <class A, class B> void check() {
    using T = typename A::element_type;
    using net = model<std::conditional_t<std::is_integral_v<T>, integers_of_two, all_of_two>, A, B>;
    net n(seed{});
    check_of<T>(extents_of<A>, extents_of<B>, compute<net, T>, &n);
}

template <std::int64_t... Extent> using f = input<float, Extent...>;
template <std::int64_t... Extent> using d = input<double, Extent...>;
template <std::int64_t... Extent> using i = input<std::int32_t, Extent...>;
template <std::int64_t... Extent> using u = input<std::uint8_t, Extent...>;

}  // namespace

TEST_CASE("float32 of equal shapes, at all tails", "[ops]") {
    check<f<>, f<>>();
    check<f<1>, f<1>>();
    check<f<3>, f<3>>();
    check<f<8>, f<8>>();
    check<f<15>, f<15>>();
    check<f<3, 11>, f<3, 11>>();
}

TEST_CASE("a scalar is broadcast from either side", "[ops]") {
    check<f<16>, f<>>();
    check<f<>, f<17>>();
    check<f<2, 3, 5>, f<1>>();
}

TEST_CASE("a row or a column is broadcast from either side", "[ops]") {
    check<f<3, 17>, f<17>>();
    check<f<1, 17>, f<3, 17>>();
    check<f<3, 17>, f<3, 1>>();
    check<f<3, 1>, f<3, 8>>();
}

TEST_CASE("a middle axis, several axes and both sides are broadcast", "[ops]") {
    check<f<2, 3, 8>, f<2, 1, 8>>();
    check<f<3, 1>, f<2, 3, 8>>();
    check<f<3, 1>, f<1, 8>>();
    check<f<2, 1, 5>, f<1, 3, 1>>();
    check<f<2, 1, 3, 1, 2>, f<4, 1, 5, 1>>();
    check<f<1, 1, 9>, f<9>>();
}

TEST_CASE("float64", "[ops]") {
    check<d<17>, d<17>>();
    check<d<3, 9>, d<9>>();
    check<d<3, 1>, d<1, 7>>();
}

TEST_CASE("int32 wraps around", "[ops]") {
    check<i<17>, i<17>>();
    check<i<3>, i<3>>();
    check<i<3, 16>, i<16>>();
    check<i<3, 1>, i<1, 8>>();
    check<i<>, i<15>>();
}

TEST_CASE("uint8 and int64 wrap around", "[ops]") {
    check<u<33>, u<33>>();
    check<u<3, 1>, u<1, 5>>();
    check<input<std::int64_t, 3, 1>, input<std::int64_t, 5>>();
}

namespace {

struct literals {
    struct outputs {
        tensor add, sub, mul, div, from, over, at_least, at_most;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {x + 0.1, x - 2, 3 * x, x / 4, 1 - x, 1 / x, maximum(x, 0.5), minimum(2.5F, x)};
    }
};

struct byte_literals {
    constexpr tensor operator()(scope&, const tensor& x) const { return minimum(x * 2 + 255, 200); }
};

}  // namespace

TEST_CASE("a number takes the dtype of the tensor beside it", "[ops]") {
    const std::array<float, 3> x{-1.5F, 0.3F, 3};
    model<literals, f<3>> net(seed{});
    auto [add, sub, mul, div, from, over, at_least, at_most] = net(x);
    for (std::size_t k = 0; k < 3; ++k) {
        CHECK(add(k) == x[k] + 0.1F);  // rounded to float32 first
        CHECK(sub(k) == x[k] - 2);
        CHECK(mul(k) == 3 * x[k]);
        CHECK(div(k) == x[k] / 4);
        CHECK(from(k) == 1 - x[k]);
        CHECK(over(k) == 1 / x[k]);
        CHECK(at_least(k) == std::max(x[k], 0.5F));
        CHECK(at_most(k) == std::min(x[k], 2.5F));
    }
    model<byte_literals, u<3>> bytes(seed{});
    CHECK(elements(bytes(std::array<std::uint8_t, 3>{1, 100, 200})) ==
          std::vector<std::uint8_t>{1, 199, 143});
}

namespace {

struct biased {
    constexpr tensor operator()(scope&, const tensor& x, const tensor& b) const { return bias_add(x, b); }
};

template <class T, class X, class B> void check_bias() {
    model<biased, X, B> net(seed{});
    const std::vector<T> x = numbers<T>(extents_of<X>, 1, 0, 100), b = numbers<T>(extents_of<B>, 2, 0, 100);
    const std::vector<T> y = elements(net(x, b));
    REQUIRE(y.size() == x.size());
    for (std::size_t k = 0; k < x.size(); ++k) CHECK(y[k] == static_cast<T>(x[k] + b[k % b.size()]));
}

}  // namespace

TEST_CASE("bias_add adds a vector along the last axis", "[ops]") {
    check_bias<float, f<17>, f<17>>();
    check_bias<float, f<5, 3>, f<3>>();
    check_bias<double, d<2, 3, 2, 9>, d<9>>();
    check_bias<std::int32_t, i<3, 1>, i<1>>();
    check_bias<std::uint8_t, u<3, 4>, u<4>>();
}
