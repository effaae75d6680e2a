// SPDX-License-Identifier: BSL-1.0
// Products with compact weights by their definition, wherever the bytes lie, with extents known early and late.
#include <ambit/kernels/products/compact_gemm.hpp>

#include "../../../support/numbers.hpp"
#include "../compact_weights.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

using namespace ambit;
using namespace ambit::kernel_parts;
using ambit::contract_parts::compact_gemm_geometry;
using ambit_test::numbers;

namespace {

template <weight_format Format, class Geometry> void check(Geometry geometry) {
    const compact_gemm_geometry g = core_parts::value_of(geometry);
    const auto of = kernel_test::compact_weights<Format>(g.k, g.n);
    const std::vector<float> a = numbers<float>(g.m * g.k, 7, -1, 1);
    for (std::size_t offset = 0; offset < 4; ++offset) {
        CAPTURE(g.m, g.n, g.k, offset);
        // Of exact size, so that a sanitizer sees whoever reads on.
        const std::unique_ptr<std::byte[]> memory(new std::byte[offset + of.bytes.size()]);
        std::memcpy(memory.get() + offset, of.bytes.data(), of.bytes.size());
        std::vector<float> c(static_cast<std::size_t>(g.m * g.n), -1.0f);
        compact_gemm<Format>(geometry, a.data(), memory.get() + offset, store_epilogue<float>{c.data(), g.n});
        for (std::int64_t row = 0; row < g.m; ++row)
            for (std::int64_t column = 0; column < g.n; ++column) {
                double sum = 0, size = 0;
                for (std::int64_t i = 0; i < g.k; ++i) {
                    const double term = double{a[static_cast<std::size_t>(row * g.k + i)]} *
                                        double{of.floats[static_cast<std::size_t>(i * g.n + column)]};
                    sum += term;
                    size += std::abs(term);
                }
                REQUIRE(std::abs(double{c[static_cast<std::size_t>(row * g.n + column)]} - sum) <= 2e-6 * size);
            }
    }
}
template <compact_gemm_geometry... Geometries> void check_all() {
    (check<weight_format::int8>(core_parts::static_value<Geometries>{}), ...);
    (check<weight_format::bfloat16>(core_parts::static_value<Geometries>{}), ...);
    (check<weight_format::int8>(Geometries), ...);
    (check<weight_format::bfloat16>(Geometries), ...);
}

}  // namespace

TEST_CASE("products with compact weights are those of the floats that these stand for", "[kernels]") {
    check_all<compact_gemm_geometry{1, 1, 5}, compact_gemm_geometry{1, 3, 1}, compact_gemm_geometry{1, 16, 33},
              compact_gemm_geometry{2, 37, 300}, compact_gemm_geometry{5, 9, 40}, compact_gemm_geometry{13, 50, 7}>();
}
