// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/arrays/plane.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit::kernel_parts;
using namespace kernel_test;

TEMPLATE_TEST_CASE("transpose_plane writes its part of a larger array only", "[kernels][plane]", float,
                   double,
                   std::int32_t, std::uint8_t) {
    for (std::int64_t rows = 0; rows <= 35; rows += rows % 5 + 1)
        for (std::int64_t columns = 0; columns <= 35; ++columns) {
            const std::int64_t in_stride = columns + 3, out_stride = rows + 2;
            const operand<TestType> in(rows * in_stride + columns);
            guarded<TestType> out(columns * out_stride);
            const TestType untouched = out.size() > 0 ? out[0] : TestType(0);
            transpose_plane(in.data(), in_stride, out.data(), out_stride, rows, columns);
            bool right = out.is_intact();
            for (std::int64_t j = 0; j < columns; ++j)
                for (std::int64_t i = 0; i < out_stride; ++i)
                    right = right && out[j * out_stride + i] == (i < rows ? in[i * in_stride + j]
                                                                 : untouched);
            CAPTURE(rows, columns);
            REQUIRE(right);
        }
}
