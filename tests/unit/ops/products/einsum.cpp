// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <string_view>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using Catch::Contains;

namespace {

constexpr auto of_one = [](std::string_view formula) {
    return [formula](scope&, auto& x) { return einsum(formula, {x[0]}); };
};
constexpr auto of_two = [](std::string_view formula) {
    return [formula](scope&, auto& x) { return einsum(formula, {x[0], x[1]}); };
};
constexpr auto of_three = [](std::string_view formula) {
    return [formula](scope&, auto& x) { return einsum(formula, {x[0], x[1], x[2]}); };
};

/// How many nodes a formula becomes, but for inputs.
template <class F> constexpr int ops_of(F f, std::initializer_list<tensor_spec> inputs) {
    graph_builder builder(mistake_parts::on_mistake::collect);
    scope root(builder);
    core_parts::buffer<tensor> x;
    for (const tensor_spec& spec : inputs) x.push_back(builder.input(spec));
    const tensor y = f(root, x);
    return y.id() - static_cast<int>(inputs.size()) + 1;
}

}  // namespace

TEST_CASE("shapes of einsum", "[ops][einsum]") {
    STATIC_REQUIRE(spec_of(of_two("ij,jk->ik"), {f32(2, 3), f32(3, 4)}) == f32(2, 4));
    STATIC_REQUIRE(spec_of(of_two(" ij , jk -> ki "), {f32(2, 3), f32(3, 4)}) == f32(4, 2));
    STATIC_REQUIRE(spec_of(of_two("ij,jk"), {f32(2, 3), f32(3, 4)}) == f32(2, 4));
    STATIC_REQUIRE(spec_of(of_two("ba,ac"), {f32(2, 3), f32(3, 4)}) == f32(2, 4));
    STATIC_REQUIRE(spec_of(of_two("bqhd,bkhd->bhqk"), {f32(2, 3, 5, 7), f32(2, 4, 5, 7)}) == f32(2, 5, 3, 4));
    STATIC_REQUIRE(spec_of(of_two("i,j->ij"), {i32(2), i32(3)}) == i32(2, 3));
    STATIC_REQUIRE(spec_of(of_two("i,i->"), {f64(3), f64(3)}) == f64());
    STATIC_REQUIRE(spec_of(of_two("i,->i"), {f64(3), f64()}) == f64(3));
    STATIC_REQUIRE(spec_of(of_one("ii->i"), {f32(3, 3)}) == f32(3));
    STATIC_REQUIRE(spec_of(of_one("ii"), {f32(3, 3)}) == f32());
    STATIC_REQUIRE(spec_of(of_one("iji->ji"), {f32(3, 2, 3)}) == f32(2, 3));
    STATIC_REQUIRE(spec_of(of_one("abc->ca"), {f32(2, 3, 4)}) == f32(4, 2));
    STATIC_REQUIRE(spec_of(of_three("ij,jk,kl->il"), {f32(2, 3), f32(3, 4), f32(4, 5)}) == f32(2, 5));
}

TEST_CASE("einsum becomes as few ops as do", "[ops][einsum]") {
    STATIC_REQUIRE(ops_of(of_two("ij,jk->ik"), {f32(2, 3), f32(3, 4)}) == 1);
    STATIC_REQUIRE(ops_of(of_two("ji,jk->ik"), {f32(3, 2), f32(3, 4)}) == 1);
    STATIC_REQUIRE(ops_of(of_two("bij,bkj->bik"), {f32(5, 2, 3), f32(5, 4, 3)}) == 1);
    STATIC_REQUIRE(ops_of(of_one("ij->ji"), {f32(2, 3)}) == 1);
    STATIC_REQUIRE(ops_of(of_one("ij->i"), {f32(2, 3)}) == 1);
    STATIC_REQUIRE(ops_of(of_two("bqhd,bkhd->bhqk"), {f32(2, 3, 5, 7), f32(2, 4, 5, 7)}) == 3);
}

TEST_CASE("mistakes in formulas are told with their place", "[ops][einsum]") {
    const auto said = [](std::string_view formula) { return refusal(of_two(formula), {f32(2, 3), f32(3, 4)}); };
    CHECK_THAT(said("ij,jk->ix"), Contains("the result has an axis that no operand has: ij,jk->i>x<"));
    CHECK_THAT(said("ij,jk->ii"), Contains("the result has an axis twice: ij,jk->i>i<"));
    CHECK_THAT(said("ij;jk->ik"), Contains("a formula is letters, commas and one ->, as in bij,bjk->bik: ij>;<jk->ik"));
    CHECK_THAT(said("ij,jk>ik"), Contains("ij,jk>><ik"));
    CHECK_THAT(said("ij,jk->i->k"), Contains("ij,jk->i>-<>k"));
    CHECK_THAT(said("...j,jk->k"), Contains("axes have letters, all of them: there is no ...: >.<..j,jk->k"));
    CHECK_THAT(said("ijabcdefg,jk->i"), Contains("a tensor has at most 8 axes: ijabcdef>g<,jk->i"));
    CHECK_THAT(said("ij->i"), Contains("operands of the formula: 1, of the call: 2: ij->i"));
    CHECK_THAT(said("ij,jkl->i"), Contains("operand 2 has axes: 2, letters: 3: ij,jkl->i"));
    CHECK_THAT(said("ij,ik->jk"), Contains("axis i has extents 2 and 3: ij,ik->jk"));
    CHECK_THAT(refusal(of_one("ii->i"), {f32(2, 3)}), Contains("axis i has extents 2 and 3: ii->i"));
    CHECK_THAT(refusal(of_two("ij,jk->ik"), {f32(2, 3), f64(3, 4)}),
               Contains("op einsum") && Contains("all operands must be numbers of one dtype"));
    CHECK_THAT(refusal(of_one("ij->i"), {flags(2, 3)}), Contains("all operands must be numbers of one dtype"));
    CHECK_THAT(refusal(of_three("abcd,efgh,ijbf->acdeghij"), {f32(2, 2, 2, 2), f32(2, 2, 2, 2), f32(2, 2, 2, 2)}),
               Contains("accepted"));
    STATIC_REQUIRE(mistakes_of(of_two("ij,jk->ix"), {f32(2, 3), f32(3, 4)}) == 1);
    graph_builder builder;
    const tensor a = builder.input(f32(2, 3)), b = builder.input(f32(3, 4));
    CHECK(einsum("ij,jk->ik", {a, b}).op_name() == "einsum");
    CHECK(einsum("ij,jk->ki", {a, b}, {.name = "e"}).op_name() == "e");
    CHECK(einsum("ij->", {a}, {.name = "f"}).op_name() == "f");
    CHECK(einsum("ij->ij", {a}, {.name = "g"}).op_name() == "g");
    CHECK(einsum("ij->j", {a}, {.name = "h"}).op_name() == "h");
}
