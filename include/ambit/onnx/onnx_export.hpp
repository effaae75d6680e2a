// SPDX-License-Identifier: BSL-1.0
// Writes a module and its weights as an ONNX file, for other programs to run. Link with `ambit::onnx`.
//
//     registry reg(seed{1});
//     mount(reg, "", net);                                      // of a static model: its weights, under their names
//     const onnx_file file = to_onnx(classifier{}, {{"images", spec(float32, {1, 784})}}, {"logits"}, reg);
//     write_onnx("classifier.onnx", file);
//
// What the named outputs need is written, by operators of opset 15: not what trains. Variables become initializers
// under their paths. Loops, random numbers and assignments have no counterpart, and are refused, as are ops beyond the
// list in examples/guide/onnx.md. What ops of ambit do with indices outside of an axis, and with NaN in a cast, is
// not ONNX's.
#pragma once

#include <ambit/graph/member_names.hpp>
#include <ambit/graph/module.hpp>
#include <ambit/onnx/onnx_graph.hpp>
#include <ambit/registry/dynamic_arguments.hpp>
#include <ambit/registry/registry.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE {

/// An output of a graph: its name in the file, and its node.
struct onnx_name {
    std::string name;
    int node = -1;
};

/// A graph whose inputs have these names, and of whose nodes those of `outputs` are wanted, with their names. Throws
/// `onnx_error`; `model_error` where the registry lacks a variable of the graph.
onnx_file to_onnx(const graph_builder& graph, std::span<const std::string> inputs, std::span<const onnx_name> outputs,
                  const registry& weights);

/// Runs the module once more, and writes the outputs of these names; of a module that returns a tensor, its name is
/// free.
template <class Module, std::size_t Inputs>
    requires graph_parts::module<Module, Inputs>
onnx_file to_onnx(const Module& module, const dynamic_input (&inputs)[Inputs],
                  std::initializer_list<std::string_view> outputs, const registry& weights) {
    using results = graph_parts::outputs_of<Module, Inputs>;
    std::array<tensor_spec, Inputs> specs;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < Inputs; ++i) {
        specs[i] = inputs[i].spec;
        names.push_back(inputs[i].name.empty() ? "input_" + std::to_string(i) : inputs[i].name);
    }
    const module_run<Module, Inputs> run(module, specs);
    std::vector<onnx_name> wanted;
    for (const std::string_view output : outputs) {
        onnx_name found{std::string(output)};
        for (std::size_t k = 0; k < graph_parts::output_count<results>; ++k)
            if (graph_parts::output_count<results> == 1 || graph_parts::member_name<results>(k) == output)
                found.node = run.output_nodes()[k];
        wanted.push_back(std::move(found));
    }
    return to_onnx(run.builder(), names, wanted, weights);
}

/// Writes a file; it appears complete or not at all. Throws `std::system_error` where that fails.
void write_onnx(const std::string& path, const onnx_file& file);

}  // namespace ambit
