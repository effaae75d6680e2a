// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/products/gemm.hpp>
#include <ambit/kernels/products/tile.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

using vector = xsimd::batch<double, xsimd::default_arch>;

// Small integers, so that every order of additions gives the same sum.
template <int Rows, int Vectors, int Chains, int Depth> bool is_right(std::int64_t depth) {
    const std::int64_t columns = Vectors * lanes<vector> - 1, last = lanes<vector> - 1;
    std::vector<double> left(static_cast<std::size_t>(Rows * depth)),
        right(static_cast<std::size_t>(depth * columns));
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = static_cast<double>(i % 7) - 3;
    for (std::size_t i = 0; i < right.size(); ++i) right[i] = static_cast<double>(i % 5) - 2;
    guarded<double> out(Rows * columns);
    tile<Rows, Vectors, vector, Chains> sums;
    sums.template accumulate<true, Depth>(broadcast_operand<double>{left.data(), depth, 1},
                                          vector_operand<double>{right.data(), columns, last}, depth);
    sums.emit_to(store_epilogue<double>{out.data(), columns}, 0, 1, 0, last);
    bool everywhere = out.is_intact();
    for (std::int64_t r = 0; r < Rows; ++r)
        for (std::int64_t c = 0; c < columns; ++c) {
            double wanted = 0;
            for (std::int64_t k = 0; k < depth; ++k)
                wanted += left[static_cast<std::size_t>(r * depth + k)] *
                          right[static_cast<std::size_t>(k * columns + c)];
            everywhere = everywhere && out[r * columns + c] == wanted;
        }
    return everywhere;
}

}  // namespace

TEST_CASE("a tile of every kind sums its products", "[kernels][tile]") {
    for (std::int64_t depth = 1; depth < 20; ++depth) {
        CAPTURE(depth);
        CHECK(is_right<1, 1, 8, 0>(depth));
        CHECK(is_right<2, 2, 2, 0>(depth));
        CHECK(is_right<5, 2, 1, 0>(depth));
    }
    CHECK(is_right<1, 1, 4, 13>(13));
    CHECK(is_right<3, 1, 1, 6>(6));
}

TEST_CASE("rows are cut into tiles that differ by one row at most", "[kernels][tile]") {
    for (std::int64_t most : {6, 12})
        for (std::int64_t m = 1; m < 200; ++m) {
            const auto cut = cut_rows(m, most);
            CHECK(cut.tall <= most);
            CHECK(cut.shorter < cut.tiles);
            CHECK((cut.tiles - cut.shorter) * cut.tall + cut.shorter * (cut.tall - 1) == m);
        }
    STATIC_REQUIRE(cut_rows(32, 12) == row_cut{3, 11, 1});
}

TEST_CASE("panels and chains stay within the registers", "[kernels][tile]") {
    for (std::int64_t rows = 1; rows <= most_rows<vector>; ++rows)
        for (std::int64_t needed = 1; needed < 70; ++needed) {
            const int vectors = panel_vectors<vector>(rows, needed);
            CHECK(vectors >= 1);
            CHECK(vectors <= needed);
            CHECK(rows * vectors <= most_accumulators<vector>);
            CHECK(rows * vectors * chains_for(rows * vectors, 100) <= most_accumulators<vector>);
        }
    STATIC_REQUIRE(chains_for(1, 100) == 8);
    STATIC_REQUIRE(chains_for(1, 3) == 1);
}
