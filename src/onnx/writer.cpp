// SPDX-License-Identifier: BSL-1.0
#include "messages.hpp"

#include <ambit/core/throw_or_end.hpp>
#include <ambit/files/atomic_file.hpp>
#include <ambit/onnx/onnx_error.hpp>
#include <ambit/onnx/onnx_export.hpp>
#include <ambit/onnx/onnx_reader.hpp>

#include <bit>
#include <cstdint>
#include <string>

namespace AMBIT_NAMESPACE {

namespace {

/// Elements in the type of the file, of which their carrier is wider.
template <class Stored, class Carrier, class Meaning>
std::string narrowed(const onnx_array& array, const Meaning& meaning) {
    std::string bytes;
    for (const Carrier element : array.as<Carrier>()) {
        const Stored stored = meaning(element);
        bytes.append(reinterpret_cast<const char*>(&stored), sizeof stored);
    }
    return bytes;
}

/// Arrays of types that are carried as they are, and those of compact weights; what is read from other files may hold
/// others.
void write_array(const std::string& name, const onnx_array& array, onnx::TensorProto& to) {
    to.set_name(name);
    to.set_data_type(static_cast<int>(array.type));
    for (const std::int64_t extent : array.extents) to.add_dims(extent);
    if (onnx_type_of(array.carrier()) == array.type)
        to.set_raw_data(array.bytes.data(), array.bytes.size());
    else if (array.type == onnx_type::bfloat16)
        to.set_raw_data(narrowed<std::uint16_t, float>(array, [](float number) {
            return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(number) >> 16);  // it is one
        }));
    else if (array.type == onnx_type::int8)
        to.set_raw_data(
            narrowed<std::int8_t, std::int32_t>(array, [](auto weight) { return static_cast<std::int8_t>(weight); }));
    else
        core_parts::throw_or_end(
            onnx_error(onnx_fault::unknown_type, {}, name, "the array is of a type that is not written", ""));
}

void write_attribute(const std::string& name, const onnx_attribute& from, onnx::AttributeProto& to) {
    using kind = onnx::AttributeProto;
    to.set_name(name);
    if (from.integer) {
        to.set_type(kind::INT);
        to.set_i(*from.integer);
    } else if (from.number) {
        to.set_type(kind::FLOAT);
        to.set_f(*from.number);
    } else if (from.text) {
        to.set_type(kind::STRING);
        to.set_s(*from.text);
    } else if (from.array != nullptr) {
        to.set_type(kind::TENSOR);
        write_array(name, *from.array, *to.mutable_t());
    } else {
        to.set_type(kind::INTS);
        for (const std::int64_t number : from.integers) to.add_ints(number);
    }
}

void write_value(const onnx_value& from, onnx::ValueInfoProto& to) {
    to.set_name(from.name);
    auto& type = *to.mutable_type()->mutable_tensor_type();
    type.set_elem_type(static_cast<int>(from.type));
    type.mutable_shape();
    for (const std::int64_t extent : from.extents) type.mutable_shape()->add_dim()->set_dim_value(extent);
}

}  // namespace

std::vector<std::byte> onnx_bytes(const onnx_file& file) {
    onnx::ModelProto model;
    model.set_ir_version(file.ir_version);
    model.set_producer_name(file.producer);
    for (const auto& [domain, version] : file.opsets) {
        auto& set = *model.add_opset_import();
        set.set_domain(domain);
        set.set_version(version);
    }
    onnx::GraphProto& graph = *model.mutable_graph();
    graph.set_name(file.graph.name);
    for (const onnx_value& value : file.graph.inputs) write_value(value, *graph.add_input());
    for (const onnx_value& value : file.graph.outputs) write_value(value, *graph.add_output());
    for (const auto& [name, array] : file.graph.initializers) write_array(name, *array, *graph.add_initializer());
    for (const onnx_node& node : file.graph.nodes) {
        auto& to = *graph.add_node();
        to.set_op_type(node.op_type);
        to.set_domain(node.domain);
        to.set_name(node.name);
        for (const std::string& input : node.inputs) to.add_input(input);
        for (const std::string& output : node.outputs) to.add_output(output);
        for (const auto& [name, attribute] : node.attributes) write_attribute(name, attribute, *to.add_attribute());
    }
    const std::size_t size = model.ByteSizeLong();
    if (size >= std::size_t{1} << 31)
        core_parts::throw_or_end(
            onnx_error(onnx_fault::too_large, {}, {}, "a file of 2 GiB or more is none of protobuf", ""));
    std::vector<std::byte> bytes(size);
    model.SerializeToArray(bytes.data(), static_cast<int>(size));
    return bytes;
}

void write_onnx(const std::string& path, const onnx_file& file) {
    const std::vector<std::byte> bytes = onnx_bytes(file);
    file_parts::atomic_file out(path);
    out.write(bytes);
    out.commit();
}

}  // namespace ambit
