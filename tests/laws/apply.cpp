// SPDX-License-Identifier: BSL-1.0
// The meaning of an elementwise op is one template: a scalar and every batch must agree. Functions that xsimd
// approximates agree within a few units in the last place, all else to the bit.
#include <ambit/kernels/vectors/mask.hpp>
#include <ambit/ops/all.hpp>

#include "../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;

namespace {

template <class T> std::vector<T> operands(unsigned seed) {
    using limits = std::numeric_limits<T>;
    std::vector<T> all;
    if constexpr (std::is_integral_v<T>) {
        all = {limits::min(), limits::max(), T(0), T(1), T(2), T(3), T(7), T(-1)};
        for (const T x : numbers<T>(248, seed, std::is_unsigned_v<T> ? 0 : -100, 200)) all.push_back(x);
    } else {
        const T nan = limits::quiet_NaN(), infinity = limits::infinity();
        all = {nan,           infinity,         -infinity,     T(0), T(-0.0),
               limits::max(), limits::lowest(), limits::min(), T(1), T(-1)};
        for (const T x : numbers<T>(100, seed, -5, 5)) all.push_back(x);
        for (const T x : numbers<T>(100, seed + 1, -30, 30)) all.push_back(x);
        for (const T x : numbers<T>(46, seed + 2, 0, 1e4)) all.push_back(x);
    }
    return all;
}

template <class T> bool agree(T scalar, T lane, std::int64_t bound) {
    if constexpr (std::is_integral_v<T>) {
        return scalar == lane;
    } else {
        if (bound == 0) return same_bits(scalar, lane) || (scalar != scalar && lane != lane);
        const bool tiny = std::fabs(scalar) <= std::numeric_limits<T>::min() &&
                          std::fabs(lane) <= std::numeric_limits<T>::min();
        return tiny || ulps(scalar, lane) <= bound;
    }
}

template <class Op, std::int64_t Lanes, class T, class... Words>
void check_lanes(std::int64_t bound, const Words&... words) {
    using batch = kernel_parts::batch_of<T, Lanes>;
    if constexpr (!std::is_void_v<batch>) {
        for (unsigned shift = 0; shift < 16; ++shift) {
            const std::vector<T> x = operands<T>(1), y = [&] {
                std::vector<T> turned = operands<T>(shift % 2 + 1);
                std::rotate(turned.begin(), turned.begin() + shift, turned.end());
                return turned;
            }();
            for (std::size_t i = 0; i + Lanes <= x.size(); i += Lanes) {
                std::array<T, std::size_t(Lanes)> lanes{};
                const auto a = batch::load_unaligned(x.data() + i), b = batch::load_unaligned(y.data() + i);
                if constexpr (requires { Op::apply(words..., a, b); })
                    batch(Op::apply(words..., a, b)).store_unaligned(lanes.data());
                else batch(Op::apply(words..., a)).store_unaligned(lanes.data());
                for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
                    const T scalar = [&] {
                        if constexpr (requires { Op::apply(words..., a, b); })
                            return Op::apply(words..., x[i + lane], y[i + lane]);
                        else
                            return Op::apply(words..., x[i + lane]);
                    }();
                    if (agree(scalar, lanes[lane], bound)) continue;
                    FAIL_CHECK(Op::name << " of " << +x[i + lane] << " (and " << +y[i + lane] << "): scalar "
                                        << +scalar << ", in a batch of " << Lanes << ' ' << +lanes[lane]);
                }
            }
        }
    }
    SUCCEED();
}

template <class Op, class T, class... Words> void check(std::int64_t bound, const Words&... words) {
    check_lanes<Op, 16, T>(bound, words...);
    check_lanes<Op, 8, T>(bound, words...);
    check_lanes<Op, 4, T>(bound, words...);
    check_lanes<Op, 2, T>(bound, words...);
}

template <class T> void check_exact() {
    check<add_op, T>(0);
    check<sub_op, T>(0);
    check<mul_op, T>(0);
    check<maximum_op, T>(0);
    check<minimum_op, T>(0);
    check<bias_add_op, T>(0);
    check<abs_op, T>(0);
    check<neg_op, T>(0);
    check<relu_op, T>(0);
    check<square_op, T>(0);
    check<clip_op, T>(0, clip_op::attributes{-3, 5});
    check<sign_op, T>(0);
    check<floor_div_op, T>(0);
    check<floor_mod_op, T>(0);
}

template <class T> void check_floating() {
    check<floor_op, T>(0);
    check<ceil_op, T>(0);
    check<round_op, T>(0);
    check<pow_op, T>(0);
    check<rsqrt_op, T>(0);
    check<prelu_op, T>(0);
    check<leaky_relu_op, T>(0, leaky_relu_op::attributes{0.3});
    check<softsign_op, T>(0);
    check<sin_op, T>(2);
    check<cos_op, T>(2);
    check<asin_op, T>(6);
    check<acos_op, T>(6);
    check<atan_op, T>(6);
    check<atan2_op, T>(6);
    check<sinh_op, T>(6);
    check<cosh_op, T>(6);
    check<asinh_op, T>(6);
    check<acosh_op, T>(6);
    check<atanh_op, T>(6);
    check<erf_op, T>(3);
    check<expm1_op, T>(2);
    check<log1p_op, T>(2);
    check<elu_op, T>(3, elu_op::attributes{0.7});
    check<selu_op, T>(3);
    check<softplus_op, T>(3);
    check<swish_op, T>(4);
}


}  // namespace

namespace {

// Ops that take or give bool, in batches: masks of every width.
template <std::int64_t Lanes, class T> void check_masks() {
    using batch = kernel_parts::batch_of<T, Lanes>;
    if constexpr (!std::is_void_v<batch>) {
        constexpr auto lanes = std::size_t(Lanes);
        const auto flags_of = [](const auto& mask) {
            std::array<bool, lanes> flags{};
            kernel_parts::store_mask<batch>(flags.data(), mask);
            return flags;
        };
        std::vector<T> x = operands<T>(1), y = x;
        std::rotate(y.begin(), y.begin() + 3, y.end());
        for (std::size_t i = 0; i < x.size(); i += 5) y[i] = x[i];
        for (std::size_t i = 0; i + lanes <= x.size(); i += lanes) {
            const auto a = batch::load_unaligned(x.data() + i), b = batch::load_unaligned(y.data() + i);
            const auto less = less_op::apply(a, b), same = equal_op::apply(a, b);
            const auto all = std::array{flags_of(less),
                                        flags_of(same),
                                        flags_of(not_equal_op::apply(a, b)),
                                        flags_of(less_equal_op::apply(a, b)),
                                        flags_of(greater_op::apply(a, b)),
                                        flags_of(greater_equal_op::apply(a, b)),
                                        flags_of(logical_and_op::apply(less, same)),
                                        flags_of(logical_or_op::apply(less, same)),
                                        flags_of(logical_xor_op::apply(less, same)),
                                        flags_of(logical_xor_op::apply(less, less)),
                                        flags_of(logical_not_op::apply(less)),
                                        flags_of(equal_op::apply(less, less)),
                                        flags_of(not_equal_op::apply(less, same)),
                                        flags_of(where_op::apply(less, same, less))};
            std::array<T, lanes> chosen{};
            where_op::apply(less, a, b).store_unaligned(chosen.data());
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                const T p = x[i + lane], q = y[i + lane];
                const bool l = p < q, s = p == q;
                const std::array wanted{l,      s,      p != q, p <= q, p > q, p >= q, l && s,
                                        l || s, l != s, false,  !l,     true,  l != s, l ? s : l};
                for (std::size_t k = 0; k < wanted.size(); ++k)
                    if (all[k][lane] != wanted[k])
                        FAIL_CHECK("mask " << k << " of " << +p << " and " << +q << " in " << Lanes);
                CHECK((same_bits(chosen[lane], l ? p : q) || q != q));
            }
            if constexpr (std::is_floating_point_v<T>) {
                const auto nan = flags_of(is_nan_op::apply(a)), inf = flags_of(is_inf_op::apply(a)),
                           finite = flags_of(is_finite_op::apply(a));
                for (std::size_t lane = 0; lane < lanes; ++lane) {
                    CHECK(nan[lane] == std::isnan(x[i + lane]));
                    CHECK(inf[lane] == std::isinf(x[i + lane]));
                    CHECK(finite[lane] == std::isfinite(x[i + lane]));
                }
            }
        }
    }
}

}  // namespace

TEMPLATE_TEST_CASE("masks of every width are those of scalars", "[laws]", float, double, std::int32_t) {
    check_masks<16, TestType>();
    check_masks<8, TestType>();
    check_masks<4, TestType>();
    check_masks<2, TestType>();
}

TEST_CASE("arithmetic is the same in scalars and batches", "[laws]") {
    check_exact<float>();
    check_exact<double>();
    check_exact<std::int32_t>();
    check<div_op, float>(0);
    check<div_op, double>(0);
    check<huber_op, float>(0, huber_op::attributes{1.5});
    check<huber_op, double>(0, huber_op::attributes{1.5});
    check<sqrt_op, float>(0);
    check<sqrt_op, double>(0);
}

TEST_CASE("functions are nearly the same in scalars and batches", "[laws]") {
    check<exp_op, float>(2);
    check<exp_op, double>(2);
    check<log_op, float>(2);
    check<log_op, double>(2);
    check<tanh_op, float>(3);
    check<tanh_op, double>(3);
    check<sigmoid_op, float>(4);
    check<sigmoid_op, double>(4);
    check_floating<float>();
    check_floating<double>();
}
