// SPDX-License-Identifier: BSL-1.0
#include "refuse.hpp"
#include "stored_arrays.hpp"

#include <ambit/files/input_file.hpp>

#include <google/protobuf/io/coded_stream.h>

#include <filesystem>
#include <system_error>

namespace AMBIT_NAMESPACE {

namespace {

using onnx_parts::reading, onnx_parts::refuse;

/// ai.onnx is another name of the standard domain.
std::string domain_of(const std::string& name) { return name == "ai.onnx" ? std::string() : name; }

onnx_graph read_graph(const onnx::GraphProto& from, reading& state, int depth);

onnx_attribute read_attribute(const onnx::AttributeProto& from, const std::string& node, reading& state, int depth) {
    onnx_attribute read;
    using kind = onnx::AttributeProto;
    switch (from.type()) {
        case kind::INT: read.integer = from.i(); break;
        case kind::FLOAT: read.number = from.f(); break;
        case kind::STRING: read.text = from.s(); break;
        case kind::INTS: read.integers.assign(from.ints().begin(), from.ints().end()); break;
        case kind::FLOATS: read.numbers.assign(from.floats().begin(), from.floats().end()); break;
        case kind::STRINGS: read.texts.assign(from.strings().begin(), from.strings().end()); break;
        case kind::TENSOR: read.array = std::make_shared<onnx_array>(onnx_parts::read_array(from.t(), state)); break;
        case kind::GRAPH: read.graph = std::make_shared<onnx_graph>(read_graph(from.g(), state, depth + 1)); break;
        case kind::TYPE_PROTO: break;  // of Optional, which its inputs say as well
        default: refuse(onnx_fault::missing_attribute, node, from.name(), "attributes of this kind are not there", "");
    }
    return read;
}

onnx_value read_value(const onnx::ValueInfoProto& from) {
    onnx_value read;
    read.name = from.name();
    if (from.type().has_sequence_type()) read.kind = onnx_kind::sequence;
    if (from.type().has_optional_type()) read.kind = onnx_kind::optional;
    if (!from.type().has_tensor_type()) return read;
    const onnx::TypeProto::Tensor& type = from.type().tensor_type();
    read.type = static_cast<onnx_type>(type.elem_type());
    read.has_shape = type.has_shape();
    for (const auto& dimension : type.shape().dim()) {
        if (dimension.has_dim_value() && dimension.dim_value() < 0)
            refuse(onnx_fault::wrong_size, {}, from.name(), "an extent is negative", "the file is damaged");
        read.extents.push_back(dimension.has_dim_value() ? dimension.dim_value() : -1);
        read.open_names.push_back(dimension.has_dim_param() ? dimension.dim_param() : std::string());
    }
    return read;
}

onnx_node read_node(const onnx::NodeProto& from, reading& state, int depth) {
    onnx_node read{from.op_type(),
                   domain_of(from.domain()),
                   from.name(),
                   {from.input().begin(), from.input().end()},
                   {from.output().begin(), from.output().end()},
                   {}};
    for (const onnx::AttributeProto& attribute : from.attribute())
        if (!read.attributes.emplace(attribute.name(), read_attribute(attribute, read.title(), state, depth)).second)
            refuse(onnx_fault::duplicate_name, read.title(), attribute.name(), "the attribute is there twice", "");
    return read;
}

onnx_graph read_graph(const onnx::GraphProto& from, reading& state, int depth) {
    if (depth > state.limits.depth)
        refuse(onnx_fault::too_deep, {}, from.name(),
               "graphs lie within each other more than " + std::to_string(state.limits.depth) + " deep", "");
    state.nodes += from.node_size();
    if (state.nodes > state.limits.nodes)
        refuse(onnx_fault::too_large, {}, from.name(),
               "there are more than " + std::to_string(state.limits.nodes) + " nodes", "");
    if (from.sparse_initializer_size() > 0)
        refuse(onnx_fault::unknown_type, {}, from.sparse_initializer(0).values().name(), "the initializer is sparse",
               "sparse arrays are not there");
    onnx_graph read;
    read.name = from.name();
    for (const onnx::ValueInfoProto& input : from.input()) read.inputs.push_back(read_value(input));
    for (const onnx::ValueInfoProto& output : from.output()) read.outputs.push_back(read_value(output));
    for (const onnx::TensorProto& array : from.initializer())
        read.initializers.emplace_back(array.name(),
                                       std::make_shared<onnx_array>(onnx_parts::read_array(array, state)));
    for (const onnx::NodeProto& node : from.node()) read.nodes.push_back(read_node(node, state, depth));
    return read;
}

template <class Message> Message parsed(std::span<const std::byte> bytes, const onnx_limits& limits) {
    if (std::int64_t(bytes.size()) > limits.bytes || bytes.size() > std::size_t{0x7fffffff})
        refuse(onnx_fault::too_large, {}, {}, "the file is larger than the limit", "");
    Message message;
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                              static_cast<int>(bytes.size()));
    in.SetRecursionLimit(4 * limits.depth + 16);  // graph, node, attribute, graph; and what stands in the last one
    if (!message.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage())
        refuse(onnx_fault::syntax, {}, {}, "the bytes are no message of ONNX, or graphs lie too deep in each other",
               "the file is damaged, or another kind of file");
    return message;
}

}  // namespace

onnx_file parse_onnx(std::span<const std::byte> bytes, const std::string& folder, const onnx_limits& limits) {
    const auto model = parsed<onnx::ModelProto>(bytes, limits);
    reading state{limits, folder};
    onnx_file read;
    read.ir_version = model.ir_version();
    read.producer = model.producer_name();
    if (!model.has_graph()) refuse(onnx_fault::syntax, {}, {}, "there is no graph in it", "is this an ONNX file?");
    for (const onnx::OperatorSetIdProto& set : model.opset_import())
        read.opsets[domain_of(set.domain())] = set.version();
    read.graph = read_graph(model.graph(), state, 0);
    return read;
}

onnx_file read_onnx_file(const std::string& path, const onnx_limits& limits) {
    std::vector<std::byte> bytes;
    try {
        const file_parts::input_file in(path);
        if (in.size() > std::uint64_t(limits.bytes))
            refuse(onnx_fault::too_large, {}, path, "the file is larger than the limit", "");
        bytes.resize(std::size_t(in.size()));
        if (in.read_at(0, bytes) != bytes.size()) refuse(onnx_fault::cannot_read, {}, path, "it became shorter", "");
    } catch (const std::system_error& why) {
        refuse(onnx_fault::cannot_open, {}, path, why.what(), "");
    }
    const std::string folder = std::filesystem::path(path).parent_path().string();
    return parse_onnx(bytes, folder.empty() ? "." : folder, limits);
}

onnx_array parse_onnx_array(std::span<const std::byte> bytes, const onnx_limits& limits) {
    reading state{limits, {}};
    return onnx_parts::read_array(parsed<onnx::TensorProto>(bytes, limits), state);
}

namespace {

std::vector<onnx_array> arrays_of(const onnx::SequenceProto& from, reading& state) {
    if (from.elem_type() != onnx::SequenceProto::TENSOR && from.elem_type() != onnx::SequenceProto::UNDEFINED)
        refuse(onnx_fault::unknown_type, {}, from.name(), "a sequence of something else than arrays", "");
    std::vector<onnx_array> read;
    for (const onnx::TensorProto& array : from.tensor_values()) read.push_back(onnx_parts::read_array(array, state));
    return read;
}

}  // namespace

std::vector<onnx_array> parse_onnx_sequence(std::span<const std::byte> bytes, const onnx_limits& limits) {
    reading state{limits, {}};
    return arrays_of(parsed<onnx::SequenceProto>(bytes, limits), state);
}

std::vector<onnx_array> parse_onnx_optional(std::span<const std::byte> bytes, const onnx_limits& limits) {
    reading state{limits, {}};
    const auto optional = parsed<onnx::OptionalProto>(bytes, limits);
    if (optional.has_sequence_value()) return arrays_of(optional.sequence_value(), state);
    if (!optional.has_tensor_value()) return {};
    return {onnx_parts::read_array(optional.tensor_value(), state)};
}

}  // namespace ambit
