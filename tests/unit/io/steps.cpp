// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/arena_picture.hpp>
#include <ambit/io/profile.hpp>
#include <ambit/io/steps.hpp>
#include <ambit/io/summary.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace ambit;

namespace {

/// The same layer for two inputs; `unread` is needed by nothing.
struct twins {
    struct outputs {
        tensor first, second;
    };
    static constexpr tensor layer(scope& s, const tensor& x) {
        return relu(matmul(x, s.get_variable("weights", {3, 5})) + 1, {.name = "answer"});
    }
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& y) const {
        auto shared = s.variable_scope("layer");
        const tensor first = layer(shared, x);
        shared.reuse_variables();
        const tensor second = layer(shared, y);
        [[maybe_unused]] const tensor unread = exp(x);
        return {first, second};
    }
};
struct looped {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable weights = s.get_variable("weights", {4, 4});
        return scan(
            s, [&](scope&, const tensor& h, const tensor& row) { return tanh(matmul(h, weights) + row); }, x,
            zeros(s, {2, 4}));
    }
};
struct trainer {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor loss = reduce_mean(square(dense(s, "layer", x, 2)));
        return {loss, minimize(s, loss, sgd{.learning_rate = 0.1})};
    }
};
struct squared_error {
    constexpr tensor operator()(scope&, const tensor& x, const tensor& y) const {
        return reduce_mean(square(x - y), {.name = "loss"});
    }
};
struct mistaken {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return x + s.get_variable("one", {2}) + s.get_variable("one", {2});
    }
};
struct of_any_batch {
    constexpr tensor operator()(scope&, const tensor& x) const { return exp(x) + 1; }
};

/// Counts its calls; checks what it computes.
struct counted {
    struct outputs {
        tensor result;
        operation count;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable calls = s.get_variable("calls", {}, {.initializer = constant(0), .dtype = int32});
        return {check_finite(matmul(x, x, {.name = "square"})), assign_add(calls, 1)};
    }
};

/// As many as the plan has that the compiler makes.
template <class Module, class... Inputs>
constexpr int planned = plan_of<graph_of<Module, Inputs...>, plan_parts::all_outputs>::counts.steps;
template <class Module, class... Inputs>
constexpr std::int64_t arena_bytes = plan_of<graph_of<Module, Inputs...>, plan_parts::all_outputs>::value.arena_bytes;

/// No two lie at the same byte at the same time, and the highest ends where the arena does.
void check_arena(const io_parts::planned_graph& graph, std::int64_t bytes) {
    CHECK(graph.arena_bytes == bytes);
    std::int64_t highest = 0;
    for (std::size_t a = 0; a < graph.arena.size(); ++a) {
        const auto& one = graph.arena[a];
        highest = (std::max)(highest, one.end);
        CHECK(one.begin >= 0);
        CHECK(one.last <= static_cast<int>(graph.moments.size()));
        for (std::size_t b = 0; b < a; ++b) {
            const auto& other = graph.arena[b];
            const bool is_apart =
                one.end <= other.begin || other.end <= one.begin || one.last < other.first || other.last < one.first;
            INFO(one.name << " and " << other.name);
            CHECK(is_apart);
        }
    }
    CHECK(highest == bytes);
}
int lines_of(const std::string& table) { return static_cast<int>(std::count(table.begin(), table.end(), '\n')); }

}  // namespace

TEST_CASE("steps are listed with the names of their ops", "[io]") {
    CHECK(steps(twins{}, {spec(float32, {2, 3}), spec(float32, {2, 3})}) ==
          "  step   kernel   result          lies in         ops\n"
          "  0      matmul   float32[2, 5]   output first    layer/matmul, layer/add, layer/answer\n"
          "  1      matmul   float32[2, 5]   output second   layer/matmul_1, layer/add_1, layer/answer_1\n");
}

TEST_CASE("steps of a model are those of its module", "[io]") {
    const model<of_any_batch, input<float, any_size, 3>> net(largest_batch{7}, seed{});
    CHECK(steps(net) == steps(of_any_batch{}, {spec(float32, {7, 3})}));
    CHECK_THAT(steps(net), Catch::Contains("elementwise   float32[7, 3]   output 0   exp, add\n"));
}

TEST_CASE("as many steps are listed as the compiler plans", "[io]") {
    CHECK(lines_of(steps(twins{}, {spec(float32, {2, 3}), spec(float32, {2, 3})})) ==
          1 + planned<twins, input<float, 2, 3>, input<float, 2, 3>>);
    CHECK(lines_of(steps(looped{}, {spec(float32, {5, 2, 4})})) == 1 + planned<looped, input<float, 5, 2, 4>>);
    CHECK(lines_of(steps(trainer{}, {spec(float32, {8, 4})})) == 1 + planned<trainer, input<float, 8, 4>>);
}

TEST_CASE("steps say where a loop begins and how often it runs", "[io]") {
    const std::string listed = steps(looped{}, {spec(float32, {5, 2, 4})});
    CHECK_THAT(listed, Catch::Contains("loop begins, 5 times"));
    CHECK_THAT(listed, Catch::Contains("scan/matmul, scan/add, scan/tanh\n"));
    CHECK_THAT(listed, Catch::Contains("loop ends"));
    CHECK_THAT(listed, Catch::Contains("zeros"));
}

TEST_CASE("steps say which variables a kernel writes", "[io]") {
    const std::string listed = steps(trainer{}, {spec(float32, {8, 4})});
    CHECK_THAT(listed, Catch::Contains("layer/weights"));
    CHECK_THAT(listed, Catch::Contains("layer/biases"));
    CHECK_THAT(listed, Catch::Contains("output loss"));
}

TEST_CASE("a module with a mistake has no steps", "[io]") {
    CHECK_THROWS_AS(steps(mistaken{}, {spec(float32, {2})}), model_error);
}

TEST_CASE("what lies in the arena never overlaps, and fills it as planned", "[io]") {
    const auto planned_of = [](const auto& module, const auto&... specs) {
        return io_parts::planned_graph(module, std::array{specs...});
    };
    check_arena(planned_of(twins{}, spec(float32, {2, 3}), spec(float32, {2, 3})),
                arena_bytes<twins, input<float, 2, 3>, input<float, 2, 3>>);
    check_arena(planned_of(looped{}, spec(float32, {5, 2, 4})), arena_bytes<looped, input<float, 5, 2, 4>>);
    check_arena(planned_of(trainer{}, spec(float32, {8, 4})), arena_bytes<trainer, input<float, 8, 4>>);
}

TEST_CASE("a picture of the arena has a rectangle for each thing in it", "[io]") {
    const std::string path = std::filesystem::temp_directory_path() / "ambit_test_arena.svg";
    write_arena_svg(trainer{}, {spec(float32, {8, 4})}, path);
    std::ifstream file(path);
    const std::string svg{std::istreambuf_iterator<char>(file), {}};
    std::filesystem::remove(path);
    const io_parts::planned_graph graph(trainer{}, std::array{spec(float32, {8, 4})});
    std::size_t blocks = 0;
    for (std::size_t found = svg.find("from byte"); found != svg.npos; found = svg.find("from byte", found + 1))
        ++blocks;
    CHECK(blocks == graph.arena.size());
    CHECK_THROWS_AS(write_arena_svg(trainer{}, {spec(float32, {8, 4})}, "/nowhere/arena.svg"), file_error);
    CHECK_THAT(svg, Catch::StartsWith("<svg ") && Catch::EndsWith("</svg>\n") && Catch::Contains("output loss"));
    CHECK(io_parts::xml_text("<a> & \"b\"\x01") == "&lt;a&gt; &amp; &quot;b&quot;?");
}

TEST_CASE("a profile has each step once, with its names and FLOPs", "[io]") {
    model<counted, input<float, 4, 4>> net(seed{});
    const model_profile measured = profile(net, xt::xtensor<float, 2>(xt::zeros<float>({4, 4})));
    const io_parts::planned_graph graph(counted{}, std::array{spec(float32, {4, 4})});
    REQUIRE(measured.steps.size() == graph.steps.size());
    CHECK(measured.calls > 1);
    CHECK(net.get<"calls">()() == measured.calls + 2);  // two to warm up
    std::int64_t flops = 0;
    std::vector<std::string> ops;
    for (const model_profile::step& step : measured.steps) {
        flops += step.flops;
        CHECK(step.seconds > 0);
        ops.insert(ops.end(), step.ops.begin(), step.ops.end());
    }
    CHECK(flops == summary(net).flops);
    CHECK(std::count(ops.begin(), ops.end(), "square") == 1);
    const auto square_at = std::find_if(measured.steps.begin(), measured.steps.end(),
                                        [](const auto& step) { return step.kernel == "matmul"; });
    REQUIRE(square_at != measured.steps.end());
    CHECK(square_at->bytes == 2 * 4 * 4 * 4);
    CHECK(measured.peak_flops > 0);
    CHECK(measured.seconds > 0);
    CHECK(lines_of(measured.text()) == 2 + static_cast<int>(graph.steps.size()));
    CHECK_THAT(measured.text(), Catch::Contains("matmul") && Catch::Contains("square"));
    for (const std::string text = measured.text(40); const char* const line : {text.c_str()})
        CHECK(std::string_view(line).find('\n') <= 40);
}

TEST_CASE("a profile of a model with any batch counts what the batch of the call does", "[io]") {
    model<trainer, input<float, any_size, 4>> net(largest_batch{9}, seed{});
    const model_profile measured = profile(net, xt::xtensor<float, 2>(xt::zeros<float>({7, 4})));
    const model_profile counted = io_parts::unmeasured(io_parts::planned_graph(
        trainer{}, std::array{spec(float32, {7, 4})}, plan_parts::layout_choices()));
    REQUIRE(measured.steps.size() == counted.steps.size());
    for (std::size_t s = 0; s < counted.steps.size(); ++s) {
        CHECK(measured.steps[s].flops == counted.steps[s].flops);
        CHECK(measured.steps[s].bytes == counted.steps[s].bytes);
        CHECK(measured.steps[s].ops == counted.steps[s].ops);
        CHECK(measured.steps[s].seconds > 0);
    }
}

TEST_CASE("a reduction in a loop is one of its ops, the last", "[io]") {
    using ambit::steps;
    model<squared_error, input<float, 5, 8>, input<float, 5, 8>> net(seed{});
    CHECK_THAT(steps(net), Catch::Contains("reduce_mean") && Catch::Contains("sub, square, loss"));
    const xt::xtensor<float, 2> x = xt::ones<float>({5, 8});
    const model_profile measured = profile(net, x, x);
    REQUIRE(measured.steps.size() == 1);
    CHECK(measured.steps[0].kernel == "reduce_mean");
    CHECK(measured.steps[0].ops == std::vector<std::string>{"sub", "square", "loss"});
    CHECK(measured.steps[0].flops == 3 * 40);
    CHECK(measured.steps[0].bytes == 4 * (40 + 40 + 1));
}

TEST_CASE("a profile of a loop has the time of all iterations", "[io]") {
    model<looped, input<float, 5, 2, 4>> net(seed{});
    const model_profile measured = profile(net, xt::xtensor<float, 3>(xt::ones<float>({5, 2, 4})));
    const auto matmul_at = std::find_if(measured.steps.begin(), measured.steps.end(),
                                        [](const auto& step) { return step.kernel == "matmul"; });
    REQUIRE(matmul_at != measured.steps.end());
    CHECK(matmul_at->flops == 5 * (2 * 2 * 4 * 4 + 2 * 8));  // a product, a sum and tanh
    CHECK(matmul_at->bytes == 5 * 4 * (8 + 16 + 8 + 8));
    CHECK(matmul_at->seconds > 0);

    const std::string path = std::filesystem::temp_directory_path() / "ambit_test_profile.svg";
    write_profile_svg(measured, path);
    std::ifstream file(path);
    const std::string svg{std::istreambuf_iterator<char>(file), {}};
    std::filesystem::remove(path);
    CHECK_THAT(svg, Catch::Contains("scan/matmul, 2 more</text>") && Catch::EndsWith("</svg>\n"));
}
