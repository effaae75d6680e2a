// SPDX-License-Identifier: BSL-1.0
#include "importing.hpp"
#include "refuse.hpp"

#include <algorithm>
#include <cmath>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

/// Of known inputs larger than this nothing is computed while the graph is built.
constexpr std::int64_t most_folded = 1 << 16;

bool is_legal_array(const onnx_array& array) {
    return array.texts.empty() && array.carrier() != dtype::none &&
           array.extents.size() <= std::size_t{core_parts::max_rank} && array.elements() > 0;
}

}  // namespace

value known_value(onnx_array array) {
    value made;
    made.type = array.type;
    made.known = std::make_shared<const onnx_array>(std::move(array));
    return made;
}

value known_integers(const integers& list) { return known_value(list, {static_cast<std::int64_t>(list.size())}); }

const op_table& op_table::all() {
    static const op_table table = [] {
        op_table made;
        for (const auto add :
             {add_arithmetic, add_functions, add_arrays, add_lookup, add_reductions, add_losses, add_products,
              add_images, add_resizing, add_recurrent, add_control, add_quantized, add_signals, add_training})
            add(made);
        return made;
    }();
    return table;
}

// ---- values as tensors ---------------------------------------------------------------------------------------------

tensor constant_of(scope& s, const onnx_array& array) {
    op_parts::constant_list list{array.carrier()};
    with_elements(array, [&](auto elements) {
        for (const auto element : elements) list.append(element);
    });
    return op_parts::make_constant(s, list, shape_of(array.extents), {}, {});
}

tensor constant_of(scope& s, const std::vector<double>& numbers, const integers& extents, dtype type) {
    op_parts::constant_list list{type};
    for (const double number : numbers) list.append(number);
    return op_parts::make_constant(s, list, shape_of(extents), {}, {});
}

tensor scalar_of(scope& s, double number, dtype type) { return constant_of(s, {number}, {}, type); }

shape shape_of(const integers& extents) {
    shape made;
    for (const std::int64_t extent : extents) made.append(extent);
    return made;
}

integers extents_of(const tensor& x) {
    integers extents;
    for (int axis = 0; axis < x.shape().rank(); ++axis) extents.push_back(x.shape()[axis]);
    return extents;
}

op_parts::axis_places places_of(const integers& list) {
    op_parts::axis_places places;
    for (const std::int64_t place : list) places.append(place);
    return places;
}

ambit::axes axes_of(const std::vector<int>& list) {
    ambit::axes made;
    for (const int axis : list) made.append(axis);
    return made;
}

tensor cast_to(const tensor& x, dtype type) { return x.dtype() == type ? x : cast(x, type); }

tensor with_rank(const tensor& x, int rank) {
    if (x.shape().rank() >= rank) return x;
    integers extents(static_cast<std::size_t>(rank - x.shape().rank()), 1);
    for (const std::int64_t extent : extents_of(x)) extents.push_back(extent);
    return reshape(x, shape_of(extents));
}

tensor narrowed(const tensor& x, onnx_type type) {
    const auto wrapped = [&](std::int64_t count, std::int64_t low) { return floor_mod(x - low, count) + low; };
    // x - (x - c) with c = x (2^bits + 1) has the leading bits of x, rounded to nearest even (Veltkamp).
    const auto rounded = [&](const tensor& y, double factor) {
        const tensor scaled = y * factor;
        return scaled - (scaled - y);
    };
    switch (type) {
        case onnx_type::int8: return wrapped(256, -128);
        case onnx_type::int16: return wrapped(65536, -32768);
        case onnx_type::uint16: return floor_mod(x, 65536);
        case onnx_type::uint32: return floor_mod(x, std::int64_t{1} << 32);
        case onnx_type::bfloat16: {
            // Of large numbers the factor makes infinities; below 2^-126 the steps are 2^-133.
            const tensor size = abs(x);
            const tensor large = rounded(x * 0x1p-32F, 65537) * 0x1p32F;
            const tensor small = round(x * 0x1p100F * 0x1p33F) * 0x1p-33F * 0x1p-100F;
            const tensor finite = where(size < 0x1p-126F, small, where(size < 1.0F, rounded(x, 65537), large));
            return where(is_finite(x), finite, x);
        }
        case onnx_type::float16: {
            // Below 2^-14 the steps are 2^-24; from 65520 on everything is infinite.
            const tensor size = abs(x);
            const tensor small = round(x * 16777216.0F) * 5.9604644775390625e-8F;
            const tensor large = x * std::numeric_limits<float>::infinity();
            const tensor finite = where(size < 6.103515625e-5F, small, rounded(x, 8193));
            return where(size >= 65520.0F, large, finite);
        }
        default: return x;
    }
}

tensor importer::tensor_of(const value& of, const std::string& node) {
    if (of.built.has_value()) return *of.built;
    if (of.known == nullptr)
        refuse(onnx_fault::unknown_operator, node, of.name,
               of.items != nullptr ? "a sequence stands where an array is read" : "a value is read that is left out",
               "");
    if (!is_legal_array(*of.known))
        refuse(onnx_fault::unknown_operator, node, of.name, "no tensor is empty, of texts, or of more than 8 axes", "");
    if (const auto found = tensors_.find(of.known.get()); found != tensors_.end()) return found->second;
    tensor made;
    if (of.is_weight || of.known->elements() > most_folded) {
        const std::string path = free_path(of.name);
        made = s_.get_variable(
            path, shape_of(of.known->extents),
            {.initializer = zeros(), .dtype = of.known->carrier(), .trainable = is_floating(of.known->carrier())});
        weights.push_back({path, of.name, of.known});
    } else {
        made = constant_of(s_, *of.known);
    }
    // As long as a known value is held, its address is that of no other one.
    held_.push_back(of.known);
    tensors_.emplace(of.known.get(), made);
    return made;
}

/// A path of the letters that paths have; dots, which PyTorch writes between modules, become scopes.
std::string importer::free_path(const std::string& name) const {
    std::string path;
    for (const char c : name) {
        const bool is_plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        const bool parts = c == '.' || c == '/' || c == ':';
        if (parts && (path.empty() || path.back() == '/')) continue;
        path += parts ? '/' : is_plain ? c : '_';
    }
    while (!path.empty() && path.back() == '/') path.pop_back();
    if (path.empty() || path[0] == '_' || path[0] == '-') path.insert(0, "weights");
    const auto is_taken = [&](const std::string& candidate) {
        return std::any_of(weights.begin(), weights.end(), [&](const used_weight& w) { return w.path == candidate; });
    };
    std::string free = path;
    for (int number = 1; is_taken(free); ++number) free = path + '_' + std::to_string(number);
    return free;
}

// ---- graphs --------------------------------------------------------------------------------------------------------

std::vector<value> importer::run(const onnx_graph& graph, std::span<const value> inputs, const frame* around) {
    frame here{around};
    const auto define = [&](const std::string& name, value made) {
        made.name = name;
        if (!here.values.emplace(name, std::move(made)).second)
            refuse(onnx_fault::duplicate_name, {}, name, "two values have this name", "a value is made once");
    };
    for (std::size_t i = 0; i < graph.inputs.size() && i < inputs.size(); ++i) define(graph.inputs[i].name, inputs[i]);
    for (const auto& [name, array] : graph.initializers) {
        if (here.values.find(name) != here.values.end()) continue;  // an input takes its place
        value made{.type = array->type, .known = array};
        made.is_weight = is_floating(array->carrier()) && array->elements() > 0 && !array->extents.empty();
        define(name, std::move(made));
    }
    for (const onnx_node& node : graph.nodes) run_node(node, here);
    std::vector<value> results;
    for (const onnx_value& output : graph.outputs) {
        const value* const found = here.find(output.name);
        if (found == nullptr)
            refuse(onnx_fault::missing_value, {}, output.name, "no node makes this output", "the file is damaged");
        results.push_back(*found);
    }
    return results;
}

void importer::run_node(const onnx_node& node, frame& here) {
    const std::string name = node.domain.empty() ? node.op_type : node.domain + ':' + node.op_type;
    const op_version* const version = op_table::all().find(name, opset(node.domain));
    if (version == nullptr)
        refuse(onnx_fault::unknown_operator, node.title(), {},
               "the operator " + mistake_parts::in_quotes(name) + " is not there", "tests/onnx/not_there.txt says why");
    std::vector<value> inputs;
    for (const std::string& input : node.inputs) {
        if (input.empty()) {
            inputs.emplace_back();
            continue;
        }
        const value* const found = here.find(input);
        if (found == nullptr)
            refuse(onnx_fault::missing_value, node.title(), input,
                   "nothing makes this value before the node that reads it",
                   "an initializer is missing, or nodes are out of order or in a circle");
        inputs.push_back(*found);
    }
    node_call call(*this, node, inputs, here);
    if (!version->folds || !fold(node, *version, inputs, here)) {
        try {
            version->build(call);
        } catch (const model_error& why) {
            refuse(onnx_fault::refused, node.title(), {}, why.what(), "");
        }
        for (std::size_t k = 0; k < node.outputs.size(); ++k) {
            if (node.outputs[k].empty()) continue;
            value& result = call.results()[k];
            result.name = node.outputs[k];
            if (!here.values.emplace(node.outputs[k], std::move(result)).second)
                refuse(onnx_fault::duplicate_name, node.title(), node.outputs[k], "two values have this name",
                       "a value is made once");
        }
    }
}

/// Runs a node whose inputs are known in a graph of its own, and keeps what it computes.
bool importer::fold(const onnx_node& node, const op_version& version, std::vector<value>& inputs, frame& here) {
    std::int64_t elements = 0;
    for (const value& input : inputs) {
        if (!input.is_there() && input.name.empty()) continue;
        if (input.known == nullptr || input.is_weight) return false;
        elements += input.known->elements();
    }
    if (elements > most_folded || inputs.empty()) return false;
    std::vector<value> results;
    std::vector<std::size_t> places;
    std::vector<onnx_type> types;
    const auto build = [&](scope& s) {
        importer inner(s, file_);
        node_call call(inner, node, inputs, here);
        version.build(call);
        results = std::move(call.results());
        std::vector<tensor> tensors;
        for (std::size_t k = 0; k < results.size(); ++k) {
            if (results[k].known != nullptr || !results[k].built.has_value()) continue;
            places.push_back(k);
            types.push_back(results[k].type);
            tensors.push_back(*results[k].built);
        }
        return tensors;
    };
    try {
        std::vector<onnx_array> arrays = computed(build, types);
        for (std::size_t i = 0; i < arrays.size(); ++i) results[places[i]] = known_value(std::move(arrays[i]));
    } catch (const model_error& why) {
        refuse(onnx_fault::refused, node.title(), {}, why.what(), "");
    }
    for (std::size_t k = 0; k < node.outputs.size(); ++k) {
        if (node.outputs[k].empty()) continue;
        results[k].name = node.outputs[k];
        if (!here.values.emplace(node.outputs[k], results[k]).second)
            refuse(onnx_fault::duplicate_name, node.title(), node.outputs[k], "two values have this name",
                   "a value is made once");
    }
    return true;
}

// ---- what a node asks ----------------------------------------------------------------------------------------------

const onnx_array& node_call::known(int i) const {
    const value& asked = in(i);
    if (asked.known == nullptr)
        refuse(onnx_fault::needs_constant, "the value decides on shapes, and is known at run time only",
               "give it to the importer, in .constants", asked.name);
    return *asked.known;
}

integers node_call::known_integers(int i) const {
    integers list;
    if (is_floating(known(i).carrier())) {  // OneHot's depth may be a float
        for (const double number : known_numbers(i)) {
            if (!(std::abs(number) < 0x1p63) || std::floor(number) < number)
                refuse(onnx_fault::unknown_type, "integers are wanted, and these are fractions", "", in(i).name);
            list.push_back(static_cast<std::int64_t>(number));
        }
        return list;
    }
    if (known(i).carrier() == dtype::none)
        refuse(onnx_fault::unknown_type, "integers are wanted, and these are no numbers", "", in(i).name);
    with_elements(known(i), [&](auto elements) {
        for (const auto element : elements) list.push_back(static_cast<std::int64_t>(element));
    });
    return list;
}

std::vector<double> node_call::known_numbers(int i) const {
    const onnx_array& array = known(i);
    if (array.carrier() == dtype::none)
        refuse(onnx_fault::unknown_type, "numbers are wanted, and these are no numbers", "", in(i).name);
    std::vector<double> list;
    with_elements(array, [&](auto elements) {
        for (const auto element : elements) list.push_back(static_cast<double>(element));
    });
    return list;
}

std::int64_t node_call::known_integer(int i) const {
    const integers list = known_integers(i);
    if (list.size() != 1) refuse(onnx_fault::wrong_size, "one number is wanted", "", in(i).name);
    return list[0];
}

double node_call::known_number(int i) const {
    const std::vector<double> list = known_numbers(i);
    if (list.size() != 1) refuse(onnx_fault::wrong_size, "one number is wanted", "", in(i).name);
    return list[0];
}

const onnx_attribute& node_call::attribute(std::string_view name) const {
    const auto found = node_.attributes.find(name);
    if (found == node_.attributes.end())
        refuse(onnx_fault::missing_attribute, "the attribute is missing", "", std::string(name));
    return found->second;
}

std::int64_t node_call::integer(std::string_view name, std::int64_t otherwise) const {
    if (!says(name)) return otherwise;
    const onnx_attribute& said = attribute(name);
    if (!said.integer) refuse(onnx_fault::missing_attribute, "the attribute is no integer", "", std::string(name));
    return *said.integer;
}

double node_call::number(std::string_view name, double otherwise) const {
    if (!says(name)) return otherwise;
    const onnx_attribute& said = attribute(name);
    if (!said.number) refuse(onnx_fault::missing_attribute, "the attribute is no number", "", std::string(name));
    return double{*said.number};
}

std::string node_call::text(std::string_view name, std::string_view otherwise) const {
    if (!says(name)) return std::string(otherwise);
    const onnx_attribute& said = attribute(name);
    if (!said.text) refuse(onnx_fault::missing_attribute, "the attribute is no text", "", std::string(name));
    return *said.text;
}

integers node_call::list(std::string_view name, const integers& otherwise) const {
    return says(name) ? attribute(name).integers : otherwise;
}

integers node_call::within(integers numbers, std::int64_t low, std::int64_t high, std::string_view what) const {
    for (const std::int64_t number : numbers)
        if (number < low || number > high)
            refuse(onnx_fault::refused, std::to_string(number) + " is among the " + std::string(what),
                   "they are from " + std::to_string(low) + " to " + std::to_string(high));
    return numbers;
}

std::int64_t elements_of(const node_call& call, const integers& extents) {
    std::int64_t count = 1;
    for (const std::int64_t extent : extents) {
        if (extent < 0) call.refuse(onnx_fault::refused, "an extent is negative", "");
        if (extent > 0 && count > core_parts::max_tensor_bytes / extent)
            call.refuse(onnx_fault::too_large, "a shape is larger than a terabyte", "");
        count *= extent;
    }
    return count;
}

const onnx_graph& node_call::graph(std::string_view name) const {
    const onnx_attribute& said = attribute(name);
    if (said.graph == nullptr)
        refuse(onnx_fault::missing_attribute, "the attribute is no graph", "", std::string(name));
    return *said.graph;
}

int node_call::axis(std::int64_t given, int rank) const {
    if (given < -rank || given >= rank)
        refuse(onnx_fault::refused,
               "the axis " + std::to_string(given) + " lies outside of " + std::to_string(rank) + " axes", "");
    return static_cast<int>(given < 0 ? given + rank : given);
}

std::vector<int> node_call::axes(const integers& given, int rank) const {
    std::vector<int> all;
    for (const std::int64_t one : given) {
        const int found = axis(one, rank);
        if (std::find(all.begin(), all.end(), found) != all.end())
            refuse(onnx_fault::refused, "the axis " + std::to_string(one) + " is named twice", "");
        all.push_back(found);
    }
    return all;
}

}  // namespace ambit::onnx_parts
