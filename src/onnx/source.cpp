// SPDX-License-Identifier: BSL-1.0
#include "importing.hpp"
#include "refuse.hpp"

#include <ambit/checkpoint/safetensors_writer.hpp>
#include <ambit/math/number.hpp>
#include <ambit/onnx/onnx_source.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <functional>
#include <set>

namespace AMBIT_NAMESPACE {

namespace {

using onnx_parts::integers, onnx_parts::refuse;

std::string text_of(dtype type) { return type == dtype::boolean ? "boolean" : std::string(name_of(type)); }

template <class List> std::string joined(const List& list) {
    std::string all;
    for (const auto& one : list) all += (all.empty() ? "" : ", ") + one;
    return all;
}
std::string braces(const integers& list) {
    std::vector<std::string> all;
    for (const std::int64_t number : list) {
        const bool is_open = number == unbounded;
        all.push_back(is_open ? "unbounded" : std::to_string(number));
    }
    return '{' + joined(all) + '}';
}
std::string braces(const shape& of) {
    integers all;
    for (int axis = 0; axis < of.rank(); ++axis) all.push_back(of[axis]);
    return braces(all);
}
std::string braces(const ambit::axes& of) {
    integers all;
    for (int i = 0; i < of.size(); ++i) all.push_back(of[i]);
    return braces(all);
}

/// As C++ reads it again, digit for digit: the shortest text that means the number.
std::string number_text(double value, dtype type) {
    if (type == dtype::boolean) return value == 0 ? "0" : "1";
    if (!is_floating(type)) return std::to_string(static_cast<std::int64_t>(value));
    if (std::isnan(value)) return "std::numeric_limits<double>::quiet_NaN()";
    if (std::isinf(value))
        return value > 0 ? "std::numeric_limits<double>::infinity()" : "-std::numeric_limits<double>::infinity()";
    char digits[32];
    const auto end = type == dtype::float32
                         ? std::to_chars(digits, digits + sizeof digits, static_cast<float>(value)).ptr
                         : std::to_chars(digits, digits + sizeof digits, value).ptr;
    std::string text(digits, end);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}
std::string word_text(std::int64_t word, dtype type) {
    if (is_floating(type)) return number_text(std::bit_cast<double>(word), type);
    return type == dtype::boolean ? (word != 0 ? "1" : "0") : std::to_string(word);
}

/// Words that values of a module may not be called.
const std::set<std::string, std::less<>>& taken_words() {
    static const std::set<std::string, std::less<>> words{
        "s",        "outputs",  "alignas",   "alignof",   "and",      "asm",      "auto",      "bool",      "break",
        "case",     "catch",    "char",      "class",     "concept",  "const",    "consteval", "constexpr", "constinit",
        "continue", "decltype", "default",   "delete",    "do",       "double",   "else",      "enum",      "explicit",
        "export",   "extern",   "false",     "float",     "for",      "friend",   "goto",      "if",        "inline",
        "int",      "long",     "mutable",   "namespace", "new",      "noexcept", "not",       "nullptr",   "operator",
        "or",       "private",  "protected", "public",    "register", "requires", "return",    "short",     "signed",
        "sizeof",   "static",   "struct",    "switch",    "template", "this",     "throw",     "true",      "try",
        "typedef",  "typeid",   "typename",  "union",     "unsigned", "using",    "virtual",   "void",      "volatile",
        "while",    "xor",      "tensor",    "scope",     "variable", "same",     "valid",     "ambit",     "std"};
    return words;
}

/// One op of the graph, and the names of its operands.
struct op_text {
    op_call call;
    tensor_spec result;
    std::vector<std::string> in;

    template <class Op> typename Op::attributes attributes() const {
        return call.attributes<typename Op::attributes>();
    }
    std::string of(std::string_view function, const std::string& more = {}) const {
        return std::string(function) + '(' + joined(in) + (more.empty() ? "" : ", " + more) + ')';
    }
};
using source_rule = std::function<std::string(const op_text&)>;
using source_rules = std::map<std::string, source_rule, std::less<>>;

std::string padding_text(const padding_option& padding) {
    if (padding.mode == same) return "same";
    if (padding.mode == valid) return "valid";
    return "explicit_pads(" + std::to_string(padding.top) + ", " + std::to_string(padding.bottom) + ", " +
           std::to_string(padding.left) + ", " + std::to_string(padding.right) + ')';
}

std::string reduction_text(const op_text& op, std::string_view function) {
    const auto a = op.attributes<op_parts::reduce_op>();
    integers axes(a.axis, a.axis + a.count);
    std::string more = a.count > 0 ? ".axes = " + braces(axes) : "";
    if (a.keep_dims != 0) more += (more.empty() ? "" : ", ") + std::string(".keep_dims = true");
    return std::string(function) + '(' + op.in[0] + (more.empty() ? "" : ", {" + more + '}') + ')';
}

void add_plain_rules(source_rules& rules) {
    for (const char* const name : {"add",           "sub",
                                   "mul",           "div",
                                   "bias_add",      "pow",
                                   "neg",           "abs",
                                   "sign",          "floor",
                                   "ceil",          "round",
                                   "maximum",       "minimum",
                                   "sqrt",          "rsqrt",
                                   "exp",           "expm1",
                                   "log",           "log1p",
                                   "erf",           "sin",
                                   "cos",           "asin",
                                   "acos",          "atan",
                                   "sinh",          "cosh",
                                   "asinh",         "acosh",
                                   "atanh",         "tanh",
                                   "sigmoid",       "relu",
                                   "softplus",      "softsign",
                                   "swish",         "selu",
                                   "prelu",         "equal",
                                   "not_equal",     "less",
                                   "less_equal",    "greater",
                                   "greater_equal", "logical_and",
                                   "logical_or",    "logical_xor",
                                   "logical_not",   "where",
                                   "is_nan",        "is_inf",
                                   "is_finite",     "floor_div",
                                   "floor_mod",     "batch_gather",
                                   "scatter_add",   "scatter_update",
                                   "stop_gradient", "atan2"})
        rules[name] = [name](const op_text& op) { return op.of(name); };
    rules["identity"] = [](const op_text& op) { return op.in[0]; };
    rules["batch_matmul"] = rules["matmul"] = [](const op_text& op) {
        const auto a = op.attributes<op_parts::matmul_op>();
        std::string more = a.transpose_a != 0 ? ".transpose_a = true" : "";
        if (a.transpose_b != 0) more += (more.empty() ? "" : ", ") + std::string(".transpose_b = true");
        return op.of("matmul", more.empty() ? "" : '{' + more + '}');
    };
    rules["square"] = [](const op_text& op) { return op.of(op.in.size() == 1 ? "square" : "squared_difference"); };
    rules["elu"] = [](const op_text& op) {
        return op.of("elu", "{.alpha = " + number_text(op.attributes<op_parts::elu_op>().alpha, dtype::float64) + '}');
    };
    rules["leaky_relu"] = [](const op_text& op) {
        return op.of("leaky_relu",
                     "{.alpha = " + number_text(op.attributes<op_parts::leaky_relu_op>().alpha, dtype::float64) + '}');
    };
    rules["gelu"] = [](const op_text& op) {
        return op.of("gelu", op.attributes<op_parts::gelu_op>().approximate != 0 ? "{.approximate = true}" : "");
    };
    rules["clip"] = [](const op_text& op) {
        const auto a = op.attributes<op_parts::clip_op>();
        return op.of("clip", number_text(a.low, dtype::float64) + ", " + number_text(a.high, dtype::float64));
    };
}

void add_array_rules(source_rules& rules) {
    rules["reshape"] = rules["expand_dims"] =
        rules["squeeze"] = [](const op_text& op) { return op.of("reshape", "shape" + braces(op.result.extents)); };
    rules["broadcast_to"] = [](const op_text& op) {
        return op.of("broadcast_to", "shape" + braces(op.result.extents));
    };
    rules["transpose"] = [](const op_text& op) {
        const auto a = op.attributes<op_parts::transpose_op>();
        return op.of("transpose", a.count == 0 ? "" : braces(integers(a.axis, a.axis + a.count)));
    };
    rules["slice"] = [](const op_text& op) {
        const auto a = op.attributes<op_parts::slice_op>();
        return op.of("slice", braces(a.begin) + ", " + braces(a.size));
    };
    rules["strided_slice"] = [](const op_text& op) {
        const auto a = op.attributes<op_parts::strided_slice_op>();
        return op.of("strided_slice", "{.begin = " + braces(a.begin) + ", .end = " + braces(a.end) +
                                          ", .strides = " + braces(a.strides) + '}');
    };
    rules["split"] = [](const op_text& op) {
        const auto steps = op_parts::split_op::steps_of(op.attributes<op_parts::split_op>(), op.call.extents(0));
        integers begin;
        for (int axis = 0; axis < op.result.extents.rank(); ++axis) begin.push_back(steps.axis[axis].first);
        return op.of("slice", braces(begin) + ", " + braces(op.result.extents));
    };
    rules["reverse"] = [](const op_text& op) {
        return op.of("reverse", braces(op.attributes<op_parts::reverse_op>().axes));
    };
    rules["concat"] = [](const op_text& op) {
        return "concat({" + joined(op.in) + "}, " + std::to_string(op.attributes<op_parts::concat_op>().axis) + ')';
    };
    rules["tile"] = [](const op_text& op) { return op.of("tile", braces(op.attributes<op_parts::tile_op>().repeats)); };
    rules["cast"] = [](const op_text& op) { return op.of("cast", text_of(op.result.type)); };
    rules["pad"] = [](const op_text& op) {
        const auto a = op.attributes<op_parts::pad_op>();
        std::vector<std::string> pairs;
        for (int axis = 0; axis < op.result.extents.rank(); ++axis) {
            if (a.between[axis] != 0)
                refuse(onnx_fault::unknown_operator, "pad", {}, "places between elements are not written", "");
            pairs.push_back(braces(integers{a.around[axis].before, a.around[axis].after}));
        }
        const std::string value =
            a.value == 0 ? "" : ", {.constant_value = " + number_text(a.value, dtype::float64) + '}';
        return op.of("pad", '{' + joined(pairs) + '}' + value);
    };
    rules["range"] = [](const op_text& op) {
        const auto a = op.attributes<op_parts::range_op>();
        const auto text = [&](double number) {
            return number_text(number, is_floating(op.result.type) ? dtype::float64 : op.result.type);
        };
        return "range(s, " + text(a.start) + ", " + text(a.limit) + ", " + text(a.delta) +
               ", {.dtype = " + text_of(op.result.type) + "})";
    };
    rules["gather"] = [](const op_text& op) {
        return op.of("gather", "{.axis = " + std::to_string(op.attributes<op_parts::gather_op>().axis) + '}');
    };
    rules["one_hot"] = [](const op_text& op) {
        const auto a = op.attributes<op_parts::one_hot_op>();
        return op.of("one_hot", std::to_string(a.depth) + ", {.on = " + number_text(a.on, dtype::float64) +
                                    ", .off = " + number_text(a.off, dtype::float64) + ", .axis = " +
                                    std::to_string(a.axis) + ", .dtype = " + text_of(op.result.type) + '}');
    };
    for (const char* const name : {"argmax", "argmin"})
        rules[name] = [name](const op_text& op) {
            return op.of(name, std::to_string(op.attributes<op_parts::argmax_op>().axis));
        };
    rules["top_k"] = [](const op_text& op) {
        return op.of("top_k", std::to_string(op.attributes<op_parts::top_k_op>().k)) + ".indices";
    };
    rules["reverse_sequence"] = [](const op_text& op) {
        const auto a = op.attributes<op_parts::reverse_sequence_op>();
        return op.of("reverse_sequence", "{.sequence_axis = " + std::to_string(a.sequence_axis) +
                                             ", .batch_axis = " + std::to_string(a.batch_axis) + '}');
    };
}

void add_kernel_rules(source_rules& rules) {
    for (const char* const name : {"reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod", "reduce_any",
                                   "reduce_all", "reduce_logsumexp", "reduce_variance"})
        rules[name] = [name](const op_text& op) { return reduction_text(op, name); };
    for (const char* const name : {"softmax", "log_softmax"})
        rules[name] = [name](const op_text& op) {
            return op.of(name, "{.axis = " + std::to_string(op.attributes<op_parts::softmax_op>().axis) + '}');
        };
    for (const char* const name : {"cumsum", "cumprod"})
        rules[name] = [name](const op_text& op) {
            const auto a = op.attributes<op_parts::cumulative_op>();
            return op.of(name, std::to_string(a.axis) + ", {.exclusive = " + (a.exclusive != 0 ? "true" : "false") +
                                   ", .reverse = " + (a.reverse != 0 ? "true" : "false") + '}');
        };
    const auto pair = [](std::int64_t height, std::int64_t width) { return braces(integers{height, width}); };
    rules["conv2d"] = [pair](const op_text& op) {
        const auto a = op.attributes<op_parts::conv2d_op>();
        const std::int64_t groups = op.call.extents(0)[3] / op.call.extents(1)[2];
        return op.of("conv2d", "{.strides = " + pair(a.stride_height, a.stride_width) +
                                   ", .padding = " + padding_text(a.padding) +
                                   ", .dilations = " + pair(a.dilation_height, a.dilation_width) +
                                   (groups == 1 ? "" : ", .groups = " + std::to_string(groups)) + '}');
    };
    rules["depthwise_conv2d"] = [pair](const op_text& op) {
        const auto a = op.attributes<op_parts::depthwise_op>();
        return op.of("depthwise_conv2d", "{.strides = " + pair(a.stride_height, a.stride_width) +
                                             ", .padding = " + padding_text(a.padding) +
                                             ", .dilations = " + pair(a.dilation_height, a.dilation_width) + '}');
    };
    for (const char* const name : {"max_pool", "avg_pool"})
        rules[name] = [pair, name](const op_text& op) {
            const auto a = op.attributes<op_parts::pool_op>();
            return op.of(name, "{.window = " + pair(a.window_height, a.window_width) + ", .strides = " +
                                   pair(a.stride_height, a.stride_width) + ", .padding = " + padding_text(a.padding) +
                                   (a.ceil_mode != 0 ? ", .ceil_mode = true}" : "}"));
        };
}

const source_rules& all_rules() {
    static const source_rules rules = [] {
        source_rules made;
        add_plain_rules(made);
        add_array_rules(made);
        add_kernel_rules(made);
        return made;
    }();
    return rules;
}

/// A value of an op's name would hide the op.
bool is_function(const std::string& name) {
    return all_rules().find(name) != all_rules().end() || name == "constant" || name == "shape" || name == "zeros" ||
           name == "squared_difference" || name == "explicit_pads" || name == "unbounded" ||
           name.starts_with("float") || name.starts_with("int") || name == "uint8" || name == "boolean";
}

/// Names of values: identifiers, each once.
class identifiers {
public:
    std::string fresh(std::string_view wanted) {
        std::string base;
        for (const char c : wanted) {
            const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (is_plain) base += c;
            else if (!base.empty() && base.back() != '_') base += '_';
        }
        while (!base.empty() && base.back() == '_') base.pop_back();
        if (base.empty() || (base[0] >= '0' && base[0] <= '9')) base.insert(0, "x");
        std::string name = base;
        for (int number = 1; taken_words().count(name) != 0 || is_function(name) || !names_.insert(name).second;
             ++number)
            name = base + '_' + std::to_string(number);
        return name;
    }

private:
    std::set<std::string> names_;
};

}  // namespace

std::string module_name(std::string_view wanted) {
    static const std::set<std::string, std::less<>> of_a_program{"model", "net",  "loaded", "input",    "load",
                                                                 "main",  "save", "seed",   "registry", "parameters"};
    std::string name;
    for (const char c : wanted) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        name += is_plain ? c : '_';
    }
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) name.insert(0, "net_");
    const bool is_taken = of_a_program.count(name) != 0 || taken_words().count(name) != 0 || is_function(name);
    return is_taken ? name + "_net" : name;
}

std::string module_source(const graph_builder& graph, std::span<const std::string> inputs,
                          std::span<const onnx_name> outputs, std::string_view name, std::string_view comment) {
    const auto& nodes = graph.value().nodes;
    const auto& words = graph.value().words;
    if (outputs.empty() || outputs.size() > graph_parts::max_outputs)
        refuse(onnx_fault::unknown_operator, {}, {},
               "a module in C++ has from 1 to " + std::to_string(graph_parts::max_outputs) + " outputs", "");
    std::vector<bool> is_needed(static_cast<std::size_t>(nodes.size()));
    for (const onnx_name& output : outputs) is_needed[static_cast<std::size_t>(output.node)] = true;
    for (int id = nodes.size(); id-- > 0;)
        for (int i = 0; is_needed[static_cast<std::size_t>(id)] && i < nodes[id].operand_count; ++i)
            is_needed[static_cast<std::size_t>(graph.value().operand(id, i))] = true;

    identifiers free;
    std::vector<std::string> values(static_cast<std::size_t>(nodes.size()));
    std::string parameters, body;
    for (int id = 0; id < nodes.size(); ++id) {
        if (nodes[id].op->role != op_role::input) continue;
        values[static_cast<std::size_t>(id)] =
            free.fresh(inputs[static_cast<std::size_t>(words[nodes[id].first_word])]);
        parameters += ", const tensor& " + values[static_cast<std::size_t>(id)];
    }
    std::map<std::string, std::string> read;
    for (int id = 0; id < nodes.size(); ++id) {
        const auto& n = nodes[id];
        if (!is_needed[static_cast<std::size_t>(id)] || n.op->role == op_role::input) continue;
        std::string& value = values[static_cast<std::size_t>(id)];
        const std::string op_name(graph.all_names().path(n.name).view());
        std::string text;
        if (n.op->role == op_role::read) {
            const std::string path(graph.path_of(static_cast<int>(words[n.first_word])).view());
            if (const auto once = read.find(path); once != read.end()) {
                value = once->second;
                continue;
            }
            value = read[path] = free.fresh(path);
            const auto& v = graph.variable_at(static_cast<int>(words[n.first_word]));
            text = "s.get_variable(\"" + path + "\", " +
                   (n.result.extents.rank() == 0 ? "shape{}" : braces(n.result.extents)) + ", {.initializer = zeros()" +
                   (n.result.type == dtype::float32 ? "" : ", .dtype = " + text_of(n.result.type)) +
                   (v.trainable ? "" : ", .trainable = false") + "})";
        } else if (n.op->role == op_role::constant && n.op->name == "constant") {
            const std::int64_t count = n.result.extents.elements();
            std::vector<std::string> elements;
            for (std::int64_t i = 0; i < count; ++i)
                elements.push_back(word_text(
                    words[n.first_word + n.word_count - static_cast<int>(count) + static_cast<int>(i)], n.result.type));
            const std::string list = n.result.extents.rank() == 0 ? elements[0] : '{' + joined(elements) + '}';
            text = "constant(s, " + list + ", " + (n.result.extents.rank() == 0 ? "{}" : braces(n.result.extents)) +
                   ", {.dtype = " + text_of(n.result.type) + "})";
            value = free.fresh(op_name);
        } else {
            std::vector<tensor_spec> specs;
            op_text op{{}, n.result, {}};
            for (int i = 0; i < n.operand_count; ++i) {
                const int operand = graph.value().operand(id, i);
                specs.push_back(nodes[operand].result);
                op.in.push_back(values[static_cast<std::size_t>(operand)]);
            }
            op.call = {specs.data(), n.operand_count, words.begin() + n.first_word};
            const auto rule = all_rules().find(n.op->name);
            if (rule == all_rules().end())
                refuse(onnx_fault::unknown_operator, std::string(n.op->name) + ' ' + op_name, {},
                       "this op is not written as C++", "build the model in the registry");
            text = rule->second(op);
            value = free.fresh(op_name);
        }
        body += "        const tensor " + value + " = " + text + ";\n";
    }
    identifiers members;
    std::string declared, returned;
    for (const onnx_name& output : outputs) {
        declared += (declared.empty() ? "" : ", ") + members.fresh(output.name);
        returned += (returned.empty() ? "" : ", ") + values[static_cast<std::size_t>(output.node)];
    }
    std::string source = "// " + std::string(comment.empty() ? "Written from a graph." : comment) +
                         "\n#pragma once\n\n#include <ambit/ambit.hpp>\n\n";
    if (body.find("numeric_limits") != std::string::npos) source += "#include <limits>\n\n";
    source +=
        "struct " + std::string(name) + " {\n    struct outputs {\n        ambit::tensor " + declared + ";\n    };\n\n";
    std::string qualified = parameters;
    for (std::size_t at = 0; (at = qualified.find("const tensor&", at)) != std::string::npos; at += 20)
        qualified.replace(at, 13, "const ambit::tensor&");
    source += "    constexpr outputs operator()(ambit::scope& s" + qualified +
              ") const {\n        using namespace ambit;\n" + body + "        return {" + returned + "};\n    }\n};\n";
    return source;
}

std::string module_source(const onnx_module& module, std::string_view name, std::string_view comment) {
    graph_builder builder(mistake_parts::on_mistake::raise);
    std::vector<tensor> given;
    std::vector<std::string> inputs;
    for (const dynamic_input& input : module.inputs()) {
        given.push_back(builder.input(input.spec));
        inputs.push_back(input.name);
    }
    scope root(builder);
    const std::vector<tensor> made = module(root, given);
    std::vector<onnx_name> outputs;
    for (const onnx_output& output : module.outputs())
        if (output.known == nullptr) outputs.push_back({output.name, made[outputs.size()].id()});
    return module_source(builder, inputs, outputs, name, comment);
}

void write_weights(const std::string& path, const onnx_module& module) {
    std::vector<tensor_entry> entries;
    for (const onnx_weight& weight : module.weights())
        entries.emplace_back(weight.path, weight.values->carrier(), onnx_parts::shape_of(weight.values->extents),
                             std::span<const std::byte>(weight.values->bytes));
    checkpoint_parts::write_safetensors<void>(path, std::span<const tensor_entry>(entries));
}

}  // namespace ambit
