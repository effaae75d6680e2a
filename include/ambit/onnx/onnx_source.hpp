// SPDX-License-Identifier: BSL-1.0
// Writes a graph as a module in C++, a line for each op, for people to read and to change. What `ambit import` does of
// an ONNX file.
//
//     std::ofstream("net.hpp") << module_source(net, "net");            // and its weights:
//     write_weights("net.safetensors", net);
#pragma once

#include <ambit/graph/graph_builder.hpp>
#include <ambit/onnx/onnx_export.hpp>
#include <ambit/onnx/onnx_module.hpp>

#include <span>
#include <string>
#include <string_view>

namespace AMBIT_NAMESPACE {

/// A name for a module, of the name of its file: an identifier that hides nothing which a program with it names.
/// That of `resnet-18` is `resnet_18`, that of `model` is `model_net`.
std::string module_name(std::string_view wanted);

/// A struct of this name whose call operator builds the graph; it includes <ambit/ambit.hpp>. Throws `onnx_error` where
/// an op is none of those that can be written, such as a loop.
std::string module_source(const graph_builder& graph, std::span<const std::string> inputs,
                          std::span<const onnx_name> outputs, std::string_view name, std::string_view comment = {});
/// The same of an imported file: what its node names say becomes the names of values.
std::string module_source(const onnx_module& module, std::string_view name, std::string_view comment = {});

/// The weights of an imported file under the paths of the module's variables, as safetensors. Throws
/// `checkpoint_error`.
void write_weights(const std::string& path, const onnx_module& module);

}  // namespace ambit
