// SPDX-License-Identifier: BSL-1.0
#include <ambit/model/local_variables.hpp>

#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/io/summary.hpp>
#include <ambit/model/hana_view.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <utility>

using namespace ambit;
using namespace ambit::checkpoint_parts;
using namespace ambit_test;

namespace {

// y = weights · x + state, where each model has its own state.
struct filter {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable weights = s.get_variable("weights", {2}, {.initializer = constant(2)});
        const variable state = s.get_local_variable("state", {2}, {.initializer = constant(1)});
        const variable gain = s.get_variable("gain", {}, {.initializer = constant(10)});
        const tensor scaled = x * weights;
        return (scaled + state) * gain;
    }
};
using net = model<filter, input<float, 2>>;

// The same parameters, and a local variable of another shape.
struct taps {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable state = s.get_local_variable("state", {3}, {.initializer = random_normal()});
        const variable weights = s.get_variable("weights", {2});
        const tensor kept = reduce_sum(state);
        return x * weights + kept;
    }
};
using other = model<taps, input<float, 2>>;

constexpr std::array<float, 2> one{1, 1};

}  // namespace

TEST_CASE("a local variable is no parameter", "[model][local_variables]") {
    STATIC_REQUIRE(net::parameter_count == 3);
    STATIC_REQUIRE(net::variables.size() == 3);
    STATIC_REQUIRE(net::variables[0].local == 0);
    STATIC_REQUIRE(net::variables[1].path == "state");
    STATIC_REQUIRE(net::variables[1].local == 1);
    STATIC_REQUIRE(net::variables[1].trainable == 0);
    const net n(seed{1});
    REQUIRE(n.parameters().variables()[0] != nullptr);
    REQUIRE(n.parameters().variables()[1] == nullptr);
    REQUIRE(summary(n).text().find("1 local") != std::string::npos);
}

TEST_CASE("two models share parameters and not local variables", "[model][local_variables]") {
    net a(seed{1});
    net b(a.parameters());
    a.set<"state">(std::array<float, 2>{5, 5});
    a.set<"weights">(std::array<float, 2>{3, 3});
    REQUIRE(a(one)(0) == 80);
    REQUIRE(b(one)(0) == 40);
    a.reset();
    REQUIRE(a(one)(0) == 40);
    REQUIRE(a.get<"weights">()(0) == 3);
}

TEST_CASE("a copy has the values of local variables, and its own", "[model][local_variables]") {
    net a(seed{1});
    a.set<"state">(std::array<float, 2>{5, 5});
    net b = a.copy();
    a.reset();
    REQUIRE(b.get<"state">()(1) == 5);
    net moved = std::move(b);
    REQUIRE(moved(one)(1) == 70);
    moved.initialize(seed{2});
    REQUIRE(moved(one)(1) == 30);
}

TEST_CASE("parameters contain what another model shares, whatever its local variables are",
          "[model][local_variables]") {
    const net a(seed{1});
    other b(a.parameters());
    const float first = b.get<"state">()(0);
    const float y = b(one)(0);
    b.set<"state">(std::array<float, 3>{0, 0, 0});
    REQUIRE(b(one)(0) == 2);
    b.reset();
    REQUIRE(b.get<"state">()(0) == first);
    REQUIRE(b(one)(0) == y);
    const other seeded(a.parameters(), seed{7});
    REQUIRE(seeded.get<"state">()(0) != first);
}

TEST_CASE("a file has no local variables, and loading leaves them", "[model][local_variables]") {
    const temporary_directory directory;
    const auto path = directory.path() / "filter.safetensors";
    net a(seed{1});
    a.set<"weights">(std::array<float, 2>{4, 4});
    a.set<"state">(std::array<float, 2>{9, 9});
    save(a, path);
    REQUIRE(safetensors_file(path).find("state") == nullptr);
    net b(seed{1});
    b.set<"state">(std::array<float, 2>{0, 0});
    CHECK(load(b, path).fits());
    REQUIRE(b(one)(0) == 40);
}

TEST_CASE("a Hana view has local variables too", "[model][local_variables]") {
    const net a(seed{1});
    int names = 0;
    boost::hana::for_each(hana_view(a), [&](auto pair) {
        names += boost::hana::first(pair) == BOOST_HANA_STRING("state") && boost::hana::second(pair)(0) == 1 ? 1 : 0;
    });
    REQUIRE(names == 1);
}
