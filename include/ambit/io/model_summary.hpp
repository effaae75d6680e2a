// SPDX-License-Identifier: BSL-1.0
// What `summary(net)` returns: what there is to tell of a model, and the ways to tell it.
//
//     std::cout << summary(filter);                                  // on a terminal as wide as that
//     std::string lines = summary(filter).text(), page = summary(filter).markdown();
//     nlohmann::json facts = summary(filter);                        // with <ambit/io/summary_json.hpp>
#pragma once

#include <ambit/core/tensor_spec.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/diagnostics/terminal.hpp>
#include <ambit/io/text_table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE {

/// A model's variables, inputs, outputs, steps and memory. (A template, so that who prints no summary does not
/// instantiate its lists.)
template <class Caller = void> class model_summary {
public:
    using string = core_parts::later<std::string, Caller>;

    struct variable {
        string path;
        tensor_spec spec;
        std::int64_t uses = 0;  ///< `get_variable` calls that returned it
        std::int64_t flops = 0;  ///< of the ops that read it; an op that reads several counts for the first
        bool is_local = false;
        friend bool operator==(const variable&, const variable&) = default;
    };
    struct output {
        string name;  ///< empty for one that has none
        tensor_spec spec;
        friend bool operator==(const output&, const output&) = default;
    };
    std::vector<variable> variables;
    std::vector<core_parts::later<tensor_spec, Caller>> inputs;
    std::vector<output> outputs;
    int nodes = 0, steps = 0;
    std::int64_t flops = 0;  ///< of a call for all outputs (plan/flops.hpp)
    std::int64_t arena_bytes = 0;
    std::int64_t packed_bytes = 0;  ///< of weights that are kept as kernels read them, too

    /// Elements and bytes of the variables that models share and save.
    std::int64_t parameters() const {
        return sum_of([](const variable& v) { return v.spec.extents.elements(); });
    }
    std::int64_t parameter_bytes() const {
        return sum_of([](const variable& v) { return v.spec.bytes(); });
    }

    /// A tree of scopes and variables, and a line for each other fact. Of a scope there are the sums of what is in it.
    /// For so many columns, if there are any: then with lines as of a tree, and without what does not fit.
    [[gnu::cold]] string text(int columns = 0) const {
        std::vector<string> cells;
        for (const char* const heading : {"variable", "type", "elements", "bytes", "FLOPs", "uses"})
            cells.emplace_back(heading);
        add_rows(cells, tree(variables).nodes, 0, string(), columns > 0);
        string sides = "llrrrl", text;
        for (const unsigned first_to_go : {3U, 4U, 1U, 5U}) {
            text = io_parts::table(cells, sides);
            if (columns == 0 || width_of(text) <= columns) break;
            sides[first_to_go] = ' ';
        }
        if (sides.back() == ' ') text = io_parts::table(cells, sides);
        for_each_fact([&](const char* name, const string& value) {
            text.append("  ").append(name).append(13 - std::string_view(name).size(), ' ').append(value) += '\n';
        });
        return text;
    }

    /// A table of the variables, and a list of the other facts.
    [[gnu::cold]] string markdown() const {
        string page = "| variable | type | elements | bytes | FLOPs | uses |\n|---|---|---:|---:|---:|---|\n";
        for (const variable& v : variables)
            page += "| `" + v.path + "` | " + words_of(v.spec) + " | " + io_parts::grouped(v.spec.extents.elements()) +
                    " | " + io_parts::grouped(v.spec.bytes()) + " | " + io_parts::grouped(v.flops) + " | " +
                    uses_of(v) + " |\n";
        page += '\n';
        for_each_fact(
            [&](std::string_view name, const string& value) { page += "- " + string(name) + ": " + value + '\n'; });
        return page;
    }

    operator string() const { return text(); }
    friend std::ostream& operator<<(std::ostream& out, const model_summary& shown) {
        return out << shown.text(terminal_width(out));
    }
    friend bool operator==(const model_summary&, const model_summary&) = default;

private:
    /// Scopes and variables in the order in which they are met, each with those inside of it.
    struct tree_node {
        std::string_view name;
        int next = -1, first = -1, last = -1;  // the next one beside it; the first and the last one inside
        int variable = -1;
        std::int64_t elements = 0, bytes = 0, flops = 0;
    };
    struct tree {
        std::vector<tree_node> nodes;

        [[gnu::cold]] explicit tree(const std::vector<variable>& variables) : nodes(1) {
            for (std::size_t v = 0; v < variables.size(); ++v) {
                const variable& added = variables[v];
                std::size_t n = 0;
                for (std::string_view rest = added.path; !rest.empty();) {
                    const std::string_view part = rest.substr(0, rest.find('/'));
                    rest.remove_prefix(part.size() < rest.size() ? part.size() + 1 : part.size());
                    n = inside(n, part);
                    nodes[n].flops += added.flops;
                    if (added.is_local) continue;
                    nodes[n].elements += added.spec.extents.elements();
                    nodes[n].bytes += added.spec.bytes();
                }
                nodes[n].variable = static_cast<int>(v);
            }
        }

    private:
        std::size_t inside(std::size_t n, std::string_view name) {
            for (int i = nodes[n].first; i >= 0; i = nodes[std::size_t(i)].next)
                if (nodes[std::size_t(i)].name == name) return std::size_t(i);
            const auto added = nodes.size();
            if (nodes[n].last >= 0) nodes[std::size_t(nodes[n].last)].next = static_cast<int>(added);
            else nodes[n].first = static_cast<int>(added);
            nodes[n].last = static_cast<int>(added);
            nodes.push_back({name});
            return added;
        }
    };

    /// A scope with one thing in it stands on that one's line.
    [[gnu::cold]] void add_rows(std::vector<string>& cells, const std::vector<tree_node>& parts, std::size_t scope,
                                const string& before, bool has_lines) const {
        for (int i = parts[scope].first; i >= 0; i = parts[std::size_t(i)].next) {
            const bool is_last = i == parts[scope].last;
            string label = scope == 0 ? string() : has_lines ? before + (is_last ? "└─ " : "├─ ") : before;
            label += parts[std::size_t(i)].name;
            auto n = std::size_t(i);
            while (parts[n].variable < 0 && parts[n].first == parts[n].last) {
                n = std::size_t(parts[n].first);
                (label += '/') += parts[n].name;
            }
            cells.push_back(label);
            if (parts[n].variable >= 0) add_facts(cells, variables[std::size_t(parts[n].variable)]);
            else add_facts(cells, "", parts[n].elements, parts[n].bytes, parts[n].flops, "");
            add_rows(cells, parts, n,
                     scope == 0 && has_lines ? ""
                                             : before + (!has_lines ? "  "
                                                         : is_last  ? "   "
                                                                    : "│  "),
                     has_lines);
        }
    }
    static void add_facts(std::vector<string>& cells, const variable& v) {
        add_facts(cells, words_of(v.spec), v.spec.extents.elements(), v.spec.bytes(), v.flops, uses_of(v));
    }
    [[gnu::cold]] static void add_facts(std::vector<string>& cells, const string& spec, std::int64_t elements,
                                        std::int64_t bytes, std::int64_t work, const string& uses) {
        cells.push_back(spec);
        cells.push_back(bytes > 0 ? io_parts::grouped(elements) : string());
        cells.push_back(bytes > 0 ? io_parts::short_bytes<Caller>(bytes) : string());
        cells.push_back(work > 0 ? io_parts::short_count<Caller>(work) : string());
        cells.push_back(uses);
    }

    static string words_of(const tensor_spec& spec) { return mistake_parts::to_string(spec); }
    [[gnu::cold]] static string uses_of(const variable& v) {
        return std::to_string(v.uses) + (v.is_local ? " local" : v.uses > 1 ? " shared" : "");
    }
    template <class F> std::int64_t sum_of(const F& f) const {
        std::int64_t sum = 0;
        for (const variable& v : variables) sum += v.is_local ? 0 : f(v);
        return sum;
    }
    [[gnu::cold]] static int width_of(std::string_view text) {
        std::size_t widest = 0;
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            widest = (std::max)(widest, io_parts::columns_of(line));
            text.remove_prefix(line.size() + 1);
        }
        return static_cast<int>(widest);
    }

    template <class F> [[gnu::cold]] void for_each_fact(const F& line) const {
        line("parameters", io_parts::grouped(parameters()) + ", " + io_parts::readable_bytes(parameter_bytes()));
        for (const auto& input : inputs) line("input", words_of(input));
        for (const output& one : outputs) {
            const string spec = one.spec.type == dtype::none ? string("operation") : words_of(one.spec);
            line("output", one.name.empty() ? spec : one.name + ", " + spec);
        }
        line("nodes", std::to_string(nodes) + " in " + std::to_string(steps) + " steps");
        line("FLOPs", io_parts::grouped(flops) + " a call");
        line("arena", io_parts::readable_bytes(arena_bytes));
        if (packed_bytes > 0) line("packed", io_parts::readable_bytes(packed_bytes) + " of weights");
    }
};

}  // namespace ambit
