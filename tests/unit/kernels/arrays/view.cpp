// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/arrays/view.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

// The address of each element from its number alone.
std::int64_t source_of(const view_geometry& g, std::int64_t element) {
    std::int64_t from = g.start;
    for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
        from += element % g.extent[axis] * g.stride[axis];
        element /= g.extent[axis];
    }
    return from;
}

template <class T, class Geometry> bool is_right(Geometry geometry) {
    const view_geometry g = value_of(geometry);
    std::int64_t count = 1, last = 0;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) count *= g.extent[axis];
    for (std::int64_t i = 0; i < count; ++i) last = std::max(last, source_of(g, i));
    operand<T> x(last + 1);
    for (std::int64_t i = 0; i <= last; ++i) x[i] = static_cast<T>(i * 7 + 1);
    guarded<T> out(count);
    view(geometry, static_cast<const T*>(x.data()), out.data());
    for (std::int64_t i = 0; i < count; ++i)
        if (out[i] != x[source_of(g, i)]) return false;
    return out.is_intact();
}

}  // namespace

TEMPLATE_TEST_CASE("view, runs of every length and step", "[kernels][view]", float, double, std::int32_t,
                   std::uint8_t) {
    for (std::int64_t n = 1; n <= 67; ++n) {
        CAPTURE(n);
        CHECK(is_right<TestType>(view_geometry{1, 3, {n}, {1}}));
        CHECK(is_right<TestType>(view_geometry{1, n - 1, {n}, {-1}}));
        CHECK(is_right<TestType>(view_geometry{1, 1, {n}, {5}}));
        CHECK(is_right<TestType>(view_geometry{1, 3 * n, {n}, {-3}}));
        CHECK(is_right<TestType>(view_geometry{2, 2, {4, n}, {n + 3, 1}}));
        CHECK(is_right<TestType>(view_geometry{2, 3 * (n + 1) + n, {4, n}, {-n - 1, -1}}));
        CHECK(is_right<TestType>(view_geometry{2, 0, {n, 3}, {6, 2}}));
    }
}

TEST_CASE("view, many axes", "[kernels][view]") {
    CHECK(is_right<float>(view_geometry{}));
    CHECK(is_right<float>(view_geometry{4, 5, {2, 3, 2, 5}, {200, 30, 12, 2}}));
    CHECK(is_right<float>(view_geometry{8, 255, {2, 2, 2, 2, 2, 2, 2, 2}, {-128, -64, -32, -16, -8, -4, -2, -1}}));
    CHECK(is_right<double>(view_geometry{3, 7, {3, 4, 2}, {0, 2, 1}}));
}

TEST_CASE("view, static extents", "[kernels][view]") {
    CHECK(is_right<float>(static_value<view_geometry{1, 2, {33}, {1}}>{}));
    CHECK(is_right<float>(static_value<view_geometry{1, 32, {33}, {-1}}>{}));
    CHECK(is_right<std::int64_t>(static_value<view_geometry{2, 1, {5, 3}, {8, 2}}>{}));
    CHECK(is_right<std::uint8_t>(static_value<view_geometry{3, 2, {2, 4, 3}, {64, 8, -1}}>{}));
    CHECK(is_right<std::uint16_t>(static_value<view_geometry{2, 0, {3, 17}, {20, 1}}>{}));
}
