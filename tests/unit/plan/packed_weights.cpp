// SPDX-License-Identifier: BSL-1.0
// Which weights are kept as kernels read them.
#include "../../support/built_graph.hpp"

#include <ambit/ops/all.hpp>
#include <ambit/plan/layout.hpp>
#include <ambit/plan/value_plan.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::plan_parts;
using ambit_test::built_graph;

namespace {

// What a plan with packed weights has of them, of the graph that `make(s, x)` builds; x is [8, 100].
struct packing {
    std::int64_t bytes = 0;
    int kernels = 0;  // that read some
    std::int64_t scratch_left = 0;  // of the arena, compared with a plan without
};
template <class Make> packing packed_for(const Make& make, std::int64_t rows = 8) {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input({{rows, 100}, float32});
    const std::vector<int> outputs = make(s, x);
    const built_graph g(builder, outputs);
    const layout packed = lay_out(g.view(), {.weights = weight_layout::packed}), plain = lay_out(g.view());
    const value_plan plan(g.view(), packed.view(), all_outputs);
    packing found{packed.packed.bytes, 0, plain.places.arena_bytes - packed.places.arena_bytes};
    for (const value_place& place : plan.operands) found.kernels += place.space == memory_space::packed ? 1 : 0;
    CHECK(plain.packed.bytes == 0);
    return found;
}
constexpr std::int64_t one = 64 + 100 * 112 * 4;  // [100, 100] and what says which value it is

}  // namespace

TEST_CASE("a variable that a product reads is kept packed", "[plan]") {
    const packing found = packed_for([](scope& s, const tensor& x) {
        const tensor y = relu(matmul(x, s.get_variable("w", {100, 100})) + s.get_variable("b", {100}));
        return std::vector<int>{y.id()};
    });
    CHECK(found.bytes == one);
    CHECK(found.kernels == 1);
}

TEST_CASE("so is one that is stored by columns, and its kernel needs no other copy", "[plan]") {
    const packing found = packed_for([](scope& s, const tensor& x) {
        return std::vector<int>{matmul(x, s.get_variable("w", {100, 100}), {.transpose_b = true}).id()};
    });
    CHECK(found.bytes == one);
    CHECK(found.kernels == 1);
    CHECK(found.scratch_left > 0);
}

TEST_CASE("products that read one variable alike share what is packed", "[plan]") {
    const packing found = packed_for([](scope& s, const tensor& x) {
        const variable w = s.get_variable("w", {100, 100});
        const tensor once = matmul(x, w), twice = matmul(once, w);
        return std::vector<int>{matmul(twice, w, {.transpose_b = true}).id()};
    });
    CHECK(found.bytes == 2 * one);
    CHECK(found.kernels == 3);
}

TEST_CASE("parts of a variable are packed apart, each once", "[plan]") {
    const packing found = packed_for([](scope& s, const tensor& x) {
        const variable w = s.get_variable("w", {200, 100});
        tensor y = x;
        for (int i = 0; i < 4; ++i) y = matmul(y, slice(w, {100 * (i % 2), 0}, {100, 100}));
        return std::vector<int>{y.id()};
    });
    CHECK(found.bytes == 2 * one);
    CHECK(found.kernels == 4);
}

TEST_CASE("what a call writes, what is small, and what is no variable is not", "[plan]") {
    const auto is_none = [](const packing& found) { return found.bytes == 0 && found.kernels == 0; };
    CHECK(is_none(packed_for([](scope& s, const tensor& x) {
        const variable w = s.get_variable("w", {100, 100});
        const tensor y = matmul(x, w);
        return std::vector<int>{y.id(), assign(w, w * 0.5).id()};
    })));
    CHECK(is_none(packed_for([](scope& s, const tensor& x) {
        return std::vector<int>{matmul(x, s.get_variable("w", {100, 16})).id()};
    })));
    CHECK(is_none(packed_for([](scope& s, const tensor& x) {
        return std::vector<int>{matmul(x, s.get_variable("w", {100, 100}) * 2).id()};
    })));
    // One long column after another: each is read as it lies.
    CHECK(is_none(packed_for(
        [](scope& s, const tensor& x) {
            return std::vector<int>{matmul(x, s.get_variable("w", {100, 100}), {.transpose_b = true}).id()};
        },
        1)));
    // The assignment belongs to nothing that is asked for.
    CHECK(packed_for([](scope& s, const tensor& x) {
              const variable w = s.get_variable("w", {100, 100});
              static_cast<void>(assign(w, w * 0.5));
              return std::vector<int>{matmul(x, w).id()};
          }).bytes == one);
}
