// SPDX-License-Identifier: BSL-1.0
// A model as a table for people: its variables, its steps and its memory.
//
//     std::cout << summary(filter);
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/io/grouped_number.hpp>
#include <ambit/model/model.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace AMBIT_NAMESPACE::io_parts {

/// `205,056 bytes (200.2 KiB)`
inline std::string readable_bytes(std::int64_t bytes) {
    std::string text = grouped(bytes) + " bytes";
    if (bytes < 1024) return text;
    const bool mebi = bytes >= 1024 * 1024;
    const std::int64_t tenths = bytes * 10 / (mebi ? 1024 * 1024 : 1024);
    return text + " (" + grouped(tenths / 10) + '.' + std::to_string(tenths % 10) + (mebi ? " MiB)" : " KiB)");
}

/// Rows as columns: the first `left` columns are aligned to the left, the others to the right.
inline std::string table(const std::vector<std::vector<std::string>>& rows, std::size_t left) {
    std::vector<std::size_t> width(rows.front().size(), 0);
    for (const auto& row : rows)
        for (std::size_t c = 0; c < row.size(); ++c) width[c] = (std::max)(width[c], row[c].size());
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t c = 0; c < row.size(); ++c) {
            const std::string gap(width[c] - row[c].size(), ' ');
            line += (c == 0 ? "  " : "   ") + (c < left ? row[c] + gap : gap + row[c]);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// Variables with shape, dtype, elements and the number of `get_variable` calls that returned them; then inputs,
/// outputs, steps and memory. Plain text, one line a variable.
template <storage Storage, class Module, class... Inputs>
std::string summary(const stored_model<Storage, Module, Inputs...>& shown) {
    static_cast<void>(shown.parameters());  // refuses a model that was moved from
    using model = stored_model<Storage, Module, Inputs...>;
    using plan = plan_of<typename model::graph, plan_parts::all_outputs>;
    std::vector<std::vector<std::string>> rows{{"variable", "type", "elements", "uses"}};
    std::int64_t bytes = 0;
    for (const variable_info& v : model::variables) {
        rows.push_back({std::string(v.path), mistake_parts::to_string({v.extents, v.dtype}),
                        io_parts::grouped(v.elements()), std::to_string(v.uses) + (v.local != 0 ? " local" : "")});
        if (v.local == 0) bytes += v.bytes();
    }
    std::string text = io_parts::table(rows, 2);
    const auto line = [&](std::string_view name, const std::string& value) {
        (text += "  ") += std::string(name) + std::string(13 - name.size(), ' ') + value + '\n';
    };
    line("parameters", io_parts::grouped(model::parameter_count) + ", " + io_parts::readable_bytes(bytes));
    const tensor_spec inputs[] = {Inputs::spec...};
    for (const tensor_spec& input : inputs) line("input", mistake_parts::to_string(input));
    for (int k = 0; k < model::graph::counts.outputs; ++k)
        line("output", mistake_parts::to_string(model::graph::value.nodes[model::graph::value.outputs[k]].result));
    line("nodes", std::to_string(model::graph::counts.nodes) + " in " + std::to_string(plan::counts.steps) + " steps");
    line("arena", io_parts::readable_bytes(model::arena_bytes));
    return text;
}

}  // namespace ambit
