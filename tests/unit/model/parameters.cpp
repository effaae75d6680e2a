// SPDX-License-Identifier: BSL-1.0
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit_test;

namespace {

template <std::int64_t... Extent> using f = input<float, Extent...>;
using list = std::vector<float>;

struct pair_of_layers {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        auto a = s.variable_scope("a");
        const tensor h = matmul(x, a.get_variable("w", {2, 3}, {.initializer = random_normal()})) +
                         a.get_variable("b", {3}, {.initializer = zeros()});
        a.close();
        return matmul(h, s.get_variable("v", {3, 2}));
    }
};
// The same variables, created in the opposite order, and one more.
struct pair_backwards {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable v = s.get_variable("v", {3, 2});
        const variable more = s.get_variable("more", {5}, {.initializer = random_uniform()});
        auto a = s.variable_scope("a");
        const variable b = a.get_variable("b", {3}, {.initializer = zeros()});
        const variable w = a.get_variable("w", {2, 3}, {.initializer = random_normal()});
        return matmul(matmul(x, w) + b, v) + reduce_sum(more) * 0;
    }
};
using net = model<pair_of_layers, f<1, 2>>;
using backwards = model<pair_backwards, f<1, 2>>;

}  // namespace

TEST_CASE("a seed gives the same values each time", "[model]") {
    net a(seed{7}), b(seed{7}), c(seed{8});
    CHECK(same_bits(elements(a.get<"a/w">()), elements(b.get<"a/w">())));
    CHECK(same_bits(elements(a.get<"v">()), elements(b.get<"v">())));
    CHECK_FALSE(same_bits(elements(a.get<"a/w">()), elements(c.get<"a/w">())));
    CHECK_FALSE(same_bits(elements(a.get<"v">()), elements(c.get<"v">())));
    CHECK(elements(a.get<"a/b">()) == list(3, 0));
}

TEST_CASE("the order of creation does not matter to the values", "[model]") {
    STATIC_REQUIRE(net::variables[0].path != backwards::variables[0].path);
    net a(seed{7});
    backwards b(seed{7});
    CHECK(same_bits(elements(a.get<"a/w">()), elements(b.get<"a/w">())));
    CHECK(same_bits(elements(a.get<"v">()), elements(b.get<"v">())));
}

TEST_CASE("initialize starts again", "[model]") {
    net a(seed{7}), another(seed{8});
    const list w = elements(a.get<"a/w">());
    a.edit<"a/w">([](auto view) { view *= 2.0F; });
    a.set<"a/b">(std::array<float, 3>{1, 2, 3});
    a.initialize(seed{7});
    CHECK(same_bits(elements(a.get<"a/w">()), w));
    CHECK(elements(a.get<"a/b">()) == list(3, 0));
    a.initialize(seed{8});
    CHECK_FALSE(same_bits(elements(a.get<"a/w">()), w));
    CHECK(same_bits(elements(a.get<"a/w">()), elements(another.get<"a/w">())));
}

namespace {

// What the compiler makes of the initializer of a variable.
template <class Net, int Variable> constexpr auto constant_values(std::uint64_t s) {
    std::array<float, static_cast<std::size_t>(Net::variables[Variable].elements())> values{};
    fill(Net::variables[Variable].initializer, Net::variables[Variable].extents,
         philox_key(s, Net::variables[Variable].path), std::span<float>(values));
    return values;
}

}  // namespace

TEST_CASE("values at run time are those of constant evaluation", "[model]") {
    constexpr auto w = constant_values<net, 0>(42);
    constexpr auto v = constant_values<net, 2>(42);
    net a(seed{42});
    CHECK(same_bits(elements(a.get<"a/w">()), list(w.begin(), w.end())));
    CHECK(same_bits(elements(a.get<"v">()), list(v.begin(), v.end())));
}

namespace {

constexpr double countdown(const shape& extents, std::int64_t element, random_stream& stream) {
    return static_cast<double>(extents.elements() - element) + stream.uniform();
}

// Every kind of initializer, and every dtype with more kinds than one.
struct all_kinds {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        static_cast<void>(s.get_variable("uniform", {2, 3}, {.initializer = random_uniform({.low = -1, .high = 2})}));
        static_cast<void>(s.get_variable("normal", {5}, {.initializer = random_normal({.mean = 1, .seed = 3})}));
        static_cast<void>(s.get_variable("truncated", {50}, {.initializer = truncated_normal()}));
        static_cast<void>(s.get_variable("scaled", {3, 4}, {.initializer = he_normal()}));
        static_cast<void>(s.get_variable("orthogonal", {3, 2}, {.initializer = orthogonal({.gain = 2})}));
        static_cast<void>(s.get_variable("identity", {2, 3}, {.initializer = identity({.gain = 0.5})}));
        static_cast<void>(s.get_variable("custom", {4}, {.initializer = custom(&countdown)}));
        static_cast<void>(s.get_variable("list", {3}, {.initializer = constant({0.1, -2.5, 1e-40})}));
        static_cast<void>(s.get_variable("whole", {3}, {.initializer = constant({7, -8, 9}), .dtype = int32}));
        static_cast<void>(s.get_variable("long", {2, 2}, {.initializer = identity({.gain = 3}), .dtype = int64}));
        static_cast<void>(s.get_variable("bytes", {2}, {.initializer = constant(200), .dtype = uint8}));
        static_cast<void>(s.get_variable("flags", {2}, {.initializer = constant({0, 1}), .dtype = boolean}));
        static_cast<void>(s.get_variable("double", {6}, {.initializer = random_normal(), .dtype = float64}));
        static_cast<void>(s.get_variable("scaled_double", {6, 2}, {.dtype = float64}));
        return x;
    }
};
using kinds_net = model<all_kinds, f<1>>;

template <std::size_t Variable> void require_initial_values(const kinds_net& a, std::uint64_t s) {
    constexpr variable_info v = kinds_net::variables[Variable];
    using T = element_t<v.dtype>;
    std::array<T, static_cast<std::size_t>(v.elements())> expected{};
    fill(v.initializer, v.extents, philox_key(s, v.path), std::span<T>(expected));
    INFO(v.path);
    CHECK(std::memcmp(a.parameters().variables()[Variable], expected.data(), sizeof expected) == 0);
}

}  // namespace

TEST_CASE("a model fills variables of all dtypes by all kinds of initializers", "[model]") {
    kinds_net a(seed{42});
    [&]<std::size_t... Variable>(std::index_sequence<Variable...>) {
        (require_initial_values<Variable>(a, 42), ...);
        a.initialize(seed{43});
        (require_initial_values<Variable>(a, 43), ...);
    }(std::make_index_sequence<kinds_net::variables.size()>{});
}

TEST_CASE("models share parameters whatever their batch", "[model]") {
    model<pair_of_layers, f<4, 2>> trainer(seed{7});
    net server(trainer.parameters());
    const auto many = elements(trainer(list{1, 2, 3, 4, 5, 6, 7, 8}));
    CHECK(elements(server(std::array<float, 2>{3, 4})) == list{many[2], many[3]});

    trainer.edit<"v">([](auto view) { view *= 0.0F; });
    CHECK(elements(server(std::array<float, 2>{3, 4})) == list{0, 0});
    server.set<"a/b">(std::array<float, 3>{1, 1, 1});
    CHECK(elements(trainer.get<"a/b">()) == list{1, 1, 1});
    CHECK(trainer.get<"v">().data() == server.get<"v">().data());
}

TEST_CASE("parameters may hold more than a model needs, in another order", "[model]") {
    backwards large(seed{3});
    net small(large.parameters());
    CHECK(small.get<"a/w">().data() == large.get<"a/w">().data());
    const std::array<float, 2> x{1, -1};
    CHECK(elements(small(x)) == elements(large(x)));
}

TEST_CASE("parameters live as long as anybody uses them", "[model]") {
    list before;
    auto kept = [&] {
        net first(seed{5});
        before = elements(first(std::array<float, 2>{1, 2}));
        return first.parameters();
    }();
    net second(kept);
    CHECK(elements(second(std::array<float, 2>{1, 2})) == before);
    CHECK(kept.memory().use_count() == 2);
}

TEST_CASE("a copy has variables of its own", "[model]") {
    net first(seed{5});
    net second = first.copy();
    CHECK(same_bits(elements(first.get<"a/w">()), elements(second.get<"a/w">())));
    second.edit<"a/w">([](auto view) { view += 1.0F; });
    CHECK_FALSE(same_bits(elements(first.get<"a/w">()), elements(second.get<"a/w">())));

    // So do copied parameters, also those of a larger model, and a temporary makes a model.
    net third(first.parameters().copy());
    CHECK(third.get<"v">().data() != first.get<"v">().data());
    CHECK(same_bits(elements(third.get<"v">()), elements(first.get<"v">())));
    backwards large(seed{3});
    net small(large.parameters());
    net own = small.copy();
    CHECK(same_bits(elements(own.get<"a/w">()), elements(large.get<"a/w">())));
    CHECK(own.get<"a/w">().data() != large.get<"a/w">().data());
}

TEST_CASE("assign copies values into a model's variables", "[model]") {
    net first(seed{5}), second(seed{6});
    const float* const address = first.get<"v">().data();
    first.assign(second.parameters());
    CHECK(first.get<"v">().data() == address);
    CHECK(same_bits(elements(first.get<"v">()), elements(second.get<"v">())));
    first.assign(first.parameters());
    CHECK(same_bits(elements(first.get<"v">()), elements(second.get<"v">())));
}

namespace {

struct all_dtypes {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        s.get_variable("d", {3}, {.initializer = constant({0.1, 1e300, -2}), .dtype = float64});
        s.get_variable("i", {3}, {.initializer = constant({2147483647, -7, 3}), .dtype = int32});
        s.get_variable("l", {2}, {.initializer = constant({1e12, -5}), .dtype = int64});
        s.get_variable("u", {3}, {.initializer = constant({255, 0, 7}), .dtype = uint8});
        s.get_variable("f", {3}, {.initializer = constant({0, 1, 1}), .dtype = boolean});
        s.get_variable("scalar", {}, {.initializer = constant(2.5)});
        return x;
    }
};

}  // namespace

TEST_CASE("variables of every dtype, each at a cache line", "[model]") {
    model<all_dtypes, f<1>> n(seed{});
    CHECK(elements(n.get<"d">()) == std::vector<double>{0.1, 1e300, -2});
    CHECK(elements(n.get<"i">()) == std::vector<std::int32_t>{2147483647, -7, 3});
    CHECK(elements(n.get<"l">()) == std::vector<std::int64_t>{1'000'000'000'000, -5});
    CHECK(elements(n.get<"u">()) == std::vector<std::uint8_t>{255, 0, 7});
    const auto flags = n.get<"f">();
    CHECK_FALSE(flags(0));
    CHECK(flags(1));
    CHECK(flags(2));
    CHECK(n.get<"scalar">()() == 2.5F);
    n.set<"scalar">(4.0F);
    CHECK(n.get<"scalar">()() == 4);
    n.set<"u">(std::array<std::uint8_t, 3>{1, 2, 3});
    CHECK(elements(n.get<"u">()) == std::vector<std::uint8_t>{1, 2, 3});
    for (const std::byte* at : n.parameters().variables())
        CHECK(reinterpret_cast<std::uintptr_t>(at) % 64 == 0);
}
