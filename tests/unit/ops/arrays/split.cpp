// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr auto parts_of = [](const buffer<tensor>& parts, std::initializer_list<tensor_spec> wanted) {
    if (parts.size() != static_cast<int>(wanted.size())) return false;
    for (int i = 0; i < parts.size(); ++i)
        if (parts[i].spec() != wanted.begin()[i]) return false;
    return true;
};

template <class F> constexpr bool splits(const tensor_spec& x, F f, std::initializer_list<tensor_spec> wanted) {
    graph_builder builder;
    scope s(builder);
    return parts_of(f(builder.input(x)), wanted) && builder.mistakes().empty();
}

}  // namespace

TEST_CASE("split makes equal parts, or parts of given sizes", "[ops]") {
    STATIC_REQUIRE(splits(f32(6, 2), [](auto x) { return split(x, 3, 0); }, {f32(2, 2), f32(2, 2), f32(2, 2)}));
    STATIC_REQUIRE(splits(flags(2, 6), [](auto x) { return split(x, 2, -1); }, {flags(2, 3), flags(2, 3)}));
    STATIC_REQUIRE(splits(u8(6), [](auto x) { return split(x, 1, 0); }, {u8(6)}));
    STATIC_REQUIRE(splits(i64(2, 6), [](auto x) { return split(x, {1, 3, 2}, 1); }, {i64(2, 1), i64(2, 3), i64(2, 2)}));
    STATIC_REQUIRE(splits(f64(4, 6), [](auto x) { return split(x, {4}, 0); }, {f64(4, 6)}));
    STATIC_REQUIRE([] {
        graph_builder builder;
        scope s(builder);
        const auto [i, f, g, o] = split<4>(builder.input(f32(3, 8)), -1);
        return i.spec() == f32(3, 2) && o.spec() == f32(3, 2) && i.op_name() == "split" && o.op_name() == "split_3" &&
               !(f == g);
    }());
}

TEST_CASE("unstack leaves out the axis", "[ops]") {
    STATIC_REQUIRE(splits(f32(2, 3), [](auto x) { return unstack(x); }, {f32(3), f32(3)}));
    STATIC_REQUIRE(splits(f32(2, 3), [](auto x) { return unstack(x, -1); }, {f32(2), f32(2), f32(2)}));
    STATIC_REQUIRE(splits(i32(2), [](auto x) { return unstack(x, 0); }, {i32(), i32()}));
    STATIC_REQUIRE(splits(i32(1), [](auto x) { return unstack(x, 0); }, {i32()}));
}

TEST_CASE("slices have the name of the options", "[ops]") {
    STATIC_REQUIRE([] {
        graph_builder builder;
        const tensor x = builder.input(f32(2, 3));
        const buffer<tensor> plain = unstack(x), steps = unstack(x, 1, {.name = "steps"});
        return plain[0].op_name() == "unstack" && plain[1].op_name() == "unstack_1" && steps[0].op_name() == "steps" &&
               steps[2].op_name() == "steps_2";
    }());
}

TEST_CASE("parts fill the axis: one mistake for all of them", "[ops]") {
    using Catch::Contains;
    const auto equal = [](auto count) { return [count](scope&, auto& x) { return split(x[0], count, 1)[0]; }; };
    CHECK_THAT(refusal(equal(4), {f32(2, 6)}), Contains("the number of parts divides the extent of the axis"));
    CHECK_THAT(refusal(equal(12), {f32(2, 6)}), Contains("the number of parts divides the extent of the axis"));
    CHECK_THAT(refusal(equal(0), {f32(2, 6)}), Contains("the number of parts divides the extent of the axis"));
    CHECK_THAT(refusal(equal(-2), {f32(2, 6)}), Contains("the number of parts divides the extent of the axis"));
    CHECK_THAT(refusal(equal(std::int64_t{1} << 62), {f32(2, 6)}),
               Contains("the number of parts divides the extent of the axis"));
    CHECK_THAT(refusal(equal(2), {f32(6)}), Contains("the axis lies outside of the operand"));
    constexpr auto sizes = [](std::initializer_list<std::int64_t> list) {
        return [list](scope&, auto& x) { return split(x[0], list, 0)[0]; };
    };
    constexpr auto rule = "sizes are at least 1 and add up to the extent of the axis";
    CHECK_THAT(refusal(sizes({1, 2}), {f32(6)}), Contains(rule));
    CHECK_THAT(refusal(sizes({1, 2, 4}), {f32(6)}), Contains(rule));
    CHECK_THAT(refusal(sizes({0, 6}), {f32(6)}), Contains(rule));
    CHECK_THAT(refusal(sizes({-1, 7}), {f32(6)}), Contains(rule));
    const std::int64_t huge = std::int64_t{1} << 62;
    CHECK_THAT(refusal(sizes({huge, huge, huge, huge, 6}), {f32(6)}), Contains(rule));
    STATIC_REQUIRE(mistakes_of([](scope&, auto& x) { return split(x[0], 4, 0)[3]; }, {f32(6)}) == 1);
    STATIC_REQUIRE(mistakes_of([](scope&, auto& x) { return split(x[0], {1, 2, 4}, 0)[2]; }, {f32(6)}) == 1);
    STATIC_REQUIRE(mistakes_of([](scope&, auto& x) { return unstack(x[0], 1)[0]; }, {f32(6)}) == 1);
}
