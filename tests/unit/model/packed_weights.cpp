// SPDX-License-Identifier: BSL-1.0
// Weights that a model keeps as its kernels read them are those of its variables at each call, whoever wrote them.
#include <ambit/model/memory.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

constexpr std::int64_t rows = 4, units = 99;  // 99 x 99: more than stays in a first-level cache, no whole vectors
using list = std::vector<float>;

/// Two products that share their weights, one of weights stored by columns, one of rows in two axes.
struct served {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable w =
            s.get_variable("w", {units, units}, {.initializer = random_normal({.standard_deviation = 0.1})});
        const tensor once = matmul(x, w), twice = matmul(once, w);
        const auto begins = random_normal({.standard_deviation = 0.1});
        const variable v = s.get_variable("v", {units, units}, {.initializer = begins});
        const tensor all = reshape(matmul(twice, v, {.transpose_b = true}), {2, rows / 2, units});
        return matmul(all, s.get_variable("u", {units, units}, {.initializer = begins}));
    }
};
/// Changes the weights of whoever shares them, by a call.
struct stepped {
    struct outputs {
        tensor norm;
        operation step;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable w = s.get_variable("w", {units, units});
        const tensor norm = reduce_sum(matmul(x, w));
        return {norm, assign_add(w, w * 0.5)};
    }
};
/// A local variable has no generation.
struct remembers {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return matmul(x, s.get_local_variable("w", {units, units}, {.initializer = random_normal()}));
    }
};

using server = model<served, input<float, rows, units>>;
using trainer = model<stepped, input<float, rows, units>>;

static_assert(memory_of<server>::packed_weights == 3 * (64 + units * 112 * 4));
static_assert(memory_of<trainer>::packed_weights == 0);

const list x = numbers<float>(rows * units);

/// A call gives what a model gives that was made of the same variables now.
bool is_as_new(server& net) {
    server fresh = net.copy();
    return same_bits(elements(net(x)), elements(fresh(x)));
}
list changed(unsigned number) { return numbers<float>(units * units, number, -1, 1); }

}  // namespace

TEST_CASE("packed weights are what a new model packs", "[model]") {
    server net(seed{1});
    const list first = elements(net(x));
    const auto differs = [&] { return !same_bits(elements(net(x)), first); };
    CHECK(is_as_new(net));

    SECTION("set") {
        net.set<"w">(changed(2));
        CHECK(is_as_new(net));
        CHECK(differs());
        net.set<"v">(changed(3));
        CHECK(is_as_new(net));
        const list before = elements(net(x));
        net.set<"u">(changed(8));
        CHECK(is_as_new(net));
        CHECK_FALSE(same_bits(elements(net(x)), before));
    }
    SECTION("edit, also one that ends in the middle") {
        net.edit<"v">([](auto view) { view *= 2.0F; });
        CHECK(is_as_new(net));
        CHECK_THROWS(net.edit<"w">([](auto view) {
            view(0, 0) = 100;
            throw std::runtime_error("enough");
        }));
        CHECK(is_as_new(net));
        CHECK(differs());
        // A call in the middle has packed what was there then.
        net.edit<"w">([&](auto view) {
            view(0, 0) = 10;
            CHECK(is_as_new(net));
            view(0, 1) = 20;
        });
        CHECK(is_as_new(net));
    }
    SECTION("initialize, assign and reset") {
        net.initialize(seed{2});
        CHECK(is_as_new(net));
        CHECK(differs());
        net.assign(server(seed{1}).parameters());
        CHECK(is_as_new(net));
        CHECK_FALSE(differs());
        net.reset();
        CHECK(is_as_new(net));
    }
    SECTION("a step of another model on the same parameters") {
        trainer other(net.parameters());
        other.run<&stepped::outputs::step>();
        CHECK(is_as_new(net));
        CHECK(differs());
        const list now = elements(net(x));
        static_cast<void>(other.run<&stepped::outputs::norm>(x));  // writes nothing
        CHECK(same_bits(elements(net(x)), now));
        server second(net.parameters());
        second.set<"v">(changed(4));
        CHECK(is_as_new(net));
        CHECK(is_as_new(second));
    }
    SECTION("share: other variables whose generations are the same") {
        server other(seed{1});
        other.initialize(seed{3});
        server third(seed{1});
        third.initialize(seed{4});
        static_cast<void>(third(x));
        third.share(other.parameters());
        CHECK(same_bits(elements(third(x)), elements(other(x))));
        CHECK(is_as_new(third));
    }
    SECTION("moves take them along") {
        server moved(std::move(net));
        CHECK(same_bits(elements(moved(x)), first));
        moved.set<"w">(changed(5));
        CHECK(is_as_new(moved));
        server target(seed{6});
        static_cast<void>(target(x));
        target = std::move(moved);
        CHECK(is_as_new(target));
        target.set<"w">(changed(7));
        CHECK(is_as_new(target));
    }
}

TEST_CASE("a model without memory of its own elsewhere has packed weights in the object", "[model]") {
    using in_place = stored_model<storage::in_place, served, input<float, rows, units>>;
    STATIC_REQUIRE(sizeof(in_place) >= memory_of<in_place>::packed_weights);
    STATIC_REQUIRE(memory_of<in_place>::heap == memory_of<in_place>::parameters);
    STATIC_REQUIRE(memory_of<server>::heap >= memory_of<server>::parameters + memory_of<server>::packed_weights);
    server net(seed{1});
    const auto made = std::make_unique<in_place>(net.parameters());
    CHECK(same_bits(elements((*made)(x)), elements(net(x))));
    const auto moved = std::make_unique<in_place>(std::move(*made));
    net.set<"w">(changed(9));
    CHECK(same_bits(elements((*moved)(x)), elements(net(x))));
    CHECK(is_as_new(net));
}

TEST_CASE("a local variable is packed at each call", "[model]") {
    using local = model<remembers, input<float, rows, units>>;
    STATIC_REQUIRE(memory_of<local>::packed_weights > 0);
    local net(seed{1}), other(seed{2});
    const list first = elements(net(x));
    net.edit<"w">([](auto view) { view *= 2.0F; });
    list doubled = first;
    for (float& value : doubled) value *= 2;
    CHECK(same_bits(elements(net(x)), doubled));
    net.reset();
    CHECK(same_bits(elements(net(x)), first));
    CHECK_FALSE(same_bits(elements(other(x)), first));
}
