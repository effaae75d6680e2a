// SPDX-License-Identifier: BSL-1.0
#include <ambit/graph/module.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit::op_parts;

namespace {

constexpr tensor_spec matrix{{2, 3}, float32};

// What a function over a scope and one matrix leaves behind.
template <class F> struct one_matrix {
    F f;
    constexpr tensor operator()(scope& s, const tensor& x) const { return f(s, x); }
};
template <class F> one_matrix(F) -> one_matrix<F>;

// Names of all nodes but constants, in program order.
template <class F> constexpr bool named(F f, std::initializer_list<std::string_view> wanted) {
    const module_run run(one_matrix{f}, {matrix});
    const graph_builder& b = run.builder();
    int next = 0;
    for (const node& n : b.value().nodes) {
        if (n.op->role == op_role::constant) continue;
        if (next == static_cast<int>(wanted.size()) ||
            !(b.all_names().path(n.name) == wanted.begin()[next++]))
            return false;
    }
    return next == static_cast<int>(wanted.size());
}

// The only mistake of a function.
template <class F> constexpr mistake mistake_of(F f) {
    const reports all = check(one_matrix{f}, {matrix});
    return all.size() == 1 ? all[0].kind : mistake::none;
}
template <class F> constexpr int mistakes_of(F f) { return check(one_matrix{f}, {matrix}).size(); }

template <class F> std::string message_of(F f) {
    try {
        module_run run(one_matrix{f}, {matrix});
        return "accepted";
    } catch (const model_error& e) {
        return e.what();
    }
}

}  // namespace

TEST_CASE("a node has its op, operands, words and result", "[graph]") {
    STATIC_REQUIRE([] {
        const module_run run(one_matrix{[](scope&, const tensor& x) { return clip(x, -1, 6); }}, {matrix});
        const graph& g = run.builder().value();
        const node& n = g.nodes[1];
        return g.nodes.size() == 2 && n.op->name == "clip" && n.result == matrix && n.operand_count == 1 &&
               g.operand(1, 0) == 0 && n.word_count == 2 && n.region == 0;
    }());
}

TEST_CASE("ops are named after their function, and counted up", "[graph]") {
    STATIC_REQUIRE(named([](scope&, const tensor& x) { return relu(relu(x) + x) + x; },
                         {"input", "relu", "add", "relu_1", "add_1"}));
    STATIC_REQUIRE(named([](scope&, const tensor& x) { return relu(x, {.name = "activation"}); },
                         {"input", "activation"}));
    STATIC_REQUIRE(named([](scope&, const tensor& x) { return relu(relu(x, {.name = "relu_1"})); },
                         {"input", "relu_1", "relu"}));
    STATIC_REQUIRE(named([](scope&, const tensor& x) { return relu(relu(relu(x, {.name = "relu_1"}))); },
                         {"input", "relu_1", "relu", "relu_2"}));
}

TEST_CASE("an open scope is in front of the names of ops", "[graph]") {
    STATIC_REQUIRE(named(
        [](scope& s, const tensor& x) {
            auto a = s.variable_scope("a");
            const tensor h = relu(x);
            a.close();
            auto again = s.variable_scope("a");
            return relu(h);
        },
        {"input", "a/relu", "a_1/relu"}));
}

TEST_CASE("tensors know their spec and name", "[graph]") {
    STATIC_REQUIRE([] {
        bool right = false;
        const auto f = [&right](scope& s, const tensor& x) {
            auto a = s.variable_scope("a");
            const tensor y = reduce_sum(x, {.axes = 1});
            right = y.shape() == shape{2} && y.dtype() == float32 && y.op_name() == "a/reduce_sum" &&
                    y.name() == "a/reduce_sum:0" && x.spec() == matrix && y == y && !(x == y);
            return y;
        };
        const module_run run(one_matrix{f}, {matrix});
        return right;
    }());
}

TEST_CASE("a variable is read where it is used", "[graph]") {
    STATIC_REQUIRE([] {
        const auto f = [](scope& s, const tensor& x) {
            const variable v = s.get_variable("v", {3});
            const tensor once = x + v;
            return once * v;
        };
        const module_run run(one_matrix{f}, {matrix});
        int reads = 0;
        for (const node& n : run.builder().value().nodes) reads += n.op->role == op_role::read ? 1 : 0;
        return reads == 2 && run.builder().variable_count() == 1;
    }());
}

TEST_CASE("a number takes the dtype of the other operand", "[graph]") {
    constexpr auto literal_type = [](dtype type, auto number) {
        const auto f = [number](scope&, const tensor& x) { return x + number; };
        const module_run run(one_matrix{f}, {spec(type, {2})});
        return run.builder().value().nodes[1].result == tensor_spec{{}, type};
    };
    STATIC_REQUIRE(literal_type(float32, 1));
    STATIC_REQUIRE(literal_type(float64, 0.1F));
    STATIC_REQUIRE(literal_type(int32, -1));
    STATIC_REQUIRE(literal_type(uint8, 255U));
}

TEST_CASE("a number must be a value of the other operand's dtype", "[graph]") {
    constexpr auto refused = [](dtype type, auto number) {
        const auto f = [number](scope&, const tensor& x) { return number * x; };
        const reports all = check(one_matrix{f}, {spec(type, {2})});
        return all.size() == 1 && all[0].kind == mistake::op_dtype;
    };
    STATIC_REQUIRE(refused(int32, 0.5));
    STATIC_REQUIRE(refused(int32, 2.0));  // a whole number, but written as a float
    STATIC_REQUIRE(refused(uint8, -1));
    STATIC_REQUIRE(refused(uint8, 256));
    STATIC_REQUIRE(refused(int32, std::int64_t{1} << 31));
    STATIC_REQUIRE(refused(int64, std::uint64_t{1} << 63));
    STATIC_REQUIRE_FALSE(refused(int64, (std::uint64_t{1} << 63) - 1));
    STATIC_REQUIRE_FALSE(refused(int32, (std::int64_t{1} << 31) - 1));
    STATIC_REQUIRE_FALSE(refused(uint8, 255));
    STATIC_REQUIRE(refused(float32, 1e300));
    STATIC_REQUIRE(refused(float32, 1e-60));  // it would be 0
    STATIC_REQUIRE(refused(float32, 16777217));  // a whole number is not rounded,
    STATIC_REQUIRE_FALSE(refused(float32, 16777217.0));  // one with a point is
    STATIC_REQUIRE(refused(float64, (std::int64_t{1} << 53) + 1));
    STATIC_REQUIRE_FALSE(refused(float64, 1e300));
    STATIC_REQUIRE_FALSE(refused(float32, math::infinity));
    STATIC_REQUIRE_FALSE(refused(float32, math::not_a_number));
    CHECK_THAT(message_of([](scope&, const tensor& x) { return x * 1e300; }),
               Catch::Contains("1e300 is not a value of float32"));
    CHECK_THAT(message_of([](scope&, const tensor& x) { return x + 16777217; }),
               Catch::Contains("16777217 is not a value of float32, but with a point it is rounded"));
}

TEST_CASE("a broken rule is one mistake, and silences what it reaches", "[graph]") {
    STATIC_REQUIRE(mistake_of([](scope&, const tensor& x) { return relu(matmul(x, x) + 1) * 2; }) ==
                   mistake::op_shape);
    STATIC_REQUIRE(mistake_of([](scope&, const tensor& x) {
                       return reshape(softmax(x, {.axis = 5}), {3, 2});
                   }) == mistake::op_option);
    STATIC_REQUIRE(mistake_of([](scope&, const tensor& x) { return cast(x, int32) / 2; }) ==
                   mistake::op_dtype);
    STATIC_REQUIRE(
        mistakes_of([](scope&, const tensor& x) { return matmul(x, x) + softmax(x, {.axis = 5}); }) == 2);
}

TEST_CASE("a missing variable is one mistake, whatever is done with it", "[graph]") {
    STATIC_REQUIRE(mistake_of([](scope& s, const tensor& x) {
                       s.reuse_variables();
                       return relu(matmul(x, s.get_variable("w", {3, 4})) + 1);
                   }) == mistake::variable_missing);
}

TEST_CASE("names of ops are legal", "[graph]") {
    STATIC_REQUIRE(mistake_of([](scope&, const tensor& x) { return relu(x, {.name = "a b"}); }) ==
                   mistake::invalid_name);
    STATIC_REQUIRE(mistake_of([](scope&, const tensor& x) { return relu(x, {.name = "a//b"}); }) ==
                   mistake::invalid_name);
}

TEST_CASE("inputs have legal shapes", "[graph]") {
    constexpr auto kind = [](const shape& s) {
        const reports all = check(one_matrix{[](scope&, const tensor& x) { return reshape(relu(x), {-1}); }},
                                  {spec(float32, s)});
        return all.size() == 1 ? all[0].kind : mistake::none;
    };
    STATIC_REQUIRE(kind({0}) == mistake::invalid_shape);
    STATIC_REQUIRE(kind({2, -1}) == mistake::invalid_shape);
    STATIC_REQUIRE(kind({std::int64_t{1} << 39, std::int64_t{1} << 39}) == mistake::invalid_shape);
    STATIC_REQUIRE(kind({2, 3}) == mistake::none);
}

TEST_CASE("variables of illegal shape are one mistake, whatever counts their elements", "[graph]") {
    STATIC_REQUIRE(mistake_of([](scope& s, const tensor& x) {
                       const std::int64_t large = std::int64_t{1} << 39;
                       return reshape(s.get_variable("w", {large, large}), {-1}) + reduce_sum(x);
                   }) == mistake::invalid_shape);
}

TEST_CASE("shapes that do not broadcast differ in an axis counted from the right", "[graph]") {
    const auto words = [](const std::array<tensor_spec, 2>& operands) { return graph_parts::unlike_axis(operands); };
    constexpr auto f32 = [](const shape& extents) { return tensor_spec{extents, float32}; };
    STATIC_REQUIRE(words({f32({2, 4}), f32({3})}) == "aligned from the right, axis -1 is 4 and 3");
    STATIC_REQUIRE(words({f32({5, 2, 4}), f32({3, 4})}) == "aligned from the right, axis -2 is 2 and 3");
    STATIC_REQUIRE(words({f32({8, 3}), f32({8})}) ==
                   "aligned from the right, axis -1 is 3 and 8; expand_dims(vector, -1) makes a column, which fits");
    STATIC_REQUIRE(words({f32({5, 1, 4}), f32({3, 1})}).empty());
    STATIC_REQUIRE(words({f32({}), f32({3, 1})}).empty());
}

TEST_CASE("a mistake names op, operands, rule, line and scope", "[graph]") {
    constexpr int line = __LINE__ + 3;
    const std::string text = message_of([](scope& s, const tensor& x) {
        auto layer = s.variable_scope("layer");
        return matmul(x, layer.get_variable("w", {4, 5}));
    });
    CHECK_THAT(text, Catch::StartsWith("[ambit] op_shape: ") && Catch::Contains("layer/matmul") &&
                         Catch::Contains("float32[2, 3]") && Catch::Contains("float32[4, 5]") &&
                         Catch::Contains("the inner extents must be equal: [m, k] x [k, n]") &&
                         Catch::Contains("builder.cpp:" + std::to_string(line)) &&
                         Catch::Contains("in layer"));
    constexpr int line_of_operator = __LINE__ + 2;
    const std::string of_operator =
        message_of([](scope& s, const tensor& x) { return x + s.get_variable("v", {5}); });
    CHECK_THAT(of_operator, Catch::Contains("add") && Catch::Contains("float32[5]") &&
                                Catch::Contains("at builder.cpp:" + std::to_string(line_of_operator)));
    CHECK_THAT(message_of([](scope&, const tensor& x) { return relu(x, {.name = "a b"}); }),
               Catch::Contains("a b"));
}

TEST_CASE("tensors of another graph, or of none, are refused", "[graph]") {
    graph_builder one, other;
    const tensor x = one.input(matrix), y = other.input(matrix);
    const tensor z = add(x, y);
    CHECK(one.mistakes().size() == 1);
    CHECK(one.mistakes()[0].kind == mistake::foreign_tensor);
    CHECK(one.is_inert(z.id()));
    const auto facts = [&](int mistake) { return std::string(facts_of(one.mistakes(), mistake).view()); };
    CHECK_THAT(facts(0), Catch::Contains("operand 2 of 2 is a tensor that belongs to another graph"));
    scope here(one), elsewhere(other);
    const variable v = here.variable("v", 1.f), of_other = elsewhere.variable("v", 1.f);
    const operation to_v = assign(v, constant(here, 2.f)), to_other = assign(of_other, constant(elsewhere, 2.f));
    assign(v, constant(elsewhere, 2.f));
    group({to_v, to_other});
    with_dependencies({to_v, to_other}, x);
    REQUIRE(one.mistakes().size() == 4);
    CHECK_THAT(facts(1), Catch::Contains("op assign") && Catch::Contains("the value belongs to another graph"));
    CHECK_THAT(facts(2), Catch::Contains("an operation of the group belongs to another graph"));
    CHECK_THAT(facts(3), Catch::Contains("an operation that comes before it belongs to another graph"));
    CHECK_THROWS_AS(relu(tensor{}), error);
    CHECK_THROWS_AS(tensor{} + 1, error);
}

TEST_CASE("an op with more operands than kernels take is refused", "[graph]") {
    graph_builder builder;
    const tensor x = builder.input(matrix);
    const std::array<tensor, 9> nine{x, x, x, x, x, x, x, x, x};
    const std::span<const tensor> all(nine);
    CHECK(builder.is_inert(builder.make(add_info, all.first(5), {}, {}, {}).id()));
    CHECK(builder.is_inert(builder.make(matmul_info, all, {}, {}, {}).id()));
    REQUIRE(builder.mistakes().size() == 2);
    CHECK(builder.mistakes()[0].kind == mistake::op_option);
    CHECK(builder.mistakes()[1].kind == mistake::op_option);
}

TEST_CASE("the compiler and the run-time builder make equal graphs", "[graph]") {
    constexpr auto f = [](scope& s, const tensor& x) {
        auto layer = s.variable_scope("layer");
        const variable w = layer.get_variable("w", {3, 3});
        const tensor product = matmul(x, w);
        const tensor h = relu(product);
        return softmax(h);
    };
    struct line {
        std::uint64_t op;
        tensor_spec result;
        int operands;
    };
    static constexpr auto lines = [](const graph_builder& b) {
        buffer<line> all;
        for (const node& n : b.value().nodes) all.push_back({n.op->id, n.result, n.operand_count});
        return all;
    };
    constexpr int count = lines(module_run(one_matrix{f}, {matrix}).builder()).size();
    constexpr auto made_by_compiler = [&] {
        std::array<line, static_cast<std::size_t>(count)> kept{};
        const buffer<line> all = lines(module_run(one_matrix{f}, {matrix}).builder());
        for (int i = 0; i < count; ++i) kept[static_cast<std::size_t>(i)] = all[i];
        return kept;
    }();
    const buffer<line> at_run_time = lines(module_run(one_matrix{f}, {matrix}).builder());
    REQUIRE(at_run_time.size() == count);
    for (int i = 0; i < count; ++i) {
        const line& a = made_by_compiler[static_cast<std::size_t>(i)];
        CHECK(a.op == at_run_time[i].op);
        CHECK(a.result == at_run_time[i].result);
        CHECK(a.operands == at_run_time[i].operands);
    }
}
