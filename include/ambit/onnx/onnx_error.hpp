// SPDX-License-Identifier: BSL-1.0
// What is thrown when an ONNX file is not a model that can be built here, or a graph cannot be written as one.
//
//     try { const onnx_module net = read_onnx("model.onnx"); }
//     catch (const onnx_error& e) { show(e.node(), e.name()); }
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/diagnostics/error.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE {

enum class onnx_fault {
    cannot_open,        ///< missing, not permitted, or not a regular file
    cannot_read,        ///< the system failed while reading
    too_large,          ///< more than a documented limit: of bytes, of nodes, of elements
    syntax,             ///< no protobuf of an ONNX model
    too_deep,           ///< graphs within graphs beyond the documented limit
    external_data,      ///< weights in another file that lies outside of the model's folder, or is too short
    unknown_type,       ///< an element type that no tensor here has
    wrong_size,         ///< another number of elements than a shape has
    duplicate_name,     ///< two values of one name
    missing_value,      ///< a node reads what nothing has made before it: a missing initializer, or a cycle
    missing_attribute,  ///< a node lacks an attribute, or has another kind of it
    unknown_operator,   ///< an operator, or a form of it, that is not there
    unknown_opset,      ///< a version of the operators that is newer than those known here
    needs_constant,     ///< a value decides on shapes, and is known at run time only
    open_extent,        ///< the extent of an input is left open
    refused             ///< ambit's own rules refuse what a node says
};

/// `what()` reads "file: node, value: what was found; what to do". Text that comes from outside is in quotes, without
/// control characters, and cut when long.
class onnx_error : public error {
public:
    onnx_error(onnx_fault kind, std::string node, std::string name, std::string_view found, std::string_view advice)
        : error(words(node, name, found, advice)), kind_(kind), node_(std::move(node)), name_(std::move(name)) {}

    onnx_fault kind() const noexcept { return kind_; }
    /// The operator and the name of the node, `Conv conv1`; empty where it is about none.
    const std::string& node() const noexcept { return node_; }
    /// The value, the initializer or the attribute that it is about; empty where it is about none.
    const std::string& name() const noexcept { return name_; }

private:
    static std::string words(std::string_view node, std::string_view name, std::string_view found,
                             std::string_view advice) {
        std::string text = "onnx";
        if (!node.empty()) text += ": node " + mistake_parts::in_quotes(node);
        if (!name.empty()) text += ": " + mistake_parts::in_quotes(name);
        ((text += ": ") += found);
        if (!advice.empty()) (text += "; ") += advice;
        return text;
    }

    onnx_fault kind_;
    std::string node_, name_;
};

}  // namespace ambit
