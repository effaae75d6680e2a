// SPDX-License-Identifier: BSL-1.0
// Files that are damaged, hostile, or ask for what is not there: each is refused by what it is, and where.
#include "messages.hpp"

#include <catch2/catch.hpp>

#include <ambit/onnx/onnx_error.hpp>
#include <ambit/onnx/onnx_module.hpp>
#include <ambit/ops/all.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace ambit;
using namespace onnx_tests;

template <class F> onnx_error refusal(F&& f) {
    try {
        f();
    } catch (const onnx_error& why) {
        return why;
    }
    FAIL("nothing was refused");
    throw;
}

// ---- protobuf by hand: what the library's writer would not write ---------------------------------------------------

std::string varint(std::uint64_t number) {
    std::string bytes;
    for (; number > 127; number >>= 7) bytes += static_cast<char>((number & 127) | 128);
    return bytes + static_cast<char>(number);
}
std::string field(int number, std::uint64_t value) {
    return varint(static_cast<std::uint64_t>(number) << 3) + varint(value);
}
std::string field(int number, const std::string& bytes) {
    return varint(static_cast<std::uint64_t>(number) << 3 | 2) + varint(bytes.size()) + bytes;
}
std::vector<std::byte> as_bytes(const std::string& text) {
    const auto* const first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}
std::string tensor_message(const std::vector<std::uint64_t>& extents, std::uint64_t type, const std::string& raw) {
    std::string message;
    for (const std::uint64_t extent : extents) message += field(1, extent);
    return message + field(2, type) + field(8, std::string("w")) + (raw.empty() ? "" : field(9, raw));
}
std::string model_with(const std::string& graph) { return field(1, 8) + field(7, graph) + field(8, field(2, 15)); }

}  // namespace

TEST_CASE("onnx: bytes that are no model are refused", "[onnx]") {
    CHECK(refusal([] { parse_onnx(as_bytes("no protobuf at all")); }).kind() == onnx_fault::syntax);
    CHECK(refusal([] { parse_onnx(as_bytes("")); }).kind() == onnx_fault::syntax);
    CHECK(refusal([] { read_onnx_file("/nowhere/model.onnx"); }).kind() == onnx_fault::cannot_open);
    CHECK(refusal([] { parse_onnx(as_bytes(model_with(std::string(100, ' '))), {}, {.bytes = 50}); }).kind() ==
          onnx_fault::too_large);

    // Each prefix of a file is refused, or is a file.
    const std::string whole =
        model_with(field(2, std::string("g")) + field(5, tensor_message({2}, 1, std::string(8, 'x'))));
    for (std::size_t size = 0; size < whole.size(); ++size) try {
            parse_onnx(as_bytes(whole.substr(0, size)));
        } catch (const onnx_error&) {
        }
    CHECK(parse_onnx(as_bytes(whole)).graph.initializers.size() == 1);
}

TEST_CASE("onnx: arrays say how large they are, and are", "[onnx]") {
    const auto read = [](const std::string& message) {
        return refusal([&] { parse_onnx(as_bytes(model_with(field(5, message)))); });
    };
    CHECK(read(tensor_message({3}, 1, std::string(8, 'x'))).kind() == onnx_fault::wrong_size);
    CHECK(read(tensor_message({3}, 1, "")).kind() == onnx_fault::wrong_size);
    CHECK(read(tensor_message({std::uint64_t{1} << 40}, 1, "")).kind() == onnx_fault::too_large);
    CHECK(read(tensor_message({std::uint64_t{1} << 32, std::uint64_t{1} << 32, 16}, 1, "")).kind() ==
          onnx_fault::too_large);
    CHECK(read(tensor_message({~std::uint64_t{0}}, 1, "")).kind() == onnx_fault::wrong_size);
    CHECK(read(tensor_message({1}, 14, std::string(8, 'x'))).kind() == onnx_fault::unknown_type);
    CHECK(read(tensor_message({1}, 77, std::string(8, 'x'))).kind() == onnx_fault::unknown_type);
    CHECK(read(tensor_message({3}, 1, std::string(8, 'x'))).name() == "w");
    const auto limited = refusal([&] {
        parse_onnx(as_bytes(model_with(field(5, tensor_message({4}, 1, std::string(16, 'x'))))), {},
                   {.data_bytes = 15});
    });
    CHECK(limited.kind() == onnx_fault::too_large);
}

TEST_CASE("onnx: graphs lie in each other so deep and no deeper", "[onnx]") {
    std::string graph;
    for (int depth = 0; depth < 2000; ++depth) {
        const std::string attribute = field(1, std::string("body")) + field(20, 5) + field(6, graph);
        graph = field(1, field(4, std::string("If")) + field(5, attribute));
    }
    const onnx_fault kind = refusal([&] { parse_onnx(as_bytes(model_with(graph))); }).kind();
    CHECK((kind == onnx_fault::syntax || kind == onnx_fault::too_deep));
    std::string nodes;
    for (int i = 0; i < 20; ++i) nodes += field(1, field(4, std::string("Relu")));
    CHECK(refusal([&] { parse_onnx(as_bytes(model_with(nodes)), {}, {.nodes = 19}); }).kind() == onnx_fault::too_large);
}

TEST_CASE("onnx: data in other files lie in the folder of the model", "[onnx]") {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / "ambit_onnx_external";
    fs::remove_all(folder);
    fs::create_directories(folder / "model");
    std::ofstream(folder / "secret.bin") << "12345678";
    std::ofstream(folder / "model/data.bin") << "....\0\0\200?" << std::string_view("\0\0\200?\0\0\0@", 8);
    fs::create_symlink(folder / "secret.bin", folder / "model/link.bin");
    const auto external = [&](const std::string& location, const std::string& offset) {
        std::string array = field(1, 2) + field(2, 1) + field(8, std::string("w")) + field(14, 1);
        array += field(13, field(1, std::string("location")) + field(2, location));
        if (!offset.empty()) array += field(13, field(1, std::string("offset")) + field(2, offset));
        return as_bytes(model_with(field(5, array)));
    };
    const std::string here = (folder / "model").string();
    const std::string plain = "data.bin";
    std::ofstream(folder / "model/two.bin", std::ios::binary) << std::string_view("....\0\0\200?\0\0\0@", 12);
    const onnx_file file = parse_onnx(external("two.bin", "4"), here);
    CHECK(file.graph.initializers[0].second->as<float>()[0] == 1.0F);
    CHECK(file.graph.initializers[0].second->as<float>()[1] == 2.0F);
    for (const std::string& location :
         {std::string("../secret.bin"), (folder / "secret.bin").string(), std::string("link.bin"),
          std::string("missing.bin"), std::string(), std::string("."), std::string("two.bin\0x", 9)})
        CHECK(refusal([&] { parse_onnx(external(location, ""), here); }).name() == "w");
    CHECK(refusal([&] { parse_onnx(external("../secret.bin", ""), here); }).kind() == onnx_fault::external_data);
    CHECK(refusal([&] { parse_onnx(external("link.bin", ""), here); }).kind() == onnx_fault::external_data);
    CHECK(refusal([&] { parse_onnx(external("two.bin", "5"), here); }).kind() == onnx_fault::external_data);
    CHECK(refusal([&] { parse_onnx(external("two.bin", "-1"), here); }).kind() == onnx_fault::external_data);
    CHECK(refusal([&] { parse_onnx(external("two.bin", "")); }).kind() == onnx_fault::external_data);
    fs::remove_all(folder);
}

TEST_CASE("onnx: what a graph lacks or twists is named by node and value", "[onnx]") {
    const std::vector<onnx_value> x{float_value("x", {2, 3})}, y{float_value("y", {2, 3})};
    const auto built = [&](std::vector<onnx_node> nodes) {
        return refusal([&] { onnx_module(file_of(x, std::move(nodes), y)); });
    };
    {
        const onnx_error why = built({{"Add", "", "sum", {"x", "w"}, {"y"}, {}}});
        CHECK(why.kind() == onnx_fault::missing_value);
        CHECK(why.node() == "Add sum");
        CHECK(why.name() == "w");
    }
    // A circle is a value that is read before it is made.
    CHECK(built({{"Add", "", "a", {"x", "b"}, {"c"}, {}}, {"Add", "", "b", {"x", "c"}, {"b"}, {}}}).kind() ==
          onnx_fault::missing_value);
    CHECK(built({{"Relu", "", "", {"x"}, {"z"}, {}}}).name() == "y");
    CHECK(built({{"Relu", "", "", {"x"}, {"y"}, {}}, {"Abs", "", "", {"x"}, {"y"}, {}}}).kind() ==
          onnx_fault::duplicate_name);
    CHECK(built({{"Bessel", "", "", {"x"}, {"y"}, {}}}).kind() == onnx_fault::unknown_operator);
    CHECK(built({{"Relu", "com.other", "", {"x"}, {"y"}, {}}}).kind() == onnx_fault::unknown_operator);
    CHECK(built({{"MatMul", "", "", {"x", "x"}, {"y"}, {}}}).kind() == onnx_fault::refused);
    CHECK(built({{"Concat", "", "", {"x", "x"}, {"y"}, {{"axis", {.integer = 7}}}}}).kind() == onnx_fault::refused);
    CHECK(built({{"Reshape", "", "", {"x", "x"}, {"y"}, {}}}).kind() == onnx_fault::needs_constant);
    CHECK(built({{"LeakyRelu", "", "", {"x"}, {"y"}, {{"alpha", {.text = "steep"}}}}}).kind() ==
          onnx_fault::missing_attribute);
    CHECK(built({{"Conv", "", "", {"x", "x"}, {"y"}, {}}}).kind() == onnx_fault::refused);
    {
        onnx_file newer = file_of(x, {{"Relu", "", "", {"x"}, {"y"}, {}}}, y);
        newer.opsets[""] = 99;
        CHECK(refusal([&] { onnx_module{newer}; }).kind() == onnx_fault::unknown_opset);
    }
    {
        onnx_file open = file_of({float_value("x", {-1, 3})}, {{"Relu", "", "", {"x"}, {"y"}, {}}}, y);
        open.graph.inputs[0].open_names = {"batch", ""};
        const onnx_error why = refusal([&] { onnx_module{open}; });
        CHECK(why.kind() == onnx_fault::open_extent);
        CHECK(std::string(why.what()).find("batch") != std::string::npos);
        CHECK(onnx_module(open, {.extents = {{"batch", 5}}}).inputs()[0].spec.extents == shape{5, 3});
    }
}

TEST_CASE("onnx: what a file leaves to be computed from constants is known when the model is built", "[onnx]") {
    // The shape of x, doubled in its first extent by arithmetic, becomes the shape of the result.
    onnx_file file = file_of({float_value("x", {2, 4})},
                             {{"Shape", "", "", {"x"}, {"s"}, {}},
                              {"Mul", "", "", {"s", "factors"}, {"scaled"}, {}},
                              {"Cast", "", "", {"scaled"}, {"wanted"}, {{"to", {.integer = 7}}}},
                              {"Reshape", "", "", {"x", "wanted"}, {"y"}, {}}},
                             {float_value("y", {1, 8})});
    file.graph.initializers.emplace_back(
        "factors", std::make_shared<const onnx_array>(onnx_array::of<std::int64_t>(onnx_type::int64, {2}, {2, 1})));
    CHECK(refusal([&] { onnx_module{file}; }).kind() == onnx_fault::refused);  // 4 x 4 are not 8
    file.graph.initializers[0].second =
        std::make_shared<const onnx_array>(onnx_array::of<std::int64_t>(onnx_type::int64, {2}, {2, -4}));
    CHECK(refusal([&] { onnx_module{file}; }).kind() == onnx_fault::refused);
    file.graph.nodes[1] = {"Add", "", "", {"s", "factors"}, {"scaled"}, {}};
    file.graph.initializers[0].second =
        std::make_shared<const onnx_array>(onnx_array::of<std::int64_t>(onnx_type::int64, {2}, {-1, 4}));
    const onnx_module net(file);
    CHECK(net.outputs()[0].extents == std::vector<std::int64_t>{1, 8});
    CHECK(net.weights().empty());
}

TEST_CASE("onnx: a module of lists returns a tensor for each name", "[onnx]") {
    registry reg(seed{1});
    const auto twice = [](scope&, std::span<const tensor> inputs) {
        return std::vector<tensor>{inputs[0] + inputs[1], inputs[0] * 2.0F};
    };
    const std::vector<dynamic_input> inputs{{"a", spec(float32, {2})}, {"b", spec(float32, {2})}};
    dynamic_model net(reg, twice, inputs, {"sum", "twice"});
    const std::vector<float> a{1, 2}, b{10, 20};
    const dynamic_results both = net(a, b);
    CHECK(both["sum"].elements<float>()[1] == 22);
    CHECK(both["twice"].elements<float>()[0] == 2);
    CHECK(net.run({"twice"}, {{"a", a}})["twice"].elements<float>()[1] == 4);
    try {
        dynamic_model(reg, twice, inputs, {"sum"});
        FAIL("it was built");
    } catch (const model_error& why) {
        CHECK(why.kind() == mistake::output_unknown);
    }
    CHECK_THROWS_AS(
        dynamic_model(reg, [](scope&, std::span<const tensor>) { return std::vector<tensor>(1); }, inputs, {"none"}),
        model_error);
}
