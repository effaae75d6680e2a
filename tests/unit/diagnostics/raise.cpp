// SPDX-License-Identifier: BSL-1.0
// The text of each kind, as it is thrown.
// clang-format off: a line that says `line = __LINE__` holds the call whose place is expected.
#include <ambit/diagnostics/raise.hpp>
#include <ambit/graph/module.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

struct thrown {
    mistake kind = mistake::none;
    std::string text;
};

template <class F> thrown thrown_by(F&& call) {
    try {
        call();
    } catch (const error& e) {
        const auto* found = dynamic_cast<const model_error*>(&e);
        return {found != nullptr ? found->kind() : mistake::none, e.what()};
    }
    return {};
}

/// What building a module with one input float32[2, 4] throws.
template <class Module> thrown thrown_by_module(Module module) {
    return thrown_by([&] { module_run<Module, 1> run(module, {spec(float32, {2, 4})}); });
}

std::string here(int line) { return "raise.cpp:" + std::to_string(line); }

/// Its lines, which begin behind a line break and two spaces.
std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find("\n  ", begin), text.size());
        if (end > begin) lines.push_back(text.substr(begin, end - begin));
        begin = end + 3;
    }
    return lines;
}

/// Expects the kind, the first of these facts behind it, and below it the others and what to do; words.cpp has their
/// order.
void check_thrown(const thrown& e, mistake kind, const std::string& facts) {
    const std::string front = "[ambit] " + std::string(name_of(kind)) + ": ";
    CHECK(name_of(e.kind) == name_of(kind));
    REQUIRE(e.text.substr(0, front.size()) == front);
    std::vector<std::string> said = lines_of(e.text.substr(front.size()));
    std::vector<std::string> expected = lines_of(facts + "\n  " + std::string(advice_of(kind)));
    CHECK(said[0] == expected[0]);
    std::sort(said.begin(), said.end());
    std::sort(expected.begin(), expected.end());
    CHECK(said == expected);
}
#define CHECK_THROWN(result, expected_kind, ...) check_thrown(result, mistake::expected_kind, __VA_ARGS__)

}  // namespace

TEST_CASE("variable_exists") {
    int line = 0;
    const thrown e = thrown_by_module([&line](scope& s, tensor x) {
        for (int i = 0; i < 2; ++i) {
            line = __LINE__; auto layer = s.variable_scope("layer");
            x = x * layer.get_variable("gain", {4});
        }
        return x;
    });
    CHECK(e.text == "[ambit] variable_exists: layer/gain\n"
                    "  first at " + here(line + 1) + ", in layer, opened at " + here(line) + "\n"
                    "  again at " + here(line + 1) + ", in layer_1, opened at " + here(line) + "\n"
                    "  set reuse on the scope, or give the variable another name");
    CHECK(e.kind == mistake::variable_exists);
}

TEST_CASE("variable_missing") {
    int line = 0;
    const thrown e = thrown_by_module([&line](scope& s, tensor x) {
        static_cast<void>(s.get_variable("weights", {4, 8}));
        s.reuse_variables();
        line = __LINE__; return matmul(x, s.get_variable("wieghts", {4, 8}));
    });
    CHECK_THROWN(e, variable_missing,
                 "\n  wieghts\n  asked float32[4, 8]\n  did you mean weights?\n  asked at " + here(line));
    const thrown far = thrown_by_module([&line](scope& s, tensor) {
        auto a = s.variable_scope("a", {.reuse = true}); line = __LINE__;
        return tensor(a.get_variable("momentum"));
    });
    CHECK_THROWN(far, variable_missing, "\n  a/momentum\n  asked at " + here(line + 1) +
                                            ", in a, opened at " + here(line));
}

TEST_CASE("shape_mismatch and dtype_mismatch") {
    int line = 0;
    const thrown shapes = thrown_by_module([&line](scope& s, tensor x) {
        line = __LINE__; static_cast<void>(s.get_variable("w", {4, 8}));
        s.reuse_variables();
        return matmul(x, s.get_variable("w", {8, 4}));
    });
    CHECK_THROWN(shapes, shape_mismatch, "\n  w\n  had float32[4, 8], asked float32[8, 4]\n  first at " +
                                             here(line) + "\n  again at " + here(line + 2));
    const thrown dtypes = thrown_by_module([&line](scope& s, tensor) {
        line = __LINE__; static_cast<void>(s.get_variable("w", {4}));
        s.reuse_variables();
        return tensor(s.get_variable("w", any_shape, {.dtype = float64}));
    });
    CHECK_THROWN(dtypes, dtype_mismatch, "\n  w\n  had float32[4], asked float64[4]\n  first at " +
                                             here(line) + "\n  again at " + here(line + 2));
}

TEST_CASE("invalid_name") {
    int line = 0;
    const thrown variable = thrown_by_module([&line](scope& s, tensor) {
        line = __LINE__; return tensor(s.get_variable("kernel size", {4}));
    });
    CHECK_THROWN(variable, invalid_name, "\n  name kernel size\n  asked at " + here(line));
    const thrown scope_name = thrown_by_module([&line](scope& s, tensor x) {
        line = __LINE__; auto empty = s.variable_scope("");
        return x;
    });
    CHECK_THROWN(scope_name, invalid_name, "\n  name (empty)\n  asked at " + here(line));
    const thrown op_name = thrown_by_module([&line](scope& s, tensor x) {
        line = __LINE__; auto a = s.variable_scope("a");
        return relu(x, {.name = "first layer"});
    });
    CHECK_THROWN(op_name, invalid_name,
                 "\n  name first layer\n  at " + here(line + 1) + ", in a, opened at " + here(line));
}

TEST_CASE("invalid_shape, shape_needed, initializer_unfit") {
    int line = 0;
    const thrown zero = thrown_by_module([&line](scope& s, tensor) {
        line = __LINE__; return tensor(s.get_variable("w", {4, 0}));
    });
    CHECK_THROWN(zero, invalid_shape, "\n  w\n  asked float32[4, 0]\n  asked at " + here(line));
    const thrown large = thrown_by_module([&line](scope& s, tensor) {
        line = __LINE__; return tensor(s.get_variable("w", {1 << 20, 1 << 20, 1 << 20}));
    });
    CHECK_THROWN(large, invalid_shape, "\n  w\n  asked float32[1048576, 1048576, 1048576]\n  asked at " +
                                           here(line));
    const auto passes_on = [](scope&, tensor x) { return x; };
    using run = module_run<decltype(passes_on), 1>;
    const thrown input = thrown_by([&] { run(passes_on, {spec(float32, {0, 4})}); });
    CHECK_THROWN(input, invalid_shape, "\n  input 0: asked float32[0, 4]");
    const thrown needed = thrown_by_module([&line](scope& s, tensor) {
        line = __LINE__; return tensor(s.get_variable("w"));
    });
    CHECK_THROWN(needed, shape_needed, "\n  w\n  asked at " + here(line));
    const thrown unfit = thrown_by_module([&line](scope& s, tensor) {
        line = __LINE__; return tensor(s.get_variable("w", {4}, {.initializer = constant({1, 2, 3})}));
    });
    CHECK_THROWN(unfit, initializer_unfit,
                 "\n  w\n  asked float32[4]\n  a list has exactly as many values as the shape has elements\n"
                 "  asked at " + here(line));
}

TEST_CASE("scope_out_of_order") {
    int line = 0;
    const thrown used = thrown_by_module([&line](scope& s, tensor) {
        auto outer = s.variable_scope("outer");
        line = __LINE__; auto inner = outer.variable_scope("inner");
        return tensor(outer.get_variable("w", {4}));
    });
    CHECK_THROWN(used, scope_out_of_order, "\n  name w\n  asked at " + here(line + 1) + ", in outer\n"
                                               "  still open: outer/inner, opened at " + here(line));
    const thrown closed = thrown_by_module([&line](scope& s, tensor x) {
        line = __LINE__; auto outer = s.variable_scope("outer");
        auto inner = outer.variable_scope("inner");
        outer.close();
        return x;
    });
    CHECK_THROWN(closed, scope_out_of_order, "\n  scope outer, opened at " + here(line) +
                                                 "\n  closed at " + here(line + 2) +
                                                 "\n  still open: outer/inner, opened at " + here(line + 1));
    const thrown ended = thrown_by_module([&line](scope& s, tensor) {
        auto layer = s.variable_scope("layer");
        layer.close();
        line = __LINE__; return tensor(layer.get_variable("w", {4}));
    });
    CHECK_THROWN(ended, scope_out_of_order, "\n  name w\n  asked at " + here(line) +
                                                ", in layer\n  still open: (root)");
    const thrown handle = thrown_by_module([&line](scope& s, tensor x) {
        const scope_handle top = s.handle();
        line = __LINE__; auto layer = s.variable_scope("layer");
        auto again = s.variable_scope(top);
        return x;
    });
    CHECK_THROWN(handle, scope_out_of_order, "\n  asked at " + here(line + 1) +
                                                 ", in (root)\n  still open: layer, opened at " + here(line));
}

TEST_CASE("op_shape, op_dtype, op_option, foreign_tensor") {
    int line = 0;
    const thrown shapes = thrown_by_module([&line](scope& s, tensor x) {
        line = __LINE__; auto layer = s.variable_scope("layer");
        return matmul(x, layer.get_variable("weights", {5, 3}));
    });
    CHECK_THROWN(shapes, op_shape,
                 "\n  op layer/matmul(input float32[2, 4], layer/weights float32[5, 3])\n"
                 "  the inner extents must be equal: [m, k] x [k, n]\n  at " +
                     here(line + 1) + ", in layer, opened at " + here(line));
    const thrown by_operator = thrown_by_module([&line](scope& s, tensor x) {
        line = __LINE__; auto layer = s.variable_scope("layer");
        return x + x * layer.get_variable("gain", {3});
    });
    CHECK_THROWN(by_operator, op_shape,
                 "\n  op layer/mul(input float32[2, 4], layer/gain float32[3])\n"
                 "  extents must be equal, or 1, from the last axis on\n"
                 "  aligned from the right, axis -1 is 4 and 3\n  at " + here(line + 1) + ", in layer, opened at " + here(line));
    const thrown negated = thrown_by_module([&line](scope&, tensor x) {
        line = __LINE__; return -cast(x, uint8);
    });
    CHECK_THROWN(negated, op_dtype, "\n  op neg(cast uint8[2, 4])\n  an unsigned operand has no negative\n  at " + here(line));
    const thrown dtypes = thrown_by_module([&line](scope&, tensor x) {
        line = __LINE__; return add(x, cast(x, int32, {.name = "whole"}), {.name = "sum"});
    });
    CHECK_THROWN(dtypes, op_dtype, "\n  op sum(input float32[2, 4], whole int32[2, 4])\n"
                                   "  both operands must have one dtype\n  at " + here(line));
    const thrown literal = thrown_by_module([&line](scope&, tensor x) {
        line = __LINE__; return cast(x, uint8) + 256;
    });
    CHECK_THROWN(literal, op_dtype,
                 "\n  op add(cast uint8[2, 4])\n  256 is not a value of uint8\n  at " + here(line));
    const thrown fraction = thrown_by_module([&line](scope&, tensor x) {
        line = __LINE__; return 1.5 - cast(x, int32);
    });
    CHECK_THROWN(fraction, op_dtype, "\n  op sub(cast int32[2, 4])\n"
                                     "  a floating-point number is not a value of int32\n  at " + here(line));
    const thrown divided = thrown_by_module([&line](scope&, tensor x) {
        line = __LINE__; return cast(x, int32) / 2;
    });
    CHECK_THROWN(divided, op_dtype, "\n  op div(cast int32[2, 4], number int32[])\n"
                                    "  the operands must be float32 or float64\n  at " + here(line));
    const thrown option = thrown_by_module([&line](scope&, tensor x) {
        line = __LINE__; return clip(x, 6, 0);
    });
    CHECK_THROWN(option, op_option, "\n  op clip(input float32[2, 4])\n  low is 6: at most 0\n  at " +
                                        here(line));
    const thrown foreign = thrown_by_module([&line](scope&, tensor x) {
        line = __LINE__; return maximum(tensor{}, x);
    });
    CHECK_THROWN(foreign, foreign_tensor, "\n  op maximum\n  operand 1 of 2 is a tensor that was never set\n  at " +
                                            here(line));
    const thrown homeless = thrown_by_module([](scope&, tensor) { return relu(tensor{}); });
    CHECK_THROWN(homeless, foreign_tensor, "");
}

namespace {
struct doubled {
    constexpr tensor operator()(scope& s, tensor x) const { return x * 2 + s.get_variable("bias", {4}); }
};
}  // namespace

TEST_CASE("input_shape and output_shape of a call") {
    model<doubled, input<float, 2, 4>> net(seed{1});
    const thrown rank = thrown_by([&] { net(xt::xtensor<float, 1>(xt::zeros<float>({8}))); });
    CHECK_THROWN(rank, input_shape, "\n  input 0: had float32[8], asked float32[2, 4]");
    const thrown extents = thrown_by([&] { net(xt::xtensor<float, 2>(xt::zeros<float>({4, 2}))); });
    CHECK_THROWN(extents, input_shape, "\n  input 0: had float32[4, 2], asked float32[2, 4]");
    const thrown value = thrown_by([&] { net.set<"bias">(std::vector<float>(5)); });
    CHECK_THROWN(value, value_shape, "\n  bias\n  had float32[5], asked float32[4]");
    std::array<float, 8> x{};
    std::vector<float> y(7);
    const thrown output = thrown_by([&] { net.run_into(std::span(y), x); });
    CHECK_THROWN(output, output_shape, "\n  output 0: had float32[7], asked float32[2, 4]");
}

TEST_CASE("a report is raised as one exception with its kind") {
    reports all;
    all.begin(mistake::input_count);
    all.add(detail_tag::given, std::int64_t{3});
    all.add(detail_tag::wanted, std::int64_t{2});
    all.begin(mistake::variable_unknown);
    all.add(detail_tag::path, "ww");
    all.add(detail_tag::did_you_mean, "w");
    CHECK_THROWN(thrown_by([&] { raise(all, 0); }), input_count, "\n  given 3, wanted 2");
    CHECK_THROWN(thrown_by([&] { raise(all, 1); }), variable_unknown, "\n  ww\n  did you mean w?");
    CHECK(to_string(spec(float32, {32, 784})) == "float32[32, 784]");
}
