// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/control/check.hpp>

#include <catch2/catch.hpp>

#include <bit>
#include <limits>
#include <vector>

using namespace ambit;
using namespace ambit::contract_parts;

namespace {

template <class T> check_finding finite(const std::vector<T>& x) {
    std::int64_t out[3];
    kernel_parts::check(check_geometry{static_cast<std::int64_t>(x.size()), check_kind::finite, 0, 0}, x.data(), out);
    return {out[0], out[1], out[2]};
}
template <class T> check_finding within(const std::vector<T>& x, double low, double high) {
    std::int64_t out[3];
    kernel_parts::check(check_geometry{static_cast<std::int64_t>(x.size()), check_kind::range,
                                  std::bit_cast<std::int64_t>(low), std::bit_cast<std::int64_t>(high)},
                   x.data(), out);
    return {out[0], out[1], out[2]};
}

}  // namespace

TEMPLATE_TEST_CASE("every place of an array is checked", "[kernels][check]", float, double) {
    constexpr TestType infinite = std::numeric_limits<TestType>::infinity(),
                       nan = std::numeric_limits<TestType>::quiet_NaN();
    for (const std::size_t count : {1u, 7u, 16u, 33u, 100u, 5000u}) {
        std::vector<TestType> x(count, std::numeric_limits<TestType>::max());
        x[count / 2] = std::numeric_limits<TestType>::denorm_min();
        REQUIRE(finite(x).count == 0);
        for (std::size_t at = 0; at < count; at += count < 1000 ? 1 : 211) {
            for (const TestType bad : {infinite, -infinite, nan, -nan}) {
                const TestType before = x[at];
                x[at] = bad;
                const check_finding found = finite(x);
                REQUIRE(found.count == 1);
                REQUIRE(found.first == static_cast<std::int64_t>(at));
                const double value = element_of_word<double>(found.word);
                REQUIRE((value == static_cast<double>(bad) || (bad != bad && value != value)));
                x[at] = before;
            }
        }
    }
    std::vector<TestType> all(9000, nan);
    all[0] = 1;
    REQUIRE(finite(all).count == 8999);
    REQUIRE(finite(all).first == 1);
}

TEST_CASE("a range has its low end and not its high one", "[kernels][check]") {
    REQUIRE(within<std::int32_t>({0, 9, 5}, 0, 10).count == 0);
    const check_finding found = within<std::int32_t>({0, 10, -1, 9}, 0, 10);
    REQUIRE(found.count == 2);
    REQUIRE(found.first == 1);
    REQUIRE(found.word == 10);
    using limits = std::numeric_limits<std::int64_t>;
    REQUIRE(within<std::int64_t>({limits::max(), limits::min()}, 0, 10).count == 2);
    REQUIRE(within<std::int64_t>({limits::max()}, 0, 10).word == limits::max());
    REQUIRE(within<std::uint8_t>({0, 255}, 0, 255).first == 1);
    REQUIRE(within<float>({-0.5f, 0.0f, std::numeric_limits<float>::quiet_NaN()}, -0.5, 1).count == 1);
    constexpr double infinite = std::numeric_limits<double>::infinity();
    REQUIRE(within<double>({infinite}, 0, infinite).count == 1);
}
