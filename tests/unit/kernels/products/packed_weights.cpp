// SPDX-License-Identifier: BSL-1.0
// Products of matrices whose B was packed beforehand.
#include <ambit/kernels/products/batch_gemm.hpp>
#include <ambit/kernels/vectors/scalar.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T> struct operands {
    operand<T> a, b;
    explicit operands(const gemm_geometry& g) : a(g.m * g.k, 1), b(g.k * g.n, 2) {}
};

// The kernel with B as it is, or packed by `Entry`.
template <class Entry, class T, class Geometry> std::vector<T> product_by(Geometry geometry, const operands<T>& x) {
    const auto g = value_of(geometry);
    constexpr gemm_geometry one = [] {
        if constexpr (requires { Geometry::value.matrix; }) return Geometry::value.matrix;
        else return Geometry::value;
    }();
    scratch_memory<T> scratch(scratch_elements(g)), panels(packed_elements(g));
    guarded<T> c(one.m * one.n);
    const store_epilogue<T> epilogue{c.data(), one.n};
    const T* b = x.b.data();
    if constexpr (one.packed_b != 0) {
        Entry::pack(geometry, b, panels.data());
        b = panels.data();
    }
    Entry::run(geometry, x.a.data(), b, scratch.data(), epilogue);
    CHECK(c.is_intact());
    return std::vector<T>(c.data(), c.data() + one.m * one.n);
}

// Every element keeps the bound of sums.
template <class T> bool is_right(const gemm_geometry& g, const operands<T>& x, const std::vector<T>& result) {
    using wide = accumulator<T>;
    std::vector<wide> a, b, wanted(result.size()), magnitude(result.size());
    for (std::int64_t i = 0; i < g.m * g.k; ++i) a.push_back(x.a[i]);
    for (std::int64_t i = 0; i < g.k * g.n; ++i) b.push_back(x.b[i]);
    scalar::gemm<wide>(g, a.data(), b.data(), wanted.data());
    for (wide& value : a) value = value < 0 ? -value : value;
    for (wide& value : b) value = value < 0 ? -value : value;
    scalar::gemm<wide>(g, a.data(), b.data(), magnitude.data());
    bool is_right = true;
    for (std::size_t i = 0; i < result.size(); ++i)
        is_right =
            is_right && is_close<T>(result[i], static_cast<double>(wanted[i]), static_cast<double>(magnitude[i]), g.k);
    return is_right;
}

template <class T, gemm_geometry G> bool is_right_packed() {
    const operands<T> x(G);
    using gemm_entry = entry<kernel_tag::gemm>;
    return is_right(G, x, product_by<gemm_entry, T>(static_value<with_packed_weights(G)>{}, x));
}

}  // namespace

TEST_CASE("B packed beforehand: tails of rows, columns and depth", "[kernels][gemm]") {
    CHECK(is_right_packed<float, gemm_geometry{1, 37, 40, 0, 0}>());
    CHECK(is_right_packed<float, gemm_geometry{3, 5, 300, 0, 1}>());
    CHECK(is_right_packed<double, gemm_geometry{9, 29, 33, 0, 1}>());
    CHECK(is_right_packed<float, gemm_geometry{13, 50, 21, 1, 0}>());
    CHECK(is_right_packed<float, gemm_geometry{7, 90, 300, 0, 1}>());
    CHECK(is_right_packed<float, gemm_geometry{25, 170, 200, 0, 0}>());  // else packed as it is read
    CHECK(is_right_packed<float, gemm_geometry{67, 71, 512, 0, 0}>());  // rows of A are copied, too
}

TEST_CASE("a batch that is one product takes it packed", "[kernels][gemm]") {
    constexpr batch_gemm_geometry g{{6, 130, 70, 0, 0}, 0, {}, {}, {}};
    STATIC_REQUIRE(prefers_packed_weights(g));
    STATIC_REQUIRE(!prefers_packed_weights(batch_gemm_geometry{g.matrix, 1, {2}, {1}, {1}}));
    const operands<float> x(g.matrix);
    using batch_entry = entry<kernel_tag::batch_gemm>;
    CHECK(is_right(g.matrix, x, product_by<batch_entry, float>(static_value<with_packed_weights(g)>{}, x)));
}
