// SPDX-License-Identifier: BSL-1.0
// What a mistake leaves behind, how each policy treats it, and that both worlds build the same graph.
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/ops/all.hpp>

#include "both_worlds.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

constexpr mistake last(const graph_builder& builder) {
    return builder.mistakes()[builder.mistakes().size() - 1].kind;
}

constexpr int failed_creation_leaves_no_trace() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    EXPECT(s.get_variable("add", {0}).name() == "");
    EXPECT(last(builder) == mistake::invalid_shape);
    EXPECT(s.get_variable("add", {2}, {.initializer = constant({1, 2, 3})}).name() == "");
    EXPECT(last(builder) == mistake::initializer_unfit);
    EXPECT(s.get_variable("add", any_shape).name() == "");
    EXPECT(last(builder) == mistake::shape_needed);
    {
        auto reusing = s.variable_scope("sub", {.reuse = true});
        EXPECT(reusing.get_variable("w", {2}).name() == "");
        EXPECT(last(builder) == mistake::variable_missing);
    }
    EXPECT(s.get_variable("not legal", {2}).name() == "");
    EXPECT(builder.mistakes().size() == 5);
    EXPECT(builder.variable_count() == 0);
    EXPECT(add(x, x).op_name() == "add");  // the name is free, and so is the path:
    EXPECT(s.get_variable("add", {2}).name() == "add:0");
    EXPECT(s.get_variable("sub/w", {2}).name() == "sub/w:0");
    EXPECT(builder.variable_count() == 2);
    EXPECT(builder.mistakes().size() == 5);
    return 0;
}

constexpr int after_a_mismatch_an_inert_variable_goes_on() {
    graph_builder builder;
    scope s(builder);
    const variable w = s.get_variable("w", {2, 3});
    EXPECT(s.get_variable("w", {2, 3}) == w);
    EXPECT(last(builder) == mistake::variable_exists);
    s.reuse_variables();
    EXPECT(s.get_variable("w", {3, 2}).shape() == shape{3, 2});  // as asked, so that nothing false follows
    EXPECT(last(builder) == mistake::shape_mismatch);
    const variable other = s.get_variable("w", {3, 2}, {.dtype = int32});
    EXPECT(last(builder) == mistake::shape_mismatch);  // order of checks: shape before dtype, one a call
    EXPECT(builder.is_inert(tensor(other).id()));
    EXPECT(s.get_variable("w", {2, 3}, {.dtype = int32}).dtype() == int32);
    EXPECT(last(builder) == mistake::dtype_mismatch);
    EXPECT(builder.mistakes().size() == 4);
    EXPECT(builder.variable_at(0).uses == 1);
    EXPECT(w.shape() == shape{2, 3});
    return 0;
}

constexpr std::string_view suggested(const graph_builder& builder) {
    const reports& all = builder.mistakes();
    const report& r = all[all.size() - 1];
    for (int i = 0; i < r.detail_count; ++i)
        if (all.detail(r.first_detail + i).tag == detail_tag::did_you_mean)
            return all.text(all.detail(r.first_detail + i));
    return {};
}

constexpr int a_variable_that_fits_is_suggested_first() {
    graph_builder builder;
    scope s(builder);
    s.get_variable("n1/weights", {4, 8});
    s.get_variable("n2/weights", {8, 3});
    s.get_variable("far_away", {2, 2});
    s.reuse_variables();
    s.get_variable("nl1/weights", {8, 3});
    EXPECT(suggested(builder) == "n2/weights");
    s.get_variable("nl1/weights", {4, 8});
    EXPECT(suggested(builder) == "n1/weights");
    s.get_variable("nl1/weights", {2, 2});  // the one that fits is not near
    EXPECT(suggested(builder) == "n1/weights");
    s.get_variable("nl1/weights");
    EXPECT(suggested(builder) == "n1/weights");
    s.get_variable("something/else", {8, 3});
    EXPECT(suggested(builder) == "");
    return 0;
}

constexpr int an_inert_variable_silences_what_it_reaches() {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2, 4}));
    s.reuse_variables();
    const variable missing = s.get_variable("weights", {4, 8}, {.dtype = float64});
    EXPECT(missing.shape() == shape{4, 8});
    EXPECT(missing.dtype() == float64);
    const tensor product = matmul(x, missing);
    EXPECT(product.shape() == shape{2, 8});
    EXPECT((product + x).builder() == &builder);
    EXPECT(reshape(product, {5}).builder() == &builder);
    EXPECT(builder.mistakes().size() == 1);
    return 0;
}

constexpr int the_same_mistake_is_told_once() {
    graph_builder builder;
    scope s(builder);
    for (int i = 0; i < 3; ++i) s.get_variable("w", {2});
    EXPECT(builder.mistakes().size() == 1);
    s.get_variable("w", {2});  // another line
    EXPECT(builder.mistakes().size() == 2);
    return 0;
}

// As text, to compare graphs whose nodes may stand in another order: g++ evaluates operands in another order
// in constant evaluation than at run time.
template <class Graph> std::string spelled(const Graph& g, const auto& path_of, int id) {
    const auto& n = g.nodes[id];
    std::string text(n.op->name);
    text += to_string(n.result);
    for (int i = 0; i < n.word_count; ++i) {
        const std::int64_t word = g.words[n.first_word + i];
        text +=
            n.op->role == op_role::read ? " " + path_of(static_cast<int>(word)) : " " + std::to_string(word);
    }
    text += '(';
    for (int i = 0; i < n.operand_count; ++i)
        text += spelled(g, path_of, g.operands[n.first_operand + i]) + ",";
    return text + ')';
}

struct everything {
    struct outputs {
        tensor probabilities, digits, pooled, summed;
    };
    constexpr outputs operator()(scope& s, tensor image, tensor labels) const {
        auto net = s.variable_scope("net", {.initializer = random_normal({.standard_deviation = 0.1})});
        tensor h = image;
        for (int i = 0; i < 2; ++i) {
            auto block = net.variable_scope(i == 0 ? "first" : "second");
            const variable kernel = block.get_variable("kernel", {3, 3, 2, 2});
            h = relu(conv2d(h, kernel, {.strides = {1, 1}, .padding = same}) +
                     block.get_variable("bias", {2}));
        }
        tensor pooled = max_pool(h);
        net.reuse_variables();
        h = conv2d(h, net.get_variable("first/kernel"), {.padding = valid});
        net.close();
        const variable weights =
            s.get_variable("out", {8, 3}, {.initializer = constant(0.25), .trainable = false});
        tensor logits = matmul(reshape(h, {1, -1}), weights) * 2 + 1;
        return {softmax(logits), argmax(logits, -1), pooled,
                reduce_sum(cast(labels, float32) / 2, {.axes = 0}) +
                    s.get_variable("list", {3}, {.initializer = constant({1, 2, 3})})};
    }
};

}  // namespace

TEST_CASE("failed creation leaves no trace") { IN_BOTH_WORLDS(failed_creation_leaves_no_trace); }
TEST_CASE("order of checks: name, existence, shape, dtype; after a mismatch an inert one goes on") {
    IN_BOTH_WORLDS(after_a_mismatch_an_inert_variable_goes_on);
}
TEST_CASE("a variable that fits is suggested first") { IN_BOTH_WORLDS(a_variable_that_fits_is_suggested_first); }
TEST_CASE("order of checks: after variable_missing an inert variable silences what it reaches") {
    IN_BOTH_WORLDS(an_inert_variable_silences_what_it_reaches);
}
TEST_CASE("the same mistake is told once") { IN_BOTH_WORLDS(the_same_mistake_is_told_once); }

// ---- Exceptions -------------------------------------------------------------------------------------------

TEST_CASE("after an exception scopes, names and flags are as before") {
    graph_builder builder(on_mistake::raise);
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));
    auto a = s.variable_scope("a");
    const variable w = a.get_variable("w", {2});

    CHECK_THROWS_AS(a.get_variable("w", {2}), model_error);
    CHECK_THROWS_AS(a.get_variable("not legal", {2}), model_error);
    CHECK_THROWS_AS(a.get_variable("v", {0}), model_error);
    CHECK_THROWS_AS(a.get_variable("v", {2}, {.initializer = constant({1})}), model_error);
    CHECK_THROWS_AS(a.get_variable("v"), model_error);
    CHECK_THROWS_AS(a.variable_scope("not legal"), model_error);
    CHECK_THROWS_AS(s.get_variable("v", {2}), model_error);
    CHECK_THROWS_AS(s.variable_scope("b"), model_error);
    CHECK_THROWS_AS(matmul(x, x), model_error);
    CHECK_THROWS_AS(relu(x, {.name = "not legal"}), model_error);

    CHECK(builder.mistakes().empty());
    CHECK(builder.variable_count() == 1);
    CHECK(builder.variable_at(0).uses == 1);
    CHECK(a.reuse() == reuse_mode::create);
    CHECK(s.current().name() == "a");
    CHECK(a.get_variable("v", {2}).name() == "a/v:0");
    {
        auto b = a.variable_scope("b");
        CHECK(b.name() == "a/b");
        CHECK(relu(x).op_name() == "a/b/relu");
        CHECK_THROWS_AS(
            [&] {
                auto c = b.variable_scope("c", {.reuse = true});
                c.get_variable("v", {2});
            }(),
            model_error);
        CHECK(s.current().name() == "a/b");
        CHECK(b.reuse() == reuse_mode::create);
    }
    CHECK(matmul(reshape(x, {1, 2}), reshape(x, {2, 1})).op_name() == "a/matmul");
    CHECK(w.name() == "a/w:0");
    CHECK_NOTHROW(builder.finish());
}

TEST_CASE("a destructor never throws: its mistake is thrown by the next call") {
    graph_builder builder(on_mistake::raise);
    scope s(builder);
    const tensor x = builder.input(spec(float32, {2}));

    const auto close_out_of_order = [&] {
        auto outer = s.variable_scope("outer");
        auto inner = outer.variable_scope("inner");
        CHECK_NOTHROW(outer.close());
    };
    const auto kind_thrown_by = [](auto&& call) {
        try {
            call();
        } catch (const model_error& e) {
            return e.kind();
        }
        return mistake::none;
    };
    close_out_of_order();
    CHECK(kind_thrown_by([&] { s.get_variable("w", {2}); }) == mistake::scope_out_of_order);
    CHECK(s.get_variable("w", {2}).name() == "w:0");
    close_out_of_order();
    CHECK(kind_thrown_by([&] { static_cast<void>(s.variable_scope("other")); }) ==
          mistake::scope_out_of_order);
    close_out_of_order();
    CHECK(kind_thrown_by([&] { relu(x); }) == mistake::scope_out_of_order);
    CHECK_NOTHROW(relu(x));
    close_out_of_order();
    CHECK(kind_thrown_by([&] { builder.finish(); }) == mistake::scope_out_of_order);
    CHECK_NOTHROW(builder.finish());
    CHECK(s.current().name() == "");
}

TEST_CASE("a module's run ends with what its destructors found") {
    const auto leaves_in_disorder = [](scope& s, tensor x) {
        auto outer = s.variable_scope("outer");
        auto inner = outer.variable_scope("inner");
        outer.close();
        return x;
    };
    using run = module_run<decltype(leaves_in_disorder), 1>;
    CHECK_THROWS_AS(run(leaves_in_disorder, {spec(float32, {2})}), model_error);
    CHECK(check(leaves_in_disorder, {spec(float32, {2})}).size() == 1);
}

// ---- Both worlds ------------------------------------------------------------------------------------------

TEST_CASE("static and run-time builders give equal graphs") {
    using graph = graph_of<everything, input<float, 1, 4, 4, 2>, input<std::uint8_t, 2, 3>>;
    const module_run<everything, 2> run(everything{}, {spec(float32, {1, 4, 4, 2}), spec(uint8, {2, 3})});
    const auto& frozen = graph::value;
    const auto& built = run.builder();
    const auto frozen_path = [&](int v) { return std::string(frozen.path(v)); };
    const auto built_path = [&](int v) {
        return std::string(built.all_names().path(built.variable_at(v).name).view());
    };

    const auto ids = output_ids(run.result());
    REQUIRE(frozen.outputs.size() == static_cast<int>(ids.size()));
    for (std::size_t k = 0; k < ids.size(); ++k)
        CHECK(spelled(frozen, frozen_path, frozen.outputs[static_cast<int>(k)]) ==
              spelled(built.value(), built_path, ids[k]));
    CHECK(frozen.nodes.size() == built.value().nodes.size());
    CHECK(frozen.operands.size() == built.value().operands.size());
    CHECK(frozen.words.size() == built.value().words.size());

    REQUIRE(frozen.variables.size() == 6);
    REQUIRE(built.variable_count() == 6);
    for (int v = 0; v < built.variable_count(); ++v) {
        int there = 0;
        while (there < 6 && frozen_path(there) != built_path(v)) ++there;
        REQUIRE(there < 6);
        CAPTURE(built_path(v));
        const frozen_variable& a = frozen.variables[there];
        const variable_record& b = built.variable_at(v);
        CHECK(a.spec == b.spec);
        CHECK(a.uses == b.uses);
        CHECK((a.trainable != 0) == b.trainable);
        CHECK(a.initializer == built.initializer_of(v));
        REQUIRE(a.value_count == b.value_count);
        for (int i = 0; i < a.value_count; ++i)
            CHECK(frozen.values[a.first_value + i] == built.values()[b.first_value + i]);
    }
}
