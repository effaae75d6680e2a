// SPDX-License-Identifier: BSL-1.0
// Functions of floats against the C library's of doubles: a sample of all floats, and every one of them with the tag
// [.all-floats].
#include <ambit/kernels/vectors/pair.hpp>
#include <ambit/math/angles.hpp>
#include <ambit/math/exponentials.hpp>
#include <ambit/math/normal_share.hpp>
#include <ambit/math/softplus.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <limits>

using namespace ambit;
using namespace ambit::kernel_parts;
using ambit_test::same_bits;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity(),
                not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float smallest_normal = std::numeric_limits<float>::min(),
                smallest = std::numeric_limits<float>::denorm_min();

// Bounds with an instruction for a product and a sum, and without; and of results that are no normal floats.
struct exponential_function {
    static constexpr std::array bounds{1.0, 2.0};
    static constexpr double bound_below = static_cast<double>(smallest);
    template <class V> static V of(const V& x) { return math::exp_of(x); }
    static double exact(double x) { return std::exp(x); }
};
struct tanh_function {
    static constexpr std::array bounds{4.0, 4.0};
    static constexpr float most = 1;
    static constexpr double bound_below = static_cast<double>(smallest);
    template <class V> static V of(const V& x) { return math::tanh_of(x); }
    static double exact(double x) { return std::tanh(x); }
};
struct logistic_function {
    static constexpr std::array bounds{4.0, 4.0};
    static constexpr double bound_below = static_cast<double>(smallest_normal);  // 0 there
    template <class V> static V of(const V& x) { return math::logistic_of(x); }
    static double exact(double x) { return 1 / (1 + std::exp(-x)); }
};

struct erf_function {
    static constexpr std::array bounds{4.0, 4.0};
    static constexpr float most = 1;
    static constexpr double bound_below = 2 * static_cast<double>(smallest);
    template <class V> static V of(const V& x) { return math::erf_of(x); }
    static double exact(double x) { return std::erf(x); }
};
// Where x is negative a bound is that of x / 2.
struct gelu_function {
    static constexpr std::array bounds{4.0, 4.0};
    static constexpr double bound_below = static_cast<double>(smallest_normal);
    static double least_size(double x) { return x < 0 ? -x / 2 : 0; }
    template <class V> static V of(const V& x) { return math::gelu_of(x); }
    static double exact(double x) { return x < -40 ? 0 : x / 2 * std::erfc(-x * math::sqrt_half); }
};
struct gelu_by_tanh_function {
    static constexpr std::array bounds{4.0, 4.0};
    static constexpr double bound_below = static_cast<double>(smallest_normal);
    static double least_size(double x) { return x < 0 ? -x / 2 : 0; }
    template <class V> static V of(const V& x) { return math::gelu_by_tanh_of(x); }
    static double exact(double x) {
        const double from = std::fmin(std::fmax(x, -40), 40);
        const double inner = math::sqrt_2_over_pi * (from + math::gelu_cubic * from * from * from);
        return x < -40 ? 0 : x / (1 + std::exp(-2 * inner));
    }
};

struct softplus_function {
    static constexpr std::array bounds{4.0, 4.0};
    static constexpr double bound_below = 8 * static_cast<double>(smallest);
    template <class V> static V of(const V& x) { return math::softplus_of(x); }
    static double exact(double x) { return std::fmax(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }
};
struct sine_function {
    static constexpr bool is_of_one_batch = true;
    static constexpr std::array bounds{3.0, 3.0};
    static constexpr float most = 1;
    static constexpr double bound_below = static_cast<double>(smallest);
    template <class V> static V of(const V& x) { return math::sin_of(x); }
    static double exact(double x) { return std::sin(x); }
};
struct cosine_function {
    static constexpr bool is_of_one_batch = true;
    static constexpr std::array bounds{3.0, 3.0};
    static constexpr float most = 1;
    static constexpr double bound_below = static_cast<double>(smallest);
    template <class V> static V of(const V& x) { return math::cos_of(x); }
    static double exact(double x) { return std::cos(x); }
};
// xsimd's.
struct logarithm_function {
    static constexpr bool is_of_one_batch = true;
    static constexpr std::array bounds{2.0, 2.0};
    static constexpr double bound_below = static_cast<double>(smallest);
    template <class V> static V of(const V& x) { return log(x); }
    static double exact(double x) { return std::log(x); }
};

#if defined(AMBIT_FUSES_PRODUCTS)
constexpr std::size_t is_without = 0;
#else
constexpr std::size_t is_without = 1;
#endif
template <class Function> constexpr double bound_of = Function::bounds[is_without];

/// The distance between neighbouring floats at `x`.
double unit_at(double x) { return std::ldexp(1.0, std::ilogb(static_cast<float>(x)) - 23); }

/// The unit that the error of `Function` at x counts in.
template <class Function> double unit_of(double x, double exact) {
    if constexpr (requires { Function::least_size(x); }) exact = std::fmax(std::fabs(exact), Function::least_size(x));
    return unit_at(exact);
}

/// The largest distance of `Function` from the exact value, in units in the last place, over every `step`th float whose
/// value is a normal one.
template <class Function> double worst_of_all(std::uint32_t step) {
    using V = xsimd::batch<float>;
    double worst = 0;
    for (std::uint64_t first = 0; first < std::uint64_t{1} << 32; first += step * std::uint64_t{V::size}) {
        std::array<float, V::size> x{}, y{};
        for (std::size_t i = 0; i < V::size; ++i)
            x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(first + i * step));
        Function::of(V::load_unaligned(x.data())).store_unaligned(y.data());
        for (std::size_t i = 0; i < V::size; ++i) {
            const double exact = Function::exact(static_cast<double>(x[i]));
            if (std::isnan(exact)) {
                if (!std::isnan(y[i])) return not_a_number;
                continue;
            }
            if constexpr (requires { Function::most; })
                if (std::fabs(y[i]) > Function::most) return infinity;
            const float nearest = static_cast<float>(exact);
            if (std::fabs(nearest) < smallest_normal || std::isinf(nearest)) {
                if (std::isinf(nearest) ? y[i] != nearest : std::fabs(y[i] - exact) > Function::bound_below)
                    return infinity;
                continue;
            }
            worst = std::fmax(worst, std::fabs(static_cast<double>(y[i]) - exact) / unit_of<Function>(x[i], exact));
        }
    }
    return worst;
}

template <class Function, class V> float lane_of(float x) {
    std::array<float, V::size> y{};
    Function::of(V(x)).store_unaligned(y.data());
    for (const float lane : y) CHECK((same_bits(lane, y[0]) || lane != lane));
    return y[0];
}

template <class Function> void check_special_values() {
    using V = xsimd::batch<float>;
    for (const float x :
         {0.0F, -0.0F, infinity, -infinity, not_a_number, smallest, -smallest, smallest_normal, 89.0F, -89.0F, 104.0F,
          -104.0F, std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest()}) {
        CAPTURE(x);
        const float wanted = static_cast<float>(Function::exact(static_cast<double>(x))), y = lane_of<Function, V>(x);
        if (wanted != wanted) CHECK(y != y);
        else if (std::isinf(wanted)) CHECK(y == wanted);
        else {
            const double size = std::fabs(static_cast<double>(wanted));
            const double bound = size < static_cast<double>(smallest_normal)
                                     ? Function::bound_below
                                     : bound_of<Function> * unit_of<Function>(x, size);
            CHECK(std::fabs(static_cast<double>(y) - static_cast<double>(wanted)) <= bound);
        }
    }
}

/// The half of a pair is the function of the half; one NaN may be another.
template <class Function> void check_pairs() {
    if constexpr (!requires { Function::is_of_one_batch; }) {
        using V = xsimd::batch<float>;
        for (const float x : {-100.0F, -7.5F, -0.3F, 0.0F, 1e-20F, 0.7F, 3.0F, 12.0F, 88.0F, infinity, not_a_number}) {
            CAPTURE(x);
            const V a(x), b(0.25F - x);
            const vector_pair<V> y = Function::of(vector_pair<V>(a, b));
            std::array<float, 4 * V::size> lanes{};
            y.first.store_unaligned(lanes.data());
            y.second.store_unaligned(lanes.data() + V::size);
            Function::of(a).store_unaligned(lanes.data() + 2 * V::size);
            Function::of(b).store_unaligned(lanes.data() + 3 * V::size);
            for (std::size_t i = 0; i < 2 * V::size; ++i)
                CHECK((same_bits(lanes[i], lanes[i + 2 * V::size]) ||
                       (lanes[i] != lanes[i] && lanes[i + 2 * V::size] != lanes[i + 2 * V::size])));
        }
    }
}

}  // namespace

TEMPLATE_TEST_CASE("functions of floats are within their bounds", "[kernels][exponentials]", exponential_function,
                   tanh_function, logistic_function, erf_function, gelu_function, gelu_by_tanh_function,
                   softplus_function, sine_function, cosine_function, logarithm_function) {
    CHECK(worst_of_all<TestType>(4099) <= bound_of<TestType>);
    check_special_values<TestType>();
    check_pairs<TestType>();
}

TEMPLATE_TEST_CASE("functions of floats are within their bounds, of every float", "[.all-floats]", exponential_function,
                   tanh_function, logistic_function, erf_function, gelu_function, gelu_by_tanh_function,
                   softplus_function, sine_function, cosine_function, logarithm_function) {
    const double worst = worst_of_all<TestType>(1);
    CAPTURE(worst);
    CHECK(worst <= bound_of<TestType>);
}

TEST_CASE("values that lie on bounds", "[kernels][exponentials]") {
    using V = xsimd::batch<float>;
    CHECK(lane_of<exponential_function, V>(0) == 1);
    CHECK(lane_of<exponential_function, V>(-infinity) == 0);
    CHECK(lane_of<exponential_function, V>(-104) == 0);
    CHECK(lane_of<exponential_function, V>(-103.27893F) == smallest);
    CHECK(lane_of<exponential_function, V>(88.72283F) < infinity);
    CHECK(lane_of<exponential_function, V>(88.72284F) == infinity);
    CHECK(same_bits(lane_of<tanh_function, V>(-0.0F), -0.0F));
    CHECK(lane_of<tanh_function, V>(smallest) == smallest);
    CHECK(lane_of<tanh_function, V>(9.02F) == 1);
    CHECK(lane_of<tanh_function, V>(infinity) == 1);
    CHECK(lane_of<tanh_function, V>(-infinity) == -1);
    CHECK(lane_of<logistic_function, V>(0) == 0.5F);
    CHECK(lane_of<logistic_function, V>(17.4F) == 1);
    CHECK(lane_of<logistic_function, V>(infinity) == 1);
    CHECK(lane_of<logistic_function, V>(-infinity) == 0);
    CHECK(same_bits(lane_of<erf_function, V>(-0.0F), -0.0F));
    CHECK(same_bits(lane_of<sine_function, V>(-0.0F), -0.0F));
    CHECK(lane_of<cosine_function, V>(-0.0F) == 1);
    CHECK(std::isnan(lane_of<cosine_function, V>(infinity)));
    CHECK(lane_of<softplus_function, V>(infinity) == infinity);
    CHECK(lane_of<softplus_function, V>(-infinity) == 0);
    CHECK(lane_of<logarithm_function, V>(-0.0F) == -infinity);
    CHECK(std::isnan(lane_of<logarithm_function, V>(-smallest)));
    CHECK(lane_of<erf_function, V>(infinity) == 1);
    CHECK(lane_of<erf_function, V>(-infinity) == -1);
    CHECK(lane_of<gelu_function, V>(-infinity) == 0);
    CHECK(lane_of<gelu_function, V>(infinity) == infinity);
    CHECK(lane_of<gelu_by_tanh_function, V>(-infinity) == 0);
    CHECK(lane_of<gelu_by_tanh_function, V>(infinity) == infinity);
}
