// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include <ambit/kernels/losses/in_top_k.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>
#include <vector>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("in_top_k has a flag a row", "[ops]") {
    STATIC_REQUIRE(gives<in_top_k_op>({f32(4, 10), i32(4)}, {3}, flags(4)));
    STATIC_REQUIRE(gives<in_top_k_op>({f64(2, 4, 10), i64(2, 4)}, {1}, flags(2, 4)));
    STATIC_REQUIRE(gives<in_top_k_op>({f32(4, 10), i32(4)}, {11}, flags(4)));
    STATIC_REQUIRE(refuses<in_top_k_op>({f32(4, 10), i32(4)}, {0}, op_option, "k is 0: at least 1"));
    STATIC_REQUIRE(refuses<in_top_k_op>({i32(4, 10), i32(4)}, {1}, op_dtype, "logits must be float32 or float64"));
    STATIC_REQUIRE(
        refuses<in_top_k_op>({f32(4, 10), i32(3)}, {1}, op_shape, "logits are [..., classes], labels [...]"));
}

namespace {

template <class T, class Label> std::vector<bool> hits(std::int64_t k, const std::vector<Label>& labels,
                                                       const std::vector<T>& row) {
    std::vector<bool> all;
    for (const Label label : labels) {
        bool out = false;
        kernel_parts::in_top_k(pick_geometry{1, static_cast<std::int64_t>(row.size()), k}, row.data(), &label, &out);
        all.push_back(out);
    }
    return all;
}

}  // namespace

TEST_CASE("in_top_k counts what exceeds the label; equals are in", "[ops]") {
    using flags = std::vector<bool>;
    const std::vector<float> row{3, 1, 2, 3, 0};
    const std::vector<std::int32_t> each{0, 1, 2, 3, 4};
    CHECK(hits(1, each, row) == flags{true, false, false, true, false});
    CHECK(hits(2, each, row) == flags{true, false, false, true, false});
    CHECK(hits(3, each, row) == flags{true, false, true, true, false});
    CHECK(hits(5, each, row) == flags{true, true, true, true, true});
    CHECK(hits(9, std::vector<std::int64_t>{-1, 5, 4}, row) == flags{false, false, true});
}

TEST_CASE("what is not finite is in nothing, and NaN exceeds all", "[ops]") {
    using flags = std::vector<bool>;
    constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> row{infinity, 1, nan, -infinity, 2};
    CHECK(hits(2, std::vector<std::int32_t>{0, 1, 2, 3, 4}, row) == flags{false, false, false, false, false});
    CHECK(hits(3, std::vector<std::int32_t>{0, 1, 2, 3, 4}, row) == flags{false, false, false, false, true});
    CHECK(hits(5, std::vector<std::int32_t>{0, 1, 2, 3, 4}, row) == flags{false, true, false, false, true});
}
