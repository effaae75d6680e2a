// SPDX-License-Identifier: BSL-1.0
// One of several models, chosen by a name at run time.
#include "../../support/temporary_directory.hpp"
#include "support.hpp"

#include <ambit/registry/bridges.hpp>

#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/io/summary.hpp>
#include <ambit/model/any_model.hpp>
#include <ambit/model/hana_view.hpp>
#include <ambit/model/model.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <xtensor/xtensor.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace ambit;
using ambit_test::thrown_by;

namespace {

const std::array<float, 3> image{1, 2, 3};

namespace nets {
struct narrow {
    constexpr tensor operator()(scope& s, tensor x) const { return dense(s, "out", x, 2); }
};
struct deep {
    constexpr tensor operator()(scope& s, tensor x) const { return dense(s, "out", tanh(dense(s, "hidden", x, 5)), 2); }
};
}  // namespace nets
struct of_width {
    int width = 1;
    constexpr tensor operator()(scope& s, tensor x) const {
        return dense(s, "out", relu(dense(s, "hidden", x, width)), 2);
    }
};
template <class Module> using on_three = model<Module, input<float, 1, 3>>;
using any_net = any_model<on_three<nets::narrow>, on_three<nets::deep>,
                          named_model<"wide", on_three<configured<of_width{.width = 7}>>>>;
static_assert(any_net::names == std::array<std::string_view, 3>{"narrow", "deep", "wide"});

/// Its answer is that of the model itself.
template <class Model> void expect_like(any_net& any, Model&& alone) {
    const auto got = any(image), wanted = alone(image);
    CHECK(got(0, 0) == wanted(0, 0));
    CHECK(got(0, 1) == wanted(0, 1));
}

}  // namespace

TEST_CASE("one of several static models is chosen by its name") {
    any_net narrow("narrow", seed{3}), deep("deep", seed{3}), wide("wide", seed{3});
    expect_like(narrow, on_three<nets::narrow>(seed{3}));
    expect_like(deep, on_three<nets::deep>(seed{3}));
    expect_like(wide, on_three<configured<of_width{.width = 7}>>(seed{3}));
    CHECK(deep.name() == "deep");
    CHECK(deep.index() == 1);
    CHECK(deep.variables().size() == 4);
    CHECK(narrow.parameter_count() == 8);
    CHECK(wide.parameter_count() == 3 * 7 + 7 + 7 * 2 + 2);

    SECTION("another becomes it, or a copy of it") {
        narrow = deep.copy();
        CHECK(narrow.name() == "deep");
        const auto first = deep(image);
        const std::array before{first(0, 0), first(0, 1)};
        narrow.initialize(seed{4});
        expect_like(narrow, on_three<nets::deep>(seed{4}));
        const auto second = deep(image);
        CHECK(before == std::array{second(0, 0), second(0, 1)});
    }
    SECTION("what is visited is the chosen one") {
        deep.visit([](auto& chosen) { chosen.template set<"out/biases">(std::array{8.f, 9.f}); });
        deep.visit([](auto& chosen) { chosen.template edit<"out/weights">([](auto view) { view *= 0.f; }); });
        CHECK(deep(image)(0, 1) == 9.f);
    }
    SECTION("it is shown, saved and loaded") {
        CHECK(summary(deep) == summary(on_three<nets::deep>(seed{1})));
        CHECK(summary(deep) != summary(wide));
        const ambit_test::temporary_directory directory;
        const std::string file = (directory / "net.safetensors").string();
        save(deep, file);
        any_net again("deep", seed{9});
        CHECK(load(again, file).loaded == 4);
        const auto a = again(image), b = deep(image);
        CHECK(a(0, 0) == b(0, 0));
        CHECK_THROWS_AS(load(wide, file), checkpoint_error);
    }
    SECTION("a registry shows it, and it uses a registry's variables") {
        registry reg(seed{1});
        mount(reg, "first", deep);
        CHECK(reg.size() == 4);
        any_net again("deep", seed{9});
        bind(again, reg, "first");
        const auto a = again(image), b = deep(image);
        CHECK(a(0, 0) == b(0, 0));
        CHECK(thrown_by([&] { bind(wide, reg, std::string("first")); }).kind() == mistake::shape_mismatch);
    }
}

namespace {

struct sum_and_peak {
    struct outputs {
        tensor sum, peak;
    };
    constexpr outputs operator()(scope&, tensor x) const { return {reduce_sum(x), reduce_max(x)}; }
};
struct mean_and_sum {
    struct outputs {
        tensor mean, sum;
    };
    constexpr outputs operator()(scope&, tensor x) const { return {reduce_mean(x), reduce_sum(x)}; }
};

}  // namespace
BOOST_HANA_ADAPT_STRUCT(sum_and_peak::outputs, sum, peak);
BOOST_HANA_ADAPT_STRUCT(mean_and_sum::outputs, mean, sum);

TEST_CASE("one of several models is asked for outputs by their names, in structs of its own") {
    any_model<on_three<sum_and_peak>, on_three<mean_and_sum>> first("sum_and_peak", seed{1});
    auto second = decltype(first)("mean_and_sum", seed{1});
    const std::array<float, 3> x{1, 2, 4};
    CHECK(first.run<"sum">(x) == 7);
    CHECK(second.run<"sum">(x) == 7);
    any_model<on_three<sum_and_peak>, named_model<"again", on_three<sum_and_peak>>> alike("again", seed{1});
    CHECK(alike.run<&sum_and_peak::outputs::peak>(x) == 4);
}

TEST_CASE("one of several models whose batch is known late") {
    using of_any =
        any_model<model<nets::narrow, input<float, any_size, 3>>, model<nets::deep, input<float, any_size, 3>>>;
    of_any net("deep", largest_batch{4}, seed{3});
    model<nets::deep, input<float, any_size, 3>> alone(largest_batch{4}, seed{3});
    CHECK(net.arena_bytes() == alone.arena_bytes(4));
    const xt::xtensor<float, 2> two{{1, 2, 3}, {0, 1, 0}};
    const auto got = net(two), wanted = alone(two);
    CHECK(got.shape(0) == 2);
    CHECK(got(1, 1) == wanted(1, 1));
    CHECK(thrown_by([] { of_any("narow", largest_batch{4}, seed{3}); }).facts().nearest == "narrow");
}

TEST_CASE("a name that is none of the list's") {
    const model_error e = thrown_by([] { any_net("dep", seed{1}); });
    CHECK(e.kind() == mistake::model_unknown);
    CHECK(e.facts().path == "dep");
    CHECK(e.facts().nearest == "deep");
    CHECK(std::string_view(e.what()) == "[ambit] model_unknown: name dep\n  there are narrow, deep, wide\n"
                                        "  the list has no model of this name: give one of its names\n"
                                        "  did you mean deep?");
    CHECK(thrown_by([] { any_net("", seed{1}); }).facts().nearest.empty());
    std::string hostile(5000, 'x');
    hostile += "\x1b[2J";
    CHECK(thrown_by([&] { any_net(hostile, seed{1}); }).kind() == mistake::model_unknown);
}
