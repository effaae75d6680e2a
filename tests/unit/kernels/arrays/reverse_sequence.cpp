// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/arrays/reverse_sequence.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T, class Index, class Geometry> bool is_right(Geometry geometry) {
    const sequence_geometry g = value_of(geometry);
    const std::int64_t batch = g.batch_first != 0 ? g.a : g.b, places = g.batch_first != 0 ? g.b : g.a;
    std::vector<Index> lengths;  // from -1 to one more than there are
    for (std::int64_t i = 0; i < batch; ++i) lengths.push_back(static_cast<Index>(i * 2 % (places + 3) - 1));
    const operand<T> x(g.outer * g.a * g.middle * g.b * g.inner);
    guarded<T> out(g.outer * g.a * g.middle * g.b * g.inner);
    reverse_sequence(geometry, x.data(), lengths.data(), out.data());
    for (std::int64_t i = 0; i < out.size(); ++i) {
        const std::int64_t e = i % g.inner, b = i / g.inner % g.b, m = i / g.inner / g.b % g.middle;
        const std::int64_t a = i / g.inner / g.b / g.middle % g.a, o = i / g.inner / g.b / g.middle / g.a;
        const std::int64_t place = g.batch_first != 0 ? b : a;
        const auto length = static_cast<std::int64_t>(lengths[static_cast<std::size_t>(g.batch_first != 0 ? a : b)]);
        const std::int64_t from = place < length ? length - 1 - place : place;
        const std::int64_t from_a = g.batch_first != 0 ? a : from, from_b = g.batch_first != 0 ? from : b;
        const bool is_bad = length < 0 || length > places;
        const T wanted = is_bad ? T(0) : x[(((o * g.a + from_a) * g.middle + m) * g.b + from_b) * g.inner + e];
        if (out[i] != wanted) return false;
    }
    return out.is_intact();
}

}  // namespace

TEMPLATE_TEST_CASE("reverse_sequence, either order of the axes", "[kernels][reverse_sequence]", float, double,
                   std::int32_t, std::uint8_t) {
    for (std::int64_t n = 1; n <= 19; ++n)
        for (std::int64_t batch_first : {0, 1}) {
            CAPTURE(n, batch_first);
            CHECK(is_right<TestType, std::int32_t>(sequence_geometry{1, 7, 1, n, 3, batch_first}));
            CHECK(is_right<TestType, std::int64_t>(sequence_geometry{2, n, 3, 5, 1, batch_first}));
            CHECK(is_right<TestType, std::int32_t>(sequence_geometry{1, 4, 1, 6, n, batch_first}));
        }
}

TEST_CASE("reverse_sequence, static extents", "[kernels][reverse_sequence]") {
    CHECK(is_right<float, std::int32_t>(static_value<sequence_geometry{1, 8, 1, 5, 16, 1}>{}));
    CHECK(is_right<std::uint16_t, std::int64_t>(static_value<sequence_geometry{2, 5, 2, 8, 1, 0}>{}));
}
