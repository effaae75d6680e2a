// SPDX-License-Identifier: BSL-1.0
#include <ambit/autodiff/joined_parts.hpp>

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string_view>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

// The steps of the plan for the gradient of a function's result by a variable [4, 6].
template <class F> struct gradient_of {
    constexpr tensor operator()(scope& s) const {
        const variable v = s.get_variable("v", {4, 6}, {.initializer = ones()});
        const tensor y = F{}(v);
        return gradients(reduce_sum(y), s.trainable_variables())[0];
    }
};
template <class F> constexpr int steps_of(std::string_view op) {
    using graph = graph_of<gradient_of<F>>;
    using plan = plan_of<graph, 1>;
    int found = 0;
    for (int i = 0; i < plan::counts.steps; ++i) {
        const plan_step& step = plan::value.steps[i];
        found +=
            step.root >= 0 && step.kind == step_kind::compute && graph::value.nodes[step.root].op->name == op ? 1 : 0;
    }
    return found;
}

constexpr auto weighed = [](const tensor& part, double by) { return reduce_sum(square(part) * by); };

struct all_parts {
    constexpr tensor operator()(const tensor& x) const {
        const auto [a, b, c] = split<3>(x, 1);
        return weighed(b, 1) + weighed(c, 2) + weighed(a, 3);
    }
};
struct some_parts {
    constexpr tensor operator()(const tensor& x) const {
        const auto [a, b, c] = split<3>(x, 1);
        return weighed(c, 2) + weighed(b, 1);
    }
};
struct parts_apart {
    constexpr tensor operator()(const tensor& x) const {
        const auto [a, b, c] = split<3>(x, 1);
        return weighed(c, 2) + weighed(a, 1);
    }
};
struct parts_and_whole {
    constexpr tensor operator()(const tensor& x) const {
        const auto [a, b] = split<2>(x, 0);
        return weighed(a, 1) + weighed(x, 5) + weighed(b, 2);
    }
};
struct overlapping {
    constexpr tensor operator()(const tensor& x) const {
        return weighed(slice(x, {0, 0}, {3, -1}), 1) + weighed(slice(x, {2, 0}, {2, -1}), 2);
    }
};
struct two_axes {
    constexpr tensor operator()(const tensor& x) const {
        return weighed(slice(x, {0, 0}, {3, -1}), 1) + weighed(slice(x, {0, 2}, {-1, 4}), 2);
    }
};
struct strided {
    constexpr tensor operator()(const tensor& x) const {
        return weighed(strided_slice(x, {.strides = {2}}), 1) +
               weighed(strided_slice(x, {.begin = {1}, .strides = {2}}), 2);
    }
};
struct many_steps {
    constexpr tensor operator()(const tensor& x) const {
        tensor sum = weighed(unstack(x, 0)[0], 1);
        for (const tensor& step : unstack(x, 1)) sum = sum + weighed(step, 2);
        return sum;
    }
};

template <class F> std::array<float, 24> slope() {
    model<gradient_of<F>> net(seed{1});
    std::array<float, 24> found{};
    const auto by = net();
    for (std::size_t i = 0; i < 24; ++i) found[i] = by.data()[i];
    return found;
}
// From a function of row and column.
template <class F> std::array<float, 24> table(F f) {
    std::array<float, 24> all{};
    for (std::size_t i = 0; i < 24; ++i) all[i] = static_cast<float>(f(i / 6, i % 6));
    return all;
}

}  // namespace

TEST_CASE("gradients by parts that fill a value are joined", "[autodiff]") {
    STATIC_REQUIRE(steps_of<all_parts>("concat") == 1);
    STATIC_REQUIRE(steps_of<all_parts>("pad") == 0);
    CHECK(slope<all_parts>() == table([](auto, auto column) { return column < 2 ? 6 : column < 4 ? 2 : 4; }));
}

TEST_CASE("gradients by neighbours are joined, then padded", "[autodiff]") {
    STATIC_REQUIRE(steps_of<some_parts>("concat") == 1);
    STATIC_REQUIRE(steps_of<some_parts>("pad") == 1);
    CHECK(slope<some_parts>() == table([](auto, auto column) { return column < 2 ? 0 : column < 4 ? 2 : 4; }));
}

TEST_CASE("gradients by the whole are added to those by parts", "[autodiff]") {
    STATIC_REQUIRE(steps_of<parts_and_whole>("concat") == 1);
    STATIC_REQUIRE(steps_of<parts_and_whole>("pad") == 0);
    CHECK(slope<parts_and_whole>() == table([](auto row, auto) { return 10 + (row < 2 ? 2 : 4); }));
}

TEST_CASE("parts with gaps, overlaps, strides, or of two axes are added", "[autodiff]") {
    STATIC_REQUIRE(steps_of<parts_apart>("pad") == 2);
    STATIC_REQUIRE(steps_of<overlapping>("pad") == 2);
    STATIC_REQUIRE(steps_of<two_axes>("pad") == 2);
    STATIC_REQUIRE(steps_of<strided>("pad") == 2);
    CHECK(slope<parts_apart>() == table([](auto, auto column) { return column < 2 ? 2 : column < 4 ? 0 : 4; }));
    CHECK(slope<overlapping>() == table([](auto row, auto) { return row < 2 ? 2 : row < 3 ? 6 : 4; }));
    CHECK(slope<two_axes>() == table([](auto row, auto column) { return (row < 3 ? 2 : 0) + (column < 2 ? 0 : 4); }));
    CHECK(slope<strided>() == table([](auto row, auto) { return row % 2 == 0 ? 2 : 4; }));
}

TEST_CASE("slices of another axis stay in the sum", "[autodiff]") {
    STATIC_REQUIRE(steps_of<many_steps>("concat") == 1);
    STATIC_REQUIRE(steps_of<many_steps>("pad") == 1);
    CHECK(slope<many_steps>() == table([](auto row, auto) { return 4 + (row == 0 ? 2 : 0); }));
}
