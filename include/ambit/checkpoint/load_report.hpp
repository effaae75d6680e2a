// SPDX-License-Identifier: BSL-1.0
// What became of each variable of a model and of each tensor of a file: as a value, and as text of at most 80 columns,
// in colour on a terminal.
//
//     const load_report report = load(net, "encoder.safetensors", allow_missing);
//     std::cout << report;                        // loaded 12 of 14 variables from encoder.safetensors, and so on
//     for (const load_entry& it : report)
//         if (it.outcome == load_outcome::missing) start_afresh(it.variable);
#pragma once

#include <ambit/checkpoint/stored_tensor.hpp>
#include <ambit/core/standard.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/diagnostics/grouped_number.hpp>
#include <ambit/diagnostics/quoted.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/diagnostics/terminal.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE {

enum class load_outcome {
    applied,      ///< the variable has the file's values
    tied,         ///< the same; the file has them under another name, which it says to be the same variable
    missing,      ///< the file lacks the variable
    other_shape,  ///< the file has it with another shape
    other_dtype,  ///< the file has it with another element type, and no conversion was allowed, or there is none
    unexpected,   ///< a tensor that no variable takes
    passed_over,  ///< a tensor that no variable takes; the file says that it is an optimizer's
    left_out,     ///< a variable or tensor that the rules leave out
};

struct load_entry {
    load_outcome outcome = load_outcome::applied;
    std::string variable;  ///< path in the model; empty of a tensor that no variable takes
    std::string tensor;    ///< name in the file, or what was looked for there; of several, the first that matters
    tensor_spec wanted;    ///< what the variable is
    stored_tensor stored;  ///< what the file has; without a name if it has nothing
    bool is_cast = false;
    bool is_transposed = false;
    bool is_rearranged = false;  ///< its gates, or put together from several tensors
    std::string nearest;         ///< of what is missing a tensor, of what is unexpected a variable; else empty
};

/// Entries of variables come first, in the model's order, then tensors that none of them takes, by name.
class [[nodiscard]] load_report {
public:
    std::string file;
    std::size_t loaded = 0;                ///< variables that have the file's values
    std::size_t variables = 0;             ///< of the model: all that are not local
    std::vector<std::string> passed_over;  ///< names of those tensors; sorted
    std::vector<load_entry> entries;
    bool is_description = false;  ///< of `describe_mismatch`: nothing was read, `loaded` would be

    auto begin() const { return entries.begin(); }
    auto end() const { return entries.end(); }

    std::size_t count(load_outcome outcome) const {
        return static_cast<std::size_t>(
            std::count_if(begin(), end(), [&](const auto& e) { return e.outcome == outcome; }));
    }
    /// The entry of a variable, by its path, or of a tensor that no variable takes, by its name; null if there is none.
    const load_entry* find(std::string_view name) const {
        for (const load_entry& entry : entries)
            if (entry.variable == name) return &entry;
        for (const load_entry& entry : entries)
            if (entry.variable.empty() && entry.tensor == name) return &entry;
        return nullptr;
    }
    /// The file has exactly the variables of the model, but for what an optimizer keeps and what the rules leave out.
    bool fits() const {
        return std::none_of(begin(), end(), [](const load_entry& e) {
            return e.outcome == load_outcome::missing || e.outcome == load_outcome::other_shape ||
                   e.outcome == load_outcome::other_dtype || e.outcome == load_outcome::unexpected;
        });
    }
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// The text of a report, without a line feed at its end.
class report_text {
public:
    static constexpr std::size_t columns = 80, most_lines = 8;

    report_text(const load_report& report, bool in_colour) : report_(report), in_colour_(in_colour) {
        headline();
        group(load_outcome::missing, "missing in the file", red);
        group(load_outcome::other_shape, "of another shape in the file", red);
        group(load_outcome::other_dtype, "of another dtype in the file", red);
        group(load_outcome::unexpected, "unexpected in the file", red);
        group(load_outcome::applied, "applied as the rules say", green);
        group(load_outcome::tied, "tied to another name in the file", green);
        group(load_outcome::left_out, "left out as the rules say", yellow);
        group(load_outcome::passed_over, "passed over, of an optimizer", yellow);
    }
    const std::string& text() const { return text_; }

private:
    static constexpr std::string_view red = "\x1B[31m", green = "\x1B[32m", yellow = "\x1B[33m", bold = "\x1B[1m",
                                      plain = "\x1B[0m";

    void coloured(std::string_view colour, const std::string& words) {
        if (in_colour_) text_ += colour;
        text_ += words;
        if (in_colour_) text_ += plain;
    }

    void headline() {
        const auto number = [](std::size_t count) { return grouped(static_cast<std::int64_t>(count)); };
        const std::string noun = report_.variables == 1 ? " variable" : " variables";
        std::string words = number(report_.loaded);
        if (report_.loaded != report_.variables) words += " of " + number(report_.variables);
        words = (report_.is_description ? "would load " : "loaded ") + words + noun;
        coloured(bold, words);
        if (report_.file.empty()) return;
        std::string shown = shown_path(report_.file);
        const std::size_t room = columns - words.size() - 6;
        if (shown.size() > room) {
            std::size_t cut = shown.size() - room + 3;
            while (cut < shown.size() && (static_cast<unsigned char>(shown[cut]) & 0xC0) == 0x80) ++cut;
            shown = "..." + shown.substr(cut);
        }
        text_ += " from " + shown;
    }

    static bool is_worth_a_line(const load_entry& entry) {
        return entry.outcome != load_outcome::applied || entry.is_cast || entry.is_transposed || entry.is_rearranged ||
               entry.tensor != entry.variable;
    }

    struct line {
        std::string name, spec, note;
    };

    void group(load_outcome outcome, const char* title, std::string_view colour) {
        std::vector<line> lines;
        std::size_t count = 0, longest_name = 0, longest_spec = 0;
        for (const load_entry& entry : report_) {
            if (entry.outcome != outcome || !is_worth_a_line(entry)) continue;
            if (++count > most_lines) continue;
            lines.push_back(line_of(entry));
            if (lines.back().name.size() <= 36) longest_name = (std::max)(longest_name, lines.back().name.size());
            if (lines.back().spec.size() <= 24) longest_spec = (std::max)(longest_spec, lines.back().spec.size());
        }
        if (count == 0) return;
        text_ += "\n  ";
        coloured(colour, title + (": " + grouped(static_cast<std::int64_t>(count))));
        for (const line& shown : lines) {
            std::string row = "    " + padded(shown.name, longest_name);
            append(row, padded(shown.spec, longest_spec));
            append(row, shown.note);
            row.erase(row.find_last_not_of(' ') + 1);
            text_ += '\n' + row;
        }
        if (count > most_lines)
            text_ += "\n    and " + grouped(static_cast<std::int64_t>(count - most_lines)) + " more";
    }

    static std::string padded(std::string text, std::size_t width) {
        if (text.size() < width) text.append(width - text.size(), ' ');
        return text;
    }
    /// On this line if it fits, else on one more.
    static void append(std::string& row, const std::string& column) {
        if (column.empty()) return;
        const std::size_t begin = row.rfind('\n') == row.npos ? 0 : row.rfind('\n') + 1;
        const std::size_t length = column.find_last_not_of(' ') + 1;
        if (row.size() - begin + 2 + length <= columns) row += "  " + column;
        else (row.erase(row.find_last_not_of(' ') + 1) += "\n      ") += column;
    }
    static std::string cut(std::string text, std::size_t longest) {
        return text.size() <= longest ? text : visible(text, longest - 3) + "...";
    }

    static line line_of(const load_entry& entry) {
        constexpr std::size_t room = columns - 6;
        line result;
        const bool is_of_file = entry.variable.empty();
        const bool has_stored = !entry.stored.name.empty() || !entry.stored.type_name.empty();
        const std::string stored = has_stored ? cut(type_and_shape(entry.stored), 50) : std::string();
        result.name = is_of_file ? in_quotes(entry.tensor, room - 12) : cut(entry.variable, room);
        result.spec = is_of_file ? stored : cut(to_string(entry.wanted), room);
        const auto say = [&result](const std::string& words) {
            if (!result.note.empty()) result.note += ", ";
            result.note += words;
        };
        // What two names in one note leave for each.
        constexpr std::size_t of_a_name = 24;
        if (!is_of_file && entry.tensor != entry.variable && entry.outcome != load_outcome::left_out)
            say((entry.outcome == load_outcome::missing ? "looked for " : "from ") +
                in_quotes(entry.tensor, of_a_name));
        if (entry.is_transposed) say("transposed");
        if (entry.is_rearranged) say("rearranged");
        if (entry.is_cast) say("cast from " + std::string(name_of(entry.stored.type)));
        if (!is_of_file && has_stored &&
            (entry.outcome == load_outcome::other_shape || entry.outcome == load_outcome::other_dtype))
            say("there " + stored +
                (has_python_objects(entry.stored) ? ", objects of Python's, which are not read" : ""));
        if (!entry.nearest.empty()) {
            if (!result.note.empty()) result.note += "; ";
            result.note += "did you mean " +
                           (is_of_file ? cut(entry.nearest, of_a_name) : in_quotes(entry.nearest, of_a_name)) + "?";
        }
        return result;
    }

    const load_report& report_;
    const bool in_colour_;
    std::string text_;
};

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// Groups of what needs a look, at most eight lines each; variables that lie in the file as in the model are counted.
inline std::string to_string(const load_report& report) { return checkpoint_parts::report_text(report, false).text(); }

inline std::ostream& operator<<(std::ostream& out, const load_report& report) {
    return out << checkpoint_parts::report_text(report, mistake_parts::shows_colour(out)).text();
}

}  // namespace ambit
