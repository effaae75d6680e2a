// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include <ambit/model/model.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>

using namespace ambit;
using namespace ambit_test;

namespace {

struct counts {
    struct outputs {
        tensor all, of_rows, of_flags;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {count_nonzero(x), count_nonzero(x, {.axes = 1}), count_nonzero(cast(x, boolean), {.axes = 0})};
    }
};

}  // namespace

TEST_CASE("count_nonzero counts everything but 0", "[ops]") {
    model<counts, input<float, 2, 3>> net(seed{});
    const auto [all, of_rows, of_flags] =
        net(std::array<float, 6>{0, -0.0f, std::numeric_limits<float>::quiet_NaN(), 0.25f, 0, 3});
    CHECK(all == 3);
    CHECK(elements(of_rows) == std::vector<std::int64_t>{1, 2});
    CHECK(elements(of_flags) == std::vector<std::int64_t>{1, 0, 2});
    model<counts, input<std::int32_t, 2, 3>> of_integers(seed{});
    const auto [whole, rows, flags] = of_integers(std::array<std::int32_t, 6>{0, 256, -1, 0, 0, 0});
    CHECK(whole == 2);
}
