// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/arrays/concat.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T, class Geometry> bool is_right(Geometry geometry) {
    const concat_geometry g = value_of(geometry);
    std::vector<operand<T>> parts;
    std::vector<const T*> in;
    std::int64_t row = 0;
    for (std::int64_t i = 0; i < g.count; ++i) {
        parts.emplace_back(g.outer * g.run[i], static_cast<unsigned>(i) + 1);
        row += g.run[i];
    }
    for (const operand<T>& part : parts) in.push_back(part.data());
    guarded<T> out(g.outer * row);
    concat(geometry, in.data(), out.data());
    for (std::int64_t o = 0; o < g.outer; ++o) {
        std::int64_t before = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const std::int64_t run = g.run[i];
            for (std::int64_t e = 0; e < run; ++e)
                if (out[o * row + before + e] != parts[i][o * run + e]) return false;
            before += run;
        }
    }
    return out.is_intact();
}

}  // namespace

TEMPLATE_TEST_CASE("concat, runs of every length", "[kernels][concat]", float, double, std::int32_t, std::uint8_t) {
    for (std::int64_t n = 1; n <= 37; ++n) {
        CAPTURE(n);
        CHECK(is_right<TestType>(concat_geometry{1, 1, {n}}));
        CHECK(is_right<TestType>(concat_geometry{1, 2, {n, 3}}));
        CHECK(is_right<TestType>(concat_geometry{n, 3, {1, n, 2}}));
        CHECK(is_right<TestType>(concat_geometry{5, 8, {1, n, 1, 2, n, 3, 1, 4}}));
    }
}

TEST_CASE("concat, static extents", "[kernels][concat]") {
    CHECK(is_right<float>(static_value<concat_geometry{1, 2, {17, 33}}>{}));
    CHECK(is_right<double>(static_value<concat_geometry{9, 4, {1, 1, 1, 1}}>{}));
    CHECK(is_right<std::uint16_t>(static_value<concat_geometry{3, 2, {5, 2}}>{}));
}
