// SPDX-License-Identifier: BSL-1.0
// Files of ONNX, made by hand: a graph of the standard operators whose nodes a test says.
#pragma once

#include <ambit/onnx/onnx_graph.hpp>
#include <ambit/onnx/onnx_reader.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace onnx_tests {

inline ambit::onnx_value float_value(std::string name, std::vector<std::int64_t> extents) {
    ambit::onnx_value value;
    value.name = std::move(name);
    value.type = ambit::onnx_type::float32;
    value.extents = std::move(extents);
    value.open_names.resize(value.extents.size());
    value.has_shape = true;
    return value;
}

inline ambit::onnx_file file_of(std::vector<ambit::onnx_value> inputs, std::vector<ambit::onnx_node> nodes,
                                std::vector<ambit::onnx_value> outputs) {
    ambit::onnx_file file;
    file.ir_version = 8;
    file.opsets[""] = 15;
    file.graph.name = "made";
    file.graph.inputs = std::move(inputs);
    file.graph.nodes = std::move(nodes);
    file.graph.outputs = std::move(outputs);
    return file;
}

inline std::shared_ptr<const ambit::onnx_array> floats(std::vector<std::int64_t> extents,
                                                       const std::vector<float>& values) {
    return std::make_shared<const ambit::onnx_array>(
        ambit::onnx_array::of(ambit::onnx_type::float32, std::move(extents), values));
}

}  // namespace onnx_tests
