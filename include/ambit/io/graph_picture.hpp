// SPDX-License-Identifier: BSL-1.0
// A model as a picture, in the language of Graphviz, or drawn by it:
//
//     write_dot(filter, "filter.dot");
//     write_svg(filter, "filter.svg");              // runs Graphviz's program `dot`
//
// Name scopes are boxes. Ops that one kernel computes have a dashed line around them and the number of its step
// (io/steps.hpp); where they lie in several scopes, they have one colour. A variable that is shared has a colour of its
// own, and so do the arrows to those who read it. Arrows between ops are named by shape. Numbers and what no output
// needs are left out.
#pragma once

#include <ambit/io/graphviz.hpp>
#include <ambit/io/planned_graph.hpp>
#include <ambit/io/whole_file.hpp>
#include <ambit/model/model.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::io_parts {

class graph_picture {
public:
    explicit graph_picture(const planned_graph& graph) : graph_(graph) {
        for (std::size_t n = 0; n < graph.values.size(); ++n)
            if (is_box(graph.values[n])) box_of(graph.values[n].name).values.push_back(n);
        for (std::size_t v = 0; v < graph.variables.size(); ++v) box_of(graph.variables[v].path).variables.push_back(v);
    }

    std::string text() {
        text_ =
            "digraph model {\n"
            "  graph [fontname=\"Helvetica,Arial,sans-serif\" fontsize=11 style=\"rounded,filled\" color=gray70\n"
            "         fillcolor=gray96 bgcolor=white pad=0.15 nodesep=0.2 ranksep=0.35]\n"
            "  node [shape=box style=\"rounded,filled\" fillcolor=white color=gray30 penwidth=0.8\n"
            "        fontname=\"Helvetica,Arial,sans-serif\" fontsize=11 margin=\"0.1,0.05\" height=0.3]\n"
            "  edge [fontname=\"Helvetica,Arial,sans-serif\" fontsize=9 color=gray30 fontcolor=gray30 arrowsize=0.7]\n";
        write_box(whole_, "", "  ");
        for (std::size_t n = 0; n < graph_.values.size(); ++n)
            if (is_box(graph_.values[n])) write_arrows_to(n);
        for (std::size_t k = 0; k < graph_.outputs.size(); ++k) write_output(k);
        return text_ + "}\n";
    }

private:
    struct scope_box {
        std::map<std::string, scope_box> inner;
        std::vector<std::size_t> values, variables;
    };

    /// Whether a value is drawn: variables are, their reads are not.
    static bool is_box(const planned_graph::value& value) {
        return value.is_needed && !value.is_literal && value.role != op_role::read;
    }
    scope_box& box_of(std::string_view path) {
        scope_box* box = &whole_;
        for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/')) {
            box = &box->inner[std::string(path.substr(0, slash))];
            path.remove_prefix(slash + 1);
        }
        return *box;
    }
    static std::string_view last_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

    /// Neighbours in a list get hues far from each other.
    static std::string colour(std::size_t index, std::string_view saturation, std::string_view value) {
        const std::size_t hue = index * 618 % 1000;
        std::string digits = std::to_string(hue);
        digits.insert(0, 3 - digits.size(), '0');
        return "\"0." + digits + " " + std::string(saturation) + " " + std::string(value) + "\"";
    }
    /// Names of scopes and variables have no quotes and no backslashes, those of a user's own ops may.
    static std::string quoted(std::string_view words) {
        std::string text = "\"";
        for (const char letter : words) {
            if (letter == '"' || letter == '\\') text += '\\';
            if (letter == '\n') text += "\\n";
            else text += letter;
        }
        return text + '"';
    }

    void write_box(const scope_box& box, const std::string& path, const std::string& margin) {
        for (const auto& [name, inner] : box.inner) {
            std::string inner_path = path;
            if (!path.empty()) inner_path += '/';
            inner_path += name;
            text_ += margin + "subgraph " + quoted("cluster_" + inner_path) + " {\n";
            text_ += margin + "  label=" + quoted(name) + "\n";
            write_box(inner, inner_path, margin + "  ");
            text_ += margin + "}\n";
        }
        for (const std::size_t v : box.variables) write_variable(v, margin);
        int open = -1;  // the step around whose ops there is a line
        std::vector<std::size_t> by_step = box.values;
        std::stable_sort(by_step.begin(), by_step.end(), [&](std::size_t a, std::size_t b) {
            return outlined_step(graph_.values[a]) < outlined_step(graph_.values[b]);
        });
        for (const std::size_t n : by_step) {
            const int step = outlined_step(graph_.values[n]);
            if (step != open && open >= 0) text_ += margin + "}\n";
            if (step != open && step >= 0) {
                text_ += margin + "subgraph " + quoted("cluster_step_" + std::to_string(step)) + " {\n";
                text_ += margin + "  label=" + quoted("step " + std::to_string(step)) +
                         " labeljust=r fontsize=9 fontcolor=gray30 style=\"rounded,dashed\" color=gray40\n";
            }
            open = step;
            write_value(n, step >= 0 ? margin + "  " : margin);
        }
        if (open >= 0) text_ += margin + "}\n";
    }

    bool is_fused(const planned_graph::value& value) const {
        return value.step >= 0 && graph_.steps[static_cast<std::size_t>(value.step)].values.size() > 1;
    }
    /// The step of a value whose kernel computes several, all of one scope; else -1.
    int outlined_step(const planned_graph::value& value) const {
        if (!is_fused(value)) return -1;
        const auto scope_of = [](std::string_view path) { return path.substr(0, path.rfind('/') + 1); };
        for (const int other : graph_.steps[static_cast<std::size_t>(value.step)].values)
            if (scope_of(graph_.values[static_cast<std::size_t>(other)].name) != scope_of(value.name)) return -1;
        return value.step;
    }

    void write_variable(std::size_t v, const std::string& margin) {
        const planned_graph::variable& variable = graph_.variables[v];
        std::string label = std::string(last_name(variable.path)) + "\n" + to_string(variable.spec);
        const bool is_shared = variable.uses > 1;
        if (is_shared) label += "\nused " + std::to_string(variable.uses) + " times";
        text_ += margin + "variable_" + std::to_string(v) + " [label=" + quoted(label) +
                 " shape=cylinder style=filled" + " fillcolor=" + (is_shared ? colour(v, "0.35", "1.0") : "gray90") +
                 "]\n";
    }

    void write_value(std::size_t n, const std::string& margin) {
        const planned_graph::value& value = graph_.values[n];
        std::string label(last_name(value.name)), look;
        if (value.role == op_role::input) {
            label = "input " + std::to_string(value.number);
            look = " shape=ellipse fillcolor=\"#dbeafe\"";
        } else if (!label.starts_with(value.op)) {
            if (!label.empty()) label += '\n';
            label += value.op;  // the user's name does not say what it is
        }
        if (value.step >= 0 && outlined_step(value) < 0) {
            label += "\nstep " + std::to_string(value.step);
            if (is_fused(value))
                look = " penwidth=2.5 color=" + colour(static_cast<std::size_t>(value.step), "0.9", "0.75");
        }
        text_ += margin + "op_" + std::to_string(n) + " [label=" + quoted(label) + look + "]\n";
    }

    /// Where an arrow from a value begins; of a variable it has the colour that shows who shares it.
    std::string begin_of(const planned_graph::value& from, std::size_t n) const {
        return from.role == op_role::read ? "variable_" + std::to_string(from.number) : "op_" + std::to_string(n);
    }
    std::string look_of(const planned_graph::value& from) const {
        if (from.role != op_role::read)
            return from.spec.type == dtype::none ? std::string() : "label=" + quoted(to_string(from.spec));
        const auto v = static_cast<std::size_t>(from.number);
        return graph_.variables[v].uses > 1 ? "penwidth=2 color=" + colour(v, "0.7", "0.8") : std::string();
    }

    void write_arrows_to(std::size_t n) {
        const planned_graph::value& value = graph_.values[n];
        for (std::size_t i = 0; i < value.operands.size(); ++i) {
            const auto operand = static_cast<std::size_t>(value.operands[i]);
            const planned_graph::value& from = graph_.values[operand];
            if (from.is_literal || !from.is_needed) continue;
            // What the next iteration finds comes from behind.
            const bool goes_back = operand >= n;
            text_ += "  " + begin_of(from, operand) + " -> op_" + std::to_string(n) + " [" + look_of(from) +
                     (goes_back ? " constraint=false style=dashed" : "") + "]\n";
        }
        if (value.role == op_role::assign)
            text_ += "  op_" + std::to_string(n) + " -> variable_" + std::to_string(value.number) +
                     " [constraint=false style=dashed]\n";
    }

    void write_output(std::size_t k) {
        const planned_graph::output& output = graph_.outputs[k];
        const auto n = static_cast<std::size_t>(output.value);
        const planned_graph::value& from = graph_.values[n];
        const std::string name = "output_" + std::to_string(k);
        text_ += "  " + name + " [label=" + quoted("output " + output.name) + " shape=ellipse fillcolor=\"#dbeafe\"]\n";
        if (!from.is_literal) text_ += "  " + begin_of(from, n) + " -> " + name + " [" + look_of(from) + "]\n";
    }

    const planned_graph& graph_;
    scope_box whole_;
    std::string text_;
};

inline void write_dot_of(const planned_graph& graph, const std::filesystem::path& path) {
    const std::string text = graph_picture(graph).text();
    write_file(path, std::as_bytes(std::span(text)));
}
inline void write_svg_of(const planned_graph& graph, const std::filesystem::path& path) {
    const std::string text = drawn_by_graphviz(graph_picture(graph).text(), path);
    write_file(path, std::as_bytes(std::span(text)));
}

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// Writes the graph of a model, whole or not at all. Runs the module; of a model with `any_size` at its largest batch.
/// A file that cannot be written is a `file_error`.
template <storage Storage, class Module, class... Inputs>
void write_dot(const stored_model<Storage, Module, Inputs...>& shown, const std::filesystem::path& path) {
    using model = stored_model<Storage, Module, Inputs...>;
    io_parts::write_dot_of(io_parts::graph_of_model<model, Module, Inputs...>(shown), path);
}

/// The same of a module that needs no model: `write_dot(two_images{}, {spec(float32, {1, 32, 32, 32}), …}, path)`.
/// Throws a `model_error` for the module's first mistake.
template <class Module, std::size_t Inputs>
    requires graph_parts::module<Module, Inputs>
void write_dot(const Module& module, const tensor_spec (&inputs)[Inputs], const std::filesystem::path& path) {
    io_parts::write_dot_of(io_parts::planned_graph(module, std::to_array(inputs)), path);
}

/// The same drawn as SVG by Graphviz, whose program `dot` must be installed: where it is not, or fails, a
/// `graphviz_error` says so.
template <storage Storage, class Module, class... Inputs>
void write_svg(const stored_model<Storage, Module, Inputs...>& shown, const std::filesystem::path& path) {
    using model = stored_model<Storage, Module, Inputs...>;
    io_parts::write_svg_of(io_parts::graph_of_model<model, Module, Inputs...>(shown), path);
}

/// The same of a module that needs no model: `write_svg(two_images{}, {spec(float32, {1, 32, 32, 32}), …}, path)`.
template <class Module, std::size_t Inputs>
    requires graph_parts::module<Module, Inputs>
void write_svg(const Module& module, const tensor_spec (&inputs)[Inputs], const std::filesystem::path& path) {
    io_parts::write_svg_of(io_parts::planned_graph(module, std::to_array(inputs)), path);
}

}  // namespace ambit
