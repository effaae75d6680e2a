// SPDX-License-Identifier: BSL-1.0
// Plans that run with kernels compiled once compute what the graph means, for random graphs with loops, assignments and
// gradients, for every choice of outputs: elementwise and integer results to the bit, what follows from sums within
// rounding.
#include "../support/interpreter.hpp"
#include "../support/random_graph.hpp"

#include <ambit/model/parameters.hpp>
#include <ambit/registry/dynamic_plan.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <random>
#include <set>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

constexpr unsigned graphs = 4000;

/// Whether a value depends on a kernel that sums floats, in whatever order it likes.
bool depends_on_sums(const graph_view& view, int from) {
    std::set<int> found;
    std::vector<int> next{from};
    while (!next.empty()) {
        const int n = next.back();
        next.pop_back();
        if (!found.insert(n).second) continue;
        if (view.role(n) == op_role::compute && view.type(n) == float64) return true;
        for (int i = 0; i < view.node(n).operand_count; ++i) next.push_back(view.operand(n, i));
        // What a variable was given before it is read.
        if (view.role(n) == op_role::read)
            for (int m = 0; m < n; ++m)
                if (view.role(m) == op_role::assign && view.word(m, 0) == view.word(n, 0)) next.push_back(m);
    }
    return false;
}

bool is_close(const std::byte* a, const std::byte* b, std::int64_t elements) {
    for (std::int64_t i = 0; i < elements; ++i) {
        double x = 0, y = 0;
        std::memcpy(&x, a + 8 * i, 8);
        std::memcpy(&y, b + 8 * i, 8);
        const bool is_same = std::memcmp(&x, &y, 8) == 0 || (std::isnan(x) && std::isnan(y));
        if (!is_same && !(std::fabs(x - y) <= 1e-9 * (1 + std::fabs(y)))) return false;
    }
    return true;
}

std::vector<std::uint64_t> selections(const graph_view& view, std::mt19937& engine) {
    std::vector<std::uint64_t> all{all_outputs};
    const std::uint64_t every = (std::uint64_t{1} << view.output_count) - 1;
    for (int i = 0; i < 2; ++i)
        if (const std::uint64_t some = engine() & every; some != 0) all.push_back(some);
    return all;
}

}  // namespace

TEST_CASE("a dynamic plan computes what the graph means and leaves variables as it says", "[laws]") {
    registry_parts::link_with_ambit_dynamic_or_include_dynamic_kernels(registry_parts::kernel_table::of_program());
    int exact = 0, close = 0;
    for (unsigned seed = 0; seed < graphs; ++seed) {
        CAPTURE(seed);
        const random_graph g(seed);
        const graph_view view = g.view();
        std::vector<bytes> inputs, variables;
        for (int i = 0; i < view.input_count; ++i)
            inputs.push_back(random_bytes(view.node(g.input_node(i)).result, seed + static_cast<unsigned>(i)));
        for (int v = 0; v < g.variable_count(); ++v)
            variables.push_back(random_bytes(g.variable_spec(v), seed + 100 + static_cast<unsigned>(v)));
        const layout laid = lay_out(view);
        std::vector<std::byte*> addresses;
        for (bytes& v : variables) addresses.push_back(v.data());
        std::vector<const std::byte*> given;
        for (const bytes& x : inputs) given.push_back(x.data());
        const model_parts::aligned_bytes memory = model_parts::allocate_aligned(laid.places.arena_bytes);
        std::mt19937 engine(seed);
        for (const std::uint64_t selected : selections(view, engine)) {
            CAPTURE(selected);
            const std::vector<bytes> before = variables;
            const meaning wanted = unplanned(view, inputs, before, selected);
            registry_parts::dynamic_plan plan(view, laid.view(), selected, plan_part::all, addresses);
            std::memset(memory.get(), 0xAA, static_cast<std::size_t>(laid.places.arena_bytes));
            plan.run(memory.get(), given);
            const auto look_at = [&](const std::byte* is, const std::byte* should, const tensor_spec& spec, bool sums) {
                if (std::memcmp(is, should, static_cast<std::size_t>(spec.bytes())) == 0) return ++exact, true;
                ++close;
                return sums && spec.type == float64 && is_close(is, should, spec.extents.elements());
            };
            for (int k = 0; k < view.output_count; ++k) {
                const int n = view.outputs[k];
                if (!is_selected(selected, k) || is_operation(view.role(n))) continue;
                CAPTURE(k);
                REQUIRE(look_at(memory.get() + plan.value().output_offsets[k],
                                wanted.values[static_cast<std::size_t>(n)].data(), view.node(n).result,
                                depends_on_sums(view, n)));
            }
            for (std::size_t v = 0; v < variables.size(); ++v) {
                CAPTURE(v);
                REQUIRE(look_at(variables[v].data(), wanted.variables[v].data(), g.variable_spec(static_cast<int>(v)),
                                true));
            }
            // What rounding has done is not handed on.
            for (std::size_t v = 0; v < variables.size(); ++v)
                std::copy(wanted.variables[v].begin(), wanted.variables[v].end(), variables[v].begin());
        }
    }
    CHECK(exact > 10 * close);
}
