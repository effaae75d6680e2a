// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/summary.hpp>
#include <ambit/io/summary_json.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

struct shared_layers {
    struct outputs {
        tensor scores, total;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& y) const {
        auto layer = s.variable_scope("layer");
        const tensor first = matmul(x, layer.get_variable("weights", {784, 50}));
        layer.reuse_variables();
        const tensor second = matmul(y, layer.get_variable("weights"));
        layer.close();
        const variable step = s.get_variable("step", {}, {.dtype = int32});
        return {first + second, cast(step, float32) + reduce_sum(second)};
    }
};
/// Scopes in scopes; a variable with another one under its own path; one that is local.
struct nested {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        tensor h = x;
        {
            auto net = s.variable_scope("net");
            {
                auto first = net.variable_scope("first");
                const variable weights = first.get_variable("weights", {3, 5});
                static_cast<void>(first.get_variable("weights/average", {3, 5}, {.local = true}));
                h = matmul(h, weights) + first.get_variable("biases", {5});
            }
            auto second = net.variable_scope("second");
            h = matmul(h, second.get_variable("weights", {5, 1}));
        }
        return h * s.get_variable("last", {});
    }
};
struct of_any_batch {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return reduce_sum(matmul(x, s.get_variable("w", {3, 3})), {.axes = 1});
    }
};
/// FLOPs of a function as a module.
template <auto Function, class... Inputs>
inline constexpr std::int64_t counted = flops_of<graph_of<std::remove_const_t<decltype(Function)>, Inputs...>>.call;

struct without_variables {
    constexpr tensor operator()(scope&, const tensor& x) const { return x + 1; }
};

}  // namespace

TEST_CASE("a summary lists variables, inputs, outputs, steps and memory", "[io]") {
    model<shared_layers, input<float, 2, 784>, input<float, 2, 784>> net(seed{});
    using net_type = decltype(net);
    const std::string steps = std::to_string(plan_of<net_type::graph, all_outputs>::counts.steps);
    const std::string nodes = std::to_string(net_type::graph::counts.nodes);
    CHECK(summary(net).text() ==
          "  variable        type               elements       bytes     FLOPs   uses\n"
          "  layer/weights   float32[784, 50]     39,200   153.2 KiB   313,600   2 shared\n"
          "  step            int32[]                   1     4 bytes             1\n"
          "  parameters   39,201, 156,804 bytes (153.2 KiB)\n"
          "  input        float32[2, 784]\n"
          "  input        float32[2, 784]\n"
          "  output       scores, float32[2, 50]\n"
          "  output       total, float32[]\n"
          "  nodes        " +
              nodes + " in " + steps + " steps\n" +
              "  FLOPs        313,801 a call\n"  // two products, a sum of 100, a sum of 100 and one of two
              "  arena        " +
              io_parts::readable_bytes(net_type::arena_bytes) + "\n" +
              "  packed       200,768 bytes (196.1 KiB) of weights\n");  // 784 x 64, in whole vectors
}

TEST_CASE("a summary of a model without variables", "[io]") {
    model<without_variables, input<std::int32_t, 3>> net(seed{});
    CHECK(summary(net).text() ==
          "  variable   type   elements   bytes   FLOPs   uses\n"
          "  parameters   0, 0 bytes\n"
          "  input        int32[3]\n"
          "  output       int32[3]\n"
          "  nodes        3 in 1 steps\n"
          "  FLOPs        3 a call\n"
          "  arena        128 bytes\n");
}

TEST_CASE("a summary is a tree of scopes with their sums", "[io]") {
    model<nested, input<float, 4, 3>> net(seed{});
    const auto facts = summary(net);
    const std::string whole = facts.text(200);
    CHECK_THAT(whole, Catch::StartsWith("  variable            type            elements       bytes   FLOPs   uses\n"
                                        "  net                                       25   100 bytes     180\n"
                                        "  ├─ first                                  20    80 bytes     140\n"
                                        "  │  ├─ weights       float32[3, 5]         15    60 bytes     120   1\n"
                                        "  │  │  └─ average    float32[3, 5]         15    60 bytes           1 local\n"
                                        "  │  └─ biases        float32[5]             5    20 bytes      20   1\n"
                                        "  └─ second/weights   float32[5, 1]          5    20 bytes      40   1\n"
                                        "  last                float32[]              1     4 bytes       4   1\n"));
    std::string plain = facts.text();
    CHECK_THAT(plain, Catch::Contains("\n    first   ") && Catch::Contains("\n      weights   ") &&
                          Catch::Contains("\n        average   "));
    CHECK(std::all_of(plain.begin(), plain.end(), [](char letter) { return letter == '\n' || letter >= ' '; }));
    std::ostringstream stream;
    stream << facts;
    CHECK(stream.str() == plain);
}

TEST_CASE("on a narrow terminal a summary leaves columns out", "[io]") {
    const auto facts = summary(model<nested, input<float, 4, 3>>(seed{}));
    const auto heading = [&](int columns) {
        const std::string text = facts.text(columns);
        std::istringstream words(text.substr(0, text.find('\n')));
        return std::vector<std::string>(std::istream_iterator<std::string>(words), {});
    };
    using words = std::vector<std::string>;
    CHECK(heading(80) == words{"variable", "type", "elements", "bytes", "FLOPs", "uses"});
    CHECK(heading(66) == words{"variable", "type", "elements", "FLOPs", "uses"});
    CHECK(heading(60) == words{"variable", "type", "elements", "uses"});
    CHECK(heading(40) == words{"variable", "elements", "uses"});
    CHECK(heading(33) == words{"variable", "elements"});
}

TEST_CASE("a summary as Markdown and as JSON", "[io]") {
    model<shared_layers, input<float, 2, 784>, input<float, 2, 784>> net(seed{});
    CHECK_THAT(summary(net).markdown(),
               Catch::StartsWith("| variable | type | elements | bytes | FLOPs | uses |\n"
                                 "|---|---|---:|---:|---:|---|\n"
                                 "| `layer/weights` | float32[784, 50] | 39,200 | 156,800 | 313,600 | 2 shared |\n"
                                 "| `step` | int32[] | 1 | 4 | 0 | 1 |\n\n"
                                 "- parameters: 39,201, 156,804 bytes (153.2 KiB)\n"));
    const nlohmann::json facts = summary(net);
    CHECK(facts["variables"].size() == 2);
    CHECK(facts["variables"][0] == nlohmann::json::parse(R"({"path": "layer/weights", "dtype": "float32",
        "shape": [784, 50], "elements": 39200, "bytes": 156800, "flops": 313600, "uses": 2, "local": false})"));
    CHECK(facts["inputs"][1]["shape"] == nlohmann::json::parse("[2, 784]"));
    CHECK(facts["outputs"][0]["name"] == "scores");
    CHECK(facts["parameters"] == 39201);
    CHECK(facts["arena_bytes"] == decltype(net)::arena_bytes);
}

TEST_CASE("FLOPs of a model with any batch are those at its largest", "[io]") {
    const model<of_any_batch, input<float, any_size, 3>> net(largest_batch{7}, seed{});
    const model<of_any_batch, input<float, 7, 3>> fixed(seed{});
    CHECK(summary(net).flops == summary(fixed).flops);
    CHECK(summary(net).flops == 2 * 7 * 3 * 3 + 7 * 3);
    CHECK(summary(net).variables[0].flops == 2 * 7 * 3 * 3);
}

TEST_CASE("FLOPs of each kind of op", "[io]") {
    CHECK(counted<[](scope&, const tensor& x) { return matmul(x, x, {.transpose_b = true}); }, input<float, 4, 5>> ==
          2 * 4 * 4 * 5);
    CHECK(counted<[](scope&, const tensor& x) { return matmul(x, x); }, input<float, 2, 3, 6, 6>> ==
          2 * 3 * 2 * 6 * 6 * 6);
    CHECK(counted<[](scope& s, const tensor& x) {
              return conv2d(x, s.get_variable("w", {3, 3, 2, 5}));
          },
                  input<float, 1, 8, 8, 2>> == 2 * 36 * 9 * 2 * 5);
    CHECK(counted<[](scope& s, const tensor& x) {
              return depthwise_conv2d(x, s.get_variable("w", {3, 3, 2, 1}));
          },
                  input<float, 1, 8, 8, 2>> == 2 * 36 * 9 * 2);
    CHECK(counted<[](scope&, const tensor& x) { return reduce_sum(x); }, input<float, 6, 7>> == 42);
    CHECK(counted<[](scope&, const tensor& x) { return softmax(x); }, input<float, 6, 7>> == 4 * 42);
    CHECK(counted<[](scope&, const tensor& x) { return transpose(x); }, input<float, 6, 7>> == 0);
    CHECK(counted<[](scope& s, const tensor& x) {
              return scan(
                  s, [](scope&, const tensor& h, const tensor& row) { return h * row; }, x, s.get_variable("h", {4}));
          },
                  input<float, 9, 4>> == 9 * 4);
}

TEST_CASE("numbers for people", "[io]") {
    CHECK(io_parts::grouped(0) == "0");
    CHECK(io_parts::grouped(999) == "999");
    CHECK(io_parts::grouped(1000) == "1,000");
    CHECK(io_parts::grouped(25632) == "25,632");
    CHECK(io_parts::grouped(1234567890) == "1,234,567,890");
    CHECK(io_parts::readable_bytes(0) == "0 bytes");
    CHECK(io_parts::readable_bytes(1023) == "1,023 bytes");
    CHECK(io_parts::readable_bytes(1024) == "1,024 bytes (1 KiB)");
    CHECK(io_parts::readable_bytes(205056) == "205,056 bytes (200.3 KiB)");
    CHECK(io_parts::readable_bytes(1048575) == "1,048,575 bytes (1,024 KiB)");
    CHECK(io_parts::readable_bytes(1048576) == "1,048,576 bytes (1 MiB)");
    CHECK(io_parts::readable_bytes(std::int64_t{3} << 40) == "3,298,534,883,328 bytes (3,145,728 MiB)");
}
