// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/graph_picture.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

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
struct fused {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        auto inner = s.variable_scope("inner");
        return tanh(exp(x)) * x;
    }
};
/// An op of the user's own, with a name that would end strings of DOT and of XML.
struct hostile_op : floating_unary_op {
    static constexpr std::string_view name = "a\"b\\n<c> &}";
    template <class V> static constexpr V apply(V x) { return x + x; }
};
inline constexpr op_info hostile_info = describe<hostile_op>();
struct hostile_name {
    constexpr tensor operator()(scope&, const tensor& x) const {
        return make_op(hostile_info, {x}, no_attributes{}, {.name = "plain"}, location::current());
    }
};
struct looped {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return scan(
            s, [&](scope&, const tensor& sum, const tensor& row) { return sum + row; }, x, zeros(s, {4}));
    }
};

/// As long as it lives, no program is found.
class search_path {
public:
    search_path() : before_(std::getenv("PATH")) { ::setenv("PATH", "/nowhere", 1); }
    ~search_path() { ::setenv("PATH", before_.c_str(), 1); }
    search_path(const search_path&) = delete;
    search_path& operator=(const search_path&) = delete;

private:
    std::string before_;
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
    CHECK_THAT(text, Catch::Contains("label=\"last\\nfloat32[2, 3]\" shape=cylinder style=filled fillcolor=gray90"));
    CHECK(found_in(text, "variable_0 -> (op_[0-9]+) \\[penwidth=2 color=").size() == 2);
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

TEST_CASE("ops of one kernel have one colour, or a line around them where they are of one scope", "[io]") {
    const std::string apart = drawn(sharing{}, spec(float32, {2, 3}));  // in `both` and outside
    CHECK(found_in(apart, "\\\\nstep ([0-9]+)\" penwidth") == std::set<std::string>{"0"});
    CHECK(found_in(apart, "cluster_step_([0-9]+)").empty());
    const std::string together = drawn(fused{}, spec(float32, {2, 3}));
    CHECK(found_in(together, "cluster_step_([0-9]+)\" \\{\n +label=\"step 0\"") == std::set<std::string>{"0"});
    CHECK_THAT(together, !Catch::Contains("penwidth=2.5"));
}

TEST_CASE("Graphviz draws a picture, whatever ops are called", "[io]") {
    const std::filesystem::path path = std::filesystem::temp_directory_path() / "ambit_test_graph_picture.svg";
    const auto draw = [&] { write_svg(hostile_name{}, {spec(float32, {2, 3})}, path); };
    try {
        const search_path nowhere;
        draw();
        FAIL("there is a program dot in /nowhere");
    } catch (const graphviz_error& e) {
        CHECK(e.kind() == graphviz_fault::missing);
        CHECK_THAT(e.what(), Catch::Contains("ambit_test_graph_picture.svg: Graphviz's program dot is not there; "
                                             "install the package graphviz"));
    }
    CHECK(!std::filesystem::exists(path));
    if (std::system("dot -V > /dev/null 2>&1") != 0) {
        WARN("without Graphviz: nothing was drawn");
        return;
    }
    draw();
    std::ifstream file(path);
    const std::string svg{std::istreambuf_iterator<char>(file), {}};
    std::filesystem::remove(path);
    CHECK_THAT(svg, Catch::Contains("<svg") && Catch::EndsWith("</svg>\n"));
    CHECK_THAT(svg, Catch::Contains(">a&quot;b\\n&lt;c&gt; &amp;}<"));
    CHECK_THROWS_AS(io_parts::drawn_by_graphviz("digraph {", path), graphviz_error);
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
    CHECK_THROWS_WITH(write_dot(net, "/nowhere/net.dot"),
                      Catch::StartsWith("/nowhere/net.dot: cannot open the directory"));
}
