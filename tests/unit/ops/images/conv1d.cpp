// SPDX-License-Identifier: BSL-1.0

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;
using Catch::Contains;

TEST_CASE("shapes and refusals of conv1d", "[ops][conv1d]") {
    constexpr auto with = [](const conv1d_options& o) {
        return [o](scope&, auto& x) { return conv1d(x[0], x[1], o); };
    };
    STATIC_REQUIRE(spec_of(with({}), {f32(2, 9, 3), f32(4, 3, 5)}) == f32(2, 6, 5));
    STATIC_REQUIRE(spec_of(with({.stride = 2, .padding = same}), {f64(2, 9, 3), f64(4, 3, 5)}) == f64(2, 5, 5));
    STATIC_REQUIRE(spec_of(with({.dilation = 3}), {f32(2, 9, 3), f32(3, 3, 5)}) == f32(2, 3, 5));
    STATIC_REQUIRE(spec_of(with({.groups = 2}), {f32(2, 9, 6), f32(3, 3, 4)}) == f32(2, 7, 4));
    CHECK_THAT(refusal(with({}), {f32(2, 9, 3, 1), f32(4, 3, 5)}),
               Contains("the operand is [n, w, c], the kernel is [w, in, out]"));
    CHECK_THAT(refusal(with({}), {f32(2, 9, 3), f32(4, 3)}), Contains("conv1d"));
    CHECK_THAT(refusal(with({}), {f32(2, 9, 3), f32(4, 2, 5)}), Contains("the kernel's third extent"));
    CHECK_THAT(refusal(with({.stride = 0}), {f32(2, 9, 3), f32(4, 3, 5)}), Contains("strides is 0: at least 1"));
    graph_builder builder;
    CHECK(conv1d(builder.input(f32(1, 4, 2)), builder.input(f32(2, 2, 3))).op_name() == "conv1d");
}

TEST_CASE("conv1d of a few numbers", "[ops][conv1d]") {
    struct module {
        struct outputs {
            tensor plain, same_width, wide, halved;
        };
        constexpr outputs operator()(scope&, const tensor& x, const tensor& w) const {
            return {conv1d(x, w), conv1d(x, w, {.padding = same}), conv1d(x, w, {.dilation = 2}),
                    conv1d(x, w, {.stride = 2, .padding = same})};
        }
    };
    model<module, input<float, 1, 5, 1>, input<float, 2, 1, 1>> net(seed{});
    const auto [plain, same_width, wide, halved] =
        net(std::array<float, 5>{1, 2, 3, 4, 5}, std::array<float, 2>{1, 10});
    CHECK(elements(plain) == std::vector<float>{21, 32, 43, 54});
    CHECK(elements(same_width) == std::vector<float>{21, 32, 43, 54, 5});
    CHECK(elements(wide) == std::vector<float>{31, 42, 53});
    CHECK(elements(halved) == std::vector<float>{21, 43, 5});
}
