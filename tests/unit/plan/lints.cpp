// SPDX-License-Identifier: BSL-1.0
// What holds of a model passes; what does not is told as a report, whose words are tested here and whose compile
// errors in tests/compile_fail/lints.
#include <ambit/plan/lints.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace ambit;
using namespace ambit::lint_parts;

namespace {

// Made once, read twice; `spare` is read by nobody, `step` is read but not trainable.
struct shared_layer {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        auto layer = s.variable_scope("layer");
        const variable w = layer.get_variable("w", {4, 4});
        static_cast<void>(layer.get_variable("spare", {2, 3}));
        layer.reuse_variables();
        const tensor h = matmul(x, w);
        const tensor y = matmul(h, layer.get_variable("w"));
        layer.close();
        return y + s.get_variable("step", {4}, {.trainable = false});
    }
};
using shared = graph_of<shared_layer, input<float, 2, 4>>;
using net = model<shared_layer, input<float, 2, 4>>;

struct no_variables {
    constexpr tensor operator()(scope&, const tensor& x) const { return relu(x); }
};

// Read, but only by what no output needs.
struct dead_end {
    struct outputs { tensor y; };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        static_cast<void>(x * s.get_variable("dead", {4}));
        return {x * s.get_variable("alive", {4})};
    }
};

// Only written: by what may be asked for, and by what may not.
struct keeps_last {
    struct outputs { tensor y; operation keep; };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        static_cast<void>(assign(s.get_variable("lost", {4}), x));
        return {relu(x), assign(s.get_variable("last", {4}), x)};
    }
};

// A gradient reaches one of two.
struct trained {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable gain = s.get_variable("gain", {4}), bias = s.get_variable("bias", {4});
        x.builder()->note_gradient(bias);
        return x * gain + bias;
    }
};

std::string words(const reports& all, int index) { return std::string(facts_of(all, index).view()); }
std::string here(int line) { return "lints.cpp:" + std::to_string(line); }

}  // namespace

TEST_CASE("literals of memory") {
    STATIC_REQUIRE(3_KiB == 3072);
    STATIC_REQUIRE(2_MiB == 2'097'152);
    STATIC_REQUIRE(ambit::size_literals::operator""_KiB(1) == 1024);
}

TEST_CASE("variables are expected in any order, of a model or a graph") {
    STATIC_REQUIRE(expect_variables<net, "layer/w", "layer/spare", "step">());
    STATIC_REQUIRE(expect_variables<net, "step", "layer/w", "layer/spare">());
    STATIC_REQUIRE(expect_variables<shared, "layer/spare", "step", "layer/w">());
    STATIC_REQUIRE(expect_variables<graph_of<no_variables, input<float, 3>>>());
    STATIC_REQUIRE(!lints<shared>::are_exactly<"layer/w", "layer/spare">());
    STATIC_REQUIRE(!lints<shared>::are_exactly<"layer/w", "layer/w", "step">());
    STATIC_REQUIRE(!lints<shared>::are_exactly<"layer/w", "layer/spare", "stop">());
    STATIC_REQUIRE(!lints<shared>::are_exactly<"layer/w", "layer/spare", "step", "more">());
}

TEST_CASE("uses, parameters and the arena are expected") {
    STATIC_REQUIRE(expect_shared<net, "layer/w", 2>());
    STATIC_REQUIRE(expect_shared<shared, "step", 1>());
    STATIC_REQUIRE(expect_parameters<net, 26>());
    STATIC_REQUIRE(net::parameter_count == lints<shared>::parameter_count());
    STATIC_REQUIRE(expect_arena<net, net::arena_bytes>());
    STATIC_REQUIRE(expect_arena<shared, 1_KiB>());
    STATIC_REQUIRE(lints<shared>::arena_bytes() == net::arena_bytes);
}

TEST_CASE("unread: no output depends on it") {
    STATIC_REQUIRE(net::unread == std::array<std::string_view, 1>{"layer/spare"});
    STATIC_REQUIRE(unread_variables<graph_of<dead_end, input<float, 4>>> == std::array<std::string_view, 1>{"dead"});
    STATIC_REQUIRE(unread_variables<graph_of<no_variables, input<float, 4>>>.empty());
    STATIC_REQUIRE(unread_variables<graph_of<keeps_last, input<float, 4>>> == std::array<std::string_view, 1>{"lost"});
    STATIC_REQUIRE(expect_none_unread<graph_of<trained, input<float, 2, 4>>>());
}

TEST_CASE("untrained: trainable, and no gradient was noted") {
    STATIC_REQUIRE(net::untrained == std::array<std::string_view, 2>{"layer/w", "layer/spare"});
    STATIC_REQUIRE(untrained_variables<graph_of<trained, input<float, 4>>> == std::array<std::string_view, 1>{"gain"});
    STATIC_REQUIRE(expect_none_untrained<graph_of<no_variables, input<float, 3>>>());
    graph_builder builder;
    scope root(builder);
    const variable w = root.get_variable("w", {2});
    CHECK(builder.gradients_of(w.id()) == 0);
    builder.note_gradient(w);
    builder.note_gradient(w);
    builder.note_gradient(variable(&builder.variables(), -1));
    CHECK(builder.gradients_of(w.id()) == 2);
    CHECK(builder.gradients_of(7) == 0);
}

TEST_CASE("a misspelt path is one mistake; paths without a neighbour and variables that are not listed are each one") {
    const reports misspelt = lints<shared>::differing<"layer/w", "layer/spate", "step">();
    REQUIRE(misspelt.size() == 1);
    CHECK(misspelt[0].kind == mistake::variable_unknown);
    CHECK(words(misspelt, 0) == "layer/spate\ndid you mean layer/spare?");
    const reports both = lints<shared>::differing<"momentum", "layer/w", "layer/spare">();
    REQUIRE(both.size() == 2);
    CHECK(words(both, 0) == "momentum");
    CHECK(both[1].kind == mistake::variable_unlisted);
    CHECK(words(both, 1) == "step\ncreated at " + here(29));
    const reports scoped = lints<shared>::differing<"layer/w", "step">();
    REQUIRE(scoped.size() == 1);
    CHECK(words(scoped, 0) == "layer/spare\ncreated at " + here(24) + ", in layer, opened at " + here(22));
    CHECK(lints<shared>::differing<"layer/w", "layer/spare", "step">().empty());
}

TEST_CASE("numbers are told beside what was expected") {
    const reports uses = lints<shared>::shared_otherwise<"layer/w", 3>();
    CHECK(uses[0].kind == mistake::variable_uses);
    CHECK(words(uses, 0) == "layer/w\ncreated at " + here(23) + ", in layer, opened at " + here(22) +
                                "\nhad 2 calls of get_variable, asked 3");
    CHECK(words(lints<shared>::shared_otherwise<"step", 2>(), 0) ==
          "step\ncreated at " + here(29) + "\nhad 1 call of get_variable, asked 2");
    const reports count = lints<shared>::other_parameters<61'706>();
    CHECK(count[0].kind == mistake::parameter_count);
    CHECK(words(count, 0) == "had 26 parameters, asked 61,706\nlayer/w float32[4, 4]: 16\n"
                             "layer/spare float32[2, 3]: 6\nstep float32[4]: 4");
    const reports arena = lints<shared>::larger_arena<100>();
    CHECK(arena[0].kind == mistake::arena_size);
    CHECK(words(arena, 0).starts_with("had "));
    CHECK(words(arena, 0).ends_with(" bytes, asked at most 100 bytes\n"
                                    "largest value: layer/matmul float32[2, 4], 32 bytes"));
}

namespace {
struct many {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        std::string_view names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
        for (const std::string_view name : names) static_cast<void>(s.get_variable(name, {1000}));
        return x;
    }
};
}  // namespace

TEST_CASE("what is told of many variables ends with how many more there are") {
    using all = lints<graph_of<many, input<float, 1>>>;
    const reports unread = all::chosen<mistake::variable_unread, all::unread>();
    REQUIRE(unread.size() == most_told);
    CHECK(words(unread, 0).starts_with("a\ncreated at "));
    CHECK(words(unread, most_told - 1).ends_with("\nand 2 more of this kind"));
    const std::string count = words(all::other_parameters<1>(), 0);
    CHECK(count.starts_with("had 10,000 parameters, asked 1\na float32[1000]: 1,000\nb "));
    CHECK(count.ends_with("\nf float32[1000]: 1,000\nand 4 more"));
}
