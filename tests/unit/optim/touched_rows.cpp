// SPDX-License-Identifier: BSL-1.0
#include <ambit/optim/touched_rows.hpp>

#include <ambit/model/model.hpp>
#include <ambit/plan/plan.hpp>
#include <ambit/optim/adagrad.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/rmsprop.hpp>
#include <ambit/optim/sgd.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

using namespace ambit;

namespace {

constexpr int vocabulary = 24, units = 3, words = 5;
using ids = std::array<std::int32_t, words>;
using factors = std::array<double, std::size_t{words} * units>;

// The same steps by the whole table.
template <class Optimizer> struct dense : Optimizer {
    static constexpr bool updates_rows() { return false; }
};

constexpr sgd by_sgd() { return {.learning_rate = 0.5}; }
constexpr adagrad by_adagrad() { return {.learning_rate = 0.25}; }
constexpr momentum by_momentum() { return {.learning_rate = 0.25, .momentum = 0.75, .nesterov = true, .lazy = true}; }
constexpr rmsprop by_rmsprop() {
    return {.learning_rate = 0.25, .decay = 0.75, .momentum = 0.5, .centered = true, .lazy = true};
}
constexpr adam by_adam() { return {.learning_rate = 0.25, .weight_decay = 0.125, .lazy = true}; }

constexpr adam by_eager_adam() { return {.learning_rate = 0.25}; }

enum class use { once, twice, tied, looped };

// loss = Σ (row · factor)² over the words, one after the other if `looped`; with `tied` over all of the table, too.
template <auto Make, bool IsDense, use How = use::once, bool IsClipped = false> struct learns {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& at, const tensor& by) const {
        const variable table =
            s.get_variable("table", {vocabulary, units},
                           {.initializer = random_normal({.standard_deviation = 1.0}), .dtype = float64});
        tensor squares;
        if (How != use::looped) {
            squares = square(embedding_lookup(table, at) * by);
        } else {
            const auto of_word = [&](scope&, const tensor&, const std::array<tensor, 2>& word) {
                return tensor(square(embedding_lookup(table, word[0]) * word[1]));
            };
            const tensor none = broadcast_to(at.builder()->constant(0, float64), {units});
            squares = scan(s, of_word, std::array<tensor, 2>{at, by}, none);
        }
        tensor loss = reduce_sum(squares);
        if (How == use::twice) loss = loss + reduce_sum(embedding_lookup(table, cast(reshape(at, {words, 1}), int64)));
        if (How == use::tied) loss = loss + reduce_sum(square(table));
        minimize_options options;
        if (IsClipped) options.clip = clip_by_global_norm(0.5);
        if constexpr (IsDense) return {loss, minimize(s, loss, dense<decltype(Make())>{Make()}, options)};
        else return {loss, minimize(s, loss, Make(), options)};
    }
};
template <class Module> using trainer = model<Module, input<std::int32_t, words>, input<double, words, units>>;

// Words that come twice and thrice, and some that are in no vocabulary.
constexpr std::array<ids, 3> three_steps{ids{3, 7, 3, 20, 3}, ids{7, -1, 0, vocabulary, 7}, ids{23, 3, 20, 1, 2}};
factors factors_of(int step) {
    factors all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = std::sin(1.0 + static_cast<double>(i) + 20.0 * step);
    return all;
}
bool is_looked_up(std::int64_t row, const ids& at) {
    return std::any_of(at.begin(), at.end(), [row](std::int32_t id) { return id == row; });
}

template <class Net> std::vector<double> table_of(const Net& net) {
    const auto view = net.template get<"table">();
    return {view.begin(), view.end()};
}

// Each step beside one by the whole table, from the same weights and slots: the same loss, and the same rows where
// words were looked up. Others stay what they were; if it `is_exact`, so they do by the whole table.
template <auto Make, use How = use::once, bool IsClipped = false> void check_rows(bool is_exact) {
    using rows = learns<Make, false, How, IsClipped>;
    using whole = learns<Make, true, How, IsClipped>;
    trainer<rows> a(seed{5});
    for (std::size_t k = 0; k < three_steps.size(); ++k) {
        const std::vector<double> before = table_of(a);
        trainer<rows> twin = a.copy();
        trainer<whole> b(twin.parameters());
        const ids& at = three_steps[k];
        const factors by = factors_of(static_cast<int>(k));
        CHECK(a.template run<&rows::outputs::train, &rows::outputs::loss>(at, by) ==
              Approx(b.template run<&whole::outputs::train, &whole::outputs::loss>(at, by)).epsilon(1e-13));
        const std::vector<double> got = table_of(a), want = table_of(b);
        REQUIRE(got != before);
        for (std::size_t i = 0; i < got.size(); ++i) {
            const auto row = static_cast<std::int64_t>(i / units);
            INFO("step " << k << ", row " << row);
            const bool is_touched = is_looked_up(row, at);
            if (!is_touched) CHECK(got[i] == before[i]);
            if (is_touched || is_exact) CHECK(got[i] == Approx(want[i]).epsilon(1e-13));
        }
    }
}

}  // namespace

TEST_CASE("rows that are looked up are updated as a whole table is", "[optim]") {
    check_rows<&by_sgd>(true);
    check_rows<&by_adagrad>(true);
    check_rows<&by_momentum>(false);
    check_rows<&by_rmsprop>(false);
    check_rows<&by_adam>(false);
}

TEST_CASE("rows of several lookups are one list, clipped as the table would be", "[optim]") {
    check_rows<&by_sgd, use::twice, true>(true);
}

TEST_CASE("the rows that the iterations of a loop look up are one list behind it", "[optim]") {
    check_rows<&by_sgd, use::looped>(true);
    using looped = learns<&by_sgd, false, use::looped>;
    using at_once = learns<&by_sgd, false>;
    trainer<looped> a(seed{5});
    trainer<at_once> b(seed{5});
    a.run<&looped::outputs::train>(three_steps[0], factors_of(0));
    b.run<&at_once::outputs::train>(three_steps[0], factors_of(0));
    CHECK(table_of(a) == table_of(b));
}

namespace {

template <auto Make, use How>
using graph_with = graph_of<learns<Make, false, How>, input<std::int32_t, words>, input<double, words, units>>;

// How often an op that is needed gives something as large as the table.
template <class Graph> constexpr int tables_by(std::string_view op) {
    const plan_parts::graph_view graph = plan_parts::view_of(Graph::value, Graph::input_count);
    const auto needed = plan_parts::needed_nodes(graph, plan_parts::all_outputs);
    int count = 0;
    for (int n = 0; n < graph.node_count; ++n)
        if (needed[n] && graph.node(n).op->name == op && graph.extents(n) == shape{vocabulary, units}) ++count;
    return count;
}

// Whether rows are written into variables, and no table is copied.
template <class Graph> constexpr bool are_updated_in_place() {
    for (int n = 0; n < Graph::counts.nodes; ++n)
        if (Graph::value.nodes[n].op->name == "scatter_update" &&
            plan_parts::layout_of<Graph>::value.variable_slot[n] < 0)
            return false;
    return true;
}

}  // namespace

TEST_CASE("a step by rows makes no table, where only lookups have read it", "[optim]") {
    using alone = graph_with<&by_adagrad, use::twice>;
    STATIC_REQUIRE(tables_by<alone>("scatter") == 0);
    STATIC_REQUIRE(tables_by<alone>("scatter_update") == 2);  // the weights and the slot
    STATIC_REQUIRE(are_updated_in_place<alone>());
    // All rows have a gradient by what ties them; rows that a step leaves alone would move on by their own.
    using tied = graph_with<&by_adagrad, use::tied>;
    STATIC_REQUIRE(tables_by<tied>("scatter") == 1);
    STATIC_REQUIRE(tables_by<tied>("scatter_update") == 0);
    STATIC_REQUIRE(tables_by<graph_with<&by_eager_adam, use::once>>("scatter") == 1);
}

TEST_CASE("a batch that a call settles may be larger than a table: a step goes over all of it", "[optim]") {
    STATIC_REQUIRE(
        expect_valid<learns<&by_sgd, false>, input<std::int32_t, any_size>, input<double, any_size, units>>());
}
