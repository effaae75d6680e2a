// SPDX-License-Identifier: BSL-1.0
// A reduction in the loop that computes its operand gives the bits of one whose operand is stored.
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/plan/value_plan.hpp>
#include <ambit/registry/compiled_chain.hpp>

#include "../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

template <class Type, std::int64_t... Extent> using in = input<Type, Extent...>;

template <class Net> constexpr int reductions_in_loops() {
    using plan = plan_of<typename Net::graph, all_outputs>;
    int count = 0;
    for (int s = 0; s < plan::counts.steps; ++s) count += plan::value.steps[s].kind == step_kind::reduction ? 1 : 0;
    return count;
}

// Chains of one op and of many, light and heavy ones, masks, and numbers of the program's own.
enum class chain { light, masked, heavy, longer };
template <chain Kind> constexpr tensor chain_of(const tensor& x, const tensor& y) {
    switch (Kind) {
        case chain::light: return x - y;
        case chain::masked: return where(x > y, x, y * 0.5);
        case chain::heavy: return exp(x * 0.25) + y;
        default: return relu(abs(tanh(x) - y) + 0.5) - sigmoid(y) + minimum(x, 0.25);
    }
}

template <chain Kind, bool Rows> struct ends_of_loops {
    struct outputs {
        tensor sum, mean, least;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& y) const {
        const reduce_options over = Rows ? reduce_options{.axes = -1} : reduce_options{};
        return {reduce_sum(chain_of<Kind>(x, y), over), reduce_mean(chain_of<Kind>(y, x), over),
                reduce_min(chain_of<Kind>(x * 0.5, y), over)};
    }
};
template <chain Kind> struct chains_alone {
    struct outputs {
        tensor first, second, third;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& y) const {
        return {chain_of<Kind>(x, y), chain_of<Kind>(y, x), chain_of<Kind>(x * 0.5, y)};
    }
};
template <bool Rows> struct reductions_alone {
    struct outputs {
        tensor sum, mean, least;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& y, const tensor& z) const {
        const reduce_options over = Rows ? reduce_options{.axes = -1} : reduce_options{};
        return {reduce_sum(x, over), reduce_mean(y, over), reduce_min(z, over)};
    }
};

template <class T, chain Kind, bool Rows, std::int64_t... Extent> void expect_same_bits() {
    using ends = ends_of_loops<Kind, Rows>;
    using net = model<ends, in<T, Extent...>, in<T, Extent...>>;
    STATIC_REQUIRE(reductions_in_loops<net>() == 3);
    using behind = model<reductions_alone<Rows>, in<T, Extent...>, in<T, Extent...>, in<T, Extent...>>;
    STATIC_REQUIRE(reductions_in_loops<behind>() == 0);
    constexpr std::size_t size = (std::size_t{1} * ... * Extent);
    net together(seed{1});
    model<chains_alone<Kind>, in<T, Extent...>, in<T, Extent...>> chains(seed{1});
    behind reduce_all(seed{1});
    const std::vector<T> x = numbers<T>(size, 1), y = numbers<T>(size, 2);
    const auto [first, second, third] = chains(x, y);
    const auto wanted = reduce_all(elements(first), elements(second), elements(third));
    const auto found = together(x, y);
    CHECK(same_bits(elements(std::get<0>(found)), elements(std::get<0>(wanted))));
    CHECK(same_bits(elements(std::get<1>(found)), elements(std::get<1>(wanted))));
    CHECK(same_bits(elements(std::get<2>(found)), elements(std::get<2>(wanted))));
}
template <class T, chain Kind> void expect_same_bits_of() {
    expect_same_bits<T, Kind, false, 37>();
    expect_same_bits<T, Kind, false, 3, 700>();
    expect_same_bits<T, Kind, true, 5, 32>();
    expect_same_bits<T, Kind, true, 2, 3, 259>();
}

}  // namespace

TEST_CASE("reductions in loops have the bits of reductions alone", "[laws]") {
    expect_same_bits_of<float, chain::light>();
    expect_same_bits_of<float, chain::masked>();
    expect_same_bits_of<float, chain::heavy>();
    expect_same_bits_of<float, chain::longer>();
    expect_same_bits_of<double, chain::light>();
    expect_same_bits_of<double, chain::longer>();
}

namespace {

// Several values of the chain are stored beside what is reduced, which is the first, one between others, and the last.
template <int Reduced> struct stores_others {
    struct outputs {
        tensor first, second, third, total;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& y) const {
        const tensor first = x - y, second = square(first), third = second * 0.5 + x;
        const tensor all[]{first, second, third};
        return {first, second, third, reduce_sum(all[Reduced])};
    }
};
struct stores_nothing {
    constexpr tensor operator()(scope&, const tensor& x, const tensor& y) const { return reduce_sum(square(x - y)); }
};

template <class Module> void expect_same_chain() {
    using graph = graph_of<Module, input<float, 40>, input<float, 40>>;
    using plan = plan_of<graph, all_outputs>;
    const plan_step& step = plan::value.steps[0];
    REQUIRE(step.kind == step_kind::reduction);
    const fused_program in_loop = program_of(plan::view, step, plan::value.nodes.elements + step.first_node);
    const value_plan alone(plan::view, lay_out(plan::view).view(), all_outputs);
    REQUIRE(alone.steps[0].kind == step_kind::elementwise);
    const fused_program wanted = program_of(plan::view, alone.steps[0], alone.nodes_of(alone.steps[0]));
    const fused_program found = registry_parts::without_reduction(in_loop);
    CHECK(registry_parts::have_one_form(found, wanted));
    CHECK(std::equal(found.output, found.output + max_fused_outputs, wanted.output));
}

}  // namespace

TEST_CASE("a chain that is compiled for dynamic models is the same without its reduction", "[laws]") {
    expect_same_chain<stores_nothing>();
    expect_same_chain<stores_others<0>>();
    expect_same_chain<stores_others<1>>();
    expect_same_chain<stores_others<2>>();
}
