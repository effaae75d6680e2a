// SPDX-License-Identifier: BSL-1.0
// Modules written as ONNX files and read again: the same outputs. What is written is kept for ONNX's own checker, which
// python_checker.py runs, and for a program that compiles the modules which are made of it.
#include "messages.hpp"
#include "small_nets.hpp"

#include <catch2/catch.hpp>

#include <ambit/onnx/onnx_error.hpp>
#include <ambit/onnx/onnx_export.hpp>
#include <ambit/onnx/onnx_module.hpp>
#include <ambit/onnx/onnx_source.hpp>

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

/// Writes a module, reads it again, and compares what both compute of the same inputs.
template <class Module, std::size_t Inputs>
void round_trip(const std::string& name, const Module& module, const dynamic_input (&inputs)[Inputs],
                std::initializer_list<std::string_view> outputs) {
    CAPTURE(name);
    registry reg(seed{7});
    dynamic_model net(reg, module, inputs);
    for (const registry::found& v : reg.variables()) reg.set(v->path(), numbers(v->spec().extents.elements(), 0.5F));
    const onnx_file file = to_onnx(module, inputs, outputs, reg);
    write_onnx(place(name + ".onnx"), file);
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

}  // namespace

TEST_CASE("onnx: modules are written, read again, and compute the same", "[onnx]") {
    round_trip("images", small_images{}, {{"x", spec(float32, {2, 8, 8, 3})}}, {"logits", "label"});
    round_trip("rows", small_rows{}, {{"x", spec(float32, {3, 4, 6})}}, {"y", "z"});
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
