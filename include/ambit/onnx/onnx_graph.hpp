// SPDX-License-Identifier: BSL-1.0
// What an ONNX file says, as plain values: read from protobuf, and written to it. Nothing here knows what operators
// mean; names are as the file has them.
#pragma once

#include <ambit/onnx/onnx_array.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE {

struct onnx_graph;

/// One of its members says something.
struct onnx_attribute {
    std::optional<std::int64_t> integer = {};
    std::optional<float> number = {};
    std::optional<std::string> text = {};
    std::vector<std::int64_t> integers = {};
    std::vector<float> numbers = {};
    std::vector<std::string> texts = {};
    std::shared_ptr<const onnx_array> array = {};
    std::shared_ptr<const onnx_graph> graph = {};
};

struct onnx_node {
    std::string op_type, domain, name;  ///< the standard domain is ""
    std::vector<std::string> inputs, outputs;  ///< "" where one is left out
    std::map<std::string, onnx_attribute, std::less<>> attributes;

    /// For messages: `Conv conv1`.
    std::string title() const { return name.empty() ? op_type : op_type + ' ' + name; }
};

enum class onnx_kind { array, sequence, optional };

/// A value that goes in or out.
struct onnx_value {
    std::string name;
    onnx_kind kind = onnx_kind::array;
    onnx_type type = onnx_type::undefined;  ///< undefined: a sequence or an optional value
    std::vector<std::int64_t> extents;      ///< -1 where one is left open
    std::vector<std::string> open_names;    ///< of each extent that is left open; else ""
    bool has_shape = false;
};

struct onnx_graph {
    std::string name;
    std::vector<onnx_node> nodes;  ///< each after those whose results it reads
    std::vector<std::pair<std::string, std::shared_ptr<const onnx_array>>> initializers;
    std::vector<onnx_value> inputs, outputs;  ///< inputs with an initializer of their name may be left out
};

struct onnx_file {
    std::int64_t ir_version = 0;
    std::string producer;
    std::map<std::string, std::int64_t, std::less<>> opsets;  ///< of each domain; the standard one is ""
    onnx_graph graph;
};

}  // namespace ambit
