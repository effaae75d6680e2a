// SPDX-License-Identifier: BSL-1.0
// Modules written as ONNX files and read again: the same outputs. What is written is kept for ONNX's own checker, which
// python_checker.py runs, and for a program that compiles the modules which are made of it.
#include "messages.hpp"
#include "small_nets.hpp"

#include <catch2/catch.hpp>

#include <ambit/onnx/onnx_error.hpp>
#include <ambit/onnx/onnx_export.hpp>
#include <ambit/onnx/onnx_module.hpp>
#include <ambit/onnx/onnx_reader.hpp>
#include <ambit/onnx/onnx_source.hpp>
#include <ambit/registry/compact_weights.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace ambit;
using namespace onnx_tests;

std::string place(const std::string& name) { return std::string(AMBIT_ONNX_WRITTEN) + '/' + name; }

std::vector<float> numbers(std::int64_t count, float scale) {
    std::vector<float> all;
    for (std::int64_t i = 0; i < count; ++i) all.push_back(scale * std::sin(static_cast<float>(i) * 0.7F + 0.3F));
    return all;
}

/// Reads what was written, and compares what it and the model compute of the same inputs.
template <std::size_t Inputs>
void check_written(const std::string& name, dynamic_model& net, const dynamic_input (&inputs)[Inputs]) {
    CAPTURE(name);
    const onnx_module again(read_onnx_file(place(name + ".onnx")));
    registry other(seed{1});
    dynamic_model read = again.build(other);
    std::vector<std::vector<float>> given;
    std::vector<dynamic_value> values;
    for (const dynamic_input& input : inputs) {
        given.push_back(numbers(input.spec.extents.elements(), 1));
        values.emplace_back(input.name, input.spec, reinterpret_cast<const std::byte*>(given.back().data()));
    }
    const std::vector<dynamic_argument> arguments(values.begin(), values.end());
    const dynamic_results wanted = net.run_list(arguments);
    const dynamic_results got = read.run_list(arguments);
    REQUIRE(wanted.size() == got.size());
    for (std::size_t k = 0; k < wanted.size(); ++k) {
        REQUIRE(wanted[k].shape() == got[k].shape());
        REQUIRE(wanted[k].dtype() == got[k].dtype());
        if (wanted[k].dtype() != float32) continue;
        for (std::size_t i = 0; i < wanted[k].elements<float>().size(); ++i)
            CHECK(got[k].elements<float>()[i] == Approx(wanted[k].elements<float>()[i]).epsilon(1e-4).margin(1e-5));
    }
}

void set_numbers(registry& reg) {
    for (const registry::found& v : reg.variables()) reg.set(v->path(), numbers(v->spec().extents.elements(), 0.5F));
}

template <class Module, std::size_t Inputs>
void round_trip(const std::string& name, const Module& module, const dynamic_input (&inputs)[Inputs],
                std::initializer_list<std::string_view> outputs) {
    registry reg(seed{7});
    dynamic_model net(reg, module, inputs);
    set_numbers(reg);
    write_onnx(place(name + ".onnx"), to_onnx(module, inputs, outputs, reg));
    check_written(name, net, inputs);
}

/// The same of a module whose weights are stored in a format; answers what was written.
template <weight_format Format, class Module = shared_images>
onnx_file compact_round_trip(const std::string& name, const shape& of_x = {2, 8, 8, 3}) {
    const dynamic_input inputs[] = {{"x", spec(float32, of_x)}};
    const weights_as<Format, Module> module;
    registry floats(seed{7}), bytes(seed{7});
    dynamic_model exact(floats, Module{}, inputs), net(bytes, module, inputs);
    set_numbers(floats);
    take_weights(bytes, floats);
    const onnx_file file = to_onnx(module, inputs, {"y"}, bytes);
    write_onnx(place(name + ".onnx"), file);
    check_written(name, net, inputs);
    return file;
}

using shape_of_file = std::vector<std::int64_t>;
const onnx_array* initializer_of(const onnx_file& file, const std::string& name) {
    for (const auto& [known, array] : file.graph.initializers)
        if (known == name) return array.get();
    return nullptr;
}

}  // namespace

TEST_CASE("onnx: modules are written, read again, and compute the same", "[onnx]") {
    round_trip("images", small_images{}, {{"x", spec(float32, {2, 8, 8, 3})}}, {"logits", "label"});
    round_trip("rows", small_rows{}, {{"x", spec(float32, {3, 4, 6})}}, {"y", "z"});
    round_trip("lines", small_lines{}, {{"x", spec(float32, {2, 11, 4})}}, {"y", "first", "backwards"});
    round_trip("decoder", small_decoder{}, {{"x", spec(float32, {2, 4, 4, 4})}},
               {"image", "corners", "blocks", "spread"});
}

TEST_CASE("onnx: compact weights are written as int8 with scales, or as bfloat16, once each", "[onnx]") {
    const onnx_file small = compact_round_trip<weight_format::int8>("int8");
    const onnx_array* const kernel = initializer_of(small, "conv/weights");
    REQUIRE(kernel != nullptr);
    CHECK(kernel->type == onnx_type::int8);
    CHECK(kernel->extents == shape_of_file{27, 4});
    const onnx_array* const scales = initializer_of(small, "conv/weights/scales");
    REQUIRE(scales != nullptr);
    CHECK(scales->type == onnx_type::float32);
    CHECK(scales->extents == shape_of_file{4});
    REQUIRE(initializer_of(small, "shared") != nullptr);
    CHECK(initializer_of(small, "shared")->extents == shape_of_file{16, 16});
    CHECK(initializer_of(small, "shared/scales_1") == nullptr);

    const onnx_file half = compact_round_trip<weight_format::bfloat16>("bfloat16");
    REQUIRE(initializer_of(half, "shared") != nullptr);
    CHECK(initializer_of(half, "shared")->type == onnx_type::bfloat16);
    CHECK(initializer_of(half, "shared/scales") == nullptr);
    CHECK(onnx_bytes(small).size() + 300 < onnx_bytes(half).size());

    const shape signal{2, 9, 4};
    const onnx_file small_line = compact_round_trip<weight_format::int8, shared_lines>("int8_line", signal);
    CHECK(initializer_of(small_line, "conv/weights")->extents == shape_of_file{12, 5});
    const onnx_file half_line = compact_round_trip<weight_format::bfloat16, shared_lines>("bfloat16_line", signal);
    CHECK(initializer_of(half_line, "conv/weights")->type == onnx_type::bfloat16);
}

TEST_CASE("onnx: what ONNX has no operators for is refused by its name", "[onnx]") {
    registry reg(seed{1});
    const auto noisy = [](scope& s, const tensor& x) { return x + random_normal(s, {2, 2}); };
    dynamic_model net(reg, noisy, {{"x", spec(float32, {2, 2})}});
    try {
        to_onnx(noisy, {{"x", spec(float32, {2, 2})}}, {"y"}, reg);
        FAIL("it was written");
    } catch (const onnx_error& why) {
        CHECK(why.kind() == onnx_fault::unknown_operator);
        CHECK(why.node().starts_with("random_normal"));
    }
}

TEST_CASE("onnx: the name of a file becomes that of a module, which hides nothing", "[onnx]") {
    CHECK(module_name("resnet-18.v2") == "resnet_18_v2");
    CHECK(module_name("18") == "net_18");
    CHECK(module_name("") == "net_");
    for (const char* const name : {"model", "net", "switch", "conv2d", "relu", "input"})
        CHECK(module_name(name) == std::string(name) + "_net");
}

TEST_CASE("onnx: an imported file is written as a module in C++", "[onnx]") {
    // written.cpp is compiled with this very text (tests/onnx/written_net.hpp), and compares what both compute.
    const onnx_module net(written_file());
    const std::string source = module_source(net, "written_net", "A net of the tests, as `ambit import` writes it.");
    std::ifstream in(AMBIT_ONNX_WRITTEN_NET);
    const std::string kept{std::istreambuf_iterator<char>(in), {}};
    std::ofstream(place("written_net.hpp")) << source;
    CHECK(source == kept);
    write_weights(place("written_net.safetensors"), net);
    CHECK(std::filesystem::file_size(place("written_net.safetensors")) > 0);
}
