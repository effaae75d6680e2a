// SPDX-License-Identifier: BSL-1.0
#include "importing.hpp"

#include <ambit/onnx/onnx_module.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

template <class F> decltype(auto) with_element_type(dtype type, F&& f) {
    switch (type) {
        case dtype::float64: return f(std::type_identity<double>{});
        case dtype::int32: return f(std::type_identity<std::int32_t>{});
        case dtype::int64: return f(std::type_identity<std::int64_t>{});
        case dtype::uint8: return f(std::type_identity<std::uint8_t>{});
        case dtype::boolean: return f(std::type_identity<bool>{});
        default: return f(std::type_identity<float>{});
    }
}

integers extents_of_shape(const shape& of) {
    integers extents;
    for (int axis = 0; axis < of.rank(); ++axis) extents.push_back(of[axis]);
    return extents;
}

}  // namespace

/// By a model of its own, so that what is computed ahead is what the model would have computed.
std::vector<onnx_array> computed(const std::function<std::vector<tensor>(scope&)>& build,
                                 const std::vector<onnx_type>& types) {
    registry reg(seed{0});
    std::size_t count = 0;
    {
        graph_builder builder(mistake_parts::on_mistake::raise);
        scope root(builder);
        count = build(root).size();
    }
    if (count == 0) return {};
    const std::size_t first = types.size() - count;
    std::vector<std::string> names;
    for (std::size_t k = 0; k < count; ++k) names.push_back(std::to_string(k));
    dynamic_model model(
        reg, [&](scope& s, std::span<const tensor>) { return build(s); }, std::span<const dynamic_input>(), names);
    std::vector<onnx_array> results;
    for (const dynamic_value& result : model.run_list({})) {
        onnx_array made = onnx_array::zeros(types[first + results.size()], extents_of_shape(result.shape()));
        std::memcpy(made.bytes.data(), result.data(), made.bytes.size());
        results.push_back(std::move(made));
    }
    return results;
}

}  // namespace ambit::onnx_parts

namespace AMBIT_NAMESPACE {

using onnx_parts::integers;
using onnx_parts::value;

struct onnx_module::contents {
    onnx_file file;
    onnx_options options;
    std::vector<dynamic_input> inputs;
    std::vector<onnx_output> outputs;
    std::vector<onnx_weight> weights;

    bool has_initializer(const std::string& name) const {
        return std::any_of(file.graph.initializers.begin(), file.graph.initializers.end(),
                           [&](const auto& initializer) { return initializer.first == name; });
    }
    bool is_given(const std::string& name) const {
        return options.constants.find(name) != options.constants.end() ||
               options.sequences.find(name) != options.sequences.end() || has_initializer(name);
    }
    tensor_spec spec_of(const onnx_value& input) const;
    std::vector<value> run(onnx_parts::importer& by, scope& s, std::span<const tensor> given) const;
};

tensor_spec onnx_module::contents::spec_of(const onnx_value& input) const {
    const auto refuse = [&](onnx_fault kind, std::string_view found, std::string_view advice) {
        core_parts::throw_or_end(onnx_error(kind, {}, input.name, found, advice));
    };
    tensor_spec spec{{}, carrier_of(input.type)};
    if (spec.type == dtype::none)
        refuse(input.type == onnx_type::undefined ? onnx_fault::needs_constant : onnx_fault::unknown_type,
               "an input of texts, of complex numbers, a sequence or an optional one",
               "give its value to the importer, in .constants or .sequences");
    if (!input.has_shape)
        refuse(onnx_fault::open_extent, "the file does not say of which shape the input is", "give the file a shape");
    if (input.extents.size() > std::size_t{core_parts::max_rank})
        refuse(onnx_fault::refused, "an input has more than 8 axes", "");
    for (std::size_t axis = 0; axis < input.extents.size(); ++axis) {
        std::int64_t extent = input.extents[axis];
        if (extent < 0) {
            auto said = options.extents.find(input.open_names[axis]);
            if (said == options.extents.end()) said = options.extents.find("");
            if (said == options.extents.end())
                refuse(onnx_fault::open_extent,
                       "the file leaves the extent " + mistake_parts::in_quotes(input.open_names[axis]) + " of axis " +
                           std::to_string(axis) + " open",
                       "say it to the importer, in .extents");
            extent = said->second;
        }
        spec.extents.append(extent);
    }
    if (!core_parts::is_legal(spec.extents))
        refuse(onnx_fault::needs_constant, "an input is empty, or larger than a terabyte", "no tensor is");
    return spec;
}

std::vector<value> onnx_module::contents::run(onnx_parts::importer& by, scope&, std::span<const tensor> given) const {
    std::vector<value> values;
    std::size_t next = 0;
    for (const onnx_value& input : file.graph.inputs) {
        if (const auto constant = options.constants.find(input.name); constant != options.constants.end()) {
            values.push_back(onnx_parts::known_value(constant->second));
        } else if (const auto list = options.sequences.find(input.name); list != options.sequences.end()) {
            if (input.kind == onnx_kind::optional && list->second.empty()) {
                values.emplace_back();
                continue;
            }
            auto items = std::make_shared<std::vector<value>>();
            for (const onnx_array& item : list->second) items->push_back(onnx_parts::known_value(item));
            values.push_back({.items = std::move(items)});
        } else if (has_initializer(input.name)) {
            value initial;  // the initializer's
            for (const auto& [name, array] : file.graph.initializers)
                if (name == input.name)
                    initial = {.type = array->type, .known = array, .is_weight = is_floating(array->carrier())};
            values.push_back(std::move(initial));
        } else {
            values.push_back({.type = input.type, .built = given[next++]});
        }
    }
    return by.run(file.graph, values, nullptr);
}

onnx_module::onnx_module(onnx_file file, onnx_options options) {
    auto made = std::make_shared<contents>();
    made->file = std::move(file);
    made->options = std::move(options);
    constexpr std::int64_t newest_opset = 17;
    if (const auto set = made->file.opsets.find(""); set != made->file.opsets.end() && set->second > newest_opset)
        core_parts::throw_or_end(onnx_error(onnx_fault::unknown_opset, {}, {},
                                            "the operators are of opset " + std::to_string(set->second),
                                            "those known here are of opsets up to 17"));
    std::vector<tensor_spec> specs;
    for (const onnx_value& input : made->file.graph.inputs) {
        if (made->is_given(input.name)) continue;
        specs.push_back(made->spec_of(input));
        made->inputs.emplace_back(input.name, specs.back());
    }
    graph_builder builder(mistake_parts::on_mistake::raise);
    std::vector<tensor> given;
    for (const tensor_spec& spec : specs) given.push_back(builder.input(spec));
    scope root(builder);
    onnx_parts::importer by(root, made->file);
    const std::vector<value> results = made->run(by, root, given);
    for (std::size_t k = 0; k < results.size(); ++k) {
        const std::string& name = made->file.graph.outputs[k].name;
        const auto add = [&](const value& result, const std::string& called) {
            onnx_output output{called, result.type, result.extents(), nullptr};
            const bool is_tensor = result.known == nullptr || (!result.is_empty() && result.known->texts.empty());
            if (!is_tensor) output.known = result.known;
            else static_cast<void>(by.tensor_of(result));
            made->outputs.push_back(std::move(output));
        };
        if (results[k].items == nullptr) {
            if (results[k].is_there()) add(results[k], name);
            continue;
        }
        for (std::size_t i = 0; i < results[k].items->size(); ++i)
            add((*results[k].items)[i], name + '/' + std::to_string(i));
    }
    for (const auto& used : by.weights) made->weights.push_back({used.path, used.name, used.values});
    contents_ = std::move(made);
}

std::vector<tensor> onnx_module::operator()(scope& s, std::span<const tensor> inputs) const {
    onnx_parts::importer by(s, contents_->file);
    std::vector<tensor> tensors;
    for (const value& result : contents_->run(by, s, inputs)) {
        const auto add = [&](const value& item) {
            if (item.is_there() && !item.is_empty() && (item.known == nullptr || item.known->texts.empty()))
                tensors.push_back(by.tensor_of(item));
        };
        if (result.items == nullptr) add(result);
        else
            for (const value& item : *result.items) add(item);
    }
    return tensors;
}

std::span<const dynamic_input> onnx_module::inputs() const { return contents_->inputs; }
std::span<const onnx_output> onnx_module::outputs() const { return contents_->outputs; }
std::span<const onnx_weight> onnx_module::weights() const { return contents_->weights; }
const onnx_file& onnx_module::file() const { return contents_->file; }

dynamic_model onnx_module::build(registry& reg, const registry_run_options& options) const {
    std::vector<std::string> names;
    for (const onnx_output& output : outputs())
        if (output.known == nullptr) names.push_back(output.name);
    dynamic_model model(reg, *this, inputs(), names, options);
    for (const onnx_weight& weight : weights())
        onnx_parts::with_element_type(weight.values->carrier(), [&]<class T>(std::type_identity<T>) {
            reg.set(weight.path, weight.values->as<T>());
        });
    return model;
}

std::vector<std::string> onnx_operators() { return onnx_parts::op_table::all().names(); }

}  // namespace ambit
