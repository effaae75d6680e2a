// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/graph_picture.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <system_error>

using namespace ambit;

namespace {

/// A shared variable and one of its own, a number, a value that nothing needs.
struct sharing {
    struct outputs {
        tensor sum;
        operation update;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        auto both = s.variable_scope("both");
        const tensor once = mul(x, both.get_variable("factor", {3}));
        both.reuse_variables();
        const tensor twice = mul(once, both.get_variable("factor"), {.name = "again"});
        both.close();
        const variable last = s.get_variable("last", {2, 3}, {.trainable = false});
        [[maybe_unused]] const tensor unread = exp(x);
        return {twice + 0.5, assign(last, twice)};
    }
};
struct looped {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return scan(s, [&](scope&, const tensor& sum, const tensor& row) { return sum + row; }, x, zeros(s, {4}));
    }
};

template <class Module> std::string drawn(const Module& module, const tensor_spec& input) {
    const std::string path = std::filesystem::temp_directory_path() / "ambit_test_graph_picture.dot";
    write_dot(module, {input}, path);
    std::ifstream file(path);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    std::filesystem::remove(path);
    return text;
}

std::set<std::string> found_in(const std::string& text, const char* pattern) {
    std::set<std::string> all;
    const std::regex wanted(pattern);
    for (std::sregex_iterator found(text.begin(), text.end(), wanted), end; found != end; ++found)
        all.insert((*found)[1]);
    return all;
}

}  // namespace

TEST_CASE("a picture has a box a scope, and who shares a variable", "[io]") {
    const std::string text = drawn(sharing{}, spec(float32, {2, 3}));
    CHECK(found_in(text, "subgraph \"cluster_(.*)\" \\{") == std::set<std::string>{"both"});
    CHECK_THAT(text, Catch::Contains("label=\"factor\\nfloat32[3]\\nused 2 times\" shape=cylinder"));
    CHECK_THAT(text, Catch::Contains("label=\"last\\nfloat32[2, 3]\" shape=cylinder style=filled fillcolor=gray95"));
    CHECK(found_in(text, "variable_0 -> (op_[0-9]+) \\[label=\"float32\\[3\\]\" penwidth=2 color=").size() == 2);
    CHECK_THAT(text, Catch::Contains("label=\"output sum\""));
    CHECK_THAT(text, Catch::Contains("label=\"output update\""));
    CHECK_THAT(text, !Catch::Contains("exp"));
}

TEST_CASE("in a picture each arrow has two ends", "[io]") {
    for (const std::string& text : {drawn(sharing{}, spec(float32, {2, 3})), drawn(looped{}, spec(float32, {5, 4}))}) {
        const std::set<std::string> declared = found_in(text, "\n *((?:op|variable|output)_[0-9]+) \\[");
        std::set<std::string> ends = found_in(text, "\n *([a-z]+_[0-9]+) -> ");
        ends.merge(found_in(text, " -> ([a-z]+_[0-9]+) \\["));
        CHECK(!ends.empty());
        for (const std::string& end : ends) CHECK(declared.count(end) == 1);
    }
}

TEST_CASE("ops of one kernel have one step in a picture", "[io]") {
    const std::string text = drawn(sharing{}, spec(float32, {2, 3}));
    CHECK(found_in(text, "\\\\nstep ([0-9]+)\" penwidth") == std::set<std::string>{"0"});
}

TEST_CASE("in a picture of a loop what an iteration leaves comes from behind", "[io]") {
    CHECK_THAT(drawn(looped{}, spec(float32, {5, 4})),
               Catch::Contains("label=\"float32[4]\" constraint=false style=dashed"));
}

TEST_CASE("a picture of a model is that of its module; where it cannot be written, it says so", "[io]") {
    const model<looped, input<float, 5, 4>> net(seed{});
    const std::string path = std::filesystem::temp_directory_path() / "ambit_test_graph_picture_of_model.dot";
    write_dot(net, path);
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::filesystem::remove(path);
    CHECK(text == drawn(looped{}, spec(float32, {5, 4})));
    CHECK_THROWS_AS(write_dot(net, "/nowhere/net.dot"), std::system_error);
}
