// SPDX-License-Identifier: BSL-1.0
#include "exporting.hpp"
#include "refuse.hpp"

#include <ambit/onnx/onnx_export.hpp>

#include <algorithm>
#include <cstring>

namespace AMBIT_NAMESPACE {

namespace {

using namespace onnx_parts;

const export_rules& all_rules() {
    static const export_rules rules = [] {
        export_rules made;
        add_elementwise_rules(made);
        add_array_rules(made);
        add_kernel_rules(made);
        add_image_rules(made);
        add_compact_rules(made);
        return made;
    }();
    return rules;
}

onnx_value value_of(std::string name, const tensor_spec& spec) {
    onnx_value value;
    value.name = std::move(name);
    value.type = onnx_type_of(spec.type);
    value.has_shape = true;
    for (int axis = 0; axis < spec.extents.rank(); ++axis) value.extents.push_back(spec.extents[axis]);
    return value;
}

onnx_array array_of(const tensor_spec& spec) {
    return onnx_array::zeros(onnx_type_of(spec.type), value_of({}, spec).extents);
}

/// A constant's elements are its last words.
onnx_array constant_array(const graph_builder& from, int id) {
    const auto& n = from.node_at(id);
    onnx_array array = array_of(n.result);
    const std::int64_t* const first = from.value().words.begin() + n.first_word + n.word_count - array.elements();
    with_elements(array, [&]<class T>(std::span<T> elements) {
        for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = math_parts::element_of_word<T>(first[i]);
    });
    return array;
}

onnx_array weight_array(const registry& weights, const std::string& path, const tensor_spec& spec) {
    const registry::found held = weights.find(path);
    if (held == nullptr || held->data() == nullptr || held->spec() != spec) {
        mistake_parts::reports mistakes;
        weights.report_unfit(mistakes, path, spec, {});
        mistake_parts::raise(mistakes, 0);
    }
    onnx_array array = array_of(spec);
    std::memcpy(array.bytes.data(), held->data(), array.bytes.size());
    return array;
}

}  // namespace

onnx_file to_onnx(const graph_builder& graph, std::span<const std::string> inputs, std::span<const onnx_name> outputs,
                  const registry& weights) {
    const auto& nodes = graph.value().nodes;
    std::vector<bool> is_needed(static_cast<std::size_t>(nodes.size()));
    for (const onnx_name& output : outputs) {
        if (output.node < 0 || output.node >= nodes.size())
            refuse(onnx_fault::missing_value, {}, output.name, "the module has no such output", "");
        is_needed[static_cast<std::size_t>(output.node)] = true;
    }
    for (int id = nodes.size(); id-- > 0;)
        for (int i = 0; is_needed[static_cast<std::size_t>(id)] && i < nodes[id].operand_count; ++i)
            is_needed[static_cast<std::size_t>(graph.value().operand(id, i))] = true;

    exported_graph to;
    to.graph.name = "ambit";
    std::vector<std::string> names(static_cast<std::size_t>(nodes.size()));
    for (int id = 0; id < nodes.size(); ++id) {
        const auto& n = nodes[id];
        std::string& name = names[static_cast<std::size_t>(id)];
        if (n.op->role == op_role::input) {
            const auto position = static_cast<std::size_t>(graph.value().words[n.first_word]);
            name = to.fresh(position < inputs.size() ? inputs[position] : "input");
            if (is_needed[static_cast<std::size_t>(id)]) to.graph.inputs.push_back(value_of(name, n.result));
        }
    }
    std::map<std::string, std::string> read;  // of each path: it is written once
    for (int id = 0; id < nodes.size(); ++id) {
        const auto& n = nodes[id];
        if (!is_needed[static_cast<std::size_t>(id)] || n.op->role == op_role::input) continue;
        std::string& name = names[static_cast<std::size_t>(id)];
        std::vector<std::string> operands;
        for (int i = 0; i < n.operand_count; ++i)
            operands.push_back(names[static_cast<std::size_t>(graph.value().operand(id, i))]);
        op_export op(to, graph, id, std::move(operands));
        if (n.op->role == op_role::constant && n.op->name == "constant") {
            name = op.constant(constant_array(graph, id));
        } else if (n.op->role == op_role::read) {
            const int variable = static_cast<int>(graph.value().words[n.first_word]);
            const std::string path(graph.path_of(variable).view());
            if (graph.variable_at(variable).local)
                refuse(onnx_fault::unknown_operator, path, {},
                       "a local variable, such as the state of random numbers, is each model's own and is not written",
                       "");
            std::string& once = read[path];
            if (once.empty()) once = to.constant(weight_array(weights, path, n.result), path);
            name = once;
        } else {
            const auto rule = all_rules().find(n.op->name);
            if (rule == all_rules().end()) op.refuse("ONNX has no operators for it that are written here");
            name = rule->second(op);
        }
    }
    for (const onnx_name& output : outputs) {
        const std::string made = to.fresh(output.name);
        onnx_node node{"Identity", {}, made, {names[static_cast<std::size_t>(output.node)]}, {made}, {}};
        to.graph.nodes.push_back(std::move(node));
        to.graph.outputs.push_back(value_of(made, nodes[output.node].result));
    }
    onnx_file file;
    file.ir_version = 8;
    file.producer = "ambit";
    file.opsets[""] = 15;
    file.graph = std::move(to.graph);
    return file;
}

}  // namespace ambit
