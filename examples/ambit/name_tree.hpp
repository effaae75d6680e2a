// SPDX-License-Identifier: BSL-1.0
// Names of tensors as a tree: parts end at slashes or, where no name has one, at points. Where a name has one way to go
// on, its parts are one. Numbers are in order of their values: layer_2 comes before layer_10.
//
//     for (const tree_row& row : tree_of({"conv1/biases", "conv1/weights", "step"}, true))
//         std::cout << row.branch << row.name << '\n';
//
//     conv1
//     ├─ biases
//     └─ weights
//     step
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

struct tree_row {
    std::string branch;  ///< the lines in front of it
    std::string below;  ///< and of what else is said of it
    std::string name;  ///< as the file has it
    std::optional<std::size_t> tensor;  ///< which of the names it is; none if it is only the beginning of some
};

/// Whether `a` comes before `b`, if numbers in them are taken as such.
inline bool is_before(std::string_view a, std::string_view b) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto digits = [&](std::string_view text, std::size_t begin) {
        std::size_t end = begin;
        while (end < text.size() && is_digit(text[end])) ++end;
        return text.substr(begin, end - begin);
    };
    std::size_t i = 0;
    for (; i < a.size() && i < b.size(); ++i) {
        const bool begins = (i == 0 || !is_digit(a[i - 1])) && is_digit(a[i]) && is_digit(b[i]);
        if (begins) {
            const std::string_view left = digits(a, i), right = digits(b, i);
            if (left.size() != right.size()) return left.size() < right.size();
        }
        if (a[i] != b[i]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[i]);
    }
    return a.size() < b.size();
}

struct comes_before {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return is_before(a, b); }
};

struct tree_node {
    std::optional<std::size_t> tensor;
    std::map<std::string_view, std::unique_ptr<tree_node>, comes_before> children;
};

inline void append_rows(std::vector<tree_row>& rows, const tree_node& node, const std::string& before, bool is_top,
                        bool unicode, char separator) {
    std::size_t left = node.children.size();
    for (const auto& [part, child] : node.children) {
        --left;
        std::string name(part);
        const tree_node* shown = child.get();
        while (!shown->tensor && shown->children.size() == 1) {
            (name += separator) += shown->children.begin()->first;
            shown = shown->children.begin()->second.get();
        }
        const bool is_last = left == 0;
        const std::string branch = is_top ? "" : is_last ? (unicode ? "└─ " : "`- ") : (unicode ? "├─ " : "|- ");
        const std::string beside = is_top ? "" : is_last ? "   " : (unicode ? "│  " : "|  ");
        const std::string more = shown->children.empty() ? "   " : (unicode ? "│  " : "|  ");
        rows.push_back({before + branch, before + beside + more, std::move(name), shown->tensor});
        append_rows(rows, *shown, before + beside, false, unicode, separator);
    }
}

/// The names are those that stay where they are as long as the rows are made.
inline std::vector<tree_row> tree_of(const std::vector<std::string_view>& names, bool unicode) {
    // Deeper than so, the rest of a name is one part: a hostile one has no more lines in front of it.
    constexpr int deepest = 12;
    const bool has_slash =
        std::any_of(names.begin(), names.end(), [](std::string_view name) { return name.find('/') != name.npos; });
    const char separator = has_slash ? '/' : '.';
    tree_node top;
    for (std::size_t n = 0; n < names.size(); ++n) {
        std::string_view rest = names[n];
        tree_node* node = &top;
        for (int depth = 0;; ++depth) {
            const std::size_t end = depth < deepest ? rest.find(separator) : rest.npos;
            std::unique_ptr<tree_node>& child = node->children[rest.substr(0, end)];
            if (child == nullptr) child = std::make_unique<tree_node>();
            node = child.get();
            if (end == rest.npos) break;
            rest.remove_prefix(end + 1);
        }
        node->tensor = n;
    }
    std::vector<tree_row> rows;
    append_rows(rows, top, "", true, unicode, separator);
    return rows;
}

}  // namespace tool
