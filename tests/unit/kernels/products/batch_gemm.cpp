// SPDX-License-Identifier: BSL-1.0
// The matrices are those of gemm, which has tests of its own: here each must be found, and its result put in its place.
#include <ambit/kernels/products/batch_gemm.hpp>
#include <ambit/kernels/vectors/scalar.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

std::int64_t products_of(const batch_gemm_geometry& g) {
    std::int64_t all = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) all *= g.extent[axis];
    return all;
}
std::int64_t matrices_of(const batch_gemm_geometry& g, const std::int64_t* step) {
    std::int64_t last = 0;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) last += (g.extent[axis] - 1) * step[axis];
    return last + 1;
}

template <class T, class Geometry> bool is_right(Geometry geometry) {
    const batch_gemm_geometry g = value_of(geometry);
    const gemm_geometry& one = g.matrix;
    operand<T> a(matrices_of(g, g.step_a) * one.m * one.k, 1), b(matrices_of(g, g.step_b) * one.k * one.n, 2);
    guarded<T> out(products_of(g) * one.m * one.n);
    scratch_memory<T> scratch(scratch_elements(g));
    batch_gemm(geometry, static_cast<const T*>(a.data()), static_cast<const T*>(b.data()), scratch.data(),
               store_epilogue<T>{out.data(), one.n});
    bool right = out.is_intact();
    for (std::int64_t p = 0; p < products_of(g); ++p) {
        std::int64_t left = p, at_a = 0, at_b = 0;
        for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
            at_a += left % g.extent[axis] * g.step_a[axis];
            at_b += left % g.extent[axis] * g.step_b[axis];
            left /= g.extent[axis];
        }
        using A = accumulator<T>;
        std::vector<A> x, y, wanted(static_cast<std::size_t>(one.m * one.n)), magnitude(wanted.size());
        for (std::int64_t i = 0; i < one.m * one.k; ++i) x.push_back(a[at_a * one.m * one.k + i]);
        for (std::int64_t i = 0; i < one.k * one.n; ++i) y.push_back(b[at_b * one.k * one.n + i]);
        scalar::gemm<A>(one, x.data(), y.data(), wanted.data());
        for (auto& e : x) e = e < 0 ? -e : e;
        for (auto& e : y) e = e < 0 ? -e : e;
        scalar::gemm<A>(one, x.data(), y.data(), magnitude.data());
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const T value = out[p * one.m * one.n + static_cast<std::int64_t>(i)];
            right = right && is_close<T>(value, static_cast<double>(static_cast<T>(wanted[i])),
                                         static_cast<double>(magnitude[i]), one.k + 1);
        }
    }
    return right;
}

}  // namespace

TEMPLATE_TEST_CASE("batches of products, run-time extents", "[kernels][gemm]", float, std::int64_t, std::uint8_t) {
    for (std::int64_t n : {1, 3, 8, 16, 17, 33})
        for (std::int64_t k : {1, 5, 20})
            for (std::int32_t transpose_a : {0, 1})
                for (std::int32_t transpose_b : {0, 1}) {
                    CAPTURE(n, k, transpose_a, transpose_b);
                    const gemm_geometry one{3, n, k, transpose_a, transpose_b};
                    CHECK(is_right<TestType>(batch_gemm_geometry{one, 0, {}, {}, {}}));
                    CHECK(is_right<TestType>(batch_gemm_geometry{one, 1, {4}, {1}, {1}}));
                    CHECK(is_right<TestType>(batch_gemm_geometry{one, 1, {4}, {0}, {1}}));
                    CHECK(is_right<TestType>(batch_gemm_geometry{one, 2, {2, 3}, {1, 0}, {0, 1}}));
                    CHECK(is_right<TestType>(batch_gemm_geometry{one, 3, {2, 3, 2}, {6, 2, 1}, {2, 0, 1}}));
                }
}

TEMPLATE_TEST_CASE("batches of products, static extents", "[kernels][gemm]", float, double, std::int32_t) {
    CHECK(is_right<TestType>(static_value<batch_gemm_geometry{{5, 19, 7, 0, 0}, 1, {3}, {1}, {1}}>{}));
    CHECK(is_right<TestType>(static_value<batch_gemm_geometry{{5, 19, 7, 0, 1}, 2, {2, 3}, {3, 1}, {0, 1}}>{}));
    CHECK(is_right<TestType>(static_value<batch_gemm_geometry{{2, 4, 40, 0, 1}, 1, {3}, {1}, {1}}>{}));
}
