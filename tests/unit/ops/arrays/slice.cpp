// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();

constexpr slice_op::attributes from(const shape& begin, const shape& size) { return {begin, size}; }

// The shape that strided_slice gives.
constexpr shape strided(const shape& x, const axis_places& begin, const axis_places& end, const axis_places& strides) {
    const inferred answer = infer<strided_slice_op>({{x, int32}}, {begin, end, strides});
    return answer.fault == mistake::none ? answer.result.extents : shape{};
}

}  // namespace

TEST_CASE("slice takes a box", "[ops]") {
    STATIC_REQUIRE(gives<slice_op>({f32(4, 5)}, from({1, 2}, {2, 3}), f32(2, 3)));
    STATIC_REQUIRE(gives<slice_op>({flags(4, 5)}, from({0, 0}, {-1, -1}), flags(4, 5)));
    STATIC_REQUIRE(gives<slice_op>({u8(4, 5)}, from({3, 4}, {-1, 1}), u8(1, 1)));
    STATIC_REQUIRE(gives<slice_op>({i64()}, from({}, {}), i64()));
}

TEST_CASE("a slice lies within the operand", "[ops]") {
    constexpr auto each = "a slice has a begin and a size for each axis";
    STATIC_REQUIRE(refuses<slice_op>({f32(4, 5)}, from({1}, {2}), op_option, each));
    STATIC_REQUIRE(refuses<slice_op>({f32(4, 5)}, from({1, 1, 1}, {1, 1}), op_option, each));
    STATIC_REQUIRE(refuses<slice_op>({f32()}, from({0}, {1}), op_option, each));
    constexpr auto within = "a slice is not empty and lies within the operand";
    STATIC_REQUIRE(refuses<slice_op>({f32(4)}, from({4}, {-1}), op_option, within));
    STATIC_REQUIRE(refuses<slice_op>({f32(4)}, from({-1}, {1}), op_option, within));
    STATIC_REQUIRE(refuses<slice_op>({f32(4)}, from({2}, {3}), op_option, within));
    STATIC_REQUIRE(refuses<slice_op>({f32(4)}, from({2}, {0}), op_option, within));
    STATIC_REQUIRE(refuses<slice_op>({f32(4)}, from({2}, {-2}), op_option, within));
    STATIC_REQUIRE(refuses<slice_op>({f32(4)}, from({largest}, {largest}), op_option, within));
    STATIC_REQUIRE(refuses<slice_op>({f32(4)}, from({1}, {largest}), op_option, within));
}

TEST_CASE("strided_slice counts as NumPy does", "[ops]") {
    STATIC_REQUIRE(strided({10}, {}, {}, {}) == shape{10});
    STATIC_REQUIRE(strided({10}, {2}, {7}, {}) == shape{5});
    STATIC_REQUIRE(strided({10}, {2}, {7}, {2}) == shape{3});
    STATIC_REQUIRE(strided({10}, {2}, {8}, {2}) == shape{3});
    STATIC_REQUIRE(strided({10}, {-3}, {}, {}) == shape{3});
    STATIC_REQUIRE(strided({10}, {}, {-3}, {}) == shape{7});
    STATIC_REQUIRE(strided({10}, {-100}, {100}, {3}) == shape{4});
    STATIC_REQUIRE(strided({10}, {}, {}, {-1}) == shape{10});
    STATIC_REQUIRE(strided({10}, {}, {}, {-3}) == shape{4});
    STATIC_REQUIRE(strided({10}, {7}, {2}, {-2}) == shape{3});
    STATIC_REQUIRE(strided({10}, {7}, {unbounded}, {-2}) == shape{4});
    STATIC_REQUIRE(strided({10}, {-1}, {-11}, {-1}) == shape{10});
    STATIC_REQUIRE(strided({10}, {unbounded}, {5}, {-1}) == shape{4});
    STATIC_REQUIRE(strided({4, 5, 6}, {1}, {3}, {}) == shape{2, 5, 6});
    STATIC_REQUIRE(strided({4, 5, 6}, {0, unbounded, -1}, {}, {2, 3}) == shape{2, 2, 1});
    STATIC_REQUIRE(strided({10}, {}, {}, {largest}) == shape{1});
    STATIC_REQUIRE(strided({10}, {largest}, {lowest + 1}, {lowest}) == shape{1});
    STATIC_REQUIRE(strided({10}, {3}, {largest}, {1}) == shape{7});
}

TEST_CASE("a strided slice is not empty, and its strides are not 0", "[ops]") {
    using at = strided_slice_op::attributes;
    STATIC_REQUIRE(refuses<strided_slice_op>({f32(4)}, at{{2}, {2}, {}}, op_option, "the slice would be empty"));
    STATIC_REQUIRE(refuses<strided_slice_op>({f32(4)}, at{{3}, {1}, {}}, op_option, "the slice would be empty"));
    STATIC_REQUIRE(refuses<strided_slice_op>({f32(4)}, at{{1}, {3}, {-1}}, op_option, "the slice would be empty"));
    STATIC_REQUIRE(refuses<strided_slice_op>({f32(4)}, at{{4}, {}, {}}, op_option, "the slice would be empty"));
    STATIC_REQUIRE(refuses<strided_slice_op>({f32(4)}, at{{}, {}, {0}}, op_option, "a stride is not 0"));
    STATIC_REQUIRE(refuses<strided_slice_op>({f32(4)}, at{{0, 0}, {}, {}}, op_option,
                                             "a slice has at most one begin, end and stride for each axis"));
    STATIC_REQUIRE(refuses<strided_slice_op>({f32()}, at{{}, {}, {1}}, op_option,
                                             "a slice has at most one begin, end and stride for each axis"));
}

TEST_CASE("axes of a slice that step as one are one", "[ops]") {
    constexpr auto geometry = [](const shape& x, const shape& begin, const shape& size) {
        const tensor_spec operand{x, float32};
        const auto words = to_words(from(begin, size));
        return slice_op::geometry({&operand, 1, words.data()}, {});
    };
    STATIC_REQUIRE(geometry({8, 4, 4}, {2, 0, 0}, {3, -1, -1}) == view_geometry{1, 32, {48}, {1}});
    STATIC_REQUIRE(geometry({8, 4, 4}, {0, 1, 0}, {-1, 2, -1}) == view_geometry{2, 4, {8, 8}, {16, 1}});
    STATIC_REQUIRE(geometry({8, 4, 4}, {0, 0, 3}, {-1, -1, 1}) == view_geometry{1, 3, {32}, {4}});
    STATIC_REQUIRE(geometry({8, 4}, {5, 2}, {1, 1}) == view_geometry{1, 22, {1}, {1}});
    STATIC_REQUIRE(geometry({}, {}, {}) == view_geometry{});
}
