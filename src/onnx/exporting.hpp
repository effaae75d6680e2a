// SPDX-License-Identifier: BSL-1.0
// What a rule sees that writes one op as nodes of ONNX: the node of the graph, names of its operands, and what adds
// nodes to the file.
#pragma once

#include <ambit/contract/compact_weights.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/graph/graph_builder.hpp>
#include <ambit/onnx/onnx_error.hpp>
#include <ambit/onnx/onnx_graph.hpp>
#include <ambit/ops/all.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::onnx_parts {

using attribute_list = std::vector<std::pair<std::string, onnx_attribute>>;

inline onnx_attribute integer_attribute(std::int64_t value) { return {.integer = value}; }
inline onnx_attribute number_attribute(double value) { return {.number = static_cast<float>(value)}; }
inline onnx_attribute text_attribute(std::string value) { return {.text = std::move(value)}; }
inline onnx_attribute list_attribute(std::vector<std::int64_t> values) { return {.integers = std::move(values)}; }

/// The file as it grows. Names of values are made of those of ops, each once.
class exported_graph {
public:
    onnx_graph graph;

    std::string fresh(std::string_view wanted) {
        std::string base;
        for (const char c : wanted) base += c == ':' ? '_' : c;
        if (base.empty()) base = "value";
        std::string name = base;
        for (int number = 1; !names_.emplace(name, true).second; ++number) name = base + '_' + std::to_string(number);
        return name;
    }
    std::string add(const std::string& op_type, std::vector<std::string> inputs, const attribute_list& attributes,
                    std::string_view wanted) {
        onnx_node node{op_type, {}, {}, std::move(inputs), {fresh(wanted)}, {}};
        node.name = node.outputs[0];
        for (const auto& [name, attribute] : attributes) node.attributes.emplace(name, attribute);
        graph.nodes.push_back(std::move(node));
        return graph.nodes.back().outputs[0];
    }
    /// The second of two results; nothing reads the first.
    std::string add_second(const std::string& op_type, std::vector<std::string> inputs, std::string_view wanted) {
        const std::string first = add(op_type, std::move(inputs), {}, wanted);
        graph.nodes.back().outputs.push_back(fresh(first + "/second"));
        return graph.nodes.back().outputs[1];
    }
    std::string constant(onnx_array array, std::string_view wanted) {
        const std::string name = fresh(wanted);
        graph.initializers.emplace_back(name, std::make_shared<onnx_array>(std::move(array)));
        return name;
    }

    /// The initializer of this name, whose bytes are compact weights [k, n], as numbers of its format: int8, beside an
    /// initializer of their scales, whose name is the answer, or bfloat16 without any.
    std::string spell_out(const std::string& name, weight_format format, std::int64_t k, std::int64_t n);

private:
    std::map<std::string, bool, std::less<>> names_;
    std::map<std::string, std::string, std::less<>> scales_;  // of each initializer that was spelled out
};

/// One op on its way.
class op_export {
public:
    op_export(exported_graph& to, const graph_builder& from, int id, std::vector<std::string> inputs)
        : to_(to), from_(from), id_(id), inputs_(std::move(inputs)) {
        const auto& n = from.node_at(id);
        for (int i = 0; i < n.operand_count; ++i) specs_.push_back(from.node_at(from.value().operand(id, i)).result);
        name_ = std::string(from.all_names().path(n.name).view());
    }

    const std::string& in(int i) const { return inputs_[static_cast<std::size_t>(i)]; }
    const std::vector<std::string>& inputs() const { return inputs_; }
    const tensor_spec& spec(int i) const { return specs_[static_cast<std::size_t>(i)]; }
    const tensor_spec& result() const { return from_.node_at(id_).result; }
    op_call call() const {
        return {specs_.data(), static_cast<int>(specs_.size()),
                from_.value().words.begin() + from_.node_at(id_).first_word};
    }
    template <class Op> typename Op::attributes attributes() const {
        return call().attributes<typename Op::attributes>();
    }

    std::string add(const std::string& op_type, std::vector<std::string> inputs,
                    const attribute_list& attributes = {}) {
        return to_.add(op_type, std::move(inputs), attributes, name_);
    }
    std::string add_second(const std::string& op_type, std::vector<std::string> inputs) {
        return to_.add_second(op_type, std::move(inputs), name_);
    }
    /// A number, or a list of integers, as a constant.
    std::string number(double value, dtype type) {
        onnx_array array = onnx_array::zeros(onnx_type_of(type), {});
        with_elements(array, [&]<class T>(std::span<T> elements) { elements[0] = static_cast<T>(value); });
        return to_.constant(std::move(array), name_ + "/number");
    }
    std::string list(const std::vector<std::int64_t>& values) {
        return to_.constant(onnx_array::of(onnx_type::int64, {static_cast<std::int64_t>(values.size())}, values),
                            name_ + "/list");
    }
    std::string constant(onnx_array array) { return to_.constant(std::move(array), name_); }
    /// The floats that compact weights, operand 1, stand for: a matrix [k, n].
    std::string floats_of_weights(weight_format format, std::int64_t k, std::int64_t n) {
        const std::string scales = to_.spell_out(in(1), format, k, n);
        if (format == weight_format::int8)
            return add("DequantizeLinear", {in(1), scales}, {{"axis", integer_attribute(1)}});
        return add("Cast", {in(1)}, {{"to", integer_attribute(static_cast<std::int64_t>(onnx_type::float32))}});
    }
    std::string transposed(const std::string& x, std::vector<std::int64_t> order) {
        return add("Transpose", {x}, {{"perm", list_attribute(std::move(order))}});
    }
    std::string reshaped(const std::string& x, const shape& extents) {
        std::vector<std::int64_t> all;
        for (int axis = 0; axis < extents.rank(); ++axis) all.push_back(extents[axis]);
        return add("Reshape", {x, list(all)});
    }

    [[noreturn]] void refuse(std::string_view why) const {
        core_parts::throw_or_end(onnx_error(onnx_fault::unknown_operator,
                                            std::string(from_.node_at(id_).op->name) + ' ' + name_, {}, why,
                                            "examples/guide/onnx.md lists what can be written"));
    }

private:
    exported_graph& to_;
    const graph_builder& from_;
    int id_;
    std::vector<std::string> inputs_;
    std::vector<tensor_spec> specs_;
    std::string name_;
};

/// Writes the op, and answers the name of its result.
using export_rule = std::function<std::string(op_export&)>;
using export_rules = std::map<std::string, export_rule, std::less<>>;

void add_elementwise_rules(export_rules& rules);
void add_array_rules(export_rules& rules);
void add_kernel_rules(export_rules& rules);
void add_image_rules(export_rules& rules);
void add_compact_rules(export_rules& rules);

/// A convolution with a kernel [height, width, channels, out] of this name, and the options of `conv2d`.
std::string convolution(op_export& op, const std::string& kernel, std::int64_t channels);
/// The same with a kernel [width, in, out], and the options of `conv1d`.
std::string convolution_of_lines(op_export& op, const std::string& kernel);

}  // namespace ambit::onnx_parts
