// SPDX-License-Identifier: BSL-1.0

#include <ambit/autodiff/gradients.hpp>
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
    CHECK_THAT(refusal(with({}), {f32(2, 9, 3), f32(4, 2, 5)}), Contains("the kernel's second extent"));
    CHECK_THAT(refusal(with({.padding = explicit_pads(0, -1)}), {f32(2, 9, 3), f32(4, 3, 5)}),
               Contains("padding is -1: at least 0"));
    CHECK_THAT(refusal(with({}), {f32(2, 3, 3), f32(4, 3, 5)}), Contains("the kernel is larger than the image"));
    STATIC_REQUIRE(spec_of(with({.padding = explicit_pads(3, 0)}), {f32(2, 9, 3), f32(4, 3, 5)}) == f32(2, 9, 5));
    CHECK_THAT(refusal(with({.stride = 0}), {f32(2, 9, 3), f32(4, 3, 5)}), Contains("strides is 0: at least 1"));
    CHECK_THAT(refusal(with({}), {f32(2, 9, 3), f64(4, 3, 5)}), Contains("both operands must be float32 or float64"));
    CHECK_THAT(refusal(with({.dilation = 2}), {f32(2, 9, 3, 1), f32(4, 3, 5)}), Contains("the operand is [n, w, c]"));
    graph_builder builder;
    CHECK(conv1d(builder.input(f32(1, 4, 2)), builder.input(f32(2, 2, 3))).op_name() == "conv1d");
}

TEST_CASE("functions of several ops say nothing of what the compiler has refused", "[ops]") {
    graph_builder builder;
    scope root(builder);
    const tensor refused(nullptr, tensor::refused);  // a number in the place of a tensor
    const tensor x = builder.input(f32(2, 9, 3)), image = builder.input(f32(2, 9, 9, 3));
    const variable v = root.get_variable("v", {3});
    const auto says_nothing = [](const tensor& y) { return y.builder() == nullptr && y.id() == tensor::refused; };
    CHECK(says_nothing(conv1d(refused, x)));
    CHECK(says_nothing(conv1d(x, refused)));
    CHECK(says_nothing(max_pool1d(refused)));
    CHECK(says_nothing(conv2d_transpose(refused, image, {2, 9, 9, 3})));
    CHECK(says_nothing(unsorted_segment_sum(refused, x, 3)));
    CHECK(says_nothing(unstack(refused)[0]));
    CHECK(says_nothing(concat({refused, refused}, 0)));
    CHECK(says_nothing(stack({refused, refused}, 0)));
    CHECK(says_nothing(gradients(refused, std::array{v})[0]));
    CHECK(builder.mistakes().empty());
    CHECK_THROWS_AS(concat({tensor(), tensor()}, 0), model_error);  // was never one
    CHECK_THROWS_AS(conv1d(tensor(), x), model_error);
}

TEST_CASE("mistakes in functions of several ops name the line of the call", "[ops]") {
    const auto expect_line = [](std::int64_t line, const auto& call) {
        graph_builder builder(mistake_parts::on_mistake::collect);
        call(builder);
        const mistake_parts::reports& all = builder.mistakes();
        REQUIRE(all.size() == 1);
        bool is_named = false;
        for (int i = 0; i < all[0].detail_count; ++i)
            is_named = is_named || all.detail(all[0].first_detail + i).line == line;
        INFO(mistake_parts::to_string(all, 0));
        CHECK(is_named);
    };
    expect_line(__LINE__, [](auto& b) { conv1d(b.input(f32(1, 5, 3)), b.input(f32(2, 4, 5))); });
    expect_line(__LINE__, [](auto& b) { max_pool1d(b.input(f32(1, 5, 3)), {.window = 9}); });
    expect_line(__LINE__, [](auto& b) { local_response_normalization(b.input(flags(1, 2, 2, 3))); });
    expect_line(__LINE__, [](auto& b) { conv2d(b.input(f32(1, 8, 8, 4)), b.input(f32(9, 9, 2, 4)), {.groups = 2}); });
    expect_line(__LINE__, [](auto& b) { conv2d(b.input(f32(1, 8, 8, 4)), b.input(f32(9, 9, 1, 4)), {.groups = 4}); });
    expect_line(__LINE__, [](auto& b) { count_nonzero(b.input(f32(2, 3)), {.axes = 5}); });
}

TEST_CASE("what follows conv1d element by element runs in it", "[ops][conv1d]") {
    struct module {
        constexpr tensor operator()(scope& s, const tensor& x) const {
            const variable w = s.get_variable("w", {3, 4, 5}), b = s.get_variable("b", {5});
            return relu(conv1d(x, w, {.padding = same}) + b);
        }
    };
    STATIC_REQUIRE(plan_of<graph_of<module, input<float, 2, 9, 4>>, plan_parts::all_outputs>::counts.steps == 1);
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
