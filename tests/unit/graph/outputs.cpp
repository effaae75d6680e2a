// SPDX-License-Identifier: BSL-1.0
#include <ambit/graph/builder.hpp>
#include <ambit/graph/member_names.hpp>
#include <ambit/graph/outputs.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

struct none {};
struct one {
    tensor a;
};
struct three {
    tensor a, b, c;
};
struct sixteen {
    tensor a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;
};
struct seventeen {
    tensor a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q;
};
struct with_array {
    std::array<tensor, 2> a;
    tensor b;
};
struct with_small_array {
    tensor a;
    std::array<tensor, 1> b;
};
struct with_c_array {
    tensor a[2];
};
struct with_struct {
    one a;
};
struct with_number {
    tensor a;
    int b;
};
struct with_variable {
    variable a;
};
struct with_constructor {
    with_constructor(int);
    tensor a;
};

struct of_both_kinds {
    tensor logits, h_2;
    operation train;
};

constexpr tensor at(int id) { return {nullptr, id}; }

}  // namespace

TEST_CASE("a module returns a tensor, an array, or a struct of tensors", "[graph]") {
    STATIC_REQUIRE(output_count<tensor> == 1);
    STATIC_REQUIRE(output_count<std::array<tensor, 5>> == 5);
    STATIC_REQUIRE(output_count<one> == 1);
    STATIC_REQUIRE(output_count<three> == 3);
    STATIC_REQUIRE(output_count<sixteen> == max_outputs);
    STATIC_REQUIRE(module_outputs<three>);
    STATIC_REQUIRE_FALSE(module_outputs<none>);
    STATIC_REQUIRE_FALSE(module_outputs<int>);
    STATIC_REQUIRE_FALSE(module_outputs<void>);
    STATIC_REQUIRE_FALSE(module_outputs<std::string>);
    STATIC_REQUIRE_FALSE(module_outputs<with_constructor>);
    STATIC_REQUIRE_FALSE(module_outputs<std::array<int, 2>>);
}

TEST_CASE("a struct of anything but 1 to 16 tensors is no result of a module", "[graph]") {
    STATIC_REQUIRE(output_count<seventeen> == 0);
    STATIC_REQUIRE(member_count<seventeen>() == 17);
    STATIC_REQUIRE(output_count<with_array> == 0);
    STATIC_REQUIRE(first_other_member<with_array, 2>() == 0);
    STATIC_REQUIRE(output_count<with_small_array> == 0);
    STATIC_REQUIRE(first_other_member<with_small_array, 2>() == 1);
    STATIC_REQUIRE(output_count<with_c_array> == 0);
    STATIC_REQUIRE(output_count<with_struct> == 0);
    STATIC_REQUIRE(output_count<with_number> == 0);
    STATIC_REQUIRE(first_other_member<with_number, 2>() == 1);
    STATIC_REQUIRE(output_count<with_variable> == 0);
}

TEST_CASE("nodes of outputs come in order of declaration", "[graph]") {
    STATIC_REQUIRE(output_ids(at(7)) == std::array{7});
    STATIC_REQUIRE(output_ids(one{at(3)}) == std::array{3});
    STATIC_REQUIRE(output_ids(three{at(3), at(1), at(3)}) == std::array{3, 1, 3});
    STATIC_REQUIRE(output_ids(std::array{at(5), at(4)}) == std::array{5, 4});
    STATIC_REQUIRE(output_ids(sixteen{at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8), at(9),
                                      at(10), at(11), at(12), at(13), at(14), at(15)}) ==
                   std::array{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
}

TEST_CASE("detached outputs keep their ids and their form", "[graph]") {
    constexpr three kept = detached<three>({4, 9, 2});
    STATIC_REQUIRE((kept.*(&three::b)).id() == 9);
    STATIC_REQUIRE(kept.a.builder() == nullptr);
    STATIC_REQUIRE(detached<tensor>({4}).id() == 4);
    STATIC_REQUIRE(detached<std::array<tensor, 2>>({4, 5})[1].id() == 5);
}

TEST_CASE("outputs are called by the names of their members", "[graph]") {
    STATIC_REQUIRE(member_name<of_both_kinds>(0) == "logits");
    STATIC_REQUIRE(member_name<of_both_kinds>(1) == "h_2");
    STATIC_REQUIRE(member_name<of_both_kinds>(2) == "train");
    STATIC_REQUIRE(member_name<sixteen>(15) == "p");
    STATIC_REQUIRE(member_name<tensor>(0).empty());
    STATIC_REQUIRE(member_name<std::array<tensor, 70>>(69).empty());
    struct in_a_function {
        tensor whole;
    };
    STATIC_REQUIRE(member_name<in_a_function>(0) == "whole");
    STATIC_REQUIRE(words_of_output<std::array<tensor, 3>>(2) == "element 2 of the array that the module returns");
    STATIC_REQUIRE(spelling_of_value<&one::a>::value.ends_with("one::a"));
}
