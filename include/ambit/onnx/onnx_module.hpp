// SPDX-License-Identifier: BSL-1.0
// A model of an ONNX file as a module of ambit: each node becomes ops, each initializer of floats a variable, but
// for single numbers. Link with `ambit::onnx`.
//
//     const onnx_module net(read_onnx_file("model.onnx"), {.extents = {{"batch", 8}}});
//     registry reg(seed{1});
//     dynamic_model model = net.build(reg);                     // its weights are those of the file
//     auto y = model(x).as<float>();
//
// Axes keep the order that the file has, images [n, c, h, w]. Element types that ambit has not are carried by wider
// ones (onnx_array.hpp). What decides on shapes has to be known when the model is built: constants, initializers,
// shapes, what is computed from those, and inputs whose values are given as `.constants`.
#pragma once

#include <ambit/graph/tensor.hpp>
#include <ambit/onnx/onnx_graph.hpp>
#include <ambit/onnx/onnx_reader.hpp>
#include <ambit/registry/dynamic_model.hpp>
#include <ambit/scope/scope.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE {

struct onnx_options {
    /// Of axes that the file leaves open, by their name there; "" is any other.
    std::map<std::string, std::int64_t, std::less<>> extents = {};
    /// Values of inputs that are known now. The model has those inputs no longer.
    std::map<std::string, onnx_array, std::less<>> constants = {};
    /// The same of inputs that are sequences, or may be left out: no element for one that is.
    std::map<std::string, std::vector<onnx_array>, std::less<>> sequences = {};
};

/// A variable: its path in ambit, the initializer's name in the file, and its values.
struct onnx_weight {
    std::string path, name;
    std::shared_ptr<const onnx_array> values;
};

/// One output: of a sequence, one for each element, named `name/0`, `name/1`, …
struct onnx_output {
    std::string name;
    onnx_type type = onnx_type::undefined;
    std::vector<std::int64_t> extents;
    /// Of an output that is empty, or of texts: no tensor is, so that the model does not compute it.
    std::shared_ptr<const onnx_array> known;
};

class onnx_module {
public:
    /// Builds the graph once, to see whether it can be: throws `onnx_error`, which names node and value.
    explicit onnx_module(onnx_file file, onnx_options options = {});

    std::vector<tensor> operator()(scope& s, std::span<const tensor> inputs) const;

    /// Those that the model is called with, in the order of the file.
    std::span<const dynamic_input> inputs() const;
    /// All outputs; those that have `known` are not computed by the model.
    std::span<const onnx_output> outputs() const;
    std::span<const onnx_weight> weights() const;
    const onnx_file& file() const;

    /// Makes the variables, and writes the file's values to them.
    dynamic_model build(registry& reg, const registry_run_options& options = {}) const;

private:
    struct contents;
    std::shared_ptr<const contents> contents_;
};

/// The operators that can be imported, of the standard domain by their name, of others as `domain:name`; sorted.
std::vector<std::string> onnx_operators();

}  // namespace ambit
