// SPDX-License-Identifier: BSL-1.0
#include <ambit/model/model.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <xtensor/xmanipulation.hpp>
#include <xtensor/xmath.hpp>

#include <array>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

template <std::int64_t... Extent> using f = input<float, Extent...>;
using list = std::vector<float>;

// h = x · w + b, y = h · v; w is all twos, b counts, v is all ones.
struct small {
    struct outputs {
        tensor hidden, result;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        auto layer = s.variable_scope("layer");
        const variable w = layer.get_variable("w", {2, 3}, {.initializer = constant(2)});
        const variable b = layer.get_variable("b", {3}, {.initializer = constant({1, 2, 3})});
        layer.close();
        const variable v = s.get_variable("v", {3, 1}, {.initializer = ones()});
        const tensor h = matmul(x, w) + b;
        return {h, matmul(h, v)};
    }
};
using small_net = model<small, f<1, 2>>;
const std::array<float, 2> one_ten{1, 10};  // h = {23, 24, 25}, y = {72}

}  // namespace

TEST_CASE("outputs of a struct come as a tuple of views, in order of declaration", "[model]") {
    small_net net(seed{});
    auto [hidden, result] = net(one_ten);
    CHECK(elements(hidden) == list{23, 24, 25});
    CHECK(elements(result) == list{72});
    CHECK(hidden.shape(0) == 1);
    CHECK(hidden.shape(1) == 3);
    CHECK(result(0, 0) == 72);
}

namespace {

struct three_in_an_array {
    constexpr std::array<tensor, 3> operator()(scope&, const tensor& x) const {
        return {x + 1, x + 2, reduce_sum(x)};
    }
};
struct one_in_a_struct {
    struct outputs {
        tensor only;
    };
    constexpr outputs operator()(scope&, const tensor& x) const { return {x * 2}; }
};
struct sixteen {
    struct outputs {
        tensor a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {x,     x + 1, x + 2,  x + 3,  x + 4,  x + 5,  x + 6,  x + 7,
                x + 8, x + 9, x + 10, x + 11, x + 12, x + 13, x + 14, x + 15};
    }
};

struct seventy {
    constexpr std::array<tensor, 70> operator()(scope&, const tensor& x) const {
        std::array<tensor, 70> powers;
        powers[0] = x;
        for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = i % 2 == 0 ? powers[i - 1] * 2 : powers[i - 1] / 2;
        return powers;
    }
};

}  // namespace

TEST_CASE("outputs may be a tensor, an array, or a struct of up to sixteen", "[model]") {
    model<three_in_an_array, f<2>> arrays(seed{});
    auto [a, b, sum] = arrays(std::array<float, 2>{1, 2});
    CHECK(elements(a) == list{2, 3});
    CHECK(elements(b) == list{3, 4});
    STATIC_REQUIRE(std::is_same_v<decltype(sum), float>);
    CHECK(sum == 3);

    model<one_in_a_struct, f<2>> single(seed{});
    CHECK(elements(single(std::array<float, 2>{1, 2})) == list{2, 4});

    model<sixteen, f<1>> many(seed{});
    const auto results = many(std::array<float, 1>{100});
    STATIC_REQUIRE(std::tuple_size_v<std::remove_const_t<decltype(results)>> == 16);
    CHECK(std::get<0>(results)(0) == 100);
    CHECK(std::get<15>(results)(0) == 115);
    CHECK(many.run<&sixteen::outputs::p>(std::array<float, 1>{1})(0) == 16);
    const auto some = many.run<&sixteen::outputs::c, &sixteen::outputs::b>(std::array<float, 1>{1});
    CHECK(std::get<0>(some)(0) == 3);
    CHECK(std::get<1>(some)(0) == 2);

    model<seventy, f<1>> more(seed{});
    const auto powers = more(std::array<float, 1>{6});
    STATIC_REQUIRE(std::tuple_size_v<std::remove_const_t<decltype(powers)>> == 70);
    CHECK(std::get<0>(powers)(0) == 6);
    CHECK(std::get<63>(powers)(0) == 3);
    CHECK(std::get<64>(powers)(0) == 6);
    CHECK(std::get<69>(powers)(0) == 3);
    CHECK(std::get<69>(model<seventy, input<float>>(seed{})(6.0f)) == 3);  // numbers outlive the model
}

namespace {

struct three_inputs {
    struct outputs {
        tensor of_first, of_last, of_none, of_both, of_middle;
    };
    constexpr outputs operator()(scope& s, const tensor& a, const tensor& b, const tensor& c) const {
        return {a + 1, c * 10, s.get_variable("v", {2}, {.initializer = constant({5, 6})}) * 2, c - a, b};
    }
};
using three_net = model<three_inputs, f<2>, f<3>, f<2>>;

}  // namespace

TEST_CASE("run computes what is asked for from the inputs it depends on", "[model]") {
    using out = three_inputs::outputs;
    three_net net(seed{});
    const std::array<float, 2> a{1, 2}, c{7, 9};
    const std::array<float, 3> b{0, 1, 0};
    CHECK(elements(net.run<&out::of_first>(a)) == list{2, 3});
    CHECK(elements(net.run<&out::of_last>(c)) == list{70, 90});
    CHECK(elements(net.run<&out::of_none>()) == list{10, 12});
    CHECK(elements(net.run<&out::of_both>(a, c)) == list{6, 7});  // in declared order
    CHECK(elements(net.run<&out::of_middle>(b)) == list{0, 1, 0});
    const auto [last, first] = net.run<&out::of_last, &out::of_first>(a, c);
    CHECK(elements(last) == list{70, 90});
    CHECK(elements(first) == list{2, 3});
    const auto [once, twice] = net.run<&out::of_first, &out::of_first>(a);
    CHECK(elements(once) == list{2, 3});
    CHECK(elements(twice) == list{2, 3});

    // The same values as the call of everything.
    const auto all = net(a, b, c);
    CHECK(elements(std::get<0>(all)) == list{2, 3});
    CHECK(elements(std::get<1>(all)) == list{70, 90});
    CHECK(elements(std::get<2>(all)) == list{10, 12});
    CHECK(elements(std::get<3>(all)) == list{6, 7});
    CHECK(elements(std::get<4>(all)) == list{0, 1, 0});
    STATIC_REQUIRE(noexcept(net.run<&out::of_first>(a)));
    STATIC_REQUIRE(noexcept(net.run<&out::of_none>()));
}

TEST_CASE("run leaves views of other outputs as they are", "[model]") {
    using out = three_inputs::outputs;
    three_net net(seed{});
    const std::array<float, 2> a{1, 2}, c{7, 9};
    const auto first = net.run<&out::of_first>(a);
    const auto last = net.run<&out::of_last>(c);
    CHECK(elements(last) == list{70, 90});
    CHECK(elements(first) == list{2, 3});
}

namespace {

struct with_unused {
    constexpr tensor operator()(scope&, const tensor& x, const tensor&) const { return x + 1; }
};

}  // namespace

TEST_CASE("an input that no output depends on is not passed", "[model]") {
    model<with_unused, f<2>, f<3>> net(seed{});
    CHECK(elements(net(std::array<float, 2>{1, 2})) == list{2, 3});
    list y(2);
    net.run_into(std::span(y), std::array<float, 2>{3, 4});
    CHECK(y == list{4, 5});
}

TEST_CASE("variables are listed in order of creation", "[model]") {
    STATIC_REQUIRE(small_net::variables.size() == 3);
    STATIC_REQUIRE(small_net::variables[0].path == "layer/w");
    STATIC_REQUIRE(small_net::variables[1].path == "layer/b");
    STATIC_REQUIRE(small_net::variables[2].path == "v");
    STATIC_REQUIRE(small_net::variables[0].extents == shape{2, 3});
    STATIC_REQUIRE(small_net::variables[0].dtype == float32);
    STATIC_REQUIRE(small_net::variables[0].elements() == 6);
    STATIC_REQUIRE(small_net::variables[0].bytes() == 24);
    STATIC_REQUIRE(small_net::variables[0].trainable == 1);
    STATIC_REQUIRE(small_net::variables[0].uses == 1);
    STATIC_REQUIRE(small_net::variables[0].initializer == constant(2));
    STATIC_REQUIRE(small_net::parameter_count == 12);
}

TEST_CASE("get, set and edit reach a variable by its path", "[model]") {
    small_net net(seed{});
    const auto b = net.get<"layer/b">();
    STATIC_REQUIRE(std::is_same_v<decltype(b.data()), const float*>);
    CHECK(elements(b) == list{1, 2, 3});
    CHECK(elements(net.get<"layer/w">()) == list(6, 2));

    net.set<"layer/b">(std::array<float, 3>{7, 8, 9});
    CHECK(elements(b) == list{7, 8, 9});  // a view, not a copy
    CHECK(elements(std::get<0>(net(one_ten))) == list{29, 30, 31});

    net.set<"layer/b">(xt::xtensor<float, 1>{1, 1, 1} * 2.0F);
    CHECK(elements(b) == list{2, 2, 2});
    net.edit<"layer/b">([](auto view) { view += 1.0F; });
    CHECK(elements(b) == list{3, 3, 3});
    net.edit<"layer/w">([](auto view) { view(1, 2) = 100; });
    CHECK(net.get<"layer/w">()(1, 2) == 100);
    CHECK_THROWS_AS(net.set<"layer/b">(std::vector<float>(4)), model_error);
    CHECK(elements(b) == list{3, 3, 3});
}

namespace {

struct square_matrix {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return matmul(x, s.get_variable("m", {2, 2}, {.initializer = constant({1, 2, 3, 4})}));
    }
};

}  // namespace

TEST_CASE("a variable may be set from an expression of itself", "[model]") {
    model<square_matrix, f<1, 2>> net(seed{});
    net.set<"m">(xt::transpose(net.get<"m">()));
    CHECK(elements(net.get<"m">()) == list{1, 3, 2, 4});
    net.set<"m">(net.get<"m">());
    CHECK(elements(net.get<"m">()) == list{1, 3, 2, 4});
    net.set<"m">(net.get<"m">() * 2.0F + xt::transpose(net.get<"m">()));
    CHECK(elements(net.get<"m">()) == list{3, 8, 7, 12});
}

TEST_CASE("run_into writes to the caller's memory", "[model]") {
    small_net net(seed{});
    std::array<float, 3> hidden{};
    list result(1);
    net.run_into(hidden, result, one_ten);
    CHECK(hidden == std::array<float, 3>{23, 24, 25});
    CHECK(result == list{72});

    std::array<float, 4> memory{-1, -1, -1, -1};
    net.run_into(std::span(memory).first<3>(), std::span<float>(result), one_ten);
    CHECK(memory == std::array<float, 4>{23, 24, 25, -1});

    float single = 0;
    model<three_in_an_array, f<2>> arrays(seed{});
    std::array<float, 2> a{}, b{};
    arrays.run_into(std::span(a), std::span(b), single, std::array<float, 2>{1, 2});
    CHECK(single == 3);
    CHECK(a[1] == 3);
    CHECK(b[1] == 4);
}

namespace {

struct counted_scales {
    struct outputs { tensor doubled, sum; operation count; tensor offset; };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& y) const {
        const variable calls = s.get_variable("calls", {}, {.initializer = zeros()});
        return {x * 2.0f, reduce_sum(x), assign_add(calls, 1.0f), y + 1.0f};
    }
};

}  // namespace

TEST_CASE("run_into of chosen outputs takes their memory in the order of names, and runs operations", "[model]") {
    using out = counted_scales::outputs;
    model<counted_scales, f<2>, f<3>> net(seed{});
    const std::array<float, 2> x{1, 3};
    std::array<float, 2> doubled{};
    float sum = 0;
    net.run_into<&out::sum, &out::count, &out::doubled>(sum, std::span(doubled), x);
    CHECK(sum == 4);
    CHECK(doubled == std::array<float, 2>{2, 6});
    CHECK(net.get<"calls">()() == 1);

    std::array<float, 3> y{1, 2, 3};
    net.run_into<&out::offset>(y, y);                          // over its input, without the other
    CHECK(y == std::array<float, 3>{2, 3, 4});
    CHECK(net.get<"calls">()() == 1);

    list too_short(1);
    try {
        net.run_into<&out::offset>(std::span(too_short), y);
        FAIL("accepted");
    } catch (const model_error& e) {
        CHECK(e.kind() == mistake::output_shape);
        CHECK_THAT(e.what(), Catch::Contains("output 3"));
    }
    try {
        net.run_into<&out::sum, &out::doubled>(doubled[1], std::span(doubled), x);
        FAIL("accepted");
    } catch (const model_error& e) {
        CHECK(e.kind() == mistake::output_overlap);
        CHECK_THAT(e.what(), Catch::Contains("output 1") && Catch::Contains("output 0"));
    }
}

TEST_CASE("run_into refuses memory of another size", "[model]") {
    small_net net(seed{});
    std::array<float, 3> hidden{};
    list too_long(2);
    try {
        net.run_into(std::span(hidden), std::span(too_long), one_ten);
        FAIL("accepted");
    } catch (const model_error& e) {
        CHECK(e.kind() == mistake::output_shape);
        CHECK_THAT(e.what(), Catch::Contains("output 1") && Catch::Contains("float32[2]") &&
                                 Catch::Contains("float32[1, 1]"));
    }
    CHECK(hidden == std::array<float, 3>{});  // nothing was computed
    CHECK(too_long == list{0, 0});
}

namespace {

struct without_variables {
    constexpr tensor operator()(scope&, const tensor& x) const { return ambit::exp(x); }
};

}  // namespace

TEST_CASE("a module needs no variables", "[model]") {
    using net_type = model<without_variables, f<1>>;
    STATIC_REQUIRE(net_type::variables.empty());
    STATIC_REQUIRE(net_type::parameter_count == 0);
    net_type net(seed{});
    CHECK(net(std::array<float, 1>{0})(0) == 1);
    net.initialize(seed{3});
    net_type copy = net.copy();
    CHECK(copy(std::array<float, 1>{0})(0) == 1);
}

namespace {

template <int Ops> struct deep {
    constexpr tensor operator()(scope&, tensor x) const {
        for (int i = 0; i < Ops; ++i) x = softmax(x);
        return x;
    }
};

}  // namespace

TEST_CASE("temporaries share memory", "[model]") {
    // 40 steps, each with 4,096 bytes of result: two at a time, the output and the place of the input.
    using net_type = model<deep<40>, f<1024>>;
    STATIC_REQUIRE(net_type::arena_bytes <= 4 * 4096);
    STATIC_REQUIRE(net_type::arena_bytes == model<deep<20>, f<1024>>::arena_bytes);
    STATIC_REQUIRE(model<without_variables, f<1>>::arena_bytes ==
                   128);  // the output and the place of the input
    net_type net(seed{});
    CHECK(xt::sum(net(list(1024, 1)))() == Approx(1));
}

TEST_CASE("small arenas are members, unless asked otherwise", "[model]") {
    using large = model<without_variables, f<4096>>;
    STATIC_REQUIRE(large::arena_bytes == 2 * 16384);
    STATIC_REQUIRE(sizeof(large) < 256);
    STATIC_REQUIRE(sizeof(small_net) >= small_net::arena_bytes);
    STATIC_REQUIRE(sizeof(stored_model<storage::in_place, without_variables, f<4096>>) >= 32768);
    STATIC_REQUIRE(sizeof(stored_model<storage::heap, small, f<1, 2>>) < 256);
    STATIC_REQUIRE(alignof(small_net) == 64);

    // Wherever it is, the values are the same, and in a model on the heap, too.
    const auto in_place =
        std::make_unique<stored_model<storage::in_place, without_variables, f<4096>>>(seed{});
    large on_heap(seed{});
    const list x = numbers<float>(4096);
    CHECK(elements((*in_place)(x)) == elements(on_heap(x)));
    stored_model<storage::heap, small, f<1, 2>> net(seed{});
    CHECK(elements(std::get<1>(net(one_ten))) == list{72});
}

TEST_CASE("a model moves and does not copy", "[model]") {
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<small_net>);
    STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<small_net>);
    STATIC_REQUIRE(std::is_move_constructible_v<small_net>);
    STATIC_REQUIRE(std::is_move_assignable_v<small_net>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<seed, small_net>);

    small_net first(seed{});
    first.set<"v">(std::array<float, 3>{1, 0, 0});
    small_net second(std::move(first));
    CHECK(elements(std::get<1>(second(one_ten))) == list{23});
    small_net third(seed{});
    third = std::move(second);
    CHECK(elements(std::get<1>(third(one_ten))) == list{23});

    using heap_net = stored_model<storage::heap, small, f<1, 2>>;
    heap_net a(seed{});
    heap_net b(std::move(a));
    CHECK(elements(std::get<1>(b(one_ten))) == list{72});
    std::vector<small_net> several;
    for (int i = 0; i < 4; ++i) several.emplace_back(seed{});
    for (small_net& net : several) CHECK(elements(std::get<1>(net(one_ten))) == list{72});
}

namespace {

struct sized {
    int hidden = 3;
    bool bias = true;
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const tensor h = matmul(x, s.get_variable("w", {2, hidden}, {.initializer = ones()}));
        if (!bias) return h;
        return h + s.get_variable("b", {hidden}, {.initializer = ones()});
    }
};

}  // namespace

TEST_CASE("a module carries values of its own", "[model]") {
    model<sized, f<1, 2>> plain(seed{});
    CHECK(elements(plain(one_ten)) == list{12, 12, 12});
    using bare = model<configured<sized{.hidden = 5, .bias = false}>, f<1, 2>>;
    STATIC_REQUIRE(bare::variables.size() == 1);
    STATIC_REQUIRE(bare::variables[0].extents == shape{2, 5});
    bare net(seed{});
    CHECK(elements(net(one_ten)) == list(5, 11));
    STATIC_REQUIRE_FALSE(std::is_same_v<bare, model<sized, f<1, 2>>>);
}
