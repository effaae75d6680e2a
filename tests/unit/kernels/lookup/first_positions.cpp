// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/lookup/first_positions.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

using ambit::contract_parts::index_geometry;

namespace {

/// Against a look at all positions before.
template <class Index> void check_first(std::int64_t extent, const std::vector<Index>& at) {
    const auto count = static_cast<std::int64_t>(at.size());
    std::vector<std::int32_t> table(2 * at.size()), first(at.size());
    ambit::kernel_parts::first_positions(index_geometry{extent, count}, at.data(), table.data(), first.data());
    for (std::size_t i = 0; i < at.size(); ++i) {
        std::size_t wanted = 0;
        while (at[wanted] != at[i]) ++wanted;
        const bool is_inside = at[i] >= 0 && static_cast<std::int64_t>(at[i]) < extent;
        CAPTURE(i, at[i]);
        CHECK(first[i] == (is_inside ? static_cast<std::int32_t>(wanted) : -1));
    }
}

}  // namespace

TEST_CASE("each position has the place where it occurs first, outside of the axis none", "[kernels]") {
    check_first<std::int32_t>(1000, {7, 2, 7, -1, 999, 1000, 2, 7});
    check_first<std::int64_t>(std::int64_t{1} << 40, {std::int64_t{1} << 39, 0, (std::int64_t{1} << 39) + 1,
                                                      std::int64_t{1} << 39, -5, std::int64_t{1} << 40});
    check_first<std::int32_t>(1, {0});
    std::vector<std::int32_t> many;
    for (std::int32_t i = 0; i < 600; ++i) many.push_back(i * i % 211 - 3);
    check_first<std::int32_t>(180, many);
}
