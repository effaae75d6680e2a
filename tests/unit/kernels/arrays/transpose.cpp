// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/vectors/scalar.hpp>
#include <ambit/kernels/arrays/transpose.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T, class Geometry> bool is_right(Geometry geometry) {
    const transpose_geometry g = value_of(geometry);
    std::int64_t count = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) count *= g.extent[axis];
    operand<T> x(count);
    for (std::int64_t i = 0; i < count; ++i) x[i] = static_cast<T>(i);
    guarded<T> out(count), wanted(count);
    transpose(geometry, static_cast<const T*>(x.data()), out.data());
    scalar::transpose(g, static_cast<const T*>(x.data()), wanted.data());
    return out.is_intact() && are_identical(out, wanted);
}

}  // namespace

TEMPLATE_TEST_CASE("transpose, matrices of every size", "[kernels][transpose]", float, double, std::int32_t,
                   std::uint8_t) {
    for (std::int64_t n = 1; n <= 37; ++n)
        for (std::int64_t m : {1, 2, 7, 16, 33}) {
            CAPTURE(n, m);
            CHECK(is_right<TestType>(transpose_geometry{2, {n, m}, {1, 0}}));
            CHECK(is_right<TestType>(transpose_geometry{3, {3, n, m}, {0, 2, 1}}));
            CHECK(is_right<TestType>(transpose_geometry{3, {n, 3, m}, {1, 0, 2}}));
        }
}

TEST_CASE("transpose, every permutation of four axes", "[kernels][transpose]") {
    std::array<std::int64_t, 4> order{0, 1, 2, 3};
    do {
        CAPTURE(order);
        CHECK(is_right<float>(transpose_geometry{4, {3, 4, 5, 18}, {order[0], order[1], order[2],
                                                                    order[3]}}));
        CHECK(is_right<float>(transpose_geometry{4, {2, 1, 17, 3}, {order[0], order[1], order[2],
                                                                    order[3]}}));
        CHECK(is_right<std::uint16_t>(transpose_geometry{4, {2, 1, 3, 1}, {order[0], order[1], order[2],
                                                                           order[3]}}));
    } while (std::next_permutation(order.begin(), order.end()));
    CHECK(is_right<float>(transpose_geometry{}));
    CHECK(is_right<float>(transpose_geometry{8, {2, 1, 2, 3, 1, 2, 2, 2}, {7, 5, 3, 1, 0, 2, 4, 6}}));
}

TEST_CASE("transpose, static extents", "[kernels][transpose]") {
    CHECK(is_right<float>(static_value<transpose_geometry{2, {5, 3}, {1, 0}}>{}));
    CHECK(is_right<float>(static_value<transpose_geometry{2, {130, 67}, {1, 0}}>{}));
    CHECK(is_right<double>(static_value<transpose_geometry{4, {2, 3, 4, 5}, {0, 3, 1, 2}}>{}));
    CHECK(is_right<std::int64_t>(static_value<transpose_geometry{3, {4, 3, 2}, {2, 1, 0}}>{}));
}
