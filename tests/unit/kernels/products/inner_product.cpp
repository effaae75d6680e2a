// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/products/gemm.hpp>
#include <ambit/kernels/products/inner_product.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

TEMPLATE_TEST_CASE("inner products of every length, rows and columns", "[kernels][inner_product]", float,
                   std::int32_t) {
    using V = xsimd::batch<TestType, xsimd::default_arch>;
    for (std::int64_t k = 1; k <= 5 * lanes<V> + 1; ++k)
        for (std::int64_t m = 1; m <= 7; ++m)
            for (std::int64_t n : {1, 3, 4, 9}) {
                const operand<TestType> a(m * k, 1), b(n * k, 2);
                guarded<TestType> c(m * n);
                inner_products<V>(gemm_geometry{m, n, k, 0, 1}, a.data(), b.data(),
                                  store_epilogue<TestType>{c.data(), n});
                bool right = c.is_intact();
                for (std::int64_t i = 0; i < m; ++i)
                    for (std::int64_t j = 0; j < n; ++j) {
                        double exact = 0, magnitude = 0;
                        for (std::int64_t e = 0; e < k; ++e) {
                            const double product =
                                static_cast<double>(a[i * k + e]) * static_cast<double>(b[j * k + e]);
                            exact += product;
                            magnitude += std::fabs(product);
                        }
                        right = right && is_close(c[i * n + j], exact, magnitude, k);
                    }
                CAPTURE(m, n, k);
                REQUIRE(right);
            }
}
