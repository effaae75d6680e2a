// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/products/gemm.hpp>
#include <ambit/kernels/vectors/scalar.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T> std::vector<T> absolute(const operand<T>& values, std::int64_t count) {
    std::vector<T> result;
    for (std::int64_t i = 0; i < count; ++i)
        result.push_back(values[i] < T(0) ? static_cast<T>(-values[i]) : values[i]);
    return result;
}

template <class T>
using gemm_kernel = void (*)(const gemm_geometry&, const T* a, const T* b, T* scratch, const store_epilogue<T>&);

// The only code for each geometry that is known to the compiler.
template <class T, class Geometry>
void run(const gemm_geometry& g, const T* a, const T* b, T* scratch, const store_epilogue<T>& epilogue) {
    if constexpr (is_static<Geometry>) gemm(Geometry{}, a, b, scratch, epilogue);
    else gemm(g, a, b, scratch, epilogue);
}

// Runs one shape and says whether every element keeps the bound and nothing else was written.
template <class T> bool is_right_by(gemm_kernel<T> kernel, const gemm_geometry& g) {
    const operand<T> a(g.m * g.k, 1), b(g.k * g.n, 2);
    guarded<T> c(g.m * g.n);
    scratch_memory<T> scratch(scratch_elements(g));
    kernel(g, a.data(), b.data(), scratch.data(), store_epilogue<T>{c.data(), g.n});
    std::vector<accumulator<T>> left, right, wanted(static_cast<std::size_t>(g.m * g.n)), magnitude(wanted.size());
    for (std::int64_t i = 0; i < g.m * g.k; ++i) left.push_back(a[i]);
    for (std::int64_t i = 0; i < g.k * g.n; ++i) right.push_back(b[i]);
    scalar::gemm<accumulator<T>>(g, left.data(), right.data(), wanted.data());
    for (auto& x : left) x = x < 0 ? -x : x;
    for (auto& x : right) x = x < 0 ? -x : x;
    scalar::gemm<accumulator<T>>(g, left.data(), right.data(), magnitude.data());
    bool right_everywhere = c.is_intact();
    for (std::int64_t i = 0; i < g.m * g.n; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const auto exact =
            std::is_integral_v<T> ? static_cast<double>(static_cast<T>(wanted[at])) : static_cast<double>(wanted[at]);
        right_everywhere = right_everywhere && is_close<T>(c[i], exact, static_cast<double>(magnitude[at]), g.k);
    }
    return right_everywhere;
}
template <class T, class Geometry> bool is_right(Geometry geometry) {
    return is_right_by<T>(run<T, Geometry>, value_of(geometry));
}

// Bias, relu and a second output: what fused epilogues do.
template <class T> struct bias_relu_epilogue {
    static constexpr bool heavy = true;
    const T* bias;
    T* sum;
    T* positive;
    std::int64_t columns;

    template <class V> void operator()(const V& value, std::int64_t row, std::int64_t column) const noexcept {
        const V biased = value + load_vector<V>(bias + column);
        store_vector(sum + row * columns + column, biased);
        if constexpr (lanes<V> == 1) store_vector(positive + row * columns + column, biased > T(0) ? biased : T(0));
        else store_vector(positive + row * columns + column, V(xsimd::max(biased, V(T(0)))));
    }
};

template <class T> bool all_transposes(std::int64_t m, std::int64_t n, std::int64_t k) {
    bool right = true;
    for (std::int32_t a : {0, 1})
        for (std::int32_t b : {0, 1}) right = right && is_right<T>(gemm_geometry{m, n, k, a, b});
    return right;
}

template <class T, std::int64_t M, std::int64_t N, std::int64_t K> bool all_transposes_static() {
    return is_right<T>(static_value<gemm_geometry{M, N, K, 0, 0}>{}) &&
           is_right<T>(static_value<gemm_geometry{M, N, K, 0, 1}>{}) &&
           is_right<T>(static_value<gemm_geometry{M, N, K, 1, 0}>{});
}

}  // namespace

TEMPLATE_TEST_CASE("gemm, run-time extents, every number of columns up to two panels", "[kernels][gemm]", float, double,
                   std::uint8_t) {
    for (std::int64_t n = 1; n <= 67; ++n) {
        CAPTURE(n);
        CHECK(all_transposes<TestType>(n % 3 + 1, n, 19));
        CHECK(all_transposes<TestType>(5, n, 1));
    }
}

TEMPLATE_TEST_CASE("gemm, run-time extents, every number of rows up to two tiles", "[kernels][gemm]", float, double,
                   std::uint8_t) {
    for (std::int64_t m = 1; m <= 29; ++m) {
        CAPTURE(m);
        CHECK(all_transposes<TestType>(m, 33, 21));
        CHECK(all_transposes<TestType>(m, 1, 21));
        CHECK(all_transposes<TestType>(m, 16, 40));
    }
}

TEMPLATE_TEST_CASE("gemm, run-time extents, every depth", "[kernels][gemm]", float, double) {
    for (std::int64_t k = 1; k <= 70; ++k) {
        CAPTURE(k);
        CHECK(all_transposes<TestType>(1, 17, k));
        CHECK(all_transposes<TestType>(3, 3, k));
        CHECK(all_transposes<TestType>(1, 1, k));
    }
}

TEMPLATE_TEST_CASE("gemm, larger than its blocks", "[kernels][gemm]", float, double) {
    CHECK(all_transposes<TestType>(37, 211, 300));
    CHECK(all_transposes<TestType>(26, 130, 1500));
    CHECK(all_transposes<TestType>(1, 515, 301));
    CHECK(all_transposes<TestType>(2, 1031, 129));
}

TEST_CASE("gemm, static extents", "[kernels][gemm]") {
    CHECK(all_transposes_static<float, 1, 1, 16>());
    CHECK(is_right<float>(static_value<gemm_geometry{1, 8, 8, 0, 0}>{}));
    CHECK(is_right<float>(static_value<gemm_geometry{1, 16, 4, 0, 0}>{}));
    CHECK(all_transposes_static<float, 1, 10, 33>());
    CHECK(is_right<float>(static_value<gemm_geometry{4, 2, 3, 0, 0}>{}));
    CHECK(is_right<float>(static_value<gemm_geometry{3, 3, 7, 0, 1}>{}));
    CHECK(all_transposes_static<float, 13, 37, 70>());
    CHECK(is_right<float>(static_value<gemm_geometry{25, 48, 9, 1, 0}>{}));
    CHECK(all_transposes_static<float, 1, 300, 130>());
    CHECK(is_right<float>(static_value<gemm_geometry{16, 67, 80, 1, 1}>{}));
    CHECK(is_right<float>(static_value<gemm_geometry{300, 40, 2, 0, 0}>{}));
    CHECK(is_right<float>(static_value<gemm_geometry{5, 331, 203, 0, 0}>{}));  // of more than 256 KiB
    CHECK(is_right<float>(static_value<gemm_geometry{5, 331, 203, 1, 0}>{}));
    CHECK(is_right<double>(static_value<gemm_geometry{1, 11, 9, 0, 0}>{}));
    CHECK(is_right<double>(static_value<gemm_geometry{13, 37, 70, 0, 1}>{}));
    CHECK(is_right<std::int32_t>(static_value<gemm_geometry{1, 11, 9, 0, 1}>{}));
    CHECK(is_right<std::int32_t>(static_value<gemm_geometry{13, 37, 70, 1, 0}>{}));
}

TEST_CASE("gemm, a matrix larger than a cache", "[kernels][gemm]") {
    STATIC_REQUIRE(needs_packing(gemm_geometry{.m = 25, .n = 1037, .k = 509}));
    CHECK(all_transposes_static<float, 25, 1037, 509>());
    CHECK(is_right<float>(static_value<gemm_geometry{32, 1024, 512, 0, 1}>{}));
    CHECK(is_right<double>(static_value<gemm_geometry{25, 2741, 193, 0, 0}>{}));
    CHECK(is_right<std::int32_t>(static_value<gemm_geometry{64, 2741, 192, 0, 1}>{}));
    CHECK(all_transposes<float>(24, 1037, 509));
    CHECK(all_transposes<double>(33, 2731, 193));
}

TEST_CASE("gemm, rows that fall on the same cache sets", "[kernels][gemm]") {
    constexpr gemm_geometry whole{70, 523, 512}, in_parts{65, 33, 33280}, in_odd_parts{2113, 225, 1024};
    STATIC_REQUIRE((copies_rows(whole) && times_of_rows(whole) == 1));
    STATIC_REQUIRE((copies_rows(in_parts) && times_of_rows(in_parts) == 2));
    STATIC_REQUIRE(times_of_rows(in_odd_parts) == 3);
    CHECK(is_right<float>(static_value<whole>{}));
    CHECK(is_right<double>(whole));
    CHECK(is_right<float>(static_value<in_parts>{}));
    CHECK(is_right<double>(in_parts));
    CHECK(is_right<float>(in_odd_parts));
}

TEST_CASE("gemm, static extents, scalar path", "[kernels][gemm]") {
    CHECK(all_transposes_static<std::uint8_t, 3, 19, 5>());
}

TEST_CASE("gemm hands every element to its epilogue once", "[kernels][gemm]") {
    constexpr gemm_geometry g{.m = 14, .n = 43, .k = 6};
    const operand<float> a(g.m * g.k, 1), b(g.k * g.n, 2), bias(g.n, 3);
    guarded<float> plain(g.m * g.n), sum(g.m * g.n), positive(g.m * g.n);
    gemm(static_value<g>{}, a.data(), b.data(), static_cast<float*>(nullptr),
         store_epilogue<float>{plain.data(), g.n});
    gemm(static_value<g>{}, a.data(), b.data(), static_cast<float*>(nullptr),
         bias_relu_epilogue<float>{bias.data(), sum.data(), positive.data(), g.n});
    for (std::int64_t i = 0; i < g.m * g.n; ++i) {
        CAPTURE(i);
        REQUIRE(sum[i] == plain[i] + bias[i % g.n]);
        REQUIRE(positive[i] == (sum[i] > 0 ? sum[i] : 0));
    }
    CHECK(sum.is_intact());
    CHECK(positive.is_intact());
}

TEST_CASE("gemm asks for no scratch memory where it reads its operands directly", "[kernels][gemm]") {
    STATIC_REQUIRE(scratch_elements(gemm_geometry{.m = 4, .n = 16, .k = 16}) == 0);
    STATIC_REQUIRE(scratch_elements(gemm_geometry{.m = 64, .n = 96, .k = 100, .transpose_b = 1}) >= 32 * 100);
}

TEST_CASE("gemm, products of millions of elements", "[kernels][gemm]") {
    const auto check = [](const gemm_geometry& g) {
        CAPTURE(g.m, g.n, g.k, g.transpose_a, g.transpose_b);
        const std::vector<float> a(static_cast<std::size_t>(g.m * g.k), 0.7f);
        const std::vector<float> b(static_cast<std::size_t>(g.k * g.n), 0.3f);
        std::vector<float> c(static_cast<std::size_t>(g.m * g.n));
        scratch_memory<float> scratch(scratch_elements(g));
        gemm(g, a.data(), b.data(), scratch.data(), store_epilogue<float>{c.data(), g.n});
        for (const float sum : c) {
            const double wanted = double(0.7f) * double(0.3f) * double(g.k);
            REQUIRE(std::fabs(double(sum) - wanted) < 3e-6 * wanted);
        }
    };
    for (std::int32_t transposes = 0; transposes < 4; ++transposes)
        for (const std::int64_t m : {1, 3, 14})
            for (const std::int64_t n : {1, 5, 40}) check({m, n, 200'003, transposes & 1, transposes >> 1});
    constexpr gemm_geometry panels{24, 64, 9'001};
    STATIC_REQUIRE(needs_packing(panels));
    check(panels);
}
