// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/arrays/tile_array.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T, class Geometry> bool is_right(Geometry geometry) {
    const tile_geometry g = value_of(geometry);
    std::int64_t count = 1, tiled = 1;
    for (std::int64_t d = 0; d < g.rank; ++d) {
        count *= g.extent[d];
        tiled *= g.extent[d] * g.repeats[d];
    }
    operand<T> x(count);
    for (std::int64_t i = 0; i < count; ++i) x[i] = static_cast<T>(i + 3);
    guarded<T> out(tiled);
    tile_array(geometry, static_cast<const T*>(x.data()), out.data());
    for (std::int64_t i = 0; i < tiled; ++i) {
        std::int64_t from = 0, step = 1, left = i;
        for (std::int64_t d = g.rank - 1; d >= 0; --d) {
            from += left % (g.extent[d] * g.repeats[d]) % g.extent[d] * step;
            left /= g.extent[d] * g.repeats[d];
            step *= g.extent[d];
        }
        if (out[i] != x[from]) return false;
    }
    return out.is_intact();
}

}  // namespace

TEMPLATE_TEST_CASE("tile, rows of every length", "[kernels][tile]", float, double, std::int32_t, std::uint8_t) {
    for (std::int64_t n = 1; n <= 37; ++n)
        for (std::int64_t repeats : {1, 2, 5}) {
            CAPTURE(n, repeats);
            CHECK(is_right<TestType>(tile_geometry{1, {n}, {repeats}}));
            CHECK(is_right<TestType>(tile_geometry{2, {3, n}, {repeats, 1}}));
            CHECK(is_right<TestType>(tile_geometry{2, {n, 2}, {2, repeats}}));
        }
}

TEST_CASE("tile, many axes", "[kernels][tile]") {
    CHECK(is_right<float>(tile_geometry{}));
    CHECK(is_right<float>(tile_geometry{4, {2, 3, 1, 4}, {3, 1, 2, 2}}));
    CHECK(is_right<std::int64_t>(tile_geometry{8, {1, 2, 1, 2, 3, 1, 2, 2}, {2, 1, 3, 2, 1, 2, 1, 2}}));
}

TEST_CASE("tile, static extents", "[kernels][tile]") {
    CHECK(is_right<float>(static_value<tile_geometry{1, {33}, {3}}>{}));
    CHECK(is_right<double>(static_value<tile_geometry{2, {5, 3}, {2, 4}}>{}));
    CHECK(is_right<std::uint16_t>(static_value<tile_geometry{3, {2, 1, 3}, {1, 4, 2}}>{}));
}
